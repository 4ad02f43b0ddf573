"""What is wrong with a bank of questions, or with what was asked of it, in one line."""

from __future__ import annotations


class TeachError(ValueError):
    """A bank, an exam or its file is wrong: the message says where, what, and what is allowed."""


def missing(package: str) -> ImportError:
    """The error of a package that is not installed."""
    return ImportError(f"{package} is missing: pip install 'casebook[teach]'")
