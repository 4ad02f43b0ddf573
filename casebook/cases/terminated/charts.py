"""The charts of case 5, terminated."""

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
    bars,
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
from ...shape import DUST
from ...words import bare, within, write

#: Each way keeps its colour in every figure.
COLOURS = {"enforce": "c1", "settle": "c2", "sell": "c4", "bankruptcy": "c6"}


def _claim_scale(v: View) -> float:
    """The top of an axis in money: the loan's balance at default, which no slider moves.

    It is rounded up at its first digit, for a client of any size.
    """
    ead = max(float(v.result.metrics["ead"]), 1e-6)
    unit = 10.0 ** np.floor(np.log10(ead))
    return float(np.ceil(ead / unit) * unit)


# ------------------------------------------------------------ explorer: the claim, the four ways


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    claim, worth = panels
    top = _claim_scale(v)
    claim.set_xlim(-1, 61)
    claim.set_xticks(range(0, 61, 12))
    claim.set_ylim(-0.2 * top, 1.5 * top)
    zero_line(claim)
    label(claim, w["month"], w["money"])
    legend(claim, [Key(w["cash"], "c6", "bar"), Key(w["claim"], "c1")])
    worth.set_xlim(-0.3 * top, 1.3 * top)
    zero_line(worth, across=True)
    rows(worth, [v.label(n) for n in v.result.alternatives], 0.1)
    label(worth, w["amount"], "")
    legend(worth, _worth_keys(w["value"], w["plain"], w["all_in"]))


def _worth_keys(between: str, plain: str, all_in: str) -> list[Key]:
    return [
        Key(plain, "c1", "point"),
        Key(all_in, "c2", "point", {"marker": "D", "mfc": "none"}),
        Key(between, "c6", "line", {"lw": 4, "ls": "-"}),
    ]


def _worth_draw(ax: Axes, v: View) -> None:
    metrics = v.result.all_metrics
    low, high, value, all_in = (
        metrics[k][:, 0] for k in ("low", "high", "expected_value", "expected_all_in")
    )
    for y in range(len(low)):
        line(ax, [low[y], high[y]], [y, y], "c6", ls="-", lw=4)
    at = range(len(low))
    point(ax, value, at, "c1", ms=7)
    point(ax, all_in, at, "c2", marker="D", mfc="none", mew=1.6)


def _explorer_draw(panels: Panels, v: View) -> None:
    w, m, data = v.words("explorer"), v.result.metrics, v.data
    claim, worth = panels
    bars(claim, data["month"], data["cash"], "c6")
    line(claim, data["month"], np.where(data["claim"] > 0, data["claim"], np.nan), "c1")
    cash = data["cash"][-1]
    key = "title" if cash > 0 else "title_loss"
    message(
        claim,
        w[key].format(
            way=v.label(v.result.chosen),
            cash=write(cash, "amount"),
            month=int(data["month"][np.flatnonzero(data["claim"] > DUST)[-1]] + 1),
            ead=write(m["ead"], "amount"),
        ),
    )
    _worth_draw(worth, v)
    least, offer = m["settle_break_even"], m["settlement"]
    key = "title_accept" if offer >= least else "title_refuse"
    if least > m["ead"]:
        key = "title_never"
    text = w[key].format(offer=write(offer, "money"), least=write(least, "money"))
    message(worth, text)


# ------------------------------------------------------------ the four ways


def _ways_frame(panels: Panels, v: View) -> None:
    w = v.words("ways")
    (ax,) = panels
    ax.set_xlim(0, 0.7 * _claim_scale(v))
    rows(ax, [v.label(n) for n in v.result.alternatives], 0.1)
    label(ax, w["amount"], "")
    legend(ax, _worth_keys(w["range"], w["value"], w["all_in"]))


def _ways_draw(panels: Panels, v: View) -> None:
    w = v.words("ways")
    _worth_draw(panels[0], v)
    best = [v.label(v.result.alternatives[int(v.data[k].argmax())]) for k in ("value", "all_in")]
    key = "title_same" if best[0] == best[1] else "title_split"
    message(panels[0], w[key].format(plain=best[0], all_in=best[1]))


# ------------------------------------------------------------ the settlement offer


