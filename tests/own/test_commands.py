"""The command line: what it answers, and one clear line for what cannot be answered."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from casebook import clientfile, workbook
from casebook.cases import NAMES
from casebook.commands import app
from casebook.models import MODELS, model
from casebook.words import catalogue

WORDS = catalogue("commands")


def run(arguments: Sequence[object], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """(exit code, output, errors) of a command in this process."""
    with pytest.raises(SystemExit) as end:
        app.main([str(x) for x in arguments])
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


def test_help_names_every_command_and_gives_examples(capsys) -> None:
    code, out, err = run(["--help"], capsys)
    assert (code, err) == (0, "")
    for name in app.COMMANDS:
        assert f"  {name} " in out
        code, helped, err = run([name, "--help"], capsys)
        assert (code, err) == (0, "")
        examples = WORDS[name]["examples"].strip().splitlines()
        assert all(f"  {example}\n" in helped for example in examples) and examples


@pytest.mark.parametrize("name", [n for n in app.COMMANDS if n != "completion"])
def test_the_examples_use_options_that_there_are(name: str) -> None:
    command = app.app.get_command(None, name)
    options = {o for p in command.params for o in p.opts}
    for example in WORDS[name]["examples"].strip().splitlines():
        words = example.split()
        assert words[:2] == ["casebook", name]
        assert {w for w in words if w.startswith("-")} <= options


def test_help_loads_no_model() -> None:
    code = "import sys; from casebook.commands import app; "
    code += "import contextlib\nwith contextlib.suppress(SystemExit): app.main(['run', '--help'])\n"
    code += "print([m for m in ('numpy', 'pandas', 'rich', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_the_models_are_listed(capsys) -> None:
    code, out, _ = run(["list"], capsys)
    assert code == 0 and [line.split()[0] for line in out.splitlines()] == list(MODELS)
    assert list(json.loads(run(["list", "--json"], capsys)[1])) == list(MODELS)


@pytest.mark.parametrize("name", NAMES)
def test_from_a_template_to_a_workbook_that_is_read_back(name, capsys, tmp_path) -> None:
    mine, result = tmp_path / "mine.toml", tmp_path / "result.xlsx"
    assert run(["template", name, "--out", mine], capsys)[0] == 0
    a = model(name).assumptions()
    slider = next(s for s in (a.spec.assumptions[n] for n in a.spec.words["explorer"]["sliders"])
                  if isinstance(s.value, float) and s.value != s.high)  # fmt: skip
    line = f"\n{slider.name} = {slider.value!r}\n"
    text = mine.read_text(encoding="utf-8")
    assert line in text
    mine.write_text(text.replace(line, f"\n{slider.name} = {slider.high!r}\n"), encoding="utf-8")
    code, out, err = run(["run", name, "--assumptions", mine, "--out", result], capsys)
    assert (code, out) == (0, "") and str(result) in err
    other = a.replace(**{slider.name: slider.high})
    file = clientfile.read(result)
    assert file.record == other and file.case == name
    module = model(name)
    assert result.read_bytes() == workbook.written(module.simulate(file.record), module.simulate(a))
    # the workbook is a client's file, too
    code, out, err = run(["run", name, "-a", result, "--json"], capsys)
    told = json.loads(out)
    assert (code, err) == (0, "") and told["assumptions"][slider.name] == slider.high
    metrics = module.simulate(other).metrics
    assert {k: v for k, v in told["metrics"].items() if isinstance(v, (int, str))} == {
        k: v for k, v in metrics.items() if isinstance(v, (int, str))
    }


def test_key_numbers_of_a_run(capsys) -> None:
    code, out, err = run(["run", "problem", "--set", "sales=24", "--way", "liquidate"], capsys)
    module = model("problem")
    r = module.simulate(module.assumptions().replace(sales=24.0)).alternative("liquidate")
    assert (code, err) == (0, "")
    for label, number in r.key_numbers():
        assert any(line.startswith(label) and f" {number} " in line for line in out.splitlines())
    for event in r.events:
        assert r.assumptions.spec.words["events"][event.name] in out


def test_comparison_solution_and_simulation(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("casebook.study.breakeven.POINTS", 5)
    for name, changes in (("mine", []), ("theirs", ["--set", "sales=24", "--set", "wait=1"])):
        assert run(["template", "problem", *changes, "-o", f"{name}.toml"], capsys)[0] == 0
    code, out, _ = run(["compare", "mine.toml", "theirs.toml", "--on", "value"], capsys)
    specs = model("problem").assumptions().spec.assumptions
    assert code == 0 and specs["sales"].label in out and specs["wait"].label in out
    told = json.loads(run(["compare", "mine.toml", "theirs.toml", "--json"], capsys)[1])
    assert {d["name"] for d in told["differences"]} == {"sales", "wait"}
    assert run(["compare", "mine.toml", "theirs.toml", "-o", "d.csv"], capsys)[0] == 0
    assert len(Path("d.csv").read_text(encoding="utf-8").splitlines()) == 3

    question = ["solve", "problem", "success_chance", "--for", "expected_value == liquidate.value"]
    code, out, _ = run(question, capsys)
    assert code == 0 and "0.431323" in out
    assert json.loads(run([*question, "--json"], capsys)[1])["turns"][0]["above"]
    code, out, _ = run([*question[:4], "value == 999"], capsys)
    assert code == 0 and WORDS["solve"]["none"].split("{")[0] in out

    code, out, _ = run(["simulate", "problem", "-n", "200", "--json"], capsys)
    assert code == 0 and json.loads(out)["metrics"]["value"]["counted"] == 1
    assert run(["simulate", "problem", "-n", "200", "-o", "q.xlsx"], capsys)[0] == 0
    code, out, _ = run(["simulate", "problem", "-n", "200"], capsys)
    assert code == 0 and "50%" in out.splitlines()[1]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d.csv", "mine.toml", "q.xlsx",
                                                          "theirs.toml"]  # fmt: skip


def test_an_older_file_is_brought_up_to_date(capsys, tmp_path) -> None:
    old = model("growth").assumptions().spec.path
    code, out, err = run(["migrate", old, "--out", tmp_path / "new.toml"], capsys)
    assert (code, out) == (0, "") and "migrate" in err
    assert clientfile.read(tmp_path / "new.toml").version == clientfile.VERSION


def test_a_client_book(capsys, tmp_path) -> None:
    book = tmp_path / "book.csv"
    book.write_text("id,days past due,signals,pd,default\n7,45,0,1%,no\n9,-4,1,1%,no\n")
    code, out, err = run(["classify", book, "--json", "--out", tmp_path / "c.csv"], capsys)
    told = json.loads(out)
    assert (code, told["read"], told["classified"]) == (1, 2, 1)
    assert told["clients"]["problem"] == 1 and "line 3, days_past_due" in err
    assert (tmp_path / "c.csv").is_file()
    code, out, _ = run(["classify", book, "--guess"], capsys)
    assert code == 0 and "days past due" in out


def test_a_memo(capsys, tmp_path) -> None:
    code, out, _err = run(["report", "transactional", "-o", tmp_path / "memo.html"], capsys)
    assert (code, out) == (0, "") and (tmp_path / "memo.html").stat().st_size > 10_000


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with files of several kinds."""
    monkeypatch.chdir(tmp_path)
    good = 'casebook = 1\ncase = "problem"\n'
    for name, content in {
        "good.toml": good,
        "growth.toml": 'casebook = 1\ncase = "growth"\n',
        "empty.toml": "",
        "wrong.toml": good + "sales = 1e9\n",
        "name.toml": good + "salse = 20\n",
        "broken.toml": good + "sales = \n",
        "newer.toml": good.replace("1", "9"),
        "text.xlsx": "no workbook",
        "there.toml": "mine",
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "utf16.toml").write_bytes(good.encode("utf-16"))
    (tmp_path / "zip.xlsx").write_bytes(b"PK\3\4 and nothing more")
    (tmp_path / "other.xlsx").write_bytes(workbook.table(["a"], [[1.0]]))
    (tmp_path / "folder").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nothing", "nothing"),
        ("run", "Missing argument"),
        ("run nope", "there is no model 'nope'"),
        ("run problme", "did you mean 'problem'"),
        ("run problem extra", "extra"),
        ("run problem --nope", "--nope"),
        ("run problem --set", "requires an argument"),
        ("run problem --set sales", "name=value"),
        ("run problem --set salse=3", "did you mean 'sales'"),
        ("run problem --set sales=1e9", "allowed 5 to 60"),
        ("run problem --set sales=x", "must be a number"),
        ("run problem --set sales=30 --set sales=31", "set twice"),
        ("run problem --set way_out=sell", "must be one of"),
        ("run problem --way sell", "there is no way 'sell'"),
        ("run problem -a nowhere.toml", "nowhere.toml"),
        ("run problem -a folder", "folder"),
        ("run problem -a empty.toml", "case is missing"),
        ("run problem -a growth.toml", "not of 'problem'"),
        ("run problem -a wrong.toml", "wrong.toml:3: sales"),
        ("run problem -a name.toml", "name.toml:3: there is no assumption 'salse'"),
        ("run problem -a broken.toml", "not TOML"),
        ("run problem -a newer.toml", "newer.toml:1: casebook = 9"),
        ("run problem -a utf16.toml", "UTF-8"),
        ("run problem -a text.xlsx", "not TOML"),
        ("run problem -a zip.xlsx", "no workbook"),
        ("run problem -a other.xlsx", "not a workbook that this book wrote"),
        ("run problem --out result.doc", "must be one of .xlsx"),
        ("run problem --out result", "must be one of .xlsx"),
        ("run problem --out nowhere/result.xlsx", "there is no folder 'nowhere'"),
        ("template nope", "there is no model"),
        ("template problem -o there.toml", "--force"),
        ("template problem -o nowhere/a.toml", "there is no folder 'nowhere'"),
        ("compare good.toml", "Missing argument"),
        ("compare good.toml growth.toml", "two models"),
        ("compare good.toml good.toml --on nothing", "there is no metric"),
        ("solve problem", "Missing argument"),
        ("solve problem sales", "Missing option"),
        ("solve problem salse --for value==1", "did you mean 'sales'"),
        ("solve problem way_out --for value==1", "a number is needed"),
        ("solve problem sales --for value", "left == right"),
        ("solve problem sales --for valu==1", "did you mean 'value'"),
        ("solve problem sales --for sell.value==1", "there is no alternative"),
        ("solve problem sales --for value==1 --from 30 --to 20", "no range"),
        ("solve problem sales --for value==1 --from x", "'x'"),
        ("simulate problem -n 0", "-n"),
        ("simulate problem -n many", "'many'"),
        ("simulate problem -n 10 -w 0", "-w"),
        ("simulate problem -n 10 --parts folder", "something else"),
        ("simulate problem -n 10 --out q.txt", "must be one of"),
        ("report problem", "Missing option"),
        ("report problem -o memo.txt", "memo.txt"),
        ("report problem -o nowhere/memo.html", "nowhere"),
        ("classify", "Missing argument"),
        ("classify nowhere.csv", "nowhere.csv"),
        ("classify empty.toml", "empty.toml"),
        ("classify zip.xlsx", "zip.xlsx"),
        ("classify good.toml growth.toml", "--dask"),
        ("migrate nowhere.toml", "nowhere.toml"),
        ("migrate broken.toml", "not TOML"),
        ("completion tcsh", "tcsh"),
    ],
)
def test_what_is_wrong_gets_one_line_and_leaves_nothing(line, says, folder, capsys) -> None:
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    code, out, err = run(line.split(), capsys)
    assert code == 2 and out == ""
    assert err.startswith("casebook: ") and err.count("\n") == 1 and says in err, err
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_a_fault_of_the_program_is_not_hidden(monkeypatch) -> None:
    def fault(*_: object, **__: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr("casebook.clientfile.template", fault)
    with pytest.raises(ValueError, match="a fault"):
        app.main(["template", "problem"])


def test_another_language_is_asked_for_by_its_name(tmp_path) -> None:
    def said(*arguments: str) -> str:
        command = [sys.executable, "-m", "casebook", "--lang", "zh", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=True)
        return done.stdout.decode()

    label = "银行得到预警的月份"
    assert label in said("run", "problem")
    said("template", "problem", "--out", "mine.toml")
    assert "贷款" in (tmp_path / "mine.toml").read_text("utf-8")
    assert label in said("run", "problem", "-a", "mine.toml")


#: What is asked of the command in Chinese, each with words of the answer.
CHINESE = {
    "run nothing": "没有模型'nothing'；可用：strategic、",
    "run problem --set foo=1": "没有假设'foo'；可用：sales、",
    "run problem --set salse=1": "没有假设'salse'；是不是'sales'？",
    "run problem --set haircut=9": "haircut = 9.0超出范围；允许0至0.3（即0%至30%）",
    "run problem --set sales=x": "sales = 'x'应为数字",
    "run problem -a mine.toml": "mine.toml:4: 没有假设'foo'；可用：",
    "run problem -a nowhere.toml": "'--assumptions' / '-a'的值无效：文件'nowhere.toml'不存在。",
    "simulate problem -n many": "'many'不是有效的整数。",
    "bogus": "没有命令'bogus'。",
    "run": "缺少参数'CASE'。",
    "run problem --jsn": "没有选项'--jsn'。（是不是其中之一：'--json', '--set'？）",
    "run problem --set": "选项'--set'要带一个值。",
    "--help": "用法：casebook [OPTIONS]",
    "run --help": "\n例子：\n",
    "simulate --help": "[默认：1; x>=1]",
}
ENGLISH = re.compile(
    r"\b(allowed|there is no|out of range|No such|Usage|Options|Show|Commands|Invalid|Missing|must|"
    r"missing|unknown|valid|requires|default|required|did|Did|exist|does|is)\b"
)


def test_what_is_wrong_is_said_in_chinese(tmp_path) -> None:
    """All in one process: that `--lang` begins one is tried above."""
    (tmp_path / "mine.toml").write_text('casebook = 1\ncase = "problem"\nsales = 20\nfoo = 1\n')
    code = (
        "import contextlib, json, sys\nfrom casebook.commands import app\n"
        "for line in json.loads(sys.argv[1]):\n"
        "    with contextlib.suppress(SystemExit), contextlib.redirect_stderr(sys.stdout):\n"
        "        app.main(line.split())\n"
        "    print(end='\\0')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(list(CHINESE))], cwd=tmp_path, timeout=60,
        env=os.environ | {"CASEBOOK_LANGUAGE": "zh"}, capture_output=True, check=True,
    )  # fmt: skip
    answers = done.stdout.decode().split("\0")[:-1]
    for (line, says), answer in zip(CHINESE.items(), answers, strict=True):
        assert says in answer, (line, answer)
        assert not ENGLISH.search(answer), (line, answer)


def test_what_is_translated_of_click_is_what_click_says() -> None:
    """Letter for letter: a newer click may say it otherwise."""
    texts = {
        node.value
        for path in Path(click.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(WORDS["click"].values()) <= texts
    assert {kind.lower() for kind in WORDS["kinds"].values()} <= texts


def test_a_language_that_there_is_not(capsys) -> None:
    code, out, err = run(["--lang", "de", "list"], capsys)
    assert (code, out) == (2, "") and "en" in err and "zh" in err and len(err.splitlines()) == 1
