"""The money of one loan: what a term loan costs the bank, and what it must therefore bring.

Yearly, from the drawdown (year 0) to maturity. Four repayment forms of the same loan run side by
side; money is in CNY million, flows fall at year end, inflows are positive.

The client
    Draws the loan less an arrangement fee, then pays interest on the opening balance and principal
    by its form. The client's view is the contract, paid as agreed.
The risk
    h_t    PD of year t of a firm alive at its start, L + (PD - L) q^(t-1): a good firm drifts down
           to the long run L, a weak one that survives drifts up to it. S_t: chance alive after t.
    EAD_t  opening balance + the interest due. A default falls at year end, before the payment.
    LGD_t  on the part that the collateral covers, cover_t = min(V_t / EAD_t, 1), that of secured
           claims; on the rest that of unsecured ones. V_t: value after haircut and decay.
The lender
    Expected amounts: interest, funding and cost on S_(t-1); loss = S_(t-1) h_t LGD_t EAD_t.
    FTP    each repayment is funded at its own maturity on a curve that rises by the slope a year.
    Capital = K(h_t, LGD_t, M_t) x 12.5 x capital ratio x EAD_t x S_(t-1); M_t is the mean time of
    the payments left, weighted by them, as the Basel rules define it (held within 1..5 years).
    The break-even rate is that at which the loan, with everything that depends on the rate, has an
    economic profit of zero; over the life, years are added up as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import credit, loans, profitability, timevalue
from ..assumptions import Record, load
from ..cases.shape import (
    Array,
    Draws,
    Result,
    bisect,
    drawer,
    first_time,
    lender_view,
    many,
    residual,
    uniform_draws,
)

FORMS = ("bullet", "balloon", "level", "equal_principal")
#: The least PD that the final Basel III text lets a bank use.
PD_FLOOR = 0.0005


@dataclass(frozen=True)
class Loan(Record):
    """The assumptions of the model; data/models/loan.toml gives unit, range and reason."""

    # the offer
    principal: float
    tenor: int
    form: str
    balloon_share: float
    rate: float
    arrangement_fee: float
    other_income: float
    # the risk
    pd: float
    long_run_pd: float
    fade: float
    lgd: float
    collateral: float
    haircut: float
    decay: float
    secured_lgd: float
    # the bank
    ftp: float
    curve_slope: float
    turnover: float
    capital_ratio: float
    hurdle: float
    tax: float
    origination_cost: float
    servicing_cost: float


def assumptions(path: str | Path | None = None) -> Loan:
    """The base case, or your own loan's file of the same form (see data/README.md)."""
    return load(Loan, "loan", path, folder="models")