def _offers_frame(panels: Panels, v: View) -> None:
    w = v.words("offers")
    (ax,) = panels
    ax.set_xlim(0, 100)
    ax.set_ylim(0, _claim_scale(v))
    label(ax, w["offer"], w["money"])
    legend(
        ax,
        [Key(w["settle"], "c2"), Key(w["enforce"], "c1"), Key(w["now"], "ink", "point")],
    )


def _offers_draw(panels: Panels, v: View) -> None:
    w, m = v.words("offers"), v.result.metrics
    enforce = v.result.alternative("enforce").metrics
    (ax,) = panels
    x = PERCENT * v.data["offer"]
    ax.axhspan(enforce["low"], enforce["high"], color=PALETTE["grid"], lw=0)
    note(ax, 0, enforce["high"], w["range"], xytext=(4, 4))
    line(ax, x, v.data["value"], "c2")
    line(ax, [0, 100], [enforce["expected_value"]] * 2, "c1")
    least, offer = m["settle_break_even_share"], v.a.settlement_offer
    point(ax, PERCENT * offer, v.result.alternative("settle").metrics["value"], "ink")
    point(ax, PERCENT * least, enforce["expected_value"], "c1", marker="D")
    message(
        ax,
        w["title"].format(least=write(least, "share"), now=write(offer, "share", plain=True)),
    )


# ------------------------------------------------------------ time


def _timing_frame(panels: Panels, v: View) -> None:
    w = v.words("timing")
    (ax,) = panels
    ax.set_xlim(4, 24)
    ax.set_xticks(range(4, 25, 4))
    ax.set_ylim(0, 80)
    label(ax, w["months"], w["share"])
    legend(ax, [Key(w["nominal"], "c2"), Key(w["economic"], "c1")])


def _timing_draw(panels: Panels, v: View) -> None:
    w = v.words("timing")
    (ax,) = panels
    for name, colour in (("nominal", "c2"), ("economic", "c1")):
        line(ax, v.data["months"], PERCENT * v.data[name], colour)
    now = v.a.judgment_months
    at = [np.interp(now, v.data["months"], v.data[k]) for k in ("nominal", "economic")]
    line(ax, [now, now], [PERCENT * at[0], PERCENT * at[1]], "ink", ls="-", lw=1.2)
    point(ax, [now, now], [PERCENT * at[0], PERCENT * at[1]], "ink", ms=4)
    message(ax, w["title"].format(months=now, gap=write(at[0] - at[1], "share")))


# ------------------------------------------------------------ leaving earlier


def _exits_frame(panels: Panels, v: View) -> None:
    w = v.words("exits")
    (ax,) = panels
    ax.set_xlim(30.5, -0.5)  # time runs to the right, to default
    ax.set_xticks(range(30, -1, -6))
    ax.set_ylim(0, 0.75 * _claim_scale(v))
    label(ax, w["months"], w["money"])
    legend(
        ax,
        [Key(w["year"], "c2", "point"), Key(w["rule"], "c1", "point", {"marker": "s"}),
         Key(w["best"], "c3", "point", {"marker": "D"})],
    )  # fmt: skip


def _exits_draw(panels: Panels, v: View) -> None:
    w, data = v.words("exits"), v.data
    (ax,) = panels
    bars(ax, data["months"], data["saved"], "c6")
    for month, colour, marker in (
        (12, "c2", "o"),
        (data["rule"], "c1", "s"),
        (data["best"], "c3", "D"),
    ):
        point(ax, month, data["saved"][month], colour, marker=marker, ms=7)
    saved = [write(data["saved"][m], "amount") for m in (data["rule"], 12)]
    message(ax, w["title"].format(rule=data["rule"], saved=saved[0], year=saved[1]))


# ------------------------------------------------------------ the whole relationship


def _lifetime_frame(panels: Panels, v: View) -> None:
    w = v.words("lifetime")
    (ax,) = panels
    years = len(v.data["year"])
    ax.set_xlim(0.4, years + 0.6)
    ax.set_xticks(range(1, years + 1))
    top = _claim_scale(v)
    ax.set_ylim(-0.9 * top, 0.6 * top)
    zero_line(ax)
    label(ax, w["year"], w["money"])
    legend(ax, [Key(w["single"], "c6", "bar"), Key(w["sum"], "c1")])


