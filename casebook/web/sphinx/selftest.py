"""The directive {selftest}: questions of a bank at the end of a page (assets/selftest.js).

    ```{selftest} problem
    ```

A few items, essays left out, with the numbers of the base case: each question with its answer in
a <details>, for a reader without script. The script takes an answer instead, says what a wrong one
reveals, and changes to other numbers, which the model computed when the page was built. What an
exam asks is not here beyond what the page shows.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
from collections.abc import Sequence
from html import escape
from posixpath import dirname, relpath
from typing import Any
from urllib.parse import urlencode

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from ... import teach
from ...explore import explore
from ...models import model
from ...teach.exam import LETTERS, Question
from ...words import catalogue
from . import uses

#: How many items a page has if nobody says, half of them with other numbers to be had; and how many
#: settings of each there are besides the base case.
ITEMS, FRESH = 10, 4
#: The seed of what is chosen and drawn: a page is the same in every build.
SEED = 0


def questions(bank: teach.Bank, items: int) -> list[tuple[Question, list[teach.Posed]]]:
    """The questions of a page in the base case, each with its other settings."""
    chosen = _chosen(bank, items)
    found = []
    for number, item in enumerate(chosen, 1):
        posed = teach.base_case(bank, item)
        fresh = _fresh(bank, item) if item.kind == "numeric" and item.ranges else []
        found.append((teach.laid_out(posed, number, random.Random(item.id)), fresh))
    return found


def _fresh(bank: teach.Bank, item: teach.Item) -> list[teach.Posed]:
    """Other settings of an item: those that the explorer can show, if there are any."""
    ranges = {name: ends for name, ends in item.ranges.items() if name in _sliders(bank)}
    if ranges:
        with contextlib.suppress(teach.TeachError):
            return teach.drawn(bank, dataclasses.replace(item, ranges=ranges), FRESH, SEED)
    return teach.drawn(bank, item, FRESH, SEED)


def _chosen(bank: teach.Bank, items: int) -> list[teach.Item]:
    """The items of a page, by objective as in the bank: half of them with other numbers."""
    draw = random.Random(f"page {bank.name}")
    varied = [item for item in bank.items if item.kind == "numeric" and item.ranges]
    others = [item for item in bank.items if item not in varied and item.kind != "essay"]
    found: list[teach.Item] = []
    for part, count in ((varied, items // 2), (others, items - items // 2)):
        some = dataclasses.replace(bank, items=tuple(part))
        found += teach.choose(some, min(count, len(part)), draw)
    places = list(bank.objectives)
    return sorted(found, key=lambda item: places.index(item.objective))


def _sliders(bank: teach.Bank) -> set[str]:
    """The assumptions that the explorer of a bank's model moves."""
    return {spec.name for spec in explore(model(bank.model)).sliders}


def _query(bank: teach.Bank, posed: teach.Posed) -> str | None:
    """The setting as the explorer reads it from an address; None if it cannot show it."""
    ranges = posed.item.ranges
    if not ranges or not set(posed.setting or ranges) & _sliders(bank):
        return None
    if not set(posed.setting) <= _sliders(bank):
        return None
    return "?" + urlencode({f"{bank.model}.{name}": v for name, v in posed.setting.items()})


def _moved(text: str, base: str) -> str | list[list[Any]]:
    """A text as what differs from another, [place, word] each; whole if their words do not pair."""
    words, before = text.split(" "), base.split(" ")
    if len(words) != len(before):
        return text
    return [[i, word] for i, word in enumerate(words) if word != before[i]]


def _setting(bank: teach.Bank, posed: teach.Posed, base: teach.Posed) -> dict[str, Any]:
    """What the page needs of a numeric item in one setting."""
    assert posed.shown is not None
    found: dict[str, Any] = {
        "n": posed.shown.number,
        "t": posed.shown.text,
        "w": [one.shown.number for one in posed.wrong],
    }
    if (query := _query(bank, posed)) is not None:
        found["q"] = query
    if posed is not base:
        found |= {"s": _moved(posed.stem, base.stem), "f": _moved(posed.feedback, base.feedback)}
        notes = [one.reveals for one in posed.wrong]
        if notes != [one.reveals for one in base.wrong]:
            found["r"] = notes
    return found


