"""What the fit left, and what every threshold of every line is worth on it, in straight sums.

The tables of the model's file; what an alarm saves by its months of lead; the ladder of thresholds
with work, hits and gain, and the best one within the hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...shape import Array, load
from ...timevalue import MONTHS_A_YEAR
from .record import (
    FIRST,
    LAST,
    LEVELS,
    LINES_UP,
    LONGEST,
    MONEY_STEP,
    MONTHS,
    PD_STEP,
    STOPPED,
    EarlyWarning,
)

#: Hours, and steps of a threshold, nearer than this are the same.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Tables:
    """The fitted tables as arrays; lead 0 is a default not found.

    ead, secured, month: (default,). lead: (line, level, default); false, income: (line, level,
    month tested). The rule has one level: it is the same at all of them.
    """

    ead: Array
    secured: NDArray[np.bool_]
    month: NDArray[np.intp]
    lead: NDArray[np.intp]
    false: Array
    income: Array
    clients: int


@lru_cache(maxsize=8)
def _tables(path: Path) -> Tables:
    """The tables of a file; the rule's one level, and the levels of the others, (line, level)."""
    fit = load(EarlyWarning, "early_warning", path, folder="models").spec.words["fit"]
    defaults = fit["defaults"]

    def all_levels(x: NDArray[Any]) -> NDArray[Any]:
        return np.broadcast_to(x, (LEVELS, *x.shape[1:]))

    leads = [np.array([[int(c, 16) for c in row] for row in fit[k]["lead"]]).T for k in LINES_UP]
    return Tables(
        ead=np.array(defaults["ead"]),
        secured=np.array(defaults["secured"], bool),
        month=np.array(defaults["month"]),
        lead=np.stack([all_levels(x) for x in leads]),
        false=np.stack([all_levels(np.array(fit[k]["false"], float)) for k in LINES_UP]),
        income=np.stack([all_levels(np.array(fit[k]["income"])) for k in LINES_UP]),
        clients=fit["clients"],
    )


def tables(a: EarlyWarning) -> Tables:
    """What the fit left in the file of these assumptions."""
    return _tables(a.spec.path)


def whole_span(fit: Tables) -> NDArray[np.bool_]:
    """Defaults of which every lead from four to twelve months was tested: (default,)."""
    return (fit.month >= FIRST + LONGEST) & (fit.month <= LAST + STOPPED)


def levels(a: EarlyWarning) -> tuple[int, int, int]:
    """Which level of the ladder each line uses: rule, by PD, by loss."""

    def level(x: float, step: float) -> int:
        return int(np.clip(np.floor(x / step + ROUNDING), 1, LEVELS)) - 1

    return 0, level(a.threshold, PD_STEP), level(a.threshold_loss, MONEY_STEP)


def avoided(a: EarlyWarning) -> tuple[Array, Array]:
    """By months of lead 0..12: chance that the default is avoided, and the share of exposure cut.

    Each (lead,); zero for a default that is not found. The plan starts `delay` months after the
    alarm.
    """
    lead = np.arange(LONGEST + 1)
    left = np.maximum(lead - a.delay, 0)
    found = lead > 0
    chance = a.saved * (1 - a.chance_decay) ** (LONGEST - left) * (left > 0)
    return chance * found, (1 - (1 - a.cut) ** left) * found


def lgd(a: EarlyWarning, fit: Tables) -> Array:
    """Loss given each default, a share of its exposure: (default,)."""
    return np.where(fit.secured, a.lgd_secured, a.lgd_unsecured)


def costs(a: EarlyWarning) -> Array:
    """Running cost of each alternative, a year: (alternative,)."""
    return np.array([0.0, a.rule_cost, a.system_cost, a.system_cost])


def ladder(a: EarlyWarning) -> dict[str, Array]:
    """Every threshold of every line, on the tables as they are: (line, level) each.

    gain: a year, after tax; hours: a month; found, loss_found: shares; precision, false (a month).
    best_gain, best_hours, best_at (line,): of the levels within the hours; zero and NaN if none
    earns anything. best_at counts from one.
    """
    fit = tables(a)
    years = MONTHS / MONTHS_A_YEAR
    loss = lgd(a, fit) * fit.ead
    chance, part = avoided(a)
    share = chance + (1 - chance) * part
    hits = (fit.lead > 0).sum(axis=2)
    seen = whole_span(fit)
    false = fit.false.sum(axis=2)
    saves = share[fit.lead] @ loss
    spent = (
        a.hour_cost * a.review_hours * (hits + false)
        + a.action_cost * hits
        + a.alarm_leave * a.leaver * fit.income.sum(axis=2)
        + costs(a)[1:, None] * years
    )
    gain = (1 - a.tax) * (saves - spent) / years
    hours = a.review_hours * (hits + false) / MONTHS
    inside = np.where(hours <= a.hours_limit + ROUNDING, gain, -np.inf)
    at = inside.argmax(axis=1)
    best = inside[np.arange(len(at)), at]
    good = best > 0
    return {
        "gain": gain,
        "hours": hours,
        "found": (fit.lead > 0)[..., seen].mean(axis=2),
        "loss_found": (fit.lead > 0)[..., seen] @ loss[seen] / loss[seen].sum(),
        "precision": hits / np.maximum(hits + false, 1),
        "false": false / MONTHS,
        "best_gain": np.where(good, best, 0.0),
        "best_hours": np.where(good, hours[np.arange(len(at)), at], 0.0),
        "best_at": np.where(good, at + 1.0, np.nan),
    }
