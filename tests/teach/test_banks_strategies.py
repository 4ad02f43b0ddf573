"""The banks of the strategies: large enough, answerable from what is shown, true in their words."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from casebook import numbers, teach, words
from casebook.teach import expression

ROOT = Path(__file__).resolve().parents[2]
MODEL = {
    "classification": "classification",
    "maintenance": "maintenance",
    "early_warning": "early_warning",
    "tools": "tools",
    "exit": "terminated",
}
each_bank = pytest.mark.parametrize("name", MODEL)
#: Where the answer is a number of the model: how a student reckons it from the stem.
RECKONED = {
    "classification-cost-of-a-model": "assumptions.model_cost + assumptions.clients * "
    "assumptions.review_hours * assumptions.hour_cost * (assumptions.yearly_reviews + "
    "assumptions.reviews * assumptions.hurdle / (1 - (1 + assumptions.hurdle) ** -5))",
    "classification-after-cost-and-tax": "(1 - assumptions.tax) * (logistic.gross - logistic.cost)",
    "maintenance-two-bases": "best.gain - equal.gain",
    "early-warning-false-a-month": "by_pd.alarms_year * (1 - by_pd.precision) / 12 * "
    "assumptions.review_hours",
    "early-warning-gain-of-the-rule": "(1 - assumptions.tax) * (rule.saved_year - rule.cost_year)",
    "early-warning-hours-a-month": "by_pd.alarms_year * assumptions.review_hours / 12",
    "tools-hours-that-turn-it": "assumptions.hours_saved - tool.over_volume / ((1 - "
    "assumptions.tax) * assumptions.managers * assumptions.used * assumptions.weeks * "
    "assumptions.hour_cost)",
}
#: Their stems show numbers that no path has: the money of one client, the sales of a list.
SHOWN_OTHERWISE = {"classification-even-size", "tools-further-products", "tools-over-chance"}


@cache
def bank(name: str) -> teach.Bank:
    return teach.read(name)


class AsShown:
    """The numbers of a run as a reader sees them: rounded to the digits of their units."""

    def __init__(self, reading: teach.Reading) -> None:
        self.reading = reading

    def value(self, path: str) -> float:
        found = numbers.found(self.reading.run, path, self.reading.stated)
        text = found.written("bare").replace(",", "").replace("\N{MINUS SIGN}", "-")
        return float(text) / words.scale(found.unit)

    def at(self, setting: str) -> AsShown:
        raise AssertionError(f"not in a stem: {setting}")


def reckoned(item: teach.Item, posed: teach.Posed, reading: teach.Reading) -> None:
    """Fails if what a student reckons from the stem is not accepted."""
    formula = RECKONED.get(item.id, item.answer)
    given = expression.value(formula, AsShown(reading)) * words.scale(item.unit)
    assert posed.shown is not None, item.id
    assert posed.shown.accepts(given), f"{item.id}: {given} for {posed.shown.text}"


@each_bank
def test_a_bank_has_what_its_chapter_needs(name: str) -> None:
    found = bank(name)
    kinds = Counter(item.kind for item in found.items)
    levels = Counter(item.level for item in found.items)
    assert found.model == MODEL[name] and found.page == f"book/strategies/{name}"
    assert all(item.section.startswith(f"{found.page}#") for item in found.items)
    assert len(found.items) >= 18 and kinds["numeric"] >= 7 and kinds["essay"] == 1
    assert kinds["multi"] >= 1 and kinds["order"] >= 1 and levels["judge"] >= 8
    assert sum(bool(item.ranges) and item.kind == "numeric" for item in found.items) >= 5


@each_bank
def test_an_essay_is_marked_out_of_ten(name: str) -> None:
    essays = [item for item in bank(name).items if item.kind == "essay"]
    assert all(teach.base_case(bank(name), item).points == 10 for item in essays)


@each_bank
def test_a_number_can_be_reckoned_from_those_that_are_shown(name: str) -> None:
    """Rounded as they are read, they give an answer that is accepted; in a few variants too."""
    found = bank(name)
    base = teach.Reading.base(found.model)
    for item in found.items:
        if item.kind != "numeric" or item.id in SHOWN_OTHERWISE:
            continue
        reckoned(item, teach.base_case(found, item), base)
        for posed in teach.drawn(found, item, 3, seed=2) if item.ranges else ():
            reckoned(item, posed, base.moved(posed.setting))


def test_what_a_reckoning_stands_for_is_an_item() -> None:
    ids = {item.id for name in MODEL for item in bank(name).items}
    assert ids >= RECKONED.keys() | SHOWN_OTHERWISE


@each_bank
def test_every_article_stands_on_the_page(name: str) -> None:
    """No rule is quoted that the chapter does not have."""
    page = (ROOT / f"{bank(name).page}.md").read_text(encoding="utf-8")
    texts = " ".join(f"{item.stem} {item.feedback}" for item in bank(name).items)
    for article in re.findall(r"[Aa]rticle (\d+)", texts):
        assert re.search(rf"articles? {article}\b", page), article


def test_variants_of_a_slow_model_ask_for_no_findings() -> None:
    """Findings of case 5 take a second a run: its variants do without."""
    for item in bank("exit").items:
        if item.ranges:
            asked = (item.stem, item.feedback, item.answer, *item.holds)
            asked += tuple(d.answer for d in item.distractors)
            assert not any("findings." in text for text in asked), item.id


def test_the_model_turns_where_the_items_say() -> None:
    found = numbers.findings("classification")
    r = numbers.base("classification")
    a, gain = r.assumptions, r.alternative
    lead = gain("logistic").metrics["over_rule"]
    assert found["even_cost"] == pytest.approx(a.model_cost + lead / (1 - a.tax))
    item = bank("classification").item("classification-even-size")
    shown = teach.base_case(bank("classification"), item).shown
    assert shown is not None and shown.number == pytest.approx(found["even_size"], abs=0.01)
    # 8,995 and 7,140 and 1,087 a client, as the stem rounds them
    each = [round(1e6 * gain(k).metrics["gross"] / a.clients) for k in ("logistic", "rule")]
    reviews = round(1e6 * (gain("logistic").metrics["cost"] - a.model_cost) / a.clients)
    reckoned = 1e6 * (a.model_cost - a.rule_cost) / (each[0] - each[1] - reviews)
    assert shown.accepts(reckoned)


def test_words_around_the_numbers_are_true() -> None:
    tools, hours = numbers.findings("tools"), numbers.findings("maintenance")
    assert 4.5 < (600 - tools["example_points"]) / 20 < 5  # "nearly five times"
    assert tools["hit_popularity"] - 1 / 3 < 0.02  # "hardly better than two of six"
    assert 4 < hours["later_seen"] ** 0.5 < 6  # "by five or so"
    a = numbers.base("maintenance").assumptions
    offer = (a.tailored_hours + a.tailored_specialists) * a.hour_cost
    assert hours["tailored_total"] == pytest.approx(offer)
    alarms = numbers.base("early_warning").alternative
    assert alarms("by_loss").metrics["found_share"] < alarms("by_pd").metrics["found_share"]
    warning = numbers.findings("early_warning")
    assert warning["rule_sure"] > 0.95 and warning["by_pd_sure"] > 0.95  # "nearly sure"
