"""The charts of the outlook's automation model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ..figures import PALETTE, Chart, Key, label, legend, line, message, note, point
from ..words import write
from . import View

Panels = Sequence[Axes]
THOUSAND = 1000.0
PERCENT = 100.0
COLOURS = {"machine": "c2", "officer": "c6", "referral": "c1"}


def _amounts(ax: Axes) -> None:
    ax.set_xscale("log")
    ticks = [0.02, 0.1, 0.5, 2, 10]
    ax.set_xlim(0.01, 20)
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.set_xticks([], minor=True)


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
    worth.axhline(0, color=PALETTE["muted"], lw=0.8)
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
        gain = np.clip(THOUSAND * data[name], *worth.get_ylim())
        line(worth, data["class_amount"], gain, COLOURS[name], marker="o", ms=3.5)
    message(worth, w["title_worth"].format(every=write(every, "thousand")))


# ------------------------------------------------------------ what errors cost

_PARTS = {"cost_wrong_yes": "c2", "cost_wrong_no": "c6", "officer_cost": "c1"}


def _errors_frame(panels: Panels, v: View) -> None:
    w = v.words("errors")
    (ax,) = panels
    ax.set_ylim(len(COLOURS) - 0.4, -0.6)
    ax.set_yticks(range(len(COLOURS)), [v.label(k) for k in COLOURS])
    ax.tick_params(axis="y", labelcolor=PALETTE["ink"])
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    box = ax.get_position()
    ax.set_position((box.x0 + 0.08, box.y0, box.width - 0.08, box.height))
    ax.set_xlim(0, 1.25 * max(sum(v.data[k] for k in _PARTS)))
    label(ax, w["money"], "")
    legend(ax, [Key(w[k], c, "bar") for k, c in _PARTS.items()])


def _errors_draw(panels: Panels, v: View) -> None:
    w = v.words("errors")
    (ax,) = panels
    base, y = np.zeros(len(COLOURS)), np.arange(len(COLOURS))
    for name, colour in _PARTS.items():
        ax.barh(y, v.data[name], 0.5, left=base, color=PALETTE[colour], linewidth=0)
        base = base + v.data[name]
    for yi, total in zip(y, base, strict=True):
        note(ax, total, yi, write(total, "amount"), va="center", xytext=(5, 0))
    best = int(base.argmin())
    way = v.label(v.result.alternatives[best])
    message(ax, w["title"].format(way=way, cost=write(base[best], "amount")))


# ------------------------------------------------------------ a machine that ranks worse


def _erosion_frame(panels: Panels, v: View) -> None:
    w = v.words("erosion")
    (ax,) = panels
    ax.set_xlim(0, 15)
    profit = v.data["profit"]
    room = 0.1 * np.ptp(profit)
    ax.set_ylim(profit.min() - room, profit.max() + room)
    label(ax, w["erosion"], w["money"])
    legend(ax, [Key(v.label(k).lower(), c) for k, c in COLOURS.items()])


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


CHARTS = {
    "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.8, 1.7)),
    "errors": Chart("errors", _errors_frame, _errors_draw, (1.4,)),
    "erosion": Chart("erosion", _erosion_frame, _erosion_draw, (2.0,)),
}
