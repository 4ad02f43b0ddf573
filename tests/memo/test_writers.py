"""The three writers: two pages, nothing interpreted, the same bytes, a whole file or none."""

from __future__ import annotations

import dataclasses
import html
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from casebook import memo
from casebook.cases import NAMES
from casebook.memo import file, parts, pdf, word
from casebook.memo import html as page
from casebook.web.lectures import stage

from .settings import EACH, WRITERS, pages, paper, run, word_text, written

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
CHROMIUM = stage.program()
TEXTS = shutil.which("pdftotext")
each = pytest.mark.parametrize(("name", "setting"), EACH)
each_writer = pytest.mark.parametrize("form", WRITERS)
HOSTILE = """<b>&amp; #set $x$ *y* =1+1 \\ _z_ "q" @ref {{ 7*7 }} {% x %} `r` //c /*d*/ [e] ~f"""
CHINESE = "白山铸造 债务重组"


def hostile(m: memo.Memo, text: str = HOSTILE) -> memo.Memo:
    """A memo in which every text that a reader may give is hostile."""
    table = dataclasses.replace(m.numbers, rows=((text, "1"),), marked=frozenset([0]))
    said = dataclasses.replace(m.decision, text=text, label=text, against_label=text)
    lists = dict.fromkeys(
        ("firm", "repayment", "reasons", "risks", "covenants", "conditions", "cannot"), (text,)
    )
    heads = dict.fromkeys(("bank", "client", "reference", "date", "request", "statement"), text)
    changes = dataclasses.replace(m.changes, rows=((text, "1", "2"),))
    return dataclasses.replace(
        m, numbers=table, changes=changes, decision=said, checks=text, **heads, **lists
    )


def longest(m: memo.Memo) -> memo.Memo:
    """A memo in which every text is as long as it may be, and every list too."""

    def text(room: int) -> str:
        return ("Wm iron " * room)[:room]

    def rows(table: memo.Table, most: int) -> memo.Table:
        row = (text(parts.NAME), *(x[:1] + "8" * 11 for x in table.head[1:]))
        return dataclasses.replace(table, rows=(row,) * (most - 1), more=text(30))

    many = (text(parts.SENTENCE),)
    return dataclasses.replace(
        m, bank=text(parts.HEAD), client=text(parts.CLIENT), reference=text(parts.HEAD),
        request=text(parts.PARAGRAPH), reasons=many * 3, firm=many * 4, repayment=many * 3,
        risks=many * 3,
        covenants=many * 6, conditions=many * 6, cannot=many * 3, checks=text(parts.PARAGRAPH),
        numbers=rows(m.numbers, parts.NUMBERS), changes=rows(m.changes, parts.CHANGES),
    )  # fmt: skip


# --------------------------------------------------------------------------------------- pages


def own(m: memo.Memo) -> memo.Memo:
    """A memo of a client of one's own with a long name."""
    name = "Ningbo Eastern Precision Castings (Group) Company Limited, Second Branch in Beilun"
    about = "A maker of pump housings for shipyards, owned by two families, with one bank for " * 2
    return dataclasses.replace(
        m, client=name, bank="Commercial Bank of the Eastern Districts", own=m.words["own"]["note"],
        firm=(about[: parts.SENTENCE - 10] + ".", *m.firm[1:]),
    )  # fmt: skip


@each
def test_pdf_has_two_pages(name: str, setting: str) -> None:
    assert pages(written("pdf", name, setting)) == 2


def test_pdf_of_the_longest_texts_has_two_pages() -> None:
    assert pages(pdf.written(longest(paper("problem", "all")))) == 2


def heights(content: bytes) -> set[float]:
    """The heights of the words of a PDF that are set in one line, in points."""
    out = subprocess.run([TEXTS, "-bbox", "-", "-"], input=content, check=True,
                         capture_output=True).stdout.decode()  # fmt: skip
    boxes = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(?:Client|Mortgage)<', out)
    return {round(float(low) - float(high), 1) for high, low in boxes}


@pytest.mark.skipif(not TEXTS, reason="pdftotext is not installed")
def test_a_full_pdf_is_not_set_smaller() -> None:
    """Nor is that of a client of one's own, whose every assumption differs."""
    m = paper("problem", "all")
    base = heights(written("pdf", "problem"))
    assert len(base) == 2 and heights(pdf.written(own(m))) == base
    assert heights(pdf.written(longest(m))) != base


def writer() -> str:
    """Why Word documents cannot be set here, or ""."""
    if not OFFICE:
        return "LibreOffice is not installed"
    if not (Path(OFFICE).resolve().parent / "libswlo.so").exists():
        return "LibreOffice has no Writer"
    match = shutil.which("fc-match")
    font = subprocess.run([match, "Arial"], capture_output=True, text=True).stdout if match else ""
    if not re.search("Arial|Liberation", font):
        return "no font is as wide as Arial"
    return ""