def _lifetime_draw(panels: Panels, v: View) -> None:
    w, m = v.words("lifetime"), v.result.metrics
    (ax,) = panels
    bars(ax, v.data["year"], v.data["profit"], "c6")
    line(ax, v.data["year"], v.data["sum"], "c1", marker="o", ms=4)
    total = m["lifetime_profit"]
    key = "title" if total < 0 else "title_gain"
    message(
        ax,
        w[key].format(
            way=v.label(v.result.chosen),
            clean=write(m["clean_profit"], "amount"),
            loss=write(abs(total), "amount"),
        ),
    )


# ------------------------------------------------------------ who is paid first

_PARTS = {"sale_costs": "c4", "preferred": "c2", "bank": "c1", "others": "c6"}


def _priority_frame(panels: Panels, v: View) -> None:
    w = v.words("priority")
    (ax,) = panels
    ax.set_xlim(0, _claim_scale(v))
    rows(ax, [w["enforce"], w["bankruptcy"]], 0.1)
    label(ax, w["money"], "")
    legend(ax, [Key(w[k], c, "bar") for k, c in _PARTS.items()])


def _priority_draw(panels: Panels, v: View) -> None:
    w = v.words("priority")
    (ax,) = panels
    parts = ((v.data[name], colour) for name, colour in _PARTS.items())
    stacked(ax, range(2), parts, width=0.55, across=True)
    bank = v.data["bank"]
    first = v.data["preferred"][1]
    message(
        ax,
        w["title"].format(
            enforce=write(bank[0], "amount"),
            bankruptcy=write(bank[1], "amount"),
            first=write(first, "amount"),
        ),
    )


# ------------------------------------------------------------ the books


def _book_frame(panels: Panels, v: View) -> None:
    w = v.words("book")
    gross, capital = panels
    top = _claim_scale(v)
    for ax in panels:
        ax.set_xlim(-1, 37)
        ax.set_xticks(range(0, 37, 6))
    gross.set_ylim(0, 1.1 * top)
    label(gross, w["month"], w["money"])
    legend(gross, [Key(w["gross"], "c1"), Key(w["allowance"], "c2", "bar")])
    capital.set_ylim(0, 0.3 * top)
    label(capital, w["month"], w["capital_money"])


def _book_draw(panels: Panels, v: View) -> None:
    w, data = v.words("book"), v.data
    gross, capital = panels
    bars(gross, data["month"], data["allowance"], "c2")
    line(gross, data["month"], data["gross"], "c1", drawstyle="steps-mid")
    full = np.flatnonzero((data["allowance"] >= data["gross"]) & (data["gross"] > 0))
    off = int(np.flatnonzero(data["gross"] > 0)[-1]) + 1
    key = "title" if len(full) else "title_early"
    message(gross, w[key].format(full=int(full[0]) if len(full) else "", off=off))
    bars(capital, data["month"], data["capital_held"], "c3")
    held = data["capital_held"][1:]  # in month 0 the loan still holds what a sound one does
    last = np.flatnonzero(held > DUST)
    key = "title_capital" if len(last) else "title_no_capital"
    text = w[key].format(
        capital=write(held.max(), "amount"), free=int(last[-1]) + 2 if len(last) else ""
    )
    message(capital, text)


# ------------------------------------------------------------ many futures


def _futures_frame(panels: Panels, v: View) -> None:
    w = v.words("futures")
    (ax,) = panels
    ax.set_xlim(0, 120)
    ax.set_ylim(0, 20)
    label(ax, w["lgd"], w["count"])
    legend(
        ax,
        [Key(w["expected"], "c1", "line", {"ls": "-"}), Key(w["path"], "c2")],
    )


def _futures_draw(panels: Panels, v: View) -> None:
    w, data = v.words("futures"), v.data
    (ax,) = panels
    edges = np.arange(0, 121, 5)
    share, _ = np.histogram(np.clip(PERCENT * data["lgd"], 0, 119.9), edges)
    bars(ax, edges[:-1] + 2.5, PERCENT * share / data["n"], "c6", width=4.4)
    for x, colour in ((data["expected"], "c1"), (data["planned"], "c2")):
        line(ax, [PERCENT * x] * 2, ax.get_ylim(), colour)
    message(
        ax,
        w["title"].format(
            path=write(data["planned"], "share"), expected=write(data["expected"], "share")
        ),
    )


# ------------------------------------------------------------ where the answer turns


