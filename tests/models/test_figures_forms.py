"""Figures in two forms: legible on a telephone, nothing cut in silence, colours told apart."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from casebook.explore import explore
from casebook.figures import FORMS, PALETTE, Chart, bars, label, letters, line, point, style, widths
from casebook.models import MODELS, model
from casebook.shape import AssumptionError
from casebook.typology.charts import CHARTS as BOOK
from casebook.web.explorer.theme import figure_html

FIGURES = [(name, figure) for name in MODELS for figure in model(name).FIGURES]


@cache
def result(name):
    return model(name).simulate(model(name).assumptions())


@cache
def pictures(name, figure):
    """A figure in both forms: to be looked at, not to be changed."""
    return [model(name).figure(result(name), figure, form=form) for form in FORMS]


@cache
def drawings(name, figure):
    return [picture.svg() for picture in pictures(name, figure)]


# -------------------------------------------------------------------------------------- letters


@pytest.mark.parametrize(("known", "file"), [(widths.REGULAR, "Regular"), (widths.BOLD, "Bold")])
def test_a_letter_is_as_wide_as_in_the_font(known, file):
    font = TTFont(style.FONTS / f"SourceSans3-{file}.ttf")
    told = {letter: width for width, text in known.items() for letter in text}
    assert told == {chr(c): font["hmtx"][glyph][0] for c, glyph in font.getBestCmap().items()}
    assert (style.FONTS / f"SourceSans3-{file}.ttf").stat().st_size <= 45_000


def test_lines_are_as_wide_as_their_room():
    text = "Of every yuan that goes into the plant, 73% is lent"
    lines = letters.wrap(text, 100, 9)
    assert " ".join(lines) == text and len(lines) > 1
    assert all(letters.width(line, 9) <= 100 for line in lines)
    assert letters.wrap("逾期贷款的回收率", 40, 10) == ("逾期贷款", "的回收率")
    assert letters.wrap("", 40, 10) == ("",)


# ---------------------------------------------------------------------------------------- forms


def test_a_form_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="wide, narrow"):
        model("loan").figure(result("loan"), form="tall")


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


# ---------------------------------------------------------------------------------------- edges


def settings(explorer):
    """Each slider at both its ends, and all of them."""
    ends = [{c.spec.name: c.values[k] for c in explorer.controls} for k in (0, -1)]
    return [{name: end[name]} for name in ends[0] for end in ends] + ends


@pytest.mark.parametrize("name", MODELS)
def test_no_slider_cuts_data_in_silence(name):
    module, asked = model(name), settings(explore(model(name)))
    drawn = [module.figure(result(name), form=form) for form in FORMS]
    for setting in asked:
        try:
            run = module.simulate(result(name).assumptions.replace(**setting))
        except AssumptionError:
            continue
        for picture in drawn:
            module.figure(run, onto=picture)
            assert not picture.clipped(), setting
            for ax in picture.axes:
                lines = ax.get_title(loc="left").count("\n") + 1
                assert lines <= picture.form.lines, (setting, ax.get_title(loc="left"))


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_no_figure_cuts_data_in_silence(name, figure):
    for picture in pictures(name, figure):
        assert not picture.clipped()


def chart(draw):
    def frame(panels, data):
        (ax,) = panels
        ax.set_xlim(-1, 11)
        ax.set_ylim(0, 10)
        label(ax, "year", "money")

    return Chart("sample", frame, draw)


def test_what_is_cut_has_a_mark_with_its_value():
    def draw(panels, data):
        line(panels[0], [0, 5, 10], [2, data, 3], "c1")
        bars(panels[0], [1, 2], [4, -data], "c2")
        point(panels[0], [3, 4], [5, 2 * data], "c3")

    made = chart(draw)
    picture = made(2345.0)
    assert not picture.clipped()
    texts = {text.get_text() for text in picture.axes[0].texts}
    assert {"2,345", "−2,345", "4,690"} <= texts
    hollow = [x for x in picture.axes[0].lines if to_hex(x.get_markerfacecolor()) == "#ffffff"
              and x.get_marker() == "o"]  # fmt: skip
    assert [x.get_ydata()[0] for x in hollow] == [10]
    made.redraw(picture, 2.0)
    texts = {text.get_text() for text in picture.axes[0].texts}
    assert not {"2,345", "4,690"} & texts and "−2" in texts
    made.redraw(picture, 2345.0)
    assert picture.svg() == made(2345.0).svg()


def test_data_that_a_chart_draws_past_the_marks_are_seen():
    def draw(panels, data):
        panels[0].plot([0, 1], [5, 50], scalex=False, scaley=False)

    assert chart(draw)(None).clipped()


def test_no_chart_cuts_on_its_own():
    for name in MODELS:
        source = model(name).__file__.replace("__init__", "charts")
        with open(source, encoding="utf-8") as file:
            text = file.read()
        assert not re.search(r"clip\([^)]*(low|high|lim)", text), name


# --------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_the_numbers_of_a_figure_are_few_and_have_heads(name, figure):
    wide, narrow = pictures(name, figure)
    tables = wide.table()
    assert tables == narrow.table()
    assert sum(len(table.rows) for table in tables) <= 40
    for table in tables:
        assert all(len(row) == len(table.head) for row in table.rows)
        assert any(table.head[1:])


def test_a_table_has_names_of_positions_and_values():
    price, years = model("loan").figure(result("loan")).table()
    assert [row[0] for row in price.rows][:2] == ["Bullet", "Balloon"]
    assert price.head[1:4] == ("funding", "cost", "capital")
    total = result("loan").metrics["break_even_rate"]
    row = dict(zip([r[0] for r in price.rows], price.rows, strict=True))["Level payment"]
    parts = sum(float(x) for x in row[1:6])
    assert abs(parts - 100 * total) < 0.05
    html = figure_html("<svg></svg>", "<svg></svg>", number=2, table=[price, years])
    assert '<figure class="cb-figure" id="figure-2">' in html and html.count("<table") == 2
    assert 'href="#figure-2"' in html and '<th scope="row">Bullet</th>' in html


# -------------------------------------------------------------------------------------- colours


def lab(colour, kind="none"):
    """CIELAB of a colour, as somebody with the eyes of `kind` sees it (Machado 2009, in full)."""
    rgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    eyes = {
        "none": np.eye(3),
        "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                   [-0.011820, 0.042940, 0.968881]],
        "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    }  # fmt: skip
    linear = np.clip(np.array(eyes[kind]) @ linear, 0, 1)
    xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                    [0.0193339, 0.1191920, 0.9503041]]) @ linear  # fmt: skip
    f = xyz / np.array([0.95047, 1.0, 1.08883])
    f = np.where(f > 0.008856, np.cbrt(f), 7.787 * f + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def alike(one, two):
    """Whether two colours of the palette may be taken for each other."""
    a, b = PALETTE[one], PALETTE[two]
    near = abs(lab(a)[0] - lab(b)[0]) < 15
    return near or any(
        np.linalg.norm(lab(a, eyes) - lab(b, eyes)) < 15 for eyes in ("deutan", "protan")
    )


def cue(series, across):
    """What tells a series apart beside its colour: its kind, dash, marker; its named row; side."""
    artist = series.artist
    where = tuple(np.round(series.at, 2)) if across else ()
    if series.kind == "line":
        dash = str(artist._dash_pattern), artist.get_linewidth()
        return "line", *dash, artist.get_marker(), where
    if series.kind == "point":
        hollow = to_hex(artist.get_markerfacecolor()) == "#ffffff"
        return "point", artist.get_marker(), artist.get_markersize(), hollow, where
    if isinstance(artist, PathPatch):
        side = tuple(np.sign(series.value - series.base))
        return "bar", tuple(np.round(series.at, 2)), tuple(np.round(series.base, 2)), side
    return (series.kind,)


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_series_are_told_apart_without_colour(name, figure):
    wide, _ = pictures(name, figure)
    for ax in wide.axes:
        drawn = [s for s in wide.series if s.ax is ax and s.colour in PALETTE]
        lines = {s.colour for s in drawn if s.kind == "line"}
        drawn = [s for s in drawn if s.kind != "point" or s.colour not in lines]  # a point on it
        across = wide.spaces[ax].across
        for one, two in combinations(drawn, 2):
            if one.colour != two.colour and alike(one.colour, two.colour):
                assert cue(one, across) != cue(two, across), (one.colour, two.colour, one.kind)


def test_types_have_their_colours():
    from casebook.typology.charts import PLACES

    colours = {name: place[2] for name, place in PLACES.items()}
    assert colours == {"strategic": "c1", "transactional": "c6", "growth": "c3",
                       "problem": "c2", "terminated": "c4"}  # fmt: skip
