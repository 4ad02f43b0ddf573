"""The synthetic bank: an invented client book, and what a bank sees of it.

`record` its assumptions, `generate` writes the tables and `tables` reads them, `crm` puts them
into a database, `signals` are the warnings of case 4 on it, `calibration` what it reaches of
published rates, `exhibits` the tables of its page.
"""

from .record import GRADES, PRODUCTS, SECTORS, Bank, assumptions, monthly, paths, taste

__all__ = [
    "GRADES",
    "PRODUCTS",
    "SECTORS",
    "Bank",
    "assumptions",
    "monthly",
    "paths",
    "taste",
]


def __dir__() -> list[str]:
    return __all__
