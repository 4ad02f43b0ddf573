"""What a step of the build found in a page is found once, and not kept for longer than it is so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from casebook.web.build import kept


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """One build: what it had to look for itself, in sources of which each says what it holds."""
    monkeypatch.setattr(kept, "MARKS", tmp_path / "marks")
    (tmp_path / "code.py").write_text("1", encoding="utf-8")

    def build(*sources: bytes) -> list[str]:
        looked: list[str] = []

        def find(source: bytes) -> list[str]:
            looked.append(source.decode())
            return [source.decode().upper()]

        with kept.kept("step", str(tmp_path / "code.py")) as of:
            for source in sources:
                assert of(source, lambda source=source: find(source)) == [source.decode().upper()]
        return looked

    return build


def test_a_source_that_is_as_it_was_is_not_looked_at_again(found: Callable[..., list[str]]) -> None:
    assert found(b"a", b"b", b"a") == ["a", "b"]
    assert found(b"a", b"b") == []
    assert found(b"a", b"c") == ["c"]
    assert found(b"b") == ["b"], "nobody asked for it in the build before"


def test_another_code_and_a_broken_file_forget_all(
    found: Callable[..., list[str]], tmp_path: Path
) -> None:
    found(b"a")
    (tmp_path / "code.py").write_text("2", encoding="utf-8")
    assert found(b"a") == ["a"]
    (mark,) = (tmp_path / "marks").iterdir()
    mark.write_text(mark.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    assert found(b"a") == ["a"]
    assert found(b"a") == []


def test_a_build_that_fails_leaves_what_was_kept(
    found: Callable[..., list[str]], tmp_path: Path
) -> None:
    found(b"a")
    with pytest.raises(ZeroDivisionError), kept.kept("step", str(tmp_path / "code.py")) as of:
        of(b"b", lambda: 1 // 0)
    assert found(b"a") == []
