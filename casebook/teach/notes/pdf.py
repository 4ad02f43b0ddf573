"""A document as PDF, set by typst from `note.typ`; what it says is data for the template."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...memo import MemoError
from ...memo import pdf as memo_pdf
from . import paper, source
from .markdown import Block
from .paper import Paper
from .source import NoteError

HERE = Path(__file__).parent


def written(sheet: Paper) -> bytes:
    """The file, the same bytes for the same document.

    NoteError names the font that is missing, ImportError the extra.
    """
    data: dict[str, Any] = {
        "kicker": sheet.kicker,
        "title": sheet.title,
        "under": sheet.under,
        "foot": sheet.foot,
        "author": source.words()["author"],
        "flipped": sheet.flipped,
        "size": sheet.size,
        "blocks": _plain(sheet.blocks),
    }
    try:
        return memo_pdf.typeset(HERE / "note.typ", "doc", data)
    except MemoError as error:
        raise NoteError(f"{sheet.title}: {error}") from None


def _plain(blocks: Sequence[Block]) -> list[Block]:
    """The blocks as JSON: figures as SVG, each cell a dict, the widths of columns."""
    found = []
    for block in blocks:
        made = dict(block)
        match block["k"]:
            case "figure":
                picture = made.pop("picture")
                made |= {"svg": picture.svg(), "message": picture.message}
            case "table":
                made["widths"] = paper.widths(block)
                made["rows"] = [[{"runs": cell} for cell in row] for row in block["rows"]]
            case "box":
                made["blocks"] = _plain(block["blocks"])
            case "ul" | "ol":
                made["items"] = [_plain(item) for item in block["items"]]
        found.append(made)
    return found
