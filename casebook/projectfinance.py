"""Project finance: debt sizing, cover ratios, and the cash waterfall with its reserves and tests.

Axis 0 is time, axis 1 the scenario; flows fall at period end; rates are per period. CFADS is the
cash flow available for debt service. Debt is drawn in full one period before cfads[0]. Money in one
currency; ratios are plain numbers, 1.3 for 1.3 times. Scalars in, Python float out. A bad argument
is a ValueError that names it, its value and what is allowed.

How much debt does a project bear at a DSCR of 1.3, and what if a year brings a tenth less cash?

>>> from casebook import loans, projectfinance
>>> cfads = [130.0, 130.0, 130.0]
>>> debt = projectfinance.sculpted_debt(cfads, dscr=1.3, rate=0.05)
>>> round(debt, 2)
272.32
>>> plan = loans.sculpted(cfads, dscr=1.3, rate=0.05)
>>> projectfinance.waterfall([117.0, 130.0, 130.0], plan, rate=0.05).dscr.round(2).tolist()
[1.17, 1.3, 1.3]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import Array, Numeric, choice, count, real, result, series, shape
from .loans import Schedule, sculpted
from .timevalue import OnError, Root, irr, npv

__all__ = [
    "Covenant",
    "Effect",
    "Event",
    "Measure",
    "Planned",
    "Sizing",
    "Waterfall",
    "dscr",
    "equity_irr",
    "llcr",
    "plcr",
    "project_irr",
    "reserve_target",
    "sculpted_debt",
    "size_debt",
    "waterfall",
]

Measure = Literal["dscr", "unpaid", "reserve_gap"]
Effect = Literal["lock_up", "sweep", "default"]


def __dir__() -> list[str]:
    return sorted(__all__)


# ---------------------------------------------------------------------------------------------
# Cover ratios


def dscr(cfads: ArrayLike, service: ArrayLike) -> Numeric:
    """Debt service cover ratio of each period, DSCR_t = CFADS_t / (interest_t + principal_t).

    Where nothing is due there is no ratio: the result is NaN there, never 0 or infinity.
    cfads: any; service >= 0; they broadcast, and the result has their common shape. Take minima
    with np.nanmin. Source: as `llcr`.
    """
    cfads, service = real("cfads", cfads), real("service", service, 0.0)
    shape(cfads=cfads, service=service)
    return result(_cover(cfads, service))


def _cover(cfads: Array, service: Array) -> Array:
    """The DSCR of checked arrays: in a loop over periods the checks would cost more than it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(cfads / service)
    nothing = service <= 0.0
    if nothing.any():
        ratio[np.broadcast_to(nothing, ratio.shape)] = np.nan
    return ratio


def llcr(
    cfads: ArrayLike,
    debt: ArrayLike,
    rate: ArrayLike,
    last_debt_period: int,
    *,
    reserve: ArrayLike = 0.0,
) -> Numeric:
    """Loan life cover ratio, (sum_{t <= L} CFADS_t / (1 + r)^t + reserve) / debt.

    debt > 0: outstanding one period before cfads[0], a scalar or (scenario,). last_debt_period: L,
    the number of the period in which the debt ends, counted from 1 (cfads[0] is period 1). reserve:
    cash in the DSRA, if the definition counts it. rate: of the debt, per period, constant, a scalar
    or (scenario,). cfads: (period,) or (period, scenario). Returns a float, or (scenario,). Source:
    E. R. Yescombe, Principles of Project Finance, 2nd ed. 2014, ch. 12 (from memory).
    """
    cfads = series("cfads", cfads)
    last = count("last_debt_period", last_debt_period, 1, len(cfads))
    debt, reserve = real("debt", debt, above=0.0), real("reserve", reserve, 0.0)
    value = np.asarray(_value(rate, cfads[:last]))
    shape(cfads=value, debt=debt, reserve=reserve)
    return result((value + reserve) / debt)


def plcr(
    cfads: ArrayLike, debt: ArrayLike, rate: ArrayLike, *, reserve: ArrayLike = 0.0
) -> Numeric:
    """Project life cover ratio: as `llcr`, over all of the project's CFADS.

    Arguments, shapes, errors and source: `llcr`. Returns a float, or (scenario,).
    """
    return llcr(cfads, debt, rate, len(series("cfads", cfads)), reserve=reserve)


def _value(rate: ArrayLike, flows: Array) -> Numeric:
    """Value one period before the first flow."""
    return npv(rate, flows) / (1.0 + real("rate", rate))


