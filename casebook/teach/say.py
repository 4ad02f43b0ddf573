"""The words of papers, keys and exports."""

from __future__ import annotations

from html import escape
from typing import Any

from ..words import catalogue, phrase, unit_label
from .values import Shown


def words() -> dict[str, Any]:
    """The whole of data/exam.toml: not to be changed."""
    return catalogue("exam")


def said(key: str, **values: object) -> str:
    """A phrase of it."""
    return phrase(words(), key, **values)


def plain(number: float) -> str:
    """A number without what it does not need: 0.5, 40, 1736.1."""
    return f"{number:.12g}"


def accepted(shown: Shown) -> str:
    """An answer, and what else is accepted."""
    name = unit_label("share_points") if shown.unit.startswith("%") else shown.unit
    unit = f" {name}" if name else ""
    return said("accepted", text=shown.text, tolerance=plain(shown.tolerance), unit=unit)


def asks(shown: Shown) -> str:
    """In which unit an answer is asked for; empty for a pure number."""
    return said("in_unit", unit=shown.unit) if shown.unit else ""


def html(*texts: str) -> str:
    """Texts as paragraphs of HTML, those that are empty left out."""
    return "".join(f"<p>{escape(text, quote=False)}</p>" for text in texts if text)
