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
from casebook.memo import file, pdf, word
from casebook.memo import html as page

from .settings import EACH, as_pdf, pages, paper, run, word_text

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
BROWSERS = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
CHROMIUM = next(filter(None, BROWSERS), None)
TEXTS = shutil.which("pdftotext")
WRITERS = {"html": page, "pdf": pdf, "docx": word}
each = pytest.mark.parametrize(("name", "setting"), EACH)
each_writer = pytest.mark.parametrize("form", WRITERS)
HOSTILE = """<b>&amp; #set $x$ *y* =1+1 \\ _z_ "q" @ref {{ 7*7 }} {% x %} `r` //c /*d*/ [e] ~f"""
CHINESE = "白山铸造 债务重组"


def hostile(m: memo.Memo, text: str = HOSTILE) -> memo.Memo:
    """A memo in which every text that a reader may give is hostile."""
    table = dataclasses.replace(m.numbers, rows=((text, "1", "2", "3"),), marked=frozenset([0]))
    said = dataclasses.replace(m.decision, text=text, label=text, against_label=text)
    lists = dict.fromkeys(
        ("firm", "reasons", "risks", "covenants", "conditions", "cannot"), (text,)
    )
    heads = dict.fromkeys(("bank", "client", "reference", "date", "request", "statement"), text)
    changes = dataclasses.replace(m.changes, rows=((text, "1", "2"),))
    return dataclasses.replace(
        m, numbers=table, changes=changes, decision=said, checks=text, **heads, **lists
    )


def longest(m: memo.Memo) -> memo.Memo:
    """A memo in which every text is as long as it may be, and every list too."""
    from casebook.memo import parts

    def text(room: int) -> str:
        return ("Wm iron " * room)[:room]

    def rows(table: memo.Table, most: int) -> memo.Table:
        row = (text(parts.NAME), *(x[:1] + "8" * 11 for x in table.head[1:]))
        return dataclasses.replace(table, rows=(row,) * (most - 1), more=text(30))

    many = (text(parts.SENTENCE),)
    return dataclasses.replace(
        m, bank=text(parts.HEAD), client=text(parts.HEAD), reference=text(parts.HEAD),
        request=text(parts.PARAGRAPH), reasons=many * 3, firm=many * 4, risks=many * 2,
        covenants=many * 6, conditions=many * 6, cannot=many * 3, checks=text(parts.PARAGRAPH),
        numbers=rows(m.numbers, parts.NUMBERS), changes=rows(m.changes, parts.CHANGES),
    )  # fmt: skip


# --------------------------------------------------------------------------------------- pages


@each
def test_pdf_has_two_pages(name: str, setting: str) -> None:
    assert pages(as_pdf(name, setting)) == 2


