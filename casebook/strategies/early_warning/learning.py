"""The fit: a hazard model on what was known each month, and what every threshold would have done.

Boosted trees, the number of signals and the rule of case 4 are tried beside it; scikit-learn and
scipy, once. What the decision needs is written to the model's file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import credit
from ...cases import problem
from ...cases.problem.record import SIGNALS
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from ..fitted import write
from . import panels
from .panels import Hazard, Panel
from .record import (
    COLUMNS,
    FIRST,
    FOLDS,
    LAST,
    LEVELS,
    LONGEST,
    MONEY_STEP,
    MONTHS,
    PD_STEP,
    START,
    STOPPED,
)


def training(panel: Panel, known: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows (month, client) that can be learned from at the end of month `known`, and the event.

    A row is one whose event, four months later, is known by then: the gap of a time-based split.
    """
    month = panel.months[:, None]
    rows = panel.watched & (month >= START) & (month + STOPPED <= known)
    return rows, rows & (panel.default == month + STOPPED)


def fit(panel: Panel, known: int, penalty: float = 1.0) -> Hazard:
    """The hazard model by penalised likelihood, on what is known at the end of month `known`."""
    from sklearn.linear_model import LogisticRegression

    rows, event = training(panel, known)
    raw, y = panels.columns(panel, rows), event[rows]
    mean, spread = np.nanmean(raw, axis=0), np.nanstd(raw, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    x = panels.standard(raw, mean, spread)
    model = LogisticRegression(C=1 / penalty, tol=1e-9, max_iter=1000).fit(x, y)
    b = np.concatenate([model.intercept_, model.coef_[0]])
    full = np.column_stack([np.ones(len(x)), x])
    h = 1 / (1 + np.exp(-full @ b))
    ridge = penalty * np.diag([0.0] + [1.0] * x.shape[1])
    covariance = np.linalg.inv(full.T @ (full * (h * (1 - h))[:, None]) + ridge)
    return Hazard(mean, spread, b, covariance)


def boosted(panel: Panel, known: int) -> Any:
    """A stronger model as a check: gradient boosting on the same rows; a function of rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    rows, event = training(panel, known)
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=120, max_leaf_nodes=8, min_samples_leaf=200,
        l2_regularization=10.0, early_stopping=False, random_state=0,
    )  # fmt: skip
    with threadpool_limits(1):  # threads that wait for each other take minutes on a busy machine
        model.fit(panels.columns(panel, rows), event[rows])
    return lambda x: model.predict_proba(x)[:, 1]


def scores(panel: Panel, models: Sequence[Any]) -> Array:
    """PD of a year by the model of each fold in the months it is used, (month, client); else 0."""
    result = np.zeros(panel.watched.shape)
    for known, score in zip(FOLDS, models, strict=True):
        ahead = panel.months[:, None] - known
        used = panel.watched & (ahead > 0) & (ahead <= MONTHS_A_YEAR)
        result[used] = panels.yearly(score(panels.columns(panel, used)))
    return result


def outcome(panel: Panel, beyond: NDArray[np.bool_]) -> dict[str, Array]:
    """What a line of alarms would have done in the months tested.

    beyond: (month, client). lead: months from the alarm to the default, 0 not found, (client,);
    false, income: alarms by mistake, and a year's income of these clients, each (month tested,).
    """
    tested = (panel.months >= FIRST) & (panel.months <= LAST)
    raised = panels.alarms((beyond & panel.watched)[tested])
    ahead = panel.default - panel.months[tested][:, None]
    true = raised & (ahead >= STOPPED) & (ahead <= LONGEST)
    false = raised & ~true
    return {
        "lead": np.where(true, ahead, 0).max(axis=0),
        "false": false.sum(axis=1),
        "income": np.where(false, np.nan_to_num(panel.income[tested]), 0.0).sum(axis=1),
    }


def at_risk(panel: Panel) -> NDArray[np.bool_]:
    """Clients whose default could have been warned of in the months tested: (client,)."""
    watched = np.zeros(len(panel.default), bool)
    for lead in range(STOPPED, LONGEST + 1):
        month = panel.default - lead
        inside = (month >= FIRST) & (month <= LAST)
        who = np.flatnonzero(inside)
        watched[who] |= panel.watched[month[who] - panel.months[0], who]
    return watched


def _code(leads: Array) -> str:
    """Leads as one sign each: 0 not found, 4 to 9, a b c for ten to twelve months."""
    return "".join("0123456789abc"[int(v)] for v in leads)


def fitted() -> dict[str, Any]:
    """Everything that the decision needs, as plain numbers and texts; a minute's work."""
    panel = panels.panel()
    models = [fit(panel, known) for known in FOLDS]
    trees = [boosted(panel, known) for known in FOLDS]
    pd = scores(panel, [m.monthly for m in models])
    pd_trees = scores(panel, trees)
    unsecured, secured = panels.lgds()
    loss = pd * np.nan_to_num(panel.limit) * np.where(panel.secured, secured, unsecured)
    who = np.flatnonzero(at_risk(panel))
    steps = np.arange(1, LEVELS + 1)
    ladders = {
        "rule": [outcome(panel, panel.rule)],
        "by_pd": [outcome(panel, pd >= k * PD_STEP) for k in steps],
        "by_loss": [outcome(panel, loss >= k * MONEY_STEP) for k in steps],
    }
    result: dict[str, Any] = {
        "defaults": {
            "client": panel.clients[who].tolist(),
            "month": panel.default[who].tolist(),
            "ead": np.round(panel.ead[who], 3).tolist(),
            "secured": panel.secured[who].astype(int).tolist(),
        }
    }
    for name, rungs in ladders.items():
        leads = np.array([o["lead"][who] for o in rungs]).T
        result[name] = {
            "lead": [_code(row) for row in leads],
            "false": [o["false"].tolist() for o in rungs],
            "income": [np.round(o["income"], 1).tolist() for o in rungs],
        }
    tested = (panel.months >= FIRST) & (panel.months <= LAST)
    result["clients"] = round(float(panel.watched[tested].sum() / MONTHS))
    last = models[-1]
    result["model"] = {
        "column": ["constant", *COLUMNS],
        "coefficient": np.round(last.coefficient, 4).tolist(),
        "error": np.round(np.sqrt(np.diag(last.covariance)), 4).tolist(),
    }
    result |= _quality(panel, pd, pd_trees)
    result["climate"] = climate(panel, pd)
    return result


def snapshots(panel: Panel) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """(month index, client index, event) of the first month of each fold: a client once a year.

    The event: the client stops paying within twelve months and defaults.
    """
    rows, who, event = [], [], []
    for known in FOLDS:
        t = int(known + 1 - panel.months[0])
        here = np.flatnonzero(panel.watched[t])
        ahead = panel.default[here] - (known + 1)
        rows.append(np.full(len(here), t))
        who.append(here)
        event.append((ahead >= STOPPED) & (ahead < STOPPED + MONTHS_A_YEAR))
    return np.concatenate(rows), np.concatenate(who), np.concatenate(event)


def _quality(panel: Panel, pd: Array, pd_trees: Array) -> dict[str, Any]:
    """ROC, precision and recall, calibration, on a client once a year."""
    from scipy.stats import beta

    t, who, y = snapshots(panel)
    hit = problem.beyond({k: panel.x[k] for k in SIGNALS}, problem.assumptions())
    lit = np.asarray(sum(h.astype(float) for h in hit.values()))
    scores_of = {"model": pd[t, who], "trees": pd_trees[t, who], "signals": lit[t, who]}
    random = np.random.Generator(np.random.PCG64(20260712))
    again = [random.integers(0, len(y), len(y)) for _ in range(400)]

    def ladder(score: Array, cuts: Array) -> dict[str, list[float]]:
        found = np.array([[(score >= c)[y].mean(), (score >= c)[~y].mean(), (score >= c).mean(),
                           y[score >= c].mean() if (score >= c).any() else 1.0]
                          for c in cuts])  # fmt: skip
        names = ("recall", "false_rate", "alarmed", "precision")
        return {k: np.round(found[:, j], 4).tolist() for j, k in enumerate(names)}

    quality = {}
    for name, score in scores_of.items():
        cuts = np.arange(8.0) if name == "signals" else np.quantile(
            score, 1 - np.array([0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4,
                                 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]))  # fmt: skip
        areas = [credit.roc_area(score[i], y[i]) for i in again]
        quality[name] = ladder(score, cuts) | {
            "auc": round(credit.roc_area(score, y), 4),
            "auc_low": round(float(np.quantile(areas, 0.05)), 4),
            "auc_high": round(float(np.quantile(areas, 0.95)), 4),
        }
    more = [
        credit.roc_area(scores_of["model"][i], y[i])
        - credit.roc_area(scores_of["signals"][i], y[i])
        for i in again
    ]
    trees = [
        credit.roc_area(scores_of["trees"][i], y[i]) - credit.roc_area(scores_of["model"][i], y[i])
        for i in again
    ]
    warned = panel.rule[t, who]
    quality["rule"] = {
        "recall": round(float(warned[y].mean()), 4),
        "false_rate": round(float(warned[~y].mean()), 4),
        "alarmed": round(float(warned.mean()), 4),
        "precision": round(float(y[warned].mean()), 4),
    }
    quality["beyond"] = {
        "model_low": round(float(np.quantile(more, 0.05)), 4),
        "model_high": round(float(np.quantile(more, 0.95)), 4),
        "trees_low": round(float(np.quantile(trees, 0.05)), 4),
        "trees_high": round(float(np.quantile(trees, 0.95)), 4),
    }
    edges = np.array([0, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 1.0])
    score = scores_of["model"]
    bins = np.digitize(score, edges[1:-1])
    calibration: dict[str, list[Any]] = {
        "clients": [int((bins == k).sum()) for k in range(len(edges) - 1)],
        "said": [round(float(score[bins == k].mean()), 5) for k in range(len(edges) - 1)],
        "came": [int(y[bins == k].sum()) for k in range(len(edges) - 1)],
    }
    n, k = np.array(calibration["clients"]), np.array(calibration["came"])
    for name, q in (("low", 0.05), ("high", 0.95)):  # Jeffreys' interval of a share
        calibration[name] = np.round(beta.ppf(q, k + 0.5, n - k + 0.5), 5).tolist()
    return {
        "quality": quality,
        "calibration": calibration,
        "tested": {"clients": len(y), "events": int(y.sum())},
    }


def climate(panel: Panel, pd: Array) -> dict[str, Any]:
    """What the business climate of a client's sector tells, beyond the client's own figures.

    pd: scores of the model, (month, client). By thirds of the sector's index, worst first, over all
    months: client-months watched, those that stop paying, and the chance of it in a year with a 90%
    interval. The area under the curve of the model less that of one without the index, a client
    once a year. And three rules in the months tested, defaults found and false alarms of each: that
    of case 4; one that in the worst third asks for one signal fewer; and one that always does.
    """
    from scipy.stats import beta

    index = panel.x["sector"]
    rows, event = training(panel, int(panel.months[-1]))
    edges = np.quantile(index[rows], [1 / 3, 2 / 3])
    third = np.searchsorted(edges, index)
    n = np.bincount(third[rows], minlength=3)
    k = np.bincount(third[rows & event], minlength=3)
    found: dict[str, Any] = {"edges": np.round(edges, 2).tolist(), "months": n.tolist()}
    found["stopped"] = k.tolist()
    found["rate"] = np.round(panels.yearly(k / n), 5).tolist()
    for name, q in (("low", 0.05), ("high", 0.95)):
        found[name] = np.round(panels.yearly(beta.ppf(q, k + 0.5, n - k + 0.5)), 5).tolist()

    flat = replace(panel, x=panel.x | {"sector": np.zeros_like(index)})
    without = scores(flat, [fit(flat, known).monthly for known in FOLDS])
    t, who, y = snapshots(panel)
    random = np.random.Generator(np.random.PCG64(20261128))
    more = [
        credit.roc_area(pd[t, who][i], y[i]) - credit.roc_area(without[t, who][i], y[i])
        for i in (random.integers(0, len(y), len(y)) for _ in range(400))
    ]
    found["auc_without"] = round(credit.roc_area(without[t, who], y), 4)
    found["auc_more_low"] = round(float(np.quantile(more, 0.05)), 4)
    found["auc_more_high"] = round(float(np.quantile(more, 0.95)), 4)

    a = problem.assumptions()
    hits = problem.beyond({name: panel.x[name] for name in SIGNALS}, a)
    fewer = problem.rule(hits, a.replace(signals_needed=a.signals_needed - 1))
    bad = third == 0
    for name, beyond in (
        ("usual", panel.rule),
        ("climate", panel.rule | (fewer & bad)),
        ("fewer", fewer),
    ):
        done = outcome(panel, beyond)
        found[f"{name}_found"] = int((done["lead"] > 0).sum())
        found[f"{name}_false"] = int(done["false"].sum())
    return found


def main() -> None:
    """Fit, and put the tables into the file of the model."""
    print(write("early_warning", fitted()))
