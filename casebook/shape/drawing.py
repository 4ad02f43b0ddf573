"""The pictures of a model: its last room, fetched when the first one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ..figures import Gallery, Picture
    from .result import SingleRun


class Draw(Protocol):
    """The `figure` function of a model."""

    def __call__(
        self,
        r: SingleRun[Any],
        name: str = "explorer",
        onto: Picture | None = None,
        form: str = "wide",
    ) -> Picture:
        """The figure `name` of a single run; KeyError names those there are."""


def drawer(package: str, sources: Mapping[str, Callable[[Any], Any]]) -> Draw:
    """The `figure` function of the model in `package`, which has its pictures in its room `charts`.

    `sources` says for each figure what it is drawn from: a function of the single run.
    """

    def figure(
        r: SingleRun[Any],
        name: str = "explorer",
        onto: Picture | None = None,
        form: str = "wide",
    ) -> Picture:
        """The figure `name` of a single run, a matplotlib Figure; KeyError names those there are.

        `onto` is a figure of the same name whose data are to be replaced, its axes kept. `form` is
        "wide", for a column of text, or "narrow", for a telephone; that of `onto` stays.
        """
        if name not in sources:
            raise KeyError(f"there is no figure {name!r}; allowed: {', '.join(sources)}")
        # matplotlib is loaded only where a figure is wanted
        charts: Gallery = import_module(".charts", package).CHARTS
        model = package.rpartition(".")[2]
        return charts.picture(sources[name], r, name, onto, model=model, form=form)

    return figure
