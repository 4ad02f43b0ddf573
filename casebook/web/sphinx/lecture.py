"""The pages of the lectures: a text with figures that can be read without sound and script.

Directive {say}                  what is spoken, each breath with its time
          {question} SECONDS     a question to the reader, set apart, with its pause
          {move} MODEL.SETTING   what moves, in words, and the figure as it then is
          {notes} MINUTES        for the lecturer: in the deck, not here
          {lectures}             all lectures, with what each decides and its minutes

{explorer} is a figure on these pages: the deck has it live. Below the title stands the player,
<casebook-lecture> (assets/lecture.js), with the deck of casebook.web.slides and the voice of
_build/static/lectures. A voice that speaks other words is left out, and the build says so
(casebook.web.lectures.beside).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from ... import teach
from ...explore import explore
from ...models import MODELS, model
from ..explorer.theme import figure_html
from ..lectures import script, spoken, timing
from ..lectures.tongue import HERE
from ..slides.lecture import decides, moved, said
from . import selftest, uses
from .appendix import table
from .directives import ExplorerDirective
from .player import Files, player_html

#: Where the pages of lectures are.
FOLDER = "book/lectures/"
_TOLD = "casebook-lecture"
#: How many questions of the bank stand at the end of a lecture that has one.
TESTED = 5
#: What a role or a directive names first.
_NAMED = re.compile(r"\{\w+\}[`\s]+(\w+)")
#: What is in the SVG by its name: each figure of a page needs names of its own.
_NAMES = re.compile(r'(\bid="|url\(#|href="#)')


class _Told:
    """The lecture of the page that is being read, and what of it is still to come."""

    def __init__(self, path: Path) -> None:
        self.lecture = script.read(path)
        found = timing.schedule(self.lecture)
        self.says = iter([say for slide in self.lecture.slides for say in slide.spoken])
        self.clauses = iter(found.clauses)
        self.moves = iter(found.moves)
        self.figures: dict[tuple[str, str], int] = {}

    def spoken(self) -> tuple[script.Say, list[timing.Clause]]:
        """The next paragraph, and its clauses."""
        say = next(self.says)
        return say, [next(self.clauses) for _ in spoken.clauses(say.text)]


def _told(env: BuildEnvironment) -> _Told:
    """The lecture of the page; what is wrong with it stops the build."""
    if _TOLD not in env.temp_data:
        try:
            told = _Told(Path(env.doc2path(env.docname)))
        except ValueError as error:
            raise ExtensionError(str(error)) from None
        env.temp_data[_TOLD] = told
        _uses(env, told.lecture)
    there: _Told = env.temp_data[_TOLD]
    return there


def _uses(env: BuildEnvironment, lecture: script.Lecture) -> None:
    """What the page is made from: all that the player says too, which is put in at the end."""
    uses.note(env, f"voice:{lecture.name}")
    uses.files(env, "data/lectures.toml", f"data/lectures/{lecture.name}.toml", *uses.TEACHING)
    text = Path(env.doc2path(env.docname)).read_text(encoding="utf-8")
    named = set(_NAMED.findall(text)) & MODELS.keys()
    uses.model(env, *named, *({lecture.model} - {"book"}))


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


class Say(SphinxDirective):
    """The directives {say} and {question}: paragraphs that are spoken."""

    has_content = True
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A paragraph for each; a question in a box of its own."""
        told = _told(self.env)
        count = len(re.split(r"\n\s*\n", "\n".join(self.content).strip()))
        found = [told.spoken() for _ in range(count)]
        paragraphs = [_paragraph(clauses) for _, clauses in found]
        if self.name != "question":
            return paragraphs
        box = nodes.container(classes=["cb-l-question"])
        box += nodes.paragraph("", said("page.question"), classes=["cb-l-ask"])
        box += paragraphs
        wait = said("page.pause_of", seconds=f"{found[-1][0].wait:g}")
        box += nodes.paragraph("", wait, classes=["cb-l-pause"])
        return [box]


def _paragraph(clauses: list[timing.Clause]) -> nodes.paragraph:
    """A paragraph of clauses that know their time."""
    paragraph = nodes.paragraph(classes=["cb-l-said"])
    for k, clause in enumerate(clauses):
        paragraph += nodes.Text(HERE.between if k else "")
        paragraph += _raw(f'<span class="cb-l-cue" data-at="{clause.start:.2f}">')
        paragraph += nodes.Text(clause.text)
        paragraph += _raw("</span>")
    return paragraph


