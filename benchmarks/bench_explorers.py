"""The explorers in headless Chromium, from the built site on this machine: `make bench`.

For each model: from the first touch to the first new figure, with an empty cache and with a full
one (medians of five), then the time of a move, model, figure and page together (median, 90th
percentile and worst of 100 moves of all sliders in turn). Nothing is loaded before the touch.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page, sync_playwright

from casebook.models import MODELS

from .timing import table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "site"))
from conftest import FLAGS, SITE, browser_program, explorer_page, serve  # noqa: E402

FAR = "window.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} };"
FIRST = """async (name) => {
  const element = document.querySelector(`casebook-explorer[case=${name}]`);
  const input = element.inputs.find((i) => i.type === "range");
  input.value = Number(input.value) + (input.value === input.max ? -1 : 1);
  const start = performance.now();
  await element.moved();
  return performance.now() - start;
}"""
MOVES = """async ([name, count]) => {
  const element = document.querySelector(`casebook-explorer[case=${name}]`);
  const inputs = element.inputs.filter((i) => i.type === "range");
  const times = [];
  for (let k = 0; k < count; k++) {
    const input = inputs[k % inputs.length];
    input.value = (Number(input.value) + 1 + k) % (Number(input.max) + 1);
    const start = performance.now();
    await element.moved();
    times.push(performance.now() - start);
    await new Promise((next) => setTimeout(next, 10));
  }
  return times;
}"""
RUNS = 5


def measure(browser: Browser, url: str, name: str) -> list[str]:
    cold, warm, moves = [], [], []
    for run in range(RUNS):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_init_script(FAR)
        for times in (cold, warm):
            page: Page = context.new_page()
            page.goto(url, wait_until="networkidle")
            times.append(page.evaluate(FIRST, name))
            if times is warm and run == 0:
                moves = page.evaluate(MOVES, [name, 100])
            page.close()
        context.close()
    first = [f"{median(times) / 1000:.2f} s" for times in (cold, warm)]
    high = quantiles(moves, n=10)[-1]
    return [name, *first, *(f"{ms:.0f} ms" for ms in (median(moves), high, max(moves)))]


def main() -> None:
    if not (SITE / "_static" / "live" / "manifest.json").is_file():
        print("\nThe explorers in the browser: no site with Python is built (make book)")
        return
    with serve(SITE) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_program(), args=FLAGS)
        rows = [measure(browser, address + explorer_page(name), name) for name in MODELS]
        browser.close()
    heads = ("", "first, cold", "first, warm", "move", "90%", "worst")
    table("The explorers in headless Chromium", heads, rows)


if __name__ == "__main__":
    main()
