"""The charts of case 1, strategic."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from ...figures import (
    PERCENT,
    Chart,
    Gallery,
    Key,
    Panels,
    View,
    bars,
    beside,
    first_misses,
    label,
    legend,
    line,
    message,
    note,
    point,
    rows,
    stacked,
    swings,
    zero_line,
)
from ...shape import Array
from ...words import write
from .record import YUAN

POINTS = 10_000.0
BILLION = 1_000.0
#: The step of each product keeps its colour in every figure.
STEPS = {"loans": "c1", "advice": "c6", "wallet": "c3"}


def _calendar(ax: Axes, v: View) -> None:
    last = v.a.horizon
    ax.set_xlim(-0.6, last + 0.6)
    ax.set_xticks(range(0, last + 1, 4))


def _limit(ax: Axes, level: float) -> None:
    line(ax, ax.get_xlim(), [level] * 2, "ink", ls="--", lw=1.2)


def _billion(value: float) -> str:
    return write(value, "billion")


# ------------------------------------------------------------ explorer


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    exposure, cash, raroc = panels
    _calendar(exposure, v)
    exposure.set_ylim(0, 0.9 * v.a.costs.sum() / BILLION)
    label(exposure, w["half_year"], w["billion"])
    limit = Key(w["limit"], "ink", "line", {"ls": "--", "lw": 1.2})
    legend(exposure, [Key(w["unsold"], "c2"), Key(w["held"], "c1", "bar"), limit])
    _calendar(cash, v)
    cost = v.a.costs[v.a.project - 1]
    cash.set_ylim(-0.015 * cost, 0.085 * cost)
    zero_line(cash)
    label(cash, w["half_year"], w["million"])
    _cash_legend(cash, w)
    _steps_frame(raroc, w, (0, 32))


def _cash_legend(ax: Axes, w: Mapping[str, str]) -> None:
    keys = [Key(w["cash"], "c6", "bar"), Key(w["support"], "c4", "bar")]
    legend(ax, [*keys, Key(w["service"], "c2"), Key(w["reserve"], "c3")])


def _cash_draw(ax: Axes, v: View, lines: Mapping[str, Array]) -> None:
    """Cash of the shown project by half-year, what is due, and what the reserve holds."""
    k = v.a.project
    at = np.arange(len(lines["balance"]))
    support = lines[f"support_{k}"]
    own = lines[f"cfads_{k}"] - support
    bars(ax, at, own, "c6")
    bars(ax, at, support, "c4", base=np.maximum(own, 0))
    due = lines[f"service_{k}"] > YUAN
    line(ax, at, np.where(due, lines[f"service_{k}"], np.nan), "c2", drawstyle="steps-mid")
    reserve = lines[f"reserve_{k}"]
    line(ax, at, np.where(due | (reserve > YUAN), reserve, np.nan), "c3")


def _explorer_draw(panels: Panels, v: View) -> None:
    w, m, lines = v.words("explorer"), v.result.metrics, v.result.lines
    exposure, cash, raroc = panels
    at = np.arange(len(lines["balance"]))
    bars(exposure, at, lines["held_exposure"] / BILLION, "c1")
    line(exposure, at, lines["exposure"] / BILLION, "c2", drawstyle="steps-mid")
    limit = min(v.a.group_limit, v.a.internal_limit) * v.a.tier1
    _limit(exposure, limit / BILLION)
    message(
        exposure,
        w["title_over" if m["peak_exposure"] > limit * (1 + 1e-12) else "title_inside"].format(
            peak=_billion(m["peak_exposure"]),
            limit=_billion(limit),
            sale=write(m["needed_sale"], "share"),
        ),
    )
    _cash_draw(cash, v, lines)
    kind = "missed" if m["missed"] else "drawn" if m["reserve_drawn"] > YUAN else "met"
    message(
        cash,
        w[f"title_{kind}"].format(
            month=m["first_missed"],
            overdue=write(m["overdue"], "million"),
            drawn=write(m["reserve_drawn"], "million"),
            dscr=write(m["lowest_dscr"], "number"),
        ),
    )
    if kind == "missed":
        point(cash, m["first_missed"], 0, "ink", marker="X", ms=9)
    _steps_draw(raroc, v)
    message(
        raroc,
        w["title_raroc"].format(
            loans=write(v.data["loans"], "share"),
            all=write(v.data["wallet"], "share"),
            hurdle=write(v.a.hurdle, "share", plain=True),
        ),
    )


# ------------------------------------------------------------ RAROC step by step


def _steps_frame(ax: Axes, w: Mapping[str, str], span: tuple[float, float]) -> None:
    ax.set_xlim(*span)
    rows(ax, [w[k] for k in STEPS], 0.13)
    zero_line(ax, across=True)
    label(ax, w["raroc"], "")
    legend(ax, [Key(w["hurdle"], "ink", "line", {"ls": "--", "lw": 1.2})])


def _steps_draw(ax: Axes, v: View) -> None:
    line(ax, [PERCENT * v.a.hurdle] * 2, ax.get_ylim(), "ink", ls="--", lw=1.2)
    for y, (name, colour) in enumerate(STEPS.items()):
        value = PERCENT * v.data[name]
        bars(ax, [y], value, colour, width=0.55, across=True, told=True)
        beside(ax, value, y, write(v.data[name], "share", with_unit=True))


def _products_frame(panels: Panels, v: View) -> None:
    _steps_frame(panels[0], v.words("products"), (0, 20))


def _products_draw(panels: Panels, v: View) -> None:
    w = v.words("products")
    (ax,) = panels
    _steps_draw(ax, v)
    loans, whole = v.data["loans"], v.data["wallet"]
    key = "above" if loans >= v.a.hurdle else "flips" if whole >= v.a.hurdle else "below"
    message(ax, w[f"title_{key}"].format(loans=write(loans, "share"), all=write(whole, "share")))


# ------------------------------------------------------------ how a project is paid for


def _building_frame(panels: Panels, v: View) -> None:
    w = v.words("building")
    (ax,) = panels
    n = v.a.construction
    ax.set_xlim(0.4, n + 0.6)
    ax.set_xticks(range(1, n + 1))
    ax.set_ylim(0, 1.2 * v.a.costs[v.a.project - 1])
    label(ax, w["half_year"], w["million"])
    parts = {"cost": "c6", "finance": "c2", "reserve": "c3"}
    legend(ax, [*(Key(w[k], c, "bar") for k, c in parts.items()), Key(w["drawn"], "c1")])


def _building_draw(panels: Panels, v: View) -> None:
    w = v.words("building")
    (ax,) = panels
    at = np.arange(1, len(v.data["cost"]) + 1)
    parts = (("cost", "c6"), ("finance", "c2"), ("reserve", "c3"))
    stacked(ax, at, ((np.cumsum(v.data[name]), colour) for name, colour in parts))
    line(ax, at, v.data["drawn"], "c1", marker="o", ms=5)
    gearing = write(v.data["gearing"], "share")
    note(ax, at[-1], v.data["drawn"][-1], f"{gearing}%", xytext=(7, 0), va="center")
    message(ax, w["title"].format(plant=v.a.project, gearing=gearing))


# ------------------------------------------------------------ a year late, two sponsor terms


def _stress_frame(panels: Panels, v: View) -> None:
    w = v.words("stress")
    cost = v.a.costs[v.a.project - 1]
    first = v.a.opening_day[v.a.project - 1]
    for ax in panels:
        ax.set_xlim(first - 0.6, first + 14.6)
        ax.set_xticks(range(first, first + 15, 2))
        ax.set_ylim(-0.005 * cost, 0.07 * cost)
        zero_line(ax)
        label(ax, w["half_year"], w["million"])
        _cash_legend(ax, w)


def _stress_draw(panels: Panels, v: View) -> None:
    w = v.words("stress")
    for ax, terms in zip(panels, v.result.alternatives, strict=True):
        r = v.data.alternative(terms)
        first = v.a.opening_day[v.a.project - 1]
        part = slice(first, first + 15)
        inside = View(r, None)
        lines = {k: x.copy() for k, x in r.lines.items() if k[-1] in "123" or k == "balance"}
        for k, x in lines.items():
            if k != "balance":
                shown = np.zeros_like(x)
                shown[part] = x[part]
                lines[k] = shown
        _cash_draw(ax, inside, lines)
        m = r.metrics
        key = "missed" if m["missed"] else "drawn" if m["reserve_drawn"] > YUAN else "met"
        if m["missed"] and first <= m["first_missed"] < first + 15:
            point(ax, m["first_missed"], 0, "ink", marker="X", ms=9)
        message(
            ax,
            w[f"title_{key}"].format(
                terms=v.label(terms),
                drawn=write(m["reserve_drawn"], "million"),
                month=m["first_missed"],
            ),
        )


# ------------------------------------------------------------ which delay and shock break the loan


def _survival_frame(panels: Panels, v: View) -> None:
    w = v.words("survival")
    for ax in panels:
        ax.set_xlim(-0.6, len(v.data["delays"]) - 0.4)
        ax.set_xticks(range(len(v.data["delays"])), v.data["delays"])
        shocks = [w["shock"].format(shock=write(x, "share_whole")) for x in v.data["shocks"]]
        rows(ax, shocks, 0.12)
        ax.set_ylim(len(shocks) - 0.5, -0.5)
        ax.grid(False)
        ax.spines[["left"]].set_visible(False)
        label(ax, w["delay"], "")
        pays = Key(w["pays"], "c1", "point", {"marker": "o", "mfc": "none", "ms": 8})
        legend(ax, [pays, Key(w["misses"], "c2", "point", {"marker": "s", "ms": 8})])


def _survival_draw(panels: Panels, v: View) -> None:
    w = v.words("survival")
    for ax, terms, first in zip(panels, v.result.alternatives, v.data["first_missed"], strict=True):
        first_misses(ax, first)
        n = int((first > 0).sum())
        message(ax, w["title"].format(terms=v.label(terms), n=n, all=first.size))


# ------------------------------------------------------------ exposure against the limit


def _exposure_frame(panels: Panels, v: View) -> None:
    w = v.words("exposure")
    (ax,) = panels
    _calendar(ax, v)
    ax.set_ylim(0, 0.9 * v.a.costs.sum() / BILLION)
    label(ax, w["half_year"], w["billion"])
    limit = Key(w["limit"], "ink", "line", {"ls": "--", "lw": 1.2})
    legend(ax, [Key(w["unsold"], "c2"), Key(w["least"], "c1", "bar"), limit])


def _exposure_draw(panels: Panels, v: View) -> None:
    w = v.words("exposure")
    (ax,) = panels
    at = np.arange(len(v.data["unsold"]))
    bars(ax, at, v.data["least"] / BILLION, "c1")
    line(ax, at, v.data["unsold"] / BILLION, "c2", drawstyle="steps-mid")
    _limit(ax, v.data["limit"] / BILLION)
    over = v.result.metrics["needed_sale"] > 0
    message(
        ax,
        w["title_over" if over else "title_inside"].format(
            limit=_billion(v.data["limit"]), sale=write(v.result.metrics["needed_sale"], "share")
        ),
    )


# ------------------------------------------------------------ margin against wallet


def _frontier_frame(panels: Panels, v: View) -> None:
    w = v.words("frontier")
    (ax,) = panels
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 250)
    label(ax, w["share"], w["margin"])
    asked = Key(w["asked"], "ink", "point")
    legend(ax, [Key(w["without"], "c2"), Key(w["mandate"], "c1"), asked])


def _frontier_draw(panels: Panels, v: View) -> None:
    w = v.words("frontier")
    (ax,) = panels
    for name, colour in (("without", "c2"), ("mandate", "c1")):
        line(ax, PERCENT * v.data["share"], POINTS * v.data[name], colour)
    point(ax, PERCENT * v.a.wallet_share, POINTS * v.a.margin, "ink")
    message(
        ax,
        w["title"].format(
            points=write(v.data["slope"], "points_fine"),
            mandate=write(v.result.metrics["mandate_points"], "points_fine"),
        ),
    )


# ------------------------------------------------------------ how much to sell


def _sale_frame(panels: Panels, v: View) -> None:
    w = v.words("sale")
    (ax,) = panels
    ax.set_xlim(0, 60)
    ax.set_ylim(-80, 60)
    zero_line(ax)
    label(ax, w["sold"], w["profit"])
    marks = {"least": ("c2", "o"), "rule": ("c6", "s"), "best": ("c3", "D")}
    legend(ax, [Key(w[k], c, "point", {"marker": m}) for k, (c, m) in marks.items()])


def _sale_draw(panels: Panels, v: View) -> None:
    w, d = v.words("sale"), v.data
    (ax,) = panels
    _low, _high = ax.get_ylim()
    line(ax, PERCENT * d["sold"], d["profit"], "c1")
    point(ax, PERCENT * d["needed"], d["needed_profit"], "c2")
    point(ax, PERCENT * d["rule"], d["rule_profit"], "c6", marker="s")
    point(ax, PERCENT * d["best"], d["best_profit"], "c3", marker="D")
    kind = "title_edge" if d["best"] >= d["sold"][-1] else "title"
    kind = kind if d["needed"] > 0 else "title_free"
    message(
        ax,
        w[kind].format(
            needed=write(d["needed"], "share"),
            rule=write(d["rule"], "share_whole"),
            best=write(d["best"], "share_whole"),
        ),
    )


# ------------------------------------------------------------ when the money comes


def _patience_frame(panels: Panels, v: View) -> None:
    w = v.words("patience")
    (ax,) = panels
    _calendar(ax, v)
    ax.set_ylim(-90, 60)
    zero_line(ax)
    label(ax, w["half_year"], w["million"])
    legend(ax, [Key(w["profit"], "c6", "bar"), Key(w["total"], "c1")])


def _patience_draw(panels: Panels, v: View) -> None:
    w, d = v.words("patience"), v.data
    (ax,) = panels
    at = np.arange(len(d["profit"]))
    bars(ax, at, d["profit"], "c6", width=0.7)
    line(ax, at, d["total"], "c1")
    kind = "early" if d["even"] == 0 else "never" if d["even"] < 0 else "late"
    if kind == "late":
        point(ax, at[d["even"]], d["total"][d["even"]], "ink")
    message(
        ax,
        w[f"title_{kind}"].format(
            worst=d["worst"],
            even=d["even"],
            low=write(-d["total"].min(), "million"),
            end=write(d["total"][-1], "million"),
        ),
    )


# ------------------------------------------------------------ what moves the profit


def _tornado_frame(panels: Panels, v: View) -> None:
    w = v.words("tornado")
    (ax,) = panels
    names = [w["names"][row[0]] for row in v.data["rows"]]
    ax.set_xlim(-120, 130)
    rows(ax, names, 0.30)
    label(ax, w["profit"], "")
    legend(ax, [Key(w["lower"], "c2", "bar"), Key(w["higher"], "c1", "bar")])


def _tornado_draw(panels: Panels, v: View) -> None:
    w = v.words("tornado")
    (ax,) = panels
    base = v.data["base"]
    _low, _high = ax.get_xlim()
    _, _, _, *ends = zip(*v.data["rows"], strict=True)
    at_low, at_high = ends
    swings(ax, base, at_low, at_high, ("c2", "c1"), 0.6)
    line(ax, [base] * 2, ax.get_ylim(), "ink", ls="--", lw=1.2)
    name, _, _, *ends = v.data["rows"][0]
    message(
        ax,
        w["title"].format(
            name=w["names"][name][0].upper() + w["names"][name][1:],
            low=write(min(ends), "million"),
            high=write(max(ends), "million"),
        ),
    )


# ------------------------------------------------------------ many futures

#: How a future ends, and its colour.
_ENDS = ("calm", "drawn", "one", "more")
_TERMS = ("c1", "c2")


def _futures_frame(panels: Panels, v: View) -> None:
    w = v.words("futures")
    (ax,) = panels
    ax.set_xlim(0, 100)
    rows(ax, [w[k] for k in _ENDS], 0.24)
    label(ax, w["share"], "")
    keys = zip(v.result.alternatives, _TERMS, strict=True)
    legend(ax, [Key(v.label(terms), colour, "bar") for terms, colour in keys])


def _futures_draw(panels: Panels, v: View) -> None:
    w = v.words("futures")
    (ax,) = panels
    for i, (ends, colour) in enumerate(zip(v.data["ends"], _TERMS, strict=True)):
        y = np.arange(len(ends)) + 0.38 * i - 0.19
        bars(ax, y, PERCENT * ends, colour, width=0.34, across=True)
        for yi, share in zip(y, ends, strict=True):
            text = write(share, "share", with_unit=True)
            beside(ax, PERCENT * share, yi, text)
    supported, without = (write(x, "share") for x in v.data["missed"])
    message(ax, w["title"].format(supported=supported, without=without))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.6, 1.6, 0.9)),
        "building": Chart("building", _building_frame, _building_draw, (2.0,)),
        "stress": Chart("stress", _stress_frame, _stress_draw, (1.7, 1.7)),
        "survival": Chart("survival", _survival_frame, _survival_draw, (1.7, 1.7)),
        "exposure": Chart("exposure", _exposure_frame, _exposure_draw, (2.0,)),
        "products": Chart("products", _products_frame, _products_draw, (1.1,)),
        "frontier": Chart("frontier", _frontier_frame, _frontier_draw, (2.2,)),
        "sale": Chart("sale", _sale_frame, _sale_draw, (2.0,)),
        "patience": Chart("patience", _patience_frame, _patience_draw, (1.9,)),
        "tornado": Chart("tornado", _tornado_frame, _tornado_draw, (2.6,)),
        "futures": Chart("futures", _futures_frame, _futures_draw, (2.1,)),
    }
)
