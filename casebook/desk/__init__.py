"""A client of one's own on the desk: in a notebook, from its file or a table to the memo.

    client   what was typed or read, what of it is allowed, and the last good answer
    asked    the client beside the book's, and the break-even of the case
    files    what can be downloaded: client file, workbook, memo
    show     all of it as HTML
    widget   the controls, with ipywidgets

>>> from casebook.desk import Desk
>>> mine = Desk("problem", sales=27.0)
>>> mine.client.type("sales", "270")
'sales = 270.0 is out of range; allowed 5 to 60'
>>> mine.record.sales, mine.client.typed["sales"]
(27.0, '270')
"""

from .client import Client
from .widget import Desk

__all__ = ["Client", "Desk"]


def __dir__() -> list[str]:
    return sorted(__all__)
