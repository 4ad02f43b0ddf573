"""Build JupyterLite, so that every notebook of the book can be run from the site.

It is Jupyter's notebook interface as plain files, with Python in the reader's browser: nothing is
sent anywhere.

Three parts of the build (casebook.web.build.site): `interface`, `fonts`, and `build`, which takes
them to _build/lite; the site has it beside the pages. It holds the interface, the notebooks with
their stored outputs, our own wheel with data/ inside, and the wheels that Pyodide's own set lacks.
Pyodide itself is the one that the explorers use (_static/vendor/pyodide, see web/build/pyodide.py);
a lock file of our own names the wheels of both places, so that `import casebook` finds all it needs
and no notebook needs a cell that installs something.

Where Pyodide or a wheel cannot be reached, there is no _build/lite and the pages leave out the
button. That is one line of output and no error.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from ..build import language, trace
from ..build.parts import Unreachable
from ..build.pyodide import LOCK, SCRIPTS, cache_folder, is_whole, needed, run_node

ROOT = trace.ROOT
#: The notebook interface; tree, edit and consoles are what its menus open.
APPS = ("notebooks", "tree", "edit", "consoles")
#: The page that opens a notebook, below the folder of JupyterLite: OPENS + "case.ipynb".
OPENS = "notebooks/index.html?path="
KERNEL = "@jupyterlite/pyodide-kernel-extension"
#: From PyPI, with the sha256 of each file. Two extensions of the interface: the kernel, and the
#: widgets that fit jupyterlite-core, which is older than what `make lab` runs. They are not
#: installed, for the JupyterLab of `make lab` would try to load the kernel.
EXTENSIONS = {
    "jupyterlab_widgets-3.0.15-py3-none-any.whl": (
        "d59023d7d7ef71400d51e6fee9a88867f6e65e10a4201605d2d7f3e8f012a31c"
    ),
    "jupyterlite_pyodide_kernel-0.6.1-py3-none-any.whl": (
        "d16f2e44dedd60d7a5578cd901a4de1ac34d30c80671abba7ec1ac70a65e2972"
    ),
}
#: And what Pyodide's set lacks.
WHEELS = {
    "comm-0.2.3-py3-none-any.whl": (
        "c615d91d75f7f04f095b30d1c1711babd43bdc6419c1be9886a85f2f4e489417"
    ),
    "ipywidgets-8.1.7-py3-none-any.whl": (
        "764f2602d25471c213919b8a1997df04bef869251db4ca8efba1b76b1bd9f7bb"
    ),
}
#: What writes and reads workbooks and memos: packed as it is installed here, and none is compiled.
PACKED = ("xlsxwriter", "openpyxl", "et_xmlfile", "jinja2", "markupsafe")
#: Added to the lock: package -> what it needs. Its import has the same name.
DEPENDS = {
    "casebook": ["numpy", "pandas", "matplotlib", "ipywidgets"],
    "comm": ["traitlets"],
    "et_xmlfile": [],
    "ipywidgets": ["comm", "ipython", "traitlets"],
    "ipykernel": [],
    "jinja2": ["markupsafe"],
    "markupsafe": [],
    "openpyxl": ["et_xmlfile"],
    "piplite": ["micropip"],
    "pyodide_kernel": ["comm", "ipykernel", "ipython", "traitlets"],
    "xlsxwriter": [],
}
#: What the kernel starts with: named here, they come together, and the kernel installs nothing.
START = ["comm", "ipykernel", "ipython", "jedi", "micropip", "piplite", "pyodide_kernel"]
START += ["sqlite3", "ssl"]
#: Old forms of an icon font that is there as woff2 too; 2.5 MB that no browser of today asks for.
DROP = ("fa-*.eot", "fa-*.svg", "fa-*.ttf", "fa-*.woff")
#: Where Pyodide's matplotlib finds its list of fonts: else it makes one, for seconds, and says so
#: in the first cell.
FONTS = "matplotlib/fontlist.json"
#: JupyterLite on the site, seen from the folder of Pyodide, and the other way round.
ABOVE = "../../../lite/"
HERE = "./../_static/vendor/pyodide/"
#: What some models import in a function: large, so that the others do not wait for it.
LATE = {"scipy", "sklearn"}
#: What rooms behind a room of the book import in a function.
BEHIND = {"casebook.desk": {"jinja2", "openpyxl", "xlsxwriter"}}
#: A link from a notebook to a page of the book.
LINK = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")
#: A step of the build that takes longer is stopped.
SECONDS = 120
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # cells stay in the page
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},  # as the reader's system
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


def interface(folder: Path) -> None:
    """The part "interface": JupyterLite with the notebooks, without Python.

    Unreachable where an extension is not to be had.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        extensions = Path(scratch, "extensions")
        _told(lambda: download(EXTENSIONS, extensions))
        site = _interface(Path(scratch), extensions)
        for pattern in DROP:
            for path in (site / "build").glob(pattern):
                path.unlink()
        shutil.copytree(site, folder, dirs_exist_ok=True)


