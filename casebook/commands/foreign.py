"""What click says of itself, in the language of this process: [click] of data/commands.toml.

click looks its words up as `_` and `ngettext` of its modules. In another language than the first
they are looked up in the words of the book, where click's own stand in the file of the first one;
what is not there stays as it is. In the first language nothing is done.
"""

from __future__ import annotations

import gettext
import re
import sys
import tomllib
from typing import Any

import click

from .. import words

FIRST = words.LANGUAGES[0] == words.LANGUAGE
#: Text in quotes; a blank beside Han; a half-width stop behind a quote.
_LOOSE = re.compile(r"('[^']*')|(?<=[\u3400-\u9fff。；：？]) |(?<=')\.(?: |$)")


class _Text(str):
    """A text of click's that names the kind of a value or of a file in our words too."""

    kinds: dict[str, str]
    __slots__ = ()

    def format(self, *args: object, **values: Any) -> str:
        """As of any text."""
        place = "name" if "filename" in values else "number_type"
        if place in values:
            values[place] = self.kinds.get(values[place], values[place])
        return super().format(*args, **values)


class _Formatter(click.HelpFormatter):
    """Headings with the mark of the language, and no blank behind it."""

    def write_heading(self, heading: str) -> None:
        """A heading on its line."""
        mark = words.phrase(words.catalogue("commands"), "heads.heading", name=heading)
        self.write(f"{'':>{self.current_indent}}{mark}\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of a command's form."""
        usage = words.phrase(words.catalogue("commands"), "click.usage")
        super().write_usage(prog, args, usage if prefix is None else prefix)


def speak() -> None:
    """Give click our words, before a command is made; in the first language do nothing."""
    if FIRST:
        return
    theirs = tomllib.loads((words.DATA / "commands.toml").read_text("utf-8"))
    ours = words.catalogue("commands")
    said = {text: _Text(ours["click"][key]) for key, text in theirs["click"].items()}
    _Text.kinds = {text: ours["kinds"][key] for key, text in theirs["kinds"].items()}

    def one(text: str) -> str:
        return said.get(text, text)

    def several(single: str, more: str, n: int) -> str:
        return one(single if n == 1 else more)

    click.Context.formatter_class = _Formatter
    for name, module in list(sys.modules.items()):
        if name.startswith("click."):
            held = vars(module)
            if held.get("_") is gettext.gettext:
                held["_"] = one
            if held.get("ngettext") is gettext.ngettext:
                held["ngettext"] = several


def told(error: click.ClickException) -> str:
    """What an error of click's says, without the blanks that stand between words elsewhere."""
    text = error.format_message()
    if FIRST:
        return text
    return _LOOSE.sub(lambda m: m[1] or ("。" if m[0].startswith(".") else ""), text)
