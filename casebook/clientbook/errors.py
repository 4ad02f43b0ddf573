"""What can be wrong with a client book or its map: an error that says where, and what helps."""

from __future__ import annotations

from ..words import placed
from . import words


class BookError(ValueError):
    """A client book, or its map, cannot be used.

    The message is one line: file, line, column, value and reason, as far as there is each. `shown`
    is for a terminal: a map's line with a mark below the place. `more` are further errors of the
    same file. mapped: a map could say what is not known.
    """

    def __init__(
        self,
        reason: str,
        *,
        file: str = "",
        line: int | None = None,
        column: str = "",
        value: str | None = None,
        shown: str = "",
        more: tuple[BookError, ...] = (),
        mapped: bool = False,
    ) -> None:
        self.reason, self.file, self.line, self.column = reason, file, line, column
        self.value, self.more, self.mapped = value, more, mapped
        parts = [
            file,
            words.word("wrong.line", number=line) if line is not None else "",
            column,
            short(value) if value is not None else "",
            " ".join(reason.split()),
        ]
        super().__init__(placed(*parts))
        self.shown = shown or str(self)

    def __reduce__(self) -> tuple[object, ...]:
        """So that it comes back whole from another process."""
        return (_made, (self.reason, self.__dict__))


def _made(reason: str, state: dict[str, object]) -> BookError:
    """An error as it was before it went from one process to another."""
    error = BookError(reason, **{k: v for k, v in state.items() if k != "reason"})  # type: ignore[arg-type]
    return error


def short(value: str, most: int = 40) -> str:
    """A value in quotes for a message of one line, cut if it is long."""
    text = " ".join(value.split())
    return repr(text if len(text) <= most else text[: most - 1] + "…")