@pytest.mark.skipif(bool(writer()), reason=writer())
def test_word_has_two_pages(tmp_path: Path) -> None:
    """The fullest: a client of one's own with every assumption changed, and a base case."""
    memos = {"own": own(paper("strategic", "all")), "base": paper("problem")}
    for name, m in memos.items():
        (tmp_path / f"{name}.docx").write_bytes(word.written(m))
    profile = (tmp_path / "profile").as_uri()
    command = [OFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
    command += ["--outdir", tmp_path, *sorted(tmp_path.glob("*.docx"))]
    subprocess.run(command, check=True, capture_output=True, timeout=170)
    counts = {name: pages((tmp_path / f"{name}.pdf").read_bytes()) for name in memos}
    assert set(counts.values()) == {2}, counts


def test_word_s_type_is_not_small() -> None:
    content = docx.Document(io.BytesIO(word.written(paper("problem", "all"))))
    runs = [r for p in content.element.body.iter(docx.oxml.ns.qn("w:p"))
            for r in docx.text.paragraph.Paragraph(p, content).runs if r.text.strip()]  # fmt: skip
    assert min(r.font.size.pt for r in runs) >= 8.5
    body = [r for r in runs if r.text.startswith("–\t")]
    assert len(body) > 20 and min(r.font.size.pt for r in body) >= 9


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
def test_html_prints_on_two_pages_and_is_read_on_any_screen() -> None:
    """Two sheets when it is printed; no sideways scroll on a telephone; no small type."""
    from playwright.sync_api import sync_playwright

    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    smallest = """selector => Math.min(...[...document.querySelectorAll(selector)].map(
        e => parseFloat(getComputedStyle(e).fontSize)))"""
    body, rows, point = "li, .sheet p:not(.small, .foot)", "th, td, dt, .small", 96 / 72
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page()
        for name in NAMES:
            view.emulate_media(media="screen")
            view.set_viewport_size({"width": 390, "height": 800})
            view.set_content(page.written(own(paper(name, "all"))).decode())
            assert view.evaluate(wider) <= 0, name
            assert view.evaluate(smallest, body) >= 14
            view.emulate_media(media="print")
            assert view.evaluate(smallest, body) >= 9 * point - 0.01
            assert view.evaluate(smallest, rows) >= 8.4 * point
            printed = view.pdf(prefer_css_page_size=True, print_background=True)
            assert pages(printed) == 2, name
        browser.close()


# ------------------------------------------------------------------------------- what they say


@pytest.mark.parametrize("name", NAMES)
def test_all_three_say_the_same(name: str) -> None:
    m = paper(name, "all")
    lists = (m.reasons, m.firm, m.repayment, m.risks, m.covenants, m.conditions, m.cannot)
    said = [m.bank, m.client, m.request, m.decision.text, m.decision.number, m.decision.against]
    said += [text for texts in lists for text in texts]
    tables = (m.numbers, m.lines, m.turns, m.changes)
    said += [text for t in tables for row in (t.head, *t.rows) for text in row]
    said += [m.changes_note, m.turns_note, m.trace, m.checks, *m.words["signed"]["roles"]]
    source = html.unescape(re.sub(r"<[^>]+>", "\n", written("html", name, "all").decode()))
    lines = word_text(written("docx", name, "all"))
    for text in said:
        assert text in source
        assert any(text in line for line in lines), text
    if TEXTS:
        out = subprocess.run([TEXTS, "-raw", "-", "-"], input=written("pdf", name, "all"),
                             check=True, capture_output=True)  # fmt: skip
        told = "".join(out.stdout.decode().split())
        missing = [text for text in said if "".join(text.split()) not in told]
        assert len(missing) <= len(m.lines.head), missing  # heads may be broken between columns


def test_html_is_whole_in_itself() -> None:
    source = written("html", "problem").decode()
    links = re.findall(r"""(?:src|href)\s*=\s*["'](?!#)[^"']+|url\((?!data:|#)[^)]+""", source)
    assert not links and "<script" not in source
    assert source.count("<svg") == 2 and source.count("base64,") == 2


# ------------------------------------------------------------------------------- hostile texts


def test_hostile_text_is_text_in_html() -> None:
    source = page.written(hostile(paper("problem"))).decode()
    assert "<b>&amp;" not in source and "<b>&amp;amp;" not in source
    text = html.unescape(re.sub(r"<[^>]+>", "\n", source.split("<body>")[1]))
    assert text.count(HOSTILE) >= 15


def test_hostile_text_is_text_in_word() -> None:
    content = word.written(hostile(paper("problem")))
    assert sum(HOSTILE in line for line in word_text(content)) >= 15
    document = docx.Document(io.BytesIO(content))
    assert document.core_properties.title.endswith(HOSTILE)


def test_hostile_text_is_text_in_pdf() -> None:
    content = pdf.written(hostile(paper("problem")))
    assert pages(content) == 2
    if TEXTS:
        out = subprocess.run([TEXTS, "-raw", "-", "-"], input=content, check=True,
                             capture_output=True)  # fmt: skip
        assert "".join(out.stdout.decode().split()).count("".join(HOSTILE.split())) >= 10


def test_labels_of_an_own_file_are_text_in_figures_too() -> None:
    """Two dollars are no formula; a name in braces is no number."""
    r = run("problem")
    specs = {**r.assumptions.spec.assumptions}
    for name in ("way_out", "sales"):
        choices = {k: f"${k}$ <{{owed}}> \\frac &" for k in specs[name].choices}
        specs[name] = dataclasses.replace(specs[name], label=HOSTILE, choices=choices)
    words = {**r.assumptions.spec.words, "title": HOSTILE}
    spec = dataclasses.replace(r.assumptions.spec, assumptions=specs, words=words)
    a = dataclasses.replace(r.assumptions, spec=spec)
    m = memo.content(dataclasses.replace(r, assumptions=a.replace(sales=21.0)), r)
    assert pages(pdf.written(m)) == 2 and word.written(m)
    source = page.written(m).decode()
    assert html.escape("$liquidate$ <{owed}> \\frac &", quote=False) in source.split("<svg")[1]


def test_chinese_is_set_or_the_font_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    m = hostile(paper("problem"), CHINESE)
    assert page.written(m).decode().count(CHINESE) >= 15
    assert sum(CHINESE in line for line in word_text(word.written(m))) >= 15
    monkeypatch.setattr(pdf, "_families", lambda: frozenset(["casebook sans"]))
    with pytest.raises(memo.MemoError, match="Install Noto Sans CJK SC"):
        pdf.written(m)
    monkeypatch.setattr(pdf, "_families", lambda: frozenset(["simhei"]))
    assert pages(pdf.written(m)) == 2


# --------------------------------------------------------------------------------- the file


def test_the_same_memo_is_the_same_bytes(tmp_path: Path) -> None:
    """In another process too, and with what was drawn before."""
    name, setting = "transactional", "all"
    for form, room in WRITERS.items():
        assert room.written(paper(name, setting)) == written(form, name, setting)
    code = (
        "import sys; from tests.memo.settings import WRITERS, written;"
        f"[open(sys.argv[1] + form, 'wb').write(written(form, '{name}', '{setting}'))"
        " for form in WRITERS]"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, f"{tmp_path}/"], check=True, cwd=root)
    for form in WRITERS:
        assert (tmp_path / form).read_bytes() == written(form, name, setting)


