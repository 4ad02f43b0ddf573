"""What can be downloaded of a client, as links that save a file and ask no server for it.

A link carries its file within: so it works where there is no server, as in a browser's own Python.
"""

from __future__ import annotations

import base64
import importlib
import sys
from collections.abc import Mapping
from html import escape
from importlib.util import find_spec

from .. import clientfile, memo, workbook
from ..memo import Head, Memo
from .client import Client, said

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LETTER = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Ending -> how a browser knows the form, the module that writes it, and the name of its package.
FORMS = {
    "toml": ("application/toml", "", ""),
    "xlsx": (SHEET, "xlsxwriter", "XlsxWriter"),
    "html": ("text/html", "jinja2", "Jinja2"),
    "pdf": ("application/pdf", "typst", "typst"),
    "docx": (LETTER, "docx", "python-docx"),
}


def in_browser() -> bool:
    """Whether this Python runs in a reader's browser."""
    return sys.platform == "emscripten"


def absent() -> dict[str, str]:
    """Ending -> the package that is not here, of the forms that cannot be written."""
    return {
        ending: package
        for ending, (_, module, package) in FORMS.items()
        if module and not find_spec(module)
    }


def contents(client: Client, head: Head) -> Memo:
    """The memo of the last good answer."""
    return memo.content(client.run, client.base, head)


def written(client: Client, ending: str, text: Memo | None = None) -> bytes:
    """One file of the last good answer; `text` is its memo, for the endings that are one.

    ImportError names what is missing, MemoError why a memo cannot be set (a font that is not here).
    """
    if ending == "toml":
        return clientfile.template(client.case, client.record).encode()
    if ending == "xlsx":
        return workbook.written(client.run, client.base)
    room = importlib.import_module(f"casebook.memo.{memo.ENDINGS[f'.{ending}']}")
    data: bytes = room.written(text)
    return data


def made(client: Client, text: Memo) -> tuple[dict[str, bytes], list[str]]:
    """(ending -> file, why others are not there), of all that can be written here."""
    lacking = absent()
    files: dict[str, bytes] = {}
    lines: list[str] = []
    for ending in FORMS:
        if ending in lacking:
            continue
        try:
            files[ending] = written(client, ending, text)
        except memo.MemoError as error:
            lines.append(said("files.failed", label=said(f"files.{ending}"), why=str(error)))
    if lacking:
        labels = ", ".join(said(f"files.{ending}") for ending in lacking)
        key = "files.absent_browser" if in_browser() else "files.absent"
        lines.append(said(key, list=labels, packages=", ".join(lacking.values())))
    return files, lines


def links(case: str, files: Mapping[str, bytes]) -> str:
    """A link for each file, as HTML."""
    return "".join(
        f"<a class='cb-desk-link' download='{case}.{ending}' "
        f"href='data:{FORMS[ending][0]};base64,{base64.b64encode(data).decode()}'>"
        f"{escape(said('files.size', label=said(f'files.{ending}'), size=len(data) // 1000 + 1))}"
        "</a>"
        for ending, data in files.items()
    )
