"""The explorer as a page or a slide has it: live where the site has Python for the browser."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from ...explore import Explorer, explore
from ...explore.html import Site
from ...models import model
from ..pictures import drawn
from .theme import figure_html

#: An explorer as a notebook stores it (`static` of casebook.explore.html); the group is the model.
EXPLORER = re.compile(r"<casebook-explorer case='(\w+)'>")


@cache
def _base(name: str) -> tuple[Explorer, str]:
    """The explorer of a model in its base case, and its figure in both forms; once for a build."""
    found = drawn(name, "explorer")
    return explore(model(name)), figure_html(found.wide, found.narrow)


def explorer_html(name: str, static: Path, above: str, home: str = "") -> str:
    """The explorer of a model; KeyError names the models there are.

    `static` is the folder whose files are served from _static, `above` leads from the page to the
    root of the site: "../" from cases/problem.html. `home` is the page of the book that has it,
    seen from there, for an explorer that stands elsewhere.
    """
    explorer, figure = _base(name)
    live, stored = (_about(static / place) for place in ("live/page.json", f"stored/{name}.json"))
    if live is None:
        return explorer.page(figure)
    return explorer.page(
        figure,
        Site(
            live=f"{above}_static/live/",
            size=live["size"],
            stored=f"{above}_static/stored/" if stored else "",
            version=stored["version"] if stored else "",
            each=stored["each"] if stored else 0,
            embed=f"{above}embed/{name}.html",
            home=above + home if home else "",
        ),
    )


def _about(path: Path) -> Any:
    """What a folder of the site says that it holds; None if it is not there."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