def test_word_s_parts_have_one_date() -> None:
    with zipfile.ZipFile(io.BytesIO(written("docx", "growth"))) as archive:
        assert {part.date_time for part in archive.infolist()} == {(2026, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("ending", [*file.ENDINGS, ".PDF"])
def test_the_ending_says_the_form(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file.parts, "content", lambda *_: paper("transactional"))
    path = memo.write(run("transactional"), run("transactional"), tmp_path / f"memo{ending}")
    start = {".html": b"<!DOCTYPE html>", ".pdf": b"%PDF", ".docx": b"PK\3\4"}[ending.lower()]
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["memo.txt", "memo", "memo.pdf.gz"])
def test_another_ending_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(memo.MemoError, match=r"allowed: \.html, \.pdf, \.docx"):
        memo.write(run("problem"), run("problem"), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file.parts, "content", lambda *_: paper("problem"))
    with pytest.raises(memo.MemoError, match="cannot be written"):
        memo.write(run("problem"), run("problem"), tmp_path / "nowhere" / "memo.html")


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("fails", ["writer", "disk", "move"])
def test_a_file_is_whole_or_not_there(
    fails: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, old = tmp_path / "memo.html", b"what was there"
    if there:
        path.write_bytes(old)
    monkeypatch.setattr(file.parts, "content", lambda *_: paper("problem"))

    def broken(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    if fails == "writer":
        monkeypatch.setattr(page, "written", broken)
    elif fails == "disk":
        opened = Path.open

        def nine(self: Path, data: bytes) -> None:
            """A disk that is full after nine bytes."""
            with opened(self, "wb") as stream:
                stream.write(data[:9])
            broken()

        monkeypatch.setattr(Path, "write_bytes", nine)
    else:
        monkeypatch.setattr(os, "replace", broken)
    with pytest.raises((memo.MemoError, OSError), match="No space left"):
        memo.write(run("problem"), run("problem"), path)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([old] if there else [])


@pytest.mark.parametrize(
    ("form", "package"), [("html", "jinja2"), ("pdf", "typst"), ("docx", "docx")]
)
def test_a_package_that_is_missing_names_the_extra(
    form: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r"casebook\[memo\]"):
        WRITERS[form].written(paper("problem"))
