"""The charts of early warning."""

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
    interval,
    interval_rows,
    label,
    legend,
    line,
    message,
    point,
    rows,
    zero_line,
)
from ...words import write

LINES_UP = ("rule", "by_pd", "by_loss")
COLOURS = {"rule": "c2", "by_pd": "c1", "by_loss": "c3"}


# ------------------------------------------------------------ explorer


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    curve, lead = panels
    curve.set_xlim(0, 1500)
    curve.set_ylim(-20, 60)
    zero_line(curve)
    label(curve, w["hours"], w["gain"])
    legend(curve, [Key(w["by_pd"], "c1"), Key(w["by_loss"], "c3"),
                   Key(w["rule"], "c2", "point", {"marker": "D"}),
                   Key(w["limit"], "muted", "line", {"ls": ":"})])  # fmt: skip
    lead.set_xlim(3.4, 12.6)
    lead.set_xticks(range(4, 13))
    lead.set_ylim(0, 60)
    label(lead, w["lead"], w["loss"])
    legend(lead, [Key(v.label(k), COLOURS[k], "bar") for k in LINES_UP])


def _explorer_draw(panels: Panels, v: View) -> None:
    w, x = v.words("explorer"), v.data
    curve, lead = panels
    low, high = curve.get_ylim()
    for k, name in ((1, "by_pd"), (2, "by_loss")):
        line(curve, x["hours"][k], x["gain"][k], COLOURS[name])
    for k, name in enumerate(LINES_UP):
        here = x["hours"][k, x["at"][k]], x["gain"][k, x["at"][k]]
        point(curve, *here, COLOURS[name], marker="D" if k == 0 else "o", ms=7)
    limit = v.a.hours_limit
    line(curve, [limit] * 2, [low, high], "muted", ls=":", lw=1.5)
    best = int(np.argmax(x["best_gain"]))
    hours = write(limit, "hours")
    if x["best_gain"][best] > 0:
        text = w["title"].format(
            hours=hours,
            name=w["names"][LINES_UP[best]],
            gain=write(x["best_gain"][best], "amount"),
        )
    else:
        text = w["title_none"].format(hours=hours)
    message(curve, text)
    months = np.arange(4, 13)
    for k, name in enumerate(LINES_UP):
        bars(lead, months + 0.27 * (k - 1), x["by_lead"][k, 4:], COLOURS[name], width=0.24)
    side = v.result.metrics
    if v.result.chosen == "none" or side["found_share"] <= 0:
        message(lead, w["title_lead_none"])
        return
    message(
        lead,
        w["title_lead"].format(
            name=v.label(v.result.chosen),
            share=write(side["loss_share"], "share_whole"),
            lead=write(side["mean_lead"], "months"),
        ),
    )


# ------------------------------------------------------------ what lead is worth


def _worth_frame(panels: Panels, v: View) -> None:
    w = v.words("worth")
    (ax,) = panels
    ax.set_xlim(0.4, 12.6)
    ax.set_xticks(range(1, 13))
    ax.set_ylim(0, 80)
    label(ax, w["lead"], w["share"])
    legend(ax, [Key(w["avoided"], "c3", "bar"), Key(w["cut"], "c6", "bar")])


def _worth_draw(panels: Panels, v: View) -> None:
    w, x = v.words("worth"), v.data
    (ax,) = panels
    lead, base = x["lead"][1:], PERCENT * x["avoided"][1:]
    bars(ax, lead, base, "c3")
    bars(ax, lead, PERCENT * x["cut"][1:], "c6", base=base)
    both = x["avoided"] + x["cut"]
    message(
        ax,
        w["title"].format(
            long=12, high=write(both[12], "share_whole"), short=4, low=write(both[4], "share_whole")
        ),
    )


# ------------------------------------------------------------ how well it tells


