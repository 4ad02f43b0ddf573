"""The loader of the explorers against a host on which everything goes wrong that can.

A page of two lines stands for the pages of the book. In place of Pyodide, which takes seconds to
start, most tests have one of a few lines that fetches and compiles as Pyodide does.
"""

from __future__ import annotations

import gzip
import http.server
import io
import json
import os
import tarfile
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from conftest import SITE
from playwright.sync_api import Browser, Page

from casebook.web.explorer.script import ASSETS

STATIC = SITE / "_static"
PAGE = b"<!doctype html><title>Loader</title><script src='python.js'></script>"
BLOCK = b"<!doctype html><title>Blocked</title><p>Your network does not allow this download."
WASM, BUNDLE, WORKER = "pyodide.asm.wasm", "explorers.tar.gz", "explorer.worker.js"
FILES = (
    "manifest.json", WORKER, "pyodide.js", "pyodide.asm.js", WASM, "python_stdlib.zip",
    "pyodide-lock.json", BUNDLE,
)  # fmt: skip
TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
#: A policy under which the book works.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval';"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src 'self' blob:"
)
#: What goes wrong -> the reasons that may be given; a script breaks without saying how.
FAULTS = {
    "missing": {"status"},
    "blocked": {"unreachable"},
    "broken": {"broken"},
    "silent": {"stalled"},
    "stuck": {"stalled"},
    "page": {"wrong"},
    "corrupt": {"wrong"},
}
#: Of these no checksum is known: what came with it would tell it.
UNKNOWN = (WORKER, "manifest.json")
SHORT = 1.5  # seconds
#: Try to start: the states that were told, and the last one.
START = """async (stall) => {
  casebook.stall = stall && 1000 * stall;
  const python = casebook.python("live/"), told = [];
  const listener = (state) => told.push(state);
  python.listeners.add(listener);
  await python.start().catch(() => {});
  python.listeners.delete(listener);
  return { told, ...python.state };
}"""
ASK = """(name) => casebook.python("live/").ask({ case: name, values: {} })"""


STUB = b"""self.loadPyodide = async ({ indexURL }) => {
  for (const file of ["pyodide-lock.json", "python_stdlib.zip"])
    await (await fetch(indexURL + file)).arrayBuffer();
  await WebAssembly.instantiateStreaming(fetch(indexURL + "pyodide.asm.wasm"), {});
  await started();
  const live = { start() {}, tidy() {}, respond: () => JSON.stringify({ numbers: [] }) };
  return { FS: { mkdirTree() {}, writeFile() {} }, runPython() {}, pyimport: () => live };
};"""


def stub() -> dict[str, bytes]:
    """The files of the small Pyodide: each is of its kind."""
    with io.BytesIO() as zipped, io.BytesIO() as packed:
        with zipfile.ZipFile(zipped, "w") as archive:
            archive.writestr("os.py", "pass\n" * 20)
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            tar.addfile(tarfile.TarInfo("nothing.py"))
        found = {
            "pyodide.js": STUB,
            "pyodide.asm.js": b"self.started = async () => {}; // and so on",
            # a module with a section of a name and a hundred bytes
            WASM: b"\0asm\1\0\0\0" + b"\0\x66\1x" + bytes(100),
            "python_stdlib.zip": zipped.getvalue(),
            "pyodide-lock.json": json.dumps({"packages": {"numpy": {}}}).encode(),
            BUNDLE: gzip.compress(packed.getvalue()),
        }
    return found


