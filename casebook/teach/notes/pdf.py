"""A document as PDF, set by typst from `note.typ`; what it says is data for the template."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...figures.style import FONTS, PALETTE
from ...memo import MemoError
from ...memo import pdf as memo_pdf
from ...memo.pdf import FOREIGN, HAN, OWN
from . import paper, source
from .markdown import Block
from .paper import Paper
from .source import NoteError

HERE = Path(__file__).parent


def written(sheet: Paper) -> bytes:
    """The file, the same bytes for the same document.

    NoteError names the font that is missing, ImportError the extra.
    """
    try:
        import typst
    except ImportError:
        raise ImportError("typst is missing: pip install 'casebook[memo]'") from None

    data: dict[str, Any] = {
        "kicker": sheet.kicker,
        "title": sheet.title,
        "under": sheet.under,
        "foot": sheet.foot,
        "author": source.words()["author"],
        "flipped": sheet.flipped,
        "size": sheet.size,
        "colours": PALETTE,
        "blocks": _plain(sheet.blocks),
    }
    text = json.dumps(data, ensure_ascii=False)
    has_chinese = re.search(HAN, text) is not None
    foreign = has_chinese or re.search(FOREIGN, text) is not None
    try:
        data["fonts"] = [OWN, *memo_pdf.chinese(has_chinese)]
    except MemoError as error:
        raise NoteError(f"{sheet.title}: {error}") from None
    pdf = typst.compile(
        HERE / "note.typ",
        root=HERE,
        font_paths=[FONTS],
        ignore_system_fonts=not foreign,  # the same bytes on any machine
        sys_inputs={"doc": json.dumps(data, ensure_ascii=False)},
        format="pdf",
    )
    if not isinstance(pdf, bytes):
        raise NoteError(f"{sheet.title}: could not be set as PDF")
    return pdf


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
