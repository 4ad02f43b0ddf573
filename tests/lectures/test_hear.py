"""What a recogniser hears is compared fairly: numbers as said, names left out, words counted."""

from __future__ import annotations

from casebook.web.lectures import hear, spoken

TOLD = [
    spoken.said("Baishan owes CNY 68.89 million, at 43.1%, in month 14."),
    spoken.said("Nobody has read the accounts."),
]


def heard(text: str) -> hear.Heard:
    return hear.compare(TOLD, hear.normal(text))


def test_numbers_and_names_are_no_errors() -> None:
    found = heard("Bation owes ¥68.89 million at 43.1% in month 14. Nobody has read the accounts.")
    assert found.wrong == 0
    found = heard(
        "By Shan owes sixty-eight point eight nine million yuan at forty-three point one percent, "
        "in month fourteen. Nobody has read the accounts."
    )
    assert found.wrong == 0


def test_other_words_are_counted() -> None:
    found = heard("Baishan owes CNY 58.89 million at 43.1% in month 14. Somebody read accounts.")
    assert found.wrong == 4  # fifty, somebody, has, the
    assert ("nobody has", "somebody") in found.pairs
    assert heard("").share > 0.8
