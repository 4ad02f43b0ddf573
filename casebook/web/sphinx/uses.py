"""A Sphinx extension that knows what each page was made from, so that only what changed is made.

Sphinx itself reads a page again when its own file is newer. Here a page also says what else it
uses, by `note`: a model (all that its run reads, as the build noted it for the stored answers), an
explorer (what the site has of it), files. At the next build those pages are read again of which
anything is not as it was, by content and not by time. What every page shares (the directives, the
words) makes all be read again.

If what a page shows to the others changes (its titles, labels, terms, numbers), all are written
again, so that no link and no title of an unchanged page is stale, or dangles unseen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...cases import NAMES as CASES
from ...models import MODELS
from ...words import DATA, LANGUAGE, LANGUAGES, read
from ..build import trace
from ..build.parts import MARKS, TOLD
from ..build.pyodide import LOCK
from ..explorer.page import EXPLORER
from ..lite.build import lacking

#: What any page may be made with: a change of it makes all pages again.
COMMON = ("casebook/web/sphinx", "casebook/explore", "casebook/figures")
FILES = (
    "casebook/numbers.py",
    "casebook/words.py",
    "casebook/models.py",
    "casebook/web/explorer/page.py",
    "casebook/web/explorer/theme.py",
    "casebook/web/lectures/script.py",
    "casebook/web/lectures/spoken.py",
    "casebook/web/lectures/timing.py",
    "casebook/web/slides/lecture.py",
    "data/search.toml",
    "data/words.toml",
    "book/references.bib",
    "_build/tools/temml.cjs",
)
#: The synthetic bank and the five types: the tables of the bank are made from the first.
BANK = ("casebook/bank", "casebook/typology", "data/five_clients.toml",
        *(f"data/portfolio/{name}.toml" for name in
          ("bank", "calibration", "dictionary", "typology")))  # fmt: skip
#: Questions, and the papers made of them.
TEACHING = ("casebook/teach", "data/exam.toml", "data/teaching")
_USES, _STATE, _SHOWN = "casebook_uses", "casebook_state", "casebook_shown"


def note(env: BuildEnvironment, *uses: str) -> None:
    """The page that is being read uses these: "model:NAME", "explorer:NAME", or a file's name."""
    noted: dict[str, set[str]] | None = getattr(env, _USES, None)
    if noted is not None:
        noted.setdefault(env.docname, set()).update(uses)


def model(env: BuildEnvironment, *names: str) -> None:
    """The page uses models: their numbers, charts and tables; the book as a whole is all cases."""
    for name in names:
        for each in CASES if name == "book" else [name]:
            if each in MODELS:
                note(env, f"model:{each}")


def head(env: BuildEnvironment, *names: str) -> None:
    """The page uses what the files of cases say in [head], and no number of them."""
    note(env, *(f"head:{name}" for name in names))


def told(env: BuildEnvironment) -> None:
    """The page uses what lectures say of themselves: title, question, minutes."""
    names = sorted(path.stem for path in (trace.ROOT / "book" / "lectures").glob("*.md"))
    files(env, "data/lectures.toml", "_toc.yml")
    note(env, *(f"told:{name}" for name in names))


def files(env: BuildEnvironment, *places: str) -> None:
    """The page uses files, and what is below folders, of the repository."""
    note(env, *(f"tree:{place}" for place in places))


def common() -> str:
    """A checksum of what every page is made with."""
    names = [*trace.tree(*COMMON, suffixes=(".py", ".j2", ".html")), *FILES]
    names += [laid for name in FILES if (laid := _laid(name))]
    return trace.combined([trace.digest(names), trace.packages()])


def states(use: str) -> str:
    """How something that a page uses is now; compared with how it was."""
    kind, _, name = use.partition(":")
    if kind == "model":
        return _model(name)
    if kind == "explorer":
        return trace.digest([f"_build/static/stored/{name}.json", "_build/static/live/page.json"])
    if kind == "head":
        return repr(read(DATA / "cases" / f"{name}.toml")["head"])
    if kind == "told":
        return trace.checksum(f"_build/parts/lectures/{name}/{TOLD}")
    if kind == "notebook":
        return _runs(trace.ROOT / name)
    if kind == "voice":
        folder = trace.ROOT / "_build/static/lectures"
        forms = sorted(path.suffix for path in folder.glob(f"{name}.*"))
        return trace.combined([*forms, trace.checksum(f"_build/static/lectures/{name}.json")])
    names = [name, laid] if (laid := _laid(name)) else [name]
    return trace.digest([x for n in names for x in trace.tree(n) or [n]])


def _laid(name: str) -> str:
    """The words of this process's language that are laid over a file or folder of words, if any."""
    folder, _, rest = name.partition("/")
    return f"data/{LANGUAGE}/{rest}" if folder == "data" and LANGUAGES[0] != LANGUAGE else ""


