"""Say what is wrong with the Chinese edition, or set the stamps of parts that were looked at.

python -m casebook.web.translation                                         all parts
python -m casebook.web.translation book/cases/problem data/cases/problem   these
python -m casebook.web.translation stamp book/cases/problem
"""

from __future__ import annotations

import sys

from . import parts, stamps


def main(*arguments: str) -> int:
    """The command line; 1 if something is wrong."""
    if arguments[:1] == ("stamp",):
        stamps.stamp(arguments[1:] or parts.names())
        return 0
    found = [f"{name}: {said}" for name in arguments or parts.names() for said in parts.wrong(name)]
    print("\n".join(found) or "nothing is wrong")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
