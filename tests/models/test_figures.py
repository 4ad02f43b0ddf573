"""Each figure in both its forms: one style, the same bytes for the same data, legible, whole."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from casebook.explore import explore
from casebook.figures import PALETTE, STYLE
from casebook.models import MODELS, model
from casebook.typology.charts import CHARTS as BOOK
from casebook.web.explorer.theme import figure_html

from ..figures import FIGURES, drawings, pictures, result


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_a_figure_states_its_message_and_repeats_itself(name, figure):
    one, svg = pictures(name, figure)[0], drawings(name, figure)[0]
    assert isinstance(one, Figure)
    assert svg == model(name).figure(result(name), figure).svg()
    for ax in one.axes:
        title = ax.get_title(loc="left")
        assert len(title.split()) >= 5, "a title states a message"
        assert title.count("\n") <= 1, "at most two lines"
        assert ax.get_xlabel()
    assert f'aria-label="{one.message[:20]}' in svg


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_no_text_leaves_the_picture(name, figure):
    picture = pictures(name, figure)[0]
    renderer = RendererSVG(*picture.bbox.size, io.StringIO(), image_dpi=72)
    picture.draw(renderer)  # that of pixels would round the width of each letter
    box = picture.bbox
    for ax in picture.axes:
        legend = [ax.legend_] if ax.legend_ else []
        for artist in [ax._left_title, ax.xaxis.label, *ax.texts, *ax.get_yticklabels(), *legend]:
            extent = artist.get_window_extent(renderer)
            if extent.width:
                assert extent.x0 >= -1 and extent.x1 <= box.x1 + 1, artist
        above = [ax._left_title, *legend, *ax.texts[:1]]
        extents = [t.get_window_extent(renderer) for t in above]
        for one, two in combinations(extents, 2):
            assert not one.overlaps(two), (one, two)


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_colours_are_those_of_the_palette(name, figure):
    used = set(re.findall(r"#[0-9a-f]{6}\b", drawings(name, figure)[0]))
    assert used <= set(PALETTE.values()), used - set(PALETTE.values())


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_both_forms_stand_on_one_page(name, figure):
    wide, narrow = drawings(name, figure)
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (wide, narrow)]
    assert not ids[0] & ids[1]
    assert all(x.startswith(f"{name}-{figure}-narrow-") for x in ids[1])
    html = figure_html(wide, narrow)
    assert html.count("<svg") == 2 and html.index("cb-wide") < html.index("cb-narrow")


@pytest.mark.parametrize(("name", "figure"), [*FIGURES, *(("book", name) for name in BOOK)])
def test_letters_of_the_narrow_form_are_at_least_eleven_pixels(name, figure):
    if name == "book":
        svg = BOOK[figure](None, form="narrow").svg()
    else:
        _, svg = drawings(name, figure)
    unit = 340 / float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    sizes = [float(x) for x in re.findall(r"font(?:-size)?: (?:\w+ )*([\d.]+)px", svg)]
    assert sizes and min(sizes) * unit >= 11


@pytest.mark.parametrize("name", MODELS)
def test_one_panel_of_an_explorer_fits_a_telephone(name):
    wide, narrow = pictures(name, "explorer")
    for picture in (wide, narrow):
        _, _, width, height = re.search(r'viewBox="([^"]+)"', picture.svg())[1].split()
        told = [float(x) for x in re.search(r'data-panels="([^"]+)"', picture.svg())[1].split()]
        tops, heights = told[::2], told[1::2]
        assert len(tops) == len(picture.axes)
        assert np.allclose(np.cumsum([0, *heights]), [*tops, float(height)], atol=0.3)
    assert max(heights) * 350 / float(width) <= 300


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_labels_of_ticks_do_not_touch(name, figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for picture in pictures(name, figure):
        canvas = FigureCanvasAgg(picture)
        canvas.draw()
        for ax in picture.axes:
            low, high = sorted(ax.get_xlim())
            boxes = [
                text.get_window_extent(canvas.get_renderer())
                for place, text in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
                if text.get_text() and low <= place <= high
            ]
            for one, two in combinations(boxes, 2):
                assert not one.overlaps(two), (picture.name, one, two)


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_no_figure_cuts_data_in_silence(name, figure):
    for picture in pictures(name, figure):
        assert not picture.clipped()


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_the_numbers_of_a_figure_are_few_and_have_heads(name, figure):
    wide, narrow = pictures(name, figure)
    tables = wide.table()
    assert tables and tables == narrow.table()
    assert sum(len(table.rows) for table in tables) <= 40
    for table in tables:
        assert all(len(row) == len(table.head) for row in table.rows)
        assert any(table.head[1:])


@pytest.mark.parametrize("name", MODELS)
def test_redraw_equals_a_new_drawing(name):
    module, base = model(name), result(name)
    control = next(c for c in explore(module).controls if len(c.values) > 5)
    moved = module.simulate(base.assumptions.replace(**{control.spec.name: control.values[5]}))
    picture = module.figure(base)
    before = picture.svg()
    module.figure(moved, onto=picture)
    assert picture.svg() == module.figure(moved).svg() != before
    module.figure(base, onto=picture)
    assert picture.svg() == before


@pytest.mark.parametrize("name", MODELS)
def test_unknown_figure_is_named(name):
    with pytest.raises(KeyError, match="allowed"):
        model(name).figure(result(name), "nothing")


def test_palette_is_that_of_the_style_sheet():
    from casebook.words import DATA

    css = (DATA.parent / "casebook/web/assets/casebook.css").read_text(encoding="utf-8")
    light = css[: css.index('html[data-theme="dark"]')]
    for name, colour in PALETTE.items():
        assert re.search(rf"--cb-{name}:\s*{colour};", light), name
        assert len(re.findall(rf"--cb-{name}:", css)) >= 2, f"{name} has no dark twin"


def test_series_differ_without_colour():
    """Lightness of the six series colours: no two alike in greyscale unless dashes tell them."""

    def grey(colour):
        r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    tones = sorted(grey(PALETTE[f"c{i}"]) for i in range(1, 7))
    assert all(b - a > 0.02 for a, b in pairwise(tones)), tones


def test_models_start_without_matplotlib_and_figures_without_pyplot():
    code = (
        "import sys; from casebook.cases import transactional as t; "
        "r = t.simulate(t.assumptions());"
        "assert not {'matplotlib', 'pandas', 'ipywidgets'} & set(sys.modules);"
        "t.figure(r).svg(); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert STYLE["svg.fonttype"] == "none"
