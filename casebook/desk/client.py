"""A client on the desk: what was typed or read, what of it is allowed, and the last good answer.

A value is typed as a reader sees it, in the unit of its row: 4.6 where the row says "% a year".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .. import clientfile
from ..models import model
from ..shape import Assumption, AssumptionError, Record, SingleRun, Value
from ..words import catalogue, phrase, scale

#: A number as it is typed: 1200, 1,200.5, -0.3; a comma parts thousands and nothing else.
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?")
#: What may part the numbers of a list.
BETWEEN = re.compile(r"[\s;·]+")


class Client:
    """One client of a case: `typed` has the text of every row, `wrong` why some are refused.

    `run` is the last good answer. While a row is refused it stays, and what is typed in the others
    is kept for the next one.
    """

    def __init__(self, case: str, record: Record | None = None) -> None:
        self.case = case
        self.model = model(case)
        self.book: Record = self.model.assumptions()
        #: The run of the book's own client.
        self.base: SingleRun[Any] = self.model.simulate(self.book)
        self.take(record or self.book)

    def take(self, record: Record, notes: tuple[str, ...] = ()) -> None:
        """Start from `record`; what was typed before is gone. ValueError as the model refuses it.

        `notes` are what its file did not say.
        """
        self.run = self.model.simulate(record)
        self._draft, self.notes = record, notes
        self.typed = {n: text_of(s, getattr(record, n)) for n, s in self.specs.items()}
        self.wrong: dict[str, str] = {}
        #: Why the model refused what is allowed row by row.
        self.refused = ""

    @property
    def specs(self) -> Mapping[str, Assumption]:
        """Name -> assumption, with the ranges of this client."""
        return self._draft.spec.assumptions

    @property
    def record(self) -> Record:
        """The assumptions of the last good answer."""
        record: Record = self.run.assumptions
        return record

    def type(self, name: str, text: str) -> str:
        """Take the text of a row; what is wrong with it, in a line, or ""."""
        self.typed[name], self.refused = text, ""
        try:
            self._draft = self._draft.replace(**{name: value_of(self.specs[name], text)})
        except AssumptionError as error:
            self.wrong[name] = str(error).removeprefix(f"{self._draft.spec.path.name}: ")
            return self.wrong[name]
        self.wrong.pop(name, None)
        return ""

    @property
    def waits(self) -> bool:
        """Whether what is typed has no answer yet, and may have one."""
        return not self.wrong and not self.refused and self._draft != self.run.assumptions

    def answer(self) -> SingleRun[Any]:
        """Answer what is typed now, if all of it is allowed; else the last answer."""
        if self.wrong:
            return self.run
        self.refused = ""
        if self._draft != self.run.assumptions:
            try:
                self.run = self.model.simulate(self._draft)
            except ValueError as error:
                self.refused = str(error)
        return self.run

    def differs(self, name: str) -> bool:
        """Whether a row is not the book's any more."""
        return name in self.wrong or getattr(self._draft, name) != getattr(self.book, name)

    @property
    def changes(self) -> list[str]:
        """The assumptions in which the last good answer differs from the book's client."""
        return [n for n in self.specs if getattr(self.record, n) != getattr(self.book, n)]

    def broken(self) -> list[str]:
        """The identities that do not hold in the last good answer."""
        names = self.record.spec.words["checks"]
        # a residual that is no number does not hold
        return [names[k] for k, x in self.run.checks.items() if not x <= self.run.tolerance]


def said(key: str, **values: object) -> str:
    """A phrase of data/desk.toml."""
    return phrase(catalogue("desk"), key, **values)


def opened(content: bytes, name: str) -> clientfile.ClientFile:
    """The client in a file that was chosen; ClientFileError has all that is wrong with it."""
    return clientfile.decoded(content, None, name)


def groups(record: Record) -> dict[str, list[str]]:
    """Title -> assumptions: those that are most telling, then the parts of the list."""
    telling = list(record.spec.words["explorer"]["sliders"])
    parts = {said("telling"): telling}
    titles = catalogue("desk")["groups"][record.model]
    now: list[str] = []
    for name in record.spec.assumptions:
        if name in titles:
            now = parts.setdefault(titles[name], [])
        if name not in telling:
            now.append(name)
    return {title: names for title, names in parts.items() if names}


def text_of(spec: Assumption, value: Value) -> str:
    """A value as it stands in its row, with every digit that it has."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "; ".join(text_of(spec, entry) for entry in value)
    text = f"{Decimal(repr(value)) * Decimal(repr(scale(spec.unit))):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_of(spec: Assumption, text: str) -> Any:
    """What was typed, as a value; what is no number is left as it is, for the record to refuse."""
    if spec.choices:
        return text
    if isinstance(spec.value, tuple):
        return [_number(spec, part) for part in BETWEEN.split(text.strip()) if part]
    return _number(spec, text)


def _number(spec: Assumption, text: str) -> Any:
    """A number in the reader's unit; the signs of a Chinese keyboard are understood."""
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    if scale(spec.unit) == 100:
        plain = plain.removesuffix("%").rstrip()
    if not re.search(r"\d", plain) or not NUMBER.fullmatch(plain):
        return text
    number = float(Decimal(plain.replace(",", "")) / Decimal(repr(scale(spec.unit))))
    return int(number) if isinstance(spec.value, int) and number.is_integer() else number
