"""The explorer: move an assumption, see the figure and the key numbers answer."""

from .control import Control
from .explorer import Explorer, explore

__all__ = ["Control", "Explorer", "explore"]


def __dir__() -> list[str]:
    return sorted(__all__)
