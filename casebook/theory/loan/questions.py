"""What the pages of the loan ask of a run, and the numbers that they state.

What a price is made of, which single assumption would turn the loan, how PD, collateral, size and
tenor move the price, and what a default in a given year leaves of the money earned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ... import credit, profitability, shape
from ...shape import Array, SingleRun, drawer
from . import economics, run
from .record import FORMS, Loan


def price_stack(r: SingleRun[Loan]) -> dict[str, Array]:
    """What the break-even rate is made of, each (form,), as an annual rate on the balance."""
    parts = (
        "funding_points", "cost_points", "capital_points", "loss_points", "vat_points",
        "fee_points",
    )  # fmt: skip
    names = {k.removesuffix("_points"): r.all_metrics[k][:, 0] for k in parts}
    return names | {"total": r.all_metrics["break_even_rate"][:, 0]}


def _break_even(a: Loan) -> float:
    """The break-even rate a year of the chosen form."""
    return float(economics.break_even(a).rate[FORMS.index(a.form)])


def _profit(a: Loan) -> float:
    """The economic profit of the chosen form over its life, CNY million."""
    return float(economics.of(a, a.rate).profit[FORMS.index(a.form)])


def turning_point(a: Loan, name: str) -> float:
    """The value of one assumption at which economic profit is zero, as `shape.turning_point`."""
    return shape.turning_point(a, name, lambda x: _profit(x) > 0)


#: A market in which loan rates fall faster than what the bank pays for funding, a year.
RATE_FALL, FUNDING_FALL = 0.0025, 0.001
#: What may turn a loan, in the order of the figure.
LEVERS = (
    "rate", "other_income", "pd", "collateral", "principal", "origination_cost", "capital_ratio",
    "hurdle", "ftp",
)  # fmt: skip


def levers(r: SingleRun[Loan]) -> dict[str, Any]:
    """How far each lever is from turning the loan: lever -> number, under three names.

    `now`: its value; `turns`: the value that brings economic profit to zero, NaN where the allowed
    range holds none; `move`: how far that is, as a share of the value now.
    """
    a = r.assumptions.replace(form=r.chosen)
    now = {name: float(getattr(a, name)) for name in LEVERS}
    turns = {name: turning_point(a, name) for name in LEVERS}
    move = {k: turns[k] / now[k] - 1 if now[k] else np.nan for k in LEVERS}
    return {"now": now, "turns": turns, "move": move}


def survival(
    r: SingleRun[Loan], pds: Sequence[float] = (0.002, 0.015, 0.08), years: int = 10
) -> dict[str, Any]:
    """PD of each year and chance to be alive, for three first-year PDs, each (pd, year)."""
    rows = np.stack([economics.hazards(r.assumptions, pd, years) for pd in pds])
    alive = np.cumprod(1 - rows, axis=1)
    return {
        "pd": np.asarray(pds),
        "year": np.arange(1, years + 1),
        "hazard": rows,
        "alive": alive,
        "average": 1 - alive ** (1 / np.arange(1, years + 1)),
    }


def capital_curve(r: SingleRun[Loan]) -> dict[str, Array]:
    """Risk weight by PD at this maturity, (pd,): a large firm, this firm, secured as here."""
    a = r.assumptions
    pd = np.geomspace(credit.PD_FLOOR, 0.2, 60)
    secured = float(r.metrics["first_lgd"])
    largest = a.spec.assumptions["turnover"].high
    maturity = float(economics.of(a, a.rate).maturity[0, FORMS.index(r.chosen)])

    def weight(lgd: float, turnover: float) -> Array:
        return np.asarray(
            credit.irb_risk_weight(pd, lgd, maturity, turnover, pd_floor=credit.PD_FLOOR)
        )

    return {
        "pd": pd,
        "large": weight(a.lgd, largest),
        "small": weight(a.lgd, a.turnover),
        "secured": weight(secured, a.turnover),
        "loss": pd * a.lgd,
        "here": weight(secured, a.turnover)[np.abs(np.log(pd / a.pd)).argmin()],
    }


def collateral_curve(
    r: SingleRun[Loan], pds: Sequence[float] = (0.005, 0.015, 0.05), points: int = 13
) -> dict[str, Array]:
    """Break-even rate by collateral value, of the loan, for three PDs, (pd, collateral)."""
    a = r.assumptions.replace(form=r.chosen)
    value = np.linspace(0.0, a.spec.assumptions["collateral"].high, points)
    rates = [
        [_break_even(a.replace(pd=float(pd), collateral=float(v))) for v in value] for pd in pds
    ]
    return {"pd": np.asarray(pds), "collateral": value, "break_even": np.asarray(rates)}


def price_by_size(
    r: SingleRun[Loan],
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


def outcomes(r: SingleRun[Loan]) -> dict[str, Array]:
    """What the bank has earned, before tax and the hurdle, if the firm defaults in a year.

    `result` is (form, year), at the average loss of that year; `chance` (year,); the last entry of
    each is the loan that is repaid.
    """
    a = r.assumptions
    quoted = economics.of(a, a.rate)
    fee = a.arrangement_fee * a.principal
    first = fee - profitability.value_added_tax(fee, a.vat_on_interest) - a.origination_cost
    earned = first + np.cumsum(economics.yearly(a, quoted), axis=0)
    lost = earned - quoted.lgd * quoted.ead
    return {
        "result": np.concatenate([lost, earned[-1:]]).T,
        "chance": np.append(quoted.marginal[:, 0], 1 - quoted.marginal.sum()),
    }


def by_year(r: SingleRun[Loan]) -> dict[str, Any]:
    """Economic profit of each year and in total, and RAROC of each year from the first, (year,)."""
    a, lines = r.assumptions, r.lines
    after_tax = (lines["economic_profit_line"] - lines["capital_charge"])[1:]
    return {
        "profit": lines["economic_profit_line"],
        "total": np.cumsum(lines["economic_profit_line"]),
        "raroc": after_tax / lines["capital_line"][1:],
        "hurdle": a.hurdle,
    }


def explorer(r: SingleRun[Loan]) -> dict[str, Any]:
    """What the two panels of the explorer show: the price of each form, profit by year."""
    return {"price": price_stack(r), "years": by_year(r)}


def futures(r: SingleRun[Loan], n: int = 20_000, seed: int = 20260601) -> dict[str, Any]:
    """A seeded Monte Carlo: mean result and share of losses, each (form,), beside the expected."""
    lives = run.simulate(r.assumptions, run.sample(r.assumptions, n, seed))
    result = lives.all_metrics["lender_result"]
    planned = outcomes(r)
    return {
        "mean": result.mean(axis=1),
        "error": result.std(axis=1) / np.sqrt(n),
        "expected": planned["result"] @ planned["chance"],
        "loses": (result < 0).mean(axis=1),
        "default": float(lives.all_metrics["default"].mean()),
        "n": n,
    }


def findings(r: SingleRun[Loan]) -> dict[str, float]:
    """The numbers that the page states, each with its unit in data/models/loan.toml."""
    a, m = r.assumptions.replace(form=r.chosen), r.metrics
    turns = levers(r)["turns"]
    plain, covered = (_break_even(a.replace(collateral=x)) for x in (0.0, 1.0))
    graded = {
        pd: [_break_even(a.replace(pd=pd, collateral=x)) for x in (0.0, 1.0)]
        for pd in (0.005, 0.05)
    }
    size = price_by_size(r, (1.0, 5.0, 100.0), (1, 5, 10))["break_even"]
    ends, grades, years = outcomes(r), survival(r), by_year(r)
    mine = ends["result"][FORMS.index(r.chosen)]
    bullet, equal = (r.alternative(f).metrics for f in ("bullet", "equal_principal"))
    large = a.spec.assumptions["turnover"].high
    lives = futures(r)
    # a market in which loans become cheaper faster than the bank's own funding
    squeezed = run.simulate(a.replace(rate=a.rate - RATE_FALL, ftp=a.ftp - FUNDING_FALL)).metrics
    return {
        "rate_fall": RATE_FALL,
        "funding_fall": FUNDING_FALL,
        "squeezed_raroc": squeezed["raroc"],
        "squeezed_spare": squeezed["spare"],
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
        "bullet_last_result": float(ends["result"][0, -2]),
        "loans_eaten": float(-mine[0] / mine[-1]),
        "repaid_chance": float(ends["chance"][-1]),
        "good_average": float(grades["average"][0, 4]),
        "weak_average": float(grades["average"][2, 4]),
        "good_pd": float(grades["pd"][0]),
        "weak_pd": float(grades["pd"][2]),
        "weak_alive": float(grades["alive"][2, 4]),
        "first_raroc": float(years["raroc"][0]),
        "last_raroc": float(years["raroc"][-1]),
        "year_zero": float(years["profit"][0]),
        "simulated_loses": float(lives["loses"][FORMS.index(r.chosen)]),
        "simulated_gap": float(
            np.abs(lives["mean"] - lives["expected"])[FORMS.index(r.chosen)]
        ),
        "scenarios": float(lives["n"]),
    }  # fmt: skip


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Loan]], Any]] = {
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

figure = drawer(__package__, FIGURES)
