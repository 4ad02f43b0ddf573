"""`python -m casebook.teach.notes OUT [CASE …]`: notes and handouts into a folder of their own."""

import sys

from .files import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
