"""Early warning on the synthetic bank: which clients to look at, how early, and what it is worth.

Two halves. The first fits: a discrete-time hazard model on what the bank knew each month, beside
the rule of case 4, and writes small tables of what each threshold would have done
(`python -m casebook.portfolio.early_warning` puts them into data/models/early_warning.toml). The
second decides on them: numpy only, one run a millisecond.

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
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..assumptions import AssumptionError, Record, load
from ..cases.problem import SIGNALS
from ..cases.shape import Array, Draws, Result, drawer, many, residual, source
from ..distributions import normal
from ..words import DATA

FILE = DATA / "models/early_warning.toml"
#: Everything below this line of the file is written by `main`.
MARK = "# ---- fitted: written by python -m casebook.portfolio.early_warning; not by hand\n"

#: Months a client's stopped payment takes to become a default, and the longest lead that counts.
STOPPED, LONGEST = 4, 12
#: Last month known when a model is fitted; it is used in the twelve months after.
FOLDS = (24, 36)
YEAR = 12
FIRST, LAST = FOLDS[0] + 1, FOLDS[-1] + YEAR
MONTHS = LAST - FIRST + 1
#: Months of default for which every lead from STOPPED to LONGEST lies in the months tested.
SPAN = MONTHS - LONGEST + STOPPED
#: First month with half a year before it, from which drifts are known.
START = 7
LEVELS = 40
PD_STEP, MONEY_STEP = 0.01, 0.05  # a year; CNY million of expected loss
LINES_UP = ("rule", "by_pd", "by_loss")
ALTERNATIVES = ("none", *LINES_UP)
NOTHING, RULE, BY_PD, BY_LOSS = range(4)
#: What the hazard model looks at: the seven signals of case 4 and what else a bank sees.
COLUMNS = (*SIGNALS, "grade", "entries", "arrears", "breach", "late", "turnover", "sector",
           "silent")  # fmt: skip


# ------------------------------------------------------------------------------- the fit


@dataclass(frozen=True)
class Panel:
    """What was known, (month, client): `x` by COLUMNS, NaN where missing; `watched`, `rule`.

    limit, income (a year), both (month, client); lgd, default (month, 0 never), ead: (client,).
    """

    x: dict[str, Array]
    watched: NDArray[np.bool_]
    rule: NDArray[np.bool_]
    limit: Array
    income: Array
    default: NDArray[np.intp]
    ead: Array
    secured: NDArray[np.bool_]
    months: NDArray[np.intp]
    clients: NDArray[np.intp]


def panel(tables: dict[str, Any] | None = None) -> Panel:
    """The monitoring panel from the visible tables; column by column only of months up to its own.

    tables: monitoring, outcomes, facilities as DataFrames; those of the book if left out.
    """
    from . import bank, data, signals

    t = tables or {k: data.table(k) for k in ("monitoring", "outcomes", "facilities")}
    seen = t["monitoring"]
    values, months, clients = signals.panel(seen)
    warned = signals.rule(signals.beyond(values))
    at = (seen["month"] - months[0], np.searchsorted(clients, seen["client"]))

    def of(column: Any, missing: float = np.nan) -> Array:
        table = np.full((len(months), len(clients)), missing)
        table[at] = column
        return table

    def last(table: Array, n: int) -> Array:
        """Sum over the n months up to each."""
        total = np.cumsum(np.nan_to_num(table), axis=0)
        total[n:] -= total[:-n].copy()
        return total

    late = of(seen["days_past_due"])
    bad = of(seen["rating"].cat.codes) == len(bank.GRADES) - 1
    flow, here = of(seen["turnover"]), of(1.0, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean3 = last(flow, 3) / last(here, 3)
        mean12 = last(flow, 12) / last(here, 12)
        turnover = np.log(np.maximum(mean3, 1e-6) / np.maximum(mean12, 1e-6))
    pd = np.array([*bank.assumptions().grade_pd, 1.0])
    x = {k: values[k] for k in SIGNALS} | {
        "grade": of(np.log(pd[seen["rating"].cat.codes])),
        "entries": np.minimum(last(of(seen["court_entries"], 0.0), YEAR), 3.0),
        "arrears": np.minimum(last(of(seen["tax_arrears"], 0.0), YEAR), 3.0),
        "breach": of(seen["covenant_breach"]),
        "late": (last((late > 0).astype(float), 6) > 0).astype(float),
        "turnover": turnover,
        "sector": of(seen["sector_index"]),
        "silent": np.isnan(values["z"]).astype(float),
    }
    events = t["outcomes"]
    events = events[events["kind"] == "default"]
    default, ead = np.zeros(len(clients), int), np.zeros(len(clients))
    who = np.searchsorted(clients, events["client"])
    default[who], ead[who] = events["month"], events["amount"]
    pledged = t["facilities"].groupby("client")["secured"].max()
    return Panel(
        x={k: x[k] for k in COLUMNS},
        watched=(late == 0) & ~bad,
        rule=warned,
        limit=of(seen["limit"]),
        income=12 * of(seen["margin_income"] + seen["fee_income"]),
        default=default,
        ead=ead,
        secured=pledged.reindex(clients).fillna(0).to_numpy() > 0,
        months=months,
        clients=clients,
    )


@dataclass(frozen=True)
class Hazard:
    """A fitted model: score of rows of `standard`. coefficients with covariance, constant first."""

    mean: Array
    spread: Array
    coefficient: Array
    covariance: Array

    def monthly(self, x: Array) -> Array:
        """h of each row, x as `columns` gives it, NaN where missing: (row,)."""
        z = self.coefficient[0] + standard(x, self.mean, self.spread) @ self.coefficient[1:]
        return 1 / (1 + np.exp(-z))


def columns(p: Panel, at: Any) -> Array:
    """The rows `at` (a mask or index over month, client) of the panel, (row, column)."""
    return np.stack([p.x[k][at] for k in COLUMNS], axis=1)


def standard(x: Array, mean: Array, spread: Array) -> Array:
    """Centred and scaled, at most three spreads from the mean; a missing value is the mean."""
    return np.clip(np.nan_to_num((x - mean) / spread), -3.0, 3.0)


def training(p: Panel, known: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows (month, client) that can be learned from at the end of month `known`, and the event.

    A row is one whose event, four months later, is known by then: the gap of a time-based split.
    """
    month = p.months[:, None]
    rows = p.watched & (month >= START) & (month + STOPPED <= known)
    return rows, rows & (p.default == month + STOPPED)


