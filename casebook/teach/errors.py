"""What is wrong with a bank of questions, or with what was asked of it, in one line."""

from __future__ import annotations

from ..words import wrong


class TeachError(ValueError):
    """A bank, an exam or its file is wrong: the message says where, what, and what is allowed."""


def refused(key: str, what: object = "", /, **values: object) -> TeachError:
    """The error of `what`, by a phrase of [wrong] of data/exam.toml."""
    return TeachError(wrong(key, what, of="exam", **values))


def missing(package: str) -> ImportError:
    """The error of a package that is not installed."""
    return ImportError(wrong("package", package, extra="teach"))
