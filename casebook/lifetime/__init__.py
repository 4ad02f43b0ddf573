"""How long clients stay and what they are worth: sBG, BG/NBD and gamma-gamma.

Two settings. Under a contract the end of a relationship is seen: the shifted beta-geometric model,
`Renewals`, tells how many stay each period. Without one a client just stops coming: the BG/NBD
model, `Purchases`, tells from how often and how lately it came whether it still is one, and how
often it will come; the gamma-gamma model, `Spending`, what a visit is worth. All clients differ,
and the good ones stay: that is why retention rises with age, and why a mean retention undervalues
who is left. `fit_…` finds the parameters by maximum likelihood (scipy, when called).

Time is in periods of one length, from a client's first transaction on. Scalars in, Python float
out. A bad argument is a ValueError that names it, its value and what is allowed.

Of 1,000 clients with a contract 869, 743, 653 … renewed at the end of years 1 to 7. How many will
be there after twelve? (And after seven, by the model?)

>>> from casebook import lifetime
>>> left = [869, 743, 653, 593, 551, 517, 491]
>>> clients = lifetime.fit_renewals([1_000, *left])
>>> round(clients.alpha, 3), round(clients.beta, 3)
(0.668, 3.806)
>>> clients.survival(12)[[6, 11]].round(3).tolist()
[0.489, 0.378]

A shop's client came twice again in 38.86 weeks, last in week 30.43. How often in the next 39?

>>> cdnow = lifetime.Purchases(r=0.243, alpha=4.414, a=0.793, b=2.426)
>>> round(cdnow.expected_after(39.0, frequency=2, recency=30.43, age=38.86), 3)
1.226
"""

from .purchases import Purchases, Spending, fit_purchases, fit_spending, lifetime_value
from .renewals import Renewals, fit_renewals

__all__ = [
    "Purchases",
    "Renewals",
    "Spending",
    "fit_purchases",
    "fit_renewals",
    "fit_spending",
    "lifetime_value",
]


def __dir__() -> list[str]:
    return sorted(__all__)
