"""The charts of case 2, transactional."""

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
    bars,
    first_misses,
    label,
    legend,
    line,
    log_scale,
    message,
    note,
    point,
    rows,
    stacked,
    zero_line,
)
from ...shape import Array
from ...words import within, write

#: Each repayment form keeps its colour in every figure.
COLOURS = {
    "bullet": "c2",
    "equal_principal": "c4",
    "level": "c5",
    "flexible": "c1",
    "revolving": "c6",
}
#: The three that a client without sales can bear until the launch.
PATIENT = ("bullet", "flexible", "revolving")


def _months(ax: Axes, v: View) -> None:
    ax.set_xlim(-0.6, 12.6)
    ax.set_xticks(range(0, 13, 1))


# ------------------------------------------------------------ explorer: cash, loan and the quote


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    cash, quote = panels
    _months(cash, v)
    top = 1.1 * (v.a.principal + v.a.opening_cash)
    cash.set_ylim(-0.2 * top, top)
    zero_line(cash)
    label(cash, w["month"], w["money"])
    legend(cash, [Key(w["cash"], "c6", "bar"), Key(w["loan"], "c1")])
    quote.set_xlim(2, 7)
    scale = v.a.principal
    quote.set_ylim(-6 * scale, 4 * scale)
    zero_line(quote)
    label(quote, w["quote"], w["expected"])
    legend(
        quote,
        [
            Key(w["now"], "c2", "point", {"mfc": "none", "mew": 2, "ms": 8}),
            Key(w["best"], "c3", "point", {"marker": "D"}),
        ],
    )


def _explorer_draw(panels: Panels, v: View) -> None:
    w, m, lines = v.words("explorer"), v.result.metrics, v.result.lines
    cash, quote = panels
    month = np.arange(len(lines["closing"]))
    bars(cash, month, lines["closing"], "c6")
    line(cash, month, lines["balance"], "c1", drawstyle="steps-mid")
    form = v.label(v.result.chosen)
    if m["missed"]:
        point(cash, m["first_missed"], lines["closing"][m["first_missed"]], "c2", marker="X", ms=9)
        text = w["title_missed"].format(
            form=form, month=m["first_missed"], short=write(m["shortfall"], "money")
        )
    else:
        text = w["title_paid"].format(form=form, lowest=write(m["lowest_cash"], "money"))
    message(cash, text)

    line(quote, PERCENT * v.data["quote"], THOUSAND * v.data["expected"], "c1")
    for x, y, colour, marker in (
        (v.a.rate, m["expected_profit"], "c2", "o"),
        (m["best_quote"], m["best_expected_profit"], "c3", "D"),
    ):
        if np.isfinite(y):
            size = {"ms": 6} if marker == "D" else {"ms": 11, "mfc": "none", "mew": 2}
            point(quote, PERCENT * x, THOUSAND * y, colour, marker=marker, **size)
    message(
        quote,
        w["title_quote"].format(
            rate=write(v.a.rate, "rate"),
            profit=write(m["expected_profit"], "thousand"),
            best=write(m["best_quote"], "rate"),
        )
        if m["best_quote"] <= 0.07
        else w["title_no_quote"].format(best=write(m["break_even_rate"], "rate")),
    )


# ------------------------------------------------------------ a late launch, two forms


def _late_frame(panels: Panels, v: View) -> None:
    w = v.words("late_launch")
    for ax in panels:
        _months(ax, v)
        top = 1.1 * (v.a.principal + v.a.opening_cash)
        ax.set_ylim(-0.1 * top, top)
        zero_line(ax)
        label(ax, w["month"], w["money"])
        legend(
            ax, [Key(w["cash"], "c6", "bar"), Key(w["leaked"], "c2", "bar"), Key(w["loan"], "c1")]
        )


def _late_draw(panels: Panels, v: View) -> None:
    w = v.words("late_launch")
    for ax, form in zip(panels, ("bullet", "flexible"), strict=True):
        r = v.data.alternative(form)
        month = np.arange(len(r.lines["closing"]))
        bars(ax, month, r.lines["closing"], "c6")
        leaked = np.cumsum(-r.lines["leaked"])
        bars(ax, month, leaked, "c2", base=np.maximum(r.lines["closing"], 0))
        line(ax, month, r.lines["balance"], "c1", drawstyle="steps-mid")
        m = r.metrics
        if m["missed"]:
            point(ax, m["first_missed"], 0, "ink", marker="X", ms=9)
        key = "title_missed" if m["missed"] else "title_paid"
        text = w[key].format(
            form=v.label(form),
            slip=write(v.data.assumptions.slip, "months", with_unit=True),
            leaked=write(m["leaked"], "money"),
            short=write(m["shortfall"], "money"),
            month=m["first_missed"],
            left=write(m["closing_cash"], "money"),
        )
        message(ax, text)


