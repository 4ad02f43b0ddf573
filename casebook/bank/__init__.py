"""The synthetic bank: an invented client book, and what a bank sees of it.

Clients of the five types come, borrow, are visited, buy, change their type, stop paying, recover or
are lost. What the bank sees of that, month by month, is in five tables; what it never sees, the
true types and risks, is in a sixth, by which a strategy may be judged at the end and from which it
may not learn. All is invented, near rates that are published.

`record` its assumptions, `generate` writes the tables and `tables` reads them, `crm` puts them
into a database, `signals` are the warnings of case 4 on it, `calibration` what it reaches of
published rates, `exhibits` the tables of its page. Here are the assumptions:

>>> from casebook import bank
>>> a = bank.assumptions()
>>> f"{a.clients} clients when the books open, {a.months} months of history"
'2000 clients when the books open, 60 months of history'
>>> {grade: f"{pd:.2%}" for grade, pd in zip(bank.GRADES, a.grade_pd)}
{'A': '0.06%', 'BBB': '0.19%', 'BB': '0.80%', 'B': '4.28%', 'CCC': '31.65%'}
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
    """The names that a reader calls."""
    return sorted(__all__)