class Move(SphinxDirective):
    """The directive {move}: what moves, and the figure that answers."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The words, and the figure of the moved setting."""
        step = next(_told(self.env).moves)
        figure, there = _drawn(self.env, step.move.model, step.move.values)
        uses.model(self.env, step.move.model)
        words = said("move.words", move=moved(step.move))
        if there:
            words += HERE.between + said("move.again", number=there)
        return [_raw(f'<p class="cb-l-move">{escape(words)}</p>{figure}')]


class Notes(SphinxDirective):
    """The directive {notes}: it is for the lecturer, and not on the page."""

    optional_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Nothing."""
        return []


class Figure(ExplorerDirective):
    """The directive {explorer}: on the page of a lecture a figure, elsewhere the explorer."""

    def html(self, name: str, rest: str) -> str:
        """The base case, the first time that the lecture shows it, with the way to the explorer."""
        if not _is_lecture(self.env):
            return super().html(name, rest)
        return _drawn(self.env, name, {})[0]


def _drawn(env: BuildEnvironment, name: str, values: Any) -> tuple[str, int]:
    """The figure of an explorer at a setting, in both forms, with its number on the page.

    What the page has already is not drawn again: "", and the number that it has.
    """
    explorer = explore(model(name))
    explorer.set(**values)
    moves = {k: v for k, v in sorted(values.items()) if v != getattr(explorer.base, k)}
    shown, setting = _told(env).figures, (name, repr(moves))
    if setting in shown:
        return "", shown[setting]
    number = env.temp_data["figures"] = env.temp_data.get("figures", 0) + 1
    shown[setting] = number
    wide, narrow = (
        _NAMES.sub(rf"\1f{number}-", explorer.drawn(form).svg()) for form in ("wide", "narrow")
    )
    return figure_html(wide, narrow, number=number), 0


class Lectures(SphinxDirective):
    """The directive {lectures}: a table of all lectures, made from their files."""

    def run(self) -> list[nodes.Node]:
        """The table; each lecture with what it decides and how long it takes."""
        heads = [said(f"index.{key}") for key in ("lecture", "decides", "spoken", "class")]
        text = table(heads, _rows())
        holder = nodes.container(classes=["cb-written", "cb-l-index"])
        lines = StringList(text.splitlines(), self.get_source_info()[0])
        self.state.nested_parse(lines, 0, holder)
        for found in holder.findall(nodes.table):
            found["classes"].append("cb-stack")  # on a telephone each lecture is a card
        uses.told(self.env)
        return [holder]


def _rows() -> Iterator[list[str]]:
    """Lecture, what it decides, minutes that it speaks, minutes in class."""
    for name in script.names():
        lecture = script.read(script.FOLDER / f"{name}.md")
        asked = decides(lecture) or script.plain(lecture.slides[-1].spoken[-1].source)
        length = timing.timeline(lecture).duration / 60
        yield [f"[{lecture.title}]({name}.md)", asked, f"{length:.0f}", f"{lecture.minutes:.0f}"]


def _is_lecture(env: BuildEnvironment) -> bool:
    """Whether the page that is being read or written is a lecture."""
    return env.docname.startswith(FOLDER) and script.is_lecture(Path(env.doc2path(env.docname)))


class Player(SphinxPostTransform):
    """Puts the player before the first slide of a lecture, and marks where each slide begins."""

    default_priority = 189
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Add them."""
        if not _is_lecture(self.env):
            return
        lecture = script.read(Path(self.env.doc2path(self.env.docname)))
        found = timing.timeline(lecture)
        files = Files.of(lecture, Path(self.env.srcdir, "_build", "static", "lectures"))
        top = next(self.document.findall(nodes.section))
        sections = [node for node in top.children if isinstance(node, nodes.section)]
        for section, span, slide in zip(sections, found.slides, lecture.slides, strict=True):
            time = f"{int(span.start // 60)}:{int(span.start % 60):02}"
            label = escape(said("page.from_here", time=time, title=slide.title), quote=True)
            button = (
                f'<button type="button" class="cb-l-from" data-at="{span.start:.2f}" '
                f'aria-label="{label}" hidden>{time}</button>'
            )
            section.insert(1, _raw(button))
        html = player_html(lecture, found, files, "../" * self.env.docname.count("/"))
        top.insert(top.index(sections[0]), _raw(html))
        if bank := next((n for n in (lecture.name, lecture.model) if n in teach.names()), None):
            html = selftest.selftest_html(bank, self.env.docname, TESTED, titled=True)
            top.append(_raw(html))


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.setup_extension("casebook.web.sphinx.directives")
    for name, directive in (("say", Say), ("question", Say), ("move", Move), ("notes", Notes),
                            ("lectures", Lectures)):  # fmt: skip
        app.add_directive(name, directive)
    app.add_directive("explorer", Figure, override=True)
    app.add_post_transform(Player)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