# ------------------------------------------------------------ which slip breaks which form


def _slips_frame(panels: Panels, v: View) -> None:
    w = v.words("slips")
    for ax in panels:
        n = v.data["leaking"].shape[1]
        ax.set_xlim(-0.6, n - 0.4)
        ax.set_xticks(range(n))
        forms = v.result.alternatives
        rows(ax, [v.label(f) for f in forms], 0.13)
        ax.set_ylim(len(forms) - 0.5, -0.5)
        ax.grid(False)
        ax.spines[["left"]].set_visible(False)
        label(ax, w["slip"], "")
        legend(
            ax,
            [
                Key(w["pays"], "c1", "point", {"marker": "o", "mfc": "none", "ms": 8}),
                Key(w["misses"], "c2", "point", {"marker": "s", "ms": 8}),
            ],
        )


def _slips_draw(panels: Panels, v: View) -> None:
    w = v.words("slips")
    for ax, name in zip(panels, ("leaking", "tight"), strict=True):
        first = v.data[name]
        first_misses(ax, first)
        forms = v.result.alternatives
        bullet, flexible = first[forms.index("bullet")], first[forms.index("flexible")]
        tells = int(((bullet > 0) & (flexible < 0)).sum())
        key = f"title_{name}" if (tells > 0) == (name == "leaking") else f"title_{name}_other"
        breaks = int(np.argmax(bullet > 0)) if (bullet > 0).any() else w["none"]
        message(
            ax, w[key].format(leakage=write(v.a.leakage, "share_month", plain=True), slip=breaks)
        )


# ------------------------------------------------------------ price against leakage


def _by_form(ax: Axes, v: View, x: Array, values: Array, here: float, words: str) -> None:
    """A line for each patient form over x, of values (form, x) in per cent; `here` is marked."""
    for form in PATIENT:
        line(ax, x, values[v.result.alternatives.index(form)], COLOURS[form])
    line(ax, [here] * 2, ax.get_ylim(), "muted", ls=":", lw=1.2)
    note(ax, here, ax.get_ylim()[1], words, va="top", xytext=(4, -4))


def _leakage_frame(panels: Panels, v: View) -> None:
    w = v.words("leakage")
    (ax,) = panels
    ax.set_xlim(0, 20)
    ax.set_ylim(2.5, 6)
    label(ax, w["leakage"], w["rate"])
    legend(ax, [Key(v.label(f), COLOURS[f]) for f in PATIENT])


def _leakage_draw(panels: Panels, v: View) -> None:
    w = v.words("leakage")
    (ax,) = panels
    x = PERCENT * v.data["leakage"]
    rates = PERCENT * v.data["break_even"]
    _by_form(ax, v, x, rates, PERCENT * v.a.leakage, w["base"])
    crossing = v.data["crossing"]
    if np.isnan(crossing):
        message(ax, w["title_none"])
        return
    y = np.interp(PERCENT * crossing, x, rates[v.result.alternatives.index("bullet")])
    point(ax, PERCENT * crossing, y, "ink")
    message(ax, w["title"].format(crossing=write(crossing, "share_month")))


# ------------------------------------------------------------ what a price is made of

_PARTS = {"funding": "c1", "cost": "c6", "capital": "c3", "expected_loss": "c2", "tax": "c4"}


def _price_frame(panels: Panels, v: View) -> None:
    w = v.words("price")
    (ax,) = panels
    ax.set_xlim(0, 8)
    rows(ax, [v.label(f) for f in PATIENT], 0.10)
    label(ax, w["rate"], "")
    quote = Key(w["quote"], "ink", "line", {"ls": "--", "lw": 1.2})
    legend(ax, [*(Key(w[k], c, "bar") for k, c in _PARTS.items()), quote])


def _price_draw(panels: Panels, v: View) -> None:
    w = v.words("price")
    (ax,) = panels
    shown = [v.result.alternatives.index(f) for f in PATIENT]
    parts = ((PERCENT * v.data[name][shown], colour) for name, colour in _PARTS.items())
    totals = stacked(ax, range(len(PATIENT)), parts, width=0.55, across=True)
    for y, total in enumerate(totals):
        note(
            ax,
            ax.get_xlim()[1],
            y,
            write(total / PERCENT, "rate", with_unit=True),
            ha="right",
            va="center",
            xytext=(0, 0),
        )
    line(ax, [PERCENT * v.a.rate] * 2, [-0.6, len(PATIENT) - 0.4], "ink", ls="--", lw=1.2)
    best = min(PATIENT, key=lambda f: v.data["total"][v.result.alternatives.index(f)])
    rate = v.data["total"][v.result.alternatives.index(best)]
    message(ax, w["title"].format(form=v.label(best), rate=write(rate, "rate")))


