"""The memo as PDF, set by typst from `memo.typ`; what it says is data for the template."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..figures.style import FONTS
from ..palette import PALETTE
from ..words import joined, wrong
from . import errors, parts
from .errors import MemoError
from .parts import Memo

if TYPE_CHECKING:
    from ..figures import Picture

HERE = Path(__file__).parent
OWN = "Casebook Sans"
#: The width of a column of figures and the most that one is high, in millimetres.
WIDE, HIGH = 85.0, 72.0
#: Chinese signs; and those of any script that our own font does not have.
HAN = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
FOREIGN = "[\u0530-\u1dff\u2c00-\ufaff\ufe00-\U0010ffff]"
#: Fonts that have Chinese signs, as they are named where they are installed.
CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "Microsoft YaHei", "PingFang SC", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "Songti SC",
)  # fmt: skip


def written(memo: Memo) -> bytes:
    """The file, the same bytes for the same memo.

    MemoError names the font that is missing, ImportError the extra.
    """
    figures = [
        {"svg": f.svg(), "message": f.message, "wide": HIGH * _across(f) / WIDE}
        for f in memo.figures
    ]
    data: dict[str, Any] = asdict(replace(memo, figures=()))
    for key in ("numbers", "lines", "turns", "changes"):
        data[key]["marked"] = sorted(data[key]["marked"])
    data |= {
        "figures": figures,
        "foot": parts.foot(memo),
        "colours": PALETTE | {"accent": PALETTE[parts.ACCENT]},
    }
    return typeset(HERE / "memo.typ", "memo", data)


def typeset(template: Path, key: str, data: dict[str, Any]) -> bytes:
    """What a template of typst makes of data, the same bytes for the same data.

    The template finds the data as JSON in its input `key`, `fonts` among them: our own, and one for
    Chinese signs if there are any. MemoError names the font that is missing, ImportError the extra.
    """
    try:
        import typst
    except ImportError:
        raise errors.missing("typst") from None

    text = json.dumps(data, ensure_ascii=False)
    has_chinese = re.search(HAN, text) is not None
    foreign = has_chinese or re.search(FOREIGN, text) is not None
    given = {"colours": PALETTE, **data, "fonts": [OWN, *_chinese(has_chinese)]}
    pdf = typst.compile(
        template,
        root=template.parent,
        font_paths=[FONTS],
        ignore_system_fonts=not foreign,  # the same bytes on any machine
        sys_inputs={key: json.dumps(given, ensure_ascii=False)},
        format="pdf",
    )
    if not isinstance(pdf, bytes):
        raise MemoError(wrong("not_set", template.stem, of="memo"))
    return pdf


def _across(figure: Picture) -> float:
    """How wide a figure is for its height."""
    wide, high = figure.get_size_inches()
    return float(wide / high)


def _chinese(wanted: bool) -> tuple[str, ...]:
    """The font for Chinese signs, if there are any; MemoError if none is installed."""
    if not wanted:
        return ()
    found = [name for name in CHINESE if name.casefold() in _families()]
    if not found:
        raise MemoError(wrong("no_font", of="memo", list=joined(CHINESE[1:6])))
    return (found[0],)


@cache
def _families() -> frozenset[str]:
    """The fonts of this machine, in small letters."""
    import typst

    return frozenset(name.casefold() for name in typst.Fonts().families())
