"""The explorers in headless Chromium, from the built site on this machine: `make bench`.

From the touch to the painted picture (two frames after the page has changed): the first one with an
empty cache, with a full one, and where Python has been started before; medians of RUNS. Then a
move, model, figure and page together (median, 90th percentile and worst of MOVES_EACH of all
sliders in turn). Nothing is loaded before the touch. Three explorers here, all by
`python -m benchmarks.bench_explorers`. Time on the wall: on a busy machine look at the ratios.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page, sync_playwright

from casebook.models import MODELS

from .timing import shown, table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "site"))
from conftest import FLAGS, SITE, browser_program, explorer_page, serve  # noqa: E402

FAR = "window.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} };"
#: After two frames what stands in the page is on the screen.
PAINTED = """
  const frame = () => new Promise(requestAnimationFrame);
  const painted = async () => { await frame(); await frame(); };"""
FIRST = """async ([name, started]) => {
  const element = document.querySelector(`casebook-explorer[case=${name}]`);
  const input = element.inputs.find((i) => i.type === "range");
  if (started) await element.python.start();
  input.value = Number(input.value) + (input.value === input.max ? -1 : 1);
  const start = performance.now();
  await element.moved();
  await painted();
  return performance.now() - start;
}""".replace("{", "{" + PAINTED, 1)
MOVES = """async ([name, count]) => {
  const element = document.querySelector(`casebook-explorer[case=${name}]`);
  const inputs = element.inputs.filter((i) => i.type === "range");
  const times = [];
  for (let k = 0; k < count; k++) {
    const input = inputs[k % inputs.length];
    input.value = (Number(input.value) + 1 + k) % (Number(input.max) + 1);
    const start = performance.now();
    await element.moved();
    await painted();
    times.push(performance.now() - start);
    await new Promise((next) => setTimeout(next, 10));
  }
  return times;
}""".replace("{", "{" + PAINTED, 1)
RUNS, MOVES_EACH = 3, 60
SHOWN = ("strategic", "problem", "loan")


def measure(browser: Browser, url: str, name: str) -> list[str]:
    firsts: dict[str, list[float]] = {"cold": [], "warm": [], "started": []}
    moves: list[float] = []
    for run in range(RUNS):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_init_script(FAR)
        for state, times in firsts.items():
            page: Page = context.new_page()
            page.goto(url, wait_until="networkidle")
            times.append(page.evaluate(FIRST, [name, state == "started"]))
            if state == "started" and run == 0:
                moves = page.evaluate(MOVES, [name, MOVES_EACH])
            page.close()
        context.close()
    first = [shown(median(times) / 1000) for times in firsts.values()]
    high = quantiles(moves, n=10)[-1]
    return [name, *first, *(f"{ms:.0f} ms" for ms in (median(moves), high, max(moves)))]


def main(names: Sequence[str] = SHOWN) -> None:
    if not (SITE / "_static" / "live" / "manifest.json").is_file():
        print("\nThe explorers in the browser: no site with Python is built (make book)")
        return
    with serve(SITE) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_program(), args=FLAGS)
        rows = [measure(browser, address + explorer_page(name), name) for name in names]
        browser.close()
    heads = ("", "first, cold", "first, warm", "first, Python there", "move", "90%", "worst")
    table("The explorers in headless Chromium, to the painted picture", heads, rows)


if __name__ == "__main__":
    main(MODELS)
