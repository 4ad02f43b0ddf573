"""`casebook exam`: what it writes, and hostile input in one line and code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook import commands, teach

SHORT = teach.FOLDER / "classification.toml"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """(exit code, what it said, what went wrong)."""
    with pytest.raises(SystemExit) as end:
        commands.main(["exam", *arguments])
    said = capsys.readouterr()
    assert isinstance(end.value.code, int)
    return end.value.code, said.out, said.err


def test_an_exam_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "exam"
    code, _, told = run(capsys, "problem", "--seed", "7", "--items", "4", "--out", str(out))
    assert code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "problem-7-key.html",
        "problem-7-key.pdf",
        "problem-7-paper.html",
        "problem-7-paper.pdf",
    ]
    assert all(str(path) in told for path in out.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "there is no question bank 'nothing'; allowed: "),
        (["../problem"], "there is no question bank"),
        ([""], "there is no question bank ''"),
        (["problem", "--items", "999"], "--items"),
        (["problem", "--items", "0"], "--items"),
        (["problem", "--items", "400"], "400 items cannot be had; allowed: 1 to "),
        (["problem", "--items", "many"], "many"),
        (["problem", "--seed", "-1"], "--seed"),
        (["problem", "--seed", "1e9"], "1e9"),
        (["problem", "--format", "word"], "word"),
    ],
)
def test_hostile_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    out = tmp_path / "exam"
    code, _, told = run(capsys, *arguments, "--out", str(out))
    assert code == 2
    assert said in told and told.count("\n") == 1, told
    assert not out.exists()


def test_a_folder_with_files_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    code, _, told = run(capsys, "problem", "--items", "3", "--out", str(tmp_path))
    assert code == 2 and "--force" in told and told.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    code, _, told = run(capsys, "problem", "--items", "3", "--out", str(tmp_path / "mine.txt"))
    assert code == 2 and "it is a file" in told
    arguments = ["problem", "--items", "3", "--format", "moodle", "--force"]
    code, _, _ = run(capsys, *arguments, "--out", str(tmp_path))
    assert code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"mine.txt", "problem-1-moodle.xml"}


def test_a_folder_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = f"{tmp_path}/{'x' * 300}"
    code, _, told = run(capsys, "problem", "--items", "2", "--format", "moodle", "--out", out)
    assert code == 2 and told.count("\n") == 1, told
    assert not list(tmp_path.iterdir())


def own(folder: Path, change: tuple[str, str] = ("", ""), name: str = "mine.toml") -> Path:
    """A bank of one's own: one of the book's, with its text changed, outside the sources."""
    text = SHORT.read_text(encoding="utf-8")
    assert change[0] in text
    file = folder / name
    file.write_text(text.replace(*change, 1), encoding="utf-8")
    return file


def test_a_bank_of_ones_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own(tmp_path, ('title = "', 'title = "Of our own: '))
    monkeypatch.chdir(tmp_path)
    arguments = ["--seed", "3", "--items", "4", "--format", "moodle", "--out", "exam"]
    code, _, told = run(capsys, "./mine.toml", *arguments)
    assert code == 0, told
    assert [path.name for path in (tmp_path / "exam").iterdir()] == ["mine-3-moodle.xml"]
    assert "Of our own: " in (tmp_path / "exam/mine-3-moodle.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "name", "said"),
    [
        (('model = "classification"', 'model = "mine"'), "mine.toml", "there is no model 'mine'"),
        (('kind = "numeric"', 'kind = "number"'), "mine.toml", "must be one of choice, multi"),
        (("\ntolerance = ", "\ntolerance = 9"), "mine.toml", "of the right one"),
        (("title = ", "title "), "mine.toml", "mine.toml: not TOML"),
        (("title = ", f"x = {'9' * 5000}\ntitle = "), "mine.toml", "too many digits"),
        (("", ""), "my own.toml", "my own.toml: the name of the file must be a letter"),
    ],
)
def test_a_bank_of_ones_own_that_is_wrong(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, str],
    name: str,
    said: str,
) -> None:
    """Refused in a line for each fault, before anything is written; an absent one too."""
    file, out = own(tmp_path, change, name), tmp_path / "exam"
    code, _, told = run(capsys, str(file), "--items", "2", "--out", str(out))
    assert code == 2 and not out.exists()
    assert said in told and all(line.startswith("casebook: ") for line in told.splitlines()), told
    if change[0] != "\ntolerance = ":
        assert told.count("\n") == 1, told
    code, _, told = run(capsys, str(tmp_path / "none.toml"), "--out", str(out))
    assert code == 2 and "cannot be read" in told and told.count("\n") == 1, told


def test_it_is_among_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(capsys, "--help")
    assert code == 0 and "casebook exam problem --seed 7" in said
