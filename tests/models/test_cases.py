"""What every model must do, whatever its story: one shape, identities, chunks, errors."""

from __future__ import annotations

import itertools
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from casebook.models import MODELS, model
from casebook.shape import in_chunks
from casebook.shape.record import AssumptionError
from casebook.words import word

from ..strategies import records

each_case = pytest.mark.parametrize("module", [model(name) for name in MODELS], ids=list(MODELS))


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def last_line(a):
    """The total of the first view: every model has one."""
    words = a.spec.words
    view = next(iter(words["views"]))
    return [n for n, s in words["lines"].items() if s["view"] == view][-1]


def assert_holds(result, where=""):
    for name, value in result.checks.items():
        assert value <= result.tolerance, f"{name} = {value:.2e} {where}"


@each_case
def test_base_case_identities_hold(module):
    result = module.simulate(module.assumptions())
    assert len(result.checks) >= 5
    assert_holds(result)


@each_case
@settings(max_examples=60, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_identities_hold_under_random_assumptions(module, data):
    a = data.draw(records(module.assumptions()))
    single = module.simulate(a)
    assert_holds(single)
    for name, line in single.lines.items():
        assert np.isfinite(line).all(), name
    assert_holds(module.simulate(a, module.sample(a, 50, seed=1)))


@each_case
def test_every_identity_is_named_for_the_reader(module):
    result = module.simulate(module.assumptions())
    assert set(result.checks) == set(result.assumptions.spec.words["checks"])
    assert (result.checks_table.iloc[:, 1] == "yes").all()


@each_case
def test_statement_foots_line_by_line(module):
    """Each view's lines add up as the words of the case file say they do."""
    result = module.simulate(module.assumptions())
    for alternative in result.alternatives:
        r = result.alternative(alternative)
        words = r.assumptions.spec.words["lines"]
        views = {"client", "lender"} & r.assumptions.spec.words["views"].keys()
        assert views, "one of the two parties has a statement that foots"
        for view in views:
            *parts, last = (n for n, s in words.items() if s["view"] == view)
            assert parts, f"{view} has a total and nothing above it"
            total = sum(r.lines[n] for n in parts)
            assert np.abs(total - r.lines[last]).max() <= r.tolerance, view


@each_case
def test_chunks_give_the_same_numbers(module):
    a = module.assumptions()
    draws = module.sample(a, 101, seed=3)
    line = last_line(a)
    whole = module.simulate(a, draws, keep=(line,))

    def run(part):
        return module.simulate(a, part, keep=(line,))

    for size in (1, 10, 100, 101):
        parts = in_chunks(run, draws, size)
        assert parts.scenarios == 101
        for name, value in whole.metrics.items():
            np.testing.assert_array_equal(parts.metrics[name], value, err_msg=name)
        np.testing.assert_array_equal(parts.lines[line], whole.lines[line])
        for name, value in whole.events.items():
            np.testing.assert_array_equal(parts.events[name], value, err_msg=name)


@each_case
def test_sampling_is_reproducible_and_uniform(module):
    a = module.assumptions()
    one, two = module.sample(a, 1000, seed=5), module.sample(a, 1000, seed=5)
    other = module.sample(a, 1000, seed=6)
    for name, draws in one.items():
        np.testing.assert_array_equal(draws, two[name])
        assert (draws != other[name]).any()
        assert draws.min() >= 0 and draws.max() < 1
        assert abs(draws.mean() - 0.5) < 0.05
    with pytest.raises(ValueError, match=r"n(:| =) 0 "):
        module.sample(a, 0, seed=1)


@each_case
def test_only_lines_asked_for_are_kept(module):
    a = module.assumptions()
    draws = module.sample(a, 7, seed=1)
    assert not module.simulate(a, draws).lines
    line = last_line(a)
    kept = module.simulate(a, draws, keep=(line,))
    assert list(kept.lines) == [line] and kept.lines[line].shape[-1] == 7
    with pytest.raises(ValueError, match="single run"):
        _ = kept.schedule


@each_case
def test_schedule_holds_every_line_in_its_view(module):
    result = module.simulate(module.assumptions())
    schedule = result.schedule
    words = result.assumptions.spec.words
    assert list(schedule.columns.get_level_values(0).unique()) == list(words["views"].values())
    assert schedule.shape[1] == len(words["lines"])
    for name, spec in words["lines"].items():
        column = schedule[(words["views"][spec["view"]], spec["label"])]
        np.testing.assert_array_equal(column.to_numpy(), result.lines[name])


@each_case
def test_alternatives_are_named_and_refused_by_name(module):
    result = module.simulate(module.assumptions())
    assert set(result.alternative_labels) == set(result.alternatives)
    with pytest.raises(KeyError, match="allowed"):
        result.alternative("nothing")
    with pytest.raises(KeyError, match="allowed"):
        result.written("nothing")
    with pytest.raises(KeyError, match="allowed"):
        result.statement("nothing")


@each_case
def test_what_never_came_is_said_so_and_the_start_is_a_period(module):
    result = module.simulate(module.assumptions())
    words = result.assumptions.spec.words["metrics"]
    for name in (n for n, spec in words.items() if spec["unit"] == "period"):
        for value in (-1, 0, 1):
            other = np.full_like(result.all_metrics[name], value)
            moved = replace(result, all_metrics={**result.all_metrics, name: other})
            assert (moved.written(name) == word("never")) == (value < 0), (name, value)


@each_case
def test_every_slider_at_both_ends_in_every_combination(module):
    """A finite, labelled answer or a clear message; never a silent NaN or a warning."""
    base = module.assumptions()
    sliders = base.spec.words["explorer"]["sliders"]
    ends = []
    for name in sliders:
        spec = base.spec.assumptions[name]
        whole = isinstance(spec.value, int)
        ends.append(
            sorted(spec.choices) or [int(spec.low), int(spec.high)]
            if whole or spec.choices
            else [spec.low, spec.high]
        )
    for combination in itertools.product(*ends):
        try:
            result = module.simulate(base.replace(**dict(zip(sliders, combination, strict=True))))
        except AssumptionError as error:
            assert "allowed" in str(error)
            continue
        assert_holds(result, f"at {combination}")
        for label, text in result.key_numbers():
            assert label and text and "nan" not in text and "inf" not in text, (combination, label)


@each_case
def test_words_of_the_case_are_complete(module):
    """Every metric that is shown has words, and every word belongs to something."""
    result = module.simulate(module.assumptions())
    words = result.assumptions.spec.words
    assert set(words["metrics"]) <= set(result.metrics)
    assert set(words["findings"]) <= set(module.findings(result))
    assert set(words["events"]) == set(result.all_events)
    assert set(words["figures"]) == set(module.FIGURES)
    assert set(words["lines"]) <= set(result.lines)
    for name in ("assumptions", "checks", *words["exhibits"]):
        title, table = result.exhibit(name)
        assert title and not table.empty
    with pytest.raises(KeyError, match="allowed"):
        result.exhibit("nothing")


@each_case
def test_periods_taken_together_keep_the_sums(module):
    result = module.simulate(module.assumptions())
    for view in result.assumptions.spec.words["views"]:
        one, four = result.statement(view), result.statement(view, by=4)
        assert list(one.iloc[:, -1]) == list(four.iloc[:, -1])
        assert four.shape[1] < one.shape[1]


@each_case
def test_an_exhibit_leaves_out_what_is_empty_and_still_adds_up(module):
    """Only flows that are nothing in every column go; a later start changes no column."""
    result = module.simulate(module.assumptions())
    words = result.assumptions.spec.words
    for view in words["views"]:
        whole, filled = result.statement(view), result.statement(view, filled=True)
        gone = set(whole.index) - set(filled.index)
        assert all(set(whole.loc[name]) <= {"–", ""} for name in gone)
        kept = filled.columns  # a total of balances alone is empty, and goes too
        assert (whole.loc[filled.index, kept] == filled).all().all()
        lines = [s for s in words["lines"].values() if s["view"] == view]
        assert {s["label"] for s in lines if "balance" in s} <= set(filled.index)
        late, early = result.statement(view, by=3, since=4), result.statement(view, by=3)
        same = [c for c in late.columns[:-1] if c in early.columns]
        assert "0" not in late.columns and len(same) == late.shape[1] - 1
        assert (late[same] == early[same]).all().all()


@each_case
def test_draws_and_lines_that_do_not_fit_are_refused_by_name(module):
    a = module.assumptions()
    draws = module.sample(a, 3, seed=1)
    name = next(iter(draws))
    for wrong in (
        {},
        draws | {"wind": draws[name]},
        {k: u for k, u in draws.items() if k != name},
        draws | {name: draws[name][:2]},
        draws | {name: draws[name] + 1},
        draws | {name: np.full_like(draws[name], np.nan)},
        {k: u[:0] for k, u in draws.items()},
    ):
        if len(draws) == 1 and name in wrong and len(wrong[name]) == 2:
            continue  # with a single line there is none to compare its length with
        with pytest.raises(ValueError, match=r"d: |d\['|is empty"):
            module.simulate(a, wrong)
    with pytest.raises(ValueError, match=r"keep: 'wind' is not allowed; \w+"):
        module.simulate(a, draws, keep=(last_line(a), "wind"))
