"""The zip of a small site, and the step that leads to it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from casebook.web.build import policy, provenance
from casebook.web.offline import archive, make

PAGE = "<!doctype html><head><meta charset='utf-8'></head><section><h1>{}</h1></section></article>"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of two pages and a file that is packed already, with all that is made of it."""
    folder = tmp_path / "html"
    for name in (make.PAGE, "index.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(PAGE.format(name), encoding="utf-8")
    (folder / "_static").mkdir()
    (folder / "_static" / "a.gz").write_bytes(bytes(1000))
    (folder / ".nojekyll").write_bytes(b"")
    steps(folder)
    return folder


def steps(folder: Path) -> None:
    for step in (policy, make, provenance):
        step.make(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes()
            for p in folder.rglob("*") if p.is_file()}  # fmt: skip


def test_it_holds_the_site_in_one_folder_and_says_so_truly(site: Path) -> None:
    target = site.parent / make.ZIP
    archive.pack(site, target)
    with zipfile.ZipFile(target) as made:
        found = {n.removeprefix(f"{archive.FOLDER}/"): made.read(n) for n in made.namelist()}
        assert all(name.startswith(f"{archive.FOLDER}/") for name in made.namelist())
        assert made.namelist() == sorted(made.namelist())
    given = files(site)
    assert found.keys() == given.keys() | {archive.first()}
    assert {n for n in given if given[n] != found[n]} == {provenance.NAME}
    told = json.loads(found.pop(provenance.NAME))
    assert told["files"] == {name: make.sha(content) for name, content in found.items()}
    assert b"http://127.0.0.1:8000/" in found[archive.first()]


def test_the_same_site_gives_the_same_zip_before_and_after_it_is_linked(site: Path) -> None:
    target, again = site.parent / make.ZIP, site.parent / "again.zip"
    archive.pack(site, target)
    archive.pack(site, again)
    assert target.read_bytes() == again.read_bytes()
    steps(site)  # the site has it now, and leads to it
    assert (site / make.ZIP).read_bytes() == target.read_bytes()
    page = (site / make.PAGE).read_text(encoding="utf-8")
    assert f'href="../../{make.ZIP}"' in page
    steps(site)
    assert (site / make.PAGE).read_text(encoding="utf-8") == page
    archive.pack(site, again)
    assert target.read_bytes() == again.read_bytes(), "it holds neither itself nor the link"


def test_a_zip_of_another_edition_is_not_offered(site: Path) -> None:
    archive.pack(site, site.parent / make.ZIP)
    steps(site)
    (site / "_static" / "a.gz").write_bytes(bytes(999))
    before = (site / make.WORKER).read_bytes()
    steps(site)
    assert not (site / make.ZIP).exists()
    assert make.ZIP not in (site / make.PAGE).read_text(encoding="utf-8")
    assert (site / make.WORKER).read_bytes() != before


def test_a_page_without_a_policy_is_refused(site: Path) -> None:
    (site / "foreign.html").write_text(PAGE.format("x"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"foreign\.html has no policy"):
        make.make(site)


def test_without_a_site_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make book"):
        archive.pack(tmp_path, tmp_path / make.ZIP)
    assert not list(tmp_path.iterdir())


def test_a_zip_that_cannot_be_written_leaves_the_one_before(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = site.parent / make.ZIP
    target.write_bytes(b"before")
    monkeypatch.setattr(zipfile.ZipFile, "writestr", lambda *_: (_ for _ in ()).throw(OSError(28)))
    with pytest.raises(OSError):
        archive.pack(site, target)
    assert target.read_bytes() == b"before"
    assert {p.name for p in site.parent.iterdir()} == {"html", make.ZIP}
