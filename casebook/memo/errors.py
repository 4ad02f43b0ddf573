"""What is wrong with a memo, in a line for the one who asked for it."""

from __future__ import annotations

from ..words import wrong


class MemoError(ValueError):
    """A memo cannot be written: the message says what is wrong and what is allowed."""


def missing(package: str) -> ImportError:
    """The error of a package that is not installed."""
    return ImportError(wrong("package", package, extra="memo"))