def _model(name: str) -> str:
    """All that a run of a model reads, its charts and exhibits, and what it found."""
    mark = MARKS / f"stored-{name}.json"
    read = set(json.loads(mark.read_text(encoding="utf-8"))) if mark.is_file() else set()
    package = MODELS[name].replace(".", "/")
    read = {n for n in read if not n.startswith(("_build/", "casebook/web/"))} - {"packages"}
    found = [f"_build/parts/findings/{name}/{file}.json" for file in ("base", "came")]
    return trace.digest(sorted({*read, *trace.tree(package), *found}))


def _runs(notebook: Path) -> str:
    """What the button below a notebook's title says."""
    lock = trace.ROOT / "_build/lite" / LOCK
    if not lock.is_file():
        return ""
    lite = json.loads(lock.read_text(encoding="utf-8"))
    return f"{round(lite['fetched'] / 1e6)} {lacking(notebook, lite)}"


def _start(app: Sphinx) -> None:
    for name, empty in ((_USES, {}), (_STATE, {}), (_SHOWN, "")):
        if not hasattr(app.env, name):
            setattr(app.env, name, empty)


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """The pages of which something is not as it was."""
    noted, before = getattr(env, _USES), getattr(env, _STATE)
    stale = {use for use in before if before[use] != states(use)}
    return [name for name, uses in noted.items() if uses & stale]


def _own_file(app: Sphinx, name: str, content: list[str]) -> None:
    """A page uses its own file, whatever its time says."""
    path = Path(app.env.doc2path(name))
    if path.is_relative_to(trace.ROOT):
        place = path.relative_to(trace.ROOT).as_posix()
        note(app.env, f"tree:{place}", *([f"notebook:{place}"] if path.suffix == ".ipynb" else ()))


def _read(app: Sphinx, tree: nodes.document) -> None:
    """What is put into a notebook when it is written: the explorers that it stored."""
    for raw in tree.findall(nodes.raw):
        for name in EXPLORER.findall(raw.astext()):
            note(app.env, f"model:{name}", f"explorer:{name}")


def _purge(app: Sphinx, env: BuildEnvironment, name: str) -> None:
    getattr(env, _USES).pop(name, None)


def _merge(app: Sphinx, env: BuildEnvironment, names: Iterable[str], other: Any) -> None:
    getattr(env, _USES).update({n: u for n, u in getattr(other, _USES).items() if n in names})


def _updated(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Keep how everything is now; all pages, if what they show to each other has changed."""
    setattr(env, _STATE, {use: states(use) for use in set().union(*getattr(env, _USES).values())})
    before, now = getattr(env, _SHOWN), trace.combined(_shown(env))
    setattr(env, _SHOWN, now)
    return sorted(env.found_docs) if before != now else ()


def _shown(env: BuildEnvironment) -> Iterator[str]:
    """What a page shows to others: titles, numbers, labels, terms, references."""
    for titles in (env.titles, env.longtitles):
        yield from (f"{name} {title.astext()}" for name, title in sorted(titles.items()))
    yield repr(sorted(env.toc_secnumbers.items())) + repr(sorted(env.toc_fignumbers.items()))
    yield repr(sorted((k, sorted(v)) for k, v in env.toctree_includes.items()))
    cited = env.domaindata.get("cite", {}).get("citations", ())
    yield repr(sorted((c.key, c.citation_id) for c in cited))
    for name, domain in sorted((n, d) for n, d in env.domaindata.items() if n != "cite"):
        for key, entries in sorted(domain.items()):
            if isinstance(entries, dict):
                yield f"{name} {key} {_plain(sorted(entries.items(), key=repr))}"


def _plain(entries: Any) -> str:
    """As text, without where in the memory things stand."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(entries))


def _left(app: Sphinx, exception: Exception | None) -> None:
    """Remove the pages of sources that are no more."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    builder: Any = app.builder
    there = {Path(builder.get_outfilename(name)) for name in app.env.found_docs}
    for name in ("search", "genindex", "index", "404"):
        there.add(out / f"{name}.html")
    for path in out.rglob("*.html"):
        if path not in there and "_static" not in path.parts and "_sources" not in path.parts:
            path.unlink()
    sources = {app.env.doc2path(name, base=False) for name in app.env.found_docs}
    for path in (out / "_sources").rglob("*.*"):
        if path.is_file() and path.relative_to(out / "_sources").as_posix() not in sources:
            path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.add_config_value("casebook_common", common(), "env")
    app.connect("builder-inited", _start, priority=100)
    app.connect("env-get-outdated", _outdated)
    app.connect("source-read", _own_file)
    app.connect("doctree-read", _read)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _updated)
    app.connect("build-finished", _left, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