def _turning_frame(panels: Panels, v: View) -> None:
    w, top = v.words("turning"), _claim_scale(v)
    by_rate, by_months = panels
    by_rate.set_xlim(0, 15)
    by_months.set_xlim(4, 24)
    by_months.set_xticks(range(4, 25, 4))
    for ax, name in ((by_rate, "rate"), (by_months, "months")):
        ax.set_ylim(0.2 * top, 0.6 * top)
        label(ax, w[name], w["money"])
        legend(
            ax,
            [Key(w["plain"], "c1"), Key(w["all_in"], "c2"), Key(w["offer"], "ink"),
             Key(w["now"], "ink", "point")],
        )  # fmt: skip


def _turning_draw(panels: Panels, v: View) -> None:
    w, data, a = v.words("turning"), v.data, v.a
    now = (PERCENT * a.discount_rate, a.judgment_months)
    for ax, name, x in zip(panels, ("rate", "months"), now, strict=True):
        at = PERCENT * data["rate"] if name == "rate" else data["months"]
        for measure, colour in (("plain", "c1"), ("all_in", "c2")):
            y = data[f"{name}_{measure}"]
            line(ax, at, y, colour)
            low, high = ax.get_ylim()
            if at[0] <= x <= at[-1] and low <= (worth := np.interp(x, at, y)) <= high:
                point(ax, x, worth, "ink", ms=4)
        line(ax, list(ax.get_xlim()), [data["offer"]] * 2, "ink", ls="-", lw=1.2)
    turns = data["at"]
    shown = {k: turns[k] <= data["rate"][-1] for k in ("plain", "all_in")}  # NaN is not
    key = "title" if shown["plain"] and shown["all_in"] else "title_one"
    text = w[key if shown["all_in"] else "title_none"]
    rates = {k: write(turns[k], "rate_round") if shown[k] else "" for k in shown}
    message(panels[0], text.format(**rates))
    always = data["offer"] >= data["months_all_in"][0]
    key = "title_always" if always else "title_never"
    if np.isfinite(turns["months"]) and not always:
        key = "title_months"
    months = write(turns["months"], "count") if key == "title_months" else ""
    message(panels[1], w[key].format(months=months))


# ------------------------------------------------------------ what matters


def _tornado_frame(panels: Panels, v: View) -> None:
    w = v.words("tornado")
    (ax,) = panels
    top = _claim_scale(v)
    ax.set_xlim(0.1 * top, 0.7 * top)
    rows(ax, [w[row[0]] for row in v.data["rows"]], 0.26)
    label(ax, w["money"], "")
    legend(ax, [Key(w["low"], "c2", "bar"), Key(w["high"], "c1", "bar")])


def _tornado_draw(panels: Panels, v: View) -> None:
    w, data = v.words("tornado"), v.data
    (ax,) = panels
    names, lows, highs, at_low, at_high = zip(*data["rows"], strict=True)
    swings(ax, data["base"], at_low, at_high, ("c2", "c1"), 0.6)
    specs = v.a.spec.assumptions
    for y, (name, *ends) in enumerate(zip(names, lows, highs, strict=True)):
        low, high = (write(x, specs[name].unit, plain=True) for x in ends)
        text = w["between"].format(low=low, high=high)
        note(ax, ax.get_xlim()[1], y, text, ha="right", va="center", xytext=(0, 0), fontsize=7.5)
    first, second = (within(bare(w[n])) for n in names[:2])
    message(ax, w["title"].format(first=first, second=second))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.7, 1.5)),
        "ways": Chart("ways", _ways_frame, _ways_draw, (1.6,)),
        "offers": Chart("offers", _offers_frame, _offers_draw, (2.2,)),
        "timing": Chart("timing", _timing_frame, _timing_draw, (1.9,)),
        "exits": Chart("exits", _exits_frame, _exits_draw, (2.1,)),
        "lifetime": Chart("lifetime", _lifetime_frame, _lifetime_draw, (2.1,)),
        "priority": Chart("priority", _priority_frame, _priority_draw, (1.1,)),
        "book": Chart("book", _book_frame, _book_draw, (1.6, 1.1)),
        "futures": Chart("futures", _futures_frame, _futures_draw, (2.0,)),
        "tornado": Chart("tornado", _tornado_frame, _tornado_draw, (2.6,)),
        "turning": Chart("turning", _turning_frame, _turning_draw, (1.4, 1.4)),
    }
)
