"""The explorer of a model alone on the screen, for a room: `make present CASE=problem`.

    python -m casebook.web.present problem                 from the built site, no internet needed
    python -m casebook.web.present problem --kernel        from a Python kernel, with Voila

The first serves _build/html to this machine alone and opens the explorer over the whole window; the
second runs the models of this checkout, changed ones too. Ctrl+C ends either.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from ..models import MODELS
from ..words import word
from . import serve

SITE = serve.SITE


def page(name: str, site: Path) -> str:
    """The address of a model's explorer alone, below the site's; FileNotFoundError without one."""
    path = site / "embed" / f"{name}.html"
    if not path.is_file():
        raise FileNotFoundError(word("present.missing", file=path, name=name))
    return f"embed/{name}.html?present=1"


def notebook(name: str, folder: Path) -> Path:
    """A notebook whose one cell is the explorer of a model."""
    package = MODELS[name].rpartition(".")[0]
    lines = [f"from {package} import {name}", "from casebook.explore import explore", ""]
    source = "\n".join([*lines, f"explore({name})"])
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), path)
    return path


def _from_site(name: str, port: int, browser: bool) -> None:
    address = page(name, SITE)
    with serve.server(SITE, port) as serving:
        url = f"http://127.0.0.1:{serving.server_port}/{address}"
        print(word("present.open", url=url), flush=True)
        if browser:
            webbrowser.open(url)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            print()


def _from_kernel(name: str, port: int, browser: bool) -> None:
    if importlib.util.find_spec("voila") is None:
        raise FileNotFoundError(word("present.no_voila"))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "voila", str(notebook(name, Path(folder)))]
        command += ["--Voila.ip=127.0.0.1", *([] if browser else ["--no-browser"])]
        command += [f"--port={port}"] if port else []
        subprocess.run(command, check=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="casebook.web.present", description=word("present.help"))
    parser.add_argument("model", choices=list(MODELS), help=word("present.model"))
    parser.add_argument("--kernel", action="store_true", help=word("present.kernel"))
    parser.add_argument("--port", type=int, default=0, help=word("present.port"))
    parser.add_argument("--no-browser", action="store_true", help=word("present.no_browser"))
    given = parser.parse_args(arguments)
    show = _from_kernel if given.kernel else _from_site
    try:
        show(given.model, given.port, not given.no_browser)
    except OSError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
