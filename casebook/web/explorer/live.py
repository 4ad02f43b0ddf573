"""The Python side of an explorer that runs in a reader's browser.

The page's worker calls `respond` with a request and gets the answer, both as JSON. Requests:
    {"case": name, "values": {slider: value}, "form": form}    see `Explorer.answer`
    {"case": name, "values": {slider: value}, "csv": true}     the statement as CSV
    {"case": name, "values": {slider: value}, "xlsx": true}    the workbook, in base 64
The last needs XlsxWriter, which a page adds when it is asked for. An assumption that is refused
comes back as {"refused": why}.
"""

from __future__ import annotations

import base64
import gc
import json
from functools import cache

from ... import workbook
from ...explore import Explorer, explore
from ...figures import adopt
from ...models import model
from ...shape import AssumptionError
from .theme import themed


@cache
def opened(name: str) -> Explorer:
    """The explorer of a model as its reader left it; KeyError names the models there are."""
    return explore(model(name))


def start() -> None:
    """Call once. What is loaded by now stays: a collection of it would be felt as a jerk."""
    adopt()
    gc.collect()
    gc.freeze()
    gc.disable()


def respond(request: str) -> str:
    """The answer to one request of the page."""
    asked = json.loads(request)
    explorer = opened(asked["case"])
    try:
        if asked.get("csv"):
            return json.dumps({"csv": explorer.set(**asked["values"]).csv()})
        if asked.get("xlsx"):
            file = workbook.written(explorer.set(**asked["values"]), explorer.at_base)
            return json.dumps({"xlsx": base64.b64encode(file).decode()})
        answer = explorer.answer(asked["values"], asked.get("form", "wide"))
    except AssumptionError as error:
        return json.dumps({"refused": str(error)})
    return json.dumps(answer | {"svg": themed(answer["svg"])})


def tidy() -> None:
    """What a page calls when its reader has paused."""
    gc.collect()
