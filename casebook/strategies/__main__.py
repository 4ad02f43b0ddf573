"""Fit strategies again on the tables of the synthetic bank: python -m casebook.strategies NAME ….

Each fit is written into the file of its model, data/models/NAME.toml.
"""

from __future__ import annotations

import argparse
from importlib import import_module

#: The strategies that learn from the tables.
LEARNT = ("classification", "maintenance", "early_warning", "tools")


def main() -> None:
    """Fit the strategies that are named, one after the other; the files are printed."""
    parser = argparse.ArgumentParser(prog="python -m casebook.strategies", description=__doc__)
    parser.add_argument("name", nargs="+", choices=LEARNT)
    for name in parser.parse_args().name:
        import_module(f"casebook.strategies.{name}.learning").main()


if __name__ == "__main__":
    main()
