"""The explorers alone, to be shown in a page of somebody else.

Parts of the build: embed/<model>.html for every model whose explorer stands on a page. An
address there takes the same setting as the page of the book, `theme=light` or `theme=dark`, and
`present=1`, which lets the explorer fill the window (casebook.web.present).
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

from ...explore import explore
from ...models import MODELS, model
from ...words import catalogue, phrase, word
from ..build import edition
from .page import explorer_html

_ID = re.compile(r"id='explore-(\w+)'")
#: Where an explorer may stand, the first that has it counts.
PLACES = ("book", "notebooks")
#: Before anything is drawn, so that no page flashes white at night.
THEME = (
    "const asked = new URLSearchParams(location.search).get('theme');"
    "const dark = matchMedia('(prefers-color-scheme: dark)').matches;"
    "document.documentElement.dataset.theme ="
    " ['light', 'dark'].includes(asked) ? asked : dark ? 'dark' : 'light';"
)
#: Over the whole window from the start, when the address asks for it.
PRESENT = (
    "addEventListener('load', () => { if (new URLSearchParams(location.search).has('present'))"
    " document.querySelector('casebook-explorer').present?.(true); });"
)
#: The page of the book that has it is the one to be found.
CANONICAL = '<link rel="canonical" href="{}">'
PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<meta name="description" content="{about}">
{canonical}
<link rel="icon" href="../_static/mark.svg">
<script>{theme}</script>
<link rel="stylesheet" href="../_static/casebook.css">
<link rel="stylesheet" href="../_static/explorer.css">
<script defer src="../_static/explorer.js"></script>
<script>{present}</script>
</head>
<body class="cb-embedded">
<main class="bd-article">
<h1>{title}</h1>
{explorer}
<p class="cb-source">
<a href="../{home}#explore-{name}" target="_blank" rel="noopener">{source}</a>
</p>
</main>
</body>
</html>
"""


def homes(site: Path) -> dict[str, str]:
    """Model -> the page of the built site that has its explorer, for those that have one."""
    found: dict[str, str] = {}
    for place in PLACES:
        for path in sorted((site / place).rglob("*.html")):
            for name in _ID.findall(path.read_text(encoding="utf-8")):
                if name in MODELS:
                    found.setdefault(name, path.relative_to(site).as_posix())
    return found


def embedded(name: str, static: Path, home: str) -> str:
    """The page with the explorer of a model alone; `home` is its page in the book.

    KeyError names the models there are.
    """
    title = explore(model(name)).base.spec.words["title"]
    return PAGE.format(
        lang=word("explorer.lang"),
        title=escape(title),
        about=escape(phrase(catalogue("head"), "embed", title=title)),
        canonical=edition.address() and CANONICAL.format(edition.address() + home),
        theme=THEME,
        present=PRESENT,
        explorer=explorer_html(name, static, "../", home),
        home=home,
        name=name,
        source=escape(word("explorer.source", title=title)),
    )


def find(pages: Path, folder: Path) -> None:
    """The part "homes" of the build: where each explorer stands. ValueError if none does."""
    found = homes(pages)
    if not found:
        raise ValueError(f"{pages}: no page has an explorer")
    (folder / "homes.json").write_text(json.dumps(found), encoding="utf-8")


def write(name: str, static: Path, found: Path, folder: Path) -> None:
    """The part "embed/NAME": the page of one model, if the pages have its explorer."""
    home = json.loads((found / "homes.json").read_text(encoding="utf-8")).get(name)
    if home:
        page = embedded(name, static, home)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