class Host(http.server.ThreadingHTTPServer):
    """Serves the page, the loader, and the files of a Pyodide, as `fault` and `headers` say."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}/"
        self.restore()

    def restore(self) -> None:
        scripts = (ASSETS.parent / WORKER, ASSETS / "python.js")
        self.good = stub() | {path.name: path.read_bytes() for path in scripts}
        self.good["page.html"] = PAGE
        self.content: dict[str, bytes] = {}  # in place of the good one
        self.fault: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.asked: Counter[str] = Counter()
        self.over = threading.Event()

    def manifest(self) -> bytes:
        """As casebook.web.build.pyodide writes it, of the good files."""
        fetched = [name for name in FILES if name not in UNKNOWN]
        files = {name: [len(self.good[name]), crc32(self.good[name])] for name in fetched}
        size = sum(size for size, _ in files.values())
        return json.dumps({"size": size, "files": files}).encode()

    def real(self) -> None:
        """The Python of the built site from now on."""
        if not (STATIC / "live" / "manifest.json").is_file():
            reason = "the site was built without Python for the browser"
            pytest.fail(reason, pytrace=False) if os.environ.get("CI") else pytest.skip(reason)
        for folder in ("vendor/pyodide", "live"):
            paths = ((STATIC / folder / name) for name in FILES)
            self.good |= {path.name: path.read_bytes() for path in paths if path.is_file()}

    def handle_error(self, *args: object) -> None:
        """A browser that has gone away is what these tests are about."""


class Handler(http.server.BaseHTTPRequestHandler):
    """One request."""

    server: Host

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        name, host = self.path.rpartition("/")[2], self.server
        host.asked[name] += 1
        if name == "manifest.json" and name not in host.good:
            content = host.content.get(name) or host.manifest()
        else:
            content = host.content.get(name) or host.good.get(name, b"")
        fault = host.fault.get(name, "")
        kind = TYPES.get(Path(name).suffix, "application/octet-stream")
        if name == "page.html" or fault == "page":
            kind = "text/html"
        if fault == "page":
            content = BLOCK
        if fault == "corrupt":
            middle = len(content) // 2
            content = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        if fault == "blocked":
            return
        if fault == "silent":
            host.over.wait(60)
            return
        self.send_response(404 if fault == "missing" or not content else 200)
        headers = {
            "content-type": kind,
            "content-length": str(len(content)),
            "cache-control": "max-age=600",
            "last-modified": "Mon, 01 Jun 2026 00:00:00 GMT",
        }
        for key, value in (headers | host.headers.get(name, {}) | host.headers.get("", {})).items():
            self.send_header(key, value)
        self.end_headers()
        half = fault in ("broken", "stuck")
        self.wfile.write(content[: len(content) // 2] if half else content)
        self.wfile.flush()
        if fault == "stuck":
            host.over.wait(60)


@pytest.fixture(scope="module")
def server() -> Iterator[Host]:
    with Host() as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield host
        host.over.set()
        host.shutdown()


@pytest.fixture
def host(server: Host) -> Iterator[Host]:
    server.restore()
    yield server
    server.over.set()


@pytest.fixture
def page(browser: Browser, host: Host) -> Iterator[Page]:
    """The page in a profile of its own."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{host.address}static/page.html")
    yield page
    context.close()


def start(page: Page, stall: float | None = None) -> dict[str, Any]:
    return page.evaluate(START, stall)


def started(page: Page) -> None:
    """Python starts, and answers."""
    assert (state := start(page))["phase"] == "running", state
    assert "numbers" in page.evaluate(ASK, "growth")


@pytest.mark.parametrize("file", FILES)
def test_every_fault_of_a_file_is_told_with_its_name_and_passes(file, host, page):
    for fault, reasons in FAULTS.items():
        if fault == "corrupt" and file in UNKNOWN:
            continue
        host.fault = {file: fault}
        state = start(page, SHORT if reasons == {"stalled"} else None)
        host.over.set()
        host.over = threading.Event()
        assert (state["phase"], state["file"]) == ("failed", file), (fault, state)
        assert state["why"] in reasons, (fault, state)
        assert {"phase", "done", "total", "file", "why", "detail"} < set(state)
    # the browser may keep the page that came in place of the file: it is not asked again
    host.fault = {}
    started(page)


@pytest.mark.parametrize("file", [WASM, "python_stdlib.zip", "pyodide-lock.json", BUNDLE])
def test_a_file_cut_short_by_a_host_that_gives_no_length_is_not_taken(file, host, page):
    host.content = {file: host.good[file][:-8]}
    state = start(page)
    assert (state["phase"], state["file"], state["why"]) == ("failed", file, "wrong"), state
    host.content = {}
    started(page)


def test_a_page_of_plain_text_in_place_of_a_file_is_not_taken(host, page):
    for file in FILES:
        page.goto(f"{host.address}{file}/page.html")  # a folder of which nothing is kept
        host.content = {file: b"Access to this download is not allowed here. Ask your desk."}
        state = start(page)
        assert (state["phase"], state["file"], state["why"]) == ("failed", file, "wrong"), state


def test_all_that_a_proxy_left_in_the_cache_is_asked_for_past_it(host, page):
    host.fault = dict.fromkeys(FILES, "page")
    assert start(page)["phase"] == "failed"
    host.fault = dict.fromkeys(FILES[2:], "page")  # the worker runs, and sees them all
    assert start(page)["phase"] == "failed"
    host.fault = {}
    started(page)


def test_a_file_of_an_older_edition_in_the_cache_is_asked_for_once_more(host, page):
    started(page)
    page.reload()
    host.good["pyodide.asm.js"] += b" // a newer one"
    host.asked.clear()
    started(page)
    assert host.asked["pyodide.asm.js"] == 1 and not host.asked[WASM]


@pytest.mark.parametrize(
    ("file", "headers"),
    [
        (WASM, {"content-type": "text/plain"}),
        (WASM, {"content-type": "application/octet-stream"}),
        ("", {"content-type": "application/octet-stream", "x-content-type-options": "nosniff"}),
        ("pyodide.asm.js", {"content-type": "text/plain", "x-content-type-options": "nosniff"}),
        (BUNDLE, {"content-encoding": "gzip"}),  # unpacked by the browser, on its way
        ("", {"cache-control": "no-store"}),
        ("", {"content-security-policy": POLICY}),
    ],
)
def test_a_host_may_send_other_headers(file, headers, host, page):
    host.headers = {file: headers}
    started(page)


