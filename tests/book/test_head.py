"""What others read of the built pages: descriptions, cards, addresses, citations, the sitemap."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.core import publish_doctree

from casebook.figures import card
from casebook.web.build import edition, policy, publish
from casebook.web.sphinx import access, cards, cite, head
from casebook.web.translation import letters
from casebook.words import catalogue

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
PLACES = ("book/**/*.html", "notebooks/*.html", "slides/**/*.html", "embed/*.html")


@pytest.fixture(scope="module")
def heads() -> dict[str, BeautifulSoup]:
    """Page -> its head, for every page that the book writes."""
    if not (SITE / "index.html").is_file():
        pytest.fail("the site is not built: run make book", pytrace=False)
    paths = {p for place in PLACES for p in SITE.glob(place)} | {SITE / "404.html"}
    texts = {p.relative_to(SITE).as_posix(): p.read_text(encoding="utf-8") for p in paths}
    return {
        name: BeautifulSoup(text.partition("</head>")[0], "html.parser")
        for name, text in texts.items()
    }


def metas(page: BeautifulSoup) -> dict[str, str]:
    """What a head says, by its name."""
    return {str(m.get("name", m.get("property"))): str(m.get("content")) for m in page("meta")}


def own(name: str) -> bool:
    """Whether a page is a page of the book, and no other form of one."""
    return name.startswith(("book/", "notebooks/"))


def test_every_page_says_what_it_is_about_and_none_what_another_says(heads) -> None:
    said: dict[str, str] = {}
    for name, page in sorted(heads.items()):
        about = metas(page)["description"]
        assert head.SHORTEST <= len(about) <= head.LONGEST, (name, len(about), about)
        assert about[-1] in ".?!", (name, about)
        assert said.setdefault(about, name) == name, (name, said[about])
    assert len(said) > 100


def test_every_page_has_one_address_and_a_language(heads) -> None:
    base = edition.address()
    assert base.startswith("https://") and base.endswith("/")
    for name, page in heads.items():
        assert page.html["lang"] == "en", name
        (address,) = (link["href"] for link in page.select("link[rel=canonical]"))
        assert address.startswith(base), (name, address)
        # other forms of a page lead to the page
        target = address.removeprefix(base)
        assert target == name if own(name) or name == "404.html" else own(target), (name, address)
        assert (SITE / target).is_file(), (name, target)


def test_a_link_to_a_page_has_a_card(heads) -> None:
    pictures = set()
    for name in filter(own, heads):
        said = metas(heads[name])
        assert said["og:url"] == edition.address() + name
        assert said["og:title"] and said["og:description"] == said["description"]
        picture = SITE / said["og:image"].removeprefix(edition.address())
        assert picture.stat().st_size <= 60_000, picture
        content = picture.read_bytes()
        assert struct.unpack(">II", content[16:24]) == (1200, 630)
        pictures.add(content)
        (data,) = heads[name].select("script[type='application/ld+json']")
        assert json.loads(data.text)["@context"] == "https://schema.org"
    assert len(pictures) > 50  # of their own, but for pages that share title and part


def test_the_fonts_of_the_cards_have_every_letter_of_a_title() -> None:
    fonts = tuple(letters.FONTS.glob("*.otf"))
    lacking = {letter for letter in letters.letters() if not card.can(letter, fonts)}
    assert not lacking, "python -m casebook.web.translation.letters makes the fonts anew"


def test_a_card_is_the_same_bytes_again_and_takes_chinese() -> None:
    mark = cards.MARK
    title = "五种客户关系：项目融资与公司信贷案例集"
    fonts = tuple(letters.FONTS.glob("*.otf"))
    assert card.can(title + "Cases", fonts) and not card.can("龘", fonts)
    first = card.draw(title, "案例", "B", mark, fonts)
    assert first == card.draw(title, "案例", "B", mark, fonts)
    assert first != card.draw(title, "Cases", "B", mark, fonts)
    assert len(first) <= 60_000


def test_a_card_is_drawn_again_only_for_other_words(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(card, "draw", lambda title, *_: drawn.append(title) or title.encode())
    drawn: list[str] = []
    place = tmp_path / "html" / "_static" / "cards" / "a.png"
    for title, of in (
        ("Loan", "Theory"),
        ("Loan", "Theory"),
        ("Loan", "Cases"),
        ("Lease", "Cases"),
    ):
        assert cards.renew(place, title, of, "Book")
        assert place.read_bytes() == title.encode()
    assert drawn == ["Loan", "Loan", "Lease"]
    place.unlink()
    assert cards.renew(place, "Lease", "Cases", "Book") and drawn[3:] == ["Lease"]
    assert not cards.renew(place, "龘", "Cases", "Book") and len(drawn) == 4
    assert not list(place.parent.glob("*.json"))  # what is known of them is no file of the site


def test_without_an_entry_a_description_is_whole_sentences_of_the_text() -> None:
    first = "The letter has four lines and no signature at all."
    second = "The board meets on Thursday, and the treasurer wants an answer by then."
    tree = publish_doctree(f".. note:: Not this one.\n\n{first} {second} {'So long. ' * 20}")
    assert head.description("new", tree) == f"{first} {second}"
    long = publish_doctree("This sentence " + "goes on and on " * 20 + "without an end.")
    assert head.description("new", long) == ""
    assert head.description("new", publish_doctree("Too short.")) == ""
    known = "book/cases/growth"
    assert head.description(known, tree) == catalogue("head")["descriptions"][known]


def test_every_description_is_of_a_page(heads) -> None:
    pages = {name.removesuffix(".html") for name in heads} | {"search"}
    assert not catalogue("head")["descriptions"].keys() - pages


@pytest.mark.parametrize("page", ["", "Loans & bonds: 5% of {all}"])
def test_a_page_is_cited_in_three_forms(page: str) -> None:
    url = "https://example.org/book/loans.html"
    forms = cite.forms("book/cases/loans", page, url)
    title, version = cite.work()["title"], edition.version()
    for text in forms.values():
        assert title in text and version in text and url in text
        assert cite.authors()[0] in text
    kind, key = ("incollection", "casebook-cases-loans") if page else ("book", "casebook")
    assert forms["bibtex"].startswith(f"@{kind}{{{key},\n") and forms["bibtex"].endswith("}")
    assert forms["bibtex"].count("{") == forms["bibtex"].count("}")
    lines = forms["ris"].split("\r\n")
    assert lines[0] == f"TY  - {'CHAP' if page else 'BOOK'}" and lines[-2].startswith("ER  -")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-1])
    if page:
        assert r"Loans \& bonds: 5\% of \{all\}" in forms["bibtex"]
        assert f"TI  - {page}" in lines and f"T2  - {title}" in lines


def test_the_citation_file_says_the_version_of_the_package() -> None:
    assert cite.work()["version"] == edition.version()
    assert cite.work()["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= cite.work().keys()
    book = cite.work()["preferred-citation"]
    assert all(book[key] == cite.work()[key] for key in ("title", "authors", "version"))
    assert book["url"] == edition.address()


def test_a_mail_names_page_and_version_and_there_is_none_without_an_address() -> None:
    assert head.mail("", "A page", "") == {}
    link = head.mail("desk@example.org", "Loans & bonds", "https://example.org/a.html")
    parts = urlsplit(link["href"])
    assert (parts.scheme, parts.path) == ("mailto", "desk@example.org")
    said = parse_qs(parts.query)
    assert said["subject"] == [f"Five Client Relationships {edition.version()}: Loans & bonds"]
    assert "https://example.org/a.html" in said["body"][0]
    assert link["section"] == said["subject"][0] + ", section {section}"


def test_an_address_that_there_is_not_is_answered_at_any_depth() -> None:
    html = (
        '<a href="book/a.html"><a href="#x"><a href="https://b.org/c"><a href="mailto:a@b">'
        '<img src=\'_static/a.png\'><form action="search.html"><html data-content_root="./">'
    )
    once = publish.rooted(html, "/casebook/")
    assert 'href="/casebook/book/a.html"' in once and "src='/casebook/_static/a.png'" in once
    assert 'action="/casebook/search.html"' in once and 'data-content_root="/casebook/"' in once
    for same in ('href="#x"', 'href="https://b.org/c"', 'href="mailto:a@b"'):
        assert same in once
    assert publish.rooted(once, "/casebook/") == once


def test_the_sitemap_names_every_page_and_the_day_of_its_last_change() -> None:
    root = ElementTree.parse(SITE / "sitemap.xml").getroot()
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {u.findtext(f"{space}loc"): u.findtext(f"{space}lastmod") for u in root}
    pages = [p for place in publish.INDEXED for p in (SITE / place).rglob("*.html")]
    assert set(found) == {
        edition.address() + p.relative_to(SITE).as_posix() for p in pages
    }  # fmt: skip
    if days := edition.changed():
        landing = found[edition.address() + "book/index.html"]
        assert landing == days["book/index.md"]
    robots = (SITE / "robots.txt").read_text(encoding="utf-8")
    assert f"Sitemap: {edition.address()}sitemap.xml" in robots


@pytest.mark.parametrize("address", ["", "https://example.org/deep/"])
def test_a_fork_changes_one_line_or_none(address, monkeypatch, tmp_path) -> None:
    (tmp_path / "book").mkdir()
    old = '<time class="cb-edition">Version 0</time>'
    page = f'<html lang="zh"><title>T</title><meta name="description" content="D">{old}'
    (tmp_path / publish.HOME).write_text(page, encoding="utf-8")
    (tmp_path / "404.html").write_text('<a href="a.html">', encoding="utf-8")
    monkeypatch.setattr(edition, "address", lambda: address)
    for _ in range(2):  # it may run on its own output
        publish.make(tmp_path)
        assert (tmp_path / "sitemap.xml").exists() == bool(address)
        where = "/deep/" if address else "/"
        assert (tmp_path / "404.html").read_text(encoding="utf-8") == f'<a href="{where}a.html">'
        index = (tmp_path / "index.html").read_text(encoding="utf-8")
        assert 'lang="zh"' in index and 'content="D"' in index and 'href="book/index.html"' in index
        assert edition.said() in (tmp_path / publish.HOME).read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="build the book first"):
        publish.make(tmp_path / "nothing")


def test_a_second_run_leaves_the_policy_of_the_first_page(tmp_path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / publish.HOME).write_text("<title>T</title>", encoding="utf-8")
    publish.make(tmp_path)
    policy.make(tmp_path)
    before = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in before
    publish.make(tmp_path)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == before


def test_the_address_stands_in_one_place() -> None:
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    home = urlsplit(settings["html"]["baseurl"]).netloc
    for folder in ("casebook", "data", "book"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".toml", ".md", ".html", ".js", ".css"):
                assert home not in path.read_text(encoding="utf-8"), path


def test_what_a_screen_reader_would_stumble_over_is_taken_out() -> None:
    html = '<th class="head"><p></p></th><th></th><th>a</th><div class="citation" id="i" role='
    assert access.mended(html + '"doc-biblioentry">') == (
        '<td class="head"></td><td></td><th>a</th><div class="citation" id="i">'
    )


def test_a_page_below_another_belongs_to_its_part() -> None:
    from sphinx_external_toc.parsing import parse_toc_yaml

    toc = parse_toc_yaml(ROOT / "_toc.yml")
    assert head.part(toc, "book/cases/growth_analysis") == "Cases"
    assert head.part(toc, "book/index") == ""
    assert isinstance(publish_doctree("x"), nodes.document)
