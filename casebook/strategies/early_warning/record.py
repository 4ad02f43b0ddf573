"""The assumptions, the months that are learned from and tested, and the levels of an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...cases.problem.record import SIGNALS
from ...shape import Record, load
from ...timevalue import MONTHS_A_YEAR

#: Months a client's stopped payment takes to become a default, and the longest lead that counts.
STOPPED, LONGEST = 4, 12
#: Last month known when a model is fitted; it is used in the twelve months after.
FOLDS = (24, 36)
#: The months tested.
FIRST, LAST = FOLDS[0] + 1, FOLDS[-1] + MONTHS_A_YEAR
MONTHS = LAST - FIRST + 1
#: Months of default for which every lead from STOPPED to LONGEST lies in the months tested.
SPAN = MONTHS - LONGEST + STOPPED
#: First month with half a year before it, from which drifts are known.
START = 7
#: Levels of the ladder of thresholds, and the step from one to the next.
LEVELS = 40
PD_STEP, MONEY_STEP = 0.01, 0.05  # a year; CNY million of expected loss
#: Who raises alarms: the rule of case 4, the model by PD, the model by expected loss.
LINES_UP = ("rule", "by_pd", "by_loss")
ALTERNATIVES = ("none", *LINES_UP)
NOTHING, RULE, BY_PD, BY_LOSS = range(4)
#: What the hazard model looks at: the seven signals of case 4 and what else a bank sees.
COLUMNS = (*SIGNALS, "grade", "entries", "arrears", "breach", "late", "turnover", "sector",
           "silent")  # fmt: skip


@dataclass(frozen=True)
class EarlyWarning(Record):
    """The assumptions; data/models/early_warning.toml gives unit, range and reason."""

    # where the alarm is set
    threshold: float
    threshold_loss: float
    hours_limit: float
    # what an alarm costs
    review_hours: float
    hour_cost: float
    action_cost: float
    alarm_leave: float
    leaver: float
    rule_cost: float
    system_cost: float
    # what it saves
    saved: float
    chance_decay: float
    cut: float
    delay: int
    lgd_secured: float
    lgd_unsecured: float
    effect_spread: float
    tax: float
    # what is shown first
    view: str


def assumptions(path: str | Path | None = None) -> EarlyWarning:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(EarlyWarning, "early_warning", path, folder="models")
