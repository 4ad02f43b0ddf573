"""The role {try}: words in the prose that move the explorer of the page.

    {try}`transactional.slip=3|slip three months`     one slider at a value it can take
    {try}`transactional.late|the launch is late`      a preset of the model's file

The role {at} writes a number of a moved setting, by its name in casebook.numbers and its style:

    {at}`transactional.slip=3|break_even_rate|short`

The link holds the setting, so that it also works where it is opened alone; on its page the script
moves the explorer in place (assets/explorer/links.js). Both kinds have stored answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole

from ...explore import setting as settings
from ...numbers import written
from ...shape import Value
from . import uses


def setting(asked: str) -> tuple[str, Mapping[str, Value]]:
    """Model and values of `model.slider=value` or `model.preset`; KeyError says what is allowed."""
    name, _, rest = asked.partition(".")
    if rest.count("=") > 1:
        raise KeyError(f"{asked}: one slider at a time, or a preset")
    return name, settings.values(name, rest)


def at(text: str) -> str:
    """The number of `setting|name|style` as a reader sees it; KeyError says what is wrong."""
    asked, _, path = text.partition("|")
    if not path:
        raise KeyError(f"{text!r} names no number; say setting|name")
    name, _, rest = asked.strip().partition(".")
    return written(settings.run(name, rest), path.strip())


class At(SphinxRole):
    """The role {at}: a number of a moved setting."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The number as text, or where and why it cannot be."""
        uses.model(self.env, self.text.strip().partition(".")[0])
        try:
            return [nodes.Text(at(self.text))], []
        except KeyError as error:
            source, line = self.get_source_info()
            raise ExtensionError(f"{source}:{line}: {error.args[0]}") from None


class Try(SphinxRole):
    """The role {try}: words that move the explorer of their page."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The link, or where and why it cannot be."""
        asked, _, words = self.text.partition("|")
        uses.model(self.env, asked.partition(".")[0])
        source, line = self.get_source_info()
        try:
            name, values = setting(asked)
        except KeyError as error:
            raise ExtensionError(f"{source}:{line}: {error.args[0]}") from None
        query = urlencode({f"{name}.{slider}": value for slider, value in values.items()})
        html = f'<a class="cb-try" href="?{query}#explore-{name}">{escape(words)}</a>'
        return [nodes.raw("", html, format="html", model=name, where=f"{source}:{line}")], []


class MovesSomething(SphinxPostTransform):
    """Refuses words that would move an explorer that their page does not have."""

    default_priority = 192  # after the explorers of notebooks have been put in

    def run(self, **kwargs: Any) -> None:
        """Look through the page."""
        raws = list(self.document.findall(nodes.raw))
        for raw in raws:
            if (name := raw.get("model")) and not any(
                f"<casebook-explorer case='{name}'" in other.astext() for other in raws
            ):
                raise ExtensionError(f"{raw['where']}: this page has no explorer of {name}")


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.add_role("at", At())
    app.add_role("try", Try())
    app.add_post_transform(MovesSomething)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
