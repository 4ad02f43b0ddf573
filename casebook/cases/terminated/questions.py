"""Case 5, what its page asks of a run: the studies behind the figures, and the findings.

Months are counted from default here, and backwards from it where it is asked what leaving earlier
would have saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import loans, profitability, shape
from ...shape import Array, SingleRun, drawer, tornado_rows
from ...timevalue import MONTHS_A_YEAR
from . import expectations, performing, run, ways_out
from .record import BRANCHES, ENFORCE, FORCED, SETTLE, WAYS, Terminated

#: For so many more years a sound client would have stayed that a rule drives away.
ALARM_YEARS = 5


def ways(r: SingleRun[Terminated]) -> dict[str, Array]:
    """Expected value, its 10th and 90th percentile, and the all-in value, each (way,).

    CNY million at default.
    """
    names = {"value": "expected_value", "low": "low", "high": "high", "all_in": "expected_all_in"}
    return {k: r.all_metrics[m][:, 0] for k, m in names.items()}


def offers(r: SingleRun[Terminated], points: int = 101) -> dict[str, Array]:
    """Value of settling, plain and all in, by the offer as a share of the claim; each (offer,).

    CNY million at default, of the likely path.
    """
    a = r.assumptions
    share = np.linspace(0.0, 1.0, points)
    likely = np.full((4, points), 0.5)
    out = ways_out.path(a, np.ones(points), np.zeros(points), likely, offer=share)
    return {"offer": share, "value": out.value[SETTLE], "all_in": out.all_in[SETTLE]}


def timing(
    r: SingleRun[Terminated], months: Sequence[int] = tuple(range(4, 25))
) -> dict[str, Array]:
    """Expected recovery by enforcement, nominal and economic, by months to judgment.

    Shares of the exposure at default, each (months to judgment,).
    """
    a = r.assumptions
    by_month = [expectations.expected(a.replace(judgment_months=m)) for m in months]
    ead = r.metrics["ead"]
    return {
        "months": np.asarray(months, float),
        "nominal": np.array([e.nominal[ENFORCE] for e in by_month]) / ead,
        "economic": np.array([e.value[ENFORCE] for e in by_month]) / ead,
    }


def exits(r: SingleRun[Terminated], earliest: int = 30) -> dict[str, Any]:
    """What leaving m months before default would have saved, m = 0 … earliest; each (m,).

    The bank asks for its money back at m. Another bank takes the loan over with the chance
    (cover - 1) / (cover of the good years - 1), held in [0, 1]; else the plant is sold in order,
    as far as m leaves the time for it, and by enforcement for the rest. Saved is
    X_m (1 + FTP)^(m/12) - sum of service paid since, with the same interest and less value-added
    tax - value of enforcing.
    """
    a = r.assumptions
    c = performing.clean(a)
    m = np.arange(min(earliest, c.default - 1) + 1)
    at = c.default - m
    forced = float(r.all_metrics["expected_value"][ENFORCE, 0])
    balance = c.balance[at]
    plant = a.orderly_share * a.collateral_value * (1.0 - a.sale_cost) + c.cash[at]
    ready = np.minimum(m / a.orderly_months, 1.0)
    sold = ready * np.minimum(plant, balance) + (1.0 - ready) * forced
    refinanced = np.clip((c.cover[at] - 1.0) / (a.cover - 1.0), 0.0, 1.0)
    back = np.where(m > 0, refinanced * balance + (1.0 - refinanced) * sold, forced)
    worth = (1.0 + a.ftp) ** (np.arange(len(c.balance))[::-1] / MONTHS_A_YEAR)
    net = c.interest - profitability.value_added_tax(c.interest, a.vat_on_interest)
    later = np.cumsum(((net + c.principal) * worth)[::-1])  # service from month t on
    since = np.concatenate([[0.0], later])[m]
    saved = back * worth[at] - since - forced
    weak = np.flatnonzero(c.cover < a.exit_cover)
    rule = min(int(c.default - max(weak[0], 1)), int(m[-1]))
    return {
        "months": m, "saved": saved, "back": back, "balance": balance, "refinanced": refinanced,
        "best": int(m[saved.argmax()]), "rule": rule, "cover": c.cover[at],
    }  # fmt: skip


def lifetime(r: SingleRun[Terminated]) -> dict[str, Any]:
    """Profit after tax by year from the first drawing, of the chosen way, and its running sum.

    Each (year,), CNY million, before the hurdle on capital.
    """
    a = r.assumptions
    profit = r.lines["economic_profit_line"] - r.lines["capital_charge"]
    year = run.by_year(a, profit)
    return {"year": np.arange(1, len(year) + 1), "profit": year, "sum": np.cumsum(year)}


def priority(r: SingleRun[Terminated]) -> dict[str, Array]:
    """Who is paid what from the debtor's assets on the base path, by the two forced ways.

    Each (forced way,), CNY million.
    """
    forced = [r.alternative(WAYS[w]).lines for w in FORCED]
    names = {"sale_costs": "sale_costs", "preferred": "preferred", "bank": "to_bank",
             "others": "to_others"}  # fmt: skip
    return {k: np.array([-lines[v].sum() for lines in forced]) for k, v in names.items()}


def book(r: SingleRun[Terminated], months: int = 36) -> dict[str, NDArray[Any]]:
    """Gross amount, allowance and capital held by month after default, of the chosen way.

    Each (month,), CNY million.
    """
    default = _default(r)
    names = ("gross", "allowance", "capital_held")
    part = {k: r.lines[k][default : default + months + 1] for k in names}
    return {"month": np.arange(months + 1), **part}


def timeline(r: SingleRun[Terminated]) -> dict[str, Any]:
    """The bank's cash since default and its legal claim, by month after default, chosen way.

    Each (month,), CNY million.
    """
    default = _default(r)
    cash = np.cumsum((r.lines["recovered"] + r.lines["costs"])[default:])
    return {"month": np.arange(len(cash)), "cash": cash, "claim": r.lines["claim"][default:]}


def _default(r: SingleRun[Terminated]) -> int:
    """The month in which the loan is called."""
    return r.assumptions.missed_month + r.assumptions.cure_months


def futures(r: SingleRun[Terminated], n: int = 20_000, seed: int = 20261130) -> dict[str, Any]:
    """Economic LGD of enforcement in n simulated futures, beside the quadrature.

    `lgd` and `value` are (scenario,); `error` is 1.96 standard errors of the mean value.
    """
    many = run.simulate(r.assumptions, run.sample(r.assumptions, n, seed))
    value = many.all_metrics["value"][ENFORCE]
    return {
        "lgd": many.all_metrics["lgd"][ENFORCE],
        "value": value,
        "mean": float(many.all_metrics["lgd"][ENFORCE].mean()),
        "expected": float(r.all_metrics["expected_lgd"][ENFORCE, 0]),
        "planned": float(r.alternative("enforce").metrics["lgd"]),
        "error": float(1.96 * value.std() / np.sqrt(n)),
        "beats": float((value > r.all_metrics["value"][SETTLE, 0]).mean()),
        "n": n,
    }


#: What the sensitivities move, from … to: what two careful people might disagree about.
TORNADO = {
    "collateral_value": (36.0, 60.0),
    "market_share": (0.62, 0.82),
    "judgment_months": (6, 24),
    "discount_rate": (0.05, 0.12),
    "decay": (0.001, 0.01),
    "guarantor_chance": (0.0, 1.0),
    "legal_cost": (0.02, 0.08),
    "prior_tax": (0.0, 5.0),
    "auction_cut": (0.1, 0.2),
}


def tornado(r: SingleRun[Terminated]) -> dict[str, Any]:
    """Expected value of enforcing with one assumption at a time moved to either end.

    `rows`: (assumption, low, high, value at each), as `tornado_rows` gives them; CNY million.
    """
    a = r.assumptions
    rows = tornado_rows(a, TORNADO, lambda other: expectations.expected(other).value[ENFORCE])
    return {"rows": rows, "base": float(r.all_metrics["expected_value"][ENFORCE, 0])}


def least(a: Terminated) -> dict[str, float]:
    """The lowest offer worth taking, `plain` and `all_in`, and the `offer`; CNY million."""
    ead = performing.clean(a).ead
    t = expectations.thresholds(a, expectations.expected(a), ead)
    return {"plain": t.settle, "all_in": t.settle_all_in, "offer": a.settlement_offer * ead}


def turning_point(a: Terminated, name: str, measure: str = "all_in") -> float:
    """The value of an assumption at which the answer to the offer turns; NaN if it does not.

    measure: "all_in" or "plain". The search is that of `shape.turning_point`.
    """

    def take(other: Terminated) -> bool:
        """Whether the offer is worth taking there."""
        at = least(other)
        return at["offer"] >= at[measure]

    return shape.turning_point(a, name, take)


def turning(r: SingleRun[Terminated]) -> dict[str, Any]:
    """The lowest offer worth taking by discount rate and by months to judgment; where it turns.

    `rate`, `months` with `plain` and `all_in` of each, CNY million; `at`: where the answer turns.
    """
    a = r.assumptions
    out: dict[str, Any] = {"rate": np.linspace(0.0, 0.15, 31), "months": np.arange(4, 25)}
    for name, field in (("rate", "discount_rate"), ("months", "judgment_months")):
        rows = [least(a.replace(**{field: x})) for x in out[name].tolist()]
        for measure in ("plain", "all_in"):
            out[f"{name}_{measure}"] = np.array([row[measure] for row in rows])
    out["offer"] = least(a)["offer"]
    out["at"] = {
        "plain": turning_point(a, "discount_rate", "plain"),
        "all_in": turning_point(a, "discount_rate"),
        "months": turning_point(a, "judgment_months"),
    }
    return out


def search(a: Terminated) -> dict[str, float]:
    """What it is worth to know about the guarantor before answering, CNY million, all in.

    `found`, `lost`: the lowest offer worth taking if his assets are there or not; `value`: the
    better way in each, by its chance, less the better way without knowing.
    """
    both = [expectations.expected(a.replace(guarantor_chance=x)).all_in for x in (1.0, 0.0)]
    chance, two = a.guarantor_chance, [ENFORCE, SETTLE]
    known = chance * both[0][two].max() + (1.0 - chance) * both[1][two].max()
    found, lost = (least(a.replace(guarantor_chance=x))["all_in"] for x in (1.0, 0.0))
    blind = expectations.expected(a).all_in[two].max()
    return {"found": found, "lost": lost, "value": float(known - blind)}


def planned_exit(r: SingleRun[Terminated]) -> dict[str, float]:
    """A sound client that leaves a month before this one failed: fee and lifetime profit.

    It prepays what it owes, with the fee; the allowance that was held for it is released. Formula:
    `loans.prepay`. CNY million; `left` is what is owed after it.
    """
    a, last = r.assumptions, r.assumptions.missed_month - 1
    plan = loans.equal_principal(a.principal, a.rate / MONTHS_A_YEAR, a.term)
    left = loans.prepay(plan, last, plan.closing[last - 1], fee_rate=a.prepayment_fee)
    fee = float(left.fee.sum())
    net = fee - profitability.value_added_tax(fee, a.vat_on_interest)
    released = float(r.lines["allowance"][last])
    profit = r.metrics["clean_profit"] + (1.0 - a.tax) * (net + released)
    return {"fee": fee, "profit": profit, "left": float(left.closing[-1])}


def findings(r: SingleRun[Terminated]) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a = r.assumptions
    e, out, many = expectations.expected(a), exits(r), futures(r)
    enforce, settle = r.alternative("enforce").metrics, r.alternative("settle").metrics
    slower = expectations.expected(a.replace(judgment_months=min(a.judgment_months + 3, 24)))
    years = lifetime(r.alternative("enforce"))["profit"]
    sound = planned_exit(r)
    chances = dict(zip(BRANCHES, e.branches[:, 0], strict=True))
    # "clean" years end before the missed payment
    clean = years[: (a.missed_month - 1) // MONTHS_A_YEAR]
    at = dict(zip(out["months"].tolist(), out["saved"].tolist(), strict=True))
    return {
        **{f"chance_{k}": float(v) for k, v in chances.items()},
        "on_time": a.delay_probabilities[0],
        "first_reserve": a.first_reserve * a.collateral_value,
        "second_reserve": a.first_reserve * (1.0 - a.auction_cut) * a.collateral_value,
        "penalty_rate": a.rate * (1.0 + a.penalty),
        "missed_short": float(
            performing.clean(a).service[a.missed_month] - performing.clean(a).cash[a.missed_month]
        ),
        "buffer": performing.clean(a).buffer,
        "instalment": float(performing.clean(a).service[a.missed_month]),
        "saved_twelve": at[12],
        "saved_rule": at[out["rule"]],
        "rule_months": float(out["rule"]),
        "saved_best": float(out["saved"].max()),
        "best_months": float(out["best"]),
        "loss": r.metrics["ead"] - enforce["expected_value"],
        "plan_above_expectation": enforce["value"] - enforce["expected_value"],
        "offer_below_plain": enforce["settle_break_even"] - settle["settlement"],
        "offer_above_all_in": settle["settlement"] - enforce["settle_all_in"],
        "timing_and_capital": enforce["settle_break_even"] - enforce["settle_all_in"],
        "settle_gain": settle["expected_all_in"] - enforce["expected_all_in"],
        "quarter_value": float(e.value[ENFORCE] - slower.value[ENFORCE]),
        "gap_money": float(e.nominal[ENFORCE] - e.value[ENFORCE]),
        "least_clean_year": float(clean.min()),
        "most_clean_year": float(clean.max()),
        "clean_years": float(len(clean)),
        "sound_fee": sound["fee"],
        "sound_profit": sound["profit"],
        "simulated_lgd": many["mean"],
        "beats": many["beats"],
        "scenarios": float(many["n"]),
        "claim_growth": enforce["claim_when_paid"] - r.metrics["ead"],
        **_turns(r, out),
    }


def _turns(r: SingleRun[Terminated], out: dict[str, Any]) -> dict[str, float]:
    """The findings that ask where the answer turns, and what another rule or court would do."""
    a, settle = r.assumptions, r.alternative("settle").metrics
    enforce = r.alternative("enforce").metrics
    fastest = a.replace(judgment_months=int(a.spec.assumptions["judgment_months"].low))
    own, untaxed = (run.simulate(a.replace(**x)).metrics["clean_raroc"] for x in (
        {"approach": "irb"}, {"vat_on_interest": 0.0}))  # fmt: skip
    guarantor, soon = search(a), least(a.replace(settle_months=1))
    clean = performing.clean(a)
    years = r.metrics["clean_year"] * ALARM_YEARS
    many = run.simulate(a, run.sample(a, 20_000, 20261130)).all_metrics["all_in"]
    return {
        "turn_discount": turning_point(a, "discount_rate"),
        "turn_discount_plain": turning_point(a, "discount_rate", "plain"),
        "turn_months": turning_point(a, "judgment_months"),
        "turn_collateral": turning_point(a, "collateral_value"),
        "turn_market": turning_point(a, "market_share"),
        "turn_guarantor": turning_point(a, "guarantor_chance"),
        "turn_old_tax": turning_point(a, "prior_tax"),
        "fast_months": float(fastest.judgment_months),
        "fast_plain": least(fastest)["plain"],
        "fast_all_in": least(fastest)["all_in"],
        "provided_all_in": least(a.replace(tax_timing="provided"))["all_in"],
        "irb_all_in": least(a.replace(approach="irb"))["all_in"],
        "irb_raroc": own,
        "no_vat_raroc": untaxed,
        "found_all_in": guarantor["found"],
        "lost_all_in": guarantor["lost"],
        "search_value": guarantor["value"],
        "rule_chance": float(out["refinanced"][out["rule"]]),
        "alarms": float(np.floor(out["saved"][out["rule"]] / years)) if years > 0 else np.nan,
        "regret": enforce["all_in"] - settle["all_in"],
        "beats_all_in": float((many[ENFORCE] > settle["all_in"]).mean()),
        "sooner": enforce["settle_all_in"] - soon["all_in"],
        "forced_gap": enforce["expected_value"]
        - r.alternative("bankruptcy").metrics["expected_value"],
        "vat_lifetime": -float(r.lines["value_added_tax"].sum()),
        "penalty_accrued": float(
            (clean.accrued[1:] - a.rate / MONTHS_A_YEAR * clean.balance[:-1]).sum()
        ),
    }


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Terminated]], Any]] = {
    "explorer": timeline,
    "ways": ways,
    "offers": offers,
    "timing": timing,
    "exits": exits,
    "lifetime": lifetime,
    "priority": priority,
    "book": book,
    "futures": futures,
    "tornado": tornado,
    "turning": turning,
}

figure = drawer(__package__, FIGURES)
