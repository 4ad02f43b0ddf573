"""How what is said is cut into captions: where a caption and a line of it may begin.

At most two lines, of 42 letters in English, and what can be read in the time (`tongue`). `pieces`
cuts a clause into captions at the best places, `lines` a caption into its lines.
"""

from __future__ import annotations

from functools import cache

from .tongue import HERE

#: Most letters of a line, lines of a caption, letters a second.
LINE, LINES, RATE = HERE.line, 2, HERE.rate
#: Words before which a caption or a line may begin, the better the earlier they stand.
_LINKS = (
    {"and", "but", "because", "so", "if", "when", "while", "which", "who", "that", "although",
     "until", "unless", "than", "or", "where", "what", "before", "after", "since"},
    {"in", "on", "at", "with", "without", "for", "from", "by", "to", "as", "of", "into", "over"},
)  # fmt: skip
#: Words after which none may end.
_STICKS = {"a", "an", "the", "of", "to", "no", "its", "CNY", "EUR", "USD", "and", "or", "that",
           "month", "year", "day", "is", "in", "by", "at", "from", "for", "with"}  # fmt: skip


def lines(text: str) -> tuple[str, ...] | None:
    """The lines of a caption, cut where it reads best; None if it is too long for one."""
    if len(text) <= LINE:
        return (text,)
    words = HERE.words(text)
    cuts = []
    for k in range(1, len(words)):
        first, second = HERE.joined(words[:k]), HERE.joined(words[k:])
        if max(len(first), len(second)) <= LINE:
            cuts.append((abs(len(first) - len(second)) + 5 * _cost(words, k), first, second))
    return min(cuts)[1:] if cuts else None


@cache
def pieces(text: str) -> tuple[str, ...]:
    """A text cut into as few captions as will do, at the best places."""
    if lines(text):
        return (text,)
    words = HERE.words(text)
    best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ()), *[None] * len(words)]
    for end in range(1, len(words) + 1):
        for start in range(end - 1, -1, -1):
            piece, before = HERE.joined(words[start:end]), best[start]
            if len(piece) > LINES * LINE:
                break
            if before is None or not lines(piece):
                continue
            cost = before[0] + 40 + _cost(words, start) * 5 + max(0, 30 - len(piece))
            now = best[end]
            if now is None or cost < now[0]:
                best[end] = (cost, (*before[1], piece))
    found = best[-1]
    if found is None:
        raise ValueError(f"a word is longer than a line of {LINE}: {text[:60]}")
    return found[1]


def _cost(words: list[str], k: int) -> float:
    """How bad it is to begin a line or a caption with the word k."""
    if k == 0 or words[k - 1][-1] in ",;:.?!–—，；：。？！、":
        return 0.0
    if words[k - 1].strip("“‘") in _STICKS or words[k - 1][-1].isdigit():
        return 30.0
    return next((1.5 + 1.5 * n for n, some in enumerate(_LINKS) if words[k] in some), 5.0)
