"""Write the forms of the chapters on strategies into the built site.

    python -m casebook.web.build.forms _build/html

puts every workbook and letter into _build/html/forms/<strategy>. With a second folder, whose files
have the form of data/forms, their words are laid over those of the book.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ...forms import write_all


def main(target: str, over: str | None = None) -> None:
    """Write all forms below the folder `target`."""
    written = write_all(Path(target) / "forms", Path(over) if over else None)
    print(f"{len(written)} forms in {target}/forms")


if __name__ == "__main__":
    main(*sys.argv[1:])
