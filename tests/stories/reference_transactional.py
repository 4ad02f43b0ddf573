"""Case 2, transactional, written a second time by somebody who had not read the first.

An independent validation: plain scalar Python from the chapter, the assumptions' labels and the
formulas of the Basel Committee; nothing of `casebook` is imported. `a` is any object that carries
the assumptions as attributes. Money in CNY million, flows at month end, month 0 is the drawdown.
"""

from __future__ import annotations

from itertools import pairwise
from math import exp, floor, log, pi, sqrt
from typing import Any

from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm

FORMS = ("bullet", "equal_principal", "level", "flexible", "revolving")
WIDEST = 6.0  # standard deviations of the log sales level that are looked at


def sales(a: Any, slip: int, level: float, month: int) -> float:
    """Sales of one month: none up to the launch, then a straight ramp to full volume."""
    since = month - (a.launch_month + slip)
    if since <= 0:
        return 0.0
    return a.units * a.price * level * min(1.0, since / a.ramp_months)


def operations(a: Any, slip: int, level: float, month: int) -> tuple[float, float]:
    """(collections, all other cash of the business) of one month."""
    lag = a.collection_days / 30.0
    whole = floor(lag)
    part = lag - whole
    collected = (1.0 - part) * sales(a, slip, level, month - whole)
    collected += part * sales(a, slip, level, month - whole - 1)
    project = 0.0
    if month <= a.launch_month:
        project = a.development
    elif month <= a.launch_month + slip:
        project = a.development * a.slip_burn
    goods = a.cost_of_sales * sales(a, slip, level, month)
    return collected, a.existing_business - goods - a.fixed_cost - project


def planned(a: Any, form: str, month: int) -> float:
    """What may still be owed at the end of a month without a payment being late."""
    if month >= a.tenor:
        return 0.0
    if form == "equal_principal":
        return a.principal * (1.0 - month / a.tenor)
    if form == "level":
        i = a.rate / 12.0
        return a.principal * (1.0 - (1.0 + i) ** (month - a.tenor)) / (1.0 - (1.0 + i) ** -a.tenor)
    return a.principal


