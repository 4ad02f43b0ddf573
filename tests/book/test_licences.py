"""Whatever the site ships has an entry, a licence and its text."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from casebook.web.build import licences
from casebook.words import catalogue

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"


def test_every_file_of_the_site_is_ours_or_named() -> None:
    assert (SITE / "index.html").is_file(), "the site is not built: run make book"
    assert not list(licences.unnamed(SITE))


def test_a_file_that_nobody_names_is_found(tmp_path) -> None:
    for name in ("_static/vendor/other.js", "book/index.html", "_static/vendor/require.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(licences.unnamed(tmp_path)) == ["_static/vendor/other.js"]


def test_every_entry_is_shipped_and_its_text_is_in_the_site() -> None:
    names = [p.relative_to(SITE).as_posix() for p in SITE.rglob("*") if p.is_file()]
    entries = catalogue("licences")["shipped"]
    for entry, part in zip(entries, licences.parts(), strict=True):
        assert any(fnmatchcase(n, f) for n in names for f in entry["files"]), entry["name"]
        text = (SITE / part.link).read_text(encoding="utf-8")
        assert len(text) > 1000, part
        assert part.version and part.home.startswith("https://"), part
    for part in licences.wheels():
        assert part.licence and len((SITE / part.link).read_text(encoding="utf-8")) > 400, part


@pytest.mark.parametrize(("name", "licence"), [("Pyodide", "Mozilla Public License"),
                                               ("OpenSSL", "OpenSSL Project")])  # fmt: skip
def test_the_text_is_that_of_the_licence(name: str, licence: str) -> None:
    (part,) = (p for p in licences.parts() if p.name == name)
    assert licence in part.text


def test_the_notice_is_what_is_shipped() -> None:
    if not licences.wheels():
        pytest.skip("no Python for the browser was fetched")
    written = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert written == licences.notice(), "python -m casebook.web.build.licences NOTICE"


def test_what_could_not_be_fetched_is_in_no_table(tmp_path, monkeypatch) -> None:
    here = {part.name for part in licences.parts()}
    monkeypatch.setattr(licences, "FETCHED", tmp_path)
    gone = here - {part.name for part in licences.parts()}
    assert len(gone) == 2 and all("Py" in name for name in gone)
    assert licences.wheels() == []


def test_a_wheel_without_a_licence_is_refused(tmp_path, monkeypatch) -> None:
    import zipfile

    folder = tmp_path / "static/vendor/pyodide"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "bare-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("bare-1.0.dist-info/METADATA", "Name: bare\nVersion: 1.0\n")
    monkeypatch.setattr(licences, "FETCHED", tmp_path)
    with pytest.raises(LookupError, match="holds no licence"):
        licences.wheels()
