"""A notebook in two languages: zh/notebooks/<name>.toml has its Markdown and its strings by cell.

[markdown] has the whole text of each cell of text, [code] the whole code of each cell whose strings
or comments a reader sees; cells of code that are not named are the same in both. The first cell of
code also says the language, so that the notebook speaks it wherever it is opened.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from . import parity

#: What the first cell of code begins with.
SETTING = 'import os\n\nos.environ["CASEBOOK_LANGUAGE"] = "zh"  # 表、图和提示用中文\n\n'


def shape(code: str) -> str:
    """The code without its words: strings masked, fields of f-strings kept."""
    return ast.dump(_Masked().visit(ast.parse(_plain(code))))


def _plain(code: str) -> str:
    return "\n".join(
        "pass" if line.lstrip().startswith(("%", "!")) else line for line in code.splitlines()
    )


class _Masked(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("…") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        fields = [ast.dump(self.visit(v)) for v in node.values if isinstance(v, ast.FormattedValue)]
        return ast.Constant("|".join(sorted(fields)))


def differences(notebook: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    """What the Chinese cells lack or have changed beside words."""
    english = {
        cell["id"]: ("".join(cell["source"]), cell["cell_type"]) for cell in notebook["cells"]
    }
    for kind in set(other) - {"markdown", "code"}:
        yield f"[{kind}]: only [markdown] and [code] are allowed"
    for kind in ("markdown", "code"):
        for name in other.get(kind, {}):
            if english.get(name, ("", ""))[1] != kind:
                yield f"{kind}.{name}: the notebook has no such cell"
    for name, (source, kind) in english.items():
        text = other.get(kind, {}).get(name)
        if text is None:
            if kind == "markdown":
                yield f"markdown.{name}: not translated"
        elif kind == "markdown":
            yield from (f"markdown.{name}: {said}" for said in parity.differences(source, text))
        elif shape(source) != shape(text):
            yield f"code.{name}: more than words differs"
