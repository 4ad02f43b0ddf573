"""The pages about the package: Sphinx's autodoc on our docstrings, which are plain text.

A docstring here is short paragraphs with `names` in backticks, formula tables that are indented,
and examples. autodoc reads reStructuredText; `written` turns the one into the other, so that the
text needs no marks of its own.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import Any

from sphinx.application import Sphinx

#: Types as we write them, and not as numpy spells them out.
ALIASES = (
    "A", "AltmanModel", "Array", "ArrayLike", "AssetClass", "Basis", "Classes", "Dates", "Draws",
    "NDArray", "Numeric", "OnError", "Panels", "Root", "Value",
)  # fmt: skip
#: A class made from more fields than this shows them in its text, if at all.
MOST_FIELDS = 8
_NAME = re.compile(r"`([^`]+)`")
#: What reStructuredText would take for marks.
_MARKS = re.compile(r"([\\*|]|(?<=\w)_(?=\W|$))")


def written(lines: Iterable[str]) -> list[str]:
    """A docstring of ours, its indent removed, as reStructuredText.

    Indented lines are shown as they stand, examples (>>>) too; paragraphs and lists are text.
    """
    text: list[str] = []
    kind = "text"
    for line in lines:
        now = _kind(line, kind)
        if now != kind and now != "blank":
            text += (
                ["", ".. code-block:: text", "    :class: cb-shown", ""] if now == "shown" else [""]
            )
        if now != "blank":
            kind = now
        text.append(_escaped(line) if now in ("text", "item") else line.replace("`", ""))
    return [*text, ""]


def _kind(line: str, before: str) -> str:
    """What a line is, after a line of the kind `before`: text, item, shown, example or blank."""
    if not line.strip():
        return "blank"
    if line.startswith(">>>"):
        return "example"
    if line.startswith("- ") or (before == "item" and line.startswith("  ")):
        return "item"
    if line.startswith(" "):
        return "shown"
    return "example" if before == "example" else "text"


def _escaped(line: str) -> str:
    """A line of text: `names` as code, and nothing else as a mark."""
    parts = _NAME.split(line)
    return "".join(
        f"``{part}``" if i % 2 else _MARKS.sub(r"\\\1", part) for i, part in enumerate(parts)
    )


def _docstring(
    app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]
) -> None:
    """Rewrite a docstring before autodoc reads it. A blank line ends an example."""
    lines[:] = written(lines)


def _signature(
    app: Sphinx, what: str, name: str, obj: object, options: Any, given: str, back: str
) -> tuple[str, str] | None:
    """Leave out the arguments of a class of many fields: nobody calls it with them."""
    many = dataclasses.is_dataclass(obj) and len(dataclasses.fields(obj)) > MOST_FIELDS
    return ("", back) if what == "class" and many else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Add autodoc, set as these pages need it."""
    app.setup_extension("sphinx.ext.autodoc")
    app.config.autodoc_type_aliases = {name: name for name in ALIASES}
    app.config.autodoc_preserve_defaults = True
    app.config.autodoc_member_order = "alphabetical"
    app.config.python_use_unqualified_type_names = True
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("autodoc-process-signature", _signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
