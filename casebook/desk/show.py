"""What the desk shows, as HTML: the table's rows, key numbers, figures, memo, a still picture."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..explore import difference, html
from ..figures.style import FONTS, STYLE
from ..memo.html import WEIGHTS
from ..shape import Assumption, span
from ..words import unit_label
from .client import Client, groups, said

LOOK = Path(__file__).with_name("desk.css")


def style() -> str:
    """The look of the desk; its colours are those of the notebook, light or dark.

    The font of the figures comes along: set in another one, their words would not fit.
    """
    family = STYLE["font.family"][0]
    fonts = ""
    for weight, file in WEIGHTS.items():
        data = base64.b64encode((FONTS / file).read_bytes()).decode()
        fonts += f"@font-face {{ font-family: '{family}'; font-weight: {weight}; "
        fonts += f"src: url(data:font/ttf;base64,{data}) }}"
    return f"<style>{fonts}{LOOK.read_text(encoding='utf-8')}</style>"


def label(spec: Assumption) -> str:
    """What a row is called, with the unit in which its value is typed, unless the name has it."""
    unit = unit_label(spec.unit)
    if isinstance(spec.value, tuple):
        return said("rows.list", label=spec.label, unit=unit)
    named = unit.casefold() in spec.label.casefold()
    return spec.label if named else said("rows.label", label=spec.label, unit=unit)


def allowed(spec: Assumption) -> str:
    """What a value may be; of a choice the list says it."""
    if spec.choices:
        return ""
    return said("rows.entries", span=span(spec)) if isinstance(spec.value, tuple) else span(spec)


def heads() -> str:
    """The heads of the table of assumptions."""
    first, *others = (said(f"heads.{k}") for k in ("assumption", "now", "allowed", "base"))
    cells = "".join(f"<span>{escape(text)}</span>" for text in others[1:])
    return (
        f"<div class='cb-desk-heads'><span>{escape(first)}</span><span>{escape(others[0])}</span>"
        f"{cells}</div>"
    )


def row(client: Client, name: str) -> str:
    """What stands beside the value of a row: what is allowed, the book's value, what is wrong."""
    spec = client.specs[name]
    base, mark, why = escape(spec.write(getattr(client.book, name))), "", ""
    if name in client.wrong:
        text = said("rows.wrong", text=client.typed[name], why=client.wrong[name])
        why = f"<p role='alert'>{escape(text)}</p>"
    elif client.differs(name):
        mark = f" <b>{escape(said('rows.changed'))}</b>"
    return f"<div><span>{escape(allowed(spec))}</span><span>{base}{mark}</span>{why}</div>"


def group(client: Client, title: str, names: Sequence[str], *, unfolded: bool) -> str:
    """The button of a part of the table: how many there are, changed, refused."""
    wrong = sum(name in client.wrong for name in names)
    changed = sum(client.differs(name) for name in names) - wrong
    count = [str(len(names))]
    count += [said("changed_in_group", count=changed)] if changed else []
    count += [said("wrong_in_group", count=wrong)] if wrong else []
    sign = said("unfolded" if unfolded else "folded")
    return said("group", sign=sign, title=title, count=", ".join(count))


def status(client: Client) -> str:
    """What the results are of, in a line or two."""
    lines = []
    if client.wrong:
        labels = "; ".join(client.specs[name].label for name in client.wrong)
        lines.append(said("status.wrong", count=len(client.wrong), list=labels))
        lines += _wider(client)
    elif client.refused:
        lines.append(said("status.refused", why=client.refused))
    elif client.waits:
        lines.append(said("status.waiting"))
    else:
        lines.append(said("status.good" if client.changes else "status.base"))
    if broken := client.broken():
        lines.append(said("status.broken", list="; ".join(broken)))
    kind = "wrong" if client.wrong or client.refused or broken else "good"
    return f"<div role='status' class='cb-desk-{kind}'>{paragraphs(lines)}</div>"


def _wider(client: Client) -> list[str]:
    """How a range is widened, where a value is beyond one that may be."""
    for name in client.wrong:
        spec, text = client.specs[name], client.typed[name]
        if spec.choices or isinstance(spec.value, tuple) or unit_label(spec.unit).startswith("%"):
            continue
        if any(sign.isdigit() for sign in text) and "out of range" in client.wrong[name]:
            ends = {"low": f"{spec.low:g}", "high": f"{10 * spec.high:g}"}
            return [said("status.another_size", name=name, **ends)]
    return []


def paragraphs(lines: Sequence[str]) -> str:
    """Each line a paragraph."""
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def numbers(client: Client) -> str:
    """The key numbers now, what changed, and those of the book's client; a line above."""
    words = client.record.spec.words
    names = words["explorer"]["metrics"]
    units = {name: words["metrics"][name]["unit"] for name in names}
    changed = difference.texts(client.run.metrics, client.base.metrics, units)
    rows = [
        (words["metrics"][n]["label"], client.run.written(n), changed[n], client.base.written(n))
        for n in names
    ]
    return summary(client) + html.table(rows, ("number", "now", "change", "base"))


def summary(client: Client) -> str:
    """How many assumptions are not the book's."""
    counts = {"count": len(client.changes), "all": len(client.specs)}
    return paragraphs([said("summary", title=client.record.spec.words["title"], **counts)])


def figures(client: Client) -> str:
    """The figure of the case's explorer, and those of its memo."""
    names = client.record.spec.words["memo"]["figures"]
    drawn = [client.model.figure(client.run), *(client.model.figure(client.run, n) for n in names)]
    return "".join(f"<div class='cb-desk-figure'>{picture.svg()}</div>" for picture in drawn)


def frame(page: bytes) -> str:
    """The memo in a frame of its own, where it keeps its look; nothing in it runs."""
    title, content = (escape(x, quote=True) for x in (said("memo.frame"), page.decode()))
    return f"<iframe class='cb-desk-memo' sandbox title='{title}' srcdoc='{content}'></iframe>"


def still(client: Client) -> str:
    """The desk without a kernel: what is most telling or changed, and the key numbers."""
    telling = groups(client.record)[said("telling")]
    names = [n for n in client.specs if n in telling or client.differs(n)]
    columns = "".join(f"<th scope='col'>{escape(said(f'heads.{k}'))}</th>"
                    for k in ("assumption", "now", "base", "allowed"))  # fmt: skip
    body = ""
    for name in names:
        spec = client.specs[name]
        now, base = (spec.write(getattr(r, name)) for r in (client.record, client.book))
        mark = said("rows.changed") if client.differs(name) else ""
        body += (
            f"<tr><th scope='row'>{escape(spec.label)}</th><td>{escape(now)}"
            f"{f' <b>{escape(mark)}</b>' if mark else ''}</td><td>{escape(base)}</td>"
            f"<td>{escape(allowed(spec) or ' · '.join(spec.choices.values()))}</td></tr>"
        )
    table = f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody>"
    return (
        f"<div class='cb-desk-still'><div class='cb-scroll' tabindex='0'>"
        f"<table class='cb-key-numbers'>{table}</table></div>{numbers(client)}</div>"
    )