def fonts(vendor: Path, folder: Path) -> None:
    """The part "fonts": matplotlib's list of fonts, as JSON, made by the Python of the browser."""
    if not (vendor / LOCK).is_file():
        return
    script = Path(__file__).with_name("fontlist.mjs")
    trace.note(script, vendor / LOCK)
    found = run_node(script, vendor, seconds=SECONDS, failed="The list of fonts could not be made")
    json.loads(found)  # whatever else it says would not be read in the browser
    (folder / "fontlist.json").write_text(found, encoding="utf-8")


def build(vendor: Path, made: Path, letters: Path, folder: Path) -> None:
    """The part "lite": the interface of `made` with Python; Unreachable where that is not there."""
    _told(lambda: _built(vendor, made, letters, folder))


def _built(vendor: Path, made: Path, letters: Path, site: Path) -> None:
    if not (vendor / LOCK).is_file():
        raise Unreachable("there is no Pyodide")
    official = json.loads((vendor / LOCK).read_text(encoding="utf-8"))
    files = [entry["file_name"] for entry in official["packages"].values()]
    if not all((vendor / name).is_file() for name in files):  # see casebook/web/build/pyodide.py
        raise Unreachable("Pyodide has no packages")
    if not made.is_dir():
        raise Unreachable("there is no interface")
    shutil.copytree(made, site, dirs_exist_ok=True)
    wheels = site / "wheels"
    download(WHEELS, wheels)
    for name in PACKED:
        _packed(name, wheels)
    _own_wheel(wheels, (letters / "fontlist.json").read_text(encoding="utf-8"))
    kernel = site / "extensions" / KERNEL / "static" / "pypi"
    lock = _lock(official, [*sorted(wheels.rglob("*.whl")), *sorted(kernel.glob("*.whl"))], site)
    lock["fetched"] = _fetched(lock, vendor, site)
    (site / LOCK).write_text(json.dumps(lock), encoding="utf-8")


def _told(work: Callable[[], None]) -> None:
    """Do the work; where it cannot be done, the error says what a reader will not have."""
    try:
        work()
    except Unreachable as error:
        reason = f"No JupyterLite ({error}): the pages leave out the button that runs a notebook."
        raise Unreachable(reason) from error


def lacking(notebook: Path, lock: dict[str, Any]) -> list[str]:
    """What `notebook` imports that a browser does not have, as `lock` says, in its order."""
    there = {name.split(".")[0] for p in lock["packages"].values() for name in p["imports"]}
    tops = dict.fromkeys(name.split(".")[0] for name in _imported(_code(notebook)))
    return [name for name in tops if name not in there | sys.stdlib_module_names]


def _code(notebook: Path) -> str:
    """All code cells, one below the other."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def _imported(code: str) -> list[str]:
    """The modules that `code` imports, those in functions too; of a package its parts as well."""
    names: list[str] = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def late(notebook: Path) -> list[str]:
    """What the modules of the book that `notebook` imports load in a function, when it is called.

    Pyodide fetches a package when it sees its import in a cell; it does not see these. A model is
    a package: all its rooms are read.
    """
    named = dict.fromkeys(_imported(_code(notebook)))
    code = [path.read_text(encoding="utf-8") for name in named for path in rooms(name)]
    tops = {name.split(".")[0] for part in code for name in _imported(part)}
    return sorted(tops & LATE | {name for room in named for name in BEHIND.get(room, ())})


def rooms(name: str) -> list[Path]:
    """The files of a module of this tree: its own, or all of the package's folder; else none."""
    path = ROOT.joinpath(*name.split("."))
    return sorted(path.glob("*.py")) or [p for p in [path.with_suffix(".py")] if p.is_file()]


def download(files: dict[str, str], folder: Path) -> None:
    """Put `files` (name -> sha256) into the new `folder`, from the cache or from PyPI.

    pip refuses a file with another checksum. Unreachable where one is not to be had.
    """
    folder.mkdir()
    cache = cache_folder()
    missing = {name: sha for name, sha in files.items() if not is_whole(cache / name, sha)}
    if missing:
        cache.mkdir(parents=True, exist_ok=True)
        lines = (
            "{}=={} --hash=sha256:{}\n".format(*name.split("-")[:2], sha)
            for name, sha in missing.items()
        )
        wanted = folder / "requirements.txt"
        wanted.write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--require-hashes"]
        command += ["--retries=2", "--dest", os.fspath(cache), "--requirement", os.fspath(wanted)]
        _run(command, "pip could not download " + ", ".join(missing))
        wanted.unlink()
    for name in files:
        shutil.copyfile(cache / name, folder / name)


