"""The search of a built site: what its pages say, and the script that looks through it.

    python -m casebook.web.search.make _build/html

writes `_static/search.js` and `_static/search-index.js`. Both are script files, which a browser
also loads from a page that was opened as a file; a page asks for them when a reader begins to
search. The index proper is made in the browser, by MiniSearch. All this serves an edition in any
language: what is Chinese is seen in the text itself.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..._whole import write
from ...words import catalogue
from . import sections

HERE = Path(__file__).parent
#: Where casebook.web.build.vendor puts MiniSearch and the stemmer.
TOOLS = HERE.parents[2] / "_build" / "tools"
LIBRARIES = {"minisearch": ("MiniSearch", "LICENSE.txt"), "stemmer": ("stemmer", "license")}
PARTS = ("words.js", "rank.js", "element.js")
GLOSSARY = "book/appendix/glossary.html"


def index(site: Path) -> dict[str, Any]:
    """All that the search of a site knows."""
    data = catalogue("search")
    front, *_ = found = list(sections.pages(site))
    folder = front.path.rpartition("/")[0]
    part_of = {
        page: name
        for name, pages in sections.parts((site / front.path).read_bytes(), folder)
        for page in pages
    }
    pages = [
        {
            "path": page.path,
            "title": page.title,
            "part": part_of.get(page.path, data["words"]["front"]),
            "weight": weight(page.path, data["weights"]),
        }
        for page in found
    ]
    rows = [(k, *section) for k, page in enumerate(found) for section in page.sections]
    return {
        **{key: data[key] for key in ("stop", "spelling")},
        "terms": [term(entry) for entry in catalogue("glossary")["terms"]],
        "glossary": GLOSSARY,
        "pages": pages,
        "sections": rows,
    }


def term(entry: dict[str, Any]) -> dict[str, Any]:
    """A term of the glossary with its id on the page of the glossary."""
    return {**entry, "id": "term-" + re.sub(r"[^\w]+", "-", entry["en"]).strip("-")}


def weight(path: str, weights: dict[str, float]) -> float:
    """How much a page counts."""
    return next(value for start, value in weights.items() if path.startswith(start))


def script(names: Iterable[str] = PARTS) -> str:
    """The script of the search: its libraries, each with its licence, and these parts of ours."""
    said = []
    for name, (constant, licence) in LIBRARIES.items():
        folder = TOOLS / name
        if not (folder / "index.js").is_file():
            raise FileNotFoundError(f"{folder} is not there: run make book, which fetches it")
        text = (folder / "index.js").read_text(encoding="utf-8")
        text = re.sub(r"^//# sourceMappingURL=.*$|^\s*/\*\*.*?\*/\n", "", text, flags=re.M | re.S)
        text = re.sub(
            r"^export function (\w+)", r"module.exports = \1\nfunction \1", text, flags=re.M
        )
        text = f"{text}\nreturn module.exports;"
        said.append(f"/*! {name}\n{(folder / licence).read_text(encoding='utf-8')}*/\n")
        # as a module of Node: what a page has loaded besides is none of its business
        said.append(f"const {constant} = ((module, exports) => {{\n{text}\n}})({{}}, {{}});\n")
    said += [(HERE / name).read_text(encoding="utf-8") for name in names]
    return "".join(said)


def make(site: Path) -> None:
    """Write both files into a built site; neither where its libraries could not be fetched."""
    if not all((TOOLS / name / "index.js").is_file() for name in LIBRARIES):
        return
    said = json.dumps(index(site), ensure_ascii=False, separators=(",", ":"))
    # a line of a script may not hold these two signs everywhere
    said = said.replace("\u2028", " ").replace("\u2029", " ")
    static = site / "_static"
    write(static / "search-index.js", f"window.casebook.searched({said});\n".encode())
    words = json.dumps(catalogue("search")["words"], ensure_ascii=False)
    write(static / "search.js", f"(() => {{\nconst WORDS = {words};\n{script()}}})();\n".encode())


if __name__ == "__main__":
    make(Path(sys.argv[1]))
