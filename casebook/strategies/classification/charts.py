"""The charts of the chapter on classification."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

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
    band,
    bars,
    beside,
    interval,
    label,
    layout,
    legend,
    line,
    log_scale,
    message,
    named_bars,
    note,
    point,
    rows,
    stacked,
    tabulated,
    zero_line,
)
from ...words import within, write

TYPES = ("strategic", "transactional", "growth", "problem")
COLOURS = {"strategic": "c1", "transactional": "c6", "growth": "c3", "problem": "c2"}
METHODS = {"rule": "c2", "logistic": "c6", "boosting": "c1", "truth": "c3"}
PARTS = {"service": "c6", "margin": "c1", "loss": "c3"}


# ------------------------------------------------------------ explorer


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    gain, parts = panels
    gain.set_xlim(-6, 18)
    rows(gain, [v.label(k) for k in METHODS], 0.10)
    zero_line(gain, across=True)
    label(gain, w["gain"], "")
    parts.set_xlim(-6, 18)
    rows(parts, [w[k] for k in (*PARTS, "cost")], 0.10)
    zero_line(parts, across=True)
    label(parts, w["parts"], "")


def _explorer_draw(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    found = [v.result.alternative(k).metrics["each"] for k in METHODS]
    _bars(panels[0], found, list(METHODS.values()))
    best = int(np.argmax(found[:3]))
    name = list(METHODS)[best]
    text = w["title_best"].format(name=v.label(name), gain=write(found[best], "thousand_exact"))
    message(panels[0], text if found[best] > 0 else w["title_none"])
    r = v.result if v.result.chosen != "same" else v.result.alternative(name)
    values = {k: r.metrics[k] / v.a.clients for k in PARTS}
    cost = -r.metrics["cost"] / v.a.clients
    _bars(panels[1], [*values.values(), cost], [*PARTS.values(), "c2"])
    most = max(values, key=lambda k: values[k])
    message(panels[1], w["title_parts"].format(name=v.label(r.chosen), part=w[f"part_{most}"]))


def _bars(ax: Axes, found: Sequence[float], colours: Sequence[str]) -> None:
    texts = [write(x, "thousand_exact") for x in found]
    named_bars(ax, [THOUSAND * x for x in found], colours, texts)


# ------------------------------------------------------------ mixtures


def _mixtures_frame(panels: Panels, v: View) -> None:
    w = v.words("mixtures")
    limit, growth = panels
    log_scale(limit, 2, 250, [2, 5, 10, 20, 50, 100, 200])
    growth.set_xlim(-50, 50)
    for ax, name in ((limit, "exposure"), (growth, "sales_growth")):
        rows(ax, [w[k] for k in TYPES], 0.14)
        label(ax, w[name], "")


def _mixtures_draw(panels: Panels, v: View) -> None:
    w = v.words("mixtures")
    for ax, name, scale, title in (
        (panels[0], "exposure", 1.0, "title_limit"),
        (panels[1], "sales_growth", PERCENT, "title_growth"),
    ):
        for y, kind in enumerate(TYPES):
            low, middle, high = scale * v.data[name][y]
            line(ax, [low, high], [y, y], COLOURS[kind], ls="-", lw=6, solid_capstyle="butt")
            point(ax, middle, y, "ink", marker="D", ms=5)
        message(ax, w[title])


# ------------------------------------------------------------ tables as pictures


#: The fullest shade of a cell: light enough for the words in it.
_DEEPEST = 0.4


def _cells_frame(ax: Axes, w: Any, columns: Sequence[str], y_label: str) -> None:
    ax.set_xlim(-0.5, len(columns) - 0.5)
    rows(ax, [w[k] for k in TYPES], 0.13)
    ax.set_ylim(3.5, -0.5)
    ax.grid(False)
    ax.set_xticks(range(len(columns)), [w[k] for k in columns])
    ax.tick_params(axis="x", labelcolor=PALETTE["ink"])
    label(ax, w["level"], y_label)


def _cells(
    ax: Axes,
    w: Any,
    columns: Sequence[str],
    shade: Any,
    texts: Sequence[Sequence[str]],
    colour: str,
) -> None:
    names = [w[k] for k in TYPES]
    named = ([name, *row] for name, row in zip(names, texts, strict=True))
    tabulated(ax, ["", *(w[k] for k in columns)], named, layout.space(ax).name)
    for y, row in enumerate(np.asarray(shade, float).tolist()):
        for x, s in enumerate(row):
            square = ((x - 0.47, y - 0.44), 0.94, 0.88)
            ax.add_patch(
                _rectangle(
                    *square, facecolor=PALETTE[colour], alpha=_DEEPEST * float(s), linewidth=0
                )
            )
            note(ax, x, y, texts[y][x], ha="center", va="center", xytext=(0, 0))


def _rectangle(*args: Any, **options: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle(*args, **options)


def _confusion_frame(panels: Panels, v: View) -> None:
    w = v.words("confusion")
    for ax in panels:
        _cells_frame(ax, w, TYPES, w["share"])


def _confusion_draw(panels: Panels, v: View) -> None:
    w = v.words("confusion")
    for ax, name in zip(panels, ("rule", "boosting"), strict=True):
        table = v.data[name]
        texts = [[write(x, "share_whole") if x > 0 else "–" for x in row] for row in table]
        _cells(ax, w, TYPES, table, texts, "c1")
    message(panels[0], w["title_rule"].format(share=write(v.data["rule"][0, 0], "share_whole")))
    more = v.data["boosting"][3, 3] > v.data["rule"][3, 3]
    text = w["title_boosting" if more else "title_fewer"]
    message(panels[1], text.format(share=write(v.data["boosting"][0, 0], "share_whole")))


def _matrix_frame(panels: Panels, v: View) -> None:
    w = v.words("matrix")
    _cells_frame(panels[0], w, (*TYPES, "same"), w["cost"])


def _matrix_draw(panels: Panels, v: View) -> None:
    w, cost = v.words("matrix"), v.data["cost"]
    texts = [[write(x, "thousand") if x > 0 else "–" for x in row] for row in cost]
    _cells(panels[0], w, (*TYPES, "same"), cost / max(cost.max(), 1e-12), texts, "c2")
    high, low = (write(x, "thousand") for x in (cost[3, 1], cost[1, 3]))
    message(panels[0], w["title"].format(high=high, low=low))


# ------------------------------------------------------------ money


def _parts_frame(panels: Panels, v: View) -> None:
    w = v.words("parts")
    (ax,) = panels
    most = sum(v.data[k] for k in PARTS).max()
    ax.set_xlim(-1.3 * v.data["cost"].max(), 1.15 * most)
    rows(ax, [v.label(k) for k in v.data["names"]], 0.10)
    zero_line(ax, across=True)
    label(ax, w["money"], "")
    keys = [Key(w[k], c, "bar") for k, c in PARTS.items()]
    legend(ax, [*keys, Key(w["cost"], "c2", "bar")])


def _parts_draw(panels: Panels, v: View) -> None:
    w = v.words("parts")
    (ax,) = panels
    y = range(len(v.data["names"]))
    parts = ((v.data[name], colour) for name, colour in PARTS.items())
    gained = stacked(ax, y, parts, width=0.55, across=True)
    bars(ax, y, -v.data["cost"], "c2", width=0.55, across=True)
    net = gained - v.data["cost"]
    for yi, x in enumerate(gained):
        beside(ax, x, yi, write(net[yi], "amount"))
    message(ax, w["title" if net[1:].max() > net[0] else "title_other"])


def _intervals_frame(panels: Panels, v: View) -> None:
    w = v.words("intervals")
    (ax,) = panels
    high = max(v.data["high"].max(), v.data["truth"])
    ax.set_xlim(min(0.0, v.data["low"].min()), 1.1 * high)
    rows(ax, [v.label(k) for k in v.data["names"]], 0.10)
    label(ax, w["gain"], "")
    legend(
        ax,
        [
            Key(w["expected"], "ink", "point", {"marker": "D"}),
            Key(w["band"], "ink", "line", {"ls": "-", "lw": 3}),
            Key(w["truth"], "c3", "line", {"ls": ":"}),
        ],
    )


def _intervals_draw(panels: Panels, v: View) -> None:
    w = v.words("intervals")
    (ax,) = panels
    line(ax, [v.data["truth"]] * 2, [-0.6, 2.6], "c3", ls=":")
    for y, name in enumerate(v.data["names"]):
        low, middle, high = (v.data[k][y] for k in ("low", "expected", "high"))
        interval(ax, y, low, middle, high, METHODS[name])
    best = int(np.argmax(v.data["over_now"]))
    sure = v.data["sure"][best]
    name = within(v.label(v.data["names"][1 + best]))
    key = "title_sure" if v.data["over_now"][best] > 0 else "title_rule"
    message(ax, w[key].format(name=name, sure=write(sure, "share_whole")))


# ------------------------------------------------------------ doubt, and reviews


def _doubt_frame(panels: Panels, v: View) -> None:
    w = v.words("doubt")
    (ax,) = panels
    ax.set_xlim(0.5, 7.5)
    ax.set_ylim(0, 100)
    edges = PERCENT * v.data["edges"]
    names = [f"{a:.0f}–{b:.0f}" for a, b in pairwise(edges)]
    ax.set_xticks(range(1, 8), names)
    label(ax, w["chance"], w["share"])
    legend(ax, [Key(w["number"], "c6", "bar"), Key(w["right"], "c1", "point")])


def _doubt_draw(panels: Panels, v: View) -> None:
    w = v.words("doubt")
    (ax,) = panels
    x = np.arange(1, 8)
    bars(ax, x, PERCENT * v.data["share"], "c6")
    some = v.data["share"] > 0
    point(ax, x[some], PERCENT * v.data["right"][some], "c1")
    message(ax, w["title"].format(unsure=write(v.data["unsure"], "share_whole")))


def _reviews_frame(panels: Panels, v: View) -> None:
    w = v.words("reviews")
    (ax,) = panels
    sizes = v.data["sizes"]
    log_scale(ax, 0.85 * sizes[0], 1.15 * sizes[-1], sizes)
    low = min(v.data[k].min() for k in ("boosting", "logistic"))
    high = max(v.data[k].max() for k in ("boosting", "logistic"))
    ax.set_ylim(min(low, v.data["rule"]) - 0.6, high + 0.6)
    label(ax, w["number"], w["gain"])
    legend(
        ax,
        [
            Key(w["boosting"], "c1"),
            Key(w["logistic"], "c6"),
            Key(w["rule"], "c2", "line", {"ls": ":"}),
            Key(w["band"], "grid", "bar"),
        ],
    )


def _reviews_draw(panels: Panels, v: View) -> None:
    w = v.words("reviews")
    (ax,) = panels
    sizes = v.data["sizes"]
    low, _, high = v.data["boosting"].T
    band(ax, sizes, low, high)
    for name in ("logistic", "boosting"):
        line(ax, sizes, v.data[name][:, 1], METHODS[name])
        point(ax, sizes, v.data[name][:, 1], METHODS[name], ms=4)
    line(ax, [sizes[0], sizes[-1]], [v.data["rule"]] * 2, "c2", ls=":")
    first = {k: v.data[k][0, 1] > v.data["rule"] for k in ("logistic", "boosting")}
    if all(first.values()):
        message(ax, w["title_early"].format(few=sizes[0]))
    else:
        word = w["above" if first["logistic"] else "below"]
        message(ax, w["title"].format(few=sizes[0], word=word))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.3, 1.3)),
        "mixtures": Chart("mixtures", _mixtures_frame, _mixtures_draw, (1.3, 1.3)),
        "confusion": Chart("confusion", _confusion_frame, _confusion_draw, (1.5, 1.5)),
        "matrix": Chart("matrix", _matrix_frame, _matrix_draw, (1.6,)),
        "parts": Chart("parts", _parts_frame, _parts_draw, (1.2,)),
        "intervals": Chart("intervals", _intervals_frame, _intervals_draw, (1.2,)),
        "doubt": Chart("doubt", _doubt_frame, _doubt_draw, (1.8,)),
        "reviews": Chart("reviews", _reviews_frame, _reviews_draw, (1.9,)),
    }
)
