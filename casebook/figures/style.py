"""Colours, fonts and sizes: what every figure has in common, in its two forms."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context, rcParams

from ..palette import PALETTE

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

#: With each colour its dash, so that lines differ in greyscale too.
DASHES = {
    "c1": "-",
    "c2": (0, (5, 1.6)),
    "c3": (0, (1.4, 1.4)),
    "c4": "-.",
    "c5": (0, (7, 2, 1, 2, 1, 2)),
    "c6": (0, (3, 3)),
}
STYLE: dict[RcKeyType, Any] = {
    # the second has every sign; the third the widths of Chinese, which the reader's font draws
    "font.family": ["Casebook Sans", "DejaVu Sans", "Casebook Han"],
    "font.size": 9.2,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": PALETTE["muted"],
    "axes.edgecolor": PALETTE["muted"],
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": PALETTE["grid"],
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.9,
    "text.color": PALETTE["ink"],
    "xtick.color": PALETTE["muted"],
    "ytick.color": PALETTE["muted"],
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "figure.facecolor": PALETTE["paper"],
    "axes.facecolor": PALETTE["paper"],
    "savefig.facecolor": PALETTE["paper"],
    "svg.fonttype": "none",  # text stays text: readable, translatable, small
    "svg.hashsalt": "casebook",  # the same figure is the same file
    "path.simplify": False,
}
#: Where the fonts are: what a figure is measured in is what it is drawn in.
FONTS = Path(__file__).parents[1] / "fonts"
#: From a model's decimals to per cent, from its CNY million to CNY thousand.
PERCENT, THOUSAND = 100.0, 1000.0
_adopted = False


@dataclass(frozen=True)
class Form:
    """The sizes of a figure, in points, which are the units of its <svg>."""

    width: float
    left: float  # of a panel, to the edge of the figure
    right: float
    title: float  # of letters: the message, the names of axes, ticks and notes
    text: float
    small: float
    lines: int  # of a message
    names: float  # the most that the names of rows may take, a share of the width
    tallest: float  # of a panel with all that belongs to it

    def letters(self, size: float) -> float:
        """The size in this form of letters that are `size` in the wide one."""
        return max(self.small * size / FORMS["wide"].small, min(self.small, 11.0))


#: Wide: for a column of text. Narrow: for a telephone, with letters of 11 pixels on 340.
FORMS = {
    "wide": Form(374.4, 36, 10, 11, 9.2, 9, 2, 0.0, 400),
    "narrow": Form(340, 38, 12, 12.5, 11, 11, 2, 0.36, 290),
}


@cache
def _fonts() -> None:
    """Tell matplotlib of the fonts."""
    from matplotlib import font_manager

    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(FONTS.glob("*.ttf")):
        if str(path) not in known:
            font_manager.fontManager.addfont(path)


def adopt() -> None:
    """Make STYLE that of the whole process.

    A live page draws nothing else, and saves the time of putting it on and off.
    """
    global _adopted
    _fonts()
    rcParams.update(STYLE)
    _adopted = True


def worn() -> AbstractContextManager[Any]:
    """STYLE for a while, unless it is adopted for good."""
    _fonts()
    return nullcontext() if _adopted else rc_context(STYLE)


def form(name: str) -> Form:
    """The form of that name; ValueError names those there are."""
    if name not in FORMS:
        raise ValueError(f"there is no form {name!r} of a figure; allowed: {', '.join(FORMS)}")
    return FORMS[name]
