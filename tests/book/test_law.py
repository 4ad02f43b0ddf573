"""Law on the pages: a rule is named, cited and entered; what was read of it is said once.

The table of rules in book/appendix/references.md says what was read of each document. The rules
themselves stand in sections of the pages of the cases and strategies, with document and citation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from casebook.web.sphinx import appendix

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted((ROOT / "book/cases").glob("*.md"))
STRATEGIES = sorted((ROOT / "book/strategies").glob("*.md"))
PAGES = sorted((ROOT / "book").rglob("*.md"))
TABLE = ROOT / "book/appendix/references.md"

CITED = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
#: 银监发〔2012〕3号: the letters of an office, a year, a number.
NUMBER = re.compile(r"〔\d{4}〕第?\d+号")
#: Words of one who names a document; in a rules section each paragraph or item has one.
DOCUMENT = re.compile(
    r"\b(Law|Code|Act|Measures|Order|Regulations?|Provisions|Notice|Guidelines?|Interpretation"
    r"|Opinions|Minutes|Announcement|IFRS|CAS|Rules|Standards?)\b"
    r"|\b(law|code|measures|order|regulations?|provisions|notices?|guidelines?|guidance"
    r"|interpretation|opinions|minutes|announcements?|rules?|standards?)\b|〔\d{4}〕|号",
)
#: A paragraph that states a rule: it has an article, a figure, or says what one must or may not do.
STATES = re.compile(
    r"\d|\b(articles?|must|shall|may not|at (least|most)|forbidden|illegal|ban(s|ned)?)\b", re.I
)
#: What was read is no business of a case page.
UNREAD = re.compile(
    r"could not (be )?(read|reach|open|check|verif)\w*|cannot be read here|have(n't| not) read"
    r"|was not read|not been able to read|read in (a )?(stored |secondary )?cop(y|ies)",
    re.I,
)


def rules(text: str) -> Iterator[tuple[str, list[str]]]:
    """(heading, paragraphs and list items) of each section of a page that is about rules."""
    for part in re.split(r"^(?=#{2,3} )", text, flags=re.MULTILINE):
        heading, _, body = part.partition("\n")
        if re.match(r"#{2,3} .*\b(rules?|law)\b", heading, re.I):
            body = re.sub(r"^(```|:::).*?^\1\s*$", "", body, flags=re.MULTILINE | re.DOTALL)
            yield heading, [b.strip() for b in re.split(r"\n\s*\n|\n(?=[-*] )", body) if b.strip()]


def unnamed(text: str) -> list[str]:
    """Paragraphs of rules sections that state a rule without a document or a citation of it.

    A sentence that calls a figure assumed states no rule. A Chinese number must belong to one of
    the works that the same paragraph cites.
    """
    entries = appendix.entries()
    found = []
    for _, blocks in rules(text):
        for block in blocks:
            said = re.split(r"(?<=[.;:]) ", plain(block))
            stated = [s for s in said if STATES.search(s) and not re.search(r"\bassum", s)]
            keys = [k.strip() for group in CITED.findall(block) for k in group.split(",")]
            cited = " ".join(str(entries.get(k)) for k in keys)
            named = keys and DOCUMENT.search(plain(block))
            if (stated and not named) or unentered(block, cited):
                found.append(block)
    return found


def plain(block: str) -> str:
    """Without roles (numbers that a model gives) and without the addresses of links."""
    return re.sub(r"\{\w+(:\w+)?\}`[^`]*`|\]\([^)]*\)", "", block)


def unread(text: str) -> list[str]:
    """Places that say what somebody could not read."""
    return [m.group() for m in UNREAD.finditer(text)]


def unentered(text: str, entries: str) -> set[str]:
    """Chinese document numbers of a text that no entry of the bibliography has."""
    return {number for number in NUMBER.findall(text) if number not in entries}


def bibliography() -> str:
    return appendix.BIBLIOGRAPHY.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", CASES + STRATEGIES, ids=lambda p: p.stem)
def test_a_rule_names_its_document_and_cites_it(page):
    assert not unnamed(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", CASES, ids=lambda p: p.stem)
def test_no_case_page_says_what_was_read(page):
    assert not unread(page.read_text(encoding="utf-8"))


def test_every_cited_key_has_an_entry():
    entries = set(appendix.entries())
    for page in PAGES:
        for keys in CITED.findall(page.read_text(encoding="utf-8")):
            missing = {k.strip() for k in keys.split(",")} - entries
            assert not missing, (page.name, missing)


@pytest.mark.parametrize("folder", ["book", "data/cases", "data/models"])
def test_every_document_number_has_an_entry(folder):
    entries = bibliography()
    for file in sorted((ROOT / folder).rglob("*")):
        if file.suffix in {".md", ".toml"}:
            assert not unentered(file.read_text(encoding="utf-8"), entries), file.name


# What was read of each rule


def rows() -> dict[str, list[str]]:
    """Key -> (number and date, what was read, where) of the tables of rules."""
    found = {}
    for name, *cells in re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$",
        TABLE.read_text(encoding="utf-8"),
        re.MULTILINE,
    ):
        for key in CITED.findall(name):
            assert key not in found, key
            found[key] = cells
    return found


def test_every_chinese_rule_is_in_the_table_with_what_was_read():
    offices = r"People's (Congress|Bank|Court)|State Council|Regulatory|Tax|Ministry|Cyberspace"
    rules_of_china = {
        key
        for key, entry in appendix.entries().items()
        if re.search(offices, entry["author"]) and "China" not in entry.get("journal", "")
    }
    table = rows()
    assert set(table) == rules_of_china
    ways = {"text": {"copy"}, "reports": {"summary"}, "name": {"memory"}}
    for key, (number, read, where) in table.items():
        entry = appendix.entries()[key]
        way = entry["checked"].partition(":")[0]
        assert way in ways[re.split(r"[ ;,]", read)[0]], (key, read, way)
        said = entry["title"] + entry.get("howpublished", "")
        for year in re.findall(r"\b(?:19|20)\d\d\b", number.replace("〔", " ")):
            assert year in said, (key, year)
        assert not unentered(number, said), key
        assert where.strip(), key


def test_a_page_that_cites_a_rule_is_named_in_the_table():
    cases = ("strategic", "transactional", "growth", "problem", "terminated")
    numbers = {name: str(n) for n, name in enumerate(cases, 1)}
    for page in CASES:
        number = numbers.get(page.stem.removesuffix("_analysis"))
        for keys in CITED.findall(page.read_text(encoding="utf-8")):
            for key in (k.strip() for k in keys.split(",")):
                where = rows().get(key, ["", "", ""])[2]
                if number and where:
                    assert number in where or "all cases" in where, (page.name, key, where)


# The tests can fail


def test_a_rule_without_document_or_citation_is_found():
    good = "## What the rules say\n\n- Commercial Bank Law, article 43 {cite}`npc2015bank`: none.\n"
    assert not unnamed(good)
    assert unnamed(good.replace(" {cite}`npc2015bank`", ""))
    assert unnamed(good.replace("Commercial Bank Law, article", "Somewhere, article"))
    assert unnamed(good + "\nA bank must not hold shares.\n")
    assert not unnamed(good + "\nThe text of a rule decides.\n")
    assert not unnamed(good + "\nA term of 10 years is assumed.\n")
    other = "- The notice 银监发〔2012〕3号 forbids it {cite}`npc2015bank`.\n"
    assert unnamed(good + other) and not unnamed(
        good + other.replace("npc2015bank", "cbrc2012conduct")
    )
    assert not unnamed("## The offer\n\nThe bank must answer within 3 days.\n")


def test_what_was_not_read_is_found():
    assert unread("The text could not be read.") and unread("We have not read that text.")
    assert unread("We could not\nread it.".replace("\n", " "))
    assert not unread("The statement cannot be summed by eye.")


def test_a_number_that_nobody_entered_is_found():
    assert unentered("see 银监发〔2012〕99号", bibliography()) == {"〔2012〕99号"}
    assert not unentered("see 银监发〔2012〕3号", bibliography())