def sample(a: Loan, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): the year of default, the loss if there is one."""
    return uniform_draws(("default", "loss"), n, seed)


def simulate(a: Loan, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """Run the loan: its expected amounts, or the scenarios of `sample`.

    Every repayment form runs; the result shows the form of `a.form` first. A single run keeps all
    lines; many keep the client's lines named in `keep`.
    """
    e = _economics(a, a.rate)
    if d is None:
        return _single(a, e)
    return many(partial(_scenarios, a, e), sample(a, 1, 0), d, keep)


# ------------------------------------------------------------------------------- one rate


@dataclass(frozen=True)
class Economics:
    """The loan at one rate for each form. Years 1..n: (year, form); the whole life: (form,)."""

    rate: Array
    opening: Array
    interest: Array
    principal: Array
    closing: Array
    hazard: Array  # (year, 1)
    marginal: Array  # (year, 1): chance, seen from today, of a default in the year
    start: Array  # (year, 1): chance to be alive at the start of the year
    ead: Array
    lgd: Array
    maturity: Array
    weight: Array  # risk weight
    ftp: Array
    capital: Array  # expected, in the year
    # the whole life; balance and capital in CNY million x years
    balance: Array
    capital_years: Array
    fees: Array
    loss: Array
    cost: Array
    income: Array
    profit: Array


def _schedules(a: Loan, rate: Array) -> dict[str, Array]:
    """opening, interest, principal, closing, each (year, form)."""
    # level payments are a balloon of nothing
    left = np.array([a.balloon_share * a.principal, 0.0])
    of = (
        loans.bullet(a.principal, rate[:1], a.tenor),
        loans.balloon(a.principal, rate[1:3], a.tenor, left),
        loans.equal_principal(a.principal, rate[3:], a.tenor),
    )
    return {
        line: np.concatenate([getattr(schedule, line) for schedule in of], axis=1)
        for line in ("opening", "interest", "principal", "closing")
    }


def hazards(a: Loan, pd: float | None = None, years: int | None = None) -> Array:
    """PD of each year of a firm alive at its start, (year,)."""
    first = a.pd if pd is None else pd
    year = np.arange(a.tenor if years is None else years)
    return a.long_run_pd + (first - a.long_run_pd) * a.fade**year


def _lgd(a: Loan, ead: Array) -> Array:
    """LGD of each year from what the collateral covers, shape of `ead`."""
    year = np.arange(1, a.tenor + 1)[:, None]
    value = a.collateral * a.principal * (1 - a.haircut) * (1 - a.decay) ** year
    cover = np.minimum(value / ead, 1.0)
    return cover * min(a.secured_lgd, a.lgd) + (1 - cover) * a.lgd


def _maturity(payment: Array) -> Array:
    """Mean time of the payments left at the start of each year, weighted by them, in years.

    Source: Basel framework, CRE32: M = sum t CF_t / sum CF_t (read in a secondary copy).
    """
    left = np.cumsum(np.maximum(payment, 0)[::-1], axis=0)[::-1]
    return np.cumsum(left[::-1], axis=0)[::-1] / left


def _economics(a: Loan, rate: float | Array) -> Economics:
    rate = np.broadcast_to(np.asarray(rate, float), len(FORMS))
    s = _schedules(a, rate)
    opening, interest = s["opening"], s["interest"]
    hazard = hazards(a)[:, None]
    marginal = credit.marginal_pd(hazard)
    start = np.concatenate([np.ones((1, 1)), np.cumprod(1 - hazard, axis=0)[:-1]])
    ead = opening + interest
    lgd = _lgd(a, ead)
    maturity = _maturity(interest + s["principal"])
    weight = credit.irb_risk_weight(hazard, lgd, maturity, a.turnover, pd_floor=PD_FLOOR)
    capital = start * weight * a.capital_ratio * ead
    year = np.arange(1, a.tenor + 1)
    factors = (1 + a.ftp + a.curve_slope * (year - 1)) ** -year.astype(float)
    ftp = profitability.funds_transfer_price(opening, s["principal"], factors)
    balance = (start * opening).sum(axis=0)
    fees = a.arrangement_fee * a.principal + a.other_income * start.sum()
    loss = credit.lifetime_ecl(np.broadcast_to(marginal, ead.shape), lgd, ead, 0.0)
    cost = a.origination_cost + a.servicing_cost * start.sum()
    income = (rate - ftp) * balance + fees
    capital_years = capital.sum(axis=0)
    profit = profitability.economic_profit(
        income, loss, cost, capital_years, tax=a.tax, hurdle=a.hurdle
    )
    whole = [np.broadcast_to(x, len(FORMS)) for x in (fees, loss, cost)]
    return Economics(
        rate, **s, hazard=hazard, marginal=marginal, start=start, ead=ead, lgd=lgd,
        maturity=maturity, weight=weight, ftp=ftp, capital=capital, balance=balance,
        capital_years=capital_years, fees=whole[0], loss=whole[1], cost=whole[2], income=income,
        profit=profit,
    )  # fmt: skip


def break_even(a: Loan, start: Economics | None = None) -> Economics:
    """The loan at the rate of each form at which its economic profit is zero.

    Balances, loss, maturity and capital depend a little on the rate, so the formula that holds them
    is a first step; the secant method does the rest.
    """
    old = start or _economics(a, a.rate)
    step = profitability.break_even_rate(
        old.balance, old.ftp, old.loss, old.cost, old.capital_years, fees=old.fees, tax=a.tax,
        hurdle=a.hurdle,
    )  # fmt: skip
    new = _economics(a, step)
    for _ in range(12):
        if np.abs(new.profit).max() <= 1e-10 * a.principal:
            break
        rise = new.profit - old.profit
        slope = (new.rate - old.rate) / np.where(rise == 0, 1.0, rise)
        old, new = new, _economics(a, new.rate - new.profit * np.where(rise == 0, 0.0, slope))
    return new


# ------------------------------------------------------------------------------- the result


def _from_zero(first: Any, line: Array) -> Array:
    """A line of years 1..n with its value of year 0 before it, (year, form or 1, 1)."""
    head = np.broadcast_to(np.asarray(first, float), (1, line.shape[1]))
    return np.concatenate([head, line])[..., None]


def _single(a: Loan, e: Economics) -> Result:
    even = break_even(a, e)
    fee = a.arrangement_fee * a.principal
    zero = np.zeros((1, len(FORMS)))
    lines = {
        "draw": _from_zero(a.principal, 0 * e.opening),
        "fee": _from_zero(-fee, 0 * e.opening),
        "interest_paid": _from_zero(zero, -e.interest),
        "principal_paid": _from_zero(zero, -e.principal),
        "balance": _from_zero(a.principal, e.closing),
        "alive": _from_zero(1.0, e.start * (1 - e.hazard)),
        "hazard": _from_zero(0.0, e.hazard),
        "exposure": _from_zero(0.0, e.ead),
        "lgd_line": _from_zero(0.0, e.lgd),
        "capital_line": _from_zero(0.0, e.capital),
    }
    lines["client_flow"] = sum(lines[k] for k in ("draw", "fee", "interest_paid", "principal_paid"))
    other = _from_zero(zero, a.other_income * e.start + 0 * e.ead)
    once = _from_zero(fee, 0 * e.ead)
    statement = lender_view(
        interest=_from_zero(zero, e.start * e.interest),
        fees=once + other,
        funding=_from_zero(zero, e.ftp * e.start * e.opening),
        cost=_from_zero(a.origination_cost, a.servicing_cost * e.start + 0 * e.ead),
        loss=_from_zero(zero, e.marginal * e.lgd * e.ead),
        capital=lines["capital_line"],
        tax=a.tax,
        hurdle=a.hurdle,
    )
    statement |= {"fee_income": once, "other_line": other}
    lines |= statement
    paid = e.interest + e.principal
    received = e.start * (1 - e.hazard) * paid + e.marginal * (1 - e.lgd) * e.ead
    lines["expected_flow"] = _from_zero(fee - a.principal, received)
    raroc = profitability.raroc(e.income, e.loss, e.cost, e.capital_years, tax=a.tax)
    stack = {
        "funding_points": even.ftp,
        "loss_points": even.loss / even.balance,
        "capital_points": even.capital_years * a.hurdle / (1 - a.tax) / even.balance,
        "cost_points": even.cost / even.balance,
        "fee_points": -even.fees / even.balance,
    }
    profit = statement["economic_profit_line"]
    total = np.cumsum(profit[..., 0], axis=0)
    ahead = total >= 0
    # the first year from which the loan stays ahead
    lasting = np.flip(np.minimum.accumulate(np.flip(ahead, axis=0), axis=0), axis=0)
    alive = e.start * (1 - e.hazard)
    metrics = {
        "all_in": timevalue.irr(lines["client_flow"][..., 0]),
        "expected_yield": timevalue.irr(lines["expected_flow"][..., 0]),
        "ftp_rate": e.ftp,
        "margin": e.rate - e.ftp,
        "average_life": e.opening.sum(axis=0) / a.principal,
        "cumulative_pd": e.marginal.sum(axis=0),
        "first_lgd": e.lgd[0],
        "risk_weight": e.weight[0],
        "expected_loss": e.loss,
        "cost": e.cost,
        "capital": e.capital_years / e.start.sum(),
        "raroc": raroc,
        "economic_profit": e.profit,
        "value_at_hurdle": timevalue.npv(a.hurdle, profit[..., 0]),
        "break_even_rate": even.rate,
        "spare": e.rate - even.rate,
        "even_year": first_time(lasting),
        **stack,
    }
    # the same expected balance once by its own roll and once by survival
    rolled = (
        np.cumsum(e.start * e.interest - received - e.marginal * e.lgd * e.ead, axis=0)
        + a.principal
    )
    money = sum(
        statement[k] for k in ("interest_income", "fee_income", "other_line", "funding",
                               "operating_cost", "expected_loss_charge", "tax", "capital_charge")
    )  # fmt: skip
    contract = np.concatenate([np.full((1, len(FORMS)), -a.principal), paid])
    checks = {
        "contract_rolls": residual(e.opening - e.principal - e.closing, e.closing[-1]),
        "months_join": residual(e.opening[1:] - e.closing[:-1]),
        "worth_what_was_lent": residual(timevalue.npv(a.rate, contract)),
        "expected_loan_rolls": residual(rolled - alive * e.closing),
        "chances_sum_to_one": residual(e.marginal.sum(axis=0) + alive[-1] - 1),
        "loss_is_lifetime_loss": residual(statement["expected_loss_charge"].sum(0)[:, 0] + e.loss),
        "statement_foots": residual(money - profit),
        "profit_foots": residual(
            profit.sum(axis=0)[:, 0] - (raroc - a.hurdle) * e.capital_years
        ),
        "break_even_is_zero_profit": residual(even.profit),
        "stack_adds_up": residual(sum(stack.values()) - even.rate),
    }  # fmt: skip
    return Result(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        single=True,
        all_lines=lines,
        all_metrics={k: np.asarray(v)[:, None] for k, v in metrics.items()},
        all_events={"default": np.full((1, 1), -1), "repaid": np.full((1, 1), a.tenor)},
        checks=checks,
        largest_balance=float(e.ead.max()),
    )


def _scenarios(a: Loan, e: Economics, d: Draws, keep: Sequence[str]) -> Result:
    """Each scenario repays as agreed or defaults in one year and loses a share of what is owed.

    The share is U^((1 - LGD) / LGD), a beta distribution whose mean is the LGD of the year.
    """
    n = len(d["default"])
    year = np.searchsorted(np.cumsum(e.marginal[:, 0]), d["default"], side="right")
    default = year < a.tenor
    at = np.minimum(year, a.tenor - 1)  # the last year in which interest is earned, from zero
    lgd = e.lgd[at].T  # (form, scenario)
    share = np.where(default, d["loss"] ** ((1 - lgd) / lgd), 0.0)
    loss = share * e.ead[at].T
    fee = a.arrangement_fee * a.principal
    earned = np.cumsum((e.rate - e.ftp) * e.opening + a.other_income - a.servicing_cost, axis=0)
    result = earned[at].T + fee - a.origination_cost - loss
    lines: dict[str, Array] = {}
    if keep:
        paying = np.arange(a.tenor)[:, None, None] < year
        parts = {
            "interest_paid": -e.interest[..., None] * paying,
            "principal_paid": -e.principal[..., None] * paying,
        }
        taken = np.zeros((a.tenor, len(FORMS), n))
        columns = np.flatnonzero(default)
        taken[year[columns], :, columns] = -(e.ead[at].T - loss)[:, columns].T
        parts["recovered"] = taken
        first = np.zeros((1, len(FORMS), n))
        lines = {k: np.concatenate([first, v]) for k, v in parts.items()}
        lines["client_flow"] = sum(lines.values())
        lines["client_flow"][0] = a.principal - fee
        lines = {k: v for k, v in lines.items() if k in keep}
    when = np.where(default, year + 1, -1)[None]
    contract = residual(e.opening - e.principal - e.closing, e.closing[-1])
    return Result(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        single=False,
        all_lines=lines,
        all_metrics={
            "default": default[None],
            "default_year": when,
            "loss": loss,
            "lender_result": result,
        },
        all_events={"default": when, "repaid": np.where(default, -1, a.tenor)[None]},
        checks={"contract_rolls": contract},
        largest_balance=float(e.ead.max()),
        scenarios=n,
    )


# ------------------------------------------------------------------------------- the questions


def price_stack(r: Result) -> dict[str, Array]:
    """What the break-even rate is made of, each (form,), as an annual rate on the balance."""
    parts = ("funding_points", "cost_points", "capital_points", "loss_points", "fee_points")
    names = {k.removesuffix("_points"): r.all_metrics[k][:, 0] for k in parts}
    return names | {"total": r.all_metrics["break_even_rate"][:, 0]}


def _break_even(a: Loan) -> float:
    return float(break_even(a).rate[FORMS.index(a.form)])


def _profit(a: Loan) -> float:
    return float(_economics(a, a.rate).profit[FORMS.index(a.form)])


def turning_point(a: Loan, name: str) -> float:
    """The value of one assumption, nearest to its own, at which economic profit is zero.

    All others stay. NaN where the allowed range holds no such value. By bisection, to a
    millionth of the range.
    """
    spec = a.spec.assumptions[name]
    here, now = getattr(a, name), _profit(a)
    ends = [x for x in (spec.low, spec.high) if _profit(a.replace(**{name: x})) * now < 0]
    if not ends:
        return np.nan
    far = min(ends, key=lambda x: abs(x - here))
    return bisect(lambda x: _profit(a.replace(**{name: x})) * now > 0, here, far, 24)


#: What may turn a loan, in the order of the figure.
LEVERS = (
    "rate", "other_income", "pd", "collateral", "principal", "origination_cost", "capital_ratio",
    "hurdle", "ftp",
)  # fmt: skip


def levers(r: Result) -> dict[str, Any]:
    """For each lever the value now, the value that brings economic profit to zero (NaN: none in
    the allowed range), and how far that is, as a share of the value now."""
    a = r.assumptions.replace(form=r.chosen)
    now = {name: float(getattr(a, name)) for name in LEVERS}
    turns = {name: turning_point(a, name) for name in LEVERS}
    move = {k: turns[k] / now[k] - 1 if now[k] else np.nan for k in LEVERS}
    return {"now": now, "turns": turns, "move": move}


def survival(
    r: Result, pds: Sequence[float] = (0.002, 0.015, 0.08), years: int = 10
) -> dict[str, Any]:
    """PD of each year and chance to be alive, for three first-year PDs, each (pd, year)."""
    rows = np.stack([hazards(r.assumptions, pd, years) for pd in pds])
    alive = np.cumprod(1 - rows, axis=1)
    return {
        "pd": np.asarray(pds),
        "year": np.arange(1, years + 1),
        "hazard": rows,
        "alive": alive,
        "average": 1 - alive ** (1 / np.arange(1, years + 1)),
    }


def capital_curve(r: Result) -> dict[str, Array]:
    """Risk weight by PD at this maturity, (pd,): a large firm, this firm, secured as here."""
    a = r.assumptions
    pd = np.geomspace(0.0005, 0.2, 60)
    secured = float(r.metrics["first_lgd"])
    largest = a.spec.assumptions["turnover"].high
    m = float(_economics(a, a.rate).maturity[0, FORMS.index(r.chosen)])

    def weight(lgd: float, turnover: float) -> Array:
        return np.asarray(credit.irb_risk_weight(pd, lgd, m, turnover, pd_floor=PD_FLOOR))

    return {
        "pd": pd,
        "large": weight(a.lgd, largest),
        "small": weight(a.lgd, a.turnover),
        "secured": weight(secured, a.turnover),
        "loss": pd * a.lgd,
        "here": weight(secured, a.turnover)[np.abs(np.log(pd / a.pd)).argmin()],
    }


def collateral_curve(
    r: Result, pds: Sequence[float] = (0.005, 0.015, 0.05), points: int = 13
) -> dict[str, Array]:
    """Break-even rate by collateral value, of the loan, for three PDs, (pd, collateral)."""
    a = r.assumptions.replace(form=r.chosen)
    value = np.linspace(0.0, a.spec.assumptions["collateral"].high, points)
    rates = [
        [_break_even(a.replace(pd=float(pd), collateral=float(v))) for v in value] for pd in pds
    ]
    return {"pd": np.asarray(pds), "collateral": value, "break_even": np.asarray(rates)}


def price_by_size(
    r: Result,
    sizes: Sequence[float] = tuple(np.geomspace(1, 100, 13)),
    tenors: Sequence[int] = (1, 3, 5, 10),
) -> dict[str, Array]:
    """Break-even rate by size and tenor of the chosen form, (tenor, size)."""
    a = r.assumptions.replace(form=r.chosen)
    rates = [[_break_even(a.replace(principal=float(s), tenor=t)) for s in sizes] for t in tenors]
    return {
        "size": np.asarray(sizes, float),
        "tenor": np.asarray(tenors),
        "break_even": np.asarray(rates),
    }


def outcomes(r: Result) -> dict[str, Array]:
    """What the bank has earned, before tax and the hurdle, if the firm defaults in a year.

    `result` is (form, year), at the average loss of that year; `chance` (year,); the last entry of
    each is the loan that is repaid.
    """
    a = r.assumptions
    e = _economics(a, a.rate)
    yearly = (e.rate - e.ftp) * e.opening + a.other_income - a.servicing_cost
    first = a.arrangement_fee * a.principal - a.origination_cost
    earned = first + np.cumsum(yearly, axis=0)
    lost = earned - e.lgd * e.ead
    return {
        "result": np.concatenate([lost, earned[-1:]]).T,
        "chance": np.append(e.marginal[:, 0], 1 - e.marginal.sum()),
    }


def by_year(r: Result) -> dict[str, Array]:
    """Economic profit of each year and in total, and RAROC of each year from the first, (year,)."""
    a, x = r.assumptions, r.lines
    before_tax = (x["economic_profit_line"] - x["capital_charge"])[1:]
    return {
        "profit": x["economic_profit_line"],
        "total": np.cumsum(x["economic_profit_line"]),
        "raroc": before_tax / x["capital_line"][1:],
        "hurdle": a.hurdle,
    }


def explorer(r: Result) -> dict[str, Any]:
    """What the two panels of the explorer show: the price of each form, profit by year."""
    return {"price": price_stack(r), "years": by_year(r)}


def futures(r: Result, n: int = 20_000, seed: int = 20260601) -> dict[str, Any]:
    """A seeded Monte Carlo: mean result and share of losses, each (form,), beside the expected."""
    many = simulate(r.assumptions, sample(r.assumptions, n, seed))
    result = many.all_metrics["lender_result"]
    o = outcomes(r)
    return {
        "mean": result.mean(axis=1),
        "error": result.std(axis=1) / np.sqrt(n),
        "expected": o["result"] @ o["chance"],
        "loses": (result < 0).mean(axis=1),
        "default": float(many.all_metrics["default"].mean()),
        "n": n,
    }


def findings(r: Result) -> dict[str, float]:
    """The numbers that the page states, each with its unit in data/models/loan.toml."""
    a, m = r.assumptions.replace(form=r.chosen), r.metrics
    turns = levers(r)["turns"]
    plain, covered = (_break_even(a.replace(collateral=x)) for x in (0.0, 1.0))
    graded = {
        pd: [_break_even(a.replace(pd=pd, collateral=x)) for x in (0.0, 1.0)]
        for pd in (0.005, 0.05)
    }
    size = price_by_size(r, (1.0, 5.0, 100.0), (1, 5, 10))["break_even"]
    o, s, y = outcomes(r), survival(r), by_year(r)
    mine = o["result"][FORMS.index(r.chosen)]
    bullet, equal = (r.alternative(f).metrics for f in ("bullet", "equal_principal"))
    large = a.spec.assumptions["turnover"].high
    many = futures(r)
    return {
        **{f"turn_{k}": v for k, v in turns.items()},
        "pd_fall": a.pd - turns["pd"],
        "rate_rise": turns["rate"] - a.rate,
        "collateral_worth": plain - covered,
        "collateral_worth_good": graded[0.005][0] - graded[0.005][1],
        "collateral_worth_weak": graded[0.05][0] - graded[0.05][1],
        "unsecured_rate": plain,
        "size_worth": _break_even(a.replace(turnover=large)) - m["break_even_rate"],
        "small_rate": float(size[1, 0]),
        "middle_rate": float(size[1, 1]),
        "large_rate": float(size[1, 2]),
        "small_short_rate": float(size[0, 0]),
        "large_short_rate": float(size[0, 2]),
        "large_long_rate": float(size[2, 2]),
        "form_gap": bullet["break_even_rate"] - equal["break_even_rate"],
        "bullet_raroc": bullet["raroc"],
        "repaid_result": float(mine[-1]),
        "first_year_result": float(mine[0]),
        "last_year_result": float(mine[-2]),
        "bullet_last_result": float(o["result"][0, -2]),
        "loans_eaten": float(-mine[0] / mine[-1]),
        "repaid_chance": float(o["chance"][-1]),
        "good_average": float(s["average"][0, 4]),
        "weak_average": float(s["average"][2, 4]),
        "good_pd": float(s["pd"][0]),
        "weak_pd": float(s["pd"][2]),
        "weak_alive": float(s["alive"][2, 4]),
        "first_raroc": float(y["raroc"][0]),
        "last_raroc": float(y["raroc"][-1]),
        "year_zero": float(y["profit"][0]),
        "simulated_loses": float(many["loses"][FORMS.index(r.chosen)]),
        "simulated_gap": float(
            np.abs(many["mean"] - many["expected"])[FORMS.index(r.chosen)]
        ),
        "scenarios": float(many["n"]),
    }  # fmt: skip


# ------------------------------------------------------------------------------- the pictures

#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.loan.
FIGURES = {
    "explorer": explorer,
    "price": price_stack,
    "survival": survival,
    "capital": capital_curve,
    "outcomes": outcomes,
    "years": by_year,
    "collateral": collateral_curve,
    "size": price_by_size,
    "turn": levers,
}

figure = drawer("loan", FIGURES)
