"""The directive {vote}: a vote of a class without a server (assets/vote.js).

The lecturer's page shows a question and a code of three characters; a student's page makes a code
of six from decision and confidence; the codes, sent by whatever way, become a chart beside the
model's answer. Questions and words stand in data/votes.toml; the numbers come from the models.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from ...numbers import filled, number
from ...words import catalogue
from . import uses

#: What a code's first character can tell apart: choices times degrees of confidence, questions.
DEGREES = (50, 60, 70, 80, 90, 100)
MOST_OPTIONS, MOST_QUESTIONS = 5, 31


def questions() -> list[dict[str, Any]]:
    """The questions with their numbers written out.

    KeyError names a number that there is not, ValueError a question that a code cannot hold.
    """
    listed = catalogue("votes")["questions"]
    if len(listed) > MOST_QUESTIONS:
        raise ValueError(f"a code tells {MOST_QUESTIONS} questions apart, not {len(listed)}")
    return [_question(entry) for entry in listed]


def _question(entry: dict[str, Any]) -> dict[str, Any]:
    if not 2 <= len(entry["options"]) <= MOST_OPTIONS:
        raise ValueError(f"{entry['id']}: 2 to {MOST_OPTIONS} options")
    if not 1 <= entry["model"] <= len(entry["options"]):
        raise ValueError(f"{entry['id']}: the model's answer is one of the options")
    model = entry.get("of", entry["id"])

    def written(text: str) -> str:
        return filled(text, lambda path: number(f"{model}.{path}"))

    return {
        "id": entry["id"],
        "page": entry["page"],
        "title": entry["title"],
        "ask": written(entry["ask"]),
        "options": [written(option) for option in entry["options"]],
        "model": entry["model"] - 1,
        "says": written(entry["says"]),
    }


def vote_html(above: str) -> str:
    """The vote as HTML; `above` leads from the page to the root of the site."""
    words = catalogue("votes")["words"]
    asked = questions()
    for question in asked:
        question["page"] = f"{above}{question['page']}.html"
    data = json.dumps({"words": words, "degrees": DEGREES, "questions": asked}, ensure_ascii=False)
    listed = "".join(
        f"<li><strong>{escape(q['title'])}</strong> {escape(q['ask'])}<ol type='A'>"
        + "".join(f"<li>{escape(option)}</li>" for option in q["options"])
        + "</ol></li>"
        for q in asked
    )
    return (
        "<casebook-vote><script type='application/json'>"
        + data.replace("<", "\\u003c")
        + f"</script><div class='cb-vote-plain'><p>{escape(words['off'])}</p>"
        f"<ul>{listed}</ul></div></casebook-vote>"
    )


class Vote(SphinxDirective):
    """The directive {vote}."""

    def run(self) -> list[nodes.Node]:
        """The vote."""
        uses.files(self.env, "data/votes.toml")
        uses.model(self.env, *(q.get("of", q["id"]) for q in catalogue("votes")["questions"]))
        try:
            html = vote_html("../" * self.env.docname.count("/"))
        except (KeyError, ValueError) as error:
            source, line = self.get_source_info()
            raise ExtensionError(f"{source}:{line}: {error.args[0]}") from None
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.add_directive("vote", Vote)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