def _data(bank: teach.Bank, question: Question, fresh: Sequence[teach.Posed]) -> dict[str, Any]:
    """What the page needs of a question; the texts that it shows anyway it takes from there."""
    posed, kind = question.posed, question.item.kind
    found: dict[str, Any] = {"id": question.item.id, "kind": kind}
    if posed.shown is not None:
        found |= {
            "tol": posed.shown.tolerance,
            "unit": posed.shown.unit,
            "r": [one.reveals for one in posed.wrong],
            "v": [_setting(bank, one, posed) for one in (posed, *fresh)],
        }
    elif question.options:
        found["o"] = [[int(option.right), option.note] for option in question.options]
    else:
        found["places"] = question.order
    return found


def _listed(question: Question) -> str:
    """The answers of a question, or its lines, with letters."""
    texts = [option.text for option in question.options] or list(question.lines)
    if not texts:
        return ""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ol type='A' class='cb-st-list'>{items}</ol>"


def _right(question: Question) -> str:
    """The right answer, written out."""
    posed = question.posed
    if posed.shown is not None:
        return teach.accepted(posed.shown)
    texts = dict(zip(LETTERS, [o.text for o in question.options] or question.lines, strict=False))
    mark = "; " if question.options else " → "
    return mark.join(f"{letter}: {texts[letter]}" for letter in question.right)


def _item(question: Question, root: str) -> str:
    """A question with its answer, for a reader without script."""
    words = catalogue("exam")
    item, posed = question.item, question.posed
    asks = "" if posed.shown is None or not posed.shown.unit else (
        f" <span class='cb-st-unit'>{escape(teach.asks(posed.shown))}</span>")  # fmt: skip
    page, _, heading = item.section.partition("#")
    address = f"{relpath(f'{page}.html', root)}#{heading}"
    return (
        f"<li class='cb-st-item' data-id='{item.id}'><p class='cb-st-stem'>"
        f"<span>{escape(posed.stem)}</span>{asks}</p>{_listed(question)}"
        f"<details><summary>{escape(words['selftest']['show'])}</summary>"
        f"<p><strong class='cb-st-right'>{escape(_right(question))}</strong></p>"
        f"<p class='cb-st-why'>{escape(posed.feedback)}</p>"
        f"<p><a href='{address}'>{escape(words['selftest']['read'])}</a></p></details></li>"
    )


def selftest_html(name: str, docname: str, items: int = ITEMS, *, titled: bool = False) -> str:
    """The test as HTML, on the page `docname`; TeachError says what is wrong with the bank.

    `titled` where no heading stands above it.
    """
    bank = teach.read(name)
    words = catalogue("exam")["selftest"]
    asked = questions(bank, items)
    root = dirname(docname)
    here = bank.page == docname
    data = {
        "words": words,
        "ticks": {kind: catalogue("exam")[key] for kind, key in
                  (("choice", "tick_one"), ("multi", "tick_all"))},
        "page": "" if here else relpath(f"{bank.page}.html", root),
        "explorer": f"#explore-{bank.model}",
        "items": [_data(bank, *one) for one in asked],
    }  # fmt: skip
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    listed = "".join(_item(question, root) for question, _ in asked)
    return (
        f"<section class='cb-selftest' aria-label='{escape(words['title'], quote=True)}'>"
        + (f"<p class='cb-st-title'>{escape(words['title'])}</p>" if titled else "")
        + f"<p>{escape(words['intro'])}</p>"
        f"<casebook-selftest bank='{name}'><script type='application/json'>{text}</script>"
        f"<ol class='cb-st-items'>{listed}</ol></casebook-selftest></section>"
    )


class SelfTest(SphinxDirective):
    """The directive {selftest}."""

    required_arguments = 1
    option_spec = {"items": directives.positive_int}  # noqa: RUF012 - so Sphinx has it

    def run(self) -> list[nodes.Node]:
        """The test, or where and why it cannot be."""
        name = self.arguments[0]
        try:
            html = selftest_html(name, self.env.docname, self.options.get("items", ITEMS))
        except teach.TeachError as error:
            source, line = self.get_source_info()
            raise ExtensionError(f"{source}:{line}: {error}") from None
        uses.files(self.env, *uses.TEACHING)
        uses.model(self.env, teach.read(name).model)
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.add_directive("selftest", SelfTest)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
