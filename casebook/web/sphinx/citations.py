"""A Sphinx extension: what writes a citation is looked for once, not for each one again."""

from __future__ import annotations

from typing import Any

from pybtex.plugin import find_plugin, register_plugin
from sphinx.application import Sphinx

_GROUP = "pybtex.backends"
#: The forms in which sphinxcontrib.bibtex writes a name and a year.
FORMS = ("docutils", "plaintext")


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.setup_extension("sphinxcontrib.bibtex")
    for name in FORMS:
        register_plugin(_GROUP, name, find_plugin(_GROUP, name), force=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
