"""The synthetic bank: an invented client book, what a bank sees of it, and what it should do.

`bank` its assumptions, `generate` the tables, `data` reads them, `typology` the five types,
`signals` the warnings of case 4 on it, `calibration` what it reaches of published rates.
"""

from __future__ import annotations

#: The five types of the book; the first four are those of a living client.
TYPES = ("strategic", "transactional", "growth", "problem", "terminated")
STRATEGIC, TRANSACTIONAL, GROWTH, PROBLEM, TERMINATED = range(5)
