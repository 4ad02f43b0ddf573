"""The Sphinx extension of the book: numbers, figures and tables that come from the models.

Role      {num}`transactional.bullet.pd`        a number, see casebook.numbers
Directive {picture} transactional.leakage       a figure of the base case, inline; or book.types
          {exhibit} transactional.forms         a table: an exhibit of the case file,
                                                `assumptions` or `checks`
          (both: transactional.epilogue.forms   the same of the path that came)
          {explorer} transactional              the explorer: base figure and key numbers
          {bank} dictionary                     tables of the synthetic bank, see
                                                casebook.bank.exhibits
          {written} glossary                    a part of the appendix, made from data
Whatever does not exist stops the build with the names that do. Figures stand in the page as SVG
with the book's colours as custom properties, so that they follow the light and the dark theme;
the figures of notebooks, stored as SVG, are treated alike.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective, SphinxRole

from ...bank.exhibits import EXHIBITS
from ...numbers import number, side_by_side
from ...words import word
from ..explorer.page import EXPLORER, explorer_html
from ..explorer.theme import figure_html
from ..pictures import drawn, shown
from . import uses
from .appendix import PARTS, USES


def _explorer(name: str, env: BuildEnvironment) -> str:
    """The explorer on the page that is being read."""
    return explorer_html(name, Path(env.srcdir, "_build", "static"), "../" * env.docname.count("/"))


def _raw(html: str) -> nodes.raw:
    """HTML as it is."""
    return nodes.raw("", html, format="html")


class Num(SphinxRole):
    """The role {num}: a number of a model, written out."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The number as text."""
        uses.model(self.env, self.text.strip().partition(".")[0])
        try:
            return [nodes.Text(number(self.text))], []
        except KeyError as error:
            raise _wrong(self, error) from None


class _Shown(SphinxDirective):
    """A directive whose one argument names a case and, after a dot, a thing of it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The HTML; a name that does not exist stops the build."""
        name, _, rest = self.arguments[0].partition(".")
        uses.model(self.env, name)
        try:
            return [_raw(self.html(name, rest))]
        except KeyError as error:
            raise _wrong(self, error) from None

    def html(self, name: str, rest: str) -> str:
        """What is shown of the case; KeyError names what there is."""
        raise NotImplementedError


class Picture(_Shown):
    """The directive {picture}: a figure of a model's base case, or of the book as a whole."""

    def html(self, name: str, rest: str) -> str:
        """The figure in both forms, inline, with its number on the page and what it shows."""
        if name == "book":
            uses.files(self.env, *uses.BANK)
        number = self.env.temp_data["figures"] = self.env.temp_data.get("figures", 0) + 1
        found = drawn(name, rest)
        return figure_html(found.wide, found.narrow, number=number, table=found.table)


def _exhibit(title: str, table: pd.DataFrame, kind: str) -> str:
    """A table with its title; `kind` is its class in the styles."""
    with pd.option_context("display.max_colwidth", None):  # else a reason is cut short
        body = table.to_html(border=0, classes=f"cb-table cb-{kind}")
    return (
        f'<figure class="cb-exhibit"><figcaption>{title}</figcaption>'
        f'<div class="cb-scroll" tabindex="0">{body}</div></figure>'
    )


def exhibited(name: str, rest: str) -> str:
    """The table that {exhibit} names, with its title; KeyError names what there is."""
    if (name, rest) == ("book", "side_by_side"):
        # words, as in a table of assumptions
        return _exhibit(word("side_by_side"), side_by_side(), "assumptions cb-side-by-side")
    run, rest = shown(name, rest)
    return _exhibit(*run.exhibit(rest), rest)


class Exhibit(_Shown):
    """The directive {exhibit}: a table of a model's base case, or that of all cases."""

    def html(self, name: str, rest: str) -> str:
        """The table with its title."""
        return exhibited(name, rest)


class BankTables(_Shown):
    """The directive {bank}: tables of the synthetic bank."""

    def html(self, name: str, rest: str) -> str:
        """The tables, one below the other."""
        uses.files(self.env, *uses.BANK)
        if name not in EXHIBITS:
            raise KeyError(f"no table {name!r} of the bank; allowed: {', '.join(EXHIBITS)}")
        return "".join(_exhibit(*shown, "assumptions") for shown in EXHIBITS[name]())


class ExplorerDirective(_Shown):
    """The directive {explorer}: the explorer of a model."""

    def html(self, name: str, rest: str) -> str:
        """The explorer, with its base figure and key numbers."""
        uses.note(self.env, f"explorer:{name}")
        return _explorer(name, self.env)


class Written(SphinxDirective):
    """The directive {written}: Markdown made from data, read as if it stood in the page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """What the Markdown gives, in a container of its own."""
        name = self.arguments[0]
        try:
            if name not in PARTS:
                raise KeyError(f"no part {name!r}; allowed: {', '.join(PARTS)}")
            uses.files(self.env, *USES.get(name, USES["plans"]))
            if name.startswith("plan_"):
                uses.told(self.env)
            text = PARTS[name]()
        except (KeyError, ValueError) as error:
            raise _wrong(self, error) from None
        holder = nodes.container(classes=["cb-written", f"cb-{name}"])
        lines = StringList(text.splitlines(), self.get_source_info()[0])
        self.state.nested_parse(lines, 0, holder)
        return [holder]


def _wrong(where: SphinxRole | SphinxDirective, error: KeyError | ValueError) -> ExtensionError:
    """What is wrong, and where in the sources."""
    source, line = where.get_source_info()
    return ExtensionError(f"{source}:{line}: {error.args[0]}")


class InlineFigures(SphinxPostTransform):
    """Put the figures and explorers of notebooks into the page as the directives would."""

    default_priority = 190  # before images are collected for the output
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace each stored figure, and each stored explorer."""
        for image in list(self.document.findall(nodes.image)):
            uri = image["uri"]
            if "jupyter_execute" in uri and uri.endswith(".svg"):
                path = Path(self.app.srcdir, uri.lstrip("/"))
                svg = path.read_text(encoding="utf-8")
                image.replace_self(_raw(figure_html(svg[svg.index("<svg") :])))
        for raw in list(self.document.findall(nodes.raw)):
            if found := EXPLORER.search(raw.astext()):
                raw.replace_self(_raw(_explorer(found[1], self.env)))


def _script(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """The script of the explorers, on the pages that have one."""
    raws = tree.findall(nodes.raw) if tree is not None else ()
    if any("<casebook-explorer" in raw.astext() for raw in raws):
        app.add_js_file("explorer.js", loading_method="defer")


def _slides(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """The link from a notebook to its slides (casebook.web.slides), beside the other buttons."""
    if tree is not None and Path(app.env.doc2path(pagename)).suffix == ".ipynb":
        button = {
            "type": "link",
            "url": f"{'../' * pagename.count('/')}slides/{Path(pagename).name}.html",
            "text": word("slides.slides"),
            "tooltip": word("slides.open"),
            "label": "slides",
        }
        context["header_buttons"].insert(0, button)


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.setup_extension("casebook.web.sphinx.uses")
    app.add_role("num", Num())
    app.add_directive("picture", Picture)
    app.add_directive("exhibit", Exhibit)
    app.add_directive("bank", BankTables)
    app.add_directive("explorer", ExplorerDirective)
    app.add_directive("written", Written)
    app.add_post_transform(InlineFigures)
    app.connect("html-page-context", _script)
    app.connect("html-page-context", _slides, priority=502)  # after the theme's own buttons
    return {"parallel_read_safe": True, "parallel_write_safe": True}
