"""Arithmetic and comparisons over the numbers of a run, as a bank writes them.

    restructure.value - failed.value                  paths are those of `casebook.numbers`
    100 * abs(advantage) / owed                       + - * / ** ( ) min max abs round sum
    advantage > 0 and needed_at_most < 0.5            < <= > >= == != with and, or, not
    at("stop_months=9", failed.value)                 the same run with assumptions changed

Nothing else of Python is allowed. A name is looked up by whoever evaluates: see `Numbers`.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Protocol

from ..words import joined
from .errors import TeachError, refused

#: The longest expression and the highest power, so that a slip of the pen cannot stop a build.
LONGEST, HIGHEST = 400, 1000
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": lambda x, digits=0: round(x, int(digits)),
    "sum": lambda *parts: math.fsum(parts),
}


class Numbers(Protocol):
    """Where the names of an expression are looked up."""

    def value(self, path: str) -> Any:
        """The number of a path; KeyError says what is allowed."""

    def at(self, setting: str) -> Numbers:
        """The same with assumptions changed: `name=value`, several with commas."""


def value(text: str, of: Numbers) -> float:
    """What an expression gives; TeachError if it is no finite number."""
    found = _evaluated(text, of)
    if isinstance(found, (bool, str)) or not isinstance(found, (int, float)):
        raise refused("number", text, value=found)
    if not math.isfinite(found):
        raise refused("not_finite", text, value=found)
    return float(found)


def truth(text: str, of: Numbers) -> bool:
    """Whether a comparison holds; TeachError if the expression is none."""
    found = _evaluated(text, of)
    if not isinstance(found, bool):
        raise refused("no_truth", text, value=found)
    return found


def paths(text: str) -> tuple[str, ...]:
    """The paths of an expression in the order of their first use; TeachError as `parsed`."""
    found: dict[str, None] = {}
    waiting: list[ast.AST] = [parsed(text)]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Name | ast.Attribute):
            found[_path(node, text)] = None
        elif isinstance(node, ast.Call):
            waiting += node.args
        else:
            waiting += ast.iter_child_nodes(node)
    return tuple(found)


@cache
def parsed(text: str) -> ast.expr:
    """The expression as a tree that has nothing but what is allowed; TeachError says what has."""
    if len(text) > LONGEST:
        raise refused("longer", f"{text[:60]}…", most=LONGEST)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise refused("no_expression", text, list=joined(FUNCTIONS)) from None
    for node in _parts(tree, text):
        if isinstance(node, ast.Name | ast.Attribute):
            _path(node, text)
    return tree


def _parts(tree: ast.AST, text: str) -> Iterator[ast.AST]:
    """Every part of a tree but what stands inside a path; TeachError for one not allowed."""
    yield tree
    inside: list[ast.AST] = []
    match tree:
        case ast.Name() | ast.Attribute():
            return
        case ast.Constant(value=kind) if isinstance(kind, (int, float, str)):
            return
        case ast.BinOp() | ast.UnaryOp() if type(tree.op) in OPERATORS:
            inside = [tree.left, tree.right] if isinstance(tree, ast.BinOp) else [tree.operand]
        case ast.BoolOp():
            inside = list(tree.values)
        case ast.Compare() if all(type(op) in COMPARISONS for op in tree.ops):
            inside = [tree.left, *tree.comparators]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if args:
            inside = list(args)
            setting = args[0] if name == "at" else None
            right = isinstance(setting, ast.Constant) and isinstance(setting.value, str)
            if name not in FUNCTIONS and not (right and len(inside) == 2):
                raise refused("call", text, name=name)
        case _:
            kind = type(tree).__name__
            raise refused("part", text, kind=kind, list=joined(FUNCTIONS))
    for node in inside:
        yield from _parts(node, text)


def _path(node: ast.AST, text: str) -> str:
    """The path of names joined by points."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise refused("dotted", text)
    return ".".join([node.id, *parts])


def _evaluated(text: str, of: Numbers) -> Any:
    """What an expression gives, of whatever kind; TeachError says why it gives nothing."""
    tree = parsed(text)
    try:
        return _of(tree, of, text)
    except KeyError as error:
        raise TeachError(f"{text}: {error.args[0]}") from None
    except ZeroDivisionError:
        raise refused("zero", text) from None
    except (OverflowError, TypeError, ValueError) as error:
        if isinstance(error, TeachError):
            raise
        raise TeachError(f"{text}: {error}") from None


def _of(node: ast.AST, of: Numbers, text: str) -> Any:
    """What a part of a tree gives."""
    match node:
        case ast.Name() | ast.Attribute():
            return of.value(_path(node, text))
        case ast.Constant():
            return node.value if isinstance(node.value, (str, bool)) else float(str(node.value))
        case ast.BinOp():
            left, right = _of(node.left, of, text), _of(node.right, of, text)
            if isinstance(left, str) or isinstance(right, str):
                raise refused("text", text)
            if isinstance(node.op, ast.Pow) and abs(right) > HIGHEST:
                raise refused("power", text, most=HIGHEST)
            return OPERATORS[type(node.op)](left, right)
        case ast.UnaryOp():
            return OPERATORS[type(node.op)](_of(node.operand, of, text))
        case ast.BoolOp():
            found = [_of(part, of, text) for part in node.values]
            return all(found) if isinstance(node.op, ast.And) else any(found)
        case ast.Compare():
            sides = [_of(part, of, text) for part in (node.left, *node.comparators)]
            return all(
                bool(COMPARISONS[type(op)](sides[i], sides[i + 1])) for i, op in enumerate(node.ops)
            )
        case ast.Call(func=ast.Name(id="at"), args=[ast.Constant(value=setting), inner]):
            return _of(inner, of.at(str(setting)), text)
        case ast.Call(func=ast.Name(id=name)):
            return FUNCTIONS[name](*(_of(part, of, text) for part in node.args))
    raise AssertionError("`parsed` lets nothing else through")
