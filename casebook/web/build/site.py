"""Build the site: `make book`.

    python -m casebook.web.build.site             what has changed; then exchange the site
    python -m casebook.web.build.site --whole     the same, and an error if the network was missing

1. The parts (`stages`), each made again only if what it read has changed (parts.py).
2. The pages, by Sphinx (pages.py).
3. Beside it the same for each edition in another language, in a root of its own (language.py).
4. A new folder, _build/next, with all of them; then STEPS, each a module whose `make(site)` works
   on the finished HTML.
5. The new folder takes the place of _build/html at once (swap.py). Until then nobody has touched
   the site that is served; a build that fails or is stopped leaves it as it was.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

from . import language, parts, provenance, swap, trace
from .parts import BUILD, MARKS, PAGES, WORKERS, Part

SITE = BUILD / "html"
NEXT = BUILD / "next"
#: Of an edition in another language only what is its own is made.
FIRST = trace.ROOT == trace.REPOSITORY
MADE = BUILD / "parts"
STATIC = BUILD / "static"
PYODIDE = STATIC / "vendor" / "pyodide"
#: On the finished HTML of each edition, in this order. Each module has `make(site)`; to call it
#: again changes nothing. What writes into pages comes before what counts or hashes them.
OWN = ("casebook.web.search.make", "casebook.web.print.links")
PUBLISH = "casebook.web.build.publish"
#: The same, once for all editions.
STEPS = (
    PUBLISH,
    "casebook.web.explorer.script",
    "casebook.web.sphinx.lean",
    "casebook.web.build.licences",
    "casebook.web.build.policy",
    "casebook.web.build.stamp",
    "casebook.web.offline.make",
    "casebook.web.build.provenance",
)
#: What makes some parts, and has been loaded before them: see trace.py.
_NPM = ("package.json", "package-lock.json", "casebook/web/build/vendor.py")
_PYTHON = ("_build/marks/pyodide.json", "casebook/web/build/pyodide.py")
_LITE = ("casebook/web/lite/build.py",)
_SIGNS = "signs.txt"
_EXPLAINED = "The book is as it was: nothing has changed."


def first() -> list[Part]:
    """What comes from the network, and the letters of the figures."""
    from . import pyodide, vendor

    return [
        Part("vendor", vendor.fetch, MADE / "vendor", _NPM, loaded=False),
        Part("stand_in", _stand_in, MADE / "stand_in", (f"_build/parts/signs/{_SIGNS}",)),
        Part("pyodide", partial(pyodide.completed, MADE / "vendor/static/vendor/pyodide"),
             MADE / "pyodide", ("_build/marks/vendor.json", _PYTHON[1])),
    ]  # fmt: skip


def _signs(folder: Path) -> None:
    """The part "signs": every sign of the book's words, once: few words bring a new one."""
    from ..explorer import stand_in

    (folder / _SIGNS).write_text(stand_in.signs(), encoding="utf-8")


def _stand_in(folder: Path) -> None:
    from ..explorer import stand_in

    stand_in.write(folder, (MADE / "signs" / _SIGNS).read_text(encoding="utf-8"))


def second() -> list[Part]:
    """Python of the book for the browser, and the parts of JupyterLite."""
    from ..lite import build as lite
    from . import pyodide

    letters = MADE / "stand_in"
    return [
        Part("modules", partial(pyodide.modules, PYODIDE, letters), MADE / "modules", _PYTHON,
             loaded=False),
        Part("interface", lite.interface, MADE / "interface", _LITE, loaded=False),
        Part("fonts", partial(lite.fonts, PYODIDE), MADE / "fonts", (*_PYTHON, *_LITE),
             loaded=False),
    ]  # fmt: skip


def findings() -> list[Part]:
    """What every model finds: seconds of work, of which decks, pages and forms take numbers."""
    from ...models import MODELS

    return [Part(f"findings/{name}", partial(_findings, name), MADE / "findings" / name)
            for name in MODELS]  # fmt: skip


