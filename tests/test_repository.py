"""Rules over the tree: what is stored is small, complete, in order and checked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml

from tests import digits

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def stored() -> list[Path]:
    """Every file that is in git or about to be."""
    run = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if run.returncode:
        reason = "not a git checkout: " + run.stderr.strip()
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") else pytest.skip(reason)
    return [ROOT / name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


# Notebooks


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@each_notebook
def test_every_cell_was_run_once_and_in_order(path: Path) -> None:
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_no_cell_ends_in_an_error_or_warns(path: Path) -> None:
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source


@each_notebook
def test_no_cell_is_kept_from_the_check(path: Path) -> None:
    for cell in code_cells(path):
        tags = " ".join(cell.metadata.get("tags", []))
        assert not re.search(r"nbval|raises-exception", tags, re.IGNORECASE), cell.source
        assert not re.search(r"#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source), cell.source


@each_notebook
def test_cells_are_short_and_the_notebook_is_small(path: Path) -> None:
    assert path.stat().st_size < 600_000
    for cell in code_cells(path):
        assert len(cell.source.splitlines()) <= 25, cell.source


# The check of the notebooks is itself checked: tests/conftest.py shows it each stored number with
# another digit, in each cell that is run.


@each_notebook
def test_numbers_are_stored_that_can_be_checked(path: Path) -> None:
    outputs = [output for cell in code_cells(path) for output in cell.outputs]
    assert sum(len(digits.others(output)) for output in outputs) >= 5


def test_a_changed_digit_is_found(tmp_path: Path) -> None:
    """The second cell gives another number; a rule hides the number of the third."""
    cells = []
    for source, stored in [("12", "12"), ("13", "12"), ("'= 12'", "= 12")]:
        cells.append(nbformat.v4.new_code_cell(f"print({source})", execution_count=len(cells) + 1))
        cells[-1].outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored + "\n")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "one.ipynb")
    (tmp_path / "hides.cfg").write_text("[x]\nregex: = [0-9]+\nreplace: =\n")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-c", os.devnull, "--rootdir", tmp_path]
    command += ["-p", "no:cacheprovider", "--nbval", "--nbval-current-env", "--color=no"]
    command += ["-p", "tests.conftest", f"--nbval-sanitize-with={tmp_path / 'hides.cfg'}"]
    run = subprocess.run(
        [*command, tmp_path / "one.ipynb"], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert re.findall(r"^(PASSED|FAILED).*Cell (\d)", run.stdout, re.MULTILINE) == [
        ("PASSED", "0"), ("FAILED", "1"), ("FAILED", "2")
    ], run.stdout + run.stderr  # fmt: skip
    assert "a changed digit in output 1 is not found" in run.stdout


# Pages


def toc_files(entry: object) -> list[str]:
    """Every file that the table of contents names."""
    if isinstance(entry, list):
        return [file for part in entry for file in toc_files(part)]
    if not isinstance(entry, dict):
        return []
    own = [entry[key] for key in ("root", "file") if key in entry]
    return own + [file for part in entry.values() for file in toc_files(part)]


def test_the_contents_name_every_page_and_no_other() -> None:
    toc = toc_files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    pages = [p for p in stored() if p.suffix in (".md", ".ipynb")]
    parts = [p.relative_to(ROOT).with_suffix("").as_posix() for p in pages]
    assert len(toc) == len(set(toc))
    assert sorted(toc) == sorted(p for p in parts if p.split("/")[0] in ("book", "notebooks"))


def test_no_page_has_a_footnote() -> None:
    """Footnotes break in translation."""
    for path in stored():
        if path.suffix in (".md", ".ipynb"):
            assert not re.search(r"\[\^[\w-]+\]", path.read_text(encoding="utf-8")), path


def test_there_is_no_folder_whose_scripts_every_page_would_load() -> None:
    assert not (ROOT / "_static").exists()


# Files


def test_no_stored_file_is_large() -> None:
    large = [path for path in stored() if path.stat().st_size > 1_500_000]
    assert not large


def test_no_stored_file_names_a_folder_of_one_machine() -> None:
    machine = re.compile(rb"(?<![\w./:<-])/(root|work|home/\w+|Users/\w+|tmp/\w+)/")
    named = [
        p for p in stored() if machine.search(p.read_bytes()) and p.name != Path(__file__).name
    ]
    assert not named


# Versions


def test_the_lock_of_the_scripts_has_checksums_and_names_no_host() -> None:
    lock = yaml.safe_load((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name


# The package


def test_a_wheel_carries_the_assumptions(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", tmp_path, ROOT], check=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    names = [p.stem for d in ("cases", "models") for p in (ROOT / "data" / d).glob("*.toml")]
    code = (
        f"import sys; sys.path.insert(0, {os.fspath(installed)!r})\n"
        f"import casebook.words; from casebook.models import model\n"
        f"assert casebook.words.DATA.is_relative_to({os.fspath(installed)!r})\n"
        f"for name in {names}: model(name).assumptions()"
    )
    assert names
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=tmp_path)
