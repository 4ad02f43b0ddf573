"""What every model is: a package with these names, whatever its story."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, overload

from .record import Record
from .result import Draws, ScenarioRuns, SingleRun

if TYPE_CHECKING:
    from ..figures import Picture


class Model(Protocol):
    """A model as the explorer, the tests and the pages see it; its package is one.

    The arguments are those of the model's own record: hence `Any` where a model names its type.
    """

    __name__: str
    #: Name of a figure -> what it is drawn from, of a single run.
    FIGURES: Mapping[str, Callable[[SingleRun[Any]], Any]]

    def assumptions(self, path: str | Path | None = None) -> Record:
        """The base case, or the case of another file of the same form."""

    def sample(self, a: Any, n: int, seed: int) -> Draws:
        """`n` scenarios as uniforms in [0, 1), axis 0 the scenario; the same for the same seed."""

    @overload
    def simulate(
        self, a: Any, d: None = None, keep: Sequence[str] | None = None
    ) -> SingleRun[Any]: ...
    @overload
    def simulate(
        self, a: Any, d: Draws, keep: Sequence[str] | None = None
    ) -> ScenarioRuns[Any]: ...

    def findings(self, r: SingleRun[Any]) -> dict[str, float]:
        """The numbers that the model's page states."""

    def figure(
        self,
        r: SingleRun[Any],
        name: str = "explorer",
        onto: Picture | None = None,
        form: str = "wide",
    ) -> Picture:
        """A figure of a single run, wide or narrow; `onto` keeps the axes of one that is there."""