def fit(p: Panel, known: int, penalty: float = 1.0) -> Hazard:
    """The hazard model by penalised likelihood, on what is known at the end of month `known`."""
    from sklearn.linear_model import LogisticRegression

    rows, event = training(p, known)
    raw, y = columns(p, rows), event[rows]
    mean, spread = np.nanmean(raw, axis=0), np.nanstd(raw, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    x = standard(raw, mean, spread)
    model = LogisticRegression(C=1 / penalty, tol=1e-9, max_iter=1000).fit(x, y)
    b = np.concatenate([model.intercept_, model.coef_[0]])
    full = np.column_stack([np.ones(len(x)), x])
    h = 1 / (1 + np.exp(-full @ b))
    ridge = penalty * np.diag([0.0] + [1.0] * x.shape[1])
    covariance = np.linalg.inv(full.T @ (full * (h * (1 - h))[:, None]) + ridge)
    return Hazard(mean, spread, b, covariance)


def boosted(p: Panel, known: int) -> Any:
    """A stronger model as a check: gradient boosting on the same rows; a function of rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    rows, event = training(p, known)
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=120, max_leaf_nodes=8, min_samples_leaf=200,
        l2_regularization=10.0, early_stopping=False, random_state=0,
    )  # fmt: skip
    with threadpool_limits(1):  # threads that wait for each other take minutes on a busy machine
        model.fit(columns(p, rows), event[rows])
    return lambda x: model.predict_proba(x)[:, 1]


def yearly(h: Array) -> Array:
    """Chance within twelve months of a monthly hazard that stays as it is."""
    return 1 - (1 - h) ** YEAR


def scores(p: Panel, models: Sequence[Any]) -> Array:
    """PD of a year by the model of each fold in the months it is used, (month, client); else 0."""
    result = np.zeros(p.watched.shape)
    for known, score in zip(FOLDS, models, strict=True):
        used = p.watched & (p.months[:, None] > known) & (p.months[:, None] <= known + YEAR)
        result[used] = yearly(score(columns(p, used)))
    return result


def alarms(beyond: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """First alarms only: (month, client); for twelve months a client is not alarmed again."""
    quiet = np.zeros(beyond.shape[1], int)
    raised = np.zeros_like(beyond)
    for t, hit in enumerate(beyond):
        raised[t] = hit & (quiet == 0)
        quiet = np.where(raised[t], YEAR - 1, np.maximum(quiet - 1, 0))
    return raised


def lgds() -> tuple[float, float]:
    """LGD unsecured and secured that a score in money reckons with: those of the bank's file."""
    from . import bank

    b = bank.assumptions()
    return b.lgd_unsecured, b.lgd_secured


def outcome(p: Panel, beyond: NDArray[np.bool_]) -> dict[str, Array]:
    """What a line of alarms would have done in the months tested.

    beyond: (month, client). lead: months from the alarm to the default, 0 not found, (client,);
    false, income: alarms by mistake, and a year's income of these clients, each (month tested,).
    """
    tested = (p.months >= FIRST) & (p.months <= LAST)
    raised = alarms((beyond & p.watched)[tested])
    ahead = p.default - p.months[tested][:, None]
    true = raised & (ahead >= STOPPED) & (ahead <= LONGEST)
    false = raised & ~true
    return {
        "lead": np.where(true, ahead, 0).max(axis=0),
        "false": false.sum(axis=1),
        "income": np.where(false, np.nan_to_num(p.income[tested]), 0.0).sum(axis=1),
    }


def at_risk(p: Panel) -> NDArray[np.bool_]:
    """Clients whose default could have been warned of in the months tested: (client,)."""
    watched = np.zeros(len(p.default), bool)
    for lead in range(STOPPED, LONGEST + 1):
        month = p.default - lead
        inside = (month >= FIRST) & (month <= LAST)
        who = np.flatnonzero(inside)
        watched[who] |= p.watched[month[who] - p.months[0], who]
    return watched


def _code(leads: Array) -> str:
    """Leads as one sign each: 0 not found, 4 to 9, a b c for ten to twelve months."""
    return "".join("0123456789abc"[int(v)] for v in leads)


def fitted() -> dict[str, Any]:
    """Everything that the decision needs, as plain numbers and texts; a minute's work."""
    p = panel()
    models = [fit(p, known) for known in FOLDS]
    trees = [boosted(p, known) for known in FOLDS]
    pd = scores(p, [m.monthly for m in models])
    pd_trees = scores(p, trees)
    unsecured, secured = lgds()
    loss = pd * np.nan_to_num(p.limit) * np.where(p.secured, secured, unsecured)
    who = np.flatnonzero(at_risk(p))
    steps = np.arange(1, LEVELS + 1)
    ladders = {
        "rule": [outcome(p, p.rule)],
        "by_pd": [outcome(p, pd >= k * PD_STEP) for k in steps],
        "by_loss": [outcome(p, loss >= k * MONEY_STEP) for k in steps],
    }
    result: dict[str, Any] = {
        "defaults": {
            "client": p.clients[who].tolist(),
            "month": p.default[who].tolist(),
            "ead": np.round(p.ead[who], 3).tolist(),
            "secured": p.secured[who].astype(int).tolist(),
        }
    }
    for name, rungs in ladders.items():
        leads = np.array([o["lead"][who] for o in rungs]).T
        result[name] = {
            "lead": [_code(row) for row in leads],
            "false": [o["false"].tolist() for o in rungs],
            "income": [np.round(o["income"], 1).tolist() for o in rungs],
        }
    tested = (p.months >= FIRST) & (p.months <= LAST)
    result["clients"] = round(float(p.watched[tested].sum() / MONTHS))
    last = models[-1]
    result["model"] = {
        "column": ["constant", *COLUMNS],
        "coefficient": np.round(last.coefficient, 4).tolist(),
        "error": np.round(np.sqrt(np.diag(last.covariance)), 4).tolist(),
    }
    result |= _quality(p, pd, pd_trees)
    return result


def snapshots(p: Panel) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """(month index, client index, event) of the first month of each fold: a client once a year.

    The event: the client stops paying within twelve months and defaults.
    """
    rows, who, event = [], [], []
    for known in FOLDS:
        t = int(known + 1 - p.months[0])
        here = np.flatnonzero(p.watched[t])
        ahead = p.default[here] - (known + 1)
        rows.append(np.full(len(here), t))
        who.append(here)
        event.append((ahead >= STOPPED) & (ahead < STOPPED + YEAR))
    return np.concatenate(rows), np.concatenate(who), np.concatenate(event)


def _quality(p: Panel, pd: Array, pd_trees: Array) -> dict[str, Any]:
    """ROC, precision and recall, calibration, on a client once a year."""
    from scipy.stats import beta, rankdata

    from . import signals

    t, who, y = snapshots(p)
    hit = signals.beyond({k: p.x[k] for k in SIGNALS})
    lit = sum(h.astype(float) for h in hit.values())
    scores_of = {"model": pd[t, who], "trees": pd_trees[t, who], "signals": lit[t, who]}
    random = np.random.Generator(np.random.PCG64(20260712))
    again = [random.integers(0, len(y), len(y)) for _ in range(400)]

    def area(score: Array, event: NDArray[np.bool_]) -> float:
        rank, n = rankdata(score), event.sum()
        return float((rank[event].sum() - n * (n + 1) / 2) / (n * (len(event) - n)))

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
        areas = [area(score[i], y[i]) for i in again]
        quality[name] = ladder(score, cuts) | {
            "auc": round(area(score, y), 4),
            "auc_low": round(float(np.quantile(areas, 0.05)), 4),
            "auc_high": round(float(np.quantile(areas, 0.95)), 4),
        }
    more = [area(scores_of["model"][i], y[i]) - area(scores_of["signals"][i], y[i]) for i in again]
    trees = [area(scores_of["trees"][i], y[i]) - area(scores_of["model"][i], y[i]) for i in again]
    warned = p.rule[t, who]
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


def text(result: dict[str, Any]) -> str:
    """The fitted tables as TOML, one list a line."""

    def cell(v: Any) -> str:
        if isinstance(v, str):
            return f'"{v}"'
        if isinstance(v, list) and v and isinstance(v[0], list):
            return "[\n" + "".join(f"  {cell(row)},\n" for row in v) + "]"
        if isinstance(v, list):
            return "[" + ", ".join(map(cell, v)) + "]"
        return repr(v)

    lines = [MARK, "[fit]\n"]
    tables: list[tuple[str, dict[str, Any]]] = []
    for name, value in result.items():
        if not isinstance(value, dict):
            lines.append(f"{name} = {cell(value)}\n")
        elif any(isinstance(v, dict) for v in value.values()):
            tables += [(f"{name}.{k}", v) for k, v in value.items()]
        else:
            tables.append((name, value))
    for name, table in tables:
        lines.append(f"\n[fit.{name}]\n")
        lines += [f"{k} = {cell(v)}\n" for k, v in table.items()]
    return "".join(lines)


def write_fit(file: Path, result: dict[str, Any], mark: str = MARK) -> None:
    """Replace what is below the mark of a model's file."""
    before = file.read_text(encoding="utf-8").split(mark)[0].rstrip() + "\n\n\n"
    file.write_text(before + text(result).replace(MARK, mark), encoding="utf-8")


# ------------------------------------------------------------------------------- the decision


@dataclass(frozen=True)
class Warning(Record):
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


def assumptions(path: str | Path | None = None) -> Warning:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Warning, "early_warning", path, folder="models")


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
    fit = load(Warning, "early_warning", path, folder="models").spec.words["fit"]
    defaults = fit["defaults"]

    def all_levels(x: Array) -> Array:
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


