"""What can be wrong with the files of a reader: files in a folder, and what is asked of them.

`asked` has all that is asked, a command or a call a line; `answers` what a new process of a
language says to each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl

from ..teach.small import CHOICE, HEAD, ITEM

CLIENT = 'casebook = 1\ncase = "problem"\n'
MORE = """
[[items]]
id = "test-three"
kind = "order"
objective = "one"
level = "judge"
section = "book/cases/problem#questions"
stem = "Sort"
feedback = "So."
sequence = [{ text = "a", by = "owed" }, { text = "b", by = "owed / 2" }, { text = "c", by = "1" }]
[[items]]
id = "test-four"
kind = "essay"
objective = "one"
level = "judge"
section = "book/cases/problem#questions"
stem = "Write"
rubric = [{ points = 2, for = "this" }, { points = 1, for = "that" }]
"""
BANK = HEAD + "".join(item.lstrip() for item in (ITEM, CHOICE, MORE))
#: What is changed in the bank, a bank each.
BANKS = (
    ('model = "problem"', 'model = "problm"'),
    ('title = "A test"', "title = 3"),
    ("[objectives]", "[objectivs]"),
    ("[objectives]\none = ", "objectives = "),
    ('kind = "numeric"', 'kind = "number"'),
    ('level = "apply"', 'level = "easy"'),
    ('id = "test-one"', 'id = "One"'),
    ('id = "test-two"', 'id = "test-one"'),
    ("tolerance = 0.1", "tolerance = 0.001"),
    ("tolerance = 0.1", 'tolerance = "0.1"'),
    ("[0.6, 0.8]", "[0.8, 0.6]"),
    ("[0.6, 0.8]", "[0.6]"),
    ("{ forced_sale = [0.6, 0.8] }", "3"),
    ('holds = ["owed > 0"]', 'holds = "owed > 0"'),
    ('answer = "owed"', 'answer = "print(owed)"'),
    ('answer = "owed"', 'answer = "owed +"'),
    ('answer = "owed"', 'answer = "[owed]"'),
    ('answer = "owed"', 'answer = "min(owed, 1).x"'),
    ('answer = "owed"', f'answer = "{"owed + " * 90}1"'),
    ('answer = "owed"\n', ""),
    ("book/cases/problem#questions", "book/cases/problem"),
    ('{ answer = "owed / 2", reveals = "halves it" },', ""),
    ("right = true", "right = 3"),
    ('"that", reveals = "errs"', '"that", reveals = "errs", right = 3'),
    ('{ text = "that", reveals', '{ text = "this", reveals'),
    ('text = "that", reveals = "errs"', 'text = "that", right = true'),
    ('{ text = "b", by = "owed / 2" }', '"b"'),
    ('text = "b"', 'text = "a"'),
    ("points = 2", "points = 99"),
    ("[[items]]", "[[items"),
    ("title = ", "title "),
    ("title = ", f"long = {'9' * 5000}\ntitle = "),
    ("title = ", f"deep = {'[' * 100_000}\ntitle = "),
    ("title = ", f"{'.'.join(['a'] * 30)} = 1\ntitle = "),
    # what the model does not bear out
    ('answer = "owed"', 'answer = "findings.nothing"'),
    ('answer = "owed"', 'answer = "new_missed"'),
    ('answer = "owed"', 'answer = "owed / 0"'),
    ('answer = "owed"', 'answer = "owed ** 2000"'),
    ('answer = "owed"', "answer = \"'a' + owed\""),
    ('answer = "owed"', 'answer = "owed > 1"'),
    ("{owed}", "{owd}"),
    ("{owed}", "{owed|loud}"),
    ("{owed}", "{owed|money|loud}"),
    ('holds = ["owed > 0"]', 'holds = ["owed < 0"]'),
    ('holds = ["owed > 0"]', 'holds = ["owed"]'),
    ('"owed * 2"', '"owed + 0.15"'),
    ('"owed * 2"', '"owed / 2 + 0.15"'),
    ('by = "owed / 2"', 'by = "owed"'),
    ("forced_sale =", "forced_sal ="),
    ("forced_sale =", "way_out ="),
    ("[0.6, 0.8]", "[0.6, 1.8]"),
    ("[0.6, 0.8]", "[0.601, 0.612]"),
    ('"owed"\nunit', "\"at('wait=99', owed)\"\nunit"),
    ('"owed"\nunit', "\"at('wat=1', owed)\"\nunit"),
    ('"owed"\nunit', "\"at('wait=x', owed)\"\nunit"),
)
HEADS = "id,pd,default\n"
#: Client books that cannot be used, by the ends of their names.
BOOKS: dict[str, bytes] = {
    "empty.csv": b"",
    "pdf.xlsx": b"%PDF-1.7 x",
    "gzip.csv": b"\x1f\x8b x",
    "archive.csv": b"Rar! x",
    "picture.csv": b"\x89PNG x",
    "page.xls": b"<html><table><tr><td>id</td></tr></table>",
    "zip.xlsx": b"PK\x03\x04 and no more",
    "one.parquet": b"PAR1 and no more",
    "zero.csv": b"id,pd\n1,0.0\x001\n",
    "noise.csv": bytes(range(1, 256)) * 3 + b"\xff\xff\x81\x20\n",
    "column.csv": b"id\n1\n2\n",
    "heads.csv": b"1,0.01,5\n2,0.02,7\n",
    "beside.csv": b"id,name\n1,2\n",
    "rows.csv": b"id,pd,limit\n",
    "open.csv": b'id,pd\n1,0.01\n"2,0.02\n3,0.03\n',
    "quote.csv": b'id,pd\n1,0.01\n2,"0.02" x\n3,0.03\n',
    "twice.csv": b"id,pd,PD\n1,0.1,0.2\n",
    "side.csv": b"id,1,2\npd,0.1,0.2\nlimit,3,4\nsignals,0,0\n",
    "good.csv": HEADS.encode() + "7\u00e9,1%,no\n8,1%,no\n".encode(),
    "other.csv": b"id,pd,signals\n7,1%,0\n",
    "pattern.csv": HEADS.encode() + b"7,80,no\n8,90,no\n9,70,maybe\n10,70,no\n",
    "bad.csv": HEADS.encode() + b"7,1%,no\n8,x,no\n,2%,no\n9,1%,no,9,9\n10,200%,no\n",
}
#: Maps that are wrong.
MAPS = (
    "[columns]\npd = PD\n",
    f"[file]\nskip = {'[' * 100_000}\n",
    f"[file]\nskip = {'9' * 5000}\n",
    f"[file]\n{'.'.join(['a'] * 30)} = 1\n",
    "[colums]\npd = 'PD'\n",
    "file = 3\n",
    "[columns]\nexposures = 'Limit'\n",
    "[columns]\npd = { head = 'PD', units = 'percent' }\n",
    "[columns]\npd = { head = 'PD', unit = 'percnt' }\n",
    "[columns]\npd = 'P.D.'\n",
    "[columns]\npd = { unit = 'percent' }\n",
    "[file]\nencodng = 'utf-8'\n",
    "[file]\nencoding = 3\n",
    "[file]\ndates = 'day-first'\n",
    "[file]\nas_of = '2026'\n",
    "[file]\nskip = -1\n",
    "[file]\nskip = 5000\n",
    "[file]\nencoding = 'utf-88'\n",
    "[file]\nencoding = 'ascii'\n",
    "[columns]\npd = { head = 'pd', missing = 'ND' }\n",
    "[columns]\npd = { head = 'pd', values = { AAA = 'low' } }\n",
    "[file]\nthresholds = 'none.toml'\n",
)


def made(folder: Path) -> None:
    """Write all files."""
    for name, content in {
        "good.toml": CLIENT,
        "growth.toml": CLIENT.replace("problem", "growth"),
        "broken.toml": CLIENT + "sales = \n",
        "twice.toml": CLIENT + "sales = 1\nsales = 2\n",
        "bare.toml": CLIENT + "sales\n",
        "string.toml": CLIENT + 'name = "open\n',
        "long.toml": CLIENT + "# " + "x" * 600_000,
        "text.xlsx": "no workbook",
    }.items():
        (folder / name).write_text(content, encoding="utf-8")
    for k, (old, new) in enumerate(BANKS):
        assert old in BANK, old
        (folder / f"bank-{k}.toml").write_text(BANK.replace(old, new, 1), encoding="utf-8")
    (folder / "bank.toml").write_text(BANK, encoding="utf-8")
    (folder / "my own.toml").write_text(BANK, encoding="utf-8")
    (folder / "latin.toml").write_bytes(BANK.replace("A test", "é").encode("latin-1"))
    for k, text in enumerate(MAPS):
        (folder / f"map-{k}.toml").write_text(text, encoding="utf-8")
    (folder / "map-latin.toml").write_bytes("# é\n".encode("latin-1"))
    for name, content in BOOKS.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir()
    (folder / "parts").mkdir()
    (folder / "parts/old.parquet").write_bytes(b"old")
    book = openpyxl.Workbook()
    for name in ("2025", "2026"):
        book.create_sheet(name).append(["id", "pd"])
        book[name].append([1, 0.01])
    book.save(folder / "sheets.xlsx")
    (folder / "map-sheet.toml").write_text("[file]\nsheet = '2024'\n")


def asked() -> list[str]:
    """What is asked: a command after `casebook`, or else a call."""
    exam, book = "casebook exam {0} --items 2 --format qti --out {0}.out", "casebook classify {}"
    banks = [f"bank-{k}.toml" for k in range(len(BANKS))]
    wrong = [name for name in BOOKS if name not in ("good.csv", "other.csv")]
    maps = [f"map-{k}.toml" for k in range(len(MAPS))]
    return [
        *(
            f"casebook run problem -a {name}"
            for name in (
                "broken.toml",
                "twice.toml",
                "bare.toml",
                "string.toml",
                "long.toml",
                "text.xlsx",
            )
        ),
        "casebook run problem --out result.doc",
        "casebook run problem --out nowhere/result.xlsx",
        "casebook template problem -o nowhere/a.toml",
        "casebook compare good.toml good.toml --on nothing",
        "casebook compare good.toml good.toml --on valu",
        "casebook solve problem salse --for value==1",
        "casebook solve problem way_out --for value==1",
        "casebook solve problem sales --for value",
        "casebook solve problem sales --for valu==1",
        "casebook solve problem sales --for zzz==1",
        "casebook solve problem sales --for sell.value==1",
        "casebook solve problem sales --for value==1 --from 30 --to 20",
        "casebook simulate problem -n 10 --parts folder",
        "casebook simulate problem -n 10 --out q.txt",
        "casebook report problem -o memo.txt",
        "casebook report problem -o nowhere/memo.html",
        "casebook exam nothing --out out",
        "casebook exam none.toml --out out",
        "casebook exam folder.toml --out out",
        "casebook exam latin.toml --out out",
        "casebook exam 'my own.toml' --out out",
        "casebook exam problem --items 400 --out out",
        "casebook exam problem --out good.toml",
        "casebook exam problem --out parts",
        f"casebook exam problem --items 2 --format qti --out {'x' * 300}",
        *map(exam.format, banks),
        *map(book.format, wrong),
        "casebook classify bad.csv --json",
        "casebook classify folder",
        "casebook classify sheets.xlsx",
        "casebook classify sheets.xlsx --map map-sheet.toml",
        "casebook classify map-0.toml --guess",
        "casebook classify beside.csv --guess",
        "casebook classify sheets.xlsx --guess",
        *(f"casebook classify good.csv --map {name}" for name in (*maps, "map-latin.toml")),
        "casebook classify good.csv --out result.doc",
        "casebook classify good.csv --out nowhere/result.csv",
        "casebook classify good.csv --out folder",
        "teach.read('problem').item('problem-break-even-chanc')",
        "teach.drawn(teach.read(P('bank.toml')), teach.read(P('bank.toml')).items[1], 1, 1)",
        "teach.written(teach.compose(teach.read(P('bank.toml')), 1, 1), 'doc')",
        "memo.errors.missing('typst')",
        "memo.content(*(models.model(m).simulate(models.model(m).assumptions())"
        " for m in ('problem', 'growth')))",
        "memo.content(*2 * [models.model('loan').simulate(models.model('loan').assumptions())])",
        "vars(pdf).update(_families=tuple) or pdf._chinese(True)",
        "study.compare(*(models.model(m).assumptions() for m in ('problem', 'growth')))",
        "study.Unfinished(1, 2, P('folder'))",
        "clientbook.classify_dask(['good.csv', 'other.csv'])",
        "clientbook.classify_dask('sheets.xlsx', P('map-sheets.toml'))",
        "clientbook.classify_dask('none*.csv')",
        "clientbook.classify_dask('good.csv').write('nowhere/out')",
        "clientbook.classify_dask('good.csv').write('parts')",
        "clientbook.read_map('map-none.toml')",
        "clientbook.classify('folder')",
        "clientbook.classify('none.csv')",
        "models.model('problem').assumptions(b'a')",
        "models.model('problem').assumptions('a\\0')",
        "models.model('problem').assumptions('/dev/null')",
        "models.model('problem').assumptions().replace(sales=10**5000)",
    ]


CODE = """
import contextlib, json, shlex, sys
from pathlib import Path as P
from casebook import clientbook, memo, models, study, teach
from casebook.commands import app
from casebook.memo import pdf
for line in json.loads(sys.stdin.read()):
    with contextlib.suppress(SystemExit), contextlib.redirect_stderr(sys.stdout):
        if line.startswith("casebook "):
            app.main(shlex.split(line)[1:])
        try:
            print(eval(line))
        except Exception as error:
            print(error)
    print(end="\\0")
"""


def answers(folder: Path, language: str) -> dict[str, str]:
    """What is asked -> what is said to it, in a process of that language."""
    made(folder)
    done = subprocess.run(
        [sys.executable, "-c", CODE], input=json.dumps(asked()).encode(), cwd=folder, timeout=120,
        env=os.environ | {"CASEBOOK_LANGUAGE": language}, capture_output=True, check=False,
    )  # fmt: skip
    assert not done.returncode, done.stderr.decode()[-2000:]
    return dict(zip(asked(), done.stdout.decode().split("\0")[:-1], strict=True))
