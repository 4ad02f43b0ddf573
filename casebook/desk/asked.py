"""What is asked of a client: what sets it apart from the book's, and where an answer turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..words import catalogue, write
from .client import Client, said

if TYPE_CHECKING:
    import pandas as pd


def beside(client: Client, metric: str | None = None) -> pd.DataFrame:
    """Each assumption that differs from the book's client, and what it alone moves.

    `metric` is what is moved; where none is named, what the memo of the case measures by, or the
    first of the numbers in view that differs.
    AssumptionError names the metrics there are.
    """
    import pandas as pd

    from .. import study

    spec = client.record.spec
    measure = spec.words["memo"]["turns"]["measure"]
    metric = metric or (measure if measure in client.run.metrics else None)
    found = study.compare(client.book, client.record, metric)
    metric_ = spec.words["metrics"][found.metric]
    heads = [said("heads.base"), said("heads.now"),
             said("heads.alone", metric=metric_["label"])]  # fmt: skip
    rows = {
        spec.assumptions[d.name].label: (
            spec.assumptions[d.name].write(d.first),
            spec.assumptions[d.name].write(d.second),
            write(d.effect, metric_["unit"], with_unit=True),
        )
        for d in found.differences
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=heads)
    table.columns.name = said("heads.assumption")
    return table


def even(client: Client, name: str | None = None, question: str | None = None) -> list[str]:
    """Where `question`, "left == right", turns as the assumption `name` moves, in sentences.

    The question of the case where none is given. AssumptionError says what is wrong with one.
    """
    from .. import study
    from ..study import breakeven

    words = catalogue("desk")["questions"]
    own = words[client.case]
    sides = words["own"] if question else own
    name = name or own["assumption"]
    found = study.solve(client.record, name, question or own["question"])
    spec = client.specs[name]

    def ahead(above: bool | None) -> str:
        if above is None:
            return said("questions.missing", low=spec.write(found.low))
        return str(sides["above" if above else "below"])

    now = spec.write(getattr(client.record, name))
    lines = [said("questions.now", label=spec.label, value=now)]
    for turn in found.turns:
        value = write(turn.value, spec.unit, with_unit=True)
        lines.append(said("questions.turns", value=value, ahead=ahead(turn.above)))
    if not found.turns:
        low, high = (write(x, spec.unit, with_unit=True) for x in (found.low, found.high))
        side = ahead(breakeven.ahead(found.at_low))
        lines.append(said("questions.none", low=low, high=high, ahead=side))
    return lines