def project_irr(
    costs: ArrayLike, cfads: ArrayLike, *, root: Root = "nearest_zero", on_error: OnError = "raise"
) -> Numeric:
    """IRR per period of a whole project before financing: costs > 0 first, then CFADS.

    costs: (construction period,), cfads: (operating period,), either with a scenario axis. The
    first cost is at t = 0, cfads[0] one period after the last cost. Returns a float, or
    (scenario,). root, on_error, errors and warnings as in `timevalue.irr`.
    """
    costs, cfads = series("costs", costs, 0.0), series("cfads", cfads)
    form = shape(costs=costs[0], cfads=cfads[0])
    flows = [
        np.broadcast_to(line if line.ndim > len(form) else line[:, None], (len(line), *form))
        for line in (-costs, cfads)
    ]
    return irr(np.concatenate(flows), root=root, on_error=on_error)


def equity_irr(
    contributions: ArrayLike,
    distributions: ArrayLike,
    *,
    root: Root = "nearest_zero",
    on_error: OnError = "raise",
) -> Numeric:
    """IRR per period of the shareholders: contributions >= 0, distributions >= 0, same dates.

    Both (period,) or (period, scenario), from the first contribution on; the flow of a period is
    distribution - contribution. Returns a float, or (scenario,). ValueError also for unlike
    shapes; root, on_error, other errors and warnings as in `timevalue.irr`.
    """
    paid, received = (
        series("contributions", contributions, 0.0),
        series("distributions", distributions, 0.0),
    )
    if len(paid) != len(received) or paid.ndim != received.ndim:
        raise ValueError(
            f"contributions {paid.shape}, distributions {received.shape}: shapes do "
            "not match; the same periods, and scenarios in both or none, do"
        )
    shape(contributions=paid, distributions=received)
    return irr(received - paid, root=root, on_error=on_error)


# ---------------------------------------------------------------------------------------------
# Debt sizing


def sculpted_debt(cfads: ArrayLike, dscr: ArrayLike, rate: ArrayLike) -> Numeric:
    """Debt capacity, D = sum_t DS_t / (1 + r)^t, one period before cfads[0].

    DS_t is CFADS_t / DSCR; CFADS below zero carries none, and the cash after it makes good what was
    short before it carries more. Arguments, shapes, errors and source: `loans.sculpted`, whose
    schedule repays it. Returns a float, or (scenario,).
    """
    return result(sculpted(cfads, dscr, rate).opening[0])


@dataclass(frozen=True, slots=True)
class Sizing:
    """Debt and equity of a project at financial close; lines are (period,) or (period, scenario).

    Periods of the lines are those of construction. debt (money), gearing (a share), dscr and
    gearing_binds are one value, or one a scenario.
    uses = cost + interest + commitment_fee + arrangement_fee + reserve = draws + equity, period by
    period over construction; draws = gearing x uses. `dscr` is what the debt is sculpted to: the
    target, or more where the gearing cap binds. `repayment` is the schedule of the operating phase.
    """

    debt: Numeric
    gearing: Numeric
    dscr: Numeric
    gearing_binds: bool | NDArray[np.bool_]
    draws: Array
    equity: Array
    uses: Array
    interest: Array
    commitment_fee: Array
    arrangement_fee: Array
    reserve: Array
    repayment: Schedule


