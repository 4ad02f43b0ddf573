"""Figures in two forms: legible on a telephone, nothing cut in silence, colours told apart."""

from __future__ import annotations

import re
from itertools import combinations, product

import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import to_hex

from casebook import letters, widths
from casebook.explore import explore
from casebook.figures import FORMS, Chart, bars, label, line, point, style
from casebook.models import MODELS, model
from casebook.shape import AssumptionError
from casebook.typology.charts import CHARTS as BOOK
from casebook.web.explorer.theme import figure_html

from ..figures import result

# -------------------------------------------------------------------------------------- letters


@pytest.mark.parametrize(("known", "file"), [(widths.REGULAR, "Regular"), (widths.BOLD, "Bold")])
def test_a_letter_is_as_wide_as_in_the_font(known, file):
    font = TTFont(style.FONTS / f"CasebookSans-{file}.ttf")
    told = {letter: width for width, text in known.items() for letter in text}
    assert told == {chr(c): font["hmtx"][glyph][0] for c, glyph in font.getBestCmap().items()}
    assert (style.FONTS / f"CasebookSans-{file}.ttf").stat().st_size <= 45_000


def test_no_font_bears_the_reserved_name():
    web = style.FONTS.parent / "web" / "assets" / "fonts"
    files = [*style.FONTS.glob("CasebookSans-*.ttf"), *web.glob("casebook-*.woff2")]
    assert len(files) == 5
    for file in files:
        names = {x.nameID: str(x) for x in TTFont(file)["name"].names}
        assert "Adobe" in names.pop(0)
        assert names[1].startswith(("Casebook Sans", "Casebook Serif"))
        assert not any("Source" in text for key, text in names.items() if key not in (13, 14)), file


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_every_chinese_letter_is_a_square(weight):
    file = style.FONTS / f"CasebookHan-{weight}.ttf"
    font = TTFont(file)
    assert file.stat().st_size < 1000
    assert {font["hmtx"][g][0] for g in font.getBestCmap().values()} == {font["head"].unitsPerEm}
    assert all(ord(letter) in font.getBestCmap() for letter in "账面有利润，（）《》：；")


def test_a_line_of_chinese_begins_and_ends_with_no_mark_that_may_not():
    text = "规则在第15个月已知（“倒扣法”）：银行仍可收回5,160万元，比首次欠款早3个月。"
    for room in range(60, 300, 7):
        lines = letters.wrap(text, room, 11)
        assert "".join(lines) == letters.unwrapped("\n".join(lines)) == text
        assert not any(line[0] in "，。：）”%" or line[-1] in "（“" for line in lines)


def test_lines_are_as_wide_as_their_room():
    text = "Of every yuan that goes into the plant, 73% is lent"
    lines = letters.wrap(text, 100, 9)
    assert letters.unwrapped("\n".join(lines)) == text and len(lines) > 1
    assert all(letters.width(line, 9) <= 100 for line in lines)
    assert letters.wrap("逾期贷款的回收率", 40, 10) == ("逾期贷款", "的回收率")
    assert letters.wrap("", 40, 10) == ("",)


# ---------------------------------------------------------------------------------------- forms


def test_a_form_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="wide, narrow"):
        model("loan").figure(result("loan"), form="tall")


# ---------------------------------------------------------------------------------------- edges


def settings(explorer):
    """Each slider at both its ends, each choice, the first three in pairs, and all at one end."""
    ends = {c.spec.name: (c.values[0], c.values[-1]) for c in explorer.controls}
    few = {c.spec.name: c.values if c.spec.choices else ends[c.spec.name]
           for c in explorer.controls}  # fmt: skip
    single = [{name: value} for name, values in few.items() for value in values]
    pairs = [
        {one: a, two: b}
        for one, two in combinations(list(ends)[:3], 2)
        for a, b in product(ends[one], ends[two])
    ]
    return single + pairs + [{name: end[k] for name, end in ends.items()} for k in (0, 1)]


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


def test_a_line_at_a_position_outside_has_a_mark():
    def draw(panels, data):
        line(panels[0], [data, data], [0, 10], "c1")

    made = chart(draw)
    assert not made(5.0).axes[0].texts[1:]  # the first is the name of the axis
    picture = made(3000.0)
    assert not picture.clipped()
    assert "3,000" in {text.get_text() for text in picture.axes[0].texts}
    (mark,) = (x for x in picture.axes[0].lines if x.get_marker() == ">")
    assert mark.get_xydata().tolist() == [[11, 5]]
    mark.remove()
    assert picture.clipped()


def test_a_mark_within_the_panel_excuses_nothing():
    def draw(panels, data):
        point(panels[0], [2], [5], "c3", marker="^")
        panels[0].plot([0, 1], [5, 50], scalex=False, scaley=False)

    assert chart(draw)(None).clipped()


def test_bars_close_together_have_one_value():
    def texts(x):
        def draw(panels, data):
            bars(panels[0], x, [20.0, 30.0, 40.0], "c1", width=0.1)

        return {t.get_text() for t in chart(draw)(None).axes[0].texts}

    assert {"20", "30", "40"} <= texts([1.0, 5.0, 9.0])
    assert "40" in (near := texts([5.0, 5.2, 5.4])) and not {"20", "30"} & near


def test_no_chart_cuts_on_its_own():
    for name in MODELS:
        source = model(name).__file__.replace("__init__", "charts")
        with open(source, encoding="utf-8") as file:
            text = file.read()
        assert not re.search(r"clip\([^)]*(low|high|lim)", text), name
        assert not re.search(r"^ *(line|point|bars)\(.*\b(min|max)\(", text, re.M), name


# --------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("name", BOOK)
def test_the_pictures_of_the_book_can_be_read_too(name):
    (table,) = BOOK[name](None).table()
    assert table == BOOK[name](None, form="narrow").table()[0]
    assert len(table.rows) >= 5 and all(len(row) == len(table.head) for row in table.rows)


def test_a_map_is_a_table_of_its_cells():
    first, _ = model("classification").figure(result("classification"), "confusion").table()
    assert first.head[1:] == ("strategic", "transact.", "growth", "problem")
    assert first.rows[1] == ("transact.", "1", "97", "1", "1")
    with_support, _ = model("strategic").figure(result("strategic"), "survival").table()
    assert with_support.rows[-1] == ("30% less cash", "pays", "pays", "10", "10", "9")


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