def _findings(name: str, folder: Path) -> None:
    from ... import numbers

    numbers.keep(name, folder)


def answers() -> list[Part]:
    """What every model answers, in the words of an edition."""
    from ...models import MODELS

    return [Part(f"stored/{name}", partial(_stored, name), MADE / "stored" / name)
            for name in MODELS]  # fmt: skip


def figures() -> list[Part]:
    """What every model draws in its base case, and the book as a whole."""
    from ...models import MODELS

    return [Part(f"figures/{name}", partial(_figures, name), MADE / "figures" / name)
            for name in (*MODELS, "book")]  # fmt: skip


def _figures(name: str, folder: Path) -> None:
    from .. import pictures

    pictures.keep(name, folder)


def _stored(name: str, folder: Path) -> None:
    from ..explorer import stored

    stored.write(name, folder, MADE / "stand_in")


def forms() -> list[Part]:
    """The workbooks and letters of every strategy."""
    from ...forms import STRATEGIES

    return [Part(f"forms/{name}", partial(_forms, name), MADE / "forms" / name)
            for name in STRATEGIES]  # fmt: skip


def _forms(name: str, folder: Path) -> None:
    from ...forms import write

    write(name, folder)


def third() -> list[Part]:
    """What takes the parts before it together."""
    from ..lite import build as lite
    from . import pyodide

    live = partial(pyodide.live, PYODIDE, MADE / "modules", MADE / "stand_in")
    return [
        Part("live", live, STATIC / "live", ("_build/marks/modules.json", *_PYTHON)),
        Part("lite", partial(lite.build, PYODIDE, MADE / "interface", MADE / "fonts"),
             BUILD / "lite", (*_PYTHON, *_LITE, "_build/marks/interface.json",
                              "_build/marks/fonts.json")),
    ]  # fmt: skip


def decks() -> list[Part]:
    """Slides and captions: each folder has the places of the site."""
    live = "_build/static/live/page.json"
    notebooks = sorted((trace.ROOT / "notebooks").glob("*.ipynb"))
    lectures = sorted(path.stem for path in (trace.ROOT / "book" / "lectures").glob("*.md")
                      if path.read_text(encoding="utf-8").startswith("---\nlecture:"))  # fmt: skip
    makers = {f"slides/{path.stem}": partial(_slides, path) for path in notebooks}
    makers |= {f"lectures/{name}": partial(_lecture, name) for name in lectures}
    also = {f"lectures/{name}": f"_build/static/lectures/{name}.json" for name in lectures}
    return [Part(name, make, MADE / name, (live, also.get(name, live)))
            for name, make in makers.items()]  # fmt: skip


def embeds() -> list[Part]:
    """The explorers alone, which name the pages that have them."""
    from ...models import MODELS

    live = ("_build/static/live/page.json",)
    return [Part(f"embed/{name}", partial(_embed, name), MADE / "embed" / name, live)
            for name in MODELS]  # fmt: skip


def _slides(path: Path, folder: Path) -> None:
    from ..slides import page

    page.write(path, folder / "slides")


def _lecture(name: str, folder: Path) -> None:
    from ..lectures import captions
    from ..slides import page

    page.write(captions.FOLDER / f"{name}.md", folder / "slides" / "lectures")
    captions.part(name, folder / "_static" / "lectures")
    (folder / parts.TOLD).write_text(page.told(name), encoding="utf-8")


def _embed(name: str, folder: Path) -> None:
    from ..explorer import embed

    embed.write(name, STATIC, MADE / "homes", folder / "embed")


def _homes(folder: Path) -> None:
    from ..explorer import embed

    embed.find(PAGES, folder)


