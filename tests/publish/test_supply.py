"""What is installed is locked with checksums; Binder gets what the notebooks import."""

from __future__ import annotations

import ast
import os
import re
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
#: Lock -> the file whose pins it holds.
LOCKS = {
    "locks/book.txt": "requirements.txt",
    "locks/tests.txt": "tests/requirements.txt",
    "locks/lectures.txt": "requirements-lectures.txt",
}
BINDER = ".binder/requirements.txt"


def name_of(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def pins(name: str) -> dict[str, set[str]]:
    """Package -> versions of a requirements file (a lock may have one for each Python)."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].split(";")[0].rstrip("\\ ").strip()
        if line and not line.startswith("-"):
            pin = re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", line)
            assert pin, f"{name}: {line} is not a pin"
            found.setdefault(name_of(pin[1]), set()).add(pin[2])
    return found


def entries(name: str) -> list[str]:
    """The packages of a lock, each with its checksums."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"^[a-z][^\n]*(?:\n    [^\n]*)*", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_the_pins_that_were_chosen(name: str) -> None:
    """Else somebody changed a pin and did not run .ci/lock.py."""
    above = list(LOCKS)[: list(LOCKS).index(name) + 1]
    locked = {package: versions for lock in above for package, versions in pins(lock).items()}
    assert pins(LOCKS[name])
    for package, version in pins(LOCKS[name]).items():
        assert locked.get(package) == version, package


@pytest.mark.parametrize("name", [*LOCKS, BINDER])
def test_every_package_of_a_lock_has_checksums(name: str) -> None:
    assert len(entries(name)) > 20
    for entry in entries(name):
        first, *hashes = entry.splitlines()
        assert re.fullmatch(r"[a-z0-9.-]+==[^\s;]+( ; .+)? \\", first), first
        assert hashes, first
        for line in hashes:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), first


def test_no_two_locks_differ_about_a_version() -> None:
    one: dict[str, set[str]] = {}
    for name in (*LOCKS, BINDER):
        for package, versions in pins(name).items():
            known = one.setdefault(package, versions)
            assert versions <= known or known <= versions, f"{name}: {package}"


def test_this_environment_has_all_that_its_packages_need() -> None:
    """The locks are installed without a search for what is missing: nothing may be."""
    there = {name_of(d.name): d for d in distributions()}
    locked = [name for lock in ("locks/book.txt", "locks/tests.txt") for name in pins(lock)]
    absent = []
    for name in set(locked) & there.keys():
        for line in there[name].requires or ():
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                version = there[name_of(need.name)].version if name_of(need.name) in there else ""
                if not need.specifier.contains(version or "0", prereleases=True) or not version:
                    absent.append(f"{name}: {line}")
    assert set(absent) <= {"num2words: docopt>=0.6.2"}  # see .ci/lock.py


def test_the_tool_that_makes_the_wheel_is_the_locked_one() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    (wanted,) = build["requires"]
    for name in ("locks/book.txt", BINDER):
        assert pins(name)["hatchling"] == {wanted.removeprefix("hatchling==")}


# Binder


def test_binder_has_what_the_notebooks_import() -> None:
    named: set[str] = set()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for node in ast.walk(ast.parse(cell.source if cell.cell_type == "code" else "")):
                if isinstance(node, ast.Import):
                    named |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    named.add(node.module.split(".")[0])
    by_import = packages_distributions()
    wanted = named - sys.stdlib_module_names - {"casebook"}
    assert {"PySAM", "scipy", "pandas"} <= wanted
    absent = {n for n in wanted if not {name_of(d) for d in by_import[n]} & pins(BINDER).keys()}
    assert not absent


def test_binder_takes_a_python_of_the_book_and_an_editable_package() -> None:
    runtime = (ROOT / ".binder/runtime.txt").read_text(encoding="utf-8").strip()
    assert runtime in {"python-3.11", "python-3.12", "python-3.13"}
    script = ROOT / ".binder/postBuild"
    assert os.access(script, os.X_OK)
    assert re.search(r"^pip install .*--editable \.$", script.read_text(), re.MULTILINE)
    # repo2docker reads a file of the root only where there is no folder of its own
    assert not (ROOT / "runtime.txt").exists() and not (ROOT / "binder").exists()


# Workflows

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


@each_workflow
def test_an_action_is_named_by_its_commit(path: Path) -> None:
    uses = re.findall(r"uses: *(.+)", path.read_text(encoding="utf-8"))
    assert uses
    for line in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@each_workflow
def test_a_job_has_a_time_limit_and_may_only_read(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 180, name
        allowed = {"pages", "id-token"} if name == "publish" else set()
        assert set(job.get("permissions", {})) <= allowed, name


def test_a_publication_is_never_cut_short() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8"))
    assert workflow["concurrency"]["cancel-in-progress"] == "${{ github.ref != 'refs/heads/main' }}"
    publish = workflow["jobs"]["publish"]["concurrency"]
    assert publish == {"group": "pages", "cancel-in-progress": False}