def _quality_frame(panels: Panels, v: View) -> None:
    w = v.words("quality")
    roc, precision = panels
    roc.set_xlim(0, 100)
    roc.set_ylim(0, 100)
    line(roc, [0, 100], [0, 100], "muted", ls=":", lw=0.8)
    label(roc, w["false"], w["recall"])
    keys = [Key(w["model"], "c1"), Key(w["trees"], "c4"), Key(w["signals"], "c2"),
            Key(w["rule"], "c2", "point", {"marker": "D"})]  # fmt: skip
    legend(roc, keys)
    precision.set_xlim(0, 100)
    precision.set_ylim(0, 30)
    label(precision, w["recall"], w["precision"])


def _quality_draw(panels: Panels, v: View) -> None:
    w, q = v.words("quality"), v.data
    roc, precision = panels
    for name, colour in (("trees", "c4"), ("signals", "c2"), ("model", "c1")):
        false, recall = ([0.0, *sorted(q[name][k]), 1.0] for k in ("false_rate", "recall"))
        line(roc, PERCENT * np.array(false), PERCENT * np.array(recall), colour)
        x, y = np.array(q[name]["recall"]), np.array(q[name]["precision"])
        shown = (x > 0.03) & (y < 0.3)
        line(precision, PERCENT * x[shown], PERCENT * y[shown], colour)
    rule = q["rule"]
    point(roc, PERCENT * rule["false_rate"], PERCENT * rule["recall"], "c2", marker="D")
    point(precision, PERCENT * rule["recall"], PERCENT * rule["precision"], "c2", marker="D")
    areas = {k: write(q[k]["auc"], "number") for k in ("model", "signals")}
    message(roc, w["title"].format(**areas))
    order = np.argsort(q["model"]["recall"])
    half = np.interp(0.5, np.array(q["model"]["recall"])[order],
                     np.array(q["model"]["precision"])[order])  # fmt: skip
    message(precision, w["title_precision"].format(times=write(1 / half, "count")))


def _calibration_frame(panels: Panels, v: View) -> None:
    w = v.words("calibration")
    (ax,) = panels
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(0.1, 50)
    ax.set_ylim(0.05, 50)
    ticks = [0.1, 0.3, 1, 3, 10, 30]
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks(ticks, [f"{t:g}" for t in ticks])
        axis.set_ticks([], minor=True)
    line(ax, [0.1, 50], [0.1, 50], "muted", ls=":", lw=1)
    label(ax, w["said"], w["came"])
    legend(ax, [Key(w["points"], "c1", "point")])


def _calibration_draw(panels: Panels, v: View) -> None:
    w, c = v.words("calibration"), v.data
    (ax,) = panels
    for x, low, high in zip(c["said"], c["low"], c["high"], strict=True):
        line(ax, [PERCENT * x] * 2, np.maximum([PERCENT * low, PERCENT * high], 0.05), "c1", ls="-")
    point(ax, PERCENT * c["said"], PERCENT * c["came"], "c1")
    message(
        ax,
        w["title"].format(
            said=write(float((c["said"] * c["clients"]).sum()), "count"),
            came=write(float((c["came"] * c["clients"]).sum()), "count"),
        ),
    )


def _effects_frame(panels: Panels, v: View) -> None:
    w = v.words("effects")
    (ax,) = panels
    ax.set_xlim(-1.4, 1.4)
    zero_line(ax, across=True)
    rows(ax, [w["names"][row[0]] for row in v.data], 0.2)
    label(ax, w["effect"], "")
    legend(ax, [Key(w["interval"], "c1", "point")])


def _effects_draw(panels: Panels, v: View) -> None:
    w = v.words("effects")
    (ax,) = panels
    clear = 0
    for y, (_, b, error) in enumerate(v.data):
        ends = [b - 1.645 * error, b + 1.645 * error]
        known = abs(b) > 1.645 * error
        clear += known
        line(ax, ends, [y, y], "c1" if known else "muted", ls="-")
        point(ax, b, y, "c1" if known else "muted")
    message(ax, w["title"].format(all=len(v.data), clear=clear))


# ------------------------------------------------------------ the business climate


def _climate_frame(panels: Panels, v: View) -> None:
    w = v.words("climate")
    (ax,) = panels
    ax.set_xlim(0, 4)
    interval_rows(ax, list(w["thirds"].values()), 0.27, w["rate"], w["came"], w["interval"])


