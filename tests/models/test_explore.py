"""The explorer, in a kernel and without one."""

from __future__ import annotations

import pytest

from casebook.explore import difference, explore
from casebook.models import MODELS, model
from casebook.shape.record import AssumptionError
from casebook.words import word

each_case = pytest.mark.parametrize("name", MODELS)


@each_case
def test_sliders_have_labels_units_and_the_files_range(name):
    module = model(name)
    explorer = explore(module)
    explorer.widget()
    from casebook.words import scale, unit_label

    for spec in explorer.sliders:
        control = explorer.widgets.controls[spec.name]
        assert control.description.startswith(spec.label)
        if spec.choices:
            assert [v for _, v in control.options] == list(spec.choices)
        else:
            assert unit_label(spec.unit) in control.description
            assert control.min == pytest.approx(spec.low * scale(spec.unit))
            assert control.max == pytest.approx(spec.high * scale(spec.unit))


@each_case
def test_a_move_changes_figure_and_table_and_reset_brings_them_back(name):
    explorer = explore(model(name))
    box = explorer.widget()
    figure, table = (explorer.widgets.figure.value, explorer.widgets.table.value)
    for spec in explorer.sliders:
        control = explorer.widgets.controls[spec.name]
        if spec.choices:
            control.value = next(c for c in spec.choices if c != control.value)
        else:
            control.value = control.max
        now = explorer.case.simulate(explorer.base.replace(**explorer.values))
        assert [n for _, n in explorer.result.key_numbers()] == [n for _, n in now.key_numbers()]
        assert explorer.widgets.figure.value == explorer.case.figure(now).svg()
    assert explorer.widgets.figure.value != figure
    button = next(w for w in box.children[0].children if type(w).__name__ == "Button")
    button.click()
    assert explorer.widgets.figure.value == figure
    assert explorer.widgets.table.value == table


@each_case
def test_a_refused_move_leaves_the_last_good_answer(name):
    explorer = explore(model(name))
    values, result = dict(explorer.values), explorer.result
    spec = next(s for s in explorer.sliders if not s.choices)
    with pytest.raises(AssumptionError, match="allowed"):
        explorer.set(**{spec.name: spec.high + 1})
    with pytest.raises(AssumptionError, match="no slider"):
        explorer.set(nothing=1.0)
    assert explorer.values == values and explorer.result is result


@each_case
def test_without_a_kernel_there_is_a_table_in_the_page(name):
    explorer = explore(model(name))
    bundle = explorer._repr_mimebundle_()
    assert bundle["text/html"].startswith(f"<casebook-explorer case='{name}'>")
    for label, number in explorer.result.key_numbers():
        assert label in bundle["text/html"] and number in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "0x" not in bundle["text/plain"]


@pytest.mark.parametrize("name", MODELS)
def test_the_numbers_beside_the_figure_and_the_names_of_its_panels(name):
    explorer = explore(model(name))
    words = explorer.base.spec.words["explorer"]
    assert len(words["shown"]) == 4 and set(words["shown"]) <= set(words["metrics"])
    assert explorer.shown == words["shown"]
    assert len(words["panels"]) == len(explorer.picture.axes)
    page = explorer.page("<figure></figure>")
    for metric in words["shown"]:
        row = words["metrics"].index(metric)
        assert f"<div data-row='{row}'><dt>" in page
    assert page.count("role='tab'") == len(words["panels"])


@pytest.mark.parametrize("name", MODELS)
def test_an_answer_says_how_each_number_differs_from_the_base_case(name):
    explorer = explore(model(name))
    base = explorer.answer(explorer.values)
    assert base["changes"] == [""] * len(base["numbers"])
    told = 0
    for control in explorer.controls:
        answer = explorer.answer({**base_values(explorer), control.spec.name: control.values[0]})
        for now, then, change in zip(
            answer["numbers"], base["numbers"], answer["changes"], strict=True
        ):
            assert bool(change) == (now != then), (control.spec.name, now, then, change)
            told += bool(change)
            assert not change or change[0] in "▲▼◆"
    assert told


def base_values(explorer):
    return {s.name: getattr(explorer.base, s.name) for s in explorer.sliders}


def test_a_difference_is_that_of_what_is_shown():
    units = {"a": "share", "b": "period", "c": "flag", "d": "thousand", "e": "rate", "f": "money"}
    base = {"a": 0.6449, "b": -1, "c": True, "d": 0.007, "e": 0.0455, "f": None}
    now = {"a": 0.6451, "b": 11, "c": False, "d": -0.0021, "e": 0.0455000001, "f": 1.0}
    assert difference.texts(now, base, units) == {
        "a": "",  # 64.5% and 64.5%
        "b": word("explorer.changed"),  # from never to the eleventh
        "c": word("explorer.changed"),
        "d": word("explorer.down", amount="CNY 9 thousand"),
        "e": "",
        "f": word("explorer.changed"),
    }
    up = difference.texts({"a": 0.68}, {"a": 0.648}, {"a": "share"})
    assert up == {"a": word("explorer.up", amount="3.2 points")}


@pytest.mark.parametrize("name", MODELS)
def test_both_forms_of_the_figure_answer(name):
    explorer = explore(model(name))
    control = explorer.controls[0]
    values = {control.spec.name: control.values[-1]}
    wide, narrow = (explorer.answer(values, form) for form in ("wide", "narrow"))
    assert wide["numbers"] == narrow["numbers"] and wide["changes"] == narrow["changes"]
    assert "-narrow-" in narrow["svg"] and "-narrow-" not in wide["svg"]
