"""Early warning on the synthetic bank: which clients to look at, how early, and what it is worth.

Two halves. The first fits: a discrete-time hazard model on what the bank knew each month, beside
the rule of case 4, and writes small tables of what each threshold would have done
(`learning`, which puts them into data/models/early_warning.toml). The second decides on them: numpy
only, one run a millisecond.

    watched      a client who pays: nothing past due, not in default
    the event    in month t + 1 a watched client stops paying and never pays up: default follows in
                 month t + 4, when it is more than 90 days late
    hazard       h_t = P(event | watched, known at the end of t) = 1 / (1 + exp(-b x_t)), the
                 logistic hazard of Shumway (2001); of a year: 1 - (1 - h_t)^12
    folds        fitted at the end of months 24 and 36, on the months whose event is known by then
                 (four fewer), and used in the twelve months after
    alarm        a score at its threshold or above, at a client without an alarm in twelve months
    true alarm   default follows within twelve months of it; the months between are its lead
    loss saved   EAD x LGD x (A + (1 - A) C),  A = saved (1 - decay)^(12 - lead), the chance that
                 the plan avoids the default, as in case 4; C = 1 - (1 - cut)^lead of the exposure

>>> from casebook.strategies import early_warning
>>> a = early_warning.assumptions()
>>> r = early_warning.simulate(a)
>>> r.alternative("rule").written("gain_year"), r.alternative("by_pd").written("gain_year")
('CNY 24.1 million', 'CNY 29.0 million')
>>> late = early_warning.simulate(a.replace(delay=3))
>>> late.alternative("by_pd").written("gain_year")
'CNY 21.5 million'
"""

from .learning import at_risk, boosted, fit, fitted, outcome, scores, snapshots, training
from .panels import Hazard, Panel, alarms, columns, lgds, panel, standard, yearly
from .questions import (
    FIGURES,
    break_even_effect,
    calibration,
    climate,
    effects,
    ensemble,
    explorer,
    figure,
    findings,
    gains,
    quality,
    threshold_of_costs,
    work,
    worth,
    year_by_year,
)
from .record import ALTERNATIVES, COLUMNS, FOLDS, LINES_UP, EarlyWarning, assumptions
from .run import sample, simulate
from .thresholds import Tables, avoided, ladder, levels, tables, whole_span

__all__ = [
    "ALTERNATIVES",
    "COLUMNS",
    "FIGURES",
    "FOLDS",
    "LINES_UP",
    "EarlyWarning",
    "Hazard",
    "Panel",
    "Tables",
    "alarms",
    "assumptions",
    "at_risk",
    "avoided",
    "boosted",
    "break_even_effect",
    "calibration",
    "climate",
    "columns",
    "effects",
    "ensemble",
    "explorer",
    "figure",
    "findings",
    "fit",
    "fitted",
    "gains",
    "ladder",
    "levels",
    "lgds",
    "outcome",
    "panel",
    "quality",
    "sample",
    "scores",
    "simulate",
    "snapshots",
    "standard",
    "tables",
    "threshold_of_costs",
    "training",
    "whole_span",
    "work",
    "worth",
    "year_by_year",
    "yearly",
]


def __dir__() -> list[str]:
    """What a reader calls."""
    return sorted(__all__)
