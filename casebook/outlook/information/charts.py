"""The charts of the outlook's information model."""

from __future__ import annotations

import numpy as np

from ...figures import (
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

# ------------------------------------------------------------ explorer: worth, and who is refused


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    worth, refused = panels
    worth.set_xlim(0.3, 12.7)
    worth.set_xticks(range(1, 13))
    scale = v.a.applications * v.a.amount / 2400
    worth.set_ylim(-1.2 * scale, 2.4 * scale)
    zero_line(worth)
    label(worth, w["quarter"], w["money"])
    price = Key(w["price"], "c2", "point", {"marker": "_", "ms": 11, "mew": 2.5})
    legend(worth, [Key(w["value"], "c1", "bar"), price])
    names = [v.label(k) for k in v.result.alternatives]
    rows(refused, [n.replace(", ", ",\n") for n in names], 0.14)
    refused.set_xlim(0, 100)
    label(refused, w["refused"], "")
    legend(refused, [Key(w["thick"], "c6", "bar"), Key(w["thin"], "c2", "bar")])


def _explorer_draw(panels: Panels, v: View) -> None:
    w, m, data = v.words("explorer"), v.result.metrics, v.data
    worth, refused = panels
    bars(worth, data["quarter"], data["value"], "c1")
    point(worth, data["quarter"], data["price"], "c2", marker="_", ms=11, mew=2.5)
    r = v.result if v.result.chosen != "accounts" else v.result.alternative("flows")
    gain = r.metrics["net_gain"]
    key = "title_value" if gain >= 0 else "title_loss"
    message(worth, w[key].format(gain=write(abs(gain), "amount")))
    y = np.arange(3)
    for row, colour, side in ((data["refused"][0], "c6", -1), (data["refused"][1], "c2", 1)):
        at = y + 0.2 * side
        bars(refused, at, PERCENT * row, colour, width=0.36, across=True)
        for yi, value in zip(at, row, strict=True):
            beside = write(value, "share_whole", with_unit=True)
            note(refused, min(PERCENT * value, 92), yi, beside, va="center", xytext=(4, 0))
    m = r.metrics
    message(
        refused,
        w["title_refused"].format(
            thin=write(m["thin_refused"], "share_whole"),
            thick=write(m["thick_refused"], "share_whole"),
        ),
    )


# ------------------------------------------------------------ worth by AUC


def _auc_frame(panels: Panels, v: View) -> None:
    w = v.words("auc")
    (ax,) = panels
    ax.set_xlim(v.data["auc"][0], v.data["auc"][-1])
    ticks = np.arange(0.6, 0.95, 0.05)
    ticks = ticks[ticks > v.data["auc"][0] - 1e-9]
    ax.set_xticks(ticks, [f"{t:.2f}" for t in ticks])
    ax.set_ylim(0, 1.05 * max(v.data["value"].max(), v.data["cost"].max()))
    label(ax, w["auc"], w["money"])
    legend(ax, [Key(w["value"], "c1"), Key(w["cost"], "c2"), Key(w["here"], "ink", "point")])


def _auc_draw(panels: Panels, v: View) -> None:
    w, data = v.words("auc"), v.data
    (ax,) = panels
    line(ax, data["auc"], data["value"], "c1")
    line(ax, data["auc"], data["cost"], "c2")
    point(ax, v.a.flows_auc, np.interp(v.a.flows_auc, data["auc"], data["value"]), "ink")
    at = data["break_even"]
    if np.isfinite(at):
        point(ax, at, np.interp(at, data["auc"], data["cost"]), "c3", marker="D")
        base = write(v.a.accounts_auc, "number")
        message(ax, w["title"].format(auc=write(at, "number"), base=base))
    else:
        message(ax, w["title_never"])


# ------------------------------------------------------------ how often to rebuild


def _rebuild_frame(panels: Panels, v: View) -> None:
    w = v.words("rebuild")
    (ax,) = panels
    ax.set_xlim(0.3, 12.7)
    ax.set_xticks(range(1, 13))
    gain = v.data["gain"]
    ax.set_ylim(min(1.1 * gain.min(), 0.0), max(1.15 * gain.max(), 1.0))
    zero_line(ax)
    label(ax, w["every"], w["money"])
    now = Key(w["now"], "c2", "point", {"mfc": "none", "mew": 2, "ms": 8})
    legend(ax, [Key(w["best"], "c3", "point", {"marker": "D"}), now])


def _rebuild_draw(panels: Panels, v: View) -> None:
    w, data = v.words("rebuild"), v.data
    (ax,) = panels
    line(ax, data["every"], data["gain"], "c1", marker="o", ms=3.5)
    at = v.a.rebuild
    point(ax, at, data["gain"][at - 1], "c2", mfc="none", mew=2, ms=9)
    best = data["best"]
    point(ax, best, data["gain"][best - 1], "c3", marker="D")
    message(ax, w["title"].format(best=write(best, "quarters", with_unit=True)))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.6, 1.7)),
        "auc": Chart("auc", _auc_frame, _auc_draw, (2.0,)),
        "rebuild": Chart("rebuild", _rebuild_frame, _rebuild_draw, (1.9,)),
    }
)
