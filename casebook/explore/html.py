"""The explorer in plain HTML: its table, and the element that a page's script brings to life."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from ..words import catalogue, word
from .control import Control

#: A row of the table: label, and the numbers of its columns.
Row = tuple[str, ...]


def table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """The key numbers; `columns` names the words of the heads, `explorer.<column>`."""
    head = "".join(f"<th scope='col'>{word(f'explorer.{c}')}</th>" for c in columns)
    body = "".join(
        f"<tr><th scope='row'>{escape(label)}</th>"
        + "".join(f"<td>{escape(number)}</td>" for number in numbers)
        + "</tr>"
        for label, *numbers in rows
    )
    return (
        f"<table class='cb-key-numbers'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def note(controls: Sequence[Control], *, live: bool) -> str:
    """What a reader is told who has no kernel: which assumptions move, and where."""
    names = ", ".join(within_a_sentence(c.spec.label) for c in controls)
    text = word("explorer.static" if live else "explorer.unavailable", list=names)
    return f"<p class='cb-explorer-note'>{escape(text)}</p>"


def static(name: str, numbers: str, controls: Sequence[Control]) -> str:
    """The explorer of the model `name` in a stored notebook: `numbers`, its table, and a note.

    The figure is left out here to keep stored notebooks small; the book's build adds it.
    """
    return (
        f"<casebook-explorer case='{name}'>{numbers}{note(controls, live=True)}</casebook-explorer>"
    )


def page(
    name: str,
    figure: str,
    numbers: str,
    controls: Sequence[Control],
    live: str = "",
    size: int = 0,
) -> str:
    """The explorer on a page: base figure, controls, table, and the words its script needs.

    `figure` is the HTML of the base figure, `live` where the script finds Python and `size` its
    bytes (without them the words `explorer.unavailable` are shown). The controls are hidden until
    the script is there; without it nothing promises to move.
    """
    data = {
        "live": live,
        "size": size,
        "words": {k: v for k, v in catalogue()["explorer"].items() if k.startswith("live_")},
        "controls": {c.spec.name: {"values": c.values, "texts": c.texts} for c in controls},
    }
    # "</" would end the script element
    script = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    rows = "".join(control_html(f"{name}-{c.spec.name}", c) for c in controls)
    actions = "".join(
        f"<button type='button' data-do='{do}'>{escape(word(f'explorer.{do}'))}</button>"
        for do in ("reset", "link", "csv")
    )
    compare = (
        "<label class='cb-check'><input type='checkbox' data-do='compare'>"
        f"{escape(word('explorer.compare'))}</label>"
    )
    return (
        f"<casebook-explorer case='{name}' id='explore-{name}'>{figure}"
        f"<form class='cb-controls' aria-label='{escape(word('explorer.sliders'))}' hidden>"
        f"{rows}<div class='cb-actions'>{actions}{compare}</div></form>"
        f"<p class='cb-status' role='status' aria-live='polite'></p>{numbers}"
        f"{note(controls, live=bool(live))}"
        f"<script type='application/json'>{script}</script></casebook-explorer>"
    )


def control_html(ident: str, control: Control) -> str:
    """A native control: a range over the places of its values, or a list of choices."""
    spec = control.spec
    label = f"<label for='{ident}'>{escape(spec.label)}</label>"
    shared = f"id='{ident}' name='{spec.name}'"
    if spec.choices:
        options = "".join(
            f"<option value='{i}'{' selected' if i == control.at else ''}>{escape(text)}</option>"
            for i, text in enumerate(control.texts)
        )
        return f"<div class='cb-control'>{label}<select {shared}>{options}</select></div>"
    text = escape(control.texts[control.at])
    return (
        f"<div class='cb-control'>{label}<output for='{ident}'>{text}</output><input type='range' "
        f"{shared} min='0' max='{len(control.values) - 1}' value='{control.at}' "
        f"aria-valuetext='{text}'></div>"
    )


def within_a_sentence(label: str) -> str:
    """A label that no longer starts its line: DSCR stays DSCR."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
