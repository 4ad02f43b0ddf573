"""The charts of the whole client book."""

from __future__ import annotations

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
    band,
    bars,
    interval,
    interval_rows,
    label,
    legend,
    line,
    message,
    named_bars,
    point,
    rows,
    stacked,
    swings,
    zero_line,
)
from ...words import within, write

TYPES = {
    "strategic": "c1",
    "transactional": "c6",
    "growth": "c3",
    "problem": "c2",
    "terminated": "c5",
}
STRATEGIES = ("classification", "maintenance", "early_warning", "tools")
COLOURS = {
    "classification": "c6",
    "maintenance": "c3",
    "early_warning": "c2",
    "tools": "c4",
    "chosen": "c1",
}


def _scale(v: View) -> float:
    """Limits are those of a book of the usual number of clients."""
    scale: float = v.a.clients / v.a.spec.assumptions["clients"].value
    return scale


def _years(ax: Axes, first: float = 0.4) -> None:
    ax.set_xlim(first, 10.6)
    ax.set_xticks(range(round(first + 0.1) or 0, 11) if first < 0 else range(1, 11))


# ------------------------------------------------------------ explorer


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    profit, gain = panels
    _years(profit)
    profit.set_ylim(-320 * _scale(v), 320 * _scale(v))
    zero_line(profit)
    label(profit, w["year"], w["profit"])
    legend(profit, [Key(w["chosen"], "c1"), Key(w["none"], "c2")])
    gain.set_xlim(-60 * _scale(v), 240 * _scale(v))
    rows(gain, [v.label(k) for k in (*STRATEGIES, "chosen")], 0.16)
    zero_line(gain, across=True)
    label(gain, w["gain"], "")