def run(a: Any, form: str, slip: int, level: float) -> dict[str, Any]:
    """The firm and its loan month by month: lists from month 0, and what is read off them."""
    revolving = form == "revolving"
    fee = a.arrangement_fee * a.principal
    # Bills of the planned development that the bank pays itself, until the loan is used up.
    bills = [0.0] * (a.tenor + 1)
    for t in range(1, min(a.launch_month, a.tenor - 1) + 1):
        bills[t] = min(a.entrusted * a.development, a.principal - fee - sum(bills))
    draw = a.principal - sum(bills)
    if revolving:
        draw = min(a.principal, fee + max(a.sweep_floor - a.opening_cash, 0.0))
    cash, owed, arrears = a.opening_cash + draw - fee, draw, 0.0
    months: dict[str, list[float]] = {
        "cash": [cash],
        "balance": [owed],
        "arrears": [0.0],
        "accrued": [0.0],
        "commitment": [0.0],
        "due": [0.0],
        "paid": [0.0],
        "principal": [0.0],
        "sweep": [0.0],
        "draw": [draw],
        "leaked": [0.0],
        "collections": [0.0],
        "short": [0.0],
    }
    first, headroom, at_default = -1, float("inf"), 0.0
    for t in range(1, a.tenor + 1):
        collected, other = operations(a, slip, level, t)
        have = cash + collected + other
        late = max(owed - planned(a, form, t - 1), 0.0) + arrears
        accrued = (owed + arrears + a.penalty_surcharge * late) * a.rate / 12.0
        commitment = (a.principal - owed) * a.commitment_fee / 12.0 if revolving else 0.0
        interest_due = arrears + accrued + commitment
        bill = bills[t] if first < 0 and not revolving else 0.0
        principal_due = max(owed + bill - planned(a, form, t), 0.0)
        due = interest_due + principal_due
        room = a.principal - owed if revolving and t < a.tenor else 0.0
        # unpaid bills are no missed payment where nothing is due to the bank
        at_stake = due > 1e-9
        headroom = min(headroom, have + room + bill - due) if at_stake else headroom
        draw = min(max(due + a.sweep_floor - have, 0.0), room) + bill
        have += draw
        # Bills come first: what they lack is lacking to the bank as well.
        short = due - have if at_stake else 0.0
        paid = min(interest_due, max(have, 0.0))
        principal = min(principal_due, max(have, 0.0) - paid)
        have -= paid + principal
        owed += draw - principal
        arrears = interest_due - paid
        sweep = 0.0
        if revolving or (form == "flexible" and t >= a.sweep_start):
            share = 1.0 if revolving else a.sweep_share
            sweep = min(share * max(have - a.sweep_floor, 0.0), owed)
        have -= sweep
        owed -= sweep
        leaked = a.leakage * max(have - a.cash_floor, 0.0)
        cash = have - leaked
        if short > 1e-9 * a.principal and first < 0:
            first, at_default = t, owed + arrears
        for name, x in (
            ("cash", cash),
            ("balance", owed),
            ("arrears", arrears),
            ("accrued", accrued),
            ("commitment", commitment),
            ("due", due),
            ("paid", paid),
            ("principal", principal),
            ("sweep", sweep),
            ("draw", draw),
            ("leaked", leaked),
            ("collections", collected),
            ("short", max(short, 0.0)),
        ):
            months[name].append(x)
    return months | {
        "first_missed": first,
        "headroom": min(headroom, 10.0 * a.principal),
        "at_default": at_default,
        "total_interest": sum(months["accrued"]),
        "lowest_cash": min(months["cash"]),
        "average_balance": sum(months["balance"][:-1]) / a.tenor,
    }


def scan(a: Any, form: str, slip: int) -> list[tuple[float, float, bool]]:
    """Where on the z axis (level = exp(s z - s^2 / 2)) payments are missed: (from, to, missed).

    The least headroom is walked over a grid; a valley above zero or a hill below it is looked
    into, and each change of sign is closed in on.
    """

    def headroom(z: float) -> float:
        return run(a, form, slip, level_at(a, z))["headroom"] + 1e-9 * a.principal

    steps = round(5 * WIDEST)
    points = [(i / 5.0, headroom(i / 5.0)) for i in range(-steps, steps + 1)]
    found = []
    for (z0, h0), (_, h1), (z2, h2) in zip(points, points[1:], points[2:], strict=False):
        side = 1.0 if h1 > 0.0 else -1.0
        if min(side * h0, side * h2) > side * h1 > 0.0:
            turn = minimize_scalar(
                lambda z, s=side: s * headroom(z),
                bounds=(z0, z2),
                method="bounded",
                options={"xatol": 1e-6},
            )
            if turn.fun < 0.0:
                found.append((float(turn.x), headroom(turn.x)))
    points = sorted(points + found)
    cuts = [-WIDEST]
    for (z0, h0), (z1, h1) in pairwise(points):
        if (h0 < 0.0) != (h1 < 0.0):
            cuts.append(brentq(headroom, z0, z1, xtol=1e-10))
    cuts.append(WIDEST)
    return [(low, high, headroom((low + high) / 2.0) < 0.0) for low, high in pairwise(cuts)]


def level_at(a: Any, z: float) -> float:
    """The sales level z standard deviations from the middle; its mean is one."""
    return exp(a.sales_volatility * z - a.sales_volatility**2 / 2.0)


