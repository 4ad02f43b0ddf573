"""Small faults, put one at a time into the formulas and the models: what `mutation` draws from.

A fault is a change of a formula that a tired author could make: a sign, a bound, a factor of 1.1, a
term left out, two arguments swapped. Pictures, words, messages, errors and what only makes a run
faster (`_SILENT`) are left alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FORMULAS = ("timevalue", "loans", "credit", "projectfinance", "profitability", "workout",
            "captable", "rounding", "distributions")  # fmt: skip
ROOMS = ("lifetime", "cases", "theory/loan", "strategies", "outlook", "typology", "shape")
#: Rooms of pictures, of words and of what a model is, which compute nothing.
NOTHING = {"charts.py", "__init__.py", "__main__.py", "shape/model.py", "drawing.py"}
#: Names whose value changes speed, the fineness of a picture, or which draws come: no formula.
_SILENT = {"CHUNK", "maxsize", "points", "n", "seed", "size", "largest_balance", "steps", "LEAST",
           "dtype", "tol", "atol", "DUST"}  # fmt: skip

_SIGNS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
#: The other side, and the bound itself.
_ORDER: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OTHER = {"min": "max", "minimum": "maximum", "argmin": "argmax", "any": "all", "floor": "ceil",
          "sum": "mean", "flatnonzero": "argwhere", "nanmin": "nanmax", "norm_cdf": "norm_pdf",
          "zeros": "ones", "zeros_like": "ones_like"}  # fmt: skip
_OTHER |= {v: k for k, v in _OTHER.items()}
#: Calls of which the first argument alone is left.
_DROPPED = {"cumsum", "cumprod", "exp", "log", "sqrt", "clip", "maximum", "minimum", "abs", "diff",
            "max", "min", "expm1", "log1p", "round"}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: where it is, and the text before and after."""

    file: Path
    line: int
    before: str
    after: str
    site: int  # which node of the tree, in the order of `_nodes`
    turn: int  # which of its faults

    @property
    def module(self) -> str:
        """The module's dotted name."""
        return ".".join(self.file.relative_to(ROOT).with_suffix("").parts)

    def __str__(self) -> str:
        where = f"{self.file.relative_to(ROOT)}:{self.line}"
        return f"{where}  {self.before}  ->  {self.after}"


def files() -> list[Path]:
    """The formulas and the rooms of the models that compute something."""
    found = [ROOT / "casebook" / f"{name}.py" for name in FORMULAS]
    for room in ROOMS:
        found += sorted((ROOT / "casebook" / room).rglob("*.py"))
    found.append(ROOT / "casebook/bank/calibration.py")
    return [f for f in found if not {f.name, f"{f.parent.name}/{f.name}"} & NOTHING]


