"""Figures as a page shows them: in the colours of its theme, as wide as their place."""

from __future__ import annotations

import re

from ...figures import PALETTE


def themed(svg: str) -> str:
    """An <svg> element whose colours are the page's, and whose width follows its place."""
    for name, colour in PALETTE.items():
        svg = svg.replace(colour, f"var(--cb-{name}, {colour})")
    # in points it would not follow the column; the viewBox keeps its shape
    return re.sub(r'(<svg [^>]*?)width="[^"]*" height="[^"]*"', r"\1", svg, count=1)


def figure_html(svg: str) -> str:
    """An <svg> element as a figure of the page."""
    return f'<figure class="cb-figure">{themed(svg)}</figure>'
