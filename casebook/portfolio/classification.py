"""Which service for which client: a rule, two trained models and the truth, compared in money.

The bank serves every client alike, or by class: strategic, transactional, growth, problem, each
with its hours and its attention. A class is given by the tree of the types (`typology`), or by a
model that has learnt from clients whose type a costly review has found.

    fit        features of month 36, labels of the clients drawn for review; scikit-learn. Kept are
               the chances that each model gives to clients it has not learnt from, a year later
    service    value of a client of type i at level j, a year, before tax:
                   - lost_ij x mistake x income - hours_j x cost of an hour
                   + saved x PD x LGD x EAD, if i and j are both problem
    decision   the level of the most likely type, or that of the best expected value
    gain       value less that of the same service for all; a bootstrap over clients gives the band
Money in CNY million. Clients in default or gone are known and not part of it.
`python -m casebook.portfolio.classification` fits again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import timevalue
from ..assumptions import Record, load
from ..cases.shape import (
    Array,
    Draws,
    Result,
    drawer,
    first_time,
    many,
    residual,
    source,
)
from . import PROBLEM, TYPES, fitted

LIVING = TYPES[:4]
METHODS = ("rule", "logistic", "boosting")
ALTERNATIVES = ("same", *METHODS, "truth")
#: The levels of service: those of the four types, and the one for all.
SAME = 4
#: What the model learns from, and when it is tried.
LEARNT, TRIED = 36, 48
REVIEWED, LOTTERY = 0.3, 20260801
YEARS = 5
CHUNK = 250


@dataclass(frozen=True)
class Classification(Record):
    """The assumptions; data/models/classification.toml gives unit, range and reason.

    Lists run over the levels of service: strategic, transactional, growth, problem, the same for
    all.
    """

    # the book
    clients: int
    # what a level of service is
    hours: tuple[float, ...]
    hour_cost: float
    lost_strategic: tuple[float, ...]
    lost_transactional: tuple[float, ...]
    lost_growth: tuple[float, ...]
    lost_problem: tuple[float, ...]
    mistake: float
    # loss not seen
    problem_pd: float
    lgd: float
    saved: float
    # what classes cost
    reviews: float
    yearly_reviews: float
    review_hours: float
    rule_cost: float
    model_cost: float
    # how a model's chances become a class
    decide: str
    # what the owners ask
    hurdle: float
    tax: float
    # what is shown first
    method: str


def assumptions(path: str | Path | None = None) -> Classification:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Classification, "classification", path, folder="models")


@dataclass(frozen=True)
class Tried:
    """The clients that no model has learnt from, a year after: each (client,)."""

    true: NDArray[np.int_]
    rule: NDArray[np.int_]
    chance: dict[str, Array]  # method -> (client, type)
    income: Array  # a year, after funding
    ead: Array


@lru_cache(maxsize=4)
def _tried(true: str, rule: str, logistic: str, boosting: str, income: str, ead: str) -> Tried:
    def chances(text: str) -> Array:
        raw = fitted.from_digits(text, 3).reshape(-1, len(LIVING)).astype(float)
        return raw / raw.sum(axis=1, keepdims=True)

    return Tried(
        fitted.from_digits(true), fitted.from_digits(rule),
        {"logistic": chances(logistic), "boosting": chances(boosting)},
        fitted.from_digits(income, 5) / 1e3, fitted.from_digits(ead, 6) / 1e2,
    )  # fmt: skip


def tried(a: Classification) -> Tried:
    """The clients of the trial, from the model's file."""
    return _tried(**a.spec.words["fit"]["clients"])


def sample(a: Classification, n: int, seed: int) -> Draws:
    """n bootstrap samples of the clients tried, as uniforms in [0, 1): client (n, client)."""
    size = len(tried(a).true)
    n, random = source(n, seed)
    return {"client": random((n, size), dtype=np.float32)}


