"""The house: rooms and their order, faces, lengths, names, docstrings. See docs/architecture.md."""

from __future__ import annotations

import ast
import functools
import importlib
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "casebook"
#: From the ground up. A room may import the floors below it, and on its own floor the rooms that
#: are named before it.
FLOORS = (
    ("_moved", "_checks", "words", "_reading", "_whole"),
    ("timevalue", "distributions", "palette", "widths", "letters", "figures"),
    ("shape", "loans", "credit"),
    ("projectfinance", "profitability", "workout", "captable", "rounding", "lifetime"),
    ("published", "cases", "typology", "theory", "bank", "strategies", "outlook"),
    (
        "models",
        "numbers",
        "workbook",
        "clientfile",
        "study",
        "clientbook",
        "explore",
        "memo",
        "desk",
        "forms",
        "teach",
    ),
    ("web", "commands", "__main__"),
)
ORDER = [room for floor in FLOORS for room in floor]
#: The floors of formulas and models: they start fast in a browser. Only charts draw.
LEAN = [room for floor in FLOORS[:5] for room in floor if room != "figures"]
#: The rooms of formulas: their public functions are the book's vocabulary.
FORMULAS = (
    "timevalue", "distributions", "loans", "credit", "projectfinance", "profitability", "workout",
    "captable", "rounding",
)  # fmt: skip
#: Models: a folder each. Inside them the dialect holds.
MODELS = ("cases", "theory", "strategies", "outlook")
#: Files that tell one thing in order, or are lists of independent pairs, may be longer than 400.
WHOLE = {"bank/generate", "timevalue", "credit", "projectfinance"}
LONGEST_FILE, LONGEST_CHARTS, LONGEST_FUNCTION = 400, 600, 80
#: Functions that walk through the months or periods of a run in one loop: not cut.
LOOPS = {
    ("bank/generate", "_month"),
    ("cases/problem/paths", "run"),
    ("cases/transactional/firm_and_loan", "paths"),
    ("projectfinance", "waterfall"),
}
#: The dialect of the models: assumptions, draws, a result, a view; a number of things; a value.
LETTERS = {"a", "d", "r", "v", "n", "x"}
#: One word for one thing: what a definition may not be called -> what it is called.
WORDS = {
    "many": "run_scenarios",
    "one_at_a_time": "tornado_rows",
    "source": "uniform_source",
    "swings": "tornado",
    "SWINGS": "TORNADO",
    "MOVES": "TORNADO",
    "identities": "checks",
    "Warning": "EarlyWarning",
    "YEAR": "MONTHS_A_YEAR",
    "PD_FLOOR": "credit.PD_FLOOR",
    "DUST": "shape.DUST",
}
#: The one place of a word that has one.
HOMES = {"PD_FLOOR": "credit", "DUST": "shape/search", "swings": "figures/parts"}

FILES = {
    "/".join(path.relative_to(PACKAGE).with_suffix("").parts): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "__init__.py"
}
FACES = [name for name in FILES if name.endswith("/__init__")]
Function = ast.FunctionDef | ast.AsyncFunctionDef
each_file = pytest.mark.parametrize("name", FILES)


@functools.cache
def parsed(name: str) -> ast.Module:
    """A file of the package, parsed."""
    return ast.parse(FILES[name])


@functools.cache
def imports(name: str, source: str, *, late: bool = True) -> tuple[str, ...]:
    """Full names of the modules that a file of the package imports; `late` also in functions."""
    here = ["casebook", *name.split("/")]
    waiting: list[ast.AST] = [parsed(name) if FILES.get(name) == source else ast.parse(source)]
    found: list[str] = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: -node.level], *(node.module or "").split(".")] if node.level else [
                node.module or ""]  # fmt: skip
            found += (".".join(filter(None, [*base, alias.name])) for alias in node.names)
        elif late or not isinstance(node, Function):
            waiting += ast.iter_child_nodes(node)
    return tuple(found)


def upward(name: str, source: str) -> set[tuple[str, str]]:
    """(file, room) of every import of a room that is not below the file's own."""
    own = name.split("/")[0]
    below = {own, *ORDER[: ORDER.index(own)]}
    rooms = {m.split(".")[1] for m in imports(name, source) if m.startswith("casebook.")}
    return {(name, room) for room in rooms & set(ORDER) if room not in below}


def foreign(name: str, source: str) -> set[str]:
    """The packages from elsewhere that a file needs in order to be imported."""
    tops = {m.split(".")[0] for m in imports(name, source, late=False)}
    return tops - set(sys.stdlib_module_names) - {"casebook"}


@functools.cache
def functions(tree: ast.AST) -> list[Function]:
    """Every function of a file, those within classes and functions too."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def public(tree: ast.Module) -> Iterator[ast.AST]:
    """The definitions of a file that have no underscore, and the public methods of its classes."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (m for m in node.body
                            if isinstance(m, Function) and not m.name.startswith("_"))  # fmt: skip


def is_model(name: str) -> bool:
    """Whether a file is a room of a model that computes."""
    parts = name.split("/")
    return parts[0] in MODELS and len(parts) == 3 and parts[2] != "charts"


# ------------------------------------------------------------------------------------- rooms


def test_every_room_has_a_floor() -> None:
    assert {name.split("/")[0] for name in FILES} == set(ORDER)


def test_a_room_imports_only_what_is_below_it() -> None:
    assert not set().union(*(upward(name, source) for name, source in FILES.items()))


