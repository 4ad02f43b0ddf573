"""Two models that learn the types from the clients reviewed; scikit-learn, once.

Features of month LEARNT with the reviewed types; the chances that the models give to clients they
have not learnt from, a year later, are written to the model's file.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from ...typology import PROBLEM, TYPES
from .. import fitted
from . import record, run
from .record import LEARNT, LIVING, LOTTERY, METHODS, REVIEWED, SAME, TRIED


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
    tables: dict[str, dict[str, Any]] = {
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

    A DataFrame, a row a client: the snapshot of the month with columns rule, true (0 to 3), income
    (a year), ead, and defaulted (within the year that follows: known a year later).
    """
    from ...bank import tables
    from ...typology import decision_tree

    table = decision_tree.of_snapshot(tables.snapshot(month))
    truth = tables.truth()
    truth = truth[truth["month"] == month].set_index("client")["type"].reindex(table.index)
    number = {name: k for k, name in enumerate(TYPES)}
    table["true"] = truth.astype(object).map(number).to_numpy()
    table["rule"] = table["type"].map(number)
    table = table[~table["ended_or_default"] & (table["true"] < len(LIVING))]
    table = table.assign(true=table["true"].astype(int))
    table["income"] = MONTHS_A_YEAR * (table["margin_income"] + table["fee_income"])
    table["ead"] = 0.5 * (table["drawn"] + table["limit"])
    events = tables.table("outcomes")
    when = events[events["kind"] == "default"].set_index("client")["month"]
    ahead = when.reindex(table.index) - month
    return table.assign(defaulted=(ahead > 0) & (ahead <= MONTHS_A_YEAR))


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
    x["margin_rate"] = MONTHS_A_YEAR * table["margin_income"] / table["drawn"].clip(lower=0.01)
    x["fee_rate"] = MONTHS_A_YEAR * table["fee_income"] / table["limit"].clip(lower=0.01)
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
    """Share of the clients of `seen` whose class by the rule is their type."""
    return float((table["rule"] == table["true"]).mean())


def _thousandths(chance: Array) -> str:
    """Chances, (client, type), as three digits each, of 999."""
    whole = np.round(999 * chance).astype(int)
    return "".join(f"{x:03d}" for x in whole.ravel().tolist())


#: Numbers of clients reviewed that are tried, of the living ones.
SIZES = (50, 100, 200, 400, 800)


def _lotteries(then: Any, now: Any, lotteries: int) -> dict[str, Any]:
    """Gain before costs over the same service, for 1,000 clients, by number of reviews.

    Each number of reviews with several lotteries: 10th percentile, mean and 90th of each model.
    then, now: the clients of `seen` at months LEARNT and TRIED.
    """
    a = record.assumptions()
    random = np.random.Generator(np.random.PCG64(LOTTERY + 1))
    found: dict[str, list[float]] = {name: [] for name in METHODS[1:]}
    x_then, x_now = features(then), features(now)
    value = run.worth(a, now["income"].to_numpy(), now["ead"].to_numpy())
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
                level = run.chosen_levels(a, model.predict_proba(x_now[away]), rows)
                own = rows[np.arange(len(true)), true]
                gain = own[np.arange(len(true)), level] - own[:, SAME]
                gains[name].append(1000 * float(gain.mean()))
        for name, each in gains.items():
            low, high = np.percentile(each, [10, 90])
            found[name] += [float(low), float(np.mean(each)), float(high)]
    return {"sizes": list(SIZES), "lotteries": lotteries} | found


def main() -> None:
    """Fit, and put the tables into the file of the model."""
    print(fitted.write("classification", fit(lotteries=8), significant=6))
