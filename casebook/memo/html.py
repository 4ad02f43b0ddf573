"""The memo as one HTML file: fonts and figures within, two sheets of A4 when it is printed."""

from __future__ import annotations

import base64
from pathlib import Path

from ..figures.style import FONTS
from ..palette import PALETTE
from . import errors, parts
from .parts import Memo

HERE = Path(__file__).parent
#: A figure that is lower than its room stands at the top of it.
TOP = '<svg preserveAspectRatio="xMidYMin" '
#: Weight -> file of the font.
WEIGHTS = {"normal": "CasebookSans-Regular.ttf", "bold": "CasebookSans-Bold.ttf"}


def written(memo: Memo) -> bytes:
    """The file, the same bytes for the same memo; ImportError names the extra that is missing."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise errors.missing("Jinja2") from None

    page = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined
    ).get_template("memo.html.j2")
    fonts = {
        weight: base64.b64encode((FONTS / file).read_bytes()).decode()
        for weight, file in WEIGHTS.items()
    }
    text = page.render(
        m=memo,
        foot=parts.foot(memo),
        figures=[figure.svg().replace("<svg ", TOP, 1) for figure in memo.figures],
        fonts=fonts,
        colours=PALETTE,
        accent=PALETTE[parts.ACCENT],
    )
    return text.encode()
