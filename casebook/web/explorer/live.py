"""The Python side of an explorer that runs in a reader's browser.

The page's worker calls `respond` with a request and gets the answer, both as JSON. Requests:
    {"case": name, "values": {slider: value}, "form": form}    see `Explorer.answer`
    {"case": name, "values": {slider: value}, "csv": true}     the statement as CSV
    {"case": name, "values": {slider: value}, "xlsx": true}    the workbook, in base 64
    {"case": name, "values": …, "template": true}    the file of a client with these values
    {"case": name, "start": {…}, "site": {…}}        the explorer anew, as HTML, from a client: its
                     "text", the "bytes" of its file or the workbook ("xlsx"), both in base 64;
                     from that of the book where it has none of them
Each may have "own", the text of the client's file from which the explorer started.
Workbooks need packages that a page adds when it is asked for one. What is refused comes back as
{"refused": why}.
"""

from __future__ import annotations

import base64
import gc
import json
from functools import lru_cache
from typing import Any

from ... import clientfile, workbook
from ...explore import Explorer, explore
from ...explore.html import Site
from ...figures import FORMS, adopt
from ...models import MODELS, model
from ...shape import AssumptionError
from .theme import figure_html, themed


@lru_cache(maxsize=len(MODELS) + 4)
def opened(name: str, own: str | None = None) -> Explorer:
    """The explorer of a model, or of a client's file, as its reader left it.

    KeyError names the models there are.
    """
    return explore(model(name), clientfile.parsed(own, name).record if own else None)


def start() -> None:
    """Call once. What is loaded by now stays: a collection of it would be felt as a jerk."""
    adopt()
    gc.collect()
    gc.freeze()
    gc.disable()


def respond(request: str) -> str:
    """The answer to one request of the page."""
    asked = json.loads(request)
    try:
        if "start" in asked:
            return json.dumps(_started(asked["case"], asked["start"], asked["site"]))
        explorer = opened(asked["case"], asked.get("own"))
        if asked.get("csv"):
            return json.dumps({"csv": explorer.set(**asked["values"]).csv()})
        if asked.get("xlsx"):
            file = workbook.written(explorer.set(**asked["values"]), explorer.at_base)
            return json.dumps({"xlsx": base64.b64encode(file).decode()})
        if asked.get("template"):
            record = explorer.set(**asked["values"]).assumptions
            return json.dumps({"template": clientfile.template(asked["case"], record)})
        answer = explorer.answer(asked["values"], asked.get("form", "wide"))
    except (AssumptionError, clientfile.ClientFileError) as error:
        return json.dumps({"refused": str(error)})
    return json.dumps(answer | {"svg": themed(answer["svg"])})


def _started(name: str, given: dict[str, str], site: dict[str, Any]) -> dict[str, Any]:
    """An explorer of a client of the reader's own, or of the book's, as a page has it."""
    own, notes = "", tuple[str, ...]()
    if given:
        if "text" in given:
            file = clientfile.parsed(given["text"], name)
        elif "bytes" in given:
            file = clientfile.decoded(base64.b64decode(given["bytes"]), name)
        else:
            file = clientfile.workbook_read(base64.b64decode(given["xlsx"]), name)
        own, notes = clientfile.template(name, file.record), file.notes
    explorer = opened(name, own or None)
    explorer.reset()
    figure = figure_html(*(explorer.drawn(form).svg() for form in FORMS))
    return {"html": explorer.page(figure, Site(**site, own=own)), "notes": notes, "own": own}


def tidy() -> None:
    """What a page calls when its reader has paused."""
    gc.collect()
