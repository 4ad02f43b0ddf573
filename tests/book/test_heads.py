"""The heads of the cases, and words that move an explorer: what they say is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casebook import numbers
from casebook.cases import NAMES
from casebook.explore import explore
from casebook.models import MODELS, model
from casebook.web.sphinx import casehead, moves

BOOK = Path(__file__).resolve().parents[2] / "book"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("page", ["read", "analysis"])
def test_a_head_has_a_decision_four_numbers_and_one_open_way(name, page):
    html = casehead.head(name, page, "word " * 1000)
    assert html.count("<dd>") == (4 if page == "read" else 0)
    assert html.count("aria-current") == 1
    assert "5 minutes" in html and re.search(r"class='cb-decision'>[^<]+\?<", html)
    for address in re.findall(r"href='([a-z_]+)\.html", html):
        assert (BOOK / "cases" / f"{address}.md").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_both_pages_of_a_case_start_with_its_head(name):
    for page in (name, f"{name}_analysis"):
        text = (BOOK / "cases" / f"{page}.md").read_text(encoding="utf-8")
        assert re.match(rf"# .+\n\n```{{casehead}} {name}\n```\n", text), page


@pytest.mark.parametrize("name", NAMES)
def test_the_model_stands_in_the_first_third_of_the_analysis(name):
    text = (BOOK / "cases" / f"{name}_analysis.md").read_text(encoding="utf-8")
    assert text.index(f"```{{explorer}} {name}") < len(text) / 3


def test_a_case_that_there_is_not_is_named():
    with pytest.raises(KeyError, match="no case 'sixth'"):
        casehead.head("sixth", "read", "")


def test_the_words_of_the_decisions_are_those_of_the_models():
    loan, plants = (numbers.base(n).assumptions for n in ("transactional", "strategic"))
    assert loan.principal == 10.0  # "ten million", also on the landing page
    assert all(getattr(plants, f"cost_{k}") > 0 for k in (1, 2, 3))  # "three plants"
    assert not hasattr(plants, "cost_4")


def test_what_the_landing_page_says_of_its_two_moves():
    text = (BOOK / "index.md").read_text(encoding="utf-8")
    case, *asked = model("transactional"), *re.findall(r"{try}`([^|]+)\|", text)
    late, bullet = (dict(moves.setting(a)[1]) for a in asked)
    assert late == {"slip": 3} and bullet == {"slip": 3, "form": "bullet"}
    base = case.assumptions()
    assert base.form == "flexible"
    assert not case.simulate(base.replace(**late)).metrics["missed"]
    missed = case.simulate(base.replace(**bullet)).metrics
    assert missed["missed"] and missed["first_missed"] == base.tenor


def test_what_the_analyses_say_of_their_moves():
    def moved(name, **asked):
        """Metrics of the base case, and of the words in the prose that move these sliders."""
        text = (BOOK / "cases" / f"{name}_analysis.md").read_text(encoding="utf-8")
        settings = [dict(moves.setting(a)[1]) for a in re.findall(r"{try}`([^|]+)\|", text)]
        assert asked in settings
        case = model(name)
        base = case.assumptions()
        return case.simulate(base).metrics, case.simulate(base.replace(**asked)).metrics

    base, late = moved("strategic", delay=2)  # half-years: a year
    assert base["reserve_drawn"] == 0 < late["reserve_drawn"]
    base, half = moved("strategic", wallet_share=0.2)
    hurdle = numbers.base("strategic").assumptions.hurdle
    assert half["raroc"] < hurdle < base["raroc"]
    assert numbers.base("strategic").assumptions.wallet_share == 0.4

    base, dear = moved("growth", pre_money=60.0)
    assert numbers.base("growth").assumptions.pre_money == 40.0
    _, slow = moved("growth", graduation_odds=0.7)
    for run in (dear, slow):
        assert 0.4 < base["mean_multiple"] - run["mean_multiple"] < 0.6
    assert dear["loss_share"] == pytest.approx(base["loss_share"], abs=1e-9)
    assert slow["loss_share"] > base["loss_share"] + 0.02

    base, unsure = moved("problem", success_chance=0.4)
    assert base["advantage"] > 0 > unsure["advantage"]
    assert numbers.base("problem").assumptions.success_chance == 0.5
    base, early = moved("problem", stop_months=9)
    least = [float(run["needed"].rstrip("%")) for run in (base, early)]
    assert least[1] < 0.7 * least[0]

    base, patient = moved("terminated", discount_rate=0.06)
    assert numbers.base("terminated").assumptions.discount_rate == 0.08
    assert base["settle_all_in"] < base["settlement"] < patient["settle_all_in"]


@pytest.mark.parametrize("name", MODELS)
def test_every_preset_can_be_set(name):
    explorer = explore(model(name))
    for preset in explorer.presets:
        assert len(preset.values) > 1  # one alone is a position of its slider
        assert preset.label
        explorer.set(**preset.values)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("transactional.slip=99", "slip cannot be 99; allowed: 0, 1"),
        ("transactional.slop=1", "no slider 'slop'; allowed: "),
        ("transactional.early", "no preset 'early'; allowed: late_bullet"),
        ("sixth.slip=1", "no model 'sixth'"),
    ],
)
def test_words_that_would_move_nothing_are_refused(asked, why):
    with pytest.raises(KeyError, match=re.escape(why)):
        moves.setting(asked)
