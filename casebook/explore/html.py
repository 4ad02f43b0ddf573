"""TODO."""

from __future__ import annotations

from html import escape

from .control import Control


def control_html(ident: str, c: Control) -> str:
    """A native control: a range over the places of its values, or a list of choices."""
    label = f"<label for='{ident}'>{escape(c.spec.label)}</label>"
    shared = f"id='{ident}' name='{c.spec.name}'"
    if c.spec.choices:
        options = "".join(
            f"<option value='{i}'{' selected' if i == c.at else ''}>{escape(text)}</option>"
            for i, text in enumerate(c.texts)
        )
        return f"<div class='cb-control'>{label}<select {shared}>{options}</select></div>"
    text = escape(c.texts[c.at])
    return (
        f"<div class='cb-control'>{label}<output for='{ident}'>{text}</output><input type='range' "
        f"{shared} min='0' max='{len(c.values) - 1}' value='{c.at}' aria-valuetext='{text}'></div>"
    )