def _packed(name: str, folder: Path) -> None:
    """Put a wheel of an installed package into `folder`, without what is made for this machine."""
    package = distribution(name)
    path = folder / f"{name}-{package.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(package.files or ()):
            if ".." not in file.parts and file.suffix not in (".pyc", ".pyd", ".so"):
                entry = zipfile.ZipInfo(file.as_posix())  # without the time, as our own wheel
                content = file.read_binary()
                if file.name == "RECORD":  # it lists programs, whose first line is of this machine
                    lines = content.splitlines(keepends=True)
                    content = b"".join(line for line in lines if not line.startswith(b"../"))
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def _own_wheel(folder: Path, letters: str) -> None:
    """Build the wheel of this tree, and put matplotlib's list of fonts into it."""
    trace.note(*trace.tree("casebook", "data"), "pyproject.toml", "README.md", "LICENSE")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", os.fspath(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)
    if run.returncode:
        sys.exit(f"The wheel for the browser could not be built:\n{run.stderr[-4000:]}")
    (wheel,) = folder.glob("casebook-*.whl")
    with zipfile.ZipFile(wheel, "a", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(FONTS)  # without the time: the same tree gives the same wheel
        archive.writestr(entry, letters, zipfile.ZIP_DEFLATED)
    # A folder for each content: a browser that still holds an older wheel does not take it for
    # this one, whose checksum the lock names.
    home = folder / hashlib.sha256(wheel.read_bytes()).hexdigest()[:12]
    home.mkdir()
    shutil.move(wheel, home)


def _interface(folder: Path, extensions: Path) -> Path:
    """Run JupyterLite's own build in `folder`; return the folder it made."""
    site = folder / "site"
    lite = {
        "apps": APPS,
        "contents": [os.fspath(folder / "notebooks")],
        "federated_extensions": [os.fspath(path) for path in extensions.glob("*.whl")],
        "ignore_sys_prefix": ["federated_extensions"],  # those and no other
        "no_libarchive": True,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": os.fspath(site),
    }
    python = {
        "pyodideUrl": f"{HERE}pyodide.js",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"lockFileURL": LOCK, "packages": START},
    }
    page = {
        "appName": "Five Client Relationships",
        "appUrl": "./tree",
        "faviconUrl": "./../_static/mark.svg",
        "litePluginSettings": {f"{KERNEL}:kernel": python},
    }
    files: dict[str, Any] = {
        "jupyter_lite_config.json": {"LiteBuildConfig": lite},
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": page},
        "overrides.json": SETTINGS,
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    _notebooks(folder / "notebooks")
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    if run.returncode:
        sys.exit(f"JupyterLite could not be built:\n{(run.stderr + run.stdout)[-4000:]}")
    return site


def _notebooks(folder: Path) -> None:
    """Copy the notebooks to `folder`, marked as trusted; those of other editions below it.

    Else their stored figures stay hidden until they are run; they come from the same place as the
    page that shows them. A link to a page of the book becomes its text: there are no pages here.
    The first cell names what the book's own modules will load (`late`).
    """
    for edition in ("", *language.others()):
        (folder / edition).mkdir()
        for path in sorted((ROOT / edition / "notebooks").glob("*.ipynb")):
            _write(path, folder / edition / path.name)


def _write(path: Path, place: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["metadata"]["trusted"] = True
        if cell["cell_type"] == "markdown":
            cell["source"] = [LINK.sub(r"\1", line) for line in cell["source"]]
    if added := late(path):
        first = next(c for c in notebook["cells"] if c["cell_type"] == "code")
        first["source"] = [f"import {', '.join(added)}\n", *first["source"]]
    place.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")


def _lock(official: dict[str, Any], wheels: list[Path], site: Path) -> dict[str, Any]:
    """`official` with the packages of DEPENDS added, whose files are among `wheels`.

    Pyodide looks for every file from its own folder.
    """
    packages = dict(official["packages"])
    for path in wheels:
        name, version = path.name.split("-")[:2]
        if name in DEPENDS:
            packages[name.replace("_", "-")] = {
                "name": name.replace("_", "-"),
                "version": version,
                "file_name": ABOVE + path.relative_to(site).as_posix(),
                "install_dir": "site",
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "package_type": "package",
                "imports": [name],
                "depends": DEPENDS[name],
                "unvendored_tests": False,
            }
    if absent := [n for n in DEPENDS if n.replace("_", "-") not in packages]:
        sys.exit(f"JupyterLite has no wheel of {', '.join(absent)}")
    return official | {"packages": packages}


def _fetched(lock: dict[str, Any], vendor: Path, site: Path) -> int:
    """The bytes of Python, and of all that `import casebook` needs, that a browser fetches once."""
    files = [vendor / name for name in (*SCRIPTS, "pyodide.asm.wasm", "python_stdlib.zip")]
    for entry in needed(lock, (*START, "casebook")).values():
        name = entry["file_name"]
        files.append(site / name.removeprefix(ABOVE) if "/" in name else vendor / name)
    return sum(path.stat().st_size for path in files)


def _run(command: list[str], otherwise: str) -> None:
    """Run a command; Unreachable, with the words `otherwise`, where it fails or takes too long."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Unreachable(otherwise) from error
    if run.returncode:
        raise Unreachable(otherwise)
