"""The five types of client by name and by number: what every list over them follows."""

from __future__ import annotations

#: The five types of the book; the first four are those of a living client.
TYPES = ("strategic", "transactional", "growth", "problem", "terminated")
STRATEGIC, TRANSACTIONAL, GROWTH, PROBLEM, TERMINATED = range(5)
