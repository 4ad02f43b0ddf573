"""The explorer, in a kernel and without one."""

from __future__ import annotations

import pytest

from casebook.explore import explore
from casebook.models import MODELS, model
from casebook.shape.record import AssumptionError

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
