"""Try to break the site by a build that goes wrong: `make interrupt` (half an hour).

    python -m tests.publish.interrupt [POINTS]

In a copy of the repository, with its site served, a page changes and the build is ended by INT,
TERM and KILL at POINTS moments each; the disk is full; a page is broken; the network is cut. After
each, every file of the served site must have the checksum that it had, and one `make book` must
mend it. A table says so, and the process ends with 1 if anything did not hold.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from casebook.web import serve

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path("book/index.md")
TABLE = Path("data/cases/problem.toml")
#: A folder that no packet leaves.
NOWHERE = "http://127.0.0.1:9"
DEAD = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "npm_config_proxy",
     "npm_config_https_proxy", "PIP_PROXY"), NOWHERE,
)  # fmt: skip
SECONDS = 3600


@dataclass
class Row:
    """One thing that was done to a build: what, when, how it ended, and what of the site held."""

    what: str
    ended: str
    same: bool
    mended: bool


class Copy:
    """A copy of the repository whose site is served."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.split("\0")[:-1]
        for name in listed:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        left = shutil.ignore_patterns("__pycache__", "voice", "next", "tmp", ".lock")
        shutil.copytree(ROOT / "_build", folder / "_build", symlinks=True, ignore=left)
        self.site = folder / "_build" / "html"
        self.environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}

    def start(self, **more: str) -> subprocess.Popen[str]:
        """A build that runs, in a group of its own, as a shell starts it."""
        command = [sys.executable, "-m", "casebook.web.build.site"]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment | more, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def build(self, **more: str) -> tuple[int, str]:
        """A build to its end: its code and what it said."""
        process = self.start(**more)
        said = process.communicate(timeout=SECONDS)[0]
        return process.returncode, said

    def change(self, text: str, path: Path = PAGE) -> None:
        """Add a line to a source."""
        with (self.folder / path).open("a", encoding="utf-8") as file:
            file.write(text)


def hashed(site: Path) -> str:
    """All files of a site with their content, as one checksum."""
    found = hashlib.sha256()
    for path in sorted(site.rglob("*")):
        if path.is_file():
            found.update(f"{path.relative_to(site)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


@contextmanager
def served(site: Path) -> Iterator[Callable[[], bool]]:
    """Serve a site and ask for pages all the time; whether each answer was whole."""
    wrong: list[str] = []
    over = threading.Event()

    def ask(base: str) -> None:
        while not over.wait(0.05):
            for name in ("book/index.html", "book/cases/problem.html", "_static/site.css"):
                try:
                    with urllib.request.urlopen(base + name, timeout=20) as answer:
                        content = answer.read()
                    if name.endswith("html") and b"</html>" not in content[-200:]:
                        wrong.append(f"{name}: cut")
                except OSError as error:
                    wrong.append(f"{name}: {error}")

    with serve.server(site) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        asking = threading.Thread(
            target=ask, args=(f"http://127.0.0.1:{serving.server_port}/",), daemon=True
        )
        asking.start()
        yield lambda: not wrong
        over.set()
        asking.join()
        serving.shutdown()
    for line in wrong[:5]:
        print("  served:", line)


def mends(copy: Copy, say: str) -> bool:
    """Whether one build brings the new site, with what the source says now."""
    code, said = copy.build()
    text = (copy.site / PAGE.with_suffix(".html")).read_text(encoding="utf-8")
    if code or say not in text:
        print(said)
    return code == 0 and say in text


def interrupted(copy: Copy, points: int, whole: float) -> Iterator[Row]:
    """End a build at moments spread over its time, by each signal."""
    draw = random.Random(15)
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        for k in range(points):
            say = f"{kind.name} {k} {draw.random()}"
            copy.change(f"\n{say}\n")
            at = whole * (k + draw.random()) / points
            before = hashed(copy.site)
            process = copy.start()
            time.sleep(at)
            early = process.poll() is not None
            if not early:
                process.send_signal(kind)
            process.communicate(timeout=120)
            time.sleep(0.3)
            after = hashed(copy.site)
            changed = "exchanged before" if after != before and process.returncode == 0 else ""
            same = after == before or bool(changed)
            yield Row(f"{kind.name} after {at:.1f} s", f"{process.returncode} {changed}", same,
                      mends(copy, say))  # fmt: skip


def full(copy: Copy) -> Iterator[Row]:
    """No file may grow beyond a size: what a full disk does to whoever writes."""
    for size in (20_000, 200_000, 2_000_000):
        say = f"full {size}"
        copy.change(f"\n{say}\n")
        before = hashed(copy.site)
        limit = (size, resource.RLIM_INFINITY)
        process = subprocess.Popen(
            [sys.executable, "-m", "casebook.web.build.site"], cwd=copy.folder,
            env=copy.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),  # noqa: B023
        )  # fmt: skip
        process.communicate(timeout=SECONDS)
        same = hashed(copy.site) == before
        yield Row(f"files of at most {size} bytes", str(process.returncode), same, mends(copy, say))