def joined(place: Path, *pieces: tuple[Path, str]) -> None:
    """A folder with the parts that there are, each below its name; its mark says if it is old."""
    mark = MARKS / f"joined-{place.name}"
    there = [(path, name) for path, name in pieces if path.exists()]
    state = "\n".join(f"{path} {path.stat().st_ino} {path.stat().st_mtime_ns}" for path, _ in there)
    if place.exists() and mark.is_file() and mark.read_text(encoding="utf-8") == state:
        return
    new = parts.SCRATCH / place.name
    new.mkdir(parents=True)
    for path, name in there:
        parts.link(path, new / name)
    mark.unlink(missing_ok=True)
    swap.put(new, place)
    mark.write_text(state, encoding="utf-8")


def made(begin: Callable[[], None]) -> list[str]:
    """Bring all parts and the pages up to date; what to say about the network.

    `begin` starts the other editions: first with what is made of words alone, then, where all is
    there that they share with the first, the rest.
    """
    MARKS.mkdir(parents=True, exist_ok=True)
    missing: list[str] = []
    if FIRST:
        parts.renew([Part("signs", _signs, MADE / "signs")])
        missing += parts.renew(first()[:2], WORKERS) + parts.renew(first()[2:])
        vendor = MADE / "vendor"
        joined(STATIC / "vendor", (vendor / "static/vendor", ""), (MADE / "pyodide", "pyodide"))
        joined(BUILD / "tools", (vendor / "tools", ""))
        begin()
        missing += parts.renew([*second(), *findings(), *answers()], WORKERS)
        missing += parts.renew(third(), WORKERS)
        language.SHARED.touch()
        warm(figures())
    else:
        missing += parts.renew(answers(), WORKERS)
        warm(figures())
        language.wait(language.SHARED)
    parts.renew(forms(), WORKERS)
    folders = sorted((MADE / "stored").iterdir())
    joined(STATIC / "stored", *((folder, "") for folder in folders))
    warm(decks())
    pages()  # those of another edition wait for the English ones: see sphinx/editions.py
    if FIRST:
        language.READ.touch()
    parts.renew([Part("homes", _homes, MADE / "homes")])
    warm(embeds())
    for path in sorted(MADE.glob(f"lectures/*/_static/lectures/{parts.SAID}")):
        print(path.read_text(encoding="utf-8"))
    return missing


def warm(some: list[Part]) -> None:
    """Renew parts that need much, from a process that has loaded it if there are many of them."""
    stale = [part for part in some if not part.is_current()]
    if len(stale) <= WORKERS:
        parts.renew(stale, WORKERS)
    else:
        parts.apart(partial(_warm, stale))
        trace.checksum.cache_clear()  # of this process too


def _warm(stale: list[Part]) -> None:
    for module in ("matplotlib.figure", "nbconvert", "pandas"):
        import_module(module)
    parts.renew(stale, WORKERS)


def pages() -> None:
    """Run Sphinx if anything that it reads has changed."""
    from . import pages as sphinx

    code = trace.tree("casebook", suffixes=(".py", ".html", ".j2"))
    static = [f"_build/static/{folder}" for folder in ("stored", "live", "lectures")]
    about = trace.tree(*static, suffixes=(".json",))
    about += ["_build/static/lectures", "casebook/web/assets"]
    names = [*trace.tree("book", "notebooks", "data"), *code, *about, "_config.yml", "_toc.yml"]
    digest = trace.digest([*names, "_build/tools/temml.cjs"])
    now = trace.combined([digest, trace.packages(), _runs()])
    mark = MARKS / "pages"
    if mark.is_file() and mark.read_text(encoding="utf-8") == now and PAGES.is_dir():
        return
    parts.apart(partial(sphinx.build, WORKERS))
    mark.write_text(now, encoding="utf-8")


def _runs() -> str:
    """What the pages say of running a notebook: how much is fetched, which packages there are."""
    lock = BUILD / "lite" / "pyodide-lock.json"
    if not lock.is_file():
        return ""
    told = json.loads(lock.read_text(encoding="utf-8"))
    return f"{round(told['fetched'] / 1e6)} {sorted(told['packages'])}"