def test_pdf_of_the_longest_texts_has_two_pages() -> None:
    assert pages(pdf.written(longest(paper("problem", "all")))) == 2


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed")
def test_word_has_two_pages(tmp_path: Path) -> None:
    for name, setting in EACH:
        (tmp_path / f"{name}_{setting}.docx").write_bytes(word.written(paper(name, setting)))
    profile = (tmp_path / "profile").as_uri()
    command = [OFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
    command += ["--outdir", tmp_path, *sorted(tmp_path.glob("*.docx"))]
    subprocess.run(command, check=True, capture_output=True, timeout=170)
    counts = {f"{n}_{s}": pages((tmp_path / f"{n}_{s}.pdf").read_bytes()) for n, s in EACH}
    assert set(counts.values()) == {2}, counts


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
def test_html_prints_on_two_pages_and_loses_nothing() -> None:
    """No sheet is fuller than its paper; on a telephone the page does not scroll sideways."""
    from playwright.sync_api import sync_playwright

    fuller = "[...document.querySelectorAll('.sheet')].map(s => s.scrollHeight - s.clientHeight)"
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page()
        for name, setting in EACH:
            view.emulate_media(media="screen")
            view.set_viewport_size({"width": 390, "height": 800})
            view.set_content(page.written(paper(name, setting)).decode())
            assert view.evaluate(wider) <= 0, (name, setting)
            view.set_viewport_size({"width": 1000, "height": 1400})
            view.emulate_media(media="print")
            assert max(view.evaluate(fuller)) <= 1, (name, setting)
            printed = view.pdf(prefer_css_page_size=True, print_background=True)
            assert pages(printed) == 2, (name, setting)
        browser.close()


# ------------------------------------------------------------------------------- what they say


@pytest.mark.parametrize("name", NAMES)
def test_all_three_say_the_same(name: str) -> None:
    m = paper(name, "ten")
    lists = (m.reasons, m.firm, m.risks, m.covenants, m.conditions, m.cannot)
    said = [m.bank, m.client, m.request, m.decision.text, m.decision.number, m.decision.against]
    said += [text for texts in lists for text in texts]
    tables = (m.numbers, m.lines, m.turns, m.changes)
    said += [text for t in tables for row in (t.head, *t.rows) for text in row]
    said += [m.changes_note, m.turns_note, m.checks, *m.words["signed"]["roles"]]
    source = html.unescape(re.sub(r"<[^>]+>", "\n", page.written(m).decode()))
    lines = word_text(word.written(m))
    for text in said:
        assert text in source
        assert any(text in line for line in lines), text
    if TEXTS:
        out = subprocess.run([TEXTS, "-raw", "-", "-"], input=as_pdf(name, "ten"), check=True,
                             capture_output=True)  # fmt: skip
        told = "".join(out.stdout.decode().split())
        missing = [text for text in said if "".join(text.split()) not in told]
        assert len(missing) <= len(m.lines.head), missing  # heads may be broken between columns


def test_html_is_whole_in_itself() -> None:
    source = page.written(paper("problem")).decode()
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


def test_labels_of_an_own_file_are_text_in_figures_too(tmp_path: Path) -> None:
    """Two dollars are no formula; a name in braces is no number."""
    r = run("problem")
    specs = {**r.assumptions.spec.assumptions}
    for name in ("way_out", "sales"):
        choices = {k: f"${k}$ <{{owed}}> \\frac &" for k in specs[name].choices}
        specs[name] = dataclasses.replace(specs[name], label=HOSTILE, choices=choices)
    words = {**r.assumptions.spec.words, "title": HOSTILE}
    spec = dataclasses.replace(r.assumptions.spec, assumptions=specs, words=words)
    a = dataclasses.replace(r.assumptions, spec=spec)
    own = dataclasses.replace(r, assumptions=a.replace(sales=21.0))
    for ending in file.ENDINGS:
        memo.write(own, r, tmp_path / f"own{ending}")
    source = (tmp_path / "own.html").read_text(encoding="utf-8")
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


@each_writer
def test_the_same_memo_is_the_same_bytes(form: str, tmp_path: Path) -> None:
    """In another process too, and with what was drawn before."""
    first = WRITERS[form].written(paper("transactional", "ten"))
    assert WRITERS[form].written(paper("transactional", "ten")) == first
    code = (
        "import sys; from tests.memo import settings; from casebook.memo import html, pdf, word;"
        f"w = {{'html': html, 'pdf': pdf, 'docx': word}}['{form}'];"
        "open(sys.argv[1], 'wb').write(w.written(settings.paper('transactional', 'ten')))"
    )
    path, root = tmp_path / "again", Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, cwd=root)
    assert path.read_bytes() == first


def test_word_s_parts_have_one_date() -> None:
    with zipfile.ZipFile(io.BytesIO(word.written(paper("growth")))) as archive:
        assert {part.date_time for part in archive.infolist()} == {(2026, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("ending", [*file.ENDINGS, ".PDF"])
def test_the_ending_says_the_form(ending: str, tmp_path: Path) -> None:
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


class Full:
    """A file on a disk that is full after nine bytes."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __enter__(self) -> Full:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def write(self, data: bytes) -> None:
        self.stream.write(data[:9])
        raise OSError(28, "No space left on device")


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
        opened = os.fdopen
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: Full(opened(handle, mode)))
    else:
        monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises((memo.MemoError, OSError)):
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
