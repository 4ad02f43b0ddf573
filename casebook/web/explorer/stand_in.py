"""Put the stand-in for matplotlib (room `recorder`) where Python finds it under matplotlib's name.

    signs()                every sign of the book's words
    write(FOLDER, SIGNS)   FOLDER/matplotlib, for a Python that has FOLDER on its path

The sizes of letters are measured here, with matplotlib itself, and stand in a file beside it.
"""

from __future__ import annotations

import itertools
import json
import shutil
import string
import warnings
from pathlib import Path
from typing import Any

from ...words import DATA

RECORDER = Path(__file__).with_name("recorder")


def signs() -> str:
    """Every sign of the words of the book, in all languages, once and in order."""
    words = (path.read_text(encoding="utf-8") for path in DATA.rglob("*.toml"))
    return "".join(sorted(set[str]().union(*words)))


def write(folder: Path, known: str) -> None:
    """FOLDER/matplotlib: the names that the charts use, and the sizes of the signs of the fonts.

    known: the other signs that texts may have (`signs`).
    """
    target = folder / "matplotlib"
    shutil.copytree(RECORDER, target, ignore=shutil.ignore_patterns("__pycache__"))
    text = json.dumps(fonts(known), ensure_ascii=False, separators=(",", ":"))
    (target / "fonts.json").write_text(text, encoding="utf-8")


def fonts(known: str) -> dict[str, Any]:
    """The figures' two fonts by weight, in units of their size.

    up, down, gap: what a line has above and below its baseline, and between it and the next;
    glyphs: for each sign its width, ascent and descent; kerning: what a pair is wider (mostly
    less than 0); missing: a sign that the font does not have.
    """
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    from ...figures import STYLE, style

    found = {}
    with style.worn():
        for weight in (400, 700):
            family = FontProperties(family=STYLE["font.family"], weight=weight)
            manager: Any = fontManager
            font: Any = get_font(manager._find_fonts_by_props(family))  # with those that help out
            em, table = font.get_sfnt_table("head")["unitsPerEm"], font.get_sfnt_table("OS/2")
            found[str(weight)] = {
                "up": table["sTypoAscender"] / em,
                "down": -table["sTypoDescender"] / em,
                "gap": table["sTypoLineGap"] / em,
                **_glyphs(font, known),
            }
    return found


def _glyphs(font: Any, known: str) -> dict[str, Any]:
    """The signs of a font, and those known, measured as matplotlib measures texts."""
    from matplotlib.ft2font import LoadFlags

    size = 100  # as matplotlib.textpath.TextToPath.FONT_SCALE
    font.set_size(size, 72)

    def measured(text: str) -> list[float]:
        font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
        width, height = font.get_width_height()
        descent = font.get_descent()
        return [round(x / (64 * size), 5) for x in (width, height - descent, descent)]

    every = {chr(code) for code in font.get_charmap()}.union(known)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of signs that no font has: all are as wide as `missing`
        missing = measured("\uffff")
        sizes = {sign: measured(sign) for sign in sorted(every) if sign.isprintable()}
    glyphs = {sign: size for sign, size in sizes.items() if size != missing}
    kerning = {}
    for pair in itertools.product(string.printable[:95], repeat=2):  # what is written most
        more = measured("".join(pair))[0] - glyphs[pair[0]][0] - glyphs[pair[1]][0]
        if abs(more) > 1e-5:
            kerning["".join(pair)] = round(more, 5)
    return {"glyphs": glyphs, "kerning": kerning, "missing": missing}
