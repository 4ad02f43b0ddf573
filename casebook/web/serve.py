"""Serve the built site on this machine: `make serve`.

    python -m casebook.web.serve [PORT]        builds what is old, serves, builds again on a change

A page that is open loads again when the site has changed. A build that fails says why here, and the
last good site stays. `server` serves a folder and no more; `make present` and the tests use it too.
"""

from __future__ import annotations

import functools
import http.server
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from ..words import word

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
#: What the browser must be told, whatever this machine's own table of types says.
TYPES = {
    ".css": "text/css", ".gz": "application/gzip", ".html": "text/html",
    ".ipynb": "application/json", ".js": "text/javascript", ".json": "application/json",
    ".m4a": "audio/mp4", ".mjs": "text/javascript", ".mp4": "video/mp4", ".opus": "audio/ogg",
    ".svg": "image/svg+xml", ".vtt": "text/vtt", ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json", ".whl": "application/zip",
    ".woff2": "font/woff2", ".xml": "application/xml",
}  # fmt: skip
#: Text, said to be UTF-8.
_TEXT = ("text/", "application/json", "application/xml")
#: What a build takes its files from, and how often that is looked at, in seconds.
SOURCES = ("book", "notebooks", "data", "casebook")
FILES = ("_config.yml", "_toc.yml", "package.json", "package-lock.json", "pyproject.toml")
EVERY = 0.5
#: Addresses that no page of the site has.
_SCRIPT, _CHANGES = "/-/reload.js", "/-/changes"
_RELOAD = f"""new EventSource("{_CHANGES}").onmessage = () => location.reload();\n"""
_TAG = f'<script src="{_SCRIPT}"></script>'.encode()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files with their right types, and without a line for each."""

    extensions_map = TYPES

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """The type of a file by its ending, with the encoding of a text."""
        kind = TYPES.get(Path(path).suffix.lower()) or super().guess_type(path)
        return f"{kind}; charset=utf-8" if kind.startswith(_TEXT) else kind

    def end_headers(self) -> None:
        """Every file is asked for again, so that a new build is seen."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


class Changes:
    """Tells those who wait that the site has changed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def tell(self) -> None:
        """It has."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Whether it changes within so many seconds."""
        with self._changed:
            before = self._count
            return self._changed.wait_for(lambda: self._count != before, seconds)


class Reloading(Handler):
    """The same, and pages that load again when `changes` says so. The files stay as they are."""

    changes = Changes()

    def do_GET(self) -> None:
        """A file, or news of the site."""
        address = self.path.partition("?")[0]
        if address == _SCRIPT:
            self._answer("text/javascript", _RELOAD.encode())
        elif address == _CHANGES:
            self._tell()
        else:
            super().do_GET()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """A page gets the script as its last element; HEAD and all else as it is."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and self._ends_as_folder() else path
        if self.command != "GET" or path.suffix != ".html" or not path.is_file():
            return super().send_head()
        content = path.read_bytes()
        before, end, after = content.rpartition(b"</body>")
        content = before + _TAG + end + after if end else content + _TAG
        self._head("text/html; charset=utf-8", len(content))
        return io.BytesIO(content)

    def _ends_as_folder(self) -> bool:
        return self.path.partition("?")[0].endswith("/")

    def _head(self, kind: str, length: int | None) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _answer(self, kind: str, content: bytes) -> None:
        self._head(kind, len(content))
        self.wfile.write(content)

    def _tell(self) -> None:
        """An event for each change, until the page has gone."""
        self._head("text/event-stream", None)
        try:
            while True:
                changed = self.changes.wait(20)
                self.wfile.write(b"data: changed\n\n" if changed else b": still here\n\n")
                self.wfile.flush()
        except OSError:  # the page was closed
            return


def server(
    site: Path, port: int = 0, handler: type[Handler] = Handler
) -> http.server.ThreadingHTTPServer:
    """A server of a folder for this machine alone; port 0 is any that is free."""
    serving = http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(handler, directory=str(site))
    )
    serving.daemon_threads = True
    return serving


def stamps(root: Path) -> Iterator[tuple[str, int, int]]:
    """Every source with its size and time."""
    for place in SOURCES:
        for here, below, files in os.walk(root / place):
            below[:] = [n for n in below if not n.startswith(".") and n != "__pycache__"]
            for name in files:
                path = Path(here, name)
                if not name.startswith(".") and path.is_file():
                    yield str(path), path.stat().st_size, path.stat().st_mtime_ns
    for path in (root / name for name in FILES):
        if path.is_file():
            yield str(path), path.stat().st_size, path.stat().st_mtime_ns


def build() -> bool:
    """Bring the site up to date by a new Python, which sees changed code; whether that went well.

    What is wrong is printed by it.
    """
    command = [sys.executable, "-m", "casebook.web.build.site"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def watch(changes: Changes, built: set[tuple[str, int, int]]) -> None:
    """Build when a source is not as it was `built`, and is quiet; never returns."""
    seen = built
    while True:
        time.sleep(EVERY)
        now = set(stamps(ROOT))
        if now != built and now == seen:  # nobody is writing at the moment
            changed = sorted({Path(path).relative_to(ROOT).as_posix() for path, *_ in now ^ built})
            print(word("serve.changed", files=", ".join(changed[:5])), flush=True)
            if build():
                changes.tell()
            else:
                print(word("serve.failed"), flush=True)
            built = now
        seen = now


def main(port: str = "8000") -> None:
    """The command line."""
    before = set(stamps(ROOT))
    if not build() and not SITE.is_dir():
        sys.exit(1)
    with server(SITE, int(port), Reloading) as serving:
        print(word("serve.open", url=f"http://127.0.0.1:{serving.server_port}/"), flush=True)
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        try:
            watch(Reloading.changes, before)
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as error:
        sys.exit(str(error))
