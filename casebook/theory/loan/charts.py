"""The charts of the model of one loan."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from ...figures import (
    PERCENT,
    THOUSAND,
    Chart,
    Gallery,
    Key,
    Panels,
    View,
    bars,
    beside,
    label,
    legend,
    line,
    log_scale,
    message,
    note,
    point,
    rows,
    zero_line,
)
from ...shape import Array
from ...words import write
from .questions import LEVERS
from .record import FORMS

#: Each repayment form keeps its colour in every figure.
COLOURS = {"bullet": "c2", "balloon": "c4", "level": "c1", "equal_principal": "c6"}
#: Parts of a price, from the bottom up.
PARTS = {"funding": "c1", "cost": "c6", "capital": "c3", "loss": "c2", "vat": "c4"}
#: Three grades, good to weak.
GRADES = ("c3", "c1", "c2")


def _forms(ax: Axes, v: View) -> None:
    ax.set_xlim(-0.6, len(FORMS) - 0.4)
    ax.set_xticks(range(len(FORMS)), [v.label(f) for f in FORMS])


def _years(ax: Axes, first: int = 0) -> None:
    ax.set_xlim(first - 0.6, 10.6)
    ax.set_xticks(range(first, 11))


def _stack(ax: Axes, data: Mapping[str, Array]) -> None:
    """The parts of each form's break-even rate, one upon the other."""
    base = np.zeros(len(FORMS))
    x = np.arange(len(FORMS))
    for name, colour in PARTS.items():
        bars(ax, x, PERCENT * data[name], colour, base=base, width=0.56)
        base = base + PERCENT * data[name]


# ------------------------------------------------------------ explorer: the price, the years


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    price, years = panels
    _forms(price, v)
    price.set_ylim(0, 8)
    label(price, w["form"], w["rate"])
    quote = Key(w["quote"], "ink", "line", {"ls": "--", "lw": 1.2})
    legend(price, [*(Key(w[k], c, "bar") for k, c in PARTS.items()), quote])
    _years(years)
    years.set_ylim(-15, 15)
    zero_line(years)
    label(years, w["year"], w["money"])
    legend(years, [Key(w["yearly"], "c6", "bar"), Key(w["total"], "c1")])


def _explorer_draw(panels: Panels, v: View) -> None:
    w, m = v.words("explorer"), v.result.metrics
    price, years = panels
    _stack(price, v.data["price"])
    line(price, [-0.6, len(FORMS) - 0.4], [PERCENT * v.a.rate] * 2, "ink", ls="--", lw=1.2)
    at = FORMS.index(v.result.chosen)
    point(price, at, PERCENT * m["break_even_rate"], "ink", marker="D", ms=5)
    spare = m["spare"]
    message(
        price,
        w["title_over" if spare >= 0 else "title_short"].format(
            form=v.label(v.result.chosen),
            rate=write(v.a.rate, "rate"),
            gap=write(abs(spare), "points"),
            even=write(m["break_even_rate"], "rate"),
        ),
    )
    y = v.data["years"]
    year = np.arange(len(y["profit"]))
    per_million = THOUSAND / v.a.principal
    bars(years, year, per_million * y["profit"], "c6")
    line(years, year, per_million * y["total"], "c1")
    ahead = m["even_year"] >= 0
    message(
        years,
        w["title_even" if ahead else "title_never"].format(
            total=write(abs(m["economic_profit"]), "thousand"), year=m["even_year"]
        ),
    )


# ------------------------------------------------------------ what a price is made of


def _price_frame(panels: Panels, v: View) -> None:
    w = v.words("price")
    (ax,) = panels
    _forms(ax, v)
    ax.set_ylim(0, 5)
    label(ax, "", w["rate"])
    ax.set_xlabel(v.words("explorer")["form"], loc="right")
    quote = Key(w["quote"], "ink", "line", {"ls": "--", "lw": 1.2})
    legend(ax, [*(Key(w[k], c, "bar") for k, c in PARTS.items()), quote])


def _price_draw(panels: Panels, v: View) -> None:
    w = v.words("price")
    (ax,) = panels
    _stack(ax, v.data)
    line(ax, [-0.6, len(FORMS) - 0.4], [PERCENT * v.a.rate] * 2, "ink", ls="--", lw=1.2)
    for x, total in enumerate(v.data["total"]):
        note(ax, x, PERCENT * total, write(total, "rate") + "%", ha="center", xytext=(0, 3))
    best = int(v.data["total"].argmin())
    message(
        ax,
        w["title"].format(form=v.label(FORMS[best]), rate=write(v.data["total"][best], "rate")),
    )


# ------------------------------------------------------------ PD over the years


def _survival_frame(panels: Panels, v: View) -> None:
    w = v.words("survival")
    keys = [
        Key(w["grade"].format(pd=write(pd, "share")), c)
        for pd, c in zip(v.data["pd"], GRADES, strict=True)
    ]
    for ax, name in zip(panels, ("pd", "average"), strict=True):
        _years(ax, 1)
        ax.set_ylim(0, 9)
        label(ax, w["year"], w[name])
        legend(ax, keys)