def probability(a: Any, form: str, *, losses: bool = True) -> dict[str, float]:
    """Chance of a missed payment, PD, and expected loss, over launch slip x sales level.

    The balance at default is what is still owed, interest in arrears included, at the end of the
    first month in which a payment fell short, so after the firm has paid all it had.
    """
    missed = exposure = 0.0
    for slip, chance in enumerate(a.slip_probabilities):
        for low, high, miss in scan(a, form, slip):
            if not miss:
                continue
            lower = -float("inf") if low == -WIDEST else low
            upper = float("inf") if high == WIDEST else high
            missed += chance * float(norm.cdf(upper) - norm.cdf(lower))
            if losses:
                exposure += chance * _owed(a, form, slip, low, high)
    pd = missed * (1.0 - a.cure)
    lgd = a.lgd * (1.0 - a.guarantee_worth) if a.guarantee == "given" else a.lgd
    return {"missed": missed, "pd": pd, "expected_loss": (1.0 - a.cure) * lgd * exposure}


def _owed(a: Any, form: str, slip: int, low: float, high: float) -> float:
    """Integral of the balance at default over z from low to high, where every path misses."""

    def at(z: float) -> dict[str, Any]:
        return run(a, form, slip, level_at(a, z))

    edges = [low]  # the balance jumps where the first missed month changes
    pieces = max(8, int((high - low) / 0.1))
    grid = [low + (high - low) * i / pieces for i in range(pieces + 1)]
    for z0, z1 in pairwise(grid):
        month0, month1 = at(z0 + 1e-9)["first_missed"], at(z1 - 1e-9)["first_missed"]
        if month0 != month1:
            left, right = z0, z1
            for _ in range(30):
                middle = (left + right) / 2.0
                if at(middle)["first_missed"] == month0:
                    left = middle
                else:
                    right = middle
            edges.append(left)
    edges.append(high)
    return sum(
        quad(lambda z: at(z)["at_default"] * norm_pdf(z), z0, z1, epsabs=1e-5, epsrel=1e-4)[0]
        for z0, z1 in pairwise(edges)
    )


def norm_pdf(z: float) -> float:
    return exp(-z * z / 2.0) / sqrt(2.0 * pi)


def basel_capital(pd: float, lgd: float, turnover: float) -> float:
    """K per unit of exposure for a company, maturity one year, PD not below 0.05%.

    Basel Committee, CRE31.5 (correlation and maturity factor), CRE31.9 (turnover in EUR million).
    """
    pd = max(pd, 0.0005)
    if pd >= 1.0:
        return 0.0
    weight = (1.0 - exp(-50.0 * pd)) / (1.0 - exp(-50.0))
    correlation = 0.12 * weight + 0.24 * (1.0 - weight)
    correlation -= 0.04 * (1.0 - (min(max(turnover, 5.0), 50.0) - 5.0) / 45.0)
    b = (0.11852 - 0.05478 * log(pd)) ** 2
    stress = norm.ppf(pd) + sqrt(correlation) * norm.ppf(0.999)
    maturity = (1.0 + (1.0 - 2.5) * b) / (1.0 - 1.5 * b)
    return float(lgd * (norm.cdf(stress / sqrt(1.0 - correlation)) - pd) * maturity)


def all_in_cost(a: Any, path: dict[str, Any]) -> float:
    """Yearly effective rate at which all the bank pays and receives is worth nothing.

    What is owed at maturity counts as received there. NaN where no rate does it.
    """
    flows = [
        paid + principal + sweep - draw
        for paid, principal, sweep, draw in zip(
            path["paid"], path["principal"], path["sweep"], path["draw"], strict=True
        )
    ]
    flows[0] += a.arrangement_fee * a.principal
    flows[-1] += path["balance"][-1] + path["arrears"][-1]

    def worth(rate: float) -> float:
        return sum(x / (1.0 + rate) ** t for t, x in enumerate(flows))

    # A line that is drawn late has more than one such rate: the smallest is meant.
    low = 0.0
    for i in range(1, 201):
        high = (i / 200.0) ** 2
        if worth(low) > 0.0 >= worth(high):
            return (1.0 + brentq(worth, low, high, xtol=1e-15, rtol=1e-14)) ** 12 - 1.0
        low = high
    return float("nan")


