"""From a run to its picture: what a chart is drawn from, and the charts of one model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from .picture import Chart, Picture

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # with a default, as Python's own has from 3.13 on

    _A_co = TypeVar("_A_co", covariant=True, default=Any)
else:
    from typing import TypeVar

    _A_co = TypeVar("_A_co", covariant=True)


class _Run(Protocol[_A_co]):
    """What a chart reads of a single run, as `casebook.shape.SingleRun` has it."""

    @property
    def assumptions(self) -> _A_co: ...
    @property
    def chosen(self) -> str: ...
    @property
    def alternatives(self) -> tuple[str, ...]: ...
    @property
    def alternative_labels(self) -> Mapping[str, str]: ...
    @property
    def lines(self) -> Mapping[str, NDArray[np.float64]]: ...
    @property
    def metrics(self) -> Mapping[str, Any]: ...
    @property
    def all_metrics(self) -> Mapping[str, NDArray[Any]]: ...
    def alternative(self, name: str) -> Self: ...


@dataclass(frozen=True)
class View(Generic[_A_co]):
    """What a chart is drawn from: a single run, and what the model computed for this figure.

    `View[Problem]` is a view of a model whose assumptions are a `Problem`.
    """

    result: _Run[_A_co]
    data: Any

    @property
    def a(self) -> _A_co:
        """The assumptions of the run."""
        return self.result.assumptions

    def words(self, figure: str) -> Mapping[str, Any]:
        """The words of a figure, from the case file."""
        record: Any = self.a
        words: Mapping[str, Any] = record.spec.words["figures"][figure]
        return words

    def label(self, alternative: str) -> str:
        """The label of an alternative: that of the choice it is in the case file."""
        return self.result.alternative_labels[alternative]


class Gallery(dict[str, Chart]):
    """The charts of one model by name; see `drawer` of `casebook.shape`."""

    #: The source and the run of the last picture, and its view: of one run two forms are drawn.
    _last: tuple[Any, Any, View[Any]] | None = None

    def picture(
        self,
        source: Callable[[Any], Any],
        result: _Run[Any],
        name: str,
        onto: Picture | None = None,
        *,
        model: str = "",
        form: str = "wide",
    ) -> Picture:
        """The chart `name` of a single run, from its `source` in the model; `onto` keeps its axes.

        The ids in the picture start with the names of `model` and chart. KeyError for a name that
        is not in the gallery, ValueError for a `form` that is neither "wide" nor "narrow".
        """
        if self._last is None or self._last[0] is not source or self._last[1] is not result:
            self._last = source, result, View(result, source(result))
        view = self._last[2]
        if onto is None:
            return self[name](view, f"{model}-{name}", form)
        self[name].redraw(onto, view)
        return onto
