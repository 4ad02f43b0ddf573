"""The charts of the tools."""

from __future__ import annotations

import numpy as np

from ...figures import (
    PALETTE,
    PERCENT,
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
    note,
    point,
    rows,
    zero_line,
)
from ...words import write

COLOURS = {"volume": "c2", "tool": "c1", "over": "c4", "pure": "c3"}
ORDERS = {"model": "c1", "sector": "c2", "popularity": "c3", "together": "c4"}


# ------------------------------------------------------------ explorer


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    curve, sum_ = panels
    curve.set_xlim(0, 1500)
    curve.set_ylim(-8, 6)
    zero_line(curve)
    label(curve, w["listed"], w["gain"])
    legend(curve, [Key(w["volume"], "c2"), Key(w["tool"], "c1"), Key(w["pure"], "c3")])
    sum_.set_xlim(-0.2, 5.2)
    sum_.set_xticks(range(6))
    sum_.set_ylim(-15, 10)
    zero_line(sum_)
    label(sum_, w["year"], w["sum"])
    legend(sum_, [Key(w["volume"], "c2"), Key(w["tool"], "c1")])


def _explorer_draw(panels: Panels, v: View) -> None:
    w, x = v.words("explorer"), v.data
    curve, sum_ = panels
    for gain, colour in (
        (x["list_gain"][1], "c3"),
        (x["gain"][0], "c2"),
        (x["gain"][1], "c1"),
    ):
        line(curve, x["listed"], gain, colour)
    for name, colour in (("volume", "c2"), ("tool", "c1")):
        gain = v.result.alternative(name).metrics["gain_year"]
        point(curve, v.a.listed, gain, colour)
    over = v.result.alternative("tool").metrics["over_volume"]
    key = "title_tool" if over > 0 else "title_volume"
    message(curve, w[key].format(gain=write(abs(over), "amount")))
    for row, colour in zip(x["by_year"], ("c2", "c1"), strict=True):
        line(sum_, np.arange(6), row, colour)
    end = x["by_year"][1, -1]
    key = "title_back" if end > 0 else "title_short"
    message(sum_, w[key].format(value=write(abs(end), "amount")))


# ------------------------------------------------------------ next product, and the trial


def _hits_frame(panels: Panels, v: View) -> None:
    w = v.words("hits")
    (ax,) = panels
    ax.set_xlim(0.8, 6.2)
    ax.set_xticks(range(1, 7))
    ax.set_ylim(0, 100)
    label(ax, w["first"], w["share"])
    legend(ax, [Key(w[k], c) for k, c in ORDERS.items()])


def _hits_draw(panels: Panels, v: View) -> None:
    w, x = v.words("hits"), v.data
    (ax,) = panels
    k = np.arange(1, 7)
    line(ax, k, PERCENT * k / 6, "muted", ls=":", lw=1)
    note(ax, 3, 50, w["chance"], color=PALETTE["muted"], xytext=(8, -14))
    for name in ("together", "popularity", "model", "sector"):
        line(ax, k, PERCENT * np.array(x[name]), ORDERS[name])
    key = "title_better" if x["model"][1] > x["sector"][1] + 0.02 else "title"
    message(
        ax,
        w[key].format(
            model=write(x["model"][1], "share_whole"), sector=write(x["sector"][1], "share_whole")
        ),
    )


def _trial_frame(panels: Panels, v: View) -> None:
    w = v.words("trial")
    (ax,) = panels
    ax.set_xlim(-20, 80)
    zero_line(ax, across=True)
    rows(ax, [w["visits"], w["topic"]], 0.24)
    label(ax, w["change"], "")
    legend(ax, [Key(w["interval"], "c1", "point")])


def _trial_draw(panels: Panels, v: View) -> None:
    w, x = v.words("trial"), v.data
    (ax,) = panels
    rows = ((x["low"], x["uplift"], x["high"]), (x["topic_low"], x["topic"], x["topic_high"]))
    for y, (low, middle, high) in enumerate(rows):
        colour = "c1" if low > 0 else "muted"
        line(ax, [PERCENT * low, PERCENT * high], [y, y], colour, ls="-", lw=4)
        point(ax, PERCENT * middle, y, colour, ms=8)
    message(ax, w["title"].format(uplift=write(x["uplift"], "share_whole")))


# ------------------------------------------------------------ the score: why, and its drift


