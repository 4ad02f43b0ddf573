"""One style sheet out of many, without the rules that no page of the site can use.

A rule goes when each of its selectors asks for a class that stands neither in a `class` of a page
nor as a word in its scripts, and does not begin as one that a script puts together. What depends
on a tag, an id, an attribute or a state stays, and so does all that stands within :not(…), :is(…)
or :has(…).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import tinycss2

from ..build.kept import kept

#: Classes that a script puts together from parts in a way that cannot be seen (bootstrap: the side
#: that a hint stands on).
MADE = ("bs-tooltip-", "bs-popover-")
#: Rules that hold rules.
GROUPS = {"media", "supports", "container", "layer"}


def purged(sheets: Iterable[Path], named: Iterable[str]) -> str:
    """The style sheets in their order, as one, with the rules that can be used.

    named: the classes that the pages name (`classes`).
    """
    used, made = set(named), set(MADE)
    contents: list[bytes] = []
    for sheet in sheets:
        static = sheet.parent if sheet.parent.name == "_static" else sheet.parent.parent
        for script in static.rglob("*.js") if not contents else ():
            if "vendor" not in script.parts and "locales" not in script.parts:
                text = script.read_text(encoding="utf-8")
                used |= set(re.findall(r"[\w-]+", text))
                made |= set(re.findall(r"\b(\w[\w-]*-)\$\{", text))
        contents.append(sheet.read_bytes())
    # a word of a page that no sheet knows changes nothing
    known = set(re.findall(r"[\w-]+", b"\n".join(contents).decode()))
    wanted = sorted(name for name in used if name in known or not name.replace("-", "").isalnum())
    starts = tuple(sorted(made))
    with kept("sheet", __file__) as of:
        source = b"\0".join([*contents, repr((wanted, starts)).encode()])
        sheet = of(source, partial(_purged, contents, set(wanted), starts))
        return str(sheet)


def _purged(sheets: Iterable[bytes], used: set[str], made: tuple[str, ...]) -> str:
    """The same, out of what the sheets say."""
    rules = (tinycss2.parse_stylesheet_bytes(s, skip_whitespace=True)[0] for s in sheets)
    return "\n".join("".join(_kept(some, used, made)) for some in rules)


def classes(html: str) -> set[str]:
    """Every class that a page names, in its elements and in what its scripts write."""
    # no \b before it: a pattern that begins with a letter is looked for ten times as fast
    found = re.findall(r"""class=(?:"([^"]*)"|'([^']*)')""", html)
    return {name for pair in found for name in "".join(pair).split()}


def _kept(rules: Iterable[Any], used: set[str], made: tuple[str, ...]) -> Iterator[str]:
    """The rules that can be used, as text; of the comments those that must stay (licences)."""
    for rule in rules:
        if rule.type == "comment":
            if rule.value.startswith("!"):
                yield rule.serialize()
        elif rule.type == "qualified-rule":
            alive = [s for s in _selectors(rule.prelude) if _wanted(s, used, made)]
            if alive:
                heads = ",".join(tinycss2.serialize(s).strip() for s in alive)
                yield f"{heads}{{{_body(rule.content)}}}\n"
        elif rule.type == "at-rule" and rule.lower_at_keyword in GROUPS and rule.content:
            inside = tinycss2.parse_rule_list(rule.content, skip_whitespace=True)
            text = "".join(_kept(inside, used, made))
            if text:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{text}}}\n"
        elif rule.type == "at-rule":
            yield rule.serialize() + "\n"


def _selectors(prelude: list[Any]) -> Iterator[list[Any]]:
    """The selectors of a rule, each as its tokens."""
    selector: list[Any] = []
    for token in prelude:
        if token == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def _wanted(selector: list[Any], used: set[str], made: tuple[str, ...]) -> bool:
    """Whether every class that a selector asks for is there, or may be."""
    named = (b.value for a, b in pairwise(selector) if a == "." and b.type == "ident")
    return all(name in used or name.startswith(made) for name in named)


def _body(content: list[Any]) -> str:
    """What stands between the braces, without comments and line breaks."""
    tokens = (t for t in content if t.type != "comment")
    return re.sub(r"\s*\n\s*", " ", tinycss2.serialize(tokens)).strip()
