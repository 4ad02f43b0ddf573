"""The explorer as a page or a slide has it: live where the site has Python for the browser."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from ...explore import Explorer, explore
from ...models import model
from .theme import figure_html

#: An explorer as a notebook stores it (`static` of casebook.explore.html); the group is the model.
EXPLORER = re.compile(r"<casebook-explorer case='(\w+)'>")


@cache
def _base(name: str) -> tuple[Explorer, str]:
    """The explorer of a model in its base case, and its figure; once for a build."""
    explorer = explore(model(name))
    return explorer, figure_html(explorer.svg())


def explorer_html(name: str, static: Path, above: str) -> str:
    """The explorer of a model; KeyError names the models there are.

    `static` is the folder whose files are served from _static, `above` leads from the page to the
    root of the site: "../" from cases/problem.html.
    """
    explorer, figure = _base(name)
    manifest = static / "live" / "manifest.json"
    if not manifest.is_file():
        return explorer.page(figure)
    size = json.loads(manifest.read_text(encoding="utf-8"))["size"]
    return explorer.page(figure, f"{above}_static/live/", size)
