"""What came out of the printer, looked at: how full pages are, where links lead, which figures.

Each function gives lines of what is wrong, none if all is well.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from . import needs
from .volume import Volume

#: A page in the middle of an article that ends above this share of its height is half empty.
FULL = 0.5
#: So many of the pages of a volume may be: tables of which no row fits, a figure without a number.
SOME = 0.03
#: Margins above and below what is read, as shares of the height of a page (see print.css).
TOP, BOTTOM = 22 / 297, 20 / 297
_SCALE = 0.25


def filled(pdf: bytes) -> list[float]:
    """How far down each page what stands on it reaches, from 0 to 1."""
    document = needs.library("pypdfium2").PdfDocument(pdf)
    shares = []
    for page in document:
        grey = page.render(scale=_SCALE, grayscale=True).to_numpy()
        high = grey.shape[0]
        grey = grey.reshape(high, -1)
        first, last = round(high * TOP), round(high * (1 - BOTTOM))
        inked = np.flatnonzero((grey[first:last] < 240).any(axis=1))
        shares.append(float(inked[-1] + 1) / (last - first) if inked.size else 0.0)
        page.close()
    document.close()
    return shares


def half_empty(shares: list[float], starts: Iterable[int], least: float = FULL) -> list[int]:
    """Pages that end early, though no article ends there; `starts` are the first of each."""
    begin = sorted(set(starts))
    ends = {page - 1 for page in begin} | {len(shares)} | set(range(1, begin[0]))
    return [k for k, share in enumerate(shares, 1) if share < least and k not in ends]


def lost(pdf: bytes) -> Iterator[str]:
    """Links of the file that lead to no place in it."""
    reader = needs.library("pypdf").PdfReader(io.BytesIO(pdf))
    there = set(reader.named_destinations)
    for number, page in enumerate(reader.pages, 1):
        for each in page.get("/Annots") or ():
            annotation: Any = each.get_object()
            goal = annotation.get("/Dest") or annotation.get("/A", {}).get("/D")
            if isinstance(goal, str) and str(goal) not in there:
                yield f"page {number}: {goal}"


def described(made: Volume) -> Iterator[str]:
    """Figures of a volume that say nothing to who does not see them, or are not there."""
    for article in made.articles:
        for figure in article.body.iter("svg"):
            if figure.get("role") == "img" and not figure.get("aria-label"):
                yield f"{article.page}: a figure without a description"
        for figure in article.body.find_class("cb-figure"):
            if figure.find(".//svg") is None:
                yield f"{article.page}: a figure that is empty"