def mutants(file: Path) -> list[Mutant]:
    """Every fault that can be put into a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = []
    for site, node in enumerate(_nodes(tree)):
        for turn, other in enumerate(_faults(node)):
            before, after = ast.unparse(node), ast.unparse(other)
            if before != after:
                found.append(Mutant(file, node.lineno, _short(before), _short(after), site, turn))
    return found


def mutated(m: Mutant) -> ast.Module:
    """The tree of the file with the fault in it."""
    tree = ast.parse(m.file.read_text(encoding="utf-8"))
    node = list(_nodes(tree))[m.site]
    other = list(_faults(node))[m.turn]

    class Put(ast.NodeTransformer):
        def visit(self, x: ast.AST) -> ast.AST:
            return ast.copy_location(other, x) if x is node else self.generic_visit(x)

    return ast.fix_missing_locations(Put().visit(tree))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:87] + "..."


def _nodes(tree: ast.Module) -> Iterator[ast.expr]:
    """The expressions of a module that compute something, parents first."""

    def walk(node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.expr):
            yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_params", "bases"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _silent(child):
                    if isinstance(child, ast.arguments):
                        yield from (x for d in _defaults(child) for x in walk(d))
                    else:
                        yield from walk(child)

    return walk(tree)


def _defaults(arguments: ast.arguments) -> Iterator[ast.expr]:
    """What arguments are if they are not given, those apart that compute nothing."""
    named = (arguments.posonlyargs + arguments.args)[::-1]
    pairs = list(zip(named, arguments.defaults[::-1], strict=False))
    pairs += [(k, d) for k, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d]
    return (d for k, d in pairs if k.arg not in _SILENT)


def _silent(node: ast.AST) -> bool:
    """Whether nothing below this node is a formula."""
    if isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.If):
        return isinstance(node.body[0], ast.Raise)
    if isinstance(node, ast.keyword):
        return node.arg in _SILENT
    if isinstance(node, ast.Assign | ast.AnnAssign):
        to = node.targets[0] if isinstance(node, ast.Assign) else node.target
        words = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "TypeVar"
        return words or (isinstance(to, ast.Name) and (to.id in _SILENT or to.id == "__all__"))
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _faults(node: ast.expr) -> Iterator[ast.expr]:
    """What could stand in the place of an expression, by its kind."""
    kinds: dict[type, Callable[..., Iterator[ast.expr]]] = {
        ast.BinOp: _sums,
        ast.BoolOp: _both,
        ast.UnaryOp: _unary,
        ast.Compare: _compared,
        ast.Constant: _numbers,
        ast.IfExp: _choice,
        ast.Call: _calls,
        ast.Tuple: _swapped,
    }
    yield from kinds.get(type(node), lambda _: iter(()))(node)


def _sums(node: ast.BinOp) -> Iterator[ast.expr]:
    for kind in _SIGNS.get(type(node.op), ()):
        yield ast.BinOp(node.left, kind(), node.right)
    if type(node.op) in _SIGNS and not _text(node):
        yield node.left
        if not isinstance(node.op, ast.Pow | ast.FloorDiv | ast.Mod):
            yield node.right


def _text(node: ast.BinOp) -> bool:
    return any(isinstance(x, ast.Constant) and isinstance(x.value, str) for x in ast.walk(node))


def _both(node: ast.BoolOp) -> Iterator[ast.expr]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _unary(node: ast.UnaryOp) -> Iterator[ast.expr]:
    if isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield node.operand


def _compared(node: ast.Compare) -> Iterator[ast.expr]:
    for kind in _ORDER.get(type(node.ops[0]), ()):
        yield ast.Compare(node.left, [kind(), *node.ops[1:]], node.comparators)


def _numbers(node: ast.Constant) -> Iterator[ast.expr]:
    x = node.value
    if isinstance(x, bool):
        yield ast.Constant(not x)
    elif isinstance(x, int):
        yield ast.Constant(x + 1)
        if x > 0:
            yield ast.Constant(x - 1)
    elif isinstance(x, float) and (x == 0.0 or 1e-6 < abs(x) < 1e9):  # no guard against zero
        yield ast.Constant(x * 1.1 if x else 0.1)


def _choice(node: ast.IfExp) -> Iterator[ast.expr]:
    yield ast.IfExp(node.test, node.orelse, node.body)


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if name in _OTHER:
        other = copy.copy(func)
        if isinstance(other, ast.Attribute):
            other.attr = _OTHER[name]
        else:
            other = ast.Name(_OTHER[name], ast.Load())
        yield ast.Call(other, node.args, node.keywords)
    first = node.args[0] if node.args else None
    if name in _DROPPED and first and not isinstance(first, ast.Starred | ast.GeneratorExp):
        yield first
    if len(node.args) > 1 and all(isinstance(x, ast.Name | ast.Attribute) for x in node.args[:2]):
        yield ast.Call(func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)


def _swapped(node: ast.Tuple) -> Iterator[ast.expr]:
    alike = all(isinstance(x, ast.Name | ast.Attribute | ast.BinOp) for x in node.elts)
    if len(node.elts) > 1 and alike and isinstance(node.ctx, ast.Load):
        yield ast.Tuple([node.elts[1], node.elts[0], *node.elts[2:]], ast.Load())