def tables(a: Warning) -> Tables:
    """What the fit left in the file of these assumptions."""
    return _tables(a.spec.path)


def sample(a: Warning, n: int, seed: int) -> Draws:
    """n other histories as uniforms in [0, 1): weights (n, default) of a Bayesian bootstrap of
    the defaults, luck (n,) of the number of false alarms, effect (n,) of what an alarm does."""
    n, random = source(n, seed)
    return {
        "weight": random((n, len(tables(a).ead))),
        "luck": random(n),
        "effect": random(n),
    }


def simulate(a: Warning, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """The two years tested, month by month: no warning, the rule, alarms by PD and by loss.

    A single run takes the tables as they are; many weigh each default anew (`sample`) and draw the
    number of false alarms and the true effect. Lines are dated by the month of the alarm.
    """
    if d is None:
        return _run(a, None, None)
    given = np.shape(d.get("weight"))
    if len(given) == 2 and given[1] != len(tables(a).ead):
        raise AssumptionError(
            f"draws for {given[1]} defaults are not allowed; {len(tables(a).ead)} are "
            "(sample again with these assumptions)"
        )
    return many(partial(_run, a), sample(a, 1, 0), d, keep)


def whole_span(t: Tables) -> NDArray[np.bool_]:
    """Defaults of which every lead from four to twelve months lies in the months tested."""
    return (t.month >= FIRST + LONGEST) & (t.month <= LAST + STOPPED)


def levels(a: Warning) -> tuple[int, int, int]:
    """Which level of the ladder each line uses: rule, by PD, by loss."""

    def level(x: float, step: float) -> int:
        return int(np.clip(np.floor(x / step + 1e-9), 1, LEVELS)) - 1

    return 0, level(a.threshold, PD_STEP), level(a.threshold_loss, MONEY_STEP)


def avoided(a: Warning) -> tuple[Array, Array]:
    """By months of lead 0..12: chance that the default is avoided, and the share of exposure cut.

    The plan starts `delay` months after the alarm; zero for a default that is not found.
    """
    lead = np.arange(LONGEST + 1)
    left = np.maximum(lead - a.delay, 0)
    found = lead > 0
    chance = a.saved * (1 - a.chance_decay) ** (LONGEST - left) * (left > 0)
    return chance * found, (1 - (1 - a.cut) ** left) * found


def _lgd(a: Warning, t: Tables) -> Array:
    return np.where(t.secured, a.lgd_secured, a.lgd_unsecured)


def _costs(a: Warning) -> Array:
    """Running cost of each alternative, a year: (alternative,)."""
    return np.array([0.0, a.rule_cost, a.system_cost, a.system_cost])


def _run(a: Warning, d: Draws | None, keep: Sequence[str] | None) -> Result:
    t = tables(a)
    n = 1 if d is None else len(d["luck"])
    weight = np.ones((len(t.ead), 1)) if d is None else -np.log1p(-d["weight"].T)
    effect = np.ones(1) if d is None else 1 + a.effect_spread * (2 * d["effect"] - 1)
    luck = np.zeros(1) if d is None else normal(d["luck"])
    at = np.array(levels(a))
    line = np.arange(len(LINES_UP))
    lead, false, income = t.lead[line, at], t.false[line, at], t.income[line, at]
    chance, part = avoided(a)
    loss = _lgd(a, t) * t.ead

    # found defaults one by one, in one order however many scenarios there are
    side, who = np.nonzero(lead)
    months = lead[side, who]
    when = t.month[who] - months - FIRST + 1
    w = weight[who]
    hit = chance[months][:, None] * effect
    sizes = {
        "true_alarms": w,
        "loss_avoided": w * loss[who][:, None] * hit,
        "exposure_cut": w * loss[who][:, None] * (1 - hit) * part[months][:, None] * effect,
        "loss_found": w * loss[who][:, None],
        "lead": w * months[:, None],
    }
    lines = {k: np.zeros((MONTHS + 1, len(ALTERNATIVES), n)) for k in sizes}
    for k, size in sizes.items():
        np.add.at(lines[k], (when, side + 1), size)
    total = false.sum(axis=1)
    scale = 1 + luck * (1 / np.sqrt(np.maximum(total, 1.0)))[:, None]  # (line, scenario)
    scale = np.maximum(scale, 0.0)
    for k, x in (("false_alarms", false), ("income", income)):
        lines[k] = np.zeros((MONTHS + 1, len(ALTERNATIVES), n))
        lines[k][1:, 1:] = x.T[:, :, None] * scale

    alarms_ = lines["true_alarms"] + lines["false_alarms"]
    cost = np.zeros((MONTHS + 1, len(ALTERNATIVES), 1))
    cost[1:] = _costs(a)[:, None] / YEAR
    out = {
        "loss_avoided": lines["loss_avoided"],
        "exposure_cut": lines["exposure_cut"],
        "review_cost": -a.hour_cost * a.review_hours * alarms_,
        "action": -a.action_cost * lines["true_alarms"],
        "offended": -a.alarm_leave * a.leaver * lines["income"],
        "system": -cost + np.zeros(n),
    }
    before = sum(out.values())
    out["tax"] = -a.tax * before
    out["gain_line"] = before + out["tax"]
    out |= {
        "alarms": alarms_,
        "true_alarms": lines["true_alarms"],
        "false_alarms": lines["false_alarms"],
        "hours": a.review_hours * alarms_,
        "loss_found": lines["loss_found"],
    }

    def year(x: Array) -> Array:
        """A year's average of the months tested; the same order however many scenarios."""
        return sum(x[k] for k in range(1, MONTHS + 1)) / (MONTHS / YEAR)

    seen = np.flatnonzero(whole_span(t))
    every = SPAN / YEAR
    whole = sum(weight[i] * loss[i] for i in seen) / every
    count = sum(weight[i] for i in seen) / every
    share = np.zeros((2, len(ALTERNATIVES), n))  # defaults and loss found, of the whole span
    inside = np.isin(who, seen)
    for k, size in enumerate(("true_alarms", "loss_found")):
        np.add.at(share[k], side[inside] + 1, sizes[size][inside] / every)
    found, raised = year(out["true_alarms"]), year(alarms_)
    gain = year(out["gain_line"])
    best = ladder(a)
    top = {k: np.array([[0.0, *best[k]]]).T for k in ("best_gain", "best_hours")}
    top["best_at"] = np.array([[np.nan, np.nan, *best["best_at"][1:]]]).T
    hours = year(out["hours"]) / YEAR
    metrics = {
        "gain_year": gain,
        "saved_year": year(out["loss_avoided"] + out["exposure_cut"]),
        "cost_year": -year(out["review_cost"] + out["action"] + out["offended"] + out["system"]),
        "loss_year": np.broadcast_to(whole, gain.shape),
        "defaults_year": np.broadcast_to(count, gain.shape),
        "found_share": share[0] / count,
        "loss_share": share[1] / whole,
        "mean_lead": _ratio(year(lines["lead"]), found),
        "alarms_year": raised,
        "false_month": year(out["false_alarms"]) / YEAR,
        "precision": _ratio(found, raised),
        "hours_month": hours,
        "first_month": out["alarms"][1],
        "within": hours <= a.hours_limit + 1e-9,
        "pays": gain > 0,
        "best_pd": top["best_at"] * np.array([[np.nan], [np.nan], [PD_STEP], [np.nan]]),
        "best_loss": top["best_at"] * np.array([[np.nan], [np.nan], [np.nan], [MONEY_STEP]]),
        "best_gain": top["best_gain"],
        "best_hours": top["best_hours"],
    }
    gained = np.cumsum(out["gain_line"], axis=0)[1:] > 0
    first = np.where(gained.any(axis=0), gained.argmax(axis=0) + 1, -1)
    return Result(
        assumptions=a,
        chosen=a.view,
        alternatives=ALTERNATIVES,
        single=d is None,
        all_lines=out if d is None else {k: out[k] for k in keep or () if k in out},
        all_metrics=metrics,
        all_events={"pays_back": first},
        checks=_checks(a, t, out, metrics, weight, effect, scale),
        largest_balance=max(float(whole.max()), 1.0),
        scenarios=n,
    )


def _ratio(x: Array, y: Array) -> Array:
    return np.divide(x, y, out=np.full(x.shape, np.nan), where=y > 0)


def _checks(
    a: Warning, t: Tables, out: dict[str, Array], metrics: dict[str, Array], weight: Array,
    effect: Array, scale: Array,
) -> dict[str, float]:  # fmt: skip
    years = MONTHS / YEAR
    at = levels(a)
    loss = _lgd(a, t) * t.ead
    chance, part = avoided(a)
    parts = [k for k, s in a.spec.words["lines"].items() if s["view"] == "lender"]
    straight, lost, hours = [], [], []
    for k, level in enumerate(at):
        lead = t.lead[k, level]
        c = chance[lead][:, None] * effect
        keeps = (1 - c) * (1 - part[lead][:, None] * effect)  # what is still lost of each
        left = (weight * loss[:, None] * keeps).sum(axis=0)
        save = (weight * loss[:, None]).sum(axis=0) - left
        hits = (weight * (lead > 0)[:, None]).sum(axis=0)
        wrong = t.false[k, level].sum() * scale[k]
        spent = (
            a.hour_cost * a.review_hours * (hits + wrong)
            + a.action_cost * hits
            + a.alarm_leave * a.leaver * t.income[k, level].sum() * scale[k]
            + _costs(a)[k + 1] * years
        )
        straight.append((1 - a.tax) * (save - spent) / years)
        kept = years * metrics["saved_year"][k + 1]
        lost.append((left + kept) - (weight * loss[:, None]).sum(axis=0))
        hours.append(a.review_hours * (hits + wrong) / MONTHS - metrics["hours_month"][k + 1])
    inside = metrics["within"] & (weight.shape[1] == 1)
    return {
        "statement_foots": residual(sum(out[k] for k in parts[:-1]) - out[parts[-1]]),
        "default_by_default": residual(np.array(straight) - metrics["gain_year"][1:]),
        "saved_and_lost": residual(np.array(lost)),
        "alarms_add_up": residual(out["true_alarms"] + out["false_alarms"] - out["alarms"]),
        "hours_are_alarms": residual(np.array(hours)),
        "nothing_does_nothing": residual(*(x[:, NOTHING] for x in out.values())),
        "best_is_best": residual(
            np.where(inside, np.maximum(metrics["gain_year"] - metrics["best_gain"], 0), 0)
            if weight.shape[1] == 1 else 0.0
        ),
    }  # fmt: skip


def ladder(a: Warning) -> dict[str, Array]:
    """Every threshold of every line, on the tables as they are: (line, level) each.

    gain: a year, after tax; hours: a month; found, loss_found: shares; precision, false (a month).
    best_gain, best_hours, best_at (line,): of the levels within the hours; zero and NaN if none
    earns anything. best_at counts from one.
    """
    t = tables(a)
    years = MONTHS / YEAR
    loss = _lgd(a, t) * t.ead
    chance, part = avoided(a)
    share = chance + (1 - chance) * part
    hits = (t.lead > 0).sum(axis=2)
    seen = whole_span(t)
    false = t.false.sum(axis=2)
    saves = share[t.lead] @ loss
    spent = (
        a.hour_cost * a.review_hours * (hits + false)
        + a.action_cost * hits
        + a.alarm_leave * a.leaver * t.income.sum(axis=2)
        + _costs(a)[1:, None] * years
    )
    gain = (1 - a.tax) * (saves - spent) / years
    hours = a.review_hours * (hits + false) / MONTHS
    inside = np.where(hours <= a.hours_limit + 1e-9, gain, -np.inf)
    at = inside.argmax(axis=1)
    best = inside[np.arange(len(at)), at]
    good = best > 0
    return {
        "gain": gain,
        "hours": hours,
        "found": (t.lead > 0)[..., seen].mean(axis=2),
        "loss_found": (t.lead > 0)[..., seen] @ loss[seen] / loss[seen].sum(),
        "precision": hits / np.maximum(hits + false, 1),
        "false": false / MONTHS,
        "best_gain": np.where(good, best, 0.0),
        "best_hours": np.where(good, hours[np.arange(len(at)), at], 0.0),
        "best_at": np.where(good, at + 1.0, np.nan),
    }


# ------------------------------------------------------------------------------- what it says

#: Histories drawn for an interval.
HISTORIES = 4000
#: Share of the best gain that counts as nearly as good.
WIDE = 0.9


def _shown(r: Result) -> Result:
    return r


@lru_cache(maxsize=8)
def _ensemble(a: Warning, n: int, seed: int) -> Result:
    return simulate(a, sample(a, n, seed))


def ensemble(r: Result, n: int = HISTORIES, seed: int = 20260713) -> Result:
    """Many histories of the same assumptions, all alternatives on the same draws."""
    return _ensemble(r.assumptions, n, seed)


def explorer(r: Result) -> dict[str, Any]:
    """The ladder, the level of each line, and loss found by months of lead of the one shown."""
    a, t = r.assumptions, tables(r.assumptions)
    loss = _lgd(a, t) * t.ead / (MONTHS / YEAR)
    by = [np.bincount(t.lead[k, at], loss, LONGEST + 1) for k, at in enumerate(levels(a))]
    return ladder(a) | {"at": levels(a), "by_lead": np.array(by), "loss": float(loss.sum())}


def quality(r: Result) -> Any:
    """ROC, precision and recall of model, boosted trees, number of signals and rule."""
    return r.assumptions.spec.words["fit"]["quality"]


def calibration(r: Result) -> dict[str, Array]:
    """PD said and share that came, by bins of clients, with a 90% interval; see `_quality`."""
    c = {k: np.array(v) for k, v in r.assumptions.spec.words["fit"]["calibration"].items()}
    return c | {"came": c["came"] / c["clients"]}


def effects(r: Result) -> list[tuple[str, float, float]]:
    """(column, coefficient, error) of the last model, per spread of the column, largest first."""
    m = r.assumptions.spec.words["fit"]["model"]
    rows = list(zip(m["column"], m["coefficient"], m["error"], strict=True))[1:]
    return sorted(rows, key=lambda row: -abs(row[1]))


def worth(r: Result) -> dict[str, Array]:
    """Share of a loss that is saved, by months of lead; avoided and cut, each (lead,)."""
    chance, part = avoided(r.assumptions)
    return {"lead": np.arange(LONGEST + 1), "avoided": chance, "cut": (1 - chance) * part}


def work(r: Result) -> dict[str, Array]:
    """Alarms of each month tested: rule, by PD, by loss, each (month,)."""
    return {k: r.alternative(k).lines["alarms"][1:] for k in LINES_UP}


def gains(r: Result) -> dict[str, Any]:
    """Gain a year of each line, and over the rule, with what many histories say: (line,) each.

    low, high: 5 and 95% of histories with unknown effect; luck_low, luck_high: effect as assumed.
    """
    many = ensemble(r)
    known = ensemble(simulate(r.assumptions.replace(effect_spread=0.0)))
    x, y = many.all_metrics["gain_year"], known.all_metrics["gain_year"]
    sides = {"": (x[1:], y[1:]), "over_": (x[2:] - x[1], y[2:] - y[1])}
    result: dict[str, Any] = {"names": LINES_UP, "expected": r.all_metrics["gain_year"][1:, 0]}
    result["over"] = result["expected"][1:] - result["expected"][0]
    for name, (wide, luck) in sides.items():
        result |= {
            f"{name}low": np.quantile(wide, 0.05, axis=1),
            f"{name}high": np.quantile(wide, 0.95, axis=1),
            f"{name}luck_low": np.quantile(luck, 0.05, axis=1),
            f"{name}luck_high": np.quantile(luck, 0.95, axis=1),
            f"{name}sure": (wide > 0).mean(axis=1),
        }
    return result


def year_by_year(r: Result) -> dict[str, Any]:
    """Is the threshold luck? The best of the first year tested, used in the second: (line,) each.

    best: level, from one; second: gain of the second year at it; hindsight: at its own best level.
    """
    a, t = r.assumptions, tables(r.assumptions)
    loss = _lgd(a, t) * t.ead
    chance, part = avoided(a)
    share = chance + (1 - chance) * part
    split = FIRST + YEAR
    gain, hours = [], []
    for inside, cut in (
        (t.month - t.lead < split, slice(0, YEAR)),
        (t.month - t.lead >= split, slice(YEAR, None)),
    ):
        lead = np.where(inside, t.lead, 0)
        hits, false = (lead > 0).sum(axis=2), t.false[..., cut].sum(axis=2)
        spent = (
            a.hour_cost * a.review_hours * (hits + false)
            + a.action_cost * hits
            + a.alarm_leave * a.leaver * t.income[..., cut].sum(axis=2)
            + _costs(a)[1:, None]
        )
        gain.append((1 - a.tax) * (share[lead] @ loss - spent))
        hours.append(a.review_hours * (hits + false) / YEAR)
    allowed = [np.where(h <= a.hours_limit, g, -np.inf) for g, h in zip(gain, hours, strict=True)]
    best, own = (x.argmax(axis=1) for x in allowed)
    line = np.arange(len(LINES_UP))
    return {
        "best": best + 1,
        "second": gain[1][line, best],
        "hindsight": gain[1][line, own],
        "hours": hours[1][line, best],
    }


def break_even_effect(r: Result, name: str) -> float:
    """How small the effect of an alarm may be, times the assumed one, for a line to pay."""
    m = r.alternative(name)
    a, t = r.assumptions, tables(r.assumptions)
    lead = t.lead[LINES_UP.index(name), levels(a)[LINES_UP.index(name)]]
    loss = _lgd(a, t) * t.ead / (MONTHS / YEAR)
    chance, part = avoided(a)
    one = (loss * (chance + part)[lead]).sum()
    two = (loss * (chance * part)[lead]).sum()
    cost = m.metrics["cost_year"]
    if two <= 0:
        return float(cost / one) if one > 0 else np.nan
    root = one**2 - 4 * two * cost
    return float((one - np.sqrt(root)) / (2 * two)) if root >= 0 else np.nan


def threshold_of_costs(r: Result) -> float:
    """The PD at which an alarm earns its cost: p x saved - (1 - p) x wasted - review = 0.

    With the average loss, lead and income at stake of the alarms by PD as they stand.
    """
    a, t = r.assumptions, tables(r.assumptions)
    at = levels(a)[1]
    side = r.alternative("by_pd").metrics
    found = side["alarms_year"] * side["precision"]
    save = side["saved_year"] / found - a.action_cost
    wasted = a.alarm_leave * a.leaver * t.income[1, at].sum() / max(t.false[1, at].sum(), 1.0)
    review = a.hour_cost * a.review_hours
    return float((wasted + review) / (save + wasted)) if found > 0 else np.nan


def findings(r: Result) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    a = r.assumptions
    fit, g, years, best = a.spec.words["fit"], gains(r), year_by_year(r), ladder(a)
    q, tested = fit["quality"], fit["tested"]
    same = _same_hours(r)
    free = ladder(a.replace(hours_limit=a.spec.assumptions["hours_limit"].high))
    half = ladder(a.replace(hours_limit=a.hours_limit / 2))
    save = sum(avoided(a)) - avoided(a)[0] * avoided(a)[1]
    wide = np.flatnonzero(best["gain"][1] >= WIDE * best["gain"][1].max())
    result = {
        "histories": float(HISTORIES),
        "clients": float(fit["clients"]),
        "tested_clients": float(tested["clients"]),
        "tested_events": float(tested["events"]),
        "base_rate": tested["events"] / tested["clients"],
        "defaults": float(len(fit["defaults"]["ead"])),
        "defaults_whole": float(whole_span(tables(a)).sum()),
        "loss_year": r.metrics["loss_year"],
        "lead_four": float(save[STOPPED]),
        "lead_eight": float(save[8]),
        "lead_twelve": float(save[LONGEST]),
        "rule_hours": float(best["hours"][0, 0]),
        "rule_found": float(best["found"][0, 0]),
        "same_pd": same["by_pd"],
        "same_loss": same["by_loss"],
        "best_pd": float(best["best_at"][1] * PD_STEP),
        "best_gain": float(best["best_gain"][1]),
        "free_pd": float(free["best_at"][1] * PD_STEP),
        "free_gain": float(free["best_gain"][1]),
        "free_hours": float(free["best_hours"][1]),
        "half_pd": float(half["best_at"][1] * PD_STEP),
        "half_gain": float(half["best_gain"][1]),
        "wide_low": PD_STEP * float(wide.min() + 1),
        "wide_high": PD_STEP * float(wide.max() + 1),
        "wide_share": WIDE,
        "all_gain": float(best["gain"][1, 0]),
        "all_hours": float(best["hours"][1, 0]),
        "first_pd": float(years["best"][1] * PD_STEP),
        "second_gain": float(years["second"][1]),
        "second_rule": float(years["second"][0]),
        "second_hindsight": float(years["hindsight"][1]),
        "theory_pd": threshold_of_costs(r),
        "auc_model": q["model"]["auc"],
        "auc_model_low": q["model"]["auc_low"],
        "auc_model_high": q["model"]["auc_high"],
        "auc_trees": q["trees"]["auc"],
        "auc_signals": q["signals"]["auc"],
        "rule_recall": q["rule"]["recall"],
        "rule_false_rate": q["rule"]["false_rate"],
        "rule_precision": q["rule"]["precision"],
        "auc_more_low": q["beyond"]["model_low"],
        "auc_more_high": q["beyond"]["model_high"],
    }
    for k, name in enumerate(LINES_UP):
        side = r.alternative(name).metrics
        result |= {
            f"{name}_gain": float(g["expected"][k]),
            f"{name}_low": float(g["low"][k]),
            f"{name}_high": float(g["high"][k]),
            f"{name}_luck_low": float(g["luck_low"][k]),
            f"{name}_luck_high": float(g["luck_high"][k]),
            f"{name}_sure": float(g["sure"][k]),
            f"{name}_false": side["false_month"],
            f"{name}_share": side["found_share"],
            f"{name}_loss_share": side["loss_share"],
            f"{name}_lead": side["mean_lead"],
            f"{name}_first": side["first_month"],
            f"{name}_even": break_even_effect(r, name),
        }
    for k, name in enumerate(LINES_UP[1:]):
        result |= {
            f"{name}_over": float(g["over"][k]),
            f"{name}_over_low": float(g["over_low"][k]),
            f"{name}_over_high": float(g["over_high"][k]),
            f"{name}_over_sure": float(g["over_sure"][k]),
        }
    return result


def _same_hours(r: Result) -> dict[str, float]:
    """Gain a year of each line with no more work than the rule makes."""
    x = ladder(r.assumptions)
    hours = x["hours"][0, 0]
    within = np.where(x["hours"] <= hours, hours - x["hours"], np.inf).argmin(axis=1)
    return {name: float(x["gain"][k, within[k]]) for k, name in enumerate(LINES_UP)}


#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.early_warning.
FIGURES = {
    "explorer": explorer,
    "worth": worth,
    "quality": quality,
    "calibration": calibration,
    "effects": effects,
    "work": work,
    "gains": gains,
}

figure = drawer("early_warning", FIGURES)


def main() -> int:
    """Fit, and put the tables into the file of the model."""
    write_fit(FILE, fitted())
    print(f"{FILE.name}: fitted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