def size_debt(
    cfads: ArrayLike,
    dscr: ArrayLike,
    rate: ArrayLike,
    costs: ArrayLike,
    gearing_cap: ArrayLike,
    *,
    arrangement_fee: ArrayLike = 0.0,
    commitment_fee: ArrayLike = 0.0,
    reserve_periods: int = 0,
) -> Sizing:
    """Debt = min(capacity at the target DSCR, gearing cap x uses), with the circle solved.

    The circle: uses hold interest, fees and the first filling of the DSRA, and these the debt.
    With B the drawn balance and g the gearing, in construction period t
        uses_t = cost_t + r B_(t-1) + f (D - B_(t-1)) + [t = 1] a D + [t = last] reserve(D)
        B_t = B_(t-1) + g uses_t,   B_last = D
    a: arrangement fee of the debt; f: commitment fee per period on what is not yet drawn;
    reserve(D): service of the first `reserve_periods` periods. For a given g all is linear in D. If
    the cap binds, D follows at once and the DSCR rises so that the last balance is zero; otherwise
    D is the capacity and g is found by Newton's method, B_last(g) = D, to 1e-12 of D.

    cfads: (period,) or (period, scenario), cfads[0] one period after the last cost. costs >= 0:
    (construction period,) or with scenarios. dscr > 0 and rate > -1: as in `loans.sculpted`, but
    rate constant in time; gearing_cap in (0, 1]; fees >= 0, shares of the debt. Scalars or
    (scenario,) otherwise. ValueError if CFADS carries no debt, if nothing is to be paid for, or if
    the fees and interest outgrow any debt. Source: the equations above, which define it.
    """
    cfads, costs = series("cfads", cfads), series("costs", costs, 0.0)
    target, rate = real("dscr", dscr, above=0.0), real("rate", rate, above=-1.0)
    cap = real("gearing_cap", gearing_cap, 0.0, 1.0, above=0.0)
    upfront = real("arrangement_fee", arrangement_fee, 0.0)
    standby = real("commitment_fee", commitment_fee, 0.0)
    ahead = count("reserve_periods", reserve_periods, 0, len(cfads))
    if rate.ndim > 1:
        raise ValueError(f"rate: shape {rate.shape} is not allowed; a scalar or (scenario,) is")
    form = shape(
        cfads=cfads[0],
        costs=costs[0],
        rate=rate,
        gearing_cap=cap,
        arrangement_fee=upfront,
        commitment_fee=standby,
    )
    cfads, costs = (
        np.broadcast_to(line if line.ndim > len(form) else line[:, None], (len(line), *form))
        for line in (cfads, costs)
    )

    at_target = sculpted(cfads, target, rate)
    capacity = at_target.opening[0]
    if (capacity <= 0.0).any():
        raise ValueError(
            "cfads: carries no debt; some CFADS above zero in every scenario is needed"
        )
    per_debt = at_target.payment[:ahead].sum(axis=0) / capacity  # reserve for one unit of debt
    building = _Building(costs, rate, upfront, standby, per_debt)
    debt, g, binds, lines, balance = _closed(building, cap, capacity)
    uses, interest, standby_fee, upfront_fee, reserve = lines
    draws = np.diff(balance, axis=0)
    reached = target * (capacity / debt)
    return Sizing(
        debt=result(debt),
        gearing=result(g),
        dscr=result(reached),
        gearing_binds=bool(binds) if not form else binds,
        draws=draws,
        equity=uses - draws,
        uses=uses,
        interest=interest,
        commitment_fee=standby_fee,
        arrangement_fee=upfront_fee,
        reserve=reserve,
        repayment=sculpted(cfads, reached, rate),
    )


@dataclass(frozen=True, slots=True)
class _Building:
    """The construction of a project whose every period draws the same share of its uses.

    costs: (construction period, ...); rate, upfront, standby and per_debt (the reserve for one unit
    of debt) broadcast to one period of them.
    """

    costs: Array
    rate: Array
    upfront: Array
    standby: Array
    per_debt: Array

    def run(self, g: Array, debt: Array) -> tuple[Array, Array, Array, Array]:
        """Uses and parts (5, period, ...), balances from 0 on, the last one's slope in g and D.

        g: gearing; debt: D, each of one period's shape.
        """
        costs, rate, standby = self.costs, self.rate, self.standby
        form = costs.shape[1:]
        lines = np.zeros((5, len(costs), *form))  # uses, interest, standby, upfront, reserve
        balance = np.zeros((len(costs) + 1, *form))
        in_g, in_debt = np.zeros((2, *form))
        for t in range(len(costs)):
            first, last = t == 0, t == len(costs) - 1
            lines[1, t] = rate * balance[t]
            lines[2, t] = standby * (debt - balance[t])
            lines[3, t] = self.upfront * debt * first
            lines[4, t] = self.per_debt * debt * last
            lines[0, t] = costs[t] + lines[1:, t].sum(axis=0)
            balance[t + 1] = balance[t] + g * lines[0, t]
            in_g = in_g + lines[0, t] + g * (rate - standby) * in_g
            in_debt = in_debt + g * (
                (rate - standby) * in_debt + standby + self.upfront * first + self.per_debt * last
            )
        return lines, balance, in_g, in_debt


