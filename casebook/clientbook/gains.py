"""Service and expected gain of a client by its type: the figures of the chapters on strategies.

The book measures a gain for one client in two chapters: classification (the service of its type in
place of the same for all, a year before tax) and maintenance (the hours that pay in place of those
of now, a year after tax, by type and size). Early warning, tools and all together are known for a
whole book only: the value over ten years that the chapter on the whole client book finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .. import timevalue
from ..shape import Array
from ..strategies import classification, lifecycle, maintenance
from ..strategies.maintenance.record import SIZES, YEARS
from ..typology import TERMINATED, TYPES

#: The type of a client whose type is not known, beside the numbers of TYPES.
UNDETERMINED = len(TYPES)
LIVING = TERMINATED


@cache
def hours() -> Array:
    """Hours a year at the service level of each type and of an undetermined client: (type + 1,).

    A terminated client has none (NaN); an undetermined one the same service as all.
    """
    a = classification.assumptions()
    return np.array([*a.hours[:LIVING], np.nan, a.hours[classification.SAME]])


def by_classification(kind: NDArray[np.int8], income: Array, ead: Array) -> Array:
    """What the service of its type is worth beyond the same for all, (client,), CNY million a year.

    kind: number of the type; income of the bank, a year, and exposure at default: (client,), CNY
    million. NaN where the income is missing, or the type not a living one.
    """
    constant, of_income, of_ead = _linear()
    safe = np.where(kind < LIVING, kind, 0)
    needed = np.where(of_ead[safe] == 0, 0.0, np.nan_to_num(ead))
    gain = constant[safe] + of_income[safe] * income + of_ead[safe] * needed
    gain[(kind >= LIVING) | ((of_ead[safe] != 0) & np.isnan(ead))] = np.nan
    return np.asarray(gain)


@cache
def _linear() -> tuple[Array, Array, Array]:
    """The gain of each living type: a constant, and what income and exposure add, each (type,).

    The value of `classification.worth` is linear in both.
    """
    a = classification.assumptions()
    value = classification.worth(a, np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    each = np.arange(LIVING)
    gain = value[:, each, each] - value[:, each, classification.SAME]
    return gain[0], gain[1] - gain[0], gain[2] - gain[0]


def by_maintenance(kind: NDArray[np.int8], limit: Array) -> Array:
    """What the hours that pay add to those of now, (client,), CNY million a year after tax.

    A client is of the size of its type whose usual limit is nearest to its own. NaN for types that
    the chapter leaves out, and where the limit is missing.
    """
    gain, edges = _groups()
    known = (kind < len(gain)) & ~np.isnan(limit)
    found = np.full(len(kind), np.nan)
    of, x = kind[known], limit[known]
    size = (x[:, None] > edges[of]).sum(axis=1)
    found[known] = gain[of, size]
    return found


@cache
def _groups() -> tuple[Array, Array]:
    """Gain of a client of each type and size, (type, size); limits between sizes, (type, 2)."""
    a = maintenance.assumptions()
    seen = maintenance.seen(a)
    value = maintenance.curve(a, maintenance.world(a))
    table, _ = maintenance.allocations(a)
    then, now = (table[maintenance.ALTERNATIVES.index(name)] for name in ("paying", "now"))
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    gain = [
        (np.interp(then[k], maintenance.GRID, row) - np.interp(now[k], maintenance.GRID, row))
        / annuity
        for k, row in enumerate(value.T)
    ]
    limit = seen.limit.reshape(-1, SIZES)
    return np.reshape(gain, (-1, SIZES)), np.sqrt(limit[:, 1:] * limit[:, :-1])


@cache
def whole() -> Mapping[str, float]:
    """Strategy -> value over ten years for each client of the synthetic book, CNY million."""
    r = lifecycle.simulate(lifecycle.assumptions())
    gain = r.all_metrics["gain"][:, 0] / r.assumptions.clients
    return {k: float(x) for k, x in zip(r.alternatives, gain, strict=True) if k != "none"}
