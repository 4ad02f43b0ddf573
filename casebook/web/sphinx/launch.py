"""The buttons that run a notebook: in the reader's browser, and on Binder.

They stand below the title of each notebook, in the head of each case and where the directive
{launch} names a notebook. A button is there only where the notebook runs: in the browser if the
site has JupyterLite and that has all that the notebook imports, on Binder if `_config.yml` names
one. The addresses of repository and Binder are those of `_config.yml`, and stand nowhere else.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from ...words import LANGUAGE, LANGUAGES, word
from ..build.pyodide import LOCK
from ..lite.build import OPENS, lacking
from . import uses

#: How Binder names the hosts of repositories that it knows; any other by its whole address.
HOSTS = {"github.com": "gh", "gitlab.com": "gl"}
#: Below what the notebooks of this edition stand, in the repository and in JupyterLite.
EDITION = "" if LANGUAGES[0] == LANGUAGE else f"{LANGUAGE}/"


def binder(options: dict[str, Any], notebook: str) -> str:
    """The address on Binder of a file of the repository; "" where no Binder is named."""
    at = (options.get("launch_buttons") or {}).get("binderhub_url", "").rstrip("/")
    if not at or not (repository := options.get("repository_url", "").rstrip("/")):
        return ""
    branch = options.get("repository_branch") or "main"
    parts = urlsplit(repository)
    host = HOSTS.get(parts.netloc)
    where = f"{host}{parts.path}" if host else f"git/{quote(repository, safe='')}"
    return f"{at}/v2/{where}/{quote(branch, safe='')}?urlpath=lab/tree/{quote(notebook)}"


def html(env: BuildEnvironment, notebook: Path, *, notes: bool = True) -> str:
    """The buttons for `notebook`, with what each means if `notes`; "" where it runs nowhere."""
    options: dict[str, Any] = env.config.html_theme_options
    uses.note(env, f"notebook:{notebook.relative_to(env.srcdir).as_posix()}")
    lock = Path(env.srcdir, "_build", "lite", LOCK)
    packages = json.loads(lock.read_text(encoding="utf-8")) if lock.is_file() else None
    buttons, meant = "", ""
    if packages and not lacking(notebook, packages):
        above = "../" * env.docname.count("/")
        buttons += _button(f"{above}lite/{OPENS}{EDITION}{notebook.name}", "run.button", "lite")
        # JupyterLite cannot start in a page that was opened as a file: casebook.js says so
        meant += (
            f"<span class='cb-lite' data-file='{escape(word('run.file'), quote=True)}'>"
            f"{escape(word('run.note', size=round(packages['fetched'] / 1e6)))}</span>"
        )
    place = f"{EDITION}{notebook.relative_to(env.srcdir).as_posix()}"
    if address := binder(options, place):
        buttons += _button(address, "run.binder", "binder")
        meant += f" <span>{escape(word('run.binder_note'))}</span>"
    meant = f"<span>{meant}</span>" if notes else ""
    return buttons and f"<p class='cb-run'>{buttons}{meant}</p>"


def _button(address: str, words: str, kind: str) -> str:
    """A link that opens in a new tab."""
    link = f"class='cb-{kind}' target='_blank' rel='noopener' href='{escape(address, quote=True)}'"
    return f"<a {link}>{escape(word(words))}</a>"


class Launch(SphinxDirective):
    """The directive {launch}: its argument is the name of a notebook."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The buttons of the notebook."""
        notebook = Path(self.env.srcdir, "notebooks", f"{self.arguments[0]}.ipynb")
        if not notebook.is_file():
            source, line = self.get_source_info()
            raise ExtensionError(f"{source}:{line}: there is no notebook {self.arguments[0]!r}")
        return [nodes.raw("", html(self.env, notebook), format="html")]


class RunButtons(SphinxPostTransform):
    """The buttons of a notebook, below its title."""

    default_priority = 191
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Add them where the page is a notebook."""
        notebook = Path(self.env.doc2path(self.env.docname))
        if notebook.suffix == ".ipynb" and (buttons := html(self.env, notebook)):
            title = next(self.document.findall(nodes.title))
            at = title.parent.index(title) + 1
            title.parent.insert(at, nodes.raw("", buttons, format="html"))


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.add_directive("launch", Launch)
    app.add_post_transform(RunButtons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
