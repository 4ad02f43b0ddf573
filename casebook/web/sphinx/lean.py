"""A Sphinx extension that makes pages light: one style sheet, few scripts, no icon font.

The theme and its companions load a dozen style sheets, as many scripts and a megabyte of icons on
every page. Here all sheets become one, `site.css`, without the rules that no page can use (`purge`
says which those are), the scripts that every page needs become one, `site.js`, and a script that
only some pages need stands on those alone. `templates/layout.html` leaves out what the theme would
load besides; icons are drawn by `icons.css`.

The two files are written by `make`, a step on the finished site: a changed style makes no page
again. `stamp` (casebook.web.build) then gives every address the version of its file.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from ...words import word
from ..build.parts import PAGES, each
from . import purge

#: The sheets that the theme's own template loads, before those that Sphinx knows of.
THEME = ("basic.css", "styles/bootstrap.css", "styles/pydata-sphinx-theme.css")
#: The scripts of every page, in the order in which they need each other.
SCRIPTS = (
    "casebook.js",
    "documentation_options.js",
    "doctools.js",
    "sphinx_highlight.js",
    "scripts/sphinx-book-theme.js",
    "scripts/bootstrap.js",
    "scripts/pydata-sphinx-theme.js",
    "offline.js",
)
#: What a page must hold to need a script: name or, where it has none, text -> pattern.
NEEDED = {
    "clipboard.min.js": r'class="[^"]*\bhighlight\b',
    "copybutton.js": r'class="[^"]*\bhighlight\b',
    "design-tabs.js": r"sd-tab-set",
    "togglebutton.js": r'class="[^"]*\b(toggle|dropdown)\b',
    "togglebuttonSelector": r'class="[^"]*\b(toggle|dropdown)\b',
    "toggleHint": r'class="[^"]*\b(toggle|dropdown)\b',
    "toggleOpenOnPrint": r'class="[^"]*\b(toggle|dropdown)\b',
    "DOCUMENTATION_OPTIONS.pagename": r"(?!)",  # it serves a list of versions that there is not
    "translations.js": r"(?!)",  # of words that no page shows; it makes functions out of texts
}
#: Elements of a few pages: <casebook-NAME> brings NAME.js and NAME.css.
ELEMENTS = ("lecture", "selftest", "vote")
#: The first explorer of a page: templates lead to it from wherever the reader is.
EXPLORER = re.compile(r"<casebook-explorer[^>]* id=['\"]([\w-]+)")
#: What the theme ships and no page asks for any more.
UNUSED = ("vendor/fontawesome",)


class _Site:
    """What is common to all pages of one build."""

    def __init__(self) -> None:
        self.sheets: list[str] = []

    def page(
        self,
        app: Sphinx,
        pagename: str,
        template: str,
        context: dict[str, Any],
        tree: nodes.document | None,
    ) -> None:
        """Leave to a page the sheets and scripts that it needs."""
        for sheet in context["css_files"]:
            name = _name(sheet)
            if name not in self.sheets:
                self.sheets.append(name)
        body = context.get("body", "")
        own = [name for name in ELEMENTS if f"<casebook-{name}" in body]
        sheets = ["site.css", *(f"{name}.css" for name in own)]
        context["css_files"] = [f"_static/{sheet}" for sheet in sheets]
        context["book_version"] = metadata.version("casebook")
        if (first := EXPLORER.search(body)) and pagename != app.config.root_doc:
            context |= {"explorer": first[1], "to_explorer": word("head.model")}
        given = context["script_files"]
        kind: Callable[..., Any] = type(given[0])
        needed = (_deferred(each) for each in given if _is_needed(each, body))
        joined, *elements = (
            kind(f"_static/{name}.js", priority=0, defer="defer") for name in ("site", *own)
        )
        context["script_files"] = [joined, *needed, *elements]

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Keep which sheets there are; where no page was written, those of before."""
        if not exception and self.sheets:
            _sheets(Path(app.outdir)).write_text(json.dumps(self.sheets), encoding="utf-8")


def _sheets(html: Path) -> Path:
    """Beside the pages of Sphinx: the names of all sheets, in their order."""
    return html.parent / "sheets.json"


def make(site: Path) -> None:
    """Write the one style sheet and the one script of the site."""
    static = site / "_static"
    (static / "site.js").write_text(_joined(static), encoding="utf-8")
    names = json.loads(_sheets(PAGES).read_text(encoding="utf-8"))
    sheets = [static / name for name in (*THEME, *names)]
    pages = [p for p in sorted(site.rglob("*.html")) if "lite" not in p.relative_to(site).parts]
    used = set[str]().union(*each(_classes, pages))
    (static / "site.css").write_text(purge.purged(sheets, used), encoding="utf-8")
    for name in UNUSED:
        shutil.rmtree(static / name, ignore_errors=True)


def _classes(page: Path) -> set[str]:
    """The classes of a page that has the one style sheet."""
    text = page.read_text(encoding="utf-8")
    return purge.classes(text) if "/site.css" in text else set()


def _joined(static: Path) -> str:
    """The scripts of every page as one; a map of its source is left behind by each."""
    texts = [(static / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return "\n".join(re.sub(r"^//# sourceMappingURL=.*$", "", t, flags=re.MULTILINE) for t in texts)


def _name(file: Any) -> str:
    """The address of a file below _static."""
    return str(file.filename).removeprefix("_static/")


def _is_needed(script: Any, body: str) -> bool:
    """Whether a page with this body needs a script that Sphinx would load."""
    said = _name(script) if script.filename else script.attributes.get("body", "")
    if said in SCRIPTS:
        return False  # in site.js
    return all(re.search(where, body) for what, where in NEEDED.items() if what in said)


def _deferred(script: Any) -> Any:
    """A script that does not hold up the page; what it names runs in the order of the page."""
    if not script.filename:
        return script
    attributes = script.attributes | {"defer": "defer"}
    attributes.pop("async", None)
    return type(script)(script.filename, priority=script.priority, **attributes)


def _together(app: Sphinx) -> None:
    """Pages may be read side by side: what numbers sections does not say that it comes after."""
    app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True


def _alone(app: Sphinx, env: object) -> None:
    """Many read the pages, one writes them: it must have seen the sheets of all."""
    app.parallel = 1


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    site = _Site()
    app.add_css_file("icons.css")
    app.connect("builder-inited", _together)
    app.connect("env-updated", _alone)
    # late: after the handlers that add files, and after the theme has written its pygments.css
    app.connect("html-page-context", site.page, priority=900)
    app.connect("build-finished", site.finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
