"""The page on a client of one's own: each command on it runs, each file on it is read."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from casebook import clientfile, commands
from casebook.cases import NAMES
from casebook.models import MODELS, model

from . import console

PAGE = (console.ROOT / "book/own/client.md").read_text(encoding="utf-8")
#: Of these clients the page speaks: the book's, and one of whom less is hoped.
HOPES = {"mine": 0.5, "theirs": 0.4}
BLOCKS = console.blocks(PAGE)
#: The commands of the page, without what each is for.
COMMANDS = [
    re.split(r"\s{2,}", line)[0]
    for kind, block in BLOCKS
    if kind == "text"
    for line in block.splitlines()
    if line.startswith("casebook ")
]


def test_the_page_names_every_command_for_a_client() -> None:
    shown = {line.split()[1] for line in COMMANDS} | set(re.findall(r"`casebook (\w+)`", PAGE))
    assert shown == set(commands.app.COMMANDS) - {"classify", "completion", "exam"}


def clients() -> None:
    """The two files of the page, in this folder."""
    record = model("problem").assumptions()
    for name, hope in HOPES.items():
        text = clientfile.template("problem", record.replace(success_chance=hope))
        Path(f"{name}.toml").write_text(text, encoding="utf-8")


def test_the_output_on_the_page_is_what_the_command_says(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    clients()
    assert not console.differing(PAGE, capsys, (0, 0))


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_runs(line: str, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    clients()
    words, _, out = line.removeprefix("casebook ").partition(" > ")
    given = [{"1000000": "2000"}.get(x, x) for x in shlex.split(words)]
    with pytest.raises(SystemExit) as end:
        commands.main(given)
    assert end.value.code == 0
    said, told = capsys.readouterr()
    assert said or told
    if out:
        assert clientfile.parsed(said).record.model == "problem"
    for name in re.findall(r"--out (\S+)", line):
        assert Path(name).stat().st_size > 1_000


def test_the_file_of_the_page_is_read() -> None:
    (text,) = (block for kind, block in BLOCKS if kind == "toml")
    file = clientfile.parsed(text)
    template = clientfile.template("transactional")
    assert (file.record.principal, file.record.rate) == (24.0, 0.0435)
    for line in re.findall(r"^# .*", text, re.M):
        assert line in template, line
    wide = text.replace("24.0", "300") + "\n[ranges]\nprincipal = [1, 400]\n"
    assert clientfile.parsed(wide).record.principal == 300


def test_the_models_of_the_page_are_the_models() -> None:
    table = PAGE.partition("## Which model")[2].partition("## In this page")[0]
    assert set(NAMES) <= set(re.findall(r"`(\w+)`", table)) <= set(MODELS)
    counts = [len(model(name).assumptions().spec.assumptions) for name in NAMES]
    assert f"between {min(counts)} and {max(counts)} assumptions" in PAGE
