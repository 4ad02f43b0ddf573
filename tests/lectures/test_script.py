"""A lecture's file is read whole, or every line that breaks a rule is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.numbers import number
from casebook.web.lectures import script

GOOD = """---
lecture: trial
model: problem
---
# A profitable firm runs dry

What the page says.

## A firm that earns

- It earns {num}`problem.findings.sales_low`
- A second point
  on two lines

```{picture} problem.squeeze
```

:::{say}
One *firm* earns. It
cannot pay {num}`problem.break_even_chance`.

A second paragraph.
:::

:::{notes} 1.5
**Ask:** what?
:::

## How sure must you be

```{explorer} problem
```

:::{question} 6
Guess: how sure?
:::

:::{move} problem.success_chance=0.4
:::

:::{say}
It is {at}`problem.success_chance=0.4|advantage|abs` worse.
:::
"""


def read(tmp_path: Path, text: str) -> script.Lecture:
    path = tmp_path / "trial.md"
    path.write_text(text, encoding="utf-8")
    return script.read(path)


def test_a_lecture_is_read_whole(tmp_path: Path) -> None:
    lecture = read(tmp_path, GOOD)
    first, second = lecture.slides
    assert (lecture.title, lecture.about) == ("A profitable firm runs dry", "What the page says.")
    assert first.points[1] == "A second point on two lines"
    assert first.shows == ("picture", "problem.squeeze")
    needed = number("problem.break_even_chance")
    assert [s.sentences for s in first.spoken] == [
        ["One firm earns.", f"It cannot pay {needed}."], ["A second paragraph."],
    ]  # fmt: skip
    assert (first.notes, first.minutes) == ("**Ask:** what?", 1.5)
    question, move, answer = second.parts
    assert isinstance(question, script.Say) and question.question and question.wait == 6
    assert isinstance(move, script.Move) and move.values == {"success_chance": 0.4}
    assert isinstance(answer, script.Say) and "{" not in answer.text
    assert lecture.minutes == 1.5
    assert lecture.words == sum(len(s.text.split()) for x in lecture.slides for s in x.spoken)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("lecture: trial", "lecture: other", "trial.md:1: the head says lecture: trial"),
        ("# A profitable", "## A profitable", "one heading of level 1"),
        ("## How sure must you be", "## How sure: be", "no colon"),
        ("## How sure must you be", "## " + "a" * 61, "at most 60 characters"),
        ("## How sure must you be", "## A firm that earns", "the same title"),
        ("A second point\n", "A second point " + "x" * 80 + "\n", "a point has at most 90"),
        ("- It earns", "- One\n- Two\n- It earns", "at most 3 points"),
        ("findings.sales_low", "findings.nothing", "no such number"),
        ("0.4\n", "0.401\n", "success_chance cannot be 0.401"),
        ("{explorer} problem", "{picture} problem.ways", "has no explorer of problem above"),
        ("{question} 6", "{question} six", "'six' is no number"),
        ("A second paragraph.", "A [link](x).", "'[' cannot be spoken"),
        ("A second paragraph.", "- a list", "cannot be spoken"),
        ("A second paragraph.", "中 is Chinese.", "cannot be spoken"),
        ("A second paragraph.", "word " * 26 + ".", "more than 25 words"),
        (":::{say}\nOne", "Loose text.\n\n:::{say}\nOne", "no other text"),
        ("{picture} problem.squeeze", "{bank} dictionary", "a slide has no {bank}"),
        (":::{say}\nIt is {at}", ":::{say}\nIt is {ref}`x` {at}", "no role 'ref'"),
    ],
)
def test_what_breaks_a_rule_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(script.ScriptError) as error:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert said in str(error.value)
    assert str(error.value).startswith("trial.md:")


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("{question} 6", "{question} six").replace("0.4\n", "0.401\n")
    with pytest.raises(script.ScriptError) as error:
        read(tmp_path, text)
    assert len(str(error.value).splitlines()) == 2


def test_a_file_that_is_no_lecture_is_none() -> None:
    assert "index" not in script.names()


@pytest.mark.parametrize("name", script.names())
def test_the_lectures_of_the_book_keep_the_rules(name: str) -> None:
    lecture = script.read(script.FOLDER / f"{name}.md")
    spoken = [say for slide in lecture.slides for say in slide.spoken]
    assert 9 <= len(lecture.slides) <= 12
    assert 900 <= lecture.words <= 1400
    assert sum(say.question for say in spoken) >= 3
    assert [s for s in lecture.slides[-1].spoken if s.question], "the last slide asks"
    assert all(slide.notes and slide.minutes for slide in lecture.slides)
    moves = [p for slide in lecture.slides for p in slide.parts if isinstance(p, script.Move)]
    assert moves or not any((s.shows or ("",))[0] == "explorer" for s in lecture.slides)