def _survival_draw(panels: Panels, v: View) -> None:
    w = v.words("survival")
    for ax, name in zip(panels, ("hazard", "average"), strict=True):
        for row, colour in zip(v.data[name], GRADES, strict=True):
            line(ax, v.data["year"], PERCENT * row, colour)
        drifts = v.data["hazard"][0, 0] < v.data["hazard"][0, -1]
        message(ax, w[f"title_{name}" if drifts else "title_flat"])


# ------------------------------------------------------------ capital by PD


def _capital_frame(panels: Panels, v: View) -> None:
    w = v.words("capital")
    (ax,) = panels
    log_scale(ax, 0.045, 22, [0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
    ax.set_ylim(0, 220)
    label(ax, w["pd"], w["weight"])
    legend(
        ax,
        [
            Key(w["large"], "c4"),
            Key(w["small"], "c1"),
            Key(w["secured"], "c3"),
            Key(w["here"], "ink", "point"),
        ],
    )


def _capital_draw(panels: Panels, v: View) -> None:
    w, d = v.words("capital"), v.data
    (ax,) = panels
    for name, colour in (("large", "c4"), ("small", "c1"), ("secured", "c3")):
        line(ax, PERCENT * d["pd"], PERCENT * d[name], colour)
    here = float(np.interp(v.a.pd, d["pd"], d["secured"]))
    large = float(np.interp(v.a.pd, d["pd"], d["large"]))
    point(ax, PERCENT * v.a.pd, PERCENT * here, "ink")
    message(
        ax,
        w["title"].format(large=write(large, "share_whole"), here=write(here, "share_whole")),
    )


# ------------------------------------------------------------ if the firm defaults in a year


def _outcomes_frame(panels: Panels, v: View) -> None:
    w = v.words("outcomes")
    n = len(v.data["chance"])
    for ax in panels:
        ax.set_xlim(0.4, n + 0.6)
        ax.set_xticks(range(1, n + 1), [*(str(t) for t in range(1, n)), w["repaid"]])
    result, chance = panels
    top = 0.1 * v.a.principal
    result.set_ylim(-4 * top, 1.2 * top)
    zero_line(result)
    label(result, w["year"], w["result"])
    legend(result, [Key(v.label(f), COLOURS[f], "bar") for f in FORMS])
    chance.set_ylim(0, 100)
    label(chance, w["year"], w["chance"])


def _outcomes_draw(panels: Panels, v: View) -> None:
    w, d = v.words("outcomes"), v.data
    result, chance = panels
    n = len(d["chance"])
    x = np.arange(1, n + 1)
    for i, form in enumerate(FORMS):
        bars(result, x + 0.19 * (i - 1.5), d["result"][i], COLOURS[form], width=0.17)
    mine = d["result"][FORMS.index(v.result.chosen)]
    message(
        result,
        w["title_result"].format(year=1, loans=write(-mine[0] / mine[-1], "count")),
    )
    bars(chance, x, PERCENT * d["chance"], "c6", width=0.5)
    for xi, share in enumerate(d["chance"], start=1):
        note(chance, xi, PERCENT * share, write(share, "share"), ha="center", xytext=(0, 3))
    message(chance, w["title_chance"].format(chance=write(d["chance"][-1], "share_whole")))


# ------------------------------------------------------------ year by year


def _years_frame(panels: Panels, v: View) -> None:
    w = v.words("years")
    money, raroc = panels
    n = len(v.data["profit"])
    for ax in panels:
        ax.set_xlim(-0.6, n - 0.4)
        ax.set_xticks(range(n))
    scale = 10 * v.a.principal
    money.set_ylim(-scale, 0.4 * scale)
    zero_line(money)
    label(money, w["year"], w["money"])
    legend(money, [Key(w["yearly"], "c6", "bar"), Key(w["total"], "c1")])
    raroc.set_ylim(0, 30)
    label(raroc, w["year"], w["raroc"])
    legend(raroc, [Key(w["raroc"], "c3", "bar"), Key(w["hurdle"], "ink", "line", {"ls": "--"})])


def _years_draw(panels: Panels, v: View) -> None:
    w, d = v.words("years"), v.data
    money, raroc = panels
    year = np.arange(len(d["profit"]))
    bars(money, year, THOUSAND * d["profit"], "c6")
    line(money, year, THOUSAND * d["total"], "c1")
    even = v.result.metrics["even_year"]
    message(
        money,
        w["title_money_even" if even >= 0 else "title_money"].format(
            first=write(abs(d["profit"][0]), "thousand"), year=even
        ),
    )
    bars(raroc, year[1:], PERCENT * d["raroc"], "c3")
    line(raroc, [-0.6, len(year) - 0.4], [PERCENT * d["hurdle"]] * 2, "ink", ls="--", lw=1.2)
    message(
        raroc,
        w["title_raroc"].format(
            first=write(d["raroc"][0], "share"), last=write(d["raroc"][-1], "share")
        ),
    )


# ------------------------------------------------------------ what collateral is worth


def _collateral_frame(panels: Panels, v: View) -> None:
    w = v.words("collateral")
    (ax,) = panels
    ax.set_xlim(0, 150)
    ax.set_ylim(2, 7)
    label(ax, w["value"], w["rate"])
    keys = [
        Key(w["grade"].format(pd=write(pd, "share")), c)
        for pd, c in zip(v.data["pd"], GRADES, strict=True)
    ]
    legend(ax, [*keys, Key(w["here"], "ink", "point")])


def _collateral_draw(panels: Panels, v: View) -> None:
    w, d = v.words("collateral"), v.data
    (ax,) = panels
    for row, colour in zip(d["break_even"], GRADES, strict=True):
        line(ax, PERCENT * d["collateral"], PERCENT * row, colour)
    point(ax, PERCENT * v.a.collateral, PERCENT * v.result.metrics["break_even_rate"], "ink")
    saved = [row[0] - np.interp(1.0, d["collateral"], row) for row in d["break_even"]]
    message(
        ax,
        w["title"].format(good=write(saved[0], "points"), weak=write(saved[-1], "points")),
    )


# ------------------------------------------------------------ size and tenor


def _size_frame(panels: Panels, v: View) -> None:
    w = v.words("size")
    (ax,) = panels
    log_scale(ax, 0.95, 110, [1, 2, 5, 10, 20, 50, 100])
    ax.set_ylim(2, 13)
    label(ax, w["size"], w["rate"])
    keys = [
        Key(w["tenor"].format(years=write(t, "years", with_unit=True)), c)
        for t, c in zip(v.data["tenor"], ("c2", "c6", "c1", "c4"), strict=True)
    ]
    legend(ax, [*keys, Key(w["here"], "ink", "point")])


def _size_draw(panels: Panels, v: View) -> None:
    w, d = v.words("size"), v.data
    (ax,) = panels
    for row, colour in zip(d["break_even"], ("c2", "c6", "c1", "c4"), strict=True):
        line(ax, d["size"], PERCENT * row, colour)
    point(ax, v.a.principal, PERCENT * v.result.metrics["break_even_rate"], "ink")
    size, rate = d["size"], d["break_even"]
    last = 2  # five years
    message(
        ax,
        w["title"].format(
            size=write(size[0], "million"),
            big=write(size[-1], "million"),
            years=d["tenor"][last],
            short=write(rate[0, 0], "rate_round"),
            long=write(rate[last, 0], "rate_round"),
            big_short=write(rate[0, -1], "rate_round"),
            big_long=write(rate[last, -1], "rate_round"),
        ),
    )


# ------------------------------------------------------------ what turns the loan


def _turn_frame(panels: Panels, v: View) -> None:
    w = v.words("turn")
    (ax,) = panels
    ax.set_xlim(-60, 190)
    rows(ax, [w[k] for k in _order(v)], 0.16)
    zero_line(ax, across=True)
    ax.set_xlabel(w["move"], loc="right")


def _order(v: View) -> list[str]:
    """Levers that have a value now, the smallest move first, those without an answer last."""
    move = v.data["move"]
    names = [k for k in LEVERS if v.data["now"][k]]
    return sorted(names, key=lambda k: (np.isnan(move[k]), abs(move[k])))


def _turn_draw(panels: Panels, v: View) -> None:
    w, d = v.words("turn"), v.data
    (ax,) = panels
    names = _order(v)

    def shown(name: str, value: float) -> str:
        unit = {"principal": "amount"}.get(name, v.a.spec.assumptions[name].unit)
        percent = unit.startswith(("share", "rate"))
        return write(value, unit) + ("%" if percent else "")

    for y, name in enumerate(names):
        move = PERCENT * d["move"][name]
        now = shown(name, d["now"][name])
        if np.isnan(move):
            beside(ax, 0, y, w["never"].format(now=now))
            continue
        bars(ax, [y], move, "c1" if move > 0 else "c2", width=0.55, across=True, told=True)
        text = w["row"].format(now=now, turn=shown(name, d["turns"][name]))
        beside(ax, move, y, text)
    best = names[0]
    if np.isnan(d["move"][best]):
        message(ax, w["title_none"])
        return
    message(
        ax,
        w["title"].format(
            least=w[best], now=shown(best, d["now"][best]), turn=shown(best, d["turns"][best])
        ),
    )


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.8, 1.6)),
        "price": Chart("price", _price_frame, _price_draw, (2.2,)),
        "survival": Chart("survival", _survival_frame, _survival_draw, (1.6, 1.6)),
        "capital": Chart("capital", _capital_frame, _capital_draw, (2.1,)),
        "outcomes": Chart("outcomes", _outcomes_frame, _outcomes_draw, (2.1, 1.1)),
        "years": Chart("years", _years_frame, _years_draw, (1.6, 1.3)),
        "collateral": Chart("collateral", _collateral_frame, _collateral_draw, (2.2,)),
        "size": Chart("size", _size_frame, _size_draw, (2.2,)),
        "turn": Chart("turn", _turn_frame, _turn_draw, (2.2,)),
    }
)
