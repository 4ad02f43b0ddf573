"""The charts of the outlook's automation model."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from ...figures import (
    PALETTE,
    PERCENT,
    THOUSAND,
    Chart,
    Gallery,
    Key,
    Panels,
    View,
    beside,
    label,
    legend,
    line,
    log_scale,
    message,
    point,
    rows,
    stacked,
    zero_line,
)
from ...words import within, write

COLOURS = {"machine": "c2", "officer": "c6", "referral": "c1"}


def _amounts(ax: Axes) -> None:
    log_scale(ax, 0.01, 20, [0.02, 0.1, 0.5, 2, 10])


# ------------------------------------------------------------ explorer: the map, and the worth


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    where, worth = panels
    _amounts(where)
    where.set_yscale("log")
    where.set_ylim(0.2, 80)
    where.set_yticks([0.5, 2, 10, 50], ["0.5", "2", "10", "50"])
    where.set_yticks([], minor=True)
    where.grid(False)
    label(where, w["amount"], w["pd"])
    legend(
        where,
        [
            Key(w["yes"], "c6", "bar"),
            Key(w["officer_band"], "c1", "bar"),
            Key(w["no"], "c2", "bar"),
        ],
    )
    _amounts(worth)
    worth.set_yscale("symlog", linthresh=1.0, linscale=0.6)
    worth.set_ylim(-5, 60)
    worth.set_yticks([-3, -1, 0, 1, 3, 10, 30], ["−3", "−1", "0", "1", "3", "10", "30"])
    worth.set_yticks([], minor=True)
    zero_line(worth)
    label(worth, w["amount"], w["money"])
    legend(worth, [Key(w["referral"], "c1"), Key(w["officer"], "c6")])


def _explorer_draw(panels: Panels, v: View) -> None:
    w, m, data = v.words("explorer"), v.result.metrics, v.data
    where, worth = panels
    amount, low, high = data["amount"], PERCENT * data["low"], PERCENT * data["high"]
    bottom, top = where.get_ylim()
    for lower, upper, colour in (
        (bottom + 0 * low, low, "c6"),
        (low, high, "c1"),
        (high, top + 0 * high, "c2"),
    ):
        lower, upper = (np.clip(x, bottom, top) for x in (lower, upper))
        where.fill_between(amount, lower, upper, color=PALETTE[colour], linewidth=0)
    first, every = m["first_amount"], m["every_amount"]
    found = first <= amount[-1]
    text = w["title_map" if found else "title_map_none"]
    message(where, text.format(first=write(first, "thousand")))
    for name in ("referral", "officer"):
        gain = THOUSAND * data[name]
        line(worth, data["class_amount"], gain, COLOURS[name], marker="o", ms=3.5)
    message(worth, w["title_worth"].format(every=write(every, "thousand")))


# ------------------------------------------------------------ what errors cost

_PARTS = {"cost_wrong_yes": "c2", "cost_wrong_no": "c6", "officer_cost": "c1"}


def _errors_frame(panels: Panels, v: View) -> None:
    w = v.words("errors")
    (ax,) = panels
    rows(ax, [v.label(k) for k in COLOURS], 0.08)
    ax.set_xlim(0, 1.25 * max(sum(v.data[k] for k in _PARTS)))
    label(ax, w["money"], "")
    legend(ax, [Key(w[k], c, "bar") for k, c in _PARTS.items()])


def _errors_draw(panels: Panels, v: View) -> None:
    w = v.words("errors")
    (ax,) = panels
    parts = ((v.data[name], colour) for name, colour in _PARTS.items())
    cost = stacked(ax, range(len(COLOURS)), parts, width=0.5, across=True)
    for y, total in enumerate(cost):
        beside(ax, total, y, write(total, "amount"))
    best = int(cost.argmin())
    way = v.label(v.result.alternatives[best])
    message(ax, w["title"].format(way=way, cost=write(cost[best], "amount")))


# ------------------------------------------------------------ a machine that ranks worse


def _erosion_frame(panels: Panels, v: View) -> None:
    w = v.words("erosion")
    (ax,) = panels
    ax.set_xlim(0, 15)
    profit = v.data["profit"]
    room = 0.1 * np.ptp(profit)
    ax.set_ylim(profit.min() - room, profit.max() + room)
    label(ax, w["erosion"], w["money"])
    legend(ax, [Key(within(v.label(k)), c) for k, c in COLOURS.items()])


def _erosion_draw(panels: Panels, v: View) -> None:
    w, data = v.words("erosion"), v.data
    (ax,) = panels
    for row, colour in zip(data["profit"], COLOURS.values(), strict=True):
        line(ax, PERCENT * data["erosion"], row, colour)
    at = data["crossing"]
    if np.isfinite(at):
        point(ax, PERCENT * at, np.interp(at, data["erosion"], data["profit"][0]), "ink")
        message(ax, w["title"].format(crossing=write(at, "share_points")))
    else:
        machine, officer, _ = data["profit"]
        message(ax, w["title_never" if machine[0] > officer[0] else "title_always"])


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.8, 1.7)),
        "errors": Chart("errors", _errors_frame, _errors_draw, (1.4,)),
        "erosion": Chart("erosion", _erosion_frame, _erosion_draw, (2.0,)),
    }
)