def _closed(
    building: _Building, cap: Array, capacity: Array
) -> tuple[Array, Array, NDArray[np.bool_], Array, Array]:
    """A construction whose circle is closed: debt, gearing, whether the cap binds, lines, balances.

    cap and capacity, as the first three results, are of one period's shape; lines and balances are
    those of `_Building.run`. See `size_debt` for the circle and for the errors.
    """
    form = building.costs.shape[1:]
    _, fixed, _, slope = building.run(cap, np.zeros(form))  # the last balance: fixed + slope x D
    if (slope >= 1.0).any():
        raise ValueError(
            "gearing_cap: interest, fees and reserve grow faster than the debt that "
            "pays them; the circle has no solution"
        )
    if (fixed[-1] <= 0.0).any():
        raise ValueError("costs: all zero; some cost in every scenario is needed")
    by_gearing = fixed[-1] / (1.0 - slope)
    binds = by_gearing <= capacity
    debt = np.where(binds, by_gearing, capacity)
    g = np.broadcast_to(cap, form).copy()
    for _ in range(50):
        lines, balance, in_g, _ = building.run(g, debt)
        gap = balance[-1] - debt
        if (np.abs(gap) <= 1e-12 * debt).all():
            return debt, g, binds, lines, balance
        g = np.where(binds, g, g - gap / np.where(in_g > 0.0, in_g, 1.0))
    raise ValueError("gearing_cap: the circle of debt, interest, fees and reserve did not converge")


# ---------------------------------------------------------------------------------------------
# The waterfall


class Planned(Protocol):
    """What the waterfall reads of a schedule: (period,) or (period, scenario). A `Schedule` has it.

    opening: contractual balance at each period's start, money; principal: due at its end; below
    zero where interest, at most that of the period, is added to the balance instead of paid.
    """

    @property
    def opening(self) -> Array:
        """Balance at the start of each period."""

    @property
    def principal(self) -> Array:
        """Repayment due at the end of each period."""


@dataclass(frozen=True, slots=True)
class Covenant:
    """A test as data: condition, effect, cure.

    name: unique among the covenants of a waterfall.
    condition: measure "dscr" below the threshold, or "unpaid" (debt service overdue) or
    "reserve_gap" (DSRA below target) above it. A period in which no service is due tests no DSCR.
    effect, from the same period on: "lock_up" traps what would be distributed; "sweep" repays debt
    with all of it; "default" does both.
    cure: the effect ends in the period in which the test has been passed this many times running.
    ValueError for an unknown measure or effect, a threshold below 0, a cure below 1.
    """

    name: str
    measure: Measure
    threshold: float
    effect: Effect
    cure: int = 1

    def __post_init__(self) -> None:
        choice("measure", self.measure, get_args(Measure))
        choice("effect", self.effect, get_args(Effect))
        real("threshold", self.threshold, 0.0)
        count("cure", self.cure, 1)


