"""The explorers on the built pages: the same answers as in Python here, and what may go wrong."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import FAR, ROOT, SITE, explorer_page, serve, watch
from playwright.sync_api import Browser, BrowserContext, Page, Response

from casebook import workbook
from casebook.explore import explore
from casebook.models import MODELS, model
from casebook.words import catalogue

WORDS = catalogue()["explorer"]
ELEMENT = "casebook-explorer"
LIVE = (SITE / "_static" / "live" / "manifest.json").is_file()
#: Put the sliders at the places given and wait for the answer: its metrics.
SET = """async ([element, places]) => {
  for (const [name, at] of Object.entries(places)) element.form.elements[name].value = at;
  await element.moved();
  return element.metrics;
}"""
#: The figure that is shown, in its form.
FIGURE = "e => e.drawings[e.shape].svg"


@pytest.fixture(scope="module", autouse=True)
def python_is_there() -> None:
    if not LIVE:
        reason = "the site was built without Python for the browser"
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(FAR)
    yield context
    context.close()


@contextlib.contextmanager
def opened(context: BrowserContext, url: str, *, quiet: bool = True) -> Iterator[Page]:
    """A page that may ask only its own server, and (if `quiet`) has no error of any kind."""
    page = context.new_page()
    home = "/".join(url.split("/")[:3])
    wrong: list[str] = []
    page.on("request", lambda r: wrong.append(f"asks {r.url}")
            if not r.url.startswith((home, "data:", "blob:")) else None)  # fmt: skip
    if quiet:
        page.on("pageerror", lambda e: wrong.append(str(e)))
        page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.goto(url, wait_until="load")
    page.wait_for_selector(f"{ELEMENT} form:not([hidden]), {ELEMENT} .cb-explorer-needs")
    yield page
    page.close()
    assert not wrong, "\n".join(wrong)


def settings(name: str, count: int) -> list[dict[str, int]]:
    """Random places of the sliders of a model, the base case first."""
    dice = random.Random(name)
    controls = explore(model(name)).controls
    base = {c.spec.name: c.at for c in controls}
    return [base] + [
        {c.spec.name: dice.randrange(len(c.values)) for c in controls} for _ in range(count)
    ]


def expected(name: str, places: dict[str, int], form: str = "wide") -> dict[str, Any]:
    """What Python here says of a setting."""
    explorer = explore(model(name))
    values = {c.spec.name: c.values[places[c.spec.name]] for c in explorer.controls}
    return explorer.answer(values, form)


def assert_same(found: dict[str, Any], wanted: dict[str, Any], where: object) -> None:
    assert found.keys() == wanted.keys()
    for metric, value in wanted.items():
        if isinstance(value, float):
            assert found[metric] == pytest.approx(value, rel=1e-9, abs=1e-9), (metric, where)
        else:
            assert found[metric] == value, (metric, where)


@pytest.fixture(scope="module")
def gathered(context: BrowserContext, base: str) -> Iterator[Page]:
    """A page with the explorer of every model, each as its own page has it: one Python starts."""
    with opened(context, base + explorer_page(next(iter(MODELS)))) as page:
        for name in MODELS:
            add(page, name)
        yield page


def add(page: Page, name: str) -> None:
    """Put the explorer of a model at the end of a page that has none of it."""
    if page.query_selector(f"{ELEMENT}[case={name}]"):
        return
    html = (SITE / explorer_page(name)).read_text(encoding="utf-8")
    element = re.search(rf"<{ELEMENT} case='{name}'[\s\S]*?</{ELEMENT}>", html)
    assert element, name
    page.evaluate(
        "html => document.querySelector('article').insertAdjacentHTML('beforeend', html)",
        element[0],
    )


@pytest.mark.parametrize("name", MODELS)
def test_the_browser_gives_the_same_numbers_and_picture(name: str, gathered: Page) -> None:
    page = gathered
    element = page.query_selector(f"{ELEMENT}[case={name}]")
    form = page.evaluate("e => e.shape", element)
    for places in settings(name, 5):
        found = page.evaluate(SET, [element, places])
        wanted = expected(name, places, form)
        assert_same(found, wanted["metrics"], places)
        shown = page.evaluate("e => e.cells.map(c => c.textContent)", element)
        assert shown == wanted["numbers"]
        changes = "e => e.cells.map(c => c.nextElementSibling.textContent)"
        assert page.evaluate(changes, element) == wanted["changes"]
        label = page.evaluate(f"e => ({FIGURE})(e).ariaLabel", element)
        assert label == wanted["message"]
        # every part is there, once, and painted in its order
        for panel in wanted["order"]:
            ids = page.evaluate(
                f"([e, ids]) => [...({FIGURE})(e).querySelectorAll('[id]')].map(x => x.id)"
                ".filter(id => ids.includes(id))",
                [element, panel],
            )
            assert ids == [i for i in panel if i in ids]
            data = [i for i in panel if "-data-" in i and f'id="{i}"' in wanted["svg"]]
            assert set(data) <= set(ids)
    # as drawn here: the same points, to the hundredth that is sent
    path = re.compile(r'\bd="([^"]+)"')
    drawn = page.evaluate(
        f"e => [...({FIGURE})(e).querySelectorAll(\":scope [id*='-data-'] path\")]"
        ".map(p => p.outerHTML).join()",
        element,
    )
    here = sorted(map(numbers, path.findall(wanted["svg"])))
    there = sorted(map(numbers, path.findall(drawn)))
    assert [len(d) for d in there] == [len(d) for d in here if d]


def numbers(d: str) -> list[float]:
    return [float(x) for x in re.findall(r"-?[\d.]+", d)]


@pytest.mark.parametrize("name", MODELS)
def test_without_scripts_figure_and_table_are_there_and_nothing_promises_to_move(
    name, browser, base
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + explorer_page(name))
    explorer = page.locator(ELEMENT + f"[case={name}]")
    assert explorer.locator("figure svg:visible").count() == 1
    assert explorer.locator(".cb-shown > div:visible").count() == 4
    explorer.locator("summary:visible").last.click()
    assert explorer.locator("table").is_visible()
    for part in ("form", ".cb-actions", ".cb-headline", ".cb-tabs"):
        assert not explorer.locator(part).is_visible()
    context.close()


def test_before_the_first_touch_a_page_is_light_and_asks_nobody(browser, base):
    packed: dict[str, int] = {}  # what pages share is packed once
    for name in MODELS:
        sizes: dict[str, int] = {}

        def came(response: Response, sizes: dict[str, int] = sizes) -> None:
            with contextlib.suppress(Exception):  # a redirect has no body
                if response.url not in packed:
                    packed[response.url] = len(gzip.compress(response.body()))
                sizes[response.url] = packed[response.url]

        context = browser.new_context()
        context.add_init_script(FAR)
        page = context.new_page()
        page.on("response", came)
        loaded = watch(page)
        page.goto(base + explorer_page(name))
        loaded()
        assert not page.workers
        assert all(url.startswith(base) for url in sizes)
        assert sum(sizes.values()) < 1_500_000, sorted(sizes.items(), key=lambda s: -s[1])[:5]
        context.close()


def test_all_explorers_of_a_page_share_one_python_and_the_last_move_wins(gathered):
    page = gathered
    names = list(MODELS)[:3]
    moves = {name: settings(name, 10)[1:] for name in names}
    found = page.evaluate(
        """async (moves) => {
          const last = {};
          await Promise.all(Object.entries(moves).map(async ([name, list]) => {
            const element = document.querySelector(`casebook-explorer[case=${name}]`);
            for (const places of list) {   // ten moves, none waited for
              for (const [k, at] of Object.entries(places)) element.form.elements[k].value = at;
              element.moved();
            }
            await element.asking;
            last[name] = element.metrics;
          }));
          return last;
        }""",
        moves,
    )
    for name in names:
        assert_same(found[name], expected(name, moves[name][-1])["metrics"], name)
    assert len(page.workers) == 1


def test_a_killed_worker_is_started_again_with_a_word(context, base):
    name = "terminated"
    one, two = settings(name, 2)[1:]
    with opened(context, base + explorer_page(name)) as page:
        element = page.query_selector(ELEMENT)
        page.evaluate(SET, [element, one])
        page.evaluate("() => [...window.casebook.pythons.values()][0].worker.terminate()")
        page.evaluate("([e, p]) => { for (const [k, at] of Object.entries(p)) "
                      "e.form.elements[k].value = at; e.moved(); }", [element, two])  # fmt: skip
        page.wait_for_selector(f".cb-warning:has-text('{WORDS['live_again']}')")
        page.wait_for_function("e => !e.asking", arg=element)
        assert_same(page.evaluate("e => e.metrics", element), expected(name, two)["metrics"], two)
        assert not page.locator(".cb-warning").is_visible()


def test_below_another_path_and_with_a_link_to_a_scenario(context, tmp_path):
    (tmp_path / "repository").symlink_to(SITE)
    with serve(tmp_path) as address:
        url = f"{address}repository/{explorer_page('transactional')}"
        link = f"{url}?transactional.rate=0.05&transactional.form=bullet&unrelated=1"
        with opened(context, link) as page:
            page.wait_for_function("() => document.querySelector('casebook-explorer').answered")
            element = page.query_selector(ELEMENT)
            controls = {c.spec.name: c for c in explore(model("transactional")).controls}
            places = {n: c.at for n, c in controls.items()}
            places |= {
                "rate": controls["rate"].values.index(0.05),
                "form": controls["form"].values.index("bullet"),
            }
            wanted = expected("transactional", places)["metrics"]
            assert_same(page.evaluate("e => e.metrics", element), wanted, places)
            # reset takes the scenario out of the address, and nothing else
            page.locator("[data-do=reset]:visible").first.click()
            page.wait_for_url(f"{url}?unrelated=1")
        with opened(context, f"{url}?transactional.rate=9&transactional.wind=1") as page:
            said = page.locator(".cb-warning").inner_text()
            assert "9" in said and "wind" in said and "2% a year" in said
        # what is long or many in an address is said briefly; what is deeper is no slider
        strange = "&".join(["transactional.rate.x.y=0.05", f"transactional.rate={'9' * 20_000}",
                            *(f"transactional.s{k}=1" for k in range(50))])  # fmt: skip
        with opened(context, f"{url}?{strange}") as page:
            said = page.locator(".cb-warning").inner_text()
            assert "sets rate.x.y, which" in said and len(said) < 800
            controls = page.evaluate("e => e.places()", page.query_selector(ELEMENT))
            assert controls == [c.at for c in explore(model("transactional")).controls]


def test_from_the_file_system_the_explorer_says_what_it_needs(context):
    page = context.new_page()
    page.goto((SITE / explorer_page("problem")).as_uri())
    explorer = page.locator(ELEMENT)
    assert explorer.locator("figure svg:visible").count() == 1
    assert explorer.locator(".cb-explorer-note").inner_text() == WORDS["live_file"]
    assert not explorer.locator("form").is_visible()
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_keyboard_alone_reaches_and_moves_every_control(browser, base, width):
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.add_init_script(FAR)
    with opened(context, base + explorer_page("problem")) as page:
        element = page.query_selector(ELEMENT)
        page.evaluate("e => e.inputs[0].focus()", element)
        controls = explore(model("problem")).controls
        for k, control in enumerate(controls):
            if k == 4:  # the others are folded
                assert page.evaluate("() => document.activeElement.localName") == "summary"
                page.keyboard.press("Enter")
                page.keyboard.press("Tab")
            focused = page.evaluate(
                """() => { const i = document.activeElement;
                  return [i.name, i.labels[0].textContent, i.getAttribute('aria-valuetext')]; }"""
            )
            assert focused == [control.spec.name, control.spec.label, control.texts[control.at]]
            key = "ArrowRight" if control.at + 1 < len(control.values) else "ArrowLeft"
            page.keyboard.press(key)
            after = control.texts[control.at + (1 if key == "ArrowRight" else -1)]
            told = page.evaluate(
                """() => { const i = document.activeElement;
                  return [i.getAttribute('aria-valuetext'),
                          i.parentElement.querySelector('.cb-exact').value]; }"""
            )
            assert told == [after, after]
            page.keyboard.press("Tab")  # its value, to be typed
            assert page.evaluate("() => document.activeElement.value") == after
            page.keyboard.press("Tab")
        reached = page.evaluate("() => document.activeElement.dataset.do")
        assert reached == "undo"
        # the answer is read out
        page.wait_for_function("e => e.status.textContent.length > 20 && !e.asking", arg=element)
        message = page.evaluate(f"e => ({FIGURE})(e).ariaLabel", element)
        page.wait_for_function("([e, m]) => e.status.textContent === m", arg=[element, message])
        assert page.get_attribute(f"{ELEMENT} [role=status]", "aria-live") == "polite"
        # nothing is cut off or overlaps at this width
        boxes = page.evaluate(
            "e => e.inputs.map(i => { const b = i.getBoundingClientRect();"
            " return [b.left, b.right, b.height]; })",
            element,
        )
        assert all(0 <= left < right <= width and height >= 24 for left, right, height in boxes)
    context.close()


#: The next questions to Python are lost with it.
LOSE = """([element, times]) => {
  const { python } = element, ask = python.ask;
  python.ask = async function (...given) {
    if (times-- > 0) throw new window.casebook.Lost();
    python.ask = ask;
    return ask.apply(python, given);
  };
}"""


def test_statement_as_csv_and_the_base_case_in_view(context, base):
    name = "transactional"
    places = settings(name, 1)[1]
    with opened(context, base + explorer_page(name)) as page:
        element = page.query_selector(ELEMENT)
        page.evaluate(SET, [element, places])
        page.evaluate(LOSE, [element, 2])  # Python is lost, and lost again: that is told
        page.click("[data-do=csv]")
        page.locator(".cb-warning", has_text="Python stopped answering").wait_for()
        page.evaluate(LOSE, [element, 1])  # lost once: the reader does not see it
        with page.expect_download() as download:
            page.click("[data-do=csv]")
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        explorer = explore(model(name))
        explorer.answer({c.spec.name: c.values[places[c.spec.name]] for c in explorer.controls})
        found, wanted = (list(csv.reader(io.StringIO(t))) for t in (text, explorer.result.csv()))
        assert len(found) == len(wanted) and found[0] == wanted[0]
        for row, right in zip(found, wanted, strict=True):
            for cell, other in zip(row, right, strict=True):
                with contextlib.suppress(ValueError):
                    assert float(cell) == pytest.approx(float(other), rel=1e-9, abs=1e-9)
                    continue
                assert cell == other
        assert not page.locator(".cb-ghost").count()
        page.check("[data-do=compare]")
        ghosts = page.locator(".cb-ghost").count()
        assert ghosts >= 2
        page.evaluate(SET, [element, settings(name, 2)[2]])
        assert page.locator(".cb-ghost").count() == ghosts
        page.uncheck("[data-do=compare]")
        assert not page.locator(".cb-ghost").count()


def test_workbook_of_a_setting_and_a_second_try(context, base):
    name = "transactional"
    places = settings(name, 1)[1]
    with opened(context, base + explorer_page(name), quiet=False) as page:
        element = page.query_selector(ELEMENT)
        page.evaluate(SET, [element, places])
        page.route("**/workbook.tar.gz", lambda route: route.abort())
        page.click("[data-do=xlsx]")
        page.locator(".cb-warning", has_text="workbook.tar.gz").wait_for()
        page.unroute("**/workbook.tar.gz")
        with page.expect_download() as download:
            page.click("[data-do=xlsx]")
        assert download.value.suggested_filename == f"{name}.xlsx"
        content = Path(download.value.path()).read_bytes()
    found = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    explorer = explore(model(name))
    run = explorer.set(**{c.spec.name: c.values[places[c.spec.name]] for c in explorer.controls})
    wanted = openpyxl.load_workbook(
        io.BytesIO(workbook.written(run, explorer.at_base)), data_only=True
    )
    assert found.sheetnames == wanted.sheetnames
    for sheet in wanted:
        for row, right in zip(found[sheet.title].values, sheet.values, strict=True):
            for cell, other in zip(row, right, strict=True):
                is_number = isinstance(other, (int, float))
                near = pytest.approx(other, rel=1e-9, abs=1e-9) if is_number else other
                assert cell == near, sheet.title


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ("delete window.WebAssembly", "WebAssembly"),
        ("delete window.DecompressionStream", "DecompressionStream"),
    ],
)
def test_an_old_browser_is_told_what_it_lacks(browser, base, trouble, says):
    context = browser.new_context()
    context.add_init_script(trouble)
    with opened(context, base + explorer_page("growth")) as page:
        note = page.locator(f"{ELEMENT} .cb-explorer-note").inner_text()
        assert note == WORDS["live_old"].format(what=says)
        assert page.locator(f"{ELEMENT} figure svg:visible").count() == 1
    context.close()


@pytest.mark.parametrize("missing", ["explorers.tar.gz", "pyodide.asm.wasm", "manifest.json"])
def test_a_missing_file_leaves_the_base_figure_and_says_why(browser, base, missing):
    context = browser.new_context()
    context.add_init_script(FAR)
    context.route(f"**/{missing}", lambda route: route.fulfill(status=404))
    with opened(context, base + explorer_page("growth"), quiet=False) as page:
        element = page.query_selector(ELEMENT)
        before = page.evaluate("e => e.figure.innerHTML", element)
        page.evaluate("e => { for (const k of [0, 1]) e.inputs[k].value"
                      " = e.inputs[k].value > 0 ? 0 : 1; e.moved(); }", element)  # fmt: skip
        page.wait_for_selector(f"{ELEMENT} .cb-state [role=alert]")
        state = page.locator(f"{ELEMENT} .cb-state").inner_text()
        assert state.startswith(WORDS["live_failed"].split("{")[0])
        assert "404" in state and missing in state
        assert page.evaluate("e => e.figure.innerHTML", element) == before
    context.close()


@pytest.mark.parametrize("silent", ["python_stdlib.zip", "pyodide-lock.json"])
def test_a_file_that_never_comes_is_named_though_python_could_begin(browser, base, silent):
    context = browser.new_context()
    context.add_init_script(FAR)
    context.route(f"**/{silent}", lambda route: None)
    with opened(context, base + explorer_page("growth"), quiet=False) as page:
        page.evaluate("casebook.stall = 10_000")
        page.evaluate("e => { for (const k of [0, 1]) e.inputs[k].value"
                      " = e.inputs[k].value > 0 ? 0 : 1; e.moved(); }",
                      page.query_selector(ELEMENT))  # fmt: skip
        page.wait_for_selector(f"{ELEMENT} .cb-state [role=alert]")
        assert silent in page.locator(f"{ELEMENT} .cb-state").inner_text()
    context.close()


def test_the_bundle_is_of_this_tree() -> None:
    """The files of the book in the bundle are those of the checkout."""
    import tarfile

    with tarfile.open(SITE / "_static" / "live" / "explorers.tar.gz") as archive:
        names = set(archive.getnames())
        for name in MODELS:
            folders = (ROOT / "data" / folder for folder in ("cases", "models"))
            (path,) = (p for x in folders for p in x.glob(f"{name}.toml"))
            packed = archive.extractfile(f"casebook/data/{path.parent.name}/{path.name}")
            assert packed is not None and packed.read() == path.read_bytes()
            assert MODELS[name].replace(".", "/") + "/__init__.pyc" in names