# ------------------------------------------------------------ size and tenor


def _size_frame(panels: Panels, v: View) -> None:
    w = v.words("size")
    (ax,) = panels
    log_scale(ax, 0.9, 55, [1, 2, 5, 10, 20, 50])
    ax.set_ylim(0, 25)
    label(ax, w["size"], w["rate"])
    colours = ("c2", "c6", "c1")
    keys = [
        Key(w["tenor"].format(months=write(t, "months")), c)
        for t, c in zip(v.data["tenor"], colours, strict=True)
    ]
    legend(ax, keys)


def _size_draw(panels: Panels, v: View) -> None:
    w = v.words("size")
    (ax,) = panels
    rate = PERCENT * v.data["break_even"]
    for row, colour in zip(rate, ("c2", "c6", "c1"), strict=True):
        line(ax, v.data["size"], row, colour)
    point(ax, v.a.principal, PERCENT * v.result.metrics["break_even_rate"], "ink")
    here = PERCENT * v.result.metrics["break_even_rate"]
    note(ax, v.a.principal, here, w["here"], xytext=(0, 8), ha="left")
    small, large = (f"{x:.0f}" for x in (rate[0, 0], rate[0, -1]))
    message(
        ax,
        w["title"].format(
            small=small,
            large=large,
            size=write(v.data["size"][0], "million"),
            big=write(v.data["size"][-1], "million"),
            months=write(v.data["tenor"][0], "months"),
        ),
    )


# ------------------------------------------------------------ how much to lend


def _amount_frame(panels: Panels, v: View) -> None:
    w = v.words("amount")
    (ax,) = panels
    ax.set_xlim(v.data["amount"][0], v.data["amount"][-1])
    ax.set_ylim(0, 40)
    label(ax, w["amount"], w["missed"])
    marks = [
        Key(w["safest"], "ink", "point"),
        Key(w["asked"], "ink", "point", {"mfc": "none"}),
    ]
    legend(ax, [*(Key(v.label(f), COLOURS[f]) for f in PATIENT), *marks])


def _amount_draw(panels: Panels, v: View) -> None:
    w = v.words("amount")
    (ax,) = panels
    for form in PATIENT:
        row = v.data["missed"][v.result.alternatives.index(form)]
        line(ax, v.data["amount"], PERCENT * row, COLOURS[form])
    least = v.data["missed"][v.result.alternatives.index(v.result.chosen)].min()
    point(ax, v.data["safest"], PERCENT * least, "ink")
    point(ax, v.a.principal, PERCENT * v.result.metrics["missed_probability"], "ink", mfc="none")
    lent = v.data["amount"]
    inside = lent[0] < v.data["safest"] < lent[-1] and v.a.leakage > 0
    message(
        ax,
        w["title" if inside else "title_edge"].format(
            safest=write(v.data["safest"], "money", plain=True),
            form=within(v.label(v.result.chosen)),
        ),
    )


# ------------------------------------------------------------ suppliers paid straight by the bank


def _entrusted_frame(panels: Panels, v: View) -> None:
    w = v.words("entrusted")
    (ax,) = panels
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 20)
    label(ax, w["share"], w["missed"])
    legend(ax, [Key(v.label(f), COLOURS[f]) for f in PATIENT])


def _entrusted_draw(panels: Panels, v: View) -> None:
    w = v.words("entrusted")
    (ax,) = panels
    billed = PERCENT * v.a.supplier_share
    share, missed = PERCENT * v.data["share"], PERCENT * v.data["missed"]
    _by_form(ax, v, share, missed, billed, w["suppliers"])
    then = v.data["then"]
    now = v.data["missed"][v.result.alternatives.index(v.result.chosen)][0]
    point(ax, billed, PERCENT * then, "ink")
    key = "title_less" if then < now else "title_more"
    form = within(v.label(v.result.chosen))
    message(ax, w[key].format(form=form, then=write(then, "share"), now=write(now, "share")))


# ------------------------------------------------------------ the quote


def _quote_frame(panels: Panels, v: View) -> None:
    w = v.words("quote")
    win, profit = panels
    for ax in panels:
        ax.set_xlim(3, 6)
    win.set_ylim(0, 100)
    label(win, w["quote"], w["win"])
    low, high = v.a.market_rate - v.a.market_range, v.a.market_rate + v.a.market_range
    win.axvspan(PERCENT * low, PERCENT * high, color=PALETTE["grid"], lw=0, zorder=0)
    legend(win, [Key(w["market"], "grid", "bar")])
    scale = v.a.principal
    profit.set_ylim(-4 * scale, 6 * scale)
    zero_line(profit)
    label(profit, w["quote"], w["money"])
    legend(profit, [Key(w["value"], "c2"), Key(w["expected"], "c1")])


