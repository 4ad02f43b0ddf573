"""Questions on the models, their answers computed: banks, variants, exams, exports.

A bank (data/teaching/<name>.toml) says of each question where its answer comes from, never what it
is. A misconception is written the same way: as the number that it gives.

    bank         a bank read; what has not the form is refused
    faults       all that is wrong with one, for who writes it; one of your own from a file
    expression   arithmetic and comparisons over paths of `casebook.numbers`, nothing else
    values       what an answer is, how it is shown, how near is near enough
    variants     the same question with other numbers: drawn, computed, kept if it makes sense
    exam         items chosen by a seed, balanced over objectives and levels
    paper        paper and key, HTML and PDF
    moodle, qti  files for learning systems
    files        all files of an exam in a folder, or none

>>> from casebook import teach
>>> problem = teach.read("problem")
>>> item = problem.item("problem-break-even-chance")
>>> posed = teach.base_case(problem, item)
>>> posed.shown.text, posed.shown.accepts(43.1)
('43.1%', True)
>>> other, = teach.drawn(problem, item, 1, seed=7)
>>> other.shown.text != posed.shown.text
True
"""

from .bank import FOLDER, Bank, Item, names, read
from .errors import TeachError
from .exam import Exam, Question, choose, compose, laid_out
from .faults import found as check
from .faults import own
from .files import FORMS, free, write, written
from .say import accepted, asks
from .values import Reading, Shown
from .variants import Posed, base_case, drawn, pose

__all__ = [
    "FOLDER",
    "FORMS",
    "Bank",
    "Exam",
    "Item",
    "Posed",
    "Question",
    "Reading",
    "Shown",
    "TeachError",
    "accepted",
    "asks",
    "base_case",
    "check",
    "choose",
    "compose",
    "drawn",
    "free",
    "laid_out",
    "names",
    "own",
    "pose",
    "read",
    "write",
    "written",
]


def __dir__() -> list[str]:
    return sorted(__all__)