def assembled(site: Path, others: language.Others) -> None:
    """Put the parts and the pages together in a folder, and work on them there."""
    parts.link(PAGES, site)
    parts.link(trace.ROOT / "casebook" / "web" / "assets", site / "_static")
    for name in ("vendor", "live", "stored", "lectures"):
        if (STATIC / name).is_dir() and (FIRST or not (STATIC / name).is_symlink()):
            parts.link(STATIC / name, site / "_static" / name)
    if FIRST and (BUILD / "lite").is_dir():
        parts.link(BUILD / "lite", site / "lite")
    for part in (*decks(), *embeds()):
        parts.link(part.place, site)
    for part in forms():
        parts.link(part.place, site / part.name)
    for path in list(site.rglob(".buildinfo")):
        path.unlink()
    parts.apart(partial(_steps, site, OWN if FIRST else (*OWN, PUBLISH)))
    if FIRST:
        for name, folder in others.built():
            language.join(site, folder, name)
        parts.apart(partial(_steps, site, STEPS))


def _steps(site: Path, steps: tuple[str, ...]) -> None:
    for name in steps:
        import_module(name).make(site)


def sources() -> Iterator[str]:
    """All that the site is made from, as far as it stands in the repository."""
    yield from trace.tree("book", "notebooks", "data", "casebook", *language.others())
    yield from ("_config.yml", "_toc.yml", "package.json", "package-lock.json", "pyproject.toml")


def build() -> list[str]:
    """The site, up to date; what to say about the network. Failed leaves it as it was."""
    swap.recover(SITE)
    for folder in (parts.SCRATCH, NEXT):
        swap.remove(folder)
    beside = [*(STATIC / "lectures").glob("*"), *BUILD.glob("*.zip")]
    for root in (trace.ROOT, *map(language.root, language.others() if FIRST else ())):
        beside += (root / "_build" / "print").glob("*")
    media = (f"{p.name} {p.stat().st_size} {p.stat().st_mtime_ns}" for p in beside)
    state = [trace.digest(sources()), trace.packages(), *sorted(media), *provenance.commit()]
    now = trace.combined(state)
    mark = MARKS / "site"
    if mark.is_file() and mark.read_text(encoding="utf-8") == now and SITE.is_dir():
        print(_EXPLAINED)
        return []
    parts.SCRATCH.mkdir(parents=True)
    with language.Others() as others:
        missing = made(others.begin)
        assembled(NEXT, others)
    mark.unlink(missing_ok=True)
    swap.put(NEXT, SITE)
    if not missing:
        mark.write_text(now, encoding="utf-8")
    return missing


def main(*arguments: str) -> None:
    """The command line."""
    # neither the order of a set nor the time of the build may be seen in any file
    # what models find and draw is made once: casebook/numbers.py, casebook/web/pictures.py
    shared = trace.REPOSITORY / "_build" / "parts"
    kept = {"CASEBOOK_FINDINGS": f"{shared}/findings", "CASEBOOK_PICTURES": f"{MADE}/figures"}
    wanted = {"PYTHONHASHSEED": "0", **kept, **provenance.epoch()}
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        command = [sys.executable, "-m", __spec__.name, *arguments]
        os.execve(sys.executable, command, os.environ | wanted)
    try:
        with swap.alone(BUILD / ".lock"):
            missing = build()
    except parts.Failed as error:
        sys.exit(f"{error}\nThe site in {SITE} is the last good one.".lstrip())
    except OSError as error:
        sys.exit(f"{error}\nThe site in {SITE} is the last good one.")
    except KeyboardInterrupt:
        sys.exit(130)
    for line in missing:
        print(line)
    if missing:
        print("make book tries again what is missing.")
        if "--whole" in arguments:
            sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