def test_no_circle() -> None:
    """No file needs a file that needs it, by whatever way; a face stands for its rooms."""
    needs: dict[str, set[str]] = defaultdict(set)
    for name, source in FILES.items():
        for full in imports(name, source):
            if not full.startswith("casebook."):
                continue
            path = full.removeprefix("casebook.").replace(".", "/")
            for place in (path, f"{path}/__init__", path.rpartition("/")[0],
                          f"{path.rpartition('/')[0]}/__init__"):  # fmt: skip
                if place in FILES and place != name:
                    needs[name].add(place)
                    break
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join([*way[way.index(name) :], name])
        if name not in done:
            for other in needs[name]:
                visit(other, (*way, name))
            done.add(name)

    for name in FILES:
        visit(name, ())


@pytest.mark.parametrize("room", LEAN)
def test_formulas_and_models_need_numpy_alone(room: str) -> None:
    for name, source in FILES.items():
        if name.split("/")[0] == room and not name.endswith("/charts"):
            assert foreign(name, source) <= {"numpy"}, name


def test_charts_draw_and_nothing_else_does() -> None:
    """matplotlib is for charts and figures; a live page also sets it up."""
    draws = {name for name, source in FILES.items() if "matplotlib" in foreign(name, source)}
    charts = {name for name in FILES if name.endswith("/charts")}
    rooms = {name for name in draws - charts if not name.startswith("figures/")}
    assert rooms <= {"web/explorer/bundle"}
    for name in charts:
        assert foreign(name, FILES[name]) <= {"numpy", "matplotlib"}, name


def test_an_import_that_goes_up_or_weighs_is_seen() -> None:
    assert upward("credit", "from .cases import problem") == {("credit", "cases")}
    assert upward("cases/x", "def f():\n    from ..web import explorer") == {("cases/x", "web")}
    assert upward("cases/x", "from .. import credit, explore") == {("cases/x", "explore")}
    assert not upward("theory/x", "from ..shape import Array\nfrom . import loan")
    assert foreign("cases/x", "if True:\n    import pandas as pd\nimport numpy") >= {"pandas"}
    assert not foreign("cases/x", "def f():\n    import pandas\nfrom . import y\nimport csv")


# ------------------------------------------------------------------------------------- faces


@pytest.mark.parametrize("name", [*FACES, *FORMULAS, "models", "numbers", "words"])
def test_a_face_says_what_there_is(name: str) -> None:
    module = importlib.import_module("casebook." + name.removesuffix("/__init__").replace("/", "."))
    assert module.__doc__
    if not FILES[name].split('"""')[2].strip():
        return  # a folder with nothing to call
    assert all(hasattr(module, x) and not x.startswith("_") for x in module.__all__)
    assert dir(module) == sorted(module.__all__)


@pytest.mark.parametrize(
    "name", [n for n in FACES if n.split("/")[0] in MODELS and n.count("/") == 2]
)
def test_a_model_has_the_shape_of_all_models(name: str) -> None:
    module = importlib.import_module("casebook." + name.removesuffix("/__init__").replace("/", "."))
    shape = {"assumptions", "sample", "simulate", "figure", "findings", "FIGURES"}
    assert shape <= set(module.__all__)
    assert len((module.__doc__ or "").splitlines()) >= 10, "the story"
    assert ">>>" in (module.__doc__ or ""), "an example"


# ------------------------------------------------------------------------------- lengths, words


@each_file
def test_files_and_functions_are_short(name: str) -> None:
    lines = FILES[name].count("\n")
    if name not in WHOLE:
        assert lines <= (LONGEST_CHARTS if name.endswith("/charts") else LONGEST_FILE)
    for node in functions(parsed(name)):
        length = (node.end_lineno or 0) - node.lineno + 1
        assert length <= LONGEST_FUNCTION or (name, node.name) in LOOPS, node.name


def test_what_may_be_longer_is_there_and_is() -> None:
    assert set(FILES) >= WHOLE
    for name, function in LOOPS:
        (node,) = (n for n in functions(parsed(name)) if n.name == function)
        assert (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION, function


@each_file
def test_what_is_public_has_a_docstring(name: str) -> None:
    assert ast.get_docstring(parsed(name)), "the room"
    for node in public(parsed(name)):
        overload = any("overload" in ast.dump(d) for d in node.decorator_list)
        assert overload or ast.get_docstring(node), node.name


@pytest.mark.parametrize("name", [n for n in FILES if is_model(n) or n.startswith("bank/")])
def test_every_function_of_a_model_says_what_it_does(name: str) -> None:
    for node in parsed(name).body:
        if isinstance(node, Function) and not any("overload" in ast.dump(d)
                                                  for d in node.decorator_list):  # fmt: skip
            assert ast.get_docstring(node), node.name


@pytest.mark.parametrize("name", [n for n in FILES if is_model(n)])
def test_letters_are_those_of_the_dialect(name: str) -> None:
    for node in functions(parsed(name)):
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        letters = {a.arg for a in given if len(a.arg) == 1} - LETTERS
        assert not letters, (node.name, letters)


@each_file
def test_one_word_for_one_thing(name: str) -> None:
    for node in parsed(name).body:
        names = [node.name] if isinstance(node, Function | ast.ClassDef) else [
            n.id for n in ast.walk(node)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        ] if isinstance(node, ast.Assign | ast.AnnAssign) else []  # fmt: skip
        for word in {n.lstrip("_") for n in names} & set(WORDS):
            assert HOMES.get(word) == name, f"{word}: say {WORDS[word]}"


@each_file
def test_a_local_has_no_name_of_a_public_function_of_its_file(name: str) -> None:
    here = {n.name for n in parsed(name).body if isinstance(n, Function)}
    for node in functions(parsed(name)) if here else []:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                assert part.id not in here, (node.name, part.id)
            elif isinstance(part, ast.arg) and name not in FORMULAS:
                # there an argument may have the field's word for it: sculpted_debt(cfads, dscr, …)
                assert part.arg not in here, (node.name, part.arg)
