"""A case is added as CONTRIBUTING.md says, in a copy of the checkout, and everything takes it up.

The steps are read from the page itself: what to copy where, and the lines of the contents. The case
is that of docs/case under another name, so that the name is all that must be put in.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: The name of the new case, in place of the template's.
NAME, TEMPLATE = "sixth", "seasonal"
PAGE, NOTEBOOK = f"book/cases/{NAME}.md", f"notebooks/case_{NAME}.ipynb"
ANALYSIS = f"book/cases/{NAME}_analysis.md"
STEPS = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("<case>", NAME)
#: The page alone, with the references that it cites: any warning fails.
CONF = """
extensions = [
    "myst_parser", "sphinxcontrib.bibtex", "sphinx_design", "casebook.web.sphinx.directives",
    "casebook.web.sphinx.casehead", "casebook.web.sphinx.moves",
]
bibtex_bibfiles = ["references.bib"]
myst_enable_extensions = ["colon_fence"]
"""
INDEX = f"""
# Book

```{{toctree}}
{PAGE.removesuffix(".md")}
{ANALYSIS.removesuffix(".md")}
```

```{{bibliography}}
```
"""


def git(*arguments: str) -> str:
    """What git says of the checkout; without one there is nothing to copy."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)
    if done.returncode:
        reason = "not a git checkout: " + done.stderr.strip()
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") else pytest.skip(reason)
    return done.stdout


def add(text: str, before: str, lines: str) -> str:
    """`text` with `lines` put in before the one place where `before` stands."""
    assert text.count(before) == 1, before
    return text.replace(before, lines + before)


def install(root: Path) -> None:
    """The two steps of CONTRIBUTING.md, in the copy at `root`."""
    parts = re.findall(r"\| `(docs/case/[^`]+)` \| `([^`]+)` \|", STEPS)
    assert len(parts) == 6
    assert len(list((root / "docs/case").iterdir())) == 6
    for source, target in parts:
        old, new = root / source, root / target
        assert not new.exists()
        (shutil.copytree if old.is_dir() else shutil.copyfile)(old, new)
        for file in new.rglob("*") if new.is_dir() else [new]:
            text = file.read_text(encoding="utf-8")
            text = text.replace(TEMPLATE, NAME).replace(TEMPLATE.capitalize(), NAME.capitalize())
            file.write_text(text, encoding="utf-8")
    contents = re.search(r"```yaml\n(.*?)   ```", STEPS, re.DOTALL)[1].replace("\n   ", "\n")[3:]
    assert len(contents.splitlines()) == 4
    names = root / "casebook/cases/__init__.py"
    for file, before, lines in (
        (names, ")\n\n__all__", f'    "{NAME}",\n'),
        (root / "_toc.yml", "      - file: book/cases/comparison\n", contents),
    ):
        file.write_text(add(file.read_text(encoding="utf-8"), before, lines), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of all files that are in git or about to be, with the new case; gone afterwards."""
    before = git("status", "--porcelain")
    root = tmp_path_factory.mktemp("checkout")
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)
    subprocess.run(["git", "init", "--quiet", root], check=True, timeout=60)  # for its own tests
    install(root)
    yield root
    shutil.rmtree(root)
    assert git("status", "--porcelain") == before


def run(copy: Path, *arguments: str | Path) -> str:
    """What Python says, in the copy and with its package; a failure shows all of it."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert not done.returncode, done.stdout[-6000:] + done.stderr[-6000:]
    return done.stdout


def test_the_tests_of_all_models_take_it_up(copy):
    files = (
        "tests/models/test_cases.py",
        "tests/models/test_explore.py",
        "tests/models/test_examples.py",
        "tests/test_conventions.py",
        "tests/stories/test_case_stories.py",
        f"tests/stories/story_{NAME}.py",
        "tests/book/test_numbers.py",
        "tests/memo/test_cases.py",
        "tests/test_repository.py",
    )
    # the digits of its notebook are those of the next test
    which = f"({NAME} and not changed_digit) or contents_name"
    said = run(copy, "-m", "pytest", "-q", "-rA", "-o", "addopts=", *files, "-k", which)
    assert "skipped" not in said
    for file in files:
        assert f"PASSED {file}::" in said, file


def test_its_notebook_shows_what_it_stores(copy):
    said = run(copy, "-m", "pytest", "-q", NOTEBOOK)
    cells = json.loads((copy / NOTEBOOK).read_text(encoding="utf-8"))["cells"]
    code = sum(cell["cell_type"] == "code" for cell in cells)
    assert f"{code} passed" in said


def test_its_page_has_its_numbers_its_figure_and_its_explorer(copy, tmp_path):
    source = tmp_path / "source"
    for name in (PAGE, ANALYSIS, NOTEBOOK, "book/references.bib"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy / name, source / name)
    (source / "book/references.bib").rename(source / "references.bib")
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "index.md").write_text(INDEX, encoding="utf-8")
    run(copy, "-m", "sphinx", "-q", "-W", source, tmp_path / "html")
    pages = [copy / PAGE, copy / ANALYSIS]
    html = "".join(
        (tmp_path / "html" / page.relative_to(copy)).with_suffix(".html").read_text("utf-8")
        for page in pages
    )
    told = "".join(page.read_text(encoding="utf-8") for page in pages)
    paths = re.findall(r"\{num\}`([^`]+)`", told)
    code = (
        "import json, sys; from casebook.numbers import number; "
        "print(json.dumps([number(path) for path in sys.argv[1:]]))"
    )
    numbers = json.loads(run(copy, "-c", code, *paths))
    assert len(numbers) > 20 and all(number in html for number in numbers)
    assert any(".epilogue." in path for path in paths)
    assert f"<casebook-explorer case='{NAME}' id='explore-{NAME}'>" in html
    for form in ("wide", "narrow"):  # the explorer's figure, and one more
        assert html.count(f'<div class="cb-{form}"><svg') == 2
    # three exhibits, the explorer's key numbers, a figure's two panels; who decides, security
    assert html.count("<table") == 8


def test_its_explorer_is_built_with_and_without_python_in_the_browser(copy, tmp_path):
    code = (
        "import json, sys; from pathlib import Path; import casebook; "
        "from casebook.web.explorer import live, page; "
        "name, *folders = sys.argv[1:]; "
        "pages = [page.explorer_html(name, Path(f), '../') for f in folders]; "
        "answer = live.respond(json.dumps({'case': name, 'values': {'limit': 4.0}})); "
        "print(json.dumps([casebook.__file__, *pages, json.loads(answer)]))"
    )
    (tmp_path / "site/live").mkdir(parents=True)
    (tmp_path / "site/live/page.json").write_text('{"size": 5000000}', encoding="utf-8")
    said = run(copy, "-c", code, NAME, tmp_path / "nothing", tmp_path / "site")
    package, static, alive, answer = json.loads(said)
    assert Path(package) == copy / "casebook/__init__.py"
    for html in (static, alive):
        assert html.startswith(f"<casebook-explorer case='{NAME}'") and "<svg" in html
        assert html.count("class='cb-control'") == 6
    assert '"live":"../_static/live/","size":5000000' in alive
    assert '"live":"","size":0' in static
    assert answer["metrics"]["exceeded"] > 0 and "<svg" in answer["svg"]