def _quote_draw(panels: Panels, v: View) -> None:
    w, m = v.words("quote"), v.result.metrics
    win, profit = panels
    x = PERCENT * v.data["quote"]
    line(win, x, PERCENT * v.data["win"], "c1")
    point(win, PERCENT * m["best_quote"], PERCENT * m["best_win_probability"], "c3", marker="D")
    message(
        win,
        w["title_win"].format(
            best=write(m["best_quote"], "rate"), win=f"{PERCENT * m['best_win_probability']:.0f}"
        ),
    )
    line(profit, x, THOUSAND * v.data["value"], "c2")
    line(profit, x, THOUSAND * v.data["expected"], "c1")
    best = (PERCENT * m["best_quote"], THOUSAND * m["best_expected_profit"])
    point(profit, *best, "c3", marker="D")
    message(
        profit,
        w["title"].format(
            best=write(m["best_quote"], "rate"), profit=write(m["best_expected_profit"], "thousand")
        ),
    )


# ------------------------------------------------------------ how fast to approve


def _speed_frame(panels: Panels, v: View) -> None:
    w = v.words("speed")
    (ax,) = panels
    ax.set_xlim(0, 31)
    ax.set_ylim(0, 2 * v.a.principal)
    label(ax, w["days"], w["money"])
    legend(ax, [Key(w["best"], "c3", "point", {"marker": "D"}), Key(w["now"], "c2", "point")])


def _speed_draw(panels: Panels, v: View) -> None:
    w = v.words("speed")
    (ax,) = panels
    days, expected = v.data["days"], THOUSAND * v.data["expected"]
    line(ax, days, expected, "c1")
    best, now = v.data["best"], v.a.approval_days
    point(ax, now, np.interp(now, days, expected), "c2")
    point(ax, best, np.interp(best, days, expected), "c3", marker="D")
    gain = np.interp(best, days, expected) - np.interp(now, days, expected)
    key = "title_now" if best == now else "title" if best > days[0] else "title_fastest"
    message(ax, w[key].format(best=write(best, "days", with_unit=True), gain=f"{gain:.1f}"))


# ------------------------------------------------------------ many futures


def _futures_frame(panels: Panels, v: View) -> None:
    w = v.words("futures")
    (ax,) = panels
    ax.set_xlim(0, 20)
    rows(ax, [v.label(f) for f in PATIENT], 0.10)
    label(ax, w["missed"], "")
    simulated = Key(w["simulated"], "c2", "point", {"marker": "|", "ms": 11, "mew": 2})
    legend(ax, [Key(w["exact"], "c6", "bar"), simulated])


def _futures_draw(panels: Panels, v: View) -> None:
    w = v.words("futures")
    (ax,) = panels
    forms = [v.result.alternatives.index(f) for f in PATIENT]
    y = range(len(PATIENT))
    exact, share, low, high = (
        PERCENT * v.data[k][forms] for k in ("exact", "share", "low", "high")
    )
    bars(ax, y, exact, "c6", width=0.5, across=True)
    for yi, lo, hi in zip(y, low, high, strict=True):
        line(ax, [lo, hi], [yi, yi], "c2", ls="-", lw=3)
    point(ax, share, y, "c2", marker="|", ms=14, mew=2.5)
    for yi, chance, hi in zip(y, exact, high, strict=True):
        text = write(chance / PERCENT, "share", with_unit=True)
        note(ax, max(chance, hi), yi, text, va="center", xytext=(6, 0))
    gap = np.abs(exact - share).max() / PERCENT
    message(ax, w["title"].format(n=f"{v.data['n']:,}", gap=write(gap, "share")))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.9, 1.7)),
        "late_launch": Chart("late_launch", _late_frame, _late_draw, (1.7, 1.7)),
        "slips": Chart("slips", _slips_frame, _slips_draw, (1.5, 1.5)),
        "leakage": Chart("leakage", _leakage_frame, _leakage_draw, (2.3,)),
        "price": Chart("price", _price_frame, _price_draw, (1.5,)),
        "size": Chart("size", _size_frame, _size_draw, (2.2,)),
        "amount": Chart("amount", _amount_frame, _amount_draw, (2.0,)),
        "entrusted": Chart("entrusted", _entrusted_frame, _entrusted_draw, (2.0,)),
        "quote": Chart("quote", _quote_frame, _quote_draw, (1.3, 1.9)),
        "speed": Chart("speed", _speed_frame, _speed_draw, (1.9,)),
        "futures": Chart("futures", _futures_frame, _futures_draw, (1.4,)),
    }
)