def no_room(copy: Copy, disk: Path) -> Iterator[Row]:
    """A disk that really is full: what is free is taken up but for so many megabytes."""
    for left in (1, 30, 80):
        say = f"no room {left}"
        copy.change(f"\n{say}\n")
        before = hashed(copy.site)
        taken = disk / "taken"
        free = shutil.disk_usage(disk).free - left * 2**20
        with taken.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(free, 1))
        code, said = copy.build()
        same = hashed(copy.site) == before or code == 0
        taken.unlink()
        words = (said.strip().splitlines() or [""])[-2:][0][:60]
        yield Row(f"{left} MB left on the disk", f"{code} {words}", same, mends(copy, say))


def broken(copy: Copy) -> Iterator[Row]:
    """Pages that are wrong: one that stops Sphinx, one that only warns, and warns again."""
    for what, text in (("a number that there is not", "\n{num}`problem.nothing`\n"),
                       ("a link that leads nowhere", "\n{ref}`nowhere-at-all`\n")):  # fmt: skip
        source = copy.folder / PAGE
        good = source.read_text(encoding="utf-8")
        before = hashed(copy.site)
        copy.change(text)
        first, again = copy.build(), copy.build()
        same = hashed(copy.site) == before
        source.write_text(good, encoding="utf-8")
        told = first[0] != 0 and again[0] != 0 and "index.md" in first[1] and "index.md" in again[1]
        code, _ = copy.build()
        yield Row(f"a page with {what}, twice", f"{first[0]}, {again[0]}", same and told,
                  code == 0 and hashed(copy.site) == before)  # fmt: skip
    source = copy.folder / TABLE
    good = source.read_text(encoding="utf-8")
    before = hashed(copy.site)
    copy.change("\nnot TOML\n", TABLE)
    code, _ = copy.build()
    same = hashed(copy.site) == before and code != 0
    source.write_text(good, encoding="utf-8")
    yield Row("a case file that is no TOML", str(code), same,
              copy.build()[0] == 0 and hashed(copy.site) == before)  # fmt: skip


def offline(copy: Copy) -> Iterator[Row]:
    """No network: with all that was fetched before, then without any of it."""
    say = "offline"
    copy.change(f"\n{say}\n")
    code, _ = copy.build(**DEAD)
    text = (copy.site / PAGE.with_suffix(".html")).read_text(encoding="utf-8")
    yield Row("no network, a page changed", str(code), say in text, code == 0)
    marks = copy.folder / "_build"
    for name in ("marks", "parts", "static/vendor", "static/live", "lite", "tools"):
        shutil.rmtree(marks / name)
    with tempfile.TemporaryDirectory() as cache:
        gone = DEAD | {
            "XDG_CACHE_HOME": cache,
            "npm_config_cache": cache,
            "npm_config_registry": NOWHERE,
            "npm_config_fetch_retries": "0",
            "PIP_NO_INDEX": "1",
        }
        code, said = copy.build(**gone)
    readable = (copy.site / PAGE.with_suffix(".html")).is_file()
    told = all(word in said for word in ("npm", "No Python", "No JupyterLite", "tries again"))
    yield Row("no network, nothing fetched before", str(code), code == 0 and readable and told,
              copy.build()[0] == 0 and (copy.site / "lite").is_dir()
              and (copy.site / "_static/live/manifest.json").is_file())  # fmt: skip


def main(points: str = "10") -> None:
    """The command line."""
    rows: list[Row] = []
    # a shell that starts this beside itself has it, and all it starts, ignore INT
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as scratch:
        disk = Path(scratch)
        mounted = not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2500m", "tmpfs", scratch], check=False
        ).returncode
        try:
            copy = Copy(disk / "book")
            print("The first build of the copy:", copy.build(), flush=True)
            copy.change("\nfirst\n")  # in a folder of another name every page is read once more
            copy.build()
            copy.change("\nhow long\n")
            start = time.monotonic()
            copy.build()
            whole = time.monotonic() - start
            print(f"A changed page takes {whole:.1f} s.", flush=True)
            with served(copy.site) as whole_answers:
                tried = [interrupted(copy, int(points), whole), full(copy), broken(copy)]
                tried += [no_room(copy, disk)] if mounted else []
                for row in itertools.chain(*tried, offline(copy)):
                    rows.append(row)
                    print(f"{row.what:44} {row.ended:30} "
                          f"{'as it was' if row.same else 'CHANGED':10} "
                          f"{'mended' if row.mended else 'NOT MENDED'}", flush=True)  # fmt: skip
                held = whole_answers()
            print(f"Every page that was asked for meanwhile came whole: {held}")
        finally:
            if mounted:
                subprocess.run(["umount", "-l", scratch], check=False)
    sys.exit(not (held and all(row.same and row.mended for row in rows)))


if __name__ == "__main__":
    main(*sys.argv[1:])