def simulate(
    a: Classification, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result:
    """Serve the clients by each method: those tried, or the bootstrap samples of `sample`.

    The same service, the rule, both models and the truth run side by side; `a.method` is shown
    first. A single run keeps all lines; many keep the lines named in `keep`.
    """
    t = tried(a)
    each = _each(a, t, levels(a, t))
    if d is None:
        return _result(a, t, {k: v[:, None].sum(axis=-1) for k, v in each.items()}, keep=None)
    return many(partial(_many, a, t, each), sample(a, 1, 0), d, keep, CHUNK)


# ------------------------------------------------------------------------------- the decision


def lost(a: Classification) -> Array:
    """Share of a year's income lost, (type, level)."""
    rows = (a.lost_strategic, a.lost_transactional, a.lost_growth, a.lost_problem)
    return a.mistake * np.array(rows)


def worth(a: Classification, income: Array, ead: Array) -> Array:
    """Value of a client of each type at each level, a year, before tax: (client, type, level)."""
    value = -income[:, None, None] * lost(a) - a.hour_cost * np.array(a.hours)
    value[:, PROBLEM, PROBLEM] += a.saved * a.problem_pd * a.lgd * ead
    return value


def cost_matrix(a: Classification, income: float, ead: float) -> Array:
    """What a wrong level costs, (type, level): the best level's value less this one's, a year."""
    value = worth(a, np.array([income]), np.array([ead]))[0]
    return value.max(axis=1, keepdims=True) - value


def chosen_levels(a: Classification, chance: Array, value: Array) -> NDArray[np.int_]:
    """The level of each client from a model's chances, (client,)."""
    if a.decide == "likely":
        return chance.argmax(axis=1)
    expected = (chance[:, :, None] * value[:, :, : len(LIVING)]).sum(axis=1)
    return expected.argmax(axis=1)


def levels(a: Classification, t: Tried) -> NDArray[np.int_]:
    """The level of service of each client by each alternative, (alternative, client)."""
    value = worth(a, t.income, t.ead)
    best = value[np.arange(len(t.true)), t.true].argmax(axis=1)
    models = [chosen_levels(a, t.chance[k], value) for k in METHODS[1:]]
    return np.stack([np.full(len(t.true), SAME), t.rule, *models, best])


def _each(a: Classification, t: Tried, level: NDArray[np.int_]) -> dict[str, Array]:
    """What each client brings to the sums, name -> (alternative, client); the gains over SAME."""
    share, hours = lost(a), np.array(a.hours)
    bad = t.true == PROBLEM
    seen = level == PROBLEM
    return {
        "service": -a.hour_cost * (hours[level] - hours[SAME]),
        "margin": -t.income * (share[t.true, level] - share[t.true, SAME]),
        "loss": a.saved * a.problem_pd * a.lgd * t.ead * (bad & seen),
        "right": (level == t.true) * 1.0,
        "hours": hours[level],
        "missed": (bad & ~seen) * 1.0,
        "alarms": (~bad & seen) * 1.0,
        "problems": np.broadcast_to(bad * 1.0, level.shape),
    }


def _many(
    a: Classification, t: Tried, each: dict[str, Array], d: Draws, keep: Sequence[str]
) -> Result:
    at = (d["client"] * len(t.true)).astype(np.intp)
    sums = {k: np.stack([row[at].sum(axis=1) for row in v]) for k, v in each.items()}
    return _result(a, t, sums, keep=keep)


# ------------------------------------------------------------------------------- the money


def costs(a: Classification) -> tuple[Array, Array, Array]:
    """Reviews in year 0, reviews a year, running cost a year: each (alternative,)."""
    learns = np.array([k in METHODS[1:] for k in ALTERNATIVES])
    one = a.clients * a.review_hours * a.hour_cost
    running = np.where(learns, a.model_cost, 0.0) + a.rule_cost * (np.array(ALTERNATIVES) == "rule")
    return learns * a.reviews * one, learns * a.yearly_reviews * one, running


def _result(
    a: Classification, t: Tried, sums: dict[str, Array], *, keep: Sequence[str] | None
) -> Result:
    """From sums over the clients tried, (alternative, scenario), to the book and its years."""
    size, n = len(t.true), sums["service"].shape[1]
    book = a.clients / size
    first, reviews, running = (x[:, None] + np.zeros(n) for x in costs(a))
    year = np.ones((YEARS + 1, 1, 1))
    year[0] = 0.0
    lines = {f"{k}_line": year * book * sums[k] for k in ("service", "margin", "loss")}
    lines["review_line"] = -year * reviews
    lines["review_line"][0] = -first
    lines["running_line"] = -year * running
    before = sum(lines.values())
    lines["tax"] = -a.tax * before
    lines["gain_line"] = before + lines["tax"]
    gross = book * (sums["service"] + sums["margin"] + sums["loss"])
    total = lines["gain_line"]
    value = np.asarray(timevalue.npv(a.hurdle, total.reshape(YEARS + 1, -1))).reshape(gross.shape)
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    gain = value / annuity
    ahead = np.cumsum(total, axis=0) > 0
    problems = np.maximum(sums["problems"], 1e-12)
    metrics = {
        "gain": gain,
        "value": value,
        "gross": gross,
        "each": gain / a.clients,
        "over_rule": gain - gain[ALTERNATIVES.index("rule")],
        "of_truth": gain - gain[-1],
        "right": sums["right"] / size,
        "wrong": book * (size - sums["right"]),
        "missed": sums["missed"] / problems,
        "alarms": sums["alarms"] / np.maximum(size - problems, 1e-12),
        "hours": sums["hours"] / size,
        "service": book * sums["service"],
        "margin": book * sums["margin"],
        "loss": book * sums["loss"],
        "cost": reviews + running + first / annuity,
    }
    paid = first_time(ahead)
    paid[0] = -1
    lowest = ("service_line", "margin_line", "loss_line", "review_line", "running_line", "tax")
    checks = {
        "statement_foots": residual(sum(lines[k] for k in lowest) - total),
        "value_is_annuity": residual(
            value - (annuity * (1 - a.tax) * (gross - reviews - running) - (1 - a.tax) * first)
        ),
        "parts_add_up": residual(_by_matrix(a, t) * book - gross) if keep is None else 0.0,
        "truth_is_best": residual(np.maximum(gross - gross[-1], 0.0)),
        "same_is_nothing": residual(total[:, 0]),
        "chances_sum_to_one": residual(*(p.sum(axis=1) - 1 for p in t.chance.values())),
        "clients_add_up": residual(metrics["wrong"] + metrics["right"] * a.clients - a.clients),
    }
    if keep is not None:
        lines = {k: lines[k] for k in keep if k in lines}
    return Result(
        assumptions=a,
        chosen=a.method,
        alternatives=ALTERNATIVES,
        single=keep is None,
        all_lines=lines,
        all_metrics=metrics,
        all_events={"paid_back": paid},
        checks=checks,
        largest_balance=float(book * t.ead.sum()),
        scenarios=n,
    )


def _by_matrix(a: Classification, t: Tried) -> Array:
    """The gain over the same service from each client's value at its level: (alternative, 1)."""
    value = worth(a, t.income, t.ead)[np.arange(len(t.true)), t.true]
    at = value[np.arange(len(t.true)), levels(a, t)]
    return (at - value[:, SAME]).sum(axis=1)[:, None]


# ------------------------------------------------------------------------------- the fit


def fit(lotteries: int = 0) -> dict[str, dict[str, Any]]:
    """Learn from the clients reviewed at month 36, and try on the others at month 48.

    The tables of data/models/classification.toml: clients (type, class of the rule, chances of both
    models in thousandths, income in CNY thousand a year, exposure at default in CNY 10 thousand,
    as digits), scores (shares right), ranges (10th, 50th, 90th percentile of some figures by type,
    of the clients reviewed), defaults. lotteries > 0 adds `reviews`: gains by number of reviews.
    """
    then, now = seen(LEARNT), seen(TRIED)
    drawn = np.random.Generator(np.random.PCG64(LOTTERY)).random(len(then)) < REVIEWED
    learnt = then[drawn]
    test, rest = now[~now.index.isin(learnt.index)], then[~drawn]
    models = {
        name: classifiers()[name].fit(features(learnt), learnt["true"]) for name in METHODS[1:]
    }
    chance = {name: model.predict_proba(features(test)) for name, model in models.items()}
    scores = {"rule": [_right(rest), _right(test)]}
    for name, model in models.items():
        scores[name] = [float((model.predict(features(x)) == x["true"]).mean()) for x in
                        (rest, test)]  # fmt: skip
    both = then.index.intersection(now.index)
    bad = learnt[learnt["true"] == PROBLEM]
    tables = {
        "clients": {
            "true": fitted.digits(test["true"]),
            "rule": fitted.digits(test["rule"]),
            **{name: _thousandths(p) for name, p in chance.items()},
            "income": "".join(f"{round(1e3 * x):05d}" for x in test["income"]),
            "ead": "".join(f"{round(1e2 * x):06d}" for x in test["ead"]),
        },
        "scores": scores | {
            "moved": float((then.loc[both, "true"] != now.loc[both, "true"]).mean()),
            "learnt": len(learnt), "tried": len(test), "living": len(then),
        },
        "defaults": {"problem": len(bad), "defaulted": int(bad["defaulted"].sum())},
        "ranges": {
            name: np.round(learnt.groupby("true")[name].quantile([0.1, 0.5, 0.9]).to_numpy(), 4)
            for name in ("exposure", "sales_growth", "wallet_share", "z")
        },
    }  # fmt: skip
    if lotteries:
        tables["reviews"] = _lotteries(then, now, lotteries)
    return tables


def seen(month: int) -> Any:
    """Living clients at the end of `month`, what a bank sees of them, and the truth for the review.

    A snapshot with columns rule, true (0 to 3), income (a year), ead, and defaulted (within the
    year that follows: of the past year's clients it is known a year later).
    """
    from . import data, typology

    table = typology.of_snapshot(data.snapshot(month))
    truth = data.truth()
    truth = truth[truth["month"] == month].set_index("client")["type"].reindex(table.index)
    number = {name: k for k, name in enumerate(TYPES)}
    table["true"] = truth.astype(object).map(number).to_numpy()
    table["rule"] = table["type"].map(number)
    table = table[~table["ended_or_default"] & (table["true"] < len(LIVING))]
    table = table.assign(true=table["true"].astype(int))
    table["income"] = 12 * (table["margin_income"] + table["fee_income"])
    table["ead"] = 0.5 * (table["drawn"] + table["limit"])
    events = data.table("outcomes")
    when = events[events["kind"] == "default"].set_index("client")["month"]
    ahead = when.reindex(table.index) - month
    return table.assign(defaulted=(ahead > 0) & (ahead <= 12))


#: Columns of a snapshot as they are; those of the second list as logarithms.
PLAIN = (
    "utilisation", "days_past_due", "sales_growth", "dso", "quick", "cover", "dscr", "z",
    "covenant_breach", "tax_arrears", "court_entries", "products", "wallet_share", "bank_share",
    "years", "signals", "hours_12", "visits_12", "sold_12",
)  # fmt: skip
LOGS = ("exposure", "turnover", "sales", "pd")


def features(table: Any) -> Any:
    """What a model is given of a snapshot, (client, feature); NaN where a figure is missing."""
    x = table[list(PLAIN)].astype(float)
    for name in LOGS:
        x[name] = np.log(table[name].clip(lower=1e-4))
    x["margin_rate"] = 12 * table["margin_income"] / table["drawn"].clip(lower=0.01)
    x["fee_rate"] = 12 * table["fee_income"] / table["limit"].clip(lower=0.01)
    return x


def classifiers() -> dict[str, Any]:
    """The two models, not yet fitted: name -> scikit-learn classifier."""
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return {
        "logistic": make_pipeline(
            SimpleImputer(add_indicator=True), StandardScaler(),
            LogisticRegression(C=0.3, max_iter=2000),
        ),
        "boosting": make_pipeline(
            SimpleImputer(strategy="constant", fill_value=-99.0),
            GradientBoostingClassifier(
                n_estimators=80, max_depth=2, learning_rate=0.1, subsample=0.7, random_state=0
            ),
        ),
    }  # fmt: skip


def _right(table: Any) -> float:
    return float((table["rule"] == table["true"]).mean())


def _thousandths(chance: Array) -> str:
    """Chances as three digits each, of 999."""
    whole = np.round(999 * chance).astype(int)
    return "".join(f"{x:03d}" for x in whole.ravel().tolist())


#: Numbers of clients reviewed that are tried, of the living ones.
SIZES = (50, 100, 200, 400, 800)


def _lotteries(then: Any, now: Any, lotteries: int) -> dict[str, Any]:
    """Gain before costs over the same service, for 1,000 clients, by number of reviews.

    Each number of reviews with several lotteries: 10th percentile, mean and 90th of each model.
    """
    a = assumptions()
    random = np.random.Generator(np.random.PCG64(LOTTERY + 1))
    found: dict[str, list[float]] = {name: [] for name in METHODS[1:]}
    x_then, x_now = features(then), features(now)
    value = worth(a, now["income"].to_numpy(), now["ead"].to_numpy())
    for size in SIZES:
        gains: dict[str, list[float]] = {name: [] for name in METHODS[1:]}
        for _ in range(lotteries):
            drawn = random.permutation(len(then))[:size]
            while len(set(then["true"].iloc[drawn])) < len(LIVING):
                drawn = random.permutation(len(then))[:size]
            away = ~now.index.isin(then.index[drawn])
            true, rows = now["true"].to_numpy()[away], value[away]
            for name, model in classifiers().items():
                model.fit(x_then.iloc[drawn], then["true"].iloc[drawn])
                level = chosen_levels(a, model.predict_proba(x_now[away]), rows)
                own = rows[np.arange(len(true)), true]
                gain = own[np.arange(len(true)), level] - own[:, SAME]
                gains[name].append(1000 * float(gain.mean()))
        for name, each in gains.items():
            found[name] += [*np.percentile(each, 10)[None], np.mean(each), np.percentile(each, 90)]
    return {"sizes": list(SIZES), "lotteries": lotteries} | found


# ------------------------------------------------------------------------------- what it says

SAMPLES = 1000


def _shown(r: Result) -> Result:
    return r


@lru_cache(maxsize=8)
def _ensemble(a: Classification, n: int, seed: int) -> Result:
    return simulate(a, sample(a, n, seed))


def ensemble(r: Result, n: int = SAMPLES, seed: int = 20260802) -> Result:
    """Bootstrap samples of the clients tried, all methods on the same ones."""
    return _ensemble(r.assumptions, n, seed)


def confusion(r: Result) -> dict[str, Any]:
    """Clients tried by true type and level of service, name -> (type, level), as shares of a type.

    number: clients tried of each type, (type,).
    """
    a = r.assumptions
    t = tried(a)
    level = levels(a, t)
    number = np.bincount(t.true, minlength=4)
    tables = {}
    for name, row in zip(ALTERNATIVES[1:4], level[1:4], strict=True):
        cells = np.bincount(4 * t.true + row, minlength=16).reshape(4, 4)
        tables[name] = cells / number[:, None]
    return tables | {"number": number}


def intervals(r: Result) -> dict[str, Any]:
    """Gain a year after cost and tax of each method: expected, 5th and 95th percentile.

    Each (method,); over: what the models add to the rule, (model, 3: low, middle, high); sure:
    share of samples in which they add anything.
    """
    many = ensemble(r).all_metrics
    rows = slice(1, 4)
    over = np.percentile(many["over_rule"][2:4], [5, 50, 95], axis=1).T
    return {
        "names": METHODS,
        "expected": r.all_metrics["gain"][rows, 0],
        "low": np.percentile(many["gain"][rows], 5, axis=1),
        "high": np.percentile(many["gain"][rows], 95, axis=1),
        "truth": float(r.all_metrics["gain"][-1, 0]),
        "over": over,
        "over_now": r.all_metrics["over_rule"][2:4, 0],
        "sure": (many["over_rule"][2:4] > 0).mean(axis=1),
        "pays": (many["gain"][rows] > 0).mean(axis=1),
    }


def parts(r: Result) -> dict[str, Any]:
    """Where the gain of each method comes from, before tax: name -> (method,)."""
    found = {k: r.all_metrics[k][1:4, 0] for k in ("service", "margin", "loss", "cost")}
    return found | {"names": METHODS}


def matrix(r: Result) -> dict[str, Any]:
    """Cost of a wrong level for a client of each type of the usual size: (type, level)."""
    a = r.assumptions
    t = tried(a)
    rows = []
    for k in range(len(LIVING)):
        income, ead = (float(np.median(x[t.true == k])) for x in (t.income, t.ead))
        rows.append(cost_matrix(a, income, ead)[k])
    return {"cost": np.array(rows)}


def mixtures(r: Result) -> dict[str, Any]:
    """10th, 50th, 90th percentile of figures of the clients reviewed: name -> (type, 3)."""
    return {
        name: np.array(values).reshape(4, 3)
        for name, values in r.assumptions.spec.words["fit"]["ranges"].items()
    }


def doubt(r: Result) -> dict[str, Any]:
    """How sure the boosting model is, and how often it is right then.

    edges of the highest chance; share: of clients in each band; right: of them, both (band,).
    """
    t = tried(r.assumptions)
    chance = t.chance["boosting"]
    top, hit = chance.max(axis=1), chance.argmax(axis=1) == t.true
    edges = np.array([0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001])
    band = np.clip(np.searchsorted(edges, top, side="right") - 1, 0, len(edges) - 2)
    number = np.bincount(band, minlength=len(edges) - 1)
    right = np.bincount(band, hit, minlength=len(edges) - 1) / np.maximum(number, 1)
    return {
        "edges": np.minimum(edges, 1.0), "share": number / number.sum(), "right": right,
        "said": np.bincount(band, top, minlength=len(number)) / np.maximum(number, 1),
        "unsure": float((top < 0.8).mean()),
    }  # fmt: skip


def reviews(r: Result) -> dict[str, Any]:
    """Gain before costs by number of clients reviewed, for 1,000 clients, and the rule's.

    sizes: (size,); each model: (size, 3: 10th percentile, mean, 90th over lotteries). As fitted,
    at the assumptions of the book.
    """
    table = r.assumptions.spec.words["fit"]["reviews"]
    base = simulate(assumptions())
    k = 1000 / base.assumptions.clients
    return {
        "sizes": np.array(table["sizes"]),
        **{name: np.array(table[name]).reshape(-1, 3) for name in METHODS[1:]},
        "rule": k * float(base.all_metrics["gross"][1, 0]),
        "lotteries": table["lotteries"],
    }


def even_cost(r: Result) -> float:
    """Running cost of a model, a year, at which the better one gains what the rule gains."""
    lead = r.all_metrics["over_rule"][2:4, 0].max() / (1 - r.assumptions.tax)
    return float(r.assumptions.model_cost + lead)


def even_size(r: Result) -> float:
    """Clients at which the better model gains what the rule gains; its running cost is fixed."""
    a = r.assumptions
    fixed = (1 - a.tax) * (a.model_cost - a.rule_cost)
    each = (r.all_metrics["over_rule"][2:4, 0].max() + fixed) / a.clients
    return float(fixed / each) if each > 0 else np.nan


def needed_chance(r: Result) -> Array:
    """Chance of being a problem, and not transactional, from which the problem level pays.

    (client,); one or more: never.
    """
    a = r.assumptions
    t = tried(a)
    value = worth(a, t.income, t.ead)
    gain = np.maximum(value[:, PROBLEM, PROBLEM] - value[:, PROBLEM, 1], 0.0)
    loss = value[:, 1, 1] - value[:, 1, PROBLEM]
    return loss / np.maximum(gain + loss, 1e-12) if (loss > 0).all() else np.ones(len(loss))


def even_mistake(r: Result) -> float:
    """Weight of lost income from which the better model gains more than the rule; NaN if never."""
    a = r.assumptions
    grid = np.linspace(0.0, a.spec.assumptions["mistake"].high, 61)
    lead = [simulate(a.replace(mistake=float(x))).all_metrics["over_rule"][2:4, 0].max()
            for x in grid]  # fmt: skip
    behind = np.flatnonzero(np.array(lead) <= 0)
    last = int(behind[-1]) if len(behind) else 0
    return float(np.interp(0.0, lead[last : last + 2], grid[last : last + 2]))


def findings(r: Result) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    i, c, m, q = intervals(r), confusion(r), matrix(r), reviews(r)
    words = r.assumptions.spec.words["fit"]
    likely = simulate(r.assumptions.replace(decide="likely"))
    blind = simulate(r.assumptions.replace(saved=0.0))
    scores, bad = words["scores"], words["defaults"]
    chance, ead = needed_chance(r), tried(r.assumptions).ead
    result = {
        "tried": float(scores["tried"]),
        "learnt": float(scores["learnt"]),
        "living": float(scores["living"]),
        "moved": scores["moved"],
        "problem_reviewed": float(bad["problem"]),
        "problem_defaulted": float(bad["defaulted"]),
        "rule_then": scores["rule"][0],
        "boosting_then": scores["boosting"][0],
        "logistic_likely": likely.alternative("logistic").metrics["right"],
        "boosting_likely": likely.alternative("boosting").metrics["right"],
        "boosting_likely_gain": likely.alternative("boosting").metrics["gain"],
        "rule_strategic": float(c["rule"][0, 0]),
        "boosting_strategic": float(c["boosting"][0, 0]),
        "rule_problem": float(c["rule"][3, 3]),
        "boosting_problem": float(c["boosting"][3, 3]),
        "likely_problem": 1 - likely.alternative("boosting").metrics["missed"],
        "rule_growth": float(c["rule"][2, 2]),
        "boosting_growth": float(c["boosting"][2, 2]),
        "miss_strategic": float(m["cost"][0, 1]),
        "miss_problem": float(m["cost"][3, 1]),
        "waste_transactional": float(m["cost"][1, 0]),
        "alarm_transactional": float(m["cost"][1, 3]),
        "truth_gain": i["truth"],
        "blind_rule": blind.alternative("rule").metrics["gain"],
        "blind_boosting": blind.alternative("boosting").metrics["gain"],
        "few": float(q["sizes"][0]),
        "few_gain": float(q["boosting"][0, 1]),
        "few_logistic": float(q["logistic"][0, 1]),
        "many": float(q["sizes"][-1]),
        "many_gain": float(q["boosting"][-1, 1]),
        "rule_gross": q["rule"],
        "unsure": doubt(r)["unsure"],
        "chance_small": float(np.median(chance[ead < np.quantile(ead, 1 / 3)])),
        "chance_large": float(np.median(chance[ead > np.quantile(ead, 0.9)])),
        "even_cost": even_cost(r),
        "even_size": even_size(r),
        "even_mistake": even_mistake(r),
        "rule_wins": float((ensemble(r).all_metrics["over_rule"][2:4] < 0).all(axis=0).mean()),
        "samples": float(SAMPLES),
    }
    for k, name in enumerate(METHODS):
        result |= {
            f"{name}_low": float(i["low"][k]),
            f"{name}_high": float(i["high"][k]),
        }
    for k, name in enumerate(METHODS[1:]):
        result |= {
            f"{name}_over": float(i["over_now"][k]),
            f"{name}_over_low": float(i["over"][k, 0]),
            f"{name}_over_high": float(i["over"][k, 2]),
            f"{name}_sure": float(i["sure"][k]),
        }
    return result


#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.classification.
FIGURES = {
    "explorer": _shown,
    "mixtures": mixtures,
    "confusion": confusion,
    "matrix": matrix,
    "parts": parts,
    "intervals": intervals,
    "doubt": doubt,
    "reviews": reviews,
}

figure = drawer("classification", FIGURES)


def main() -> None:
    print(fitted.write("classification", fit(lotteries=8)))


if __name__ == "__main__":
    main()
