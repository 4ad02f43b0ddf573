"""The charts of the chapter on maintenance."""

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
    band,
    bars,
    beside,
    interval,
    interval_rows,
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

CLASSES = {"strategic": "c1", "transactional": "c6", "growth": "c3"}
USES = {"none": "c5", "now": "c4", "equal": "c2", "volume": "c6", "best": "c1", "paying": "c3"}
#: Among the groups: large strategic, large transactional, small transactional.
LARGE_STRATEGIC, LARGE, SMALL = 2, 5, 3
OCCASIONS = {"visit": "c6", "tailored": "c1", "seminar": "c3"}


# ------------------------------------------------------------ explorer


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    gain, hours = panels
    gain.set_xlim(-8, 8)
    rows(gain, [v.label(k) for k in USES if k != "now"], 0.12)
    zero_line(gain, across=True)
    label(gain, w["gain"], "")
    hours.set_xlim(0, 120)
    names = [f"{w[k]}, {w[size]}" for k in CLASSES for size in ("small", "middle", "large")]
    rows(hours, names, 0.19)
    zero_line(hours, across=True)
    label(hours, w["hours"], "")
    legend(hours, [Key(w["best"], "c1", "bar"), Key(w["now"], "c4", "point", {"marker": "D"})])


def _explorer_draw(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    gain, hours = panels
    found = {k: v.result.alternative(k).metrics["gain"] for k in USES if k != "now"}
    values, texts = list(found.values()), [write(x, "money") for x in found.values()]
    named_bars(gain, values, [USES[k] for k in found], texts)
    best = max(found, key=lambda k: found[k])
    text = w["title"].format(name=v.label(best), gain=write(found[best], "money"))
    message(gain, text if found[best] > 0 else w["title_none"])
    y = range(v.data.shape[1])
    bars(hours, y, v.data[4], "c1", width=0.6, across=True)
    point(hours, v.data[1], y, "c4", marker="D", ms=5)
    ends = (write(v.data[k, LARGE_STRATEGIC], "hours") for k in (4, 1))
    message(hours, w["title_hours"].format(**dict(zip(("hours", "now"), ends, strict=True))))


# ------------------------------------------------------------ what was seen, what is estimated


def _raw_frame(panels: Panels, v: View) -> None:
    w = v.words("raw")
    (ax,) = panels
    ax.set_xlim(0, 45)
    ax.set_ylim(0, 20)
    label(ax, w["hours"], w["rate"])
    legend(ax, [Key(w["seen"], "c2", "point"), Key(w["lot"], "c1", "point", {"marker": "D"})])


def _raw_draw(panels: Panels, v: View) -> None:
    w, d = v.words("raw"), v.data
    (ax,) = panels
    for hours, rate, events, colour, marker in (
        (d["hours"], d["rate"], d["events"], "c2", "o"),
        (d["lot_hours"], d["lot_rate"], d["lot_events"], "c1", "D"),
    ):
        spread = 1.96 / np.sqrt(events)
        for x, y, s in zip(hours, rate, spread, strict=True):
            ends = PERCENT * y * np.exp([-s, s])
            line(ax, [x, x], ends, colour, ls="-", lw=1.2)
        line(ax, hours, PERCENT * rate, colour)
        point(ax, hours, PERCENT * rate, colour, marker=marker)
    times = write(d["rate"][0] / d["rate"][-1], "hours")
    share = write(1 - d["lot_rate"][1] / d["lot_rate"][0], "share_whole")
    message(ax, w["title"].format(times=times, share=share))


def _estimates_frame(panels: Panels, v: View) -> None:
    w = v.words("estimates")
    for ax, name, high in zip(panels, ("rho", "xi"), (100, 420), strict=True):
        ax.set_xlim(0, high)
        rows(ax, [w[k] for k in ("naive", "adjusted", "lot")], 0.10)
        zero_line(ax, across=True)
        label(ax, w[name], "")
        legend(
            ax,
            [
                Key(w["middle"], "ink", "point", {"marker": "D"}),
                Key(w["band"], "c1", "line", {"ls": "-", "lw": 3}),
                Key(w["truth"], "c3", "line", {"ls": ":"}),
            ],
        )


def _estimates_draw(panels: Panels, v: View) -> None:
    w = v.words("estimates")
    out = []
    for k, (ax, name) in enumerate(zip(panels, ("rho", "xi"), strict=True)):
        true = v.data["truth"][k]
        line(ax, [PERCENT * true] * 2, [-0.6, 2.6], "c3", ls=":")
        for y, (colour, row) in enumerate(zip(("c2", "c6", "c1"), v.data[name], strict=True)):
            low, middle, high = PERCENT * row
            interval(ax, y, low, middle, high, colour)
        out.append(not (v.data[name][:, 0] <= true).all() or not (true <= v.data[name][:, 2]).all())
    message(panels[0], w["title" if out[0] else "title_in"])
    message(panels[1], w["title_sales_out" if out[1] else "title_sales"])


def _response_frame(panels: Panels, v: View) -> None:
    w = v.words("response")
    (ax,) = panels
    ax.set_xlim(0, 60)
    ax.set_ylim(0, 30)
    label(ax, w["hours"], w["rate"])
    legend(ax, [*(Key(w[k], c) for k, c in CLASSES.items()), Key(w["band"], "grid", "bar")])


def _response_draw(panels: Panels, v: View) -> None:
    w, d = v.words("response"), v.data
    (ax,) = panels
    low, high = PERCENT * d["band"]
    band(ax, d["hours"], low, high)
    for k, colour in enumerate(CLASSES.values()):
        line(ax, d["hours"], PERCENT * d["leave"][:, k], colour)
        now = np.interp(d["now"][k], d["hours"], d["leave"][:, k])
        point(ax, d["now"][k], PERCENT * now, colour)
    cuts = d["leave"][[0, 10], 1] - d["leave"][[10, 20], 1]
    first, second = (write(x, "share_points") for x in cuts)
    unit = w["points"]
    message(ax, w["title"].format(first=f"{first} {unit}", second=f"{second} {unit}"))


# ------------------------------------------------------------ where hours go


def _marginal_frame(panels: Panels, v: View) -> None:
    w = v.words("marginal")
    (ax,) = panels
    ax.set_xlim(0, 90)
    ax.set_ylim(-0.6, 2.4)
    zero_line(ax)
    label(ax, w["hours"], w["value"])
    legend(
        ax,
        [
            Key(w["strategic"], "c1"),
            Key(w["transactional"], "c6"),
            Key(w["small"], "c2"),
        ],
    )


def _marginal_draw(panels: Panels, v: View) -> None:
    w, d = v.words("marginal"), v.data
    (ax,) = panels
    price = d["price"]
    line(ax, [0, 90], [THOUSAND * price] * 2, "ink", ls=":", lw=1)
    for group, colour in ((LARGE_STRATEGIC, "c1"), (LARGE, "c6"), (SMALL, "c2")):
        slope = THOUSAND * d["slope"][:, group]
        line(ax, d["hours"], slope, colour)
        x = d["best"][group]
        y = np.interp(x, d["hours"], slope)
        point(ax, x, y, colour)
    key = "title" if price >= 0 else "title_bad"
    message(ax, w[key].format(price=write(abs(price), "yuan")))


def _gains_frame(panels: Panels, v: View) -> None:
    w = v.words("gains")
    (ax,) = panels
    low, high = v.data["low"].min(), v.data["high"].max()
    room = 0.1 * (high - low)
    ax.set_xlim(min(low, 0) - room, high + room)
    names = [v.label(k) for k in v.data["names"]]
    interval_rows(ax, names, 0.12, w["gain"], w["expected"], w["band"])


def _gains_draw(panels: Panels, v: View) -> None:
    w, d = v.words("gains"), v.data
    (ax,) = panels
    for y, name in enumerate(d["names"]):
        interval(ax, y, d["low"][y], d["expected"][y], d["high"][y], USES[name])
    k = d["names"].index("best")
    ends = {key: write(d[key][k], "money") for key in ("low", "high")}
    message(ax, w["title"].format(gain=write(d["expected"][k], "money"), **ends))


def _budget_frame(panels: Panels, v: View) -> None:
    w = v.words("budget")
    (ax,) = panels
    both = np.concatenate([v.data["best"], v.data["equal"]])
    ax.set_xlim(0, 40)
    ax.set_ylim(both.min() - 0.5, both.max() + 0.8)
    zero_line(ax)
    label(ax, w["hours"], w["gain"])
    legend(
        ax,
        [
            Key(w["best"], "c1"),
            Key(w["equal"], "c2"),
            Key(w["most"], "c3", "point", {"marker": "D"}),
            Key(w["now"], "c4", "point", {"mfc": "none", "mew": 2, "ms": 8}),
        ],
    )


def _budget_draw(panels: Panels, v: View) -> None:
    w, d = v.words("budget"), v.data
    (ax,) = panels
    line(ax, d["hours"], d["best"], "c1")
    line(ax, d["hours"], d["equal"], "c2")
    point(ax, d["most"], d["most_gain"], "c3", marker="D")
    point(ax, d["now"], 0, "c4", mfc="none", mew=2, ms=9)
    text = w["title" if d["most"] < d["now"] else "title_other"]
    message(ax, text.format(best=write(d["most"], "hours"), now=write(d["now"], "hours_fine")))


def _later_frame(panels: Panels, v: View) -> None:
    w = v.words("later")
    (ax,) = panels
    ax.set_xlim(0, 40)
    names = ("seen", "nothing", "lot", "adjusted", "naive")
    rows(ax, [w[k] for k in names], 0.2)
    zero_line(ax, across=True)
    label(ax, w["left"], "")


def _later_draw(panels: Panels, v: View) -> None:
    w, d = v.words("later"), v.data
    (ax,) = panels
    for y, (name, colour) in enumerate(
        (("seen", "ink"), ("nothing", "c5"), ("lot", "c1"), ("adjusted", "c6"), ("naive", "c2"))
    ):
        bars(ax, [y], d[name], colour, width=0.55, across=True)
        beside(ax, d[name], y, write(d[name], "count"))
    shown = {k: write(d[k], "count") for k in ("seen", "lot", "naive")}
    message(ax, w["title"].format(**shown))


# ------------------------------------------------------------ visit, tailored service, seminar


def _occasions_frame(panels: Panels, v: View) -> None:
    w = v.words("occasions")
    (ax,) = panels
    ax.set_xlim(-12, 12)
    rows(ax, list(w["groups"].values()), 0.24)
    zero_line(ax, across=True)
    label(ax, w["gain"], "")
    legend(ax, [Key(w["names"][k], c, "bar") for k, c in OCCASIONS.items()])


def _occasions_draw(panels: Panels, v: View) -> None:
    w = v.words("occasions")
    (ax,) = panels
    for place, (name, colour) in enumerate(OCCASIONS.items()):
        for y, group in enumerate((LARGE_STRATEGIC, LARGE, SMALL)):
            gain = float(v.data[name][group])
            end = THOUSAND * gain
            at = y + 0.27 * (place - 1)
            bars(ax, [at], end, colour, width=0.22, across=True, told=True)
            beside(ax, end, at, write(gain, "thousand_exact"))
    large = {k: write(float(x[LARGE_STRATEGIC]), "thousand_exact") for k, x in v.data.items()}
    message(ax, w["title"].format(**large))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.4, 1.9)),
        "raw": Chart("raw", _raw_frame, _raw_draw, (2.0,)),
        "estimates": Chart("estimates", _estimates_frame, _estimates_draw, (1.1, 1.1)),
        "response": Chart("response", _response_frame, _response_draw, (1.9,)),
        "marginal": Chart("marginal", _marginal_frame, _marginal_draw, (2.1,)),
        "gains": Chart("gains", _gains_frame, _gains_draw, (1.5,)),
        "budget": Chart("budget", _budget_frame, _budget_draw, (2.0,)),
        "occasions": Chart("occasions", _occasions_frame, _occasions_draw, (2.0,)),
        "later": Chart("later", _later_frame, _later_draw, (1.4,)),
    }
)
