"""Course plans as Markdown: `{written} plan_day` puts one into a page (data/plans.toml).

Each step links to what it uses; objectives are those of the question banks, lengths of lectures
those of their voice. Whatever does not exist is a KeyError, so that no plan leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from ...teach import bank
from ...words import DATA, catalogue, phrase
from ..lectures import script, timing

BOOK = DATA.parent
#: From book/teach, where the plans stand.
ABOVE = "../../"


def _said(key: str, **values: object) -> str:
    return phrase(catalogue("plans")["words"], key, **values)


def names() -> tuple[str, ...]:
    """The plans that there are."""
    return tuple(catalogue("plans")["plans"])


def plan(name: str) -> str:
    """A plan as Markdown: its length, then a table a session; KeyError names what is missing."""
    found = catalogue("plans")["plans"][name]
    for session, minutes in zip(found["sessions"], found["minutes"], strict=True):
        if (adds := sum(step["minutes"] for step in session["steps"])) != minutes:
            raise KeyError(f"plan {name}, {session['title']}: {adds} minutes, not {minutes}")
    many = "total" if len(found["minutes"]) > 1 else "total_one"
    parts = [_said(many, minutes=sum(found["minutes"]), sessions=len(found["minutes"])) + "."]
    for session in found["sessions"]:
        parts += _session(session)
    return "\n\n".join(parts)


def _session(session: dict[str, Any]) -> Iterator[str]:
    """Title, what comes before, the steps, and what the class can then do."""
    minutes = sum(step["minutes"] for step in session["steps"])
    yield f"```{{rubric}} {_said('session', title=session['title'], minutes=minutes)}\n```"
    if "before" in session:
        yield f"*{_said('before', what=session['before'])}.*"
    rows = [
        f"| {step['minutes']} | {step['does']} | {', '.join(_uses(step))} |"
        for step in session["steps"]
    ]
    heads = f"| {_said('minutes')} | {_said('does')} | {_said('uses')} |\n|---:|---|---|"
    yield "\n".join([heads, *rows])
    if learns := [text for key in session["objectives"] for text in _objectives(key)]:
        yield f"**{_said('learns')}** {'; '.join(text[0].lower() + text[1:] for text in learns)}."


def _uses(step: dict[str, Any]) -> Iterator[str]:
    """What a step uses, each as a link."""
    if lectures := step.get("lectures", []):
        lengths = [_minutes(name) for name in lectures]
        if sum(lengths) > step["minutes"]:
            raise KeyError(f"{', '.join(lectures)}: {sum(lengths)} minutes, not {step['minutes']}")
        for name, minutes in zip(lectures, lengths, strict=True):
            yield f"[{_said('lecture', minutes=minutes)}](../lectures/{name}.md)"
    if page := step.get("page"):
        if not (BOOK / f"{page}.md").is_file():
            raise KeyError(f"no page {page!r}")
        case = "analysis" if page.endswith("_analysis") else "case"
        yield f"[{_said(case if '/cases/' in page else 'page')}]({ABOVE}{page}.md)"
    if vote := step.get("vote"):
        if vote not in {question["id"] for question in catalogue("votes")["questions"]}:
            raise KeyError(f"no vote {vote!r}")
        yield f"[{_said('vote')}](vote.md)"
    if test := step.get("test"):
        bank.read(test)
        yield f"[{_said('test')}](test-yourself-{test})"


@cache
def _minutes(name: str) -> int:
    """Minutes of a lecture, whole ones."""
    if name not in script.names():
        raise KeyError(f"no lecture {name!r}; allowed: {', '.join(script.names())}")
    return round(timing.timeline(script.read(script.FOLDER / f"{name}.md")).duration / 60)


def _objectives(key: str) -> list[str]:
    """The sentences of `case.objective`, or of all of `case.*`."""
    case, _, name = key.partition(".")
    objectives = bank.read(case).objectives
    if name == "*":
        return list(objectives.values())
    if name not in objectives:
        raise KeyError(f"no objective {key!r}; allowed: {', '.join(objectives)}")
    return [objectives[name]]


PARTS: dict[str, Callable[[], str]] = {f"plan_{name}": partial(plan, name) for name in names()}
