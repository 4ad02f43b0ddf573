"""Cut the fonts of the cards: the letters of the titles of an edition, and no others.

    python -m casebook.web.translation.letters FONT …

writes zh/fonts/CasebookHei-<weight>.otf of each file, Noto Sans CJK in a weight ("…-Bold.ttc"); to
be run when a title has a letter that is new. The reader's own fonts draw everything else.
"""

from __future__ import annotations

import io
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from ... import _whole
from .parts import HERE, WORDS

FONTS = HERE / "fonts"
FAMILY = "Casebook Hei"
_HEAD = re.compile(r"^# (.+)$", re.MULTILINE)
_HAN = re.compile(r"[\u2e80-\uffef]")
#: Of the fonts in a collection: that of the mainland.
_CUT = "Noto Sans CJK SC"


def letters() -> str:
    """The Chinese letters of all titles: of pages, of notebooks, of the settings of the book."""
    return "".join(sorted({letter for text in _titles() for letter in _HAN.findall(text)}))


def _titles() -> Iterator[str]:
    for path in (
        *sorted((HERE / "book").rglob("*.md")),
        *sorted((HERE / "notebooks").glob("*.toml")),
    ):
        if found := _HEAD.search(path.read_text(encoding="utf-8")):
            yield found[1]
    yield (HERE / "_config.yml").read_text(encoding="utf-8")
    book = tomllib.loads((WORDS / "print.toml").read_text(encoding="utf-8"))["book"]
    yield book["title"] + book["subtitle"]


def cut(path: Path) -> bytes:
    """The font with the letters of the titles alone, under a name of our own; same bytes again."""
    subset, files = import_module("fontTools.subset"), import_module("fontTools.ttLib")
    fonts: list[Any] = (
        files.TTCollection(path).fonts if path.suffix == ".ttc" else [files.TTFont(path)]
    )
    font = next(f for f in fonts if f["name"].getDebugName(1) == _CUT)
    options = subset.Options(layout_features=[], hinting=False, desubroutinize=True,
                             notdef_outline=True, name_IDs=["*"])  # fmt: skip
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters())
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID not in (0, 5, 13, 14):
            text = str(record).replace(_CUT, FAMILY)
            record.string = text.replace("NotoSansCJKsc", FAMILY.replace(" ", ""))
    top = font["CFF "].cff
    top.fontNames = [FAMILY.replace(" ", "")]
    for name in ("FullName", "FamilyName"):
        setattr(top.topDictIndex[0], name, FAMILY)
    font.recalcTimestamp = False
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def main(arguments: list[str]) -> None:
    """The command line."""
    for each in map(Path, arguments):
        name = f"{FAMILY.replace(' ', '')}-{each.stem.rpartition('-')[2]}.otf"
        print(_whole.write(FONTS / name, cut(each)))


if __name__ == "__main__":
    main(sys.argv[1:]) if sys.argv[1:] else sys.exit(__doc__)
