"""Early warning counted again, alarm by alarm, from the tables that the fit left in its file.

Nothing of the chapter's own arithmetic is used: a loop over the defaults of the two years tested.
Money in CNY million.
"""

from __future__ import annotations

import tomllib

import pytest

from casebook.strategies import early_warning as m
from casebook.words import DATA

YEARS = 2


@pytest.fixture(scope="module")
def fit():
    return tomllib.loads((DATA / "models/early_warning.toml").read_text(encoding="utf-8"))["fit"]


def counted(a, fit, line, level, months=range(24)):
    """What the alarms of a line at a level (from one) bring and cost in some of the 24 months."""
    defaults = fit["defaults"]
    hits, saved, found, leads, whole_hits, whole_found = 0, 0.0, 0.0, 0, 0, 0.0
    for k, leads_by_level in enumerate(fit[line]["lead"]):
        lead = int(leads_by_level[level - 1], 16)
        alarm = defaults["month"][k] - lead - 25
        if not lead or alarm not in months:
            continue
        share = a.lgd_secured if defaults["secured"][k] else a.lgd_unsecured
        loss = share * defaults["ead"][k]
        time = max(lead - a.delay, 0)  # months in which the plan works
        avoided = a.saved * (1 - a.chance_decay) ** (12 - time) if time else 0.0
        cut = 1 - (1 - a.cut) ** time
        hits, leads, found = hits + 1, leads + lead, found + loss
        saved += loss * avoided + loss * (1 - avoided) * cut
        if 37 <= defaults["month"][k] <= 52:  # whose leads of four to twelve months were all tested
            whole_hits, whole_found = whole_hits + 1, whole_found + loss
    wrong = sum(fit[line]["false"][level - 1][t] for t in months)
    at_stake = sum(fit[line]["income"][level - 1][t] for t in months)
    years = len(months) / 12
    running = (a.rule_cost if line == "rule" else a.system_cost) * years
    cost = (
        (hits + wrong) * a.review_hours * a.hour_cost
        + hits * a.action_cost
        + at_stake * a.alarm_leave * a.leaver
        + running
    )
    whole = [k for k, month in enumerate(defaults["month"]) if 37 <= month <= 52]
    lost = sum(
        defaults["ead"][k] * (a.lgd_secured if defaults["secured"][k] else a.lgd_unsecured)
        for k in whole
    )
    return {
        "hits": hits, "wrong": wrong, "at_stake": at_stake, "saved": saved, "cost": cost,
        "gain_year": (1 - a.tax) * (saved - cost) / years,
        "hours_month": (hits + wrong) * a.review_hours / (12 * years),
        "mean_lead": leads / max(hits, 1),
        "found_share": whole_hits / len(whole),
        "loss_share": whole_found / lost,
        "loss_year": lost / (16 / 12),
        "defaults_year": len(whole) / (16 / 12),
    }  # fmt: skip


@pytest.mark.parametrize("moves", [
    {},
    {"delay": 3, "threshold": 0.05, "threshold_loss": 0.3, "review_hours": 20.0, "tax": 0.2,
     "alarm_leave": 0.1, "leaver": 3.0, "action_cost": 0.2, "chance_decay": 0.1},
])  # fmt: skip
def test_a_year_of_each_line_is_what_its_alarms_add_up_to(fit, moves):
    a = m.assumptions().replace(**moves)
    r = m.simulate(a)
    level = {
        "rule": 1,
        "by_pd": round(a.threshold / 0.01),
        "by_loss": round(a.threshold_loss / 0.05),
    }
    for line, at in level.items():
        c, got = counted(a, fit, line, at), r.alternative(line).metrics
        expected = {k: c[k] for k in (
            "gain_year", "hours_month", "mean_lead", "found_share", "loss_share", "loss_year",
            "defaults_year")} | {
            "saved_year": c["saved"] / YEARS, "cost_year": c["cost"] / YEARS,
            "alarms_year": (c["hits"] + c["wrong"]) / YEARS, "false_month": c["wrong"] / 24,
            "precision": c["hits"] / (c["hits"] + c["wrong"]),
        }  # fmt: skip
        assert {k: got[k] for k in expected} == pytest.approx(expected, rel=1e-9)


def test_the_ladder_is_what_each_level_adds_up_to(fit):
    a = m.assumptions()
    ladder = m.ladder(a)
    for k, line in enumerate(m.record.LINES_UP):
        rows = [counted(a, fit, line, level) for level in range(1, 41 if k else 2)]
        for name in ("gain", "hours"):
            key = {"gain": "gain_year", "hours": "hours_month"}[name]
            expected = [c[key] for c in rows]
            assert ladder[name][k][: len(rows)].tolist() == pytest.approx(expected)
        allowed = [c["gain_year"] if c["hours_month"] <= a.hours_limit else -9e9 for c in rows]
        assert ladder["best_gain"][k] == pytest.approx(max(allowed))
        assert ladder["best_at"][k] == allowed.index(max(allowed)) + 1


def test_a_threshold_found_in_one_year_and_used_in_the_next(fit):
    a = m.assumptions()
    got = m.year_by_year(m.simulate(a))
    for k, line in enumerate(m.record.LINES_UP):
        levels = range(1, 41 if k else 2)
        first, second = (
            [counted(a, fit, line, level, year) for level in levels]
            for year in (range(12), range(12, 24))
        )
        gains = [
            [c["gain_year"] if c["hours_month"] <= a.hours_limit else -9e9 for c in year]
            for year in (first, second)
        ]
        best = gains[0].index(max(gains[0]))
        assert got["best"][k] == best + 1
        assert got["second"][k] == pytest.approx(second[best]["gain_year"])
        assert got["hindsight"][k] == pytest.approx(max(gains[1]))
        assert got["hours"][k] == pytest.approx(second[best]["hours_month"])


def test_an_alarm_at_the_threshold_of_costs_earns_nothing(fit):
    """p x (what a true one saves) - (1 - p) x (the client that leaves) - the review = 0."""
    a = m.assumptions()
    c = counted(a, fit, "by_pd", 8)
    saves = c["saved"] / c["hits"] - a.action_cost
    leaves = a.alarm_leave * a.leaver * c["at_stake"] / c["wrong"]
    p = m.findings(m.simulate(a))["theory_pd"]
    assert p * saves - (1 - p) * leaves - 30 * 0.0006 == pytest.approx(0, abs=1e-12)
