"""The book on paper and in a reader for books, made from the built site."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from casebook.web.lectures import stage
from casebook.web.print import check, epub, links, make, paper, pdf, still, volume
from casebook.words import catalogue

PAGES = ("book/cases/comparison", "book/cases/problem")


def small(site: Path, numbers: bool = False) -> volume.Volume:
    """A volume of two pages in one part."""
    articles = tuple(still.article(site, page, numbers) for page in PAGES)
    return volume.Volume("small", "Small", "Two pages", (("Cases", articles),))


@pytest.fixture(scope="module")
def printed(site: Path) -> tuple[volume.Volume, bytes]:
    """The volume of two pages as PDF."""
    if stage.program() is None:
        pytest.skip("no Chromium: apt install chromium-headless-shell, or set CHROMIUM")
    made = small(site)
    assert paper.join(made) == []
    return made, pdf.written(made, site)


def test_nothing_to_touch_is_left(site: Path) -> None:
    body = still.article(site, "book/cases/problem_analysis").body
    tags = {each.tag for each in body.iter() if isinstance(each.tag, str)}
    assert not tags & {"script", "button", "input", "details", "iframe", "casebook-explorer"}
    assert not body.find_class("headerlink")
    names = [each.get("id") for each in body.iter(etree.Element) if each.get("id")]
    assert len(names) == len(set(names)), "a name stands twice"
    assert all(name.startswith("cases-problem_analysis--") for name in names)


def test_an_explorer_is_its_figure_and_its_numbers(site: Path) -> None:
    body = still.article(site, "book/cases/problem_analysis").body
    explorer = body.get_element_by_id("cases-problem_analysis--explore-problem")
    assert len(explorer.findall(".//svg")) == 1
    first, second = (table.text_content() for table in explorer.iter("table"))
    assert "Chance that the plan needs43.1%" in first
    assert "Fall in sales30%" in second


def test_answers_stand_after_the_questions(site: Path) -> None:
    body = still.article(site, "book/cases/problem_analysis").body
    (questions,) = body.find_class("cb-st-items")
    assert not questions.find_class("cb-st-right")
    (answers,) = (each for each in body.find_class("pr-answers") if each.tag == "ol")
    assert len(answers) == len(questions.find_class("cb-st-item")) > 5
    assert all(item.find_class("cb-st-right") for item in answers)


def test_of_a_hidden_cell_what_it_prints_is_left(site: Path) -> None:
    page = "notebooks/case_problem"
    assert "tag_hide-cell" in (site / f"{page}.html").read_text(encoding="utf-8")
    body = still.article(site, page).body
    hidden = body.find_class("tag_hide-cell")
    assert hidden
    assert all(cell.find_class("cell_output") for cell in hidden)
    assert not any(cell.find_class("cell_input") for cell in hidden)
    assert len(body.find_class("cell_input")) > 10


def test_links_lead_into_the_volume_or_to_the_site(site: Path) -> None:
    made = small(site)
    assert paper.join(made) == []
    found = {a.get("href") for article in made.articles for a in article.body.iter("a")}
    inside = {href for href in found if href.startswith("#")}
    there = {name for article in made.articles for name in article.ids()}
    assert inside, "the two pages lead to each other"
    assert inside <= {f"#{name}" for name in there}
    assert all(href.startswith(("http", "mailto:")) for href in found - inside)


def test_a_link_into_nothing_is_told(site: Path) -> None:
    made = small(site)
    next(made.articles).body.find(".//a").set("href", "problem.html#nowhere")
    assert paper.join(made) == ["book/cases/comparison: problem.html#nowhere"]


def test_every_page_of_the_contents_is_in_the_book_or_left_out_by_name() -> None:
    words = catalogue("print")["pages"]
    pages = [page for _, part in volume.contents() for page in part]
    assert len(pages) == len(set(pages))
    toc = re.findall(r"file: (\S+)", (volume.edition.ROOT / "_toc.yml").read_text("utf-8"))
    left = [page for page in toc if page not in pages]
    assert all(any(page.startswith(place) for place in words["without"]) for page in left)
    parts = [caption for caption, _ in volume.contents()]
    assert parts.index(still.said("book.notebooks")) == parts.index(words["notebooks_before"]) - 1


def test_the_pdf_is_tagged_and_has_an_outline(printed: tuple[volume.Volume, bytes]) -> None:
    import pypdf

    made, content = printed
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.author == still.said("book.author")
    assert reader.metadata.creation_date == pdf.moment()
    top = [each for each in reader.outline if not isinstance(each, list)]
    assert [each.title for each in top] == ["Cases"]
    flat = str(reader.outline)
    assert all(article.title in flat for article in made.articles)


def test_pages_have_numbers_and_the_contents_say_them(
    printed: tuple[volume.Volume, bytes],
) -> None:
    import pypdf

    made, content = printed
    reader, starts = pypdf.PdfReader(io.BytesIO(content)), pdf.starts(content)
    contents = reader.pages[2].extract_text()
    for article in made.articles:
        page = starts[article.name]
        assert re.search(rf"{re.escape(article.title)}\s*{page}\b", contents)
        text = reader.pages[page - 1].extract_text()
        assert f"{page} / {len(reader.pages)}" in text
        assert f"version {paper.edition.version()}" in text


def test_links_of_the_pdf_lead_somewhere_and_pages_are_full(
    printed: tuple[volume.Volume, bytes],
) -> None:
    made, content = printed
    assert list(check.lost(content)) == []
    starts, shares = pdf.starts(content), check.filled(content)
    assert check.half_empty(shares, [starts[article.name] for article in made.articles]) == []
    assert max(shares) > 0.9


def test_half_empty_is_a_page_in_the_middle() -> None:
    shares = [0.3, 0.9, 0.2, 0.9, 0.2]
    assert check.half_empty(shares, [2, 4]) == []
    assert check.half_empty(shares, [2]) == [3]


def test_the_epub_is_xml_with_its_words(site: Path) -> None:
    made = small(site, numbers=True)
    assert epub.join(made) == []
    content = epub.written(made)
    assert epub.written(made) == content, "the same book, the same bytes"
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        first = packed.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        names = packed.namelist()
        trees = {n: etree.fromstring(packed.read(n)) for n in names if n.endswith(("html", "opf"))}
    package = etree.tostring(trees["EPUB/package.opf"], encoding="unicode")
    assert "schema:accessMode" in package
    page = trees["EPUB/cases-problem.xhtml"]
    drawings = page.findall(f".//{{{epub.SVG}}}svg")
    assert drawings
    assert all(each.get("viewBox") and each.get("aria-label") for each in drawings)
    assert "var(--" not in etree.tostring(page, encoding="unicode")
    assert "EPUB/nav.xhtml" in trees


def test_epubcheck_has_nothing_to_say(site: Path, tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("no Java for EPUBCheck: apt install default-jre-headless")
    made = small(site, numbers=True)
    epub.join(made)
    assert make.checked(epub.written(made), tmp_path) == []


def test_the_files_of_an_edition_have_its_language_in_their_names(monkeypatch) -> None:
    assert links.file("case_growth") == "case_growth.pdf"
    monkeypatch.setattr(links, "LANGUAGE", "zh")
    assert links.file("case_growth") == "case_growth-zh.pdf"
    assert links.file("five-client-relationships-zh", "epub") == "five-client-relationships-zh.epub"


def test_links_come_with_the_files_and_go_with_them(site: Path, tmp_path: Path) -> None:
    pages = ["book/index", "book/cases/problem", "book/lectures/index"]
    for page in pages:
        (tmp_path / "site" / page).parent.mkdir(parents=True, exist_ok=True)
        text = links._OURS.sub("", (site / f"{page}.html").read_text(encoding="utf-8"))
        (tmp_path / "site" / f"{page}.html").write_text(text, encoding="utf-8")
    before = {p: (tmp_path / "site" / f"{p}.html").read_bytes() for p in pages}
    made = tmp_path / "print"
    made.mkdir()
    for name in ("five-client-relationships.pdf", "case_problem.pdf"):
        make._keep(made / name, b"%PDF", 7)
    links.make(tmp_path / "site", made)
    links.make(tmp_path / "site", made)
    after = {p: (tmp_path / "site" / f"{p}.html").read_text(encoding="utf-8") for p in pages}
    assert after["book/index"].count("../print/five-client-relationships.pdf") == 1
    assert after["book/cases/problem"].count('href="../../print/case_problem.pdf"') == 1
    assert after["book/lectures/index"].encode() == before["book/lectures/index"]
    make._keep(made / "case_old.pdf", b"%PDF", 7)  # a volume that there is no more
    links.make(tmp_path / "site", made)
    assert len(list((tmp_path / "site" / "print").iterdir())) == 2
    shutil.rmtree(made)
    links.make(tmp_path / "site", made)
    assert {p: (tmp_path / "site" / f"{p}.html").read_bytes() for p in pages} == before
