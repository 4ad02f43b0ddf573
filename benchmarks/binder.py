"""Do what Binder does with this repository, on this machine, and say what it takes.

    python -m benchmarks.binder             everything, in a folder that is removed afterwards
    python -m benchmarks.binder FOLDER      the same in FOLDER, which is kept

The last commit is checked out by git at another place. A fresh environment gets what .binder/ asks
for, as repo2docker's Dockerfile has it (`jupyter-repo2docker --no-build --no-run --debug .` prints
it). Every notebook is run through and must print what it stores; a changed file of data/ must be
seen; JupyterLab must run three notebooks in a real browser, with a slider moved. Anything else
ends with an error. BINDER_PYTHON names a Python of the version of .binder/runtime.txt.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: Notebooks that are also used as a reader would.
IN_BROWSER = ("case_problem", "case_transactional", "theory_loan")
#: An edit: file, what stands there first, what then, and a notebook whose first cells must show it.
EDIT = ("data/cases/problem.toml", "value = 20.0", "value = 19.0", "case_problem")
FIRST_CELLS = 6
#: Run by the Python of the new environment, for one notebook.
RUN = """
import json, os, re, sys, time
from pathlib import Path
import nbformat
from nbclient import NotebookClient
path = Path(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
notebook.cells = notebook.cells[: int(sys.argv[2])]
def printed():
    return ["".join(o.get("text") or o.get("data", {}).get("text/html", "")
            for o in c.get("outputs", [])) for c in notebook.cells]
stored = printed()
client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}})
peak = processor = 0
def note(**_):
    global peak, processor
    if client.km and client.km.has_kernel:
        pid = client.km.provisioner.process.pid
        found = re.search(r"VmHWM:\\s+(\\d+)", Path(f"/proc/{pid}/status").read_text())
        peak = max(peak, int(found[1]))
        times = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        processor = (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")
client.on_cell_executed = note
start = time.monotonic()
client.execute()
seconds = time.monotonic() - start
same = printed() == stored
print(json.dumps(dict(seconds=seconds, processor=processor, peak=peak / 1024, same=same)))
"""
FIGURE = """() => [...document.querySelectorAll(".jupyter-widgets svg")]
  .map(figure => figure.innerHTML).join()"""
ERRORS = """() => [...document.querySelectorAll(".jp-OutputArea-output")]
  .filter(o => /stderr|jupyter\\.error/.test(o.dataset.mimeType ?? "")).map(o => o.innerText)"""
#: Prompts of the code cells: a number where a cell was run.
PROMPTS = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
  .map(prompt => prompt.innerText.replace(/\\W/g, ""))"""


def main(folder: str = "") -> None:
    """The command line."""
    if folder:
        Path(folder).mkdir(parents=True)
        rehearse(Path(folder).resolve())
        return
    with tempfile.TemporaryDirectory() as scratch:
        rehearse(Path(scratch))


def rehearse(folder: Path) -> None:
    """All steps in the new `folder`; a SystemExit says what went wrong."""
    home, env = folder / "home of a reader", folder / "env"
    subprocess.run(["git", "clone", "--quiet", ROOT, home], check=True)
    made = environment(home, env)
    wrong = []
    for path in sorted((home / "notebooks").glob("*.ipynb")):
        ran = executed(path, made)
        print(
            f"{path.stem:26} {ran['seconds']:6.1f} s, {ran['processor']:5.1f} s of the processor, "
            f"{ran['peak']:4.0f} MB",
            flush=True,
        )
        wrong += [] if ran["same"] else [f"{path.stem} prints other numbers than it stores"]
    name, before, after, notebook = EDIT
    text = (home / name).read_text(encoding="utf-8")
    (home / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    edited = executed(home / "notebooks" / f"{notebook}.ipynb", made, FIRST_CELLS)
    seen = not edited["same"]
    (home / name).write_text(text, encoding="utf-8")
    print(f"an edit of {name} is {'seen' if seen else 'not seen'}", flush=True)
    wrong += [] if seen else [f"an edit of {name} has no effect"]
    lab(home, made)
    if wrong:
        sys.exit("\n".join(wrong))


def environment(home: Path, env: Path) -> dict[str, str]:
    """Make what .binder/ asks for; return the variables of a process that lives in it."""
    version = (home / ".binder/runtime.txt").read_text(encoding="utf-8").strip()
    program = os.environ.get("BINDER_PYTHON") or shutil.which(version.replace("-", ""))
    if program is None:
        sys.exit(f"Binder runs {version}; set BINDER_PYTHON to such a Python")
    # nothing of this process's own environment
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL", "JUPYTER"))
    }
    made = kept | {"PATH": f"{env / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)}
    steps = {
        "an empty environment": [program, "-m", "venv", env],
        "pip install": ["pip", "install", "-q", "--no-cache-dir", "-r", ".binder/requirements.txt"],
        "postBuild": ["./.binder/postBuild"],
    }
    for name, command in steps.items():
        start = time.monotonic()
        subprocess.run(command, cwd=home, env=made, check=True, stdout=subprocess.DEVNULL)
        print(f"{name:26} {time.monotonic() - start:6.1f} s", flush=True)
    size = sum(p.lstat().st_size for p in env.rglob("*") if p.is_file() and not p.is_symlink())
    print(f"{'size':26} {size / 1e6:6.0f} MB", flush=True)
    return made


def executed(path: Path, made: dict[str, str], cells: int = 1000) -> dict[str, Any]:
    """Run a notebook, or its first cells, and say how it went (the last line of RUN)."""
    run = subprocess.run(
        ["python", "-c", RUN, path, str(cells)],
        env=made,
        capture_output=True,
        text=True,
        timeout=400,
    )
    if run.returncode:
        sys.exit(f"{path.name} does not run:\n{run.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def lab(home: Path, made: dict[str, str]) -> None:
    """Open notebooks in JupyterLab in a real browser, run all cells, move a slider."""
    from playwright.sync_api import sync_playwright

    # all cells are in the page, not only those in sight
    tracker = home / ".jupyter/lab/user-settings/@jupyterlab/notebook-extension"
    tracker.mkdir(parents=True, exist_ok=True)
    (tracker / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    token = secrets.token_hex(16)
    command = ["jupyter", "lab", "--no-browser", "--port=0", "--allow-root"]
    log = home.parent / "lab.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            command, cwd=home, env=made | {"JUPYTER_TOKEN": token}, stdout=out, stderr=out
        )
    try:
        address = _address(log)
        program = os.environ.get("CHROMIUM") or shutil.which("chromium")
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        with sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=program, args=flags)
            for name in IN_BROWSER:
                page = chromium.new_page(viewport={"width": 1280, "height": 4000})
                page.set_default_timeout(90_000)
                _use(page, f"{address}lab/tree/notebooks/{name}.ipynb?reset&token={token}", name)
                page.close()
            chromium.close()
        status = Path(f"/proc/{server.pid}/status")
        if status.is_file() and (found := re.search(r"VmHWM:\s+(\d+)", status.read_text())):
            print(f"JupyterLab's own server: {int(found[1]) / 1024:.0f} MB at most", flush=True)
    finally:
        server.terminate()
        server.wait(30)


def _address(log: Path) -> str:
    """Where the server listens, once it answers."""
    for _ in range(120):
        if found := re.search(r"http://(?:127\.0\.0\.1|localhost):\d+/", log.read_text()):
            try:
                urllib.request.urlopen(found[0] + "api", timeout=5).close()
            except OSError:
                pass
            else:
                return found[0]
        time.sleep(0.5)
    sys.exit("JupyterLab does not start:\n" + log.read_text()[-2000:])


def _use(page: Any, url: str, name: str) -> None:
    """Run all cells of the notebook at `url` and move its first slider."""
    start = time.monotonic()
    page.goto(url)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    # the bar at the foot names the kernel once it answers; a menu used before is lost
    page.get_by_text("(ipykernel) | Idle").wait_for()
    opened = time.monotonic()
    for item in ("Clear Outputs of All Cells", "Run All Cells"):
        page.get_by_role("menuitem", name="Edit" if "Clear" in item else "Run", exact=True).click()
        page.get_by_role("menuitem", name=item, exact=True).click()
    cells = len(json.loads((ROOT / f"notebooks/{name}.ipynb").read_bytes())["cells"])
    handle = page.locator(".jupyter-widgets .noUi-handle:visible").first
    handle.scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({PROMPTS})().every(p => /^\\d+$/.test(p))")
    ran = time.monotonic()
    if errors := page.evaluate(ERRORS):
        sys.exit(f"{name} in JupyterLab: {errors[0]}")
    before = page.evaluate(FIGURE)
    handle.focus()
    for _ in range(3):
        handle.press("ArrowRight")
    page.wait_for_function(f"before => ({FIGURE})() !== before", arg=before)
    moved = time.monotonic() - ran
    print(
        f"{name} in JupyterLab: open {opened - start:.1f} s, {cells} cells run "
        f"{ran - opened:.1f} s, a slider moves the figure in {moved:.1f} s",
        flush=True,
    )
    if folder := os.environ.get("CASEBOOK_SHOTS"):
        page.screenshot(path=Path(folder) / f"binder-{name}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
