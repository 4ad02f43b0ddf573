"""The explorer in plain HTML: its table, and the element that a page's script brings to life."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..shape import Value
from ..words import catalogue, joined, scale, word
from .control import Control

#: A row of the table: label, and the numbers of its columns.
Row = tuple[str, ...]
#: Controls that are always in view, the most telling ones; the others are folded, unless there is
#: just one of them.
TELLING = 4
#: What a reader can do, beside moving: with the sliders, and with what they show.
STEPS = ("undo", "redo", "reset", "pin_a", "pin_b")
USES = ("link", "png", "svg", "csv", "xlsx", "print", "embed", "present")


@dataclass(frozen=True)
class Site:
    """Where the script finds what it needs, as addresses from the page; "" is not there.

    `live` has Python and `size` are its bytes; `stored` has the stored answers of a `version`,
    `each` in a file;
    `embed` is the explorer alone, to be shown elsewhere, and `home` the page of the book where it
    is shown elsewhere now; `own` is the file of a client of the reader's own, from which it starts.
    """

    live: str = ""
    size: int = 0
    stored: str = ""
    version: str = ""
    each: int = 0
    embed: str = ""
    home: str = ""
    own: str = ""


#: A page that is built without Python for the browser.
NOWHERE = Site()


@dataclass(frozen=True)
class Told:
    """What an explorer shows in its base case.

    `panels` names the parts of the figure; `shown` has place in the table, label and number of the
    numbers beside it.
    """

    name: str
    title: str
    panels: Sequence[str]
    figure: str
    table: str
    shown: Sequence[tuple[int, str, str]]
    presets: Sequence[Mapping[str, Value]]
    metrics: Mapping[str, Any]


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
    names = joined(within_a_sentence(c.spec.label) for c in controls)
    text = word("explorer.static" if live else "explorer.unavailable", list=names)
    return f"<p class='cb-explorer-note'>{escape(text)}</p>"


def static(name: str, numbers: str, controls: Sequence[Control]) -> str:
    """The explorer of the model `name` in a stored notebook: `numbers`, its table, and a note.

    The figure is left out here to keep stored notebooks small; the book's build adds it.
    """
    return (
        f"<casebook-explorer case='{name}'>{numbers}{note(controls, live=True)}</casebook-explorer>"
    )


def page(told: Told, controls: Sequence[Control], site: Site) -> str:
    """The explorer on a page: figure, controls, numbers, and the words its script needs.

    The controls are hidden until the script is there; without it nothing promises to move.
    """
    name = told.name
    # what a client of one's own is stays on the page: no link to it, and no embedded copy
    uses = [do for do in USES if do not in ("link", "embed") or not site.own]
    uses = [do for do in uses if do != "embed" or site.embed]
    tabs = "".join(
        f"<button type='button' role='tab' id='{name}-tab-{k}' aria-selected='false'>"
        f"{escape(text)}</button>"
        for k, text in enumerate(told.panels)
    )
    return (
        f"<casebook-explorer case='{name}' id='explore-{name}'>"
        "<div class='cb-stage'><div class='cb-picture'>"
        f"<div class='cb-headline' hidden></div>"
        f"<div class='cb-tabs' role='tablist' aria-label='{_word('panels')}' hidden>{tabs}</div>"
        f"{told.figure}<p class='cb-key' hidden></p><div class='cb-state' hidden></div></div>"
        f"{_form(name, controls)}{_numbers(told.shown)}</div>"
        "<div class='cb-loaded' hidden></div><div class='cb-pins' hidden></div>"
        f"<div class='cb-actions' hidden>{_buttons(STEPS, 'moves')}"
        f"{_buttons(uses, 'uses')}</div>"
        f"{_own(site) if site.live else ''}"
        "<p class='cb-status' role='status' aria-live='polite'></p>"
        f"<details class='cb-all'><summary>{_word('all')}</summary>{told.table}</details>"
        f"{note(controls, live=bool(site.live))}"
        f"<script type='application/json'>{_script(told, controls, site)}</script>"
        "</casebook-explorer>"
    )


def _script(told: Told, controls: Sequence[Control], site: Site) -> str:
    """What the script needs, as JSON."""
    data = {
        "live": site.live,
        "size": site.size,
        "stored": {"from": site.stored, "version": site.version, "each": site.each}
        if site.stored
        else None,
        "embed": site.embed,
        "home": site.home,
        "own": site.own or None,
        "heading": told.title,
        "presets": told.presets,
        "metrics": told.metrics,
        "words": {k: v for k, v in catalogue()["explorer"].items() if k.startswith("live_")},
        "controls": {
            c.spec.name: {
                "label": c.spec.label,
                "values": c.values,
                "texts": c.texts,
                "at": c.at,
                "scale": 1.0 if c.spec.choices else scale(c.spec.unit),
            }
            for c in controls
        },
    }
    # "</" would end the script element
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _form(name: str, controls: Sequence[Control]) -> str:
    """The controls, those behind the telling ones folded."""
    rows = [control_html(f"{name}-{c.spec.name}", c) for c in controls]
    first = len(rows) if len(rows) == TELLING + 1 else TELLING
    more = (
        f"<details class='cb-more'><summary>{_word('more', count=len(rows) - first)}</summary>"
        f"<div class='cb-rows'>{''.join(rows[first:])}</div></details>"
        if rows[first:]
        else ""
    )
    return (
        f"<form class='cb-controls' aria-label='{_word('sliders')}' hidden>"
        f"<div class='cb-rows'>{''.join(rows[:first])}</div>{more}</form>"
    )


def _numbers(shown: Sequence[tuple[int, str, str]]) -> str:
    """The numbers beside the figure, each with that of the base case and how it differs."""
    cells = "".join(
        f"<div data-row='{row}'><dt>{escape(label)}</dt><dd><b>{escape(number)}</b>"
        f"<p><span class='cb-base'>{_word('base_is', number=number)}</span> "
        "<span class='cb-change'></span></p></dd></div>"
        for row, label, number in shown
    )
    return f"<dl class='cb-shown'>{cells}</dl>"


def _buttons(names: Sequence[str], group: str) -> str:
    """The buttons of a group; those of the moves have the box that keeps the base in view."""
    mark = " data-use" if group == "uses" else ""
    buttons = "".join(
        f"<button type='button' data-do='{do}'{mark}>{_word(do)}</button>" for do in names
    )
    box = (
        "<label class='cb-check'><input type='checkbox' data-do='compare'>"
        f"{_word('compare')}</label>"
    )
    return f"<div role='group' aria-label='{_word(group)}'>{buttons}{'' if mark else box}</div>"


def _own(site: Site) -> str:
    """Where a reader gives a client of the own: a file, or its text."""
    buttons = ("own_fill", "own_use", "own_save", *(["own_back"] if site.own else []))
    fill, *others = (f"<button type='button' data-do='{do}'>{_word(do)}</button>" for do in buttons)
    return (
        f"<details class='cb-own' hidden><summary>{_word('own')}</summary>"
        f"<p>{_word('own_note')}</p>"
        f"<div>{fill}<label>{_word('own_open')}"
        "<input type='file' accept='.toml,.txt,.xlsx'></label></div>"
        f"<textarea rows='12' spellcheck='false' aria-label='{_word('own_text')}'></textarea>"
        f"<div>{''.join(others)}</div>"
        "<div class='cb-own-said' role='alert' hidden></div></details>"
    )


def control_html(ident: str, control: Control) -> str:
    """A native control: a range over the places of its values, or a list of choices.

    Beside a range stand a step less, a step more, and its value to be typed.
    """
    spec, text = control.spec, escape(control.texts[control.at], quote=True)
    label = f"<label for='{ident}'>{escape(spec.label)}</label>"
    shared = f"id='{ident}' name='{spec.name}'"
    if spec.choices:
        options = "".join(
            f"<option value='{i}'{' selected' if i == control.at else ''}>{escape(text)}</option>"
            for i, text in enumerate(control.texts)
        )
        return f"<div class='cb-control'>{label}<select {shared}>{options}</select></div>"
    less, more = (
        f"<button type='button' data-step='{step}' tabindex='-1' "
        f"aria-label='{_word(what, name=spec.label)}'>{sign}</button>"
        for step, what, sign in ((-1, "less", "\N{MINUS SIGN}"), (1, "plus", "+"))
    )
    keys = "text" if spec.low < 0 else "decimal"  # not every decimal pad has a minus
    return (
        f"<div class='cb-control'>{label}{less}<input type='range' {shared} min='0' "
        f"max='{len(control.values) - 1}' value='{control.at}' aria-valuetext='{text}'>{more}"
        f"<input type='text' class='cb-exact' inputmode='{keys}' autocomplete='off' "
        f"spellcheck='false' value='{text}' aria-label='{_word('exact', name=spec.label)}'></div>"
    )


def within_a_sentence(label: str) -> str:
    """A label that no longer starts its line: DSCR stays DSCR."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _word(key: str, **values: object) -> str:
    """A phrase of the explorer, as text or attribute."""
    return escape(word(f"explorer.{key}", **values), quote=True)