def _why_frame(panels: Panels, v: View) -> None:
    w = v.words("why")
    (ax,) = panels
    ax.set_xlim(-10, 55)
    zero_line(ax, across=True)
    rows(ax, [w["names"][k] for k in v.data["reason"]], 0.24)
    label(ax, w["points"], "")
    legend(ax, [Key(w["lost"], "c2", "bar"), Key(w["gained"], "c3", "bar")])


def _why_draw(panels: Panels, v: View) -> None:
    w, x = v.words("why"), v.data
    (ax,) = panels
    lost = np.array(x["below"])
    rows = np.arange(len(lost))
    for sign, colour in ((1, "c2"), (-1, "c3")):
        shown = sign * lost > 0
        bars(ax, rows[shown], lost[shown], colour, across=True, width=0.55)
    for y, points in enumerate(lost):
        if points >= 0.5:
            note(ax, points, y, write(points, "count"), va="center", xytext=(5, 0))
    first, second = (w["names"][k] for k in x["reason"][:2])
    message(
        ax,
        w["title"].format(
            points=write(x["points"], "count"),
            usual=write(x["usual"], "count"),
            first=first,
            second=second,
        ),
    )


def _drift_frame(panels: Panels, v: View) -> None:
    w = v.words("drift")
    psi, sector = panels
    for ax in panels:
        ax.set_xlim(12, 61)
        ax.set_xticks(range(12, 61, 12))
    psi.set_ylim(0, 2)
    label(psi, w["month"], w["psi"])
    legend(psi, [Key(w["all"], "c1"), Key(w["plain"], "c2"), Key(w["alarm"], "muted", "line",
                                                                 {"ls": ":"})])  # fmt: skip
    sector.set_ylim(40, 115)
    label(sector, w["month"], w["both"])
    legend(sector, [Key(w["index"], "c6"), Key(w["points"], "c4")])


def _drift_draw(panels: Panels, v: View) -> None:
    w, x = v.words("drift"), v.data
    psi, sector = panels
    alarm = 0.25
    line(psi, [12, 61], [alarm, alarm], "muted", ls=":", lw=1.2)
    line(psi, x["month"], x["all"], "c1")
    line(psi, x["month"], x["plain"], "c2")
    over = x["all"] > alarm
    if not over.any():
        text = w["title_none"]
    else:
        key = "title" if x["plain"].max() > alarm else "title_one"
        text = w[key].format(first=x["month"][over.argmax()])
    message(psi, text)
    line(sector, x["month"], x["index"], "c6")
    line(sector, x["month"], x["points"] - 540, "c4")
    fall = write(float(x["points"].max() - x["points"].min()), "count")
    message(sector, w["title_sector"].format(sector=w["sectors"][x["sector"]], points=fall))


# ------------------------------------------------------------ the money


def _gains_frame(panels: Panels, v: View) -> None:
    w = v.words("gains")
    (ax,) = panels
    ax.set_xlim(-4, 2)
    zero_line(ax, across=True)
    rows(ax, [w[k] for k in v.data], 0.3)
    label(ax, w["gain"], "")
    legend(ax, [Key(w["expected"], "ink", "point", {"marker": "D", "ms": 5}),
                Key(w["band"], "muted", "line", {"ls": "-", "lw": 5})])  # fmt: skip


def _gains_draw(panels: Panels, v: View) -> None:
    w, x = v.words("gains"), v.data
    (ax,) = panels
    _low, _high = ax.get_xlim()
    for y, (name, row) in enumerate(x.items()):
        line(ax, [row["low"], row["high"]], [y, y], COLOURS[name], ls="-", lw=5)
        point(ax, row["expected"], y, "ink", marker="D", ms=5)
    over, tool = x["over"]["expected"], x["tool"]["expected"]
    key = "title_pays" if over > 0 else "title_less" if tool > 0 else "title_not"
    message(
        ax,
        w[key].format(
            short=write(abs(tool), "amount"),
            over=write(abs(over), "amount"),
            pure=write(x["pure"]["expected"], "amount"),
        ),
    )


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.8, 1.4)),
        "hits": Chart("hits", _hits_frame, _hits_draw, (1.9,)),
        "trial": Chart("trial", _trial_frame, _trial_draw, (0.9,)),
        "why": Chart("why", _why_frame, _why_draw, (2.0,)),
        "drift": Chart("drift", _drift_frame, _drift_draw, (1.5, 1.5)),
        "gains": Chart("gains", _gains_frame, _gains_draw, (1.4,)),
    }
)
