"""The charts of the seasonal case."""

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
    bars,
    label,
    legend,
    line,
    message,
    named_bars,
    point,
    rows,
    zero_line,
)
from ...words import write
from .record import FORMS, LOAN, MONTHS, OVERDRAFT

#: Each form keeps its colour in every figure.
COLOURS = ("c1", "c2")


# ------------------------------------------------------------ explorer: the account, both sides


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    account, sides = panels
    account.set_xlim(-0.6, MONTHS + 0.6)
    account.set_xticks(range(MONTHS + 1))
    account.set_ylim(0, 2 * v.a.season_cost)
    label(account, w["month"], w["money"])
    legend(account, [Key(w["cash"], "c6", "bar"), Key(w["owed"], "ink", options={"ls": "-"})])
    names = [w[side].format(form=v.label(form)) for form in FORMS for side in ("pays", "earns")]
    rows(sides, names, 0.28)
    sides.set_xlim(-10 * v.a.season_cost, 80 * v.a.season_cost)
    zero_line(sides, across=True)
    label(sides, w["thousand"], "")


def _explorer_draw(panels: Panels, v: View) -> None:
    w, m, lines = v.words("explorer"), v.result.metrics, v.result.lines
    account, sides = panels
    month = np.arange(MONTHS + 1)
    bars(account, month, lines["closing"], "c6")
    line(account, month, lines["balance"], "ink", drawstyle="steps-mid", ls="-")
    key = "title_exceeded" if m["exceeded"] >= 0 else "title_kept"
    text = w[key].format(
        form=v.label(v.result.chosen),
        month=m["exceeded"],
        peak=write(m["peak"], "money"),
        average=write(m["average_balance"], "money"),
    )
    message(account, text)

    metrics = [v.result.alternative(form).metrics for form in FORMS]
    names = ("total_cost", "economic_profit")
    values = [x[name] for x in metrics for name in names]
    named_bars(
        sides,
        [THOUSAND * x for x in values],
        [colour for colour in COLOURS for _ in range(2)],
        [write(x, "thousand") for x in values],
    )
    paid, earned = (metrics[LOAN][x] - metrics[OVERDRAFT][x] for x in names)
    key = "title_loan" if earned >= 0 else "title_overdraft"
    message(sides, w[key].format(
        earned=write(abs(earned), "thousand"), paid=write(paid, "thousand")
    ))  # fmt: skip


# ------------------------------------------------------------ what the promise must cost


def _fee_frame(panels: Panels, v: View) -> None:
    w = v.words("fee")
    keys = [Key(v.label(form), colour) for form, colour in zip(FORMS, COLOURS, strict=True)]
    for ax, side in zip(panels, ("bank", "bakery"), strict=True):
        ax.set_xlim(0, PERCENT * v.data["fee"][-1])
        label(ax, w["fee"], w[side])
        legend(ax, keys)
    bank, bakery = panels
    bank.set_ylim(-5 * v.a.season_cost, 15 * v.a.season_cost)
    zero_line(bank)
    bakery.set_ylim(0, 60 * v.a.season_cost)


def _fee_draw(panels: Panels, v: View) -> None:
    w, fee = v.words("fee"), v.data["fee"]
    found = np.isfinite(v.data["pays"])
    at = v.data["pays"] if found else v.a.commitment_fee
    for ax, name in zip(panels, ("profit", "cost"), strict=True):
        for y, colour in zip(v.data[name], COLOURS, strict=True):
            line(ax, PERCENT * fee, THOUSAND * y, colour)
        y = np.interp(at, fee, v.data[name][OVERDRAFT])
        point(ax, PERCENT * at, THOUSAND * y, "ink", marker="D")
    bank, bakery = panels
    shown = write(at, "rate")
    saved = np.interp(at, fee, v.data["cost"][LOAN] - v.data["cost"][OVERDRAFT])
    message(bank, w["title" if found else "title_never"].format(fee=shown))
    message(bakery, w["title_saved"].format(fee=shown, saved=write(saved, "thousand")))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.8, 1.5)),
        "fee": Chart("fee", _fee_frame, _fee_draw, (1.5, 1.3)),
    }
)