class Event(NamedTuple):
    """Something that happened: in which period (from 1), what, and how much (a ratio or money)."""

    period: int
    what: str
    value: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Where the cash of each period went; lines are (period,) or (period, scenario).

    Cash: cfads + support + reserve and trapped cash at the start = interest + principal + sweep +
    distribution + reserve and trapped cash at the end. Debt: balance falls by principal + sweep -
    capitalised;
    overdue interest is kept apart and bears interest at the same rate. Where the schedule adds
    interest to the balance (its principal is below zero) so does the waterfall: `capitalised`.
    """

    cfads: Array
    support: Array  # operating deficit that no trapped cash covers: new money, or default
    service: Array  # contractual: interest on the balance + planned principal, no arrears
    capitalised: Array  # interest that the schedule adds to the balance
    interest: Array  # paid
    principal: Array  # paid
    reserve_draw: Array
    reserve_top_up: Array
    reserve_release: Array
    sweep: Array
    distribution: Array
    balance: Array  # debt at period end
    overdue_interest: Array  # at period end
    overdue_principal: Array  # at period end, part of the balance
    reserve: Array  # at period end
    trapped: Array  # at period end
    dscr: Array  # NaN where nothing is due
    active: dict[str, NDArray[np.bool_]]  # by covenant: its effect holds in this period

    def events(self, scenario: int = 0) -> list[Event]:
        """What happened in one scenario, in order of time: reserve, missed payments, covenants.

        scenario: its place on axis 1; without meaning for a single run.
        """

        def line(array: NDArray[Any]) -> NDArray[Any]:
            return array if array.ndim == 1 else array[:, scenario]

        overdue = line(self.overdue_interest) + line(self.overdue_principal)
        amounts = {
            "reserve drawn": line(self.reserve_draw),
            "payment missed": overdue,
            "support needed": line(self.support),
        }
        log = [
            Event(int(t) + 1, what, float(amount[t]))
            for what, amount in amounts.items()
            for t in np.flatnonzero(amount > 0.0)
        ]
        for name, active in self.active.items():
            change = np.diff(line(active).astype(int), prepend=0)
            log += [
                Event(
                    int(t) + 1,
                    f"{name} {'begins' if change[t] > 0 else 'ends'}",
                    float(line(self.dscr)[t]),
                )
                for t in np.flatnonzero(change)
            ]
        return sorted(log, key=lambda event: event.period)


#: The lines of a waterfall that are worked out.
_LINES = [line.name for line in fields(Waterfall) if line.name not in ("cfads", "active")]


def reserve_target(schedule: Schedule, periods: int) -> Array:
    """DSRA target at the end of each period: the contractual payments of the next `periods` ones.

    periods >= 0, a whole number. The reserve to hold at the start is the sum of the first `periods`
    payments. Returns money in the shape of the schedule's lines; zero at the end.
    """
    ahead = count("periods", periods)
    payment = schedule.payment
    paid = np.concatenate([np.zeros((1, *payment.shape[1:])), np.cumsum(payment, axis=0)])
    n = len(payment)
    until = np.minimum(np.arange(1, n + 1) + ahead, n)
    target: Array = paid[until] - paid[1:]
    return target


def waterfall(  # noqa: PLR0915 - the periods of a run in one loop
    cfads: ArrayLike,
    schedule: Planned,
    rate: ArrayLike,
    *,
    reserve_target: ArrayLike = 0.0,
    reserve_opening: ArrayLike = 0.0,
    sweep_share: ArrayLike = 0.0,
    covenants: Sequence[Covenant] = (),
) -> Waterfall:
    """Runs actual CFADS through a fixed contractual schedule, in order of rank.

    1 operating deficit (trapped cash, else support)  2 interest, overdue first  3 principal,
    overdue first  4 what cash and trapped cash do not cover is drawn from the DSRA  5 DSRA top-up
    to, or release above, its target  6 cash sweep: sweep_share of what is left, the last
    instalments first  7 covenants  8 distribution, or trapped.

    cfads: (period,) or (period, scenario), any sign. schedule: a `Schedule`, or another `Planned`,
    as agreed, whatever cash comes; one run of it serves every scenario. rate: per period, > -1;
    reserve_target >= 0 at each period's end (`reserve_target`), zero once the debt is repaid;
    sweep_share in [0, 1]: these broadcast against cfads. reserve_opening >= 0: a scalar or
    (scenario,). covenants: tested in every period, in this order. A principal below zero, as
    `loans.sculpted` gives in weak periods, is interest that is not due but added to the balance.
    ValueError also for unlike shapes and covenants of one name. Source: the ranks above, which
    define it.
    """
    cfads = series("cfads", cfads)
    form = cfads.shape
    opening, planned = (
        line[:, None] if line.ndim < cfads.ndim else line
        for line in (schedule.opening, schedule.principal)
    )
    planned = real("schedule.principal", planned)
    rate, share = real("rate", rate, above=-1.0), real("sweep_share", sweep_share, 0.0, 1.0)
    target, start = (
        real("reserve_target", reserve_target, 0.0),
        real("reserve_opening", reserve_opening, 0.0),
    )
    if target.ndim == 1 and cfads.ndim == 2 and len(target) == len(cfads):
        target = target[:, None]
    if (
        shape(cfads=cfads, schedule=opening, rate=rate, reserve_target=target, sweep_share=share)
        != form
        or shape(cfads=cfads[0], reserve_opening=start) != form[1:]
    ):
        raise ValueError(
            f"schedule {opening.shape}, rate {rate.shape}, reserve_target "
            f"{target.shape}, reserve_opening {start.shape}: shapes do not match; "
            f"those that broadcast to cfads {form} do"
        )
    if len(covenants) > len({test.name for test in covenants}):
        raise ValueError(
            f"covenants: names {[test.name for test in covenants]} repeat; unique ones are needed"
        )
    sweeping = bool(share.any())
    added = [bool((line < 0.0).any()) for line in planned]  # by period, in some scenario
    flows, rate, share, target, planned = (  # a single run is one column
        np.broadcast_to(part, form).reshape(form[0], -1)
        for part in (cfads, rate, share, target, planned)
    )
    run = Waterfall(
        cfads=flows,
        active={test.name: np.zeros(flows.shape, dtype=bool) for test in covenants},
        **{name: np.empty(flows.shape) for name in _LINES},
    )
    balance, reserve = (np.broadcast_to(part, form[1:]).reshape(-1) for part in (opening[0], start))
    overdue_i, overdue_p, trapped = np.zeros((3, flows.shape[1]))
    passed = {test.name: np.zeros(flows.shape[1], dtype=np.int32) for test in covenants}
    on = {test.name: np.zeros(flows.shape[1], dtype=bool) for test in covenants}
    behind = np.zeros(0, dtype=np.intp)  # the scenarios that may have something overdue

    # What happens in few scenarios is worked out for these alone, by their place; a choice that
    # differs from one to the next is a product with its mask. np.where takes ten times as long.
    for t in range(form[0]):
        for line in (run.support, run.capitalised, run.reserve_draw, run.sweep,
                     run.overdue_interest, run.overdue_principal, run.trapped):  # fmt: skip
            line[t] = 0.0
        interest = np.multiply(rate[t], balance, out=run.interest[t])  # first what is due
        instalment = planned[t]
        if added[t]:
            extra = np.maximum(-instalment, 0.0)
            whole = extra >= interest * (1.0 - 1e-12)
            run.capitalised[t] = np.where(whole, np.maximum(interest, 0.0), extra)
            interest -= run.capitalised[t]
            instalment = np.maximum(instalment, 0.0)
        principal = np.minimum(instalment, balance, out=run.principal[t])
        service = np.add(interest, principal, out=run.service[t])
        if behind.size:
            interest[behind] += overdue_i[behind] * (1.0 + rate[t][behind])
            principal[behind] = np.minimum(principal[behind] + overdue_p[behind], balance[behind])

        cash = flows[t] + trapped
        deficit = np.flatnonzero(cash < 0.0)
        if deficit.size:
            run.support[t][deficit] = -cash[deficit]
            cash[deficit] = 0.0
        due = interest + principal
        behind = np.flatnonzero(cash < due)
        overdue_i, overdue_p = run.overdue_interest[t], run.overdue_principal[t]
        if behind.size:
            due, due_i, due_p = due[behind], interest[behind], principal[behind]
            draw = np.minimum(due - cash[behind], reserve[behind])
            cash[behind] += draw
            paid = cash[behind]
            enough = paid >= due * (1.0 - 1e-12)  # no payment is missed by a rounding error
            paid_i = np.where(enough, due_i, np.minimum(paid, due_i))
            paid_p = np.where(enough, due_p, np.minimum(paid - paid_i, due_p))
            interest[behind], principal[behind], run.reserve_draw[t][behind] = paid_i, paid_p, draw
            overdue_i[behind], overdue_p[behind] = due_i - paid_i, due_p - paid_p
        cash -= interest
        cash -= principal
        np.maximum(cash, 0.0, out=cash)
        balance = np.subtract(balance, principal, out=run.balance[t])
        if added[t]:
            balance += run.capitalised[t]

        wanted = target[t] * (balance + overdue_i > 0.0)
        reserve = np.subtract(reserve, run.reserve_draw[t], out=run.reserve[t])
        gap = wanted - reserve
        top_up = np.minimum(np.maximum(gap, 0.0), cash, out=run.reserve_top_up[t])
        release = np.maximum(np.negative(gap, out=gap), 0.0, out=run.reserve_release[t])
        reserve += top_up
        reserve -= release
        cash -= top_up
        cash += release

        run.dscr[t] = _cover(flows[t], service)
        locked, swept = np.zeros((2, len(cash)), dtype=bool)
        for test in covenants:
            if test.measure == "dscr":  # where nothing is due there is no test
                fails, tested = run.dscr[t] < test.threshold, service > 0.0
            else:
                measure = overdue_i + overdue_p if test.measure == "unpaid" else wanted - reserve
                fails, tested = measure > test.threshold, np.True_
            passed[test.name] += tested
            passed[test.name] *= ~fails
            on[test.name] = fails | (on[test.name] & (passed[test.name] < test.cure))
            run.active[test.name][t] = on[test.name]
            locked |= on[test.name] & (test.effect != "sweep")
            swept |= on[test.name] & (test.effect != "lock_up")
        if sweeping or swept.any():
            sweep = np.multiply(np.maximum(share[t], swept), cash, out=run.sweep[t])
            np.minimum(sweep, balance, out=sweep)
            balance -= sweep
            cash -= sweep
        trapped = run.trapped[t]
        if locked.any():
            np.multiply(cash, locked & (balance + overdue_i > 0.0), out=trapped)
        np.subtract(cash, trapped, out=run.distribution[t])
    return Waterfall(
        cfads=cfads,
        active={name: active.reshape(form) for name, active in run.active.items()},
        **{name: getattr(run, name).reshape(form) for name in _LINES},
    )