def _explorer_draw(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    profit, gain = panels
    year = np.arange(1, 11)
    chosen, none = (v.result.alternative(k) for k in ("chosen", "none"))
    for side, colour in ((none, "c2"), (chosen, "c1")):
        line(profit, year, side.lines["economic_profit_line"][1:], colour)
    value = chosen.metrics["value"]
    key = "title_good" if value > 0 else "title_bad"
    message(profit, w[key].format(value=write(abs(value), "million")))
    names = (*STRATEGIES, "chosen")
    found = [v.result.alternative(k).metrics["gain"] for k in names]
    texts = [write(x, "million") for x in found]
    named_bars(gain, found, [COLOURS[k] for k in names], texts)
    best = int(np.argmax(found[:4]))
    if found[best] > 0:
        text = w["title_best"].format(
            name=within(v.label(names[best])), gain=write(found[best], "million")
        )
    else:
        text = w["title_none"]
    message(gain, text)


# ------------------------------------------------------------ the five types over the years


def _types_frame(panels: Panels, v: View) -> None:
    w = v.words("types")
    many, few = panels
    for ax in panels:
        _years(ax, -0.6)
        label(ax, w["year"], w["clients"])
    many.set_ylim(0, 1300 * _scale(v))
    few.set_ylim(0, 300 * _scale(v))
    legend(many, [Key(w[k], TYPES[k], "bar") for k in ("strategic", "transactional", "growth")])
    legend(few, [Key(w[k], TYPES[k], "bar") for k in ("problem", "terminated")])


def _types_draw(panels: Panels, v: View) -> None:
    w, lines = v.words("types"), v.result.lines
    year = np.arange(11)
    for ax, names in zip(
        panels, (("transactional", "growth", "strategic"), ("problem", "terminated")), strict=True
    ):
        stacked(ax, year, ((lines[name], TYPES[name]) for name in names))
    good = write(lines["strategic"][-1] - lines["strategic"][0], "count")
    message(panels[0], w["title"].format(more=good, start=write(lines["strategic"][0], "count")))
    worst = int(np.argmax(lines["problem"] + lines["terminated"]))
    bad = lines["problem"] + lines["terminated"]
    message(
        panels[1],
        w["title_bad"].format(
            most=write(bad[worst], "count"), year=worst, start=write(bad[0], "count")
        ),
    )


# ------------------------------------------------------------ bands of profit, and losses


def _bands_frame(panels: Panels, v: View) -> None:
    w = v.words("bands")
    (ax,) = panels
    _years(ax)
    ax.set_ylim(-330 * _scale(v), 230 * _scale(v))
    zero_line(ax)
    label(ax, w["year"], w["profit"])
    legend(
        ax,
        [
            Key(w["chosen"], "c1"),
            Key(w["none"], "c2"),
            Key(w["band"], "grid", "bar"),
        ],
    )


def _bands_draw(panels: Panels, v: View) -> None:
    w = v.words("bands")
    (ax,) = panels
    year = v.data["year"]
    low, middle, high = v.data["chosen"]
    band(ax, year, low, high)
    line(ax, year, middle, "c1")
    line(ax, year, v.data["none"][1], "c2")
    t = v.a.recession_year
    message(
        ax,
        w["title"].format(
            low=write(abs(low[t - 1]), "million"),
            year=t,
            books=f"{v.data['books']:,}",
        )
        if low[t - 1] < 0
        else w["title_good"].format(books=f"{v.data['books']:,}"),
    )


def _losses_frame(panels: Panels, v: View) -> None:
    w = v.words("losses")
    (ax,) = panels
    _years(ax)
    ax.set_ylim(0, 650 * _scale(v))
    label(ax, w["year"], w["loss"])
    legend(ax, [Key(w["middle"], "c2"), Key(w["usual"], "c1"), Key(w["band"], "grid", "bar")])


def _losses_draw(panels: Panels, v: View) -> None:
    w = v.words("losses")
    (ax,) = panels
    year = v.data["year"]
    low, middle, high = v.data["loss"]
    band(ax, year, low, high)
    line(ax, year, middle, "c2")
    line(ax, year, v.data["usual"], "c1")
    t = v.a.recession_year
    times = high[t - 1] / v.data["usual"][t - 1]
    message(ax, w["title"].format(year=t, times=write(times, "times")))


# ------------------------------------------------------------ what pays, and how sure


def _gains_frame(panels: Panels, v: View) -> None:
    w = v.words("gains")
    (ax,) = panels
    ax.set_xlim(-40 * _scale(v), 200 * _scale(v))
    names = [v.label(k) for k in v.data["names"]]
    interval_rows(ax, names, 0.16, w["gain"], w["expected"], w["band"])


def _gains_draw(panels: Panels, v: View) -> None:
    w = v.words("gains")
    (ax,) = panels
    for y, name in enumerate(v.data["names"]):
        low, middle, high = (float(v.data[k][y]) for k in ("low", "expected", "high"))
        interval(ax, y, low, middle, high, COLOURS[name])
    first = int(np.argmax(v.data["expected"][:4]))
    message(
        ax,
        w["title"].format(
            name=v.label(v.data["names"][first]),
            gain=write(v.data["expected"][first], "million"),
            low=write(v.data["low"][first], "million"),
            high=write(v.data["high"][first], "million"),
        ),
    )


def _sure_frame(panels: Panels, v: View) -> None:
    w = v.words("sure")
    (ax,) = panels
    ax.set_xlim(-4, 104)
    rows(ax, [v.label(k) for k in v.data["names"]], 0.16)
    zero_line(ax, across=True)
    ax.axvline(50, color=PALETTE["muted"], lw=0.8, ls=":")
    label(ax, w["share"], "")
    legend(
        ax,
        [
            Key(w["sure"], "ink", "point"),
            Key(w["lucky"], "ink", "point", {"mfc": "none", "ms": 8}),
        ],
    )


def _sure_draw(panels: Panels, v: View) -> None:
    w = v.words("sure")
    (ax,) = panels
    every = range(len(v.data["names"]))
    point(ax, PERCENT * v.data["lucky"], every, "ink", mfc="none", ms=9, mew=1.6)
    for y, name in enumerate(v.data["names"]):
        point(ax, PERCENT * v.data["sure"][y], y, COLOURS[name], ms=7)
    least = int(np.argmin(v.data["sure"][:4]))
    message(
        ax,
        w["title"].format(
            name=within(v.label(v.data["names"][least])),
            sure=write(v.data["sure"][least], "share_whole"),
        ),
    )


# ------------------------------------------------------------ together


def _together_frame(panels: Panels, v: View) -> None:
    w = v.words("together")
    (ax,) = panels
    ax.set_xlim(-20 * _scale(v), 100 * _scale(v))
    rows(ax, [v.label(k) for k in STRATEGIES], 0.16)
    zero_line(ax, across=True)
    label(ax, w["gain"], "")
    legend(
        ax,
        [Key(w["alone"], "c6", "bar"), Key(w["last"], "ink", "point", {"marker": "D", "ms": 6})],
    )


def _together_draw(panels: Panels, v: View) -> None:
    w = v.words("together")
    (ax,) = panels
    y = range(len(STRATEGIES))
    bars(ax, y, v.data["alone"], "c6", width=0.5, across=True)
    point(ax, v.data["last"], y, "ink", marker="D")
    beyond = v.data["beyond"]
    key = "title_more" if beyond > 0 else "title_less"
    message(
        ax,
        w[key].format(
            together=write(v.data["together"], "million"), beyond=write(abs(beyond), "million")
        ),
    )


def _hours_frame(panels: Panels, v: View) -> None:
    w = v.words("hours")
    (ax,) = panels
    ax.set_xlim(-12, 16)
    ax.set_ylim(-25 * _scale(v), 20 * _scale(v))
    zero_line(ax)
    label(ax, w["hours"], w["gain"])
    legend(
        ax,
        [
            Key(w["aimed"], "c3"),
            Key(w["alike"], "c2"),
            Key(w["now"], "ink", "point", {"mfc": "none", "mew": 2, "ms": 8}),
        ],
    )


def _hours_draw(panels: Panels, v: View) -> None:
    w = v.words("hours")
    (ax,) = panels
    x = v.data["hours"]
    at = {k: float(np.interp(v.a.hours, x, v.data[k])) for k in ("gain", "alike")}
    for name, colour in (("alike", "c2"), ("gain", "c3")):
        line(ax, x, v.data[name], colour)
        point(ax, v.a.hours, at[name], "ink", mfc="none", mew=2, ms=11)
    message(
        ax,
        w["title"].format(aimed=write(at["gain"], "million"), alike=write(at["alike"], "million")),
    )


# ------------------------------------------------------------ what moves the answer


def _tornado_frame(panels: Panels, v: View) -> None:
    w = v.words("tornado")
    (ax,) = panels
    here = v.result.alternative("chosen").metrics["gain"]
    ends = [x for row in v.data for x in row[3:]]
    low, high = min(ends), max(ends)
    room = 0.15 * (high - low)
    ax.set_xlim(low - room, high + room)
    names = w["names"]
    rows(ax, [names[row[0]] for row in v.data], 0.33)
    zero_line(ax, across=True)
    ax.axvline(here, color=PALETTE["ink"], lw=0.8)
    label(ax, w["gain"], "")
    legend(ax, [Key(w["less"], "c2", "bar"), Key(w["more"], "c1", "bar")])


def _tornado_draw(panels: Panels, v: View) -> None:
    w = v.words("tornado")
    (ax,) = panels
    here = v.result.alternative("chosen").metrics["gain"]
    _, _, _, less, more = zip(*v.data, strict=True)
    swings(ax, here, less, more, ("c2", "c1"))
    worst = min(*less, *more)
    key = "title_safe" if worst > 0 else "title_turns"
    message(ax, w[key].format(first=w["names"][v.data[0][0]], worst=write(worst, "million")))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.7, 1.6)),
        "types": Chart("types", _types_frame, _types_draw, (1.7, 1.3)),
        "bands": Chart("bands", _bands_frame, _bands_draw, (2.3,)),
        "losses": Chart("losses", _losses_frame, _losses_draw, (2.0,)),
        "gains": Chart("gains", _gains_frame, _gains_draw, (1.7,)),
        "sure": Chart("sure", _sure_frame, _sure_draw, (1.7,)),
        "together": Chart("together", _together_frame, _together_draw, (1.5,)),
        "hours": Chart("hours", _hours_frame, _hours_draw, (2.0,)),
        "tornado": Chart("tornado", _tornado_frame, _tornado_draw, (3.0,)),
    }
)
