"""Three ways to spend a manager's time on a client: a visit, tailored service, a seminar.

A visit is hours with one client, measured by the lottery. The other two are measured against it on
the same lifetime value. An hour of a seminar reaches many guests at once and counts as a part of an
hour's visit; guests buy a little more of what it was about, and share its cost. Tailored service is
hours of a manager and of specialists for one client, who then buys more. What part, and how much
more, is assumed; the least that would pay is computed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ... import timevalue
from ...shape import Array, SingleRun, turning_point
from . import contact, run
from .record import PAYING, YEARS, Maintenance

#: Name -> what it adds to a client's year.
OCCASIONS = ("visit", "tailored", "seminar")


def _worth(
    a: Maintenance, plan: Array, more: float, cost: float, lift: float = 0.0
) -> tuple[Array, Array]:
    """What an occasion every year adds to a client's year beyond the plan, and what it costs.

    plan: hours of each client, (group,); more: hours that reach it in addition; cost: before tax,
    CNY million a year while the client is there; lift: how much more it buys. Both results are
    (group,), CNY million a year after tax, level over ten years: gain before cost, cost.
    """
    groups, effects = contact.seen(a), contact.world(a)
    factors = timevalue.discount_factors(a.hurdle, YEARS)
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)

    def value(hours: float, lifted: float) -> tuple[Array, Array]:
        course = contact.courses(a, groups, effects, (plan + hours)[:, None], lifted)
        each = contact.profit(a, groups, course, plan[:, None])
        there = course["there"][..., 0]
        whole = np.einsum("t,tg->g", factors, each[..., 0] * there)
        return whole / annuity, np.einsum("t,tg->g", factors, there) / annuity

    with_it, there = value(more, lift)
    without, _ = value(0.0, 0.0)
    return with_it - without, (1 - a.tax) * cost * there


def costs(a: Maintenance) -> dict[str, float]:
    """What each occasion costs a client's year before tax, CNY million: name -> number."""
    seminar = a.seminar_prep * a.hour_cost + a.seminar_cost  # of all its guests
    return {
        "visit": a.seminar_hours * a.hour_cost,
        "tailored": (a.tailored_hours + a.tailored_specialists) * a.hour_cost,
        "seminar": seminar / a.seminar_guests,
    }


def _parts(a: Maintenance, plan: Array) -> dict[str, tuple[Array, Array]]:
    """Gain before cost and cost of each occasion, name -> two of (group,), as `_worth`."""
    cost = costs(a)
    return {
        "visit": _worth(a, plan, a.seminar_hours, cost["visit"]),
        "tailored": _worth(a, plan, a.tailored_hours, cost["tailored"], a.tailored_lift),
        "seminar": _worth(
            a, plan, a.seminar_weight * a.seminar_hours, cost["seminar"], a.seminar_lift
        ),
    }


def occasions(r: SingleRun[Maintenance]) -> dict[str, Array]:
    """What one occasion a year adds for a client of each group, after its cost: name -> (group,).

    In CNY million a year after tax, beyond the hours of the plan that has all that pay. The visit
    is as long as the seminar, so that the two can be compared.
    """
    plan = run.allocations(r.assumptions)[0][PAYING]
    return {k: gain - cost for k, (gain, cost) in _parts(r.assumptions, plan).items()}


def least(r: SingleRun[Maintenance], group: int) -> Mapping[str, float]:
    """What an occasion must do to pay, for clients of one group; NaN where nothing would do.

    guests: of a seminar; weight: of a seminar's hour beside a visit's; seminar_lift and lift: of
    what a client buys after a seminar, after tailored service.
    """
    a = r.assumptions
    plan = run.allocations(a)[0][PAYING]

    def turn(name: str, what: str) -> float:
        """Where the occasion begins to pay; the least value allowed if it pays there already."""

        def pays(other: Maintenance) -> bool:
            gain, cost = _parts(other, plan)[name]
            return float(gain[group]) >= float(cost[group])

        low = a.spec.assumptions[what].low
        return low if pays(a.replace(**{what: low})) else turning_point(a, what, pays, 40)

    return {
        "guests": turn("seminar", "seminar_guests"),
        "weight": turn("seminar", "seminar_weight"),
        "seminar_lift": turn("seminar", "seminar_lift"),
        "lift": turn("tailored", "tailored_lift"),
    }
