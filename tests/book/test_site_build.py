"""The build of the site: parts that are made again when they must, one exchange at the end."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from casebook.web import serve
from casebook.web.build import language, pages, parts, provenance, site, stamp, swap, trace

ROOT = Path(__file__).resolve().parents[2]


def folder(path: Path, **files: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path / name).write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one source, whose parts are made below it."""
    monkeypatch.setattr(trace, "ROOT", tmp_path)
    for name in ("SCRATCH", "MARKS"):
        monkeypatch.setattr(parts, name, tmp_path / "_build" / name)
    trace.checksum.cache_clear()
    return folder(tmp_path, source="1")


# The exchange


@pytest.mark.parametrize("can", [True, False])
def test_a_folder_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can: bool
) -> None:
    if not can:  # a system without the exchange of two names
        monkeypatch.setattr(swap, "exchange", lambda one, other: False)
    old, new = folder(tmp_path / "html", a="old", gone="x"), folder(tmp_path / "next", a="new")
    swap.put(new, old)
    assert [p.name for p in tmp_path.iterdir()] == ["html"]
    assert {p.name: p.read_text() for p in old.iterdir()} == {"a": "new"}


def test_at_no_moment_is_there_no_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = folder(tmp_path / "html", a="old"), folder(tmp_path / "next", a="new")
    seen = []
    monkeypatch.setattr(swap, "remove", lambda path: seen.append((old / "a").read_text()))
    swap.put(new, old)
    assert seen == ["new"], "what was there is removed after the exchange"


def test_what_stepped_aside_comes_back(tmp_path: Path) -> None:
    """A kill between the two steps of a system without the exchange."""
    place = tmp_path / "html"
    folder(tmp_path / "html.before", a="old")
    swap.recover(place)
    assert (place / "a").read_text() == "old"
    folder(tmp_path / "html.before", a="older")
    swap.recover(place)
    assert (place / "a").read_text() == "old" and not (tmp_path / "html.before").exists()


