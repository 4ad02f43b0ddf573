"""The pictures of the cases: each module holds the charts of one case, drawn from its results.

A chart gets a `View` and knows nothing of the model behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from ..figures import Chart, Picture

#: The axes of a figure, from the top.
Panels = Sequence[Axes]


@dataclass(frozen=True)
class View:
    """What a chart is drawn from: a single run, and what the model computed for this figure."""

    result: Any
    data: Any

    @property
    def a(self) -> Any:
        return self.result.assumptions

    def words(self, figure: str) -> Mapping[str, Any]:
        """The words of a figure, from the case file."""
        return self.a.spec.words["figures"][figure]

    def label(self, alternative: str) -> str:
        """The label of an alternative: that of the choice it is in the case file."""
        return self.result.alternative_labels[alternative]


def draw(
    charts: Mapping[str, Chart],
    sources: Mapping[str, Callable[[Any], Any]],
    result: Any,
    name: str,
    onto: Picture | None = None,
    *,
    case: str = "",
) -> Picture:
    """The chart `name` of a single run from its source in the model; `onto` keeps its axes.

    The ids in the picture start with the names of `case` and chart.
    """
    if name not in charts:
        raise KeyError(f"there is no figure {name!r}; allowed: {', '.join(charts)}")
    view = View(result, sources[name](result))
    if onto is None:
        return charts[name](view, f"{case}-{name}")
    charts[name].redraw(onto, view)
    return onto
