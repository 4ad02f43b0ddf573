"""Teaching notes: their plans add up, every word around a number is true, nothing leaks."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest

from casebook import numbers
from casebook.cases import NAMES
from casebook.explore import setting
from casebook.teach import notes
from casebook.teach.notes import content, files, handouts, pages, paper, pdf, source, word
from casebook.words import catalogue

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
NOTES = ROOT / "data" / "teaching" / "notes"
each = pytest.mark.parametrize("case", NAMES)
#: What may hold a figure that no model computes: numbers of questions, a year of the story.
TYPED = re.compile(r"\bquestions? \d(?:,? (?:and )?\d)*|\b2022\b|^Question \d$", re.I | re.M)


def sheets(content: bytes) -> int:
    """The pages of a PDF."""
    return len(re.findall(rb"/Type\s*/Page\b", content))


def strings(part: Any) -> Iterator[str]:
    """Every text of a head."""
    if isinstance(part, str):
        yield part
    for x in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from strings(x)


def raw(case: str) -> tuple[dict[str, Any], str]:
    """Head and body of a note as they are typed."""
    _, head, body = (NOTES / f"{case}.md").read_text(encoding="utf-8").split("+++\n")
    return tomllib.loads(head), body


# ------------------------------------------------------------------------------- what is in it


@each
@pytest.mark.parametrize(("plan", "minutes"), content.PLANS.items())
def test_minutes_add_up_and_talk_is_counted(case: str, plan: str, minutes: int) -> None:
    steps = notes.read(case).head[plan]
    told, talk = (sum(step[key] for step in steps) for key in ("minutes", "talk"))
    assert told + talk == minutes
    assert talk >= 0.45 * minutes, "a class that only listens"
    assert all(step["minutes"] >= 1 and step["talk"] >= 1 for step in steps)


@each
def test_every_objective_has_a_question_and_every_question_an_objective(case: str) -> None:
    head = notes.read(case).head
    bank = tomllib.loads((ROOT / "data" / "teaching" / f"{case}.toml").read_text(encoding="utf-8"))
    assert head["objectives"] == bank["objectives"]
    assert 3 <= len(head["objectives"]) <= 5
    asked = pages.questions(case)
    assert all(head["serves"][name] for name in head["objectives"])
    assert {n for served in head["serves"].values() for n in served} == set(asked)
    for name in head["objectives"]:
        assert sum(item["objective"] == name for item in bank["items"]) >= 3, name


@each
def test_every_question_is_analysed(case: str) -> None:
    note = notes.read(case)
    asked = pages.questions(case)
    assert set(asked) == set(pages.answers(case)) == set(range(1, len(asked) + 1))
    for k in asked:
        text = note.sections[f"Question {k}"]
        assert "**Expect**" in text and "**Then ask**" in text, k
    assert len(note.sections) == len(asked) + 4  # synopsis, audience, opening, what came


@each
def test_the_slide_map_is_that_of_the_lecture(case: str) -> None:
    head = notes.read(case).head
    titles = [title for title, _, _ in pages.slides(case)]
    assert titles == list(head["slides"])
    asked = {n for served in head["slides"].values() for n in served}
    assert asked <= set(pages.questions(case)) and len(asked) >= 3


@each
def test_the_synopsis_has_the_marker(case: str) -> None:
    note = notes.read(case)
    assert note.head["marker"] in note.sections["Synopsis"]
    assert note.head["vote"]["before"] and note.head["vote"]["after"]
    assert len(source.vote(case)["options"]) >= 3
    assert len(note.head["roles"]) >= 4 and len(note.head["cut"]) >= 3


@each
def test_a_move_is_one_that_the_sliders_make_and_is_not_the_base_case(case: str) -> None:
    base = numbers.base(case).assumptions
    for move in raw(case)[0]["moves"]:
        values = setting.values(case, move["set"])
        same = [key for key, x in values.items() if getattr(base, key) == x]
        assert len(same) < len(values), move["set"]
        assert f"{{{move['set']}|" in move["see"], "it says what the moved setting gives"


@each
def test_no_number_is_typed(case: str) -> None:
    head, body = raw(case)
    told = {
        key: x for key, x in head.items() if key not in ("exhibits", "serves", "slides", "terms")
    }
    for move in told["moves"]:
        del move["set"]
    for text in [*strings(told), *body.split("\n")]:
        bare = TYPED.sub("", re.sub(r"\{[^{}]*\}|^## .*", "", text))
        assert not re.search(r"\d", bare), text


@each
def test_the_first_column_of_the_board_is_there_before_the_answer(case: str) -> None:
    columns = notes.read(case).head["board"]
    assert 3 <= len(columns) <= 4
    for column in columns:
        assert all(len(line) <= 60 for line in column["lines"]), column["title"]


# ------------------------------------------------------------------------------- handouts

#: Numbers that give the answer of a case away: none of them may stand on its page.
ANSWERS = {
    "strategic": ("raroc", "raroc_loans", "economic_profit", "findings.best_sale",
                  "findings.later_profit", "findings.wallet_needed"),
    "transactional": ("break_even_rate", "pd", "best_quote", "findings.leakage_break_even",
                      "findings.safest_amount", "findings.best_days"),
    "growth": ("mean_multiple", "expected_irr", "findings.highest_pre_money", "break_even_plain",
               "break_even_linked", "default_probability"),
    "problem": ("advantage", "break_even_chance", "expected_value", "liquidate.value",
                "findings.review_needed", "findings.review_month"),
    "terminated": ("settle_break_even", "enforce.settle_break_even", "enforce.settle_all_in",
                   "enforce.expected_recovery", "findings.search_value", "findings.beats"),
}  # fmt: skip


@each
def test_the_page_of_a_case_stops_before_the_answer(case: str) -> None:
    page = pages.page(f"cases/{case}")
    for name in ANSWERS[case]:
        assert f"{{num}}`{case}.{name}" not in page, name
        assert numbers.number(f"{case}.{name}")  # so that no name is a slip of the pen
    assert "epilogue" not in page and "```{explorer}" not in page
    assert f"({case}_analysis.md)" not in pages.a_case(case)


@each
def test_the_exhibits_stand_on_the_page_of_the_case(case: str) -> None:
    head = notes.read(case).head
    assert len(head["exhibits"]) == 2
    for item in (x for page in head["exhibits"] for x in page):
        kind, _, name = item.partition(" ")
        if kind == "assumptions":
            continue  # the page has the table of all
        assert f"```{{{kind}}} {case}.{name}\n" in pages.page(f"cases/{case}"), item


@each
def test_handouts_say_no_key(case: str) -> None:
    """Nothing that a class gets has the marker, an objective of the key, or an open brace."""
    note = notes.read(case)
    made = [files.DOCUMENTS[name](note) for name in ("role-cards", "covenant-sheet", "terms")]
    text = "\n".join(x for sheet in made for x in paper.texts(sheet.blocks))
    assert note.head["marker"] not in text and "{" not in text
    b_case = "\n".join(paper.texts(handouts.b_case(note).blocks))
    assert "What was missing." in b_case and "Question" not in b_case


def test_a_term_that_the_glossary_lacks_is_named() -> None:
    note = notes.read("problem")
    changed = notes.Note(note.case, {**note.head, "terms": ["no such term"]}, note.sections)
    with pytest.raises(notes.NoteError, match="no such term"):
        handouts.terms(changed)


# ------------------------------------------------------------------------------- files


@each
def test_a_note_has_five_to_seven_pages_and_the_exhibits_two(case: str) -> None:
    note = notes.read(case)
    assert 5 <= sheets(pdf.written(content.note(note))) <= 7
    assert sheets(pdf.written(handouts.exhibits(note))) == 2
    assert sheets(pdf.written(handouts.roles(note))) == 1


def test_the_word_file_has_the_same_words(tmp_path: Path) -> None:
    sheet = content.note(notes.read("transactional"))
    file = tmp_path / "note.docx"
    file.write_bytes(word.written(sheet))
    assert file.read_bytes() == word.written(sheet)
    body = docx.Document(str(file)).element.body
    text = " ".join("".join(p.itertext()).strip()
                    for p in body.iter(docx.oxml.ns.qn("w:p")))  # fmt: skip
    for said in paper.texts(sheet.blocks):
        assert " ".join(said.split()) in " ".join(text.split()), said


@pytest.mark.parametrize("inside", ["_build/html", "_build/html/teach", "book", "data/teaching"])
def test_notes_do_not_go_into_the_site(inside: str) -> None:
    with pytest.raises(notes.NoteError, match="never go into the site"):
        notes.write(ROOT / inside, ["problem"])


def test_a_wrong_case_or_head_is_named() -> None:
    with pytest.raises(notes.NoteError, match="allowed: strategic"):
        notes.read("nobody")
    text = (NOTES / "problem.md").read_text(encoding="utf-8")
    for old, new, said in (
        ("marker = ", "market = ", "lacks marker"),
        ("{break_even_chance}", "{break_even_chanse}", "break_even_chanse"),
        ("success_chance=0.4|", "success_chance=0.41|", "success_chance cannot be 0.41"),
        ("squeeze = [2, 3]", "squash = [2, 3]", "the objectives are"),
        ("+++\n", "", "three plus signs"),
    ):
        with pytest.raises(notes.NoteError, match=said):
            source.parsed("problem", text.replace(old, new))


@each
def test_the_site_has_no_note(case: str) -> None:
    if not SITE.is_dir():
        pytest.skip("no site has been built")
    marker = notes.read(case).head["marker"].encode()
    assert len(marker) > 40
    for path in SITE.rglob("*"):
        if path.suffix in (".html", ".js", ".json", ".md", ".txt", ".toml"):
            assert marker not in path.read_bytes(), path


def test_no_wheel_has_a_note() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    for target in ("wheel", "sdist"):
        wanted = build["build"]["targets"][target]["include"]
        for path in NOTES.glob("*"):
            name = "/" + str(path.relative_to(ROOT))
            assert not [x for x in wanted if _matches(name, x)], name


def _matches(name: str, pattern: str) -> bool:
    """As git does: a star stays in its folder, a folder takes all below it."""
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) >= len(wanted) and all(map(fnmatch.fnmatch, parts, wanted))


def test_the_plans_of_the_site_have_the_minutes_of_the_note() -> None:
    head = notes.read("problem").head
    for plan, name in (("plan45", "lesson"), ("plan90", "double")):
        (session,) = catalogue("plans")["plans"][name]["sessions"]
        steps = [step["minutes"] for step in session["steps"]]
        assert steps == [step["minutes"] + step["talk"] for step in head[plan]]
