"""The charts of case 3, growth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    label,
    legend,
    line,
    log_scale,
    message,
    note,
    point,
    rows,
    stacked,
    swings,
    zero_line,
)
from ...words import bare, write
from .record import QUARTERS_A_YEAR

#: Each follow-on policy keeps its colour in every figure.
POLICY = {"none": "c2", "pro_rata": "c1", "milestone": "c6"}


# ------------------------------------------------------------ explorer: outcomes and the fund


def _bucket_axis(ax: Axes, w: Mapping[str, Any], y: str) -> None:
    ax.set_xlim(-0.6, 3.6)
    ax.set_xticks(range(4), w["buckets"])
    ax.tick_params(axis="x", labelcolor=PALETTE["ink"])
    ax.set_ylim(0, 100)
    label(ax, w["multiple"], y)


def _outcome_frame(panels: Panels, v: View) -> None:
    w = v.words("outcomes")
    ax = panels[0]
    _bucket_axis(ax, w, w["share"])
    published = Key(w["published"], "c2", "point", {"marker": "D"})
    legend(ax, [Key(w["model"], "c1", "bar"), published])


def _explorer_frame(panels: Panels, v: View) -> None:
    w = v.words("explorer")
    _outcome_frame(panels, v)
    fund = panels[1]
    fund.set_xlim(0, 6)
    fund.set_ylim(0, 100)
    label(fund, w["fund_multiple"], w["chance"])
    legend(fund, [Key(w["fund"], "c1"), Key(w["paid_in"], "muted", options={"ls": ":"})])


def _outcome_draw(panels: Panels, v: View) -> None:
    w, m = v.words("outcomes"), v.result.metrics
    outcome = panels[0]
    x = np.arange(4)
    bars(outcome, x, PERCENT * v.data["model"], "c1", width=0.5)
    point(outcome, x, PERCENT * v.data["published"], "c2", marker="D", ms=7)
    for xi, share in zip(x, v.data["model"], strict=True):
        note(outcome, xi + 0.28, PERCENT * share, write(share, "share"), xytext=(0, 1))
    key = "title_loses" if m["median_multiple"] < 1 else "title_keeps"
    message(
        outcome,
        w[key].format(
            median=write(m["median_multiple"], "multiple"),
            mean=write(m["mean_multiple"], "multiple"),
        ),
    )


def _explorer_draw(panels: Panels, v: View) -> None:
    w, m = v.words("explorer"), v.result.metrics
    _outcome_draw(panels, v)
    fund = panels[1]
    multiple, chance = v.data["fund"]
    seen = np.flatnonzero((multiple > -1) & (multiple <= 6.2))
    # as many points as can be told apart
    seen = seen[np.unique(np.linspace(0, len(seen) - 1, 200).astype(int))]
    line(fund, multiple[seen], PERCENT * chance[seen], "c1")
    line(fund, [1, 1], [0, 100], "muted", ls=":", lw=1.2)
    point(fund, 1, PERCENT * m["fund_loss_probability"], "c2", ms=7)
    message(
        fund,
        w["title_fund"].format(
            policy=v.label(v.result.chosen),
            n=write(v.a.fund_size, "count"),
            loss=write(m["fund_loss_probability"], "share_whole"),
        ),
    )


# ------------------------------------------------------------ who owns the company

_HOLDERS = {
    "founders": "c1", "pool": "c6", "angels": "c4", "partner": "ink", "first": "c2",
    "follow": "c3", "others": "grid",
}  # fmt: skip


def _cap_table_frame(panels: Panels, v: View) -> None:
    w = v.words("cap_table")
    (ax,) = panels
    ax.set_xlim(-0.6, 3.6)
    ax.set_xticks(range(4), w["rounds"])
    ax.tick_params(axis="x", labelcolor=PALETTE["ink"])
    ax.set_ylim(0, 100)
    label(ax, "", w["stake"])
    ax.set_xlabel(w["after"], loc="right")
    legend(ax, [Key(w[k], colour, "bar") for k, colour in _HOLDERS.items()])


def _cap_table_draw(panels: Panels, v: View) -> None:
    w = v.words("cap_table")
    (ax,) = panels
    stacked(ax, range(4), zip(PERCENT * v.data["stake"], _HOLDERS.values(), strict=True),
            width=0.62)  # fmt: skip
    stakes = dict(zip(_HOLDERS, v.data["stake"], strict=True))
    lows = np.cumsum(v.data["stake"], axis=0) - v.data["stake"]
    centred = {"xytext": (0, 0), "ha": "center", "va": "center"}
    for name, colour in (("founders", "paper"), ("others", "ink")):
        low = lows[list(_HOLDERS).index(name)]
        for xi, part in enumerate(stakes[name]):
            text = f"{write(part, 'share_whole')}%"
            y = PERCENT * (low[xi] + part / 2)
            note(ax, xi, y, text, color=PALETTE[colour], **centred)
    message(
        ax,
        w["title"].format(
            first=write(stakes["founders"][0], "share_whole"),
            last=write(stakes["founders"][-1], "share_whole"),
            post=write(v.data["post"][-1], "million"),
        ),
    )


# ------------------------------------------------------------ cash and runway


def _cash_frame(panels: Panels, v: View) -> None:
    w = v.words("cash")
    cash, seed = panels
    for ax, last, step in ((cash, 40, 5), (seed, 12, 1)):
        ax.set_xlim(-0.6, last + 0.6)
        ax.set_xticks(range(0, last + 1, step))
        label(ax, w["quarter"], w["money"])
    cash.set_ylim(0, 1.15 * v.a.raises[-1])
    seed.set_ylim(0, 2.5 * (v.a.cheque + v.a.others))
    legend(cash, [Key(w["cash"], "c6", "bar"), Key(w["round"], "c2", "point", {"marker": "^"})])
    legend(seed, [Key(w["cash"], "c6", "bar"), Key(w["loan"], "c1")])


def _cash_draw(panels: Panels, v: View) -> None:
    w, r = v.words("cash"), v.data
    cash, seed = panels
    closing, raised = r.lines["closing"], r.lines["later_rounds"]
    quarter = np.arange(len(closing))
    bars(cash, quarter, closing, "c6")
    rounds = np.flatnonzero(raised)
    point(cash, rounds, closing[rounds], "c2", marker="^", ms=7)
    lasts = v.a.tranche_quarter + r.lines["runway"][v.a.tranche_quarter]
    message(
        cash,
        w["title"].format(
            rounds=w["counts"][len(rounds)],
            runway=write(lasts, "count_exact"),
            stage=write(round(v.a.stage_quarters[0]), "quarters", with_unit=True),
        ),
    )
    early = slice(0, 13)
    bars(seed, quarter[early], closing[early], "c6")
    line(seed, quarter[early], r.lines["loan_balance"][early], "c1", drawstyle="steps-mid")
    paid = v.a.tranche_quarter
    message(
        seed,
        w["title_seed"].format(
            first=write((1 - v.a.tranche) * v.a.cheque, "amount"),
            second=write(v.a.tranche * v.a.cheque, "amount"),
            quarter=write(paid, "count"),
        ),
    )


# ------------------------------------------------------------ the exit waterfall


def _exits_frame(panels: Panels, v: View) -> None:
    w = v.words("exits")
    (ax,) = panels
    log_scale(ax, 10, 5000, [10, 30, 100, 300, 1000, 3000])
    ax.set_ylim(0, 75)
    label(ax, w["value"], w["share"])
    legend(ax, [Key(w["last"], "c1"), Key(w["first"], "c2"), Key(w["founders"], "c6")])


def _exits_draw(panels: Panels, v: View) -> None:
    w, d = v.words("exits"), v.data
    (ax,) = panels
    for name, colour in (("last", "c1"), ("first", "c2"), ("founders", "c6")):
        line(ax, d["value"], PERCENT * d[name] / d["value"], colour)
    for x, text, at in (
        (d["preferences"], w["preferences"], 73), (d["converts"].max(), w["all_convert"], 64),
    ):  # fmt: skip
        if 10 <= x <= 5000:
            line(ax, [x, x], [0, 75], "muted", ls=":", lw=1.2)
            note(ax, x, at, text, xytext=(-4, 0), ha="right", va="center")
    message(ax, w["title"].format(owed=write(d["preferences"], "million")))


# ------------------------------------------------------------ who gets to the next round


def _funnel_frame(panels: Panels, v: View) -> None:
    w = v.words("funnel")
    (ax,) = panels
    ax.set_xlim(-0.6, 2.6)
    ax.set_xticks(range(3), w["rounds"])
    ax.tick_params(axis="x", labelcolor=PALETTE["ink"])
    ax.set_ylim(0, 100)
    label(ax, w["reached"], w["share"])
    legend(
        ax,
        [
            Key(w["model"], "c1", "bar"),
            Key(w["carta"], "c2", "point", {"marker": "D"}),
            Key(w["cb_insights"], "c3", "point", {"marker": "^", "ms": 8}),
        ],
    )


def _funnel_draw(panels: Panels, v: View) -> None:
    w, d = v.words("funnel"), v.data
    (ax,) = panels
    x = np.arange(3)
    bars(ax, x, PERCENT * d["model"], "c1", width=0.5)
    for xi, share in zip(x, d["model"], strict=True):
        note(ax, xi + 0.28, PERCENT * share, write(share, "share_whole"), xytext=(0, 1))
    point(ax, x, PERCENT * d["carta"], "c2", marker="D", ms=7)
    point(ax, x[:1], PERCENT * d["cb_insights"], "c3", marker="^", ms=9)
    message(ax, w["title"].format(n=write(d["model"][2], "share_whole")))


# ------------------------------------------------------------ where the value is


def _concentration_frame(panels: Panels, v: View) -> None:
    w = v.words("concentration")
    (ax,) = panels
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 100)
    label(ax, w["top"], w["value"])
    legend(ax, [Key(w["model"], "c1"), Key(w["equal"], "muted", options={"ls": ":"})])


def _concentration_draw(panels: Panels, v: View) -> None:
    w, d = v.words("concentration"), v.data
    (ax,) = panels
    line(ax, PERCENT * d["top"], PERCENT * d["value"], "c1")
    line(ax, [0, 100], [0, 100], "muted", ls=":", lw=1.2)
    top = v.result.metrics["top_value"]
    point(ax, 5, PERCENT * top, "c2", ms=7)
    note(ax, 5, PERCENT * top, w["best"], xytext=(9, -3))
    message(ax, w["title"].format(share=write(top, "share_whole")))


# ------------------------------------------------------------ all now or in stages


def _staging_frame(panels: Panels, v: View) -> None:
    w = v.words("staging")
    committed, spent = panels
    for ax, y in ((committed, w["per_committed"]), (spent, w["per_spent"])):
        ax.set_xlim(0.8, 3.0)
        ax.set_ylim(0.5, 4.5)
        label(ax, w["step_up"], y)
        legend(ax, [Key(w["now"], "c2"), Key(w["staged"], "c1"), Key(w["milestone"], "c6")])


def _staging_draw(panels: Panels, v: View) -> None:
    w, d = v.words("staging"), v.data
    for ax, name, stop in zip(
        panels, ("per_committed", "per_spent"), ("stops", "stops_spent"), strict=True
    ):
        for row, colour in zip(d[name], ("c2", "c1", "c6"), strict=True):
            line(ax, d["step_up"], row, colour)
        low, high = ax.get_ylim()
        line(ax, [v.a.step_up[0]] * 2, [low, high], "muted", ls=":", lw=1.2)
        note(ax, v.a.step_up[0], low, w["base"], va="bottom", xytext=(4, 3))
        at = d[stop]
        if np.isnan(at):
            message(ax, w[f"title_{name}_none"])
            continue
        point(ax, at, np.interp(at, d["step_up"], d[name][0]), "ink")
        message(ax, w[f"title_{name}"].format(stop=write(at, "multiple")))


# ------------------------------------------------------------ three follow-on policies


def _policies_frame(panels: Panels, v: View) -> None:
    w = v.words("policies")
    names = [v.label(p) for p in POLICY]
    for ax, x, top in ((panels[0], w["multiple"], 4.0), (panels[1], w["loss"], 100)):
        rows(ax, names, 0.29)
        ax.set_xlim(0, top)
        label(ax, x, "")
    legend(
        panels[0],
        [Key(w["committed"], "c1", "bar"), Key(w["spent"], "c2", "point", {"marker": "D"})],
    )
    legend(panels[1], [Key(w["fund"], "c1", "bar"), Key(w["deal"], "c2", "point", {"marker": "D"})])


def _policies_draw(panels: Panels, v: View) -> None:
    w, d = v.words("policies"), v.data
    y = np.arange(3)
    for ax, wide, dot, by in (
        (panels[0], "multiple_committed", "multiple_spent", 1.0),
        (panels[1], "fund_loss_probability", "loss_probability", PERCENT),
    ):
        bars(ax, y, by * d[wide], "c1", width=0.5, across=True)
        point(ax, by * d[dot], y, "c2", marker="D", ms=7)
    best = list(POLICY)[int(np.argmax(d["multiple_committed"]))]
    message(
        panels[0],
        w["title"].format(
            policy=v.label(best), multiple=write(d["multiple_committed"].max(), "multiple")
        ),
    )
    message(
        panels[1],
        w["title_loss"].format(
            deal=write(d["loss_probability"].max(), "share_whole"),
            fund=write(d["fund_loss_probability"].min(), "share_whole"),
            n=write(v.a.fund_size, "count"),
        ),
    )


# ------------------------------------------------------------ the J-curve


def _j_frame(panels: Panels, v: View) -> None:
    w = v.words("j_curve")
    (ax,) = panels
    ax.set_xlim(0, 56)
    ax.set_xticks(range(0, 57, 8), [str(q // QUARTERS_A_YEAR) for q in range(0, 57, 8)])
    ax.set_ylim(-110, 260)
    zero_line(ax)
    label(ax, w["year"], w["money"])
    legend(ax, [Key(w["expected"], "c1"), Key(w["middle"], "c2"), Key(w["band"], "grid", "bar")])


def _j_draw(panels: Panels, v: View) -> None:
    w, d = v.words("j_curve"), v.data
    (ax,) = panels
    band(ax, d["quarter"], *(PERCENT * d[k] for k in ("low", "high")))
    for name, colour in (("expected", "c1"), ("middle", "c2")):
        line(ax, d["quarter"], PERCENT * d[name], colour)
    deepest = int(d["expected"].argmin())
    back = (d["expected"] >= 0) & (d["quarter"] > deepest)
    key = "title" if back.any() else "title_never"
    message(
        ax,
        w[key].format(
            deep=write(-d["expected"][deepest], "share_whole"),
            year=write(deepest / QUARTERS_A_YEAR, "count_exact", plain=True),
            back=write(np.argmax(back) / QUARTERS_A_YEAR, "count_exact", plain=True),
        ),
    )


# ------------------------------------------------------------ fund size


def _sizes_frame(panels: Panels, v: View) -> None:
    w = v.words("fund_sizes")
    (ax,) = panels
    ax.set_xlim(0, 62)
    ax.set_ylim(0, 100)
    label(ax, w["size"], w["loss"])
    legend(ax, [Key(w[p], c) for p, c in POLICY.items()])


def _sizes_draw(panels: Panels, v: View) -> None:
    w, d = v.words("fund_sizes"), v.data
    (ax,) = panels
    for row, colour in zip(d["loss"], POLICY.values(), strict=True):
        line(ax, d["size"], PERCENT * row, colour)
    m = v.result.metrics
    point(ax, v.a.fund_size, PERCENT * m["fund_loss_probability"], "ink")
    at = list(POLICY).index(v.result.chosen)
    message(
        ax,
        w["title"].format(
            one=write(d["loss"][at, 0], "share_whole"),
            many=write(d["loss"][at, -1], "share_whole"),
            n=write(d["size"][-1], "count"),
        ),
    )


# ------------------------------------------------------------ the price of a loan

_PARTS = {
    "funding": "c1", "cost": "c6", "capital": "c3", "expected_loss": "c2", "value_added_tax": "c4",
}  # fmt: skip


def _price_frame(panels: Panels, v: View) -> None:
    w = v.words("loan_price")
    (ax,) = panels
    rows(ax, [w["plain"], w["linked"]], 0.1)
    ax.set_xlim(0, 40)
    label(ax, w["rate"], "")
    quote = Key(w["asked"], "ink", "line", {"ls": "--", "lw": 1.2})
    legend(ax, [*(Key(w[k], c, "bar") for k, c in _PARTS.items()), quote])


def _price_draw(panels: Panels, v: View) -> None:
    w, d = v.words("loan_price"), v.data
    (ax,) = panels
    forms = ("plain", "linked")
    parts = (
        (PERCENT * np.array([d[form][name] for form in forms]), colour)
        for name, colour in _PARTS.items()
    )
    stacked(ax, range(2), parts, width=0.5, across=True)
    for yi, form in enumerate(forms):
        rate = d[form]["total"]
        note(
            ax,
            40,
            yi,
            write(rate, "rate_round", with_unit=True),
            ha="right",
            va="center",
            xytext=(0, 0),
        )
    line(ax, [PERCENT * v.a.loan_rate] * 2, [-0.6, 1.6], "ink", ls="--", lw=1.2)
    message(
        ax,
        w["title"].format(
            plain=write(d["plain"]["total"], "rate_round"),
            linked=write(d["linked"]["total"], "rate_round"),
        ),
    )


# ------------------------------------------------------------ how much warrant


def _cover_frame(panels: Panels, v: View) -> None:
    w = v.words("cover")
    (ax,) = panels
    ax.set_xlim(0, 60)
    ax.set_ylim(0, 40)
    label(ax, w["coverage"], w["rate"])
    legend(
        ax,
        [
            Key(w["break_even"], "c1"),
            Key(w["kept"], "c6"),
            Key(w["asked"], "ink", options={"ls": "--", "lw": 1.2}),
        ],
    )


def _cover_draw(panels: Panels, v: View) -> None:
    w, d = v.words("cover"), v.data
    (ax,) = panels
    for name, colour in (("kept", "c6"), ("rate", "c1")):
        line(ax, PERCENT * d["coverage"], PERCENT * d[name], colour)
    asked = v.a.loan_rate
    line(ax, [0, 60], [PERCENT * asked] * 2, "ink", ls="--", lw=1.2)
    rate = v.result.metrics["break_even_linked"]
    point(ax, PERCENT * v.a.coverage, PERCENT * rate, "c2", ms=7)
    note(ax, PERCENT * v.a.coverage, PERCENT * rate, w["here"], xytext=(7, 4))
    needed = d["needed"]
    key = "title"
    if np.isnan(needed):
        key = "title_dear" if d["least"] > asked else "title_free"
    else:
        point(ax, PERCENT * needed, PERCENT * asked, "ink")
    message(
        ax,
        w[key].format(
            rate=write(asked, "rate"),
            needed=write(needed, "share_whole"),
            least=write(d["least"], "rate_round"),
        ),
    )


# ------------------------------------------------------------ what the mean hangs on


def _tornado_frame(panels: Panels, v: View) -> None:
    w = v.words("tornado")
    (ax,) = panels
    names = [w["names"][row[0]] for row in v.data]
    rows(ax, names, 0.31)
    mean = v.result.metrics["mean_multiple"]
    ax.set_xlim(0.3 * mean, 1.7 * mean)
    label(ax, w["multiple"], "")
    legend(ax, [Key(w["low"], "c2", "bar"), Key(w["high"], "c1", "bar")])


def _tornado_draw(panels: Panels, v: View) -> None:
    w = v.words("tornado")
    (ax,) = panels
    mean = v.result.metrics["mean_multiple"]
    specs = v.a.spec.assumptions
    names, *between, at_low, at_high = zip(*v.data, strict=True)
    ends = at_low, at_high
    swings(ax, mean, *ends, ("c2", "c1"))
    for y, name in enumerate(names):
        for value, at in ((between[0][y], ends[0][y]), (between[1][y], ends[1][y])):
            right = at >= mean
            note(
                ax, at, y, write(value, specs[name].unit, plain=True), fontsize=8, va="center",
                ha="left" if right else "right", xytext=(3 if right else -3, 0),
            )  # fmt: skip
    line(ax, [mean] * 2, [-0.6, len(v.data) - 0.4], "ink", lw=1.0, ls="-")
    top = bare(w["names"][v.data[0][0]])  # without its unit
    message(ax, w["title"].format(first=top, mean=write(mean, "multiple")))


# ------------------------------------------------------------ the sum against a simulation


def _futures_frame(panels: Panels, v: View) -> None:
    w = v.words("futures")
    (ax,) = panels
    _bucket_axis(ax, v.words("outcomes"), w["share"])
    legend(
        ax,
        [
            Key(w["exact"], "c6", "bar"),
            Key(w["simulated"], "c2", "point", {"marker": "_", "ms": 11, "mew": 2}),
        ],
    )


def _futures_draw(panels: Panels, v: View) -> None:
    w, d = v.words("futures"), v.data
    (ax,) = panels
    x = np.arange(4)
    bars(ax, x, PERCENT * d["exact"], "c6", width=0.5)
    for xi, low, high in zip(x, d["low"], d["high"], strict=True):
        line(ax, [xi, xi], [PERCENT * low, PERCENT * high], "c2", ls="-", lw=3)
    point(ax, x, PERCENT * d["share"], "c2", marker="_", ms=14, mew=2)
    gap = np.abs(d["exact"] - d["share"]).max()
    message(ax, w["title"].format(n=f"{d['n']:,}", gap=write(gap, "share_points")))


CHARTS = Gallery(
    {
        "explorer": Chart("explorer", _explorer_frame, _explorer_draw, (1.7, 1.7)),
        "outcomes": Chart("outcomes", _outcome_frame, _outcome_draw, (1.8,)),
        "cap_table": Chart("cap_table", _cap_table_frame, _cap_table_draw, (2.3,)),
        "cash": Chart("cash", _cash_frame, _cash_draw, (1.5, 1.5)),
        "exits": Chart("exits", _exits_frame, _exits_draw, (2.2,)),
        "funnel": Chart("funnel", _funnel_frame, _funnel_draw, (1.9,)),
        "concentration": Chart("concentration", _concentration_frame, _concentration_draw, (2.0,)),
        "staging": Chart("staging", _staging_frame, _staging_draw, (1.8, 1.8)),
        "policies": Chart("policies", _policies_frame, _policies_draw, (1.2, 1.2)),
        "j_curve": Chart("j_curve", _j_frame, _j_draw, (2.2,)),
        "fund_sizes": Chart("fund_sizes", _sizes_frame, _sizes_draw, (2.0,)),
        "loan_price": Chart("loan_price", _price_frame, _price_draw, (1.1,)),
        "cover": Chart("cover", _cover_frame, _cover_draw, (1.9,)),
        "tornado": Chart("tornado", _tornado_frame, _tornado_draw, (2.6,)),
        "futures": Chart("futures", _futures_frame, _futures_draw, (1.7,)),
    }
)
