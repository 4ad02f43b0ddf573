"""Figures as a page shows them: in the colours of its theme, as wide as their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from ...palette import PALETTE
from ...words import word
from ..pictures import Panel


def themed(svg: str) -> str:
    """An <svg> element whose colours are the page's, and whose width follows its place."""
    for name, colour in PALETTE.items():
        svg = svg.replace(colour, f"var(--cb-{name}, {colour})")
    # in points it would not follow the column; the viewBox keeps its shape
    return re.sub(r'(<svg [^>]*?)width="[^"]*" height="[^"]*"', r"\1", svg, count=1)


def figure_html(
    wide: str, narrow: str = "", *, number: int = 0, table: Sequence[Panel] = ()
) -> str:
    """An <svg> element as a figure of the page; with its narrow form, the page shows one of them.

    `number` is that of the figure on its page, from 1: it gets a name, `figure-<number>`, and a
    link to itself; 0 leaves both out. `table` are its numbers, folded up below it.
    """
    if not narrow:
        body = themed(wide)
    else:
        body = (
            f'<div class="cb-wide">{themed(wide)}</div>'
            f'<div class="cb-narrow">{themed(narrow)}</div>'
        )
    name, caption = "", ""
    if number:
        name = f' id="figure-{number}"'
        text = escape(word("figures.number", number=number))
        caption = f'<a class="cb-number" href="#figure-{number}">{text}</a>'
    if table:
        inner = "".join(map(_table, table))
        caption += (
            f'<details class="cb-numbers"><summary>{escape(word("figures.numbers"))}</summary>'
            f'<div class="cb-scroll" tabindex="0">{inner}</div></details>'
        )
    caption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="cb-figure"{name}>{body}{caption}</figure>'


def _table(table: Panel) -> str:
    """The numbers of one panel."""
    title = f"<caption>{escape(table.title)}</caption>" if table.title else ""
    head = "".join(f'<th scope="col">{escape(x)}</th>' for x in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(x)}</td>" for x in rest)
        + "</tr>"
        for first, *rest in table.rows
    )
    head = f"<thead><tr>{head}</tr></thead>"
    return f'<table class="cb-table">{title}{head}<tbody>{rows}</tbody></table>'
