"""The rooms of the package: each imports only what is below it, and the models need numpy alone."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "casebook"
#: From the ground up. A room may import the floors below it, and on its own floor the rooms that
#: are named before it.
FLOORS = (
    ("_checks", "words"),
    ("timevalue", "distributions", "figures"),
    ("shape", "loans", "credit"),
    ("projectfinance", "profitability", "workout", "captable"),
    ("published", "cases", "typology", "theory", "bank", "strategies", "outlook"),
    ("models", "numbers", "explore"),
    ("web",),
)
ORDER = [room for floor in FLOORS for room in floor]
#: The floors of formulas and models: they start fast in a browser. Only charts draw.
LEAN = [room for floor in FLOORS[:5] for room in floor if room != "figures"]
FILES = {
    "/".join(path.relative_to(PACKAGE).with_suffix("").parts): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "__init__.py"
}


def imports(name: str, source: str, *, late: bool = True) -> Iterator[str]:
    """Full names of the modules that a file of the package imports; `late` also in functions."""
    here = ["casebook", *name.split("/")]
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: -node.level], *(node.module or "").split(".")] if node.level else [
                node.module or ""]  # fmt: skip
            yield from (".".join(filter(None, [*base, alias.name])) for alias in node.names)
        elif late or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += ast.iter_child_nodes(node)


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


def test_every_room_has_a_floor() -> None:
    assert {name.split("/")[0] for name in FILES} == set(ORDER)


def test_a_room_imports_only_what_is_below_it() -> None:
    assert not set().union(*(upward(name, source) for name, source in FILES.items()))


@pytest.mark.parametrize("room", LEAN)
def test_formulas_and_models_need_numpy_alone(room: str) -> None:
    for name, source in FILES.items():
        if name.split("/")[0] == room and not name.endswith("/charts"):
            assert foreign(name, source) <= {"numpy"}, name


def test_an_import_that_goes_up_or_weighs_is_seen() -> None:
    assert upward("credit", "from .cases import problem") == {("credit", "cases")}
    assert upward("cases/x", "def f():\n    from ..web import explorer") == {("cases/x", "web")}
    assert upward("cases/x", "from .. import credit, explore") == {("cases/x", "explore")}
    assert not upward("theory/x", "from ..shape import Array\nfrom . import loan")
    assert foreign("cases/x", "if True:\n    import pandas as pd\nimport numpy") >= {"pandas"}
    assert not foreign("cases/x", "def f():\n    import pandas\nfrom . import y\nimport csv")