def price(a: Any, form: str, *, pd: float, expected_loss: float) -> dict[str, float]:
    """The loan as the bank sees it, given its PD and expected loss, on the plan without a slip.

    Rates are yearly, profit is that of the whole life of the loan, capital is held all that life.
    """
    path = run(a, form, 0, 1.0)
    years = a.tenor / 12.0
    balance = path["average_balance"]
    kept = 1.0 - a.vat_on_interest
    lgd = a.lgd * (1.0 - a.guarantee_worth) if a.guarantee == "given" else a.lgd

    def weight(pd: float) -> float:
        if a.approach == "standardised":
            return float(a.standard_weight)
        return 12.5 * basel_capital(pd, lgd, a.turnover)

    undrawn = a.principal - balance if form == "revolving" else 0.0
    held = a.capital_ratio * (balance + a.conversion_factor * undrawn)
    fees = a.arrangement_fee * a.principal + sum(path["commitment"])
    haste = a.rush_cost * max(a.usual_days / a.approval_days - 1.0, 0.0)
    watching = a.servicing_cost * a.tenor

    def profit(rate: float, pd: float, loss: float, cost: float) -> float:
        income = kept * (rate * balance * years + fees) - a.ftp * balance * years
        hurdle = a.hurdle * years * held * weight(pd)
        return (income - loss - cost) * (1.0 - a.tax) - hurdle

    cost = a.origination_cost + haste + watching
    capital = held * weight(pd)
    income = kept * (a.rate * balance * years + fees) - a.ftp * balance * years
    earned = (income - expected_loss - cost) * (1.0 - a.tax)
    nan = float("nan")
    break_even = nan  # a line that is never drawn has no rate; the package gives it no RAROC either
    if balance > 0.0:
        break_even = brentq(lambda r: profit(r, pd, expected_loss, cost), -1e6, 1e6, xtol=1e-14)
    # A repaid client comes back each year, borrows at the market rate, and may be sent away.
    again = profit(
        a.market_rate,
        pd * a.repeat_pd,
        expected_loss * a.repeat_pd,
        a.origination_cost * a.repeat_cost + watching,
    )
    back = a.repeat * (1.0 - pd) / (1.0 + a.hurdle)
    repeat_value = max(again, 0.0) * back / (1.0 - back)
    slope = balance * years * kept * (1.0 - a.tax)

    # the quote at which winning is worth nothing
    least = break_even - repeat_value / slope if balance > 0.0 else nan

    def log_win(rate: float, days: float) -> float:
        odds = (rate - a.market_rate) / a.market_spread + a.day_weight * (days - a.usual_days)
        return -max(odds, 0.0) - log(1.0 + exp(-abs(odds)))

    def best(days: float) -> tuple[float, float]:
        """(quote, expected profit); the logarithm has the same peak and never underflows."""
        if not balance > 0.0:
            return nan, nan
        found = minimize_scalar(
            lambda above: -log(above) - log_win(least + above, days),
            bounds=(1e-12, max(a.market_rate - least, 0.0) + 40.0 * a.market_spread),
            method="bounded",
            options={"xatol": 1e-12},
        )
        quote = least + float(found.x)
        return quote, exp(log_win(quote, days)) * slope * float(found.x)

    alone = profit(a.rate, pd, expected_loss, cost)
    quote, expected = best(a.approval_days)
    chance = exp(log_win(a.rate, a.approval_days))
    return {
        "capital": capital,
        "raroc": earned / (capital * years) if capital * years > 1e-9 else nan,
        "economic_profit": alone,
        "break_even_rate": break_even,
        "repeat_value": repeat_value,
        "win_probability": chance,
        "expected_profit": chance * (alone + repeat_value),
        "best_quote": quote,
        "best_expected_profit": expected,
        "day_value": best(a.approval_days - 1)[1] - expected,
        "all_in_effective": all_in_cost(a, run(a, form, a.slip, 1.0)),
    }
