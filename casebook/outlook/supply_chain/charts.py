"""The charts of the outlook's supply-chain model."""

from __future__ import annotations

import numpy as np

from ...figures import (
    PERCENT,
    THOUSAND,
    Chart,
    Gallery,
    Key,
    Panels,
    View,
    label,
    legend,
    line,
    message,
    named_bars,
    point,
    rows,
    stacked,
    zero_line,
)
from ...words import within, write

COLOURS = {"own_loan": "c2", "unconfirmed": "c6", "confirmed": "c1"}
PARTIES = {"supplier": "c1", "buyer": "c6", "bank": "c3", "platform": "c4"}


# ------------------------------------------------------------ explorer: who gains, and the term


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    gains, term = panels
    rows(gains, [w[k] for k in PARTIES], 0.08)
    scale = 40 * v.a.invoices
    gains.set_xlim(-2 * scale, 2 * scale)
    zero_line(gains, across=True)
    label(gains, w["party"], "")
    term.set_xlim(0, 180)
    term.set_xticks(range(0, 181, 30))
    term.set_ylim(0, 2.5)
    label(term, w["days"], w["cost"])
    legend(
        term,
        [Key(w["programme"], "c1"), Key(w["before"], "c2"), Key(w["now"], "ink", "point")],
    )


def _explorer_draw(panels: Panels, v: View) -> None:
    w, m = v.words("explorer"), v.result.metrics
    gains, term = panels
    found = [THOUSAND * m[f"{name}_gain"] for name in PARTIES]
    texts = [write(m[f"{name}_gain"], "thousand") for name in PARTIES]
    named_bars(gains, found, list(PARTIES.values()), texts)
    route = v.label(v.result.chosen)
    key = "title_gain" if m["supplier_gain"] > 0 else "title_loss"
    key = "title_same" if v.result.chosen == "own_loan" else key
    message(
        gains,
        w[key].format(
            route=route,
            total=write(m["total_gain"], "thousand"),
            supplier=write(abs(m["supplier_gain"]), "thousand"),
        ),
    )
    data = v.data
    line(term, data["days"], PERCENT * data["programme"], "c1")
    line(term, [0, 180], [PERCENT * data["before"]] * 2, "c2")
    cost = np.interp(v.a.terms, data["days"], PERCENT * data["programme"])
    point(term, v.a.terms, cost, "ink")
    longest = data["longest"]
    inside = longest <= data["days"][-1]
    if inside:
        point(term, longest, PERCENT * data["before"], "c3", marker="D")
    text = w["title_terms" if inside else "title_terms_never"]
    message(term, text.format(longest=write(longest, "days")))


# ------------------------------------------------------------ disputes


def _disputes_frame(panels: Panels, v: View) -> None:
    w = v.words("disputes")
    (ax,) = panels
    ax.set_xlim(0, 12)
    ax.set_ylim(2, 9)
    label(ax, w["dispute"], w["rate"])
    quote = Key(w["quote"], "ink", "line", {"ls": ":", "lw": 1.2})
    legend(ax, [*(Key(within(v.label(k)), c) for k, c in COLOURS.items()), quote])


def _disputes_draw(panels: Panels, v: View) -> None:
    w, data = v.words("disputes"), v.data
    (ax,) = panels
    for row, colour in zip(data["break_even_rate"], COLOURS.values(), strict=True):
        line(ax, PERCENT * data["dispute"], PERCENT * row, colour)
    line(ax, [0, 12], [PERCENT * v.a.unconfirmed_rate] * 2, "ink", ls=":", lw=1.2)
    at = data["break_even"]
    if np.isfinite(at):
        point(ax, PERCENT * at, PERCENT * v.a.unconfirmed_rate, "c3", marker="D")
        message(ax, w["title"].format(dispute=write(at, "share")))
        return
    always = data["break_even_rate"][1, 0] >= v.a.unconfirmed_rate
    message(ax, w["title_always" if always else "title_never"])


# ------------------------------------------------------------ what a price is made of

_PARTS = {"funding": "c1", "cost": "c6", "capital": "c3", "obligor": "c2", "invoice": "c4"}


def _price_frame(panels: Panels, v: View) -> None:
    w = v.words("price")
    (ax,) = panels
    rows(ax, [v.label(k) for k in COLOURS], 0.12)
    ax.set_xlim(0, 7)
    label(ax, w["rate"], "")
    quote = Key(w["quote"], "ink", "point", {"marker": "D"})
    legend(ax, [*(Key(w[k], c, "bar") for k, c in _PARTS.items()), quote])


def _price_draw(panels: Panels, v: View) -> None:
    w = v.words("price")
    (ax,) = panels
    y = range(len(COLOURS))
    parts = ((PERCENT * v.data[name], colour) for name, colour in _PARTS.items())
    total = stacked(ax, y, parts, width=0.5, across=True)
    point(ax, PERCENT * v.data["rate"], y, "ink", marker="D")
    saved = (total[0] - total[2]) / PERCENT
    key = "title" if saved > 0 else "title_dear"
    message(ax, w[key].format(saved=write(abs(saved), "share_points")))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.4, 1.7)),
        "disputes": Chart("disputes", _disputes_frame, _disputes_draw, (2.1,)),
        "price": Chart("price", _price_frame, _price_draw, (1.5,)),
    }
)