@pytest.mark.parametrize(
    ("file", "forbidden"), [(WASM, " 'wasm-unsafe-eval'"), (WORKER, "worker-src 'self' blob:")]
)
def test_a_policy_that_forbids_is_told(file, forbidden, host, page):
    policy = POLICY.replace(forbidden, "worker-src 'none'" if file == WORKER else "")
    host.headers = {"": {"content-security-policy": policy}}
    page.goto(f"{host.address}other/page.html")
    state = start(page)
    assert (state["phase"], state["file"], state["why"]) == ("failed", file, "refused"), state
    assert not host.asked[WASM]


def test_a_python_that_never_comes_or_stops_is_told(host, page):
    host.good["pyodide.asm.js"] = b"self.started = () => new Promise(() => {});"
    state = start(page, SHORT)
    # a message with a way on is there long before it is given up
    slow = next(told for told in state["told"] if told["why"] == "slow")
    assert slow["phase"] == "starting" and slow["detail"] <= 2 * SHORT
    assert (state["phase"], state["file"], state["why"]) == ("failed", "", "silent"), state
    assert float(state["detail"]) == 3 * SHORT
    host.good["pyodide.asm.js"] = b"self.started = () => { throw Error('no numpy'); };"
    page.goto(f"{host.address}fresh/page.html")  # of which nothing is kept
    state = start(page)
    assert (state["phase"], state["why"], state["detail"]) == ("failed", "python", "no numpy")


@pytest.mark.parametrize("python", ["stub", "real"])
def test_a_good_start_counts_to_the_size_and_asks_once_for_each_file(python, host, page):
    if python == "real":
        host.real()
    state = start(page)
    size = json.loads(host.good.get("manifest.json") or host.manifest())["size"]
    assert state["phase"] == "running"
    phases = [told["phase"] for told in state["told"]]
    assert sorted(set(phases), key=phases.index) == ["loading", "starting", "running"]
    assert phases == sorted(phases, key=["loading", "starting", "running"].index)
    counted = [told["done"] for told in state["told"][:-1]]
    assert counted == sorted(counted) and counted[-1] == size
    assert {told["file"] for told in state["told"]} >= {*FILES}
    assert {host.asked[file] for file in FILES} == {1}, host.asked


def test_the_real_python_starts_after_a_break_and_with_a_wrong_type(host, page):
    host.real()
    host.fault, host.headers = {WASM: "broken"}, {WASM: {"content-type": "text/plain"}}
    state = start(page)
    assert (state["phase"], state["file"], state["why"]) == ("failed", WASM, "broken"), state
    host.fault = {}
    started(page)


def test_cancelled_at_any_time_and_asked_again(host, page):
    host.fault = {WASM: "stuck"}
    trying = page.evaluate_handle(
        "() => { const python = casebook.python('live/');"
        " return [python.start().catch((error) => error.why)]; }"
    )
    page.wait_for_function("() => casebook.python('live/').state.done > 0")
    page.evaluate("() => casebook.python('live/').cancel()")
    assert page.evaluate("(list) => list[0]", trying) == "cancelled"
    assert page.evaluate("() => casebook.python('live/').state.phase") == "cancelled"
    page.wait_for_timeout(100)  # what was on its way does not change that
    assert page.evaluate("() => casebook.python('live/').state.phase") == "cancelled"
    assert not page.workers
    host.over.set()
    host.fault = {}
    assert "numbers" in page.evaluate(ASK, "growth")
    page.evaluate("() => casebook.python('live/').cancel()")  # too late: it runs
    assert page.evaluate("() => casebook.python('live/').state.phase") == "running"


def test_an_explorer_is_opened_beforehand_unless_somebody_asks(host, page):
    page.evaluate(
        """() => {
          window.sent = [];
          const { postMessage } = Worker.prototype;
          Worker.prototype.postMessage = function (data) {
            if (data.request) sent.push(JSON.parse(data.request).case);
            postMessage.call(this, data);
          };
        }"""
    )
    page.evaluate("() => casebook.python('live/').start('problem')")
    assert page.evaluate("() => sent") == ["problem"]
    page.goto(f"{host.address}again/page.html")
    assert "numbers" in page.evaluate(
        "() => { const python = casebook.python('live/'); python.start('problem');"
        " return python.ask({ case: 'growth', values: {} }); }"
    )


@pytest.mark.parametrize(
    ("net", "coarse", "costly"),
    [
        ({"saveData": True, "effectiveType": "4g"}, False, True),
        ({"type": "cellular", "effectiveType": "4g"}, False, True),
        ({"effectiveType": "3g"}, False, True),
        ({"effectiveType": "4g"}, True, True),
        ({"effectiveType": "4g"}, False, False),
        (None, True, True),
        (None, False, True),
    ],
)
def test_where_data_may_cost_money(net, coarse, costly, page):
    found = page.evaluate(
        """([net, coarse]) => {
          Object.defineProperty(navigator, "connection", { value: net ?? undefined });
          window.matchMedia = (query) => ({ matches: query === "(pointer: coarse)" && coarse });
          return casebook.python("live/").costly();
        }""",
        [net, coarse],
    )
    assert found is costly