def _climate_draw(panels: Panels, v: View) -> None:
    w, x = v.words("climate"), v.data
    (ax,) = panels
    for y, (low, rate, high) in enumerate(zip(x["low"], x["rate"], x["high"], strict=True)):
        interval(ax, y, PERCENT * low, PERCENT * rate, PERCENT * high, ("c2", "c6", "c3")[y])
    apart = x["low"][0] > x["high"][-1]
    rates = {k: write(x["rate"][j], "share") for k, j in (("worst", 0), ("best", -1))}
    message(ax, w["title" if apart else "title_same"].format(**rates))


# ------------------------------------------------------------ the work, and the money


def _work_frame(panels: Panels, v: View) -> None:
    w = v.words("work")
    (ax,) = panels
    ax.set_xlim(0.2, 24.8)
    ax.set_xticks([1, 6, 12, 18, 24])
    ax.set_ylim(0, 80)
    label(ax, w["month"], w["alarms"])
    legend(ax, [Key(w["by_pd"], "c1", "bar"), Key(w["rule"], "c2", "bar")])


def _work_draw(panels: Panels, v: View) -> None:
    w, x = v.words("work"), v.data
    (ax,) = panels
    month = np.arange(1, 25)
    bars(ax, month - 0.2, x["by_pd"], "c1", width=0.36)
    bars(ax, month + 0.2, x["rule"], "c2", width=0.36)
    message(
        ax,
        w["title"].format(
            first=write(x["by_pd"][0], "count"), later=write(float(x["by_pd"][3:].mean()), "count")
        ),
    )


def _gains_frame(panels: Panels, v: View) -> None:
    w = v.words("gains")
    (ax,) = panels
    names = [v.label(k) for k in v.data["names"]]
    over = [w["over"].format(name=v.label(k)) for k in v.data["names"][1:]]
    ax.set_xlim(-20, 70)
    zero_line(ax, across=True)
    rows(ax, [*names, *over], 0.27)
    label(ax, w["gain"], "")
    legend(ax, [Key(w["expected"], "ink", "point", {"marker": "D", "ms": 5}),
                Key(w["luck"], "muted", "line", {"ls": "-", "lw": 5}),
                Key(w["wide"], "muted", "line", {"ls": "-", "lw": 1.4})])  # fmt: skip


def _gains_draw(panels: Panels, v: View) -> None:
    w, x = v.words("gains"), v.data
    (ax,) = panels
    _low, _high = ax.get_xlim()
    rows = [
        (k, *(x[f"{side}{part}"][j] for part in ("low", "luck_low", "luck_high", "high")), middle)
        for side, middles, names in (
            ("", x["expected"], x["names"]),
            ("over_", x["over"], x["names"][1:]),
        )
        for j, (k, middle) in enumerate(zip(names, middles, strict=True))
    ]
    for y, (name, a, b, c, d, middle) in enumerate(rows):
        line(ax, [a, d], [y, y], COLOURS[name], ls="-", lw=1.4)
        line(ax, [b, c], [y, y], COLOURS[name], ls="-", lw=5)
        point(ax, middle, y, "ink", marker="D", ms=5)
    pays, beats = x["low"].min() > 0, x["over_low"].min() > 0
    message(ax, w["title_not"] if not pays else w["title_beats"] if beats else w["title"])


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.9, 1.4)),
        "worth": Chart("worth", _worth_frame, _worth_draw, (1.7,)),
        "quality": Chart("quality", _quality_frame, _quality_draw, (2.0, 1.5)),
        "calibration": Chart("calibration", _calibration_frame, _calibration_draw, (2.2,)),
        "effects": Chart("effects", _effects_frame, _effects_draw, (3.0,)),
        "climate": Chart("climate", _climate_frame, _climate_draw, (1.2,)),
        "work": Chart("work", _work_frame, _work_draw, (1.6,)),
        "gains": Chart("gains", _gains_frame, _gains_draw, (1.8,)),
    }
)
