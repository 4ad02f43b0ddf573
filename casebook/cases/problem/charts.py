"""The charts of case 4, problem."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ...figures import (
    PALETTE,
    PERCENT,
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
    message,
    note,
    point,
    rows,
    swings,
)
from ...words import within, write
from . import questions
from .record import WAYS

#: Each way out keeps its colour in every figure.
COLOURS = {"do_nothing": "c2", "restructure": "c1", "failed": "c4", "liquidate": "c5"}


def _scale(v: View) -> float:
    """What the money axes are drawn to: the debt that the client started with."""
    debt: float = v.a.term_loan + v.a.limit + v.a.new_money
    return debt


def _months(ax: Axes, last: int, step: int = 6) -> None:
    ax.set_xlim(0, last)
    ax.set_xticks(range(0, last + 1, step))


# ------------------------------------------------------------ explorer: debt, cash, values


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    firm, bank = panels
    _months(firm, 96, 12)
    firm.set_ylim(0, 1.15 * _scale(v))
    label(firm, w["month"], w["money"])
    legend(firm, [Key(w["cash"], "c6", "bar"), Key(w["debt"], "c1"), Key(w["nothing"], "c2")])
    names = [w[k] for k in ("expected", "works", "fails", "liquidate", "do_nothing")]
    rows(bank, names, 0.17)
    bank.set_xlim(0, 1.15 * _scale(v))
    label(bank, w["value"], "")


def _explorer_draw(panels: Panels, v: View) -> None:
    w, r = v.words("explorer"), v.result
    firm, bank = panels
    plan, nothing = (r.alternative(k) for k in ("restructure", "do_nothing"))
    month = np.arange(len(plan.lines["closing"]))
    bars(firm, month, plan.lines["closing"], "c6", width=1.0)
    line(firm, month, nothing.lines["exposure"], "c2")
    line(firm, month, plan.lines["exposure"], "c1")
    broken, missed = plan.metrics["new_missed"], nothing.metrics["first_missed"]
    if broken >= 0:
        text = w["title_broken"].format(month=broken)
        point(firm, broken, plan.lines["exposure"][broken], "ink", marker="X", ms=9)
    else:
        text = w["title_kept" if missed >= 0 else "title_kept_quiet"].format(month=missed)
    if missed >= 0:
        point(firm, missed, nothing.lines["exposure"][missed], "c2", marker="X", ms=9)
    message(firm, text)

    value = {k: r.alternative(k).metrics["value"] for k in WAYS}
    shown = [
        (plan.metrics["expected_value"], "c3"),
        (value["restructure"], "c1"),
        (value["failed"], "c4"),
        (value["liquidate"], "c5"),
        (value["do_nothing"], "c2"),
    ]
    _bars(bank, shown)
    gain = write(abs(plan.metrics["advantage"]), "amount")
    key = "title_plan" if plan.metrics["advantage"] >= 0 else "title_liquidate"
    if gain == write(0.0, "amount"):  # what is written as nothing is a tie
        key = "title_tie"
    message(bank, w[key].format(gain=gain))


def _bars(ax: Axes, shown: Sequence[tuple[float, str]]) -> None:
    """Horizontal bars with their values beside them."""
    for y, (x, colour) in enumerate(shown):
        bars(ax, [y], [x], colour, width=0.62, across=True, told=True)
        beside(ax, x, y, write(x, "amount"))


# ------------------------------------------------------------ where the cash went


def _squeeze_frame(panels: Panels, v: View) -> None:
    w = v.words("squeeze")
    (ax,) = panels
    _months(ax, 24, 3)
    a = v.a
    ax.set_ylim(0, 1.1 * max(a.limit, a.sales * a.collection_days / 30))
    label(ax, w["month"], w["money"])
    keys = (("receivables", "c1"), ("stock", "c3"), ("payables", "c4"), ("line", "c2"))
    legend(ax, [Key(w[k], c) for k, c in keys])


def _squeeze_draw(panels: Panels, v: View) -> None:
    w, a = v.words("squeeze"), v.a
    (ax,) = panels
    lines = v.result.alternative("do_nothing").lines
    part = slice(0, 25)
    month, stop = np.arange(25), v.result.alternative("do_nothing").metrics["stop_month"]
    for name, colour in (
        ("receivables", "c1"), ("stock", "c3"), ("payables", "c4"), ("line_debt", "c2"),
    ):  # fmt: skip
        y = np.where((stop < 0) | (month < stop), lines[name][part], np.nan)
        line(ax, month, y, colour)
    missed = v.result.alternative("do_nothing").metrics["first_missed"]
    before = a.shock_start - 1
    if not before < missed <= 24:
        message(ax, w["title_other"])
        return
    point(ax, missed, lines["line_debt"][missed], "c2", marker="X", ms=9)
    more = sum(lines[k][missed] - lines[k][before] for k in ("receivables", "stock"))
    text = w["title"].format(fall=write(a.shock_depth, "share_whole"), more=write(more, "amount"))
    full = lines["line_debt"][missed] > 0.95 * a.limit and more > 0
    message(ax, text if full else w["title_other"])


# ------------------------------------------------------------ three measures of DSO


def _days_frame(panels: Panels, v: View) -> None:
    w = v.words("days")
    (ax,) = panels
    _months(ax, 24, 3)
    ax.set_ylim(0, 1.6 * max(v.a.collection_days, v.a.dso))
    label(ax, w["month"], w["days"])
    legend(ax, [Key(w["back"], "c1"), Key(w["year"], "c3"), Key(w["single"], "c2")])


def _days_draw(panels: Panels, v: View) -> None:
    w = v.words("days")
    (ax,) = panels
    month = np.arange(25)
    for name, colour in (("month", "c2"), ("year", "c3"), ("back", "c1")):
        line(ax, month, v.data[name][:25], colour)
    end = v.a.shock_start + v.a.fall_months
    gap = abs(v.data["back"][end] - v.data["year"][end])
    key = "title" if gap >= 1 else "title_quiet"
    back, year = (write(v.data[k][end], "days") for k in ("back", "year"))
    message(ax, w[key].format(back=back, year=year, month=end))


# ------------------------------------------------------------ signals


_ORDER = ("dso", "dio", "dscr", "quick", "cover", "use", "z", "rule")
_LAST = 20


def _signals_frame(panels: Panels, v: View) -> None:
    w = v.words("signals")
    (ax,) = panels
    rows(ax, [w[k] for k in _ORDER], 0.15)
    ax.grid(False)
    ax.set_xlim(0, _LAST + 3.6)
    ax.set_xticks(range(0, _LAST + 1, 2))
    ax.spines[["left"]].set_visible(False)
    label(ax, w["month"], "")
    legend(
        ax,
        [
            Key(w["beyond"], "c1", "point", {"marker": "s"}),
            Key(w["missed"], "c2", "point", {"marker": "X"}),
        ],
    )


def _signals_draw(panels: Panels, v: View) -> None:
    w, d = v.words("signals"), v.data
    (ax,) = panels
    for y, name in enumerate(_ORDER[:-1]):
        months = np.flatnonzero(d["hits"][name][: _LAST + 1])
        point(ax, months, np.full(len(months), y), "c1", marker="s", ms=7)
    rule, last = d["known"]["rule"], len(_ORDER) - 1
    if 0 <= rule <= _LAST:
        point(ax, rule, last, "c3", marker="D", ms=8)
    for y, name in enumerate(_ORDER):
        note(
            ax,
            ax.get_xlim()[1],
            y,
            write(d["false"][name], "share_whole", with_unit=True),
            ha="right",
            va="center",
            xytext=(0, 0),
        )
    note(ax, ax.get_xlim()[1], -0.6, w["false"], ha="right", va="bottom", xytext=(0, 1),
         color=PALETTE["muted"])  # fmt: skip
    if 0 <= d["missed"] <= _LAST:
        line(ax, [d["missed"]] * 2, [-0.5, last + 0.5], "c2", lw=1.2)
        point(ax, d["missed"], last, "c2", marker="X", ms=9)
    if d["missed"] < 0:
        text = w["title_quiet"].format(last=len(v.result.lines["closing"]) - 1)
    elif rule < 0 or rule >= d["missed"]:
        text = w["title_silent"]
    else:
        lead = write(d["missed"] - rule, "months", with_unit=True)
        text = w["title"].format(month=rule, lead=lead)
    message(ax, text)


# ------------------------------------------------------------ the line


def _line_frame(panels: Panels, v: View) -> None:
    w = v.words("line")
    (ax,) = panels
    ax.set_xlim(28, 82)
    ax.set_ylim(0, 40)
    ax.set_yticks([0, 6, 12, 18, 24, 30, 38], ["0", "6", "12", "18", "24", "30", w["never"]])
    label(ax, w["limit"], w["month"])
    renewed = Key(w["renewed"], "c1", "point")
    frozen = Key(w["frozen"], "c2", "point", {"marker": "s", "mfc": "none"})
    legend(ax, [renewed, frozen])


def _line_draw(panels: Panels, v: View) -> None:
    w, d = v.words("line"), v.data
    (ax,) = panels
    y = np.where((d["first"] < 0) | (d["first"] > 36), 38, d["first"])
    point(ax, d["limit"], y[1], "c2", marker="s", mfc="none", ms=6, mew=1.4)
    point(ax, d["limit"], y[0], "c1", ms=6)
    line(ax, [v.a.limit] * 2, [0, 38], "muted", ls=":", lw=1.2)
    note(ax, v.a.limit, 3, w["now"], xytext=(5, 0))
    here = int(np.argmin(np.abs(d["limit"] - v.a.limit)))
    kept = d["limit"][d["first"][0] < 0]
    renewed, frozen = d["first"][:, here]
    if len(kept) and renewed > frozen > 0:
        earlier = write(renewed - frozen, "months", with_unit=True)
        message(ax, w["title"].format(earlier=earlier, holds=write(kept[0], "million")))
    else:
        message(ax, w["title_other"])


# ------------------------------------------------------------ the ways out


def _ways_frame(panels: Panels, v: View) -> None:
    w = v.words("ways")
    (ax,) = panels
    rows(ax, [v.label(k) for k in WAYS], 0.13)
    ax.set_xlim(0, 1.1 * _scale(v))
    label(ax, w["value"], "")
    legend(ax, [Key(w["owed"], "ink", "line", {"ls": "--", "lw": 1.2})])


def _ways_draw(panels: Panels, v: View) -> None:
    w = v.words("ways")
    (ax,) = panels
    value = {k: v.result.alternative(k).metrics["value"] for k in WAYS}
    owed = v.result.metrics["owed"]
    line(ax, [owed] * 2, [-0.6, len(WAYS) - 0.4], "ink", ls="--", lw=1.2)  # under the values
    _bars(ax, [(value[k], COLOURS[k]) for k in WAYS])
    works, now, fails = (write(value[k], "amount") for k in ("restructure", "liquidate", "failed"))
    message(ax, w["title"].format(works=works, now=now, fails=fails))


# ------------------------------------------------------------ chance of success


def _chance_frame(panels: Panels, v: View) -> None:
    w = v.words("chance")
    (ax,) = panels
    ax.set_xlim(0, 100)
    ax.set_ylim(0.3 * _scale(v), 0.9 * _scale(v))
    label(ax, w["chance"], w["value"])
    legend(ax, [Key(w["plan"], "c1"), Key(w["liquidate"], "c5"), Key(w["nothing"], "c2")])


def _chance_draw(panels: Panels, v: View) -> None:
    w, m = v.words("chance"), v.result.metrics
    (ax,) = panels
    x = PERCENT * v.data["chance"]
    nothing, _, _, now = v.data["value"]
    line(ax, x, v.data["plan"], "c1")
    for y, colour in ((now, "c5"), (nothing, "c2")):
        line(ax, [0, 100], [y, y], colour)
    point(ax, PERCENT * m["chance"], m["expected_value"], "c1")
    key, even = v.data["verdict"], m["break_even_chance"]
    if key == "even":
        point(ax, PERCENT * even, now, "ink", marker="D")
        chance, needed = (write(x, "share_whole") for x in (m["chance"], even))
        tie = "title_even" if needed == chance else "title"
        message(ax, w[tie].format(needed=needed, chance=chance))
    else:
        message(ax, w[f"title_{key}"])


# ------------------------------------------------------------ when a failing plan is stopped


def _tripwire_frame(panels: Panels, v: View) -> None:
    w = v.words("tripwire")
    chance, value = panels
    for ax in panels:
        ax.set_xlim(2, 25)
        ax.set_xticks(range(3, 25, 3))
    chance.set_ylim(0, 100)
    label(chance, w["months"], w["needed"])
    legend(chance, [Key(w["even"], "c1", "point"), Key(w["desk"], "c3")])
    value.set_ylim(0.3 * _scale(v), 0.8 * _scale(v))
    label(value, w["months"], w["value"])
    legend(value, [Key(w["failed"], "c4", "point"), Key(w["liquidate"], "c5")])


def _tripwire_draw(panels: Panels, v: View) -> None:
    w, d, a, m = v.words("tripwire"), v.data, v.a, v.result.metrics
    chance, value = panels
    point(chance, d["months"], PERCENT * d["needed"], "c1", ms=5)
    line(chance, [2, 25], [PERCENT * m["chance"]] * 2, "c3")
    point(value, d["months"], d["value"], "c4", ms=5)
    now = v.result.alternative("liquidate").metrics["value"]
    line(value, [2, 25], [now] * 2, "c5")
    at = questions.review(a)
    place = int(np.flatnonzero(d["months"] == at)[0])
    early, late = d["needed"][place], m["break_even_chance"]
    if early < late:
        needed, before = (write(x, "share_whole") for x in (early, late))
        message(chance, w["title"].format(month=at, early=needed, late=before))
    else:
        message(chance, w["title_other"])
    saved = d["value"][place] - v.result.alternative("failed").metrics["value"]
    text = w["title_value" if saved > 0 else "title_value_other"]
    message(value, text.format(month=at, saved=write(saved, "amount")))


# ------------------------------------------------------------ waiting

_PARTS = ("chance_decay", "attachment", "collateral_decay", "stock_decay", "terms_lost", "time")


def _waiting_frame(panels: Panels, v: View) -> None:
    w = v.words("waiting")
    value, parts = panels
    value.set_xlim(-0.2, 6.2)
    value.set_xticks(range(7))
    value.set_ylim(0.3 * _scale(v), 0.8 * _scale(v))
    label(value, w["months"], w["value"])
    legend(value, [Key(w["plan"], "c1"), Key(w["liquidate"], "c5")])
    rows(parts, [w[k] for k in _PARTS], 0.16)
    parts.set_xlim(-0.02 * _scale(v), 0.06 * _scale(v))
    label(parts, w["cost"], "")


def _waiting_draw(panels: Panels, v: View) -> None:
    w, d = v.words("waiting"), v.data
    value, parts = panels
    for name, colour in (("plan", "c1"), ("liquidate", "c5")):
        line(value, d["wait"], d[name], colour)
        point(value, d["wait"], d[name], colour, ms=4)
    cost, now = write(d["cost"], "amount"), write(d["cost_liquidate"], "amount")
    message(value, w["title"].format(cost=cost, now=now))
    lost = [d["parts"][name] for name in _PARTS]
    bars(parts, range(len(lost)), lost, "c1", width=0.62, across=True)
    for y, x in enumerate(lost):
        note(parts, max(x, 0), y, write(x, "money"), va="center", xytext=(4, 0))
    most = max(d["parts"], key=lambda k: d["parts"][k])
    message(parts, w["title_parts"].format(cost=cost, most=within(w[most])))


# ------------------------------------------------------------ provisions


def _provisions_frame(panels: Panels, v: View) -> None:
    w = v.words("provisions")
    for ax, share in zip(panels, (0.4, 1.0), strict=True):
        _months(ax, 60)
        ax.set_ylim(0, share * _scale(v))
        label(ax, w["month"], w["money"])
        names = (("nothing", "c2"), ("plan", "c1"), ("failed", "c4"), ("liquidate", "c5"))
        legend(ax, [Key(w[k], c) for k, c in names])


def _provisions_draw(panels: Panels, v: View) -> None:
    w = v.words("provisions")
    month = np.arange(61)
    for ax, name, key in zip(
        panels, ("allowance", "provision_class"), ("title_stage", "title_class"), strict=True
    ):
        for way in ("liquidate", "failed", "do_nothing", "restructure"):
            line(ax, month, v.result.alternative(way).lines[name][:61], COLOURS[way])
        top = {
            k: write(v.result.alternative(k).lines[name].max(), "amount")
            for k in ("do_nothing", "restructure")
        }
        message(ax, w[key].format(nothing=top["do_nothing"], plan=top["restructure"]))


# ------------------------------------------------------------ tornado


def _tornado_frame(panels: Panels, v: View) -> None:
    w = v.words("tornado")
    (ax,) = panels
    rows(ax, _ranges(v), 0.4)
    ax.set_xlim(-0.08 * _scale(v), 0.14 * _scale(v))
    label(ax, w["gain"], "")
    legend(ax, [Key(w["low"], "c2", "bar"), Key(w["high"], "c1", "bar")])


def _ranges(v: View) -> list[str]:
    """What is moved, and from where to where."""
    w, specs, names = v.words("tornado"), v.a.spec.assumptions, []
    for name, low, high, *_ in v.data:
        unit = specs[name].unit
        ends = write(low, unit, plain=True), write(high, unit, with_unit=True, plain=True)
        names.append(f"{w['names'][name]} {' … '.join(ends)}")
    return names


def _tornado_draw(panels: Panels, v: View) -> None:
    w = v.words("tornado")
    (ax,) = panels
    now = v.result.metrics["advantage"]
    _, _, _, at_low, at_high = zip(*v.data, strict=True)
    swings(ax, now, at_low, at_high, ("c2", "c1"), 0.62)
    line(ax, [now] * 2, [-0.6, len(v.data) - 0.4], "ink", ls="-", lw=1.0)
    least = min(*at_low, *at_high)
    first = w["names"][v.data[0][0]]
    key = "title" if least > 0 else "title_turns"
    message(ax, w[key].format(first=first, least=write(least, "amount")))


# ------------------------------------------------------------ many futures


def _futures_frame(panels: Panels, v: View) -> None:
    w = v.words("futures")
    (ax,) = panels
    rows(ax, [w[k] for k in ("nothing", "plan", "liquidate")], 0.15)
    ax.set_xlim(0.3 * _scale(v), 0.9 * _scale(v))
    label(ax, w["value"], "")
    wide = Key(w["range"], "c6", "line", {"ls": "-", "lw": 3})
    legend(ax, [wide, Key(w["middle"], "c1", "bar")])


def _futures_draw(panels: Panels, v: View) -> None:
    w, d = v.words("futures"), v.data
    (ax,) = panels
    nothing, now = (d["value"][WAYS.index(k)] for k in ("do_nothing", "liquidate"))
    for y, x in enumerate((nothing, d["plan"], now)):
        low, left, middle, right, high = np.quantile(x, [0.05, 0.25, 0.5, 0.75, 0.95])
        line(ax, [low, high], [y, y], "c6", ls="-", lw=3)
        bars(ax, [y], right - left, "c1", base=left, width=0.4, across=True)
        point(ax, middle, y, "paper", marker="|", ms=13, mew=2)
    worse = np.quantile(d["plan"], 0.05) < np.quantile(now, 0.05)
    key = "title" if worse else "title_other"
    message(ax, w[key].format(better=write(d["better"], "share_whole"), n=f"{d['n']:,}"))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.9, 1.5)),
        "squeeze": Chart("squeeze", _squeeze_frame, _squeeze_draw, (2.1,)),
        "days": Chart("days", _days_frame, _days_draw, (1.9,)),
        "signals": Chart("signals", _signals_frame, _signals_draw, (2.2,)),
        "line": Chart("line", _line_frame, _line_draw, (2.0,)),
        "ways": Chart("ways", _ways_frame, _ways_draw, (1.4,)),
        "chance": Chart("chance", _chance_frame, _chance_draw, (2.1,)),
        "tripwire": Chart("tripwire", _tripwire_frame, _tripwire_draw, (1.7, 1.6)),
        "waiting": Chart("waiting", _waiting_frame, _waiting_draw, (1.7, 1.6)),
        "provisions": Chart("provisions", _provisions_frame, _provisions_draw, (1.6, 1.6)),
        "tornado": Chart("tornado", _tornado_frame, _tornado_draw, (3.4,)),
        "futures": Chart("futures", _futures_frame, _futures_draw, (1.3,)),
    }
)
