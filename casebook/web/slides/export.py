"""Slides as a page of HTML, on the scripts and styles of the site: of a notebook, of a lecture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter
from traitlets.config import Config

from ...words import catalogue, phrase, word
from ..build import edition
from ..sphinx import han
from .arrange import Slide

#: Above nbconvert's own template: the styles and scripts of the site, and flat sections.
TEMPLATE = Path(__file__).with_name("template.html.j2")


def deck(slides: Sequence[Slide], home: str, above: str = "../", kind: str = "") -> str:
    """The slides as a page; `home` is where they come from, `above` leads to the root of the site.

    `home` is seen from the root; `kind` is a class of the styles.
    """
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [c for k, s in enumerate(slides) for c in s.cells(first=k == 0)]
    notebook.metadata = nbformat.from_dict({
        "title": slides[0].heading,
        "maths": any("$" in text for s in slides for text in s.text),
        "explorer": any(s.kind == "explorer" for s in slides),
        "code": any(s.code for s in slides),
        "kind": kind,
        "above": above,
        "home": above + home,
        "about": phrase(catalogue("head"), "slides", title=slides[0].heading),
        "canonical": edition.address() and edition.address() + home,
    })  # fmt: skip
    settings = Config()
    settings.SlidesExporter.exclude_input_prompt = True
    settings.SlidesExporter.exclude_output_prompt = True
    settings.SlidesExporter.exclude_anchor_links = True
    exporter = SlidesExporter(config=settings, raw_template=TEMPLATE.read_text(encoding="utf-8"))
    words = catalogue()["slides"] | {"lang": word("explorer.lang")}
    html, _ = exporter.from_notebook_node(notebook, {"words": words})
    return han.marked(html)
