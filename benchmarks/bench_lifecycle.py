"""The synthetic bank and the whole client book: one run, many books, growth with their number."""

from __future__ import annotations

from casebook import bank
from casebook.bank import generate
from casebook.strategies import lifecycle

from .timing import seconds, shown, table

BOOKS = (10, 100, 300)
CLIENTS = (100, 300, 1000)


def main() -> None:
    a = lifecycle.assumptions()
    single = seconds(lambda: lifecycle.simulate(a), runs=5)
    draws = {n: lifecycle.sample(a, n, seed=1) for n in BOOKS}
    times = [seconds(lambda n=n: lifecycle.simulate(a, draws[n]), runs=3) for n in BOOKS]
    heads = ["ten years, six sets of strategies", "single run", *(f"{n:,} books" for n in BOOKS)]
    row = [f"{a.clients:,} clients", shown(single), *(shown(t) for t in times)]
    each = ["each book", "", *(shown(t / n) for t, n in zip(times, BOOKS, strict=True))]
    table("The whole client book, one core: processor time, medians", heads, [row, each])
    small = [a.replace(clients=n) for n in CLIENTS]
    drawn = [lifecycle.sample(s, 100, seed=1) for s in small]
    by_size = [
        seconds(lambda s=s, d=d: lifecycle.simulate(s, d), runs=3)
        for s, d in zip(small, drawn, strict=True)
    ]
    table(
        "100 books by number of clients",
        ["", *(f"{n:,} clients" for n in CLIENTS)],
        [["time", *(shown(t) for t in by_size)]],
    )
    b = bank.assumptions()
    sizes = [b.replace(clients=n) for n in (500, 1000, 2000)]
    made = [seconds(lambda s=s: generate.texts(generate.simulate(s)), runs=3) for s in sizes]
    table(
        "The synthetic bank, 60 months, as text",
        ["", *(f"{s.clients:,} clients" for s in sizes)],
        [["time", *(shown(t) for t in made)]],
    )


if __name__ == "__main__":
    main()
