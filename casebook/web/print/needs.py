"""The libraries that only the print needs (tests/requirements.txt)."""

from __future__ import annotations

import importlib
from typing import Any


def library(name: str) -> Any:
    """The module of this name; ImportError says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise ImportError(f"{name} is missing: pip install -r tests/requirements.txt") from None