def test_a_second_build_waits_for_the_first(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from casebook.web.build import swap\n"
        "with swap.alone(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    start = partial(
        subprocess.Popen, [sys.executable, "-c", code, str(tmp_path / "lock")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    with start() as first:
        assert first.stdout and first.stdout.readline() == "in\n"
        with start() as second:
            assert second.stdout and "waits" in second.stdout.readline()
            first.kill()  # the lock of who was killed is open
            assert second.communicate(timeout=20)[0] == "in\n"


# Parts


def part(tree: Path, made: list[str] | None = None, **more: object) -> parts.Part:
    def make(place: Path) -> None:
        content = (tree / "source").read_text(encoding="utf-8")
        if content == "offline":
            raise parts.Unreachable("no network")
        if content == "wrong":
            sys.exit("the source is wrong")
        (place / "file").write_text(content, encoding="utf-8")

    return parts.Part("a/part", make, tree / "_build" / "part", **more)  # type: ignore[arg-type]


def test_a_part_is_made_again_when_what_it_read_has_changed(tree: Path) -> None:
    one = part(tree)
    assert not one.is_current()
    assert parts.renew([one]) == []
    assert one.is_current() and "source" in one.read()
    folder(tree, source="1", other="new")
    trace.checksum.cache_clear()
    assert one.is_current(), "the time of a file, and other files, do not matter"
    folder(tree, source="2")
    trace.checksum.cache_clear()
    assert not one.is_current()
    parts.renew([one])
    assert (one.place / "file").read_text() == "2"


def test_without_network_no_mark_is_left_and_it_is_tried_again(tree: Path) -> None:
    one = part(tree)
    parts.renew([one])
    folder(tree, source="offline")
    trace.checksum.cache_clear()
    for _ in range(2):
        assert parts.renew([one]) == ["no network"]
        assert not one.is_current()
        assert (one.place / "file").read_text() == "1", "what there was stays"
    folder(tree, source="3")
    trace.checksum.cache_clear()
    assert parts.renew([one]) == [] and (one.place / "file").read_text() == "3"


def test_a_part_that_fails_says_why_and_leaves_what_there_was(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one = part(tree)
    parts.renew([one])
    folder(tree, source="wrong")
    trace.checksum.cache_clear()
    with pytest.raises(parts.Failed, match="a/part"):
        parts.renew([one])
    assert "the source is wrong" in capfd.readouterr().err
    assert (one.place / "file").read_text() == "1" and not one.is_current()


def test_a_file_that_was_not_there_counts_when_it_comes(tree: Path) -> None:
    one = part(tree, also=("absent",))
    parts.renew([one])
    assert one.is_current()
    folder(tree, absent="here")
    trace.checksum.cache_clear()
    assert not one.is_current()


def test_a_module_counts_as_its_source(tree: Path) -> None:
    """What Python opens is byte code, and what it lists are folders."""
    read = trace.begin()
    folder(tree / "rooms" / "__pycache__", **{"one.cpython-311.pyc": "x"})
    (tree / "rooms" / "__pycache__" / "one.cpython-311.pyc").read_bytes()
    list((tree / "rooms").iterdir())
    assert {"rooms/one.py", "rooms"} <= read
    assert not any("pycache" in name for name in read)


def test_a_folder_that_is_thrown_away_is_not_taken_for_one_of_the_repository(
    tree: Path, tmp_path: Path
) -> None:
    """What empties it names what is in it without saying where: a package has tests, docs, data."""
    folder(tree / "tests", one="1")
    read = trace.begin()
    with tempfile.TemporaryDirectory(dir=tmp_path) as away:
        folder(Path(away) / "tests" / "docs", two="2")
    assert not read & {"tests", "docs", "two"}
    list((tree / "tests").iterdir())
    assert "tests" in read


def test_what_steps_may_write_to_is_a_copy(tmp_path: Path) -> None:
    source = folder(tmp_path / "a", **{"page.html": "1", "python.wasm": "1"})
    parts.link(source, tmp_path / "b")
    (tmp_path / "b" / "page.html").write_text("2")
    assert (source / "page.html").read_text() == "1"
    assert (source / "python.wasm").samefile(tmp_path / "b" / "python.wasm")


# Steps, and what they leave


def test_every_step_can_be_called() -> None:
    for name in site.STEPS:
        assert callable(import_module(name).make), name
    assert site.STEPS[-1] == provenance.__name__, "what is hashed is written before"


def test_addresses_carry_the_version_of_their_file(tmp_path: Path) -> None:
    folder(tmp_path / "_static", **{"a.css": "1", "a.js": "2"})
    page = folder(tmp_path / "book", **{"x.html": (
        '<link href="../_static/a.css?v=old"><script src="../_static/a.js"></script>'
        '<script src="../_static/none.js?v=1"></script>')}) / "x.html"  # fmt: skip
    stamp.make(tmp_path)
    once = page.read_text()
    assert once.count("?v=") == 2 and "old" not in once and 'none.js"' in once
    stamp.make(tmp_path)
    assert page.read_text() == once
    folder(tmp_path / "_static", **{"a.css": "3"})
    stamp.make(tmp_path)
    assert page.read_text().split("a.js")[1] == once.split("a.js")[1] and page.read_text() != once


def test_provenance_names_every_file_and_no_time_or_place(tmp_path: Path) -> None:
    folder(tmp_path / "book", **{"x.html": "1"})
    provenance.make(tmp_path)
    once = (tmp_path / provenance.NAME).read_text()
    provenance.make(tmp_path)
    assert (tmp_path / provenance.NAME).read_text() == once
    assert '"book/x.html"' in once and str(tmp_path) not in once


def test_a_build_that_fails_leaves_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tree: Path
) -> None:
    """Whatever step it is: the served folder is only ever exchanged."""
    place = folder(tmp_path / "html", a="good")
    for name, path in (("SITE", place), ("NEXT", tmp_path / "next"), ("STATIC", tmp_path),
                       ("MARKS", parts.MARKS)):  # fmt: skip
        monkeypatch.setattr(site, name, path)
    monkeypatch.setattr(site, "made", lambda begin: [])

    def stopped(new: Path, others: language.Others) -> None:
        folder(new, a="half")
        raise parts.Failed("a step")

    monkeypatch.setattr(site, "assembled", stopped)
    with pytest.raises(parts.Failed):
        site.build()
    assert (place / "a").read_text() == "good"
    monkeypatch.setattr(site, "assembled", lambda new, others: folder(new, a="better"))
    parts.MARKS.mkdir(parents=True)
    site.build()
    assert (place / "a").read_text() == "better" and not (tmp_path / "next").exists()


def test_an_edition_is_built_beside_the_first_and_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "others", lambda: ["zh"])
    monkeypatch.setattr(language, "compose", lambda name: tmp_path / name)
    marks = folder(tmp_path / "marks", read="", shared="")
    monkeypatch.setattr(language, "READ", marks / "read")
    monkeypatch.setattr(language, "SHARED", marks / "shared")

    def built(name: str, _: Path) -> None:
        folder(tmp_path / name, began="")
        time.sleep(60 if (tmp_path / "slow").exists() else 0)
        sys.exit("a page is broken" if (tmp_path / "broken").exists() else 0)

    monkeypatch.setattr(language, "_become_build", built)
    with language.Others() as others:
        others.begin()
        assert [name for name, _ in others.built()] == ["zh"]
    assert not list(marks.iterdir()), "they wait until this build has come so far"
    (tmp_path / "broken").touch()
    with pytest.raises(parts.Failed, match="'zh' could not be built"), language.Others() as others:
        others.begin()
        list(others.built())
    (tmp_path / "slow").touch()
    start = time.monotonic()
    with pytest.raises(parts.Failed, match="a page"), language.Others() as others:
        others.begin()
        raise parts.Failed("a page of the first edition")
    assert time.monotonic() - start < 30


def test_work_is_shared_out_in_order_and_an_error_comes_back() -> None:
    def squared(x: int) -> tuple[int, int]:
        if x == 13:
            raise ValueError("thirteen is not allowed")
        return os.getpid(), x * x

    here, few = {process for process, _ in parts.each(squared, range(3))}, parts.each(squared, [])
    assert here == {os.getpid()} and few == []
    found = parts.each(squared, [*range(13)])
    assert [square for _, square in found] == [x * x for x in range(13)]
    assert len({process for process, _ in found}) == parts.WORKERS
    with pytest.raises(ValueError, match="thirteen"):
        parts.each(squared, [*range(20)])
    with pytest.raises(parts.Failed):
        parts.each(lambda x: os._exit(x), [*range(20)])


def test_sphinx_starts_again_from_its_last_good_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, kept = folder(tmp_path / "work", env="half"), folder(tmp_path / "kept", env="good")
    seen = []

    def sphinx(*given: object, **more: object) -> int:
        seen.append((work / "env").read_text())
        folder(work, env="new")
        return len(seen) == 1  # the first time, a page warns

    for name, path in (("WORK", work), ("KEPT", kept), ("_BEGUN", tmp_path / "begun")):
        monkeypatch.setattr(pages, name, path)
    monkeypatch.setattr("jupyter_book.sphinx.build_sphinx", sphinx)
    with pytest.raises(SystemExit):
        pages.build()
    assert (kept / "env").read_text() == "good"
    pages.build()
    assert (kept / "env").read_text() == "new"
    assert seen == ["half", "good"], "what a failed build left is not used"


# The server


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[Path, http.client.HTTPConnection]]:
    folder(tmp_path, **{"index.html": "<body>x</body>", "a.wasm": "", "a.js": "", "a.json": ""})
    with serve.server(tmp_path, 0, serve.Reloading) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path, http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        server.shutdown()


def test_types_are_right_and_a_page_reloads_by_a_script_that_is_in_no_file(
    serving: tuple[Path, http.client.HTTPConnection],
) -> None:
    place, asked = serving
    for name, kind in (("a.wasm", "application/wasm"), ("a.js", "text/javascript; charset=utf-8"),
                       ("a.json", "application/json; charset=utf-8")):  # fmt: skip
        asked.request("GET", f"/{name}")
        answer = asked.getresponse()
        answer.read()
        assert answer.headers["Content-Type"] == kind
    asked.request("GET", "/")
    body = asked.getresponse().read().decode()
    assert body == '<body>x<script src="/-/reload.js"></script></body>'
    assert "reload" not in (place / "index.html").read_text()


def test_an_open_page_is_told_of_a_change(
    serving: tuple[Path, http.client.HTTPConnection],
) -> None:
    _, asked = serving
    asked.request("GET", "/-/changes")
    answer = asked.getresponse()
    told = threading.Event()

    def tell() -> None:
        while not told.wait(0.02):
            serve.Reloading.changes.tell()

    threading.Thread(target=tell, daemon=True).start()
    assert answer.readline() == b"data: changed\n"
    told.set()
