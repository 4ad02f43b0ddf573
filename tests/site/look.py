"""Open one page and say what is wrong with it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

ROOT = Path(__file__).resolve().parents[2]
#: The accessibility checker; no policy of a page holds what a debugger runs.
AXE = ROOT / "_build" / "tools" / "axe.min.js"
SECOND = 1000.0
NARROW = 320

INSPECT = Path(__file__).with_name("inspect.js").read_text(encoding="utf-8")
#: What depends on the theme.
COLOURS = ["color-contrast", "link-in-text-block"]
#: The page has taken the theme, and its colours have stopped fading in.
FADED = """async (theme) => {
  for (const end = Date.now() + 5000; Date.now() < end; await new Promise(requestAnimationFrame))
    if ((document.documentElement.dataset.theme ?? theme) === theme) break;
  const fades = document.getAnimations().filter((a) => a instanceof CSSTransition);
  await Promise.allSettled(fades.map((fade) => fade.finished));
}"""
#: Every violation counts, whatever axe thinks of its weight.
ACCESS = """async (values) => (await axe.run(document, {
    resultTypes: ["violations"], ...(values && {runOnly: {type: "rule", values}})})).violations
  .flatMap(v => v.nodes.map(n => `${v.impact} ${v.id}: ${n.target} ${n.html.slice(0, 160)}`))"""
#: The same for a page that is closed afterwards. Colours take longest, so for them it is first rid
#: of what a checker of texts does not look at, the drawings, and of texts that look alike (letters,
#: grounds up to the root, place) three are enough, on the first page that has them.
WHOLE = """async ([values, theme, known]) => {
  const run = async (where, rules) =>
    (await axe.run(where, { resultTypes: ["violations"], ...rules })).violations;
  const found = theme === "dark" ? [] : await run(document, {
    rules: Object.fromEntries(values.map((name) => [name, { enabled: false }])) });
  const drawn = "svg :not(title, text, text *, g:has(text))";
  for (const e of document.querySelectorAll(drawn)) e.remove();
  const looks = new Map(), kinds = new Map();
  const look = (e) => {
    if (!e) return "";
    if (!looks.has(e)) {
      const s = getComputedStyle(e);
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.position, s.filter].join();
      looks.set(e, own === PLAIN ? look(e.parentElement) : `${look(e.parentElement)};${own}`);
    }
    return looks.get(e);
  };
  for (const e of document.body.querySelectorAll("*")) {
    const text = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (!text || !e.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const s = getComputedStyle(e);
    const beside = e.matches("a") ? getComputedStyle(e.parentElement).color : "";
    const kind = [e.tagName, e.matches("p *, li *"), s.color, s.fill, s.fontSize, s.fontWeight,
      s.textDecoration, s.textShadow, beside, look(e)].join();
    kinds.set(kind, [...(kinds.get(kind) ?? []), e].slice(0, 3));
  }
  for (const kind of known) kinds.delete(kind);
  if (kinds.size)
    found.push(...await run({ include: [...kinds.values()].flat() }, {
      runOnly: { type: "rule", values } }));
  return [[...kinds.keys()], found.flatMap((v) =>
    v.nodes.map((n) => `${v.impact} ${v.id}: ${n.target} ${n.html.slice(0, 160)}`))];
}""".replace("PLAIN", '"rgba(0, 0, 0, 0),none,1,static,none"')
#: Site and theme -> the kinds of text whose colours have been looked at.
_KNOWN: dict[tuple[str, str], set[str]] = {}


def look(
    context: BrowserContext,
    url: str,
    *,
    access: bool = False,
    dark: bool = False,
    narrow: bool = False,
    shot: str | None = None,
) -> list[str]:
    """What is wrong with the page at `url`.

    `access` also runs the accessibility checker, of all that it knows; `dark` looks once more at
    the page in the dark theme, in which the checker looks at what depends on the theme alone.

    `narrow` asks a second time whether the page scrolls sideways, at the width of a page that is
    read at four times its size (WCAG 1.4.10).

    `shot` names pictures of the page, kept when CASEBOOK_SHOTS says in which folder.
    """
    home = url.split("://")[0] + "://" + url.split("://")[1].split("/")[0] + "/"
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((home, "data:", "blob:")):
            wrong.append(f"outside request: {request.url}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            wrong.append(f"{response.status}: {response.url}")

    def said(message: ConsoleMessage) -> None:
        # From the file system no browser takes fonts; it has some of its own.
        fonts = url.startswith("file:") and "/_static/fonts/" in (
            message.text + message.location["url"]
        )
        if message.type == "error" and not fonts:
            wrong.append(f"console: {message.text}")

    page: Page = context.new_page()
    page.on("request", asked)
    page.on("response", answered)
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    page.on("console", said)
    page.route(re.compile(rf"^(?!{re.escape(home)})(https?|wss?)://"), lambda route: route.abort())
    try:
        page.goto(url, wait_until="load")
        if access:
            page.evaluate(AXE.read_text("utf-8"))
        for theme in ["light", "dark"] if dark else ["light"]:
            page.emulate_media(color_scheme=theme)
            page.evaluate(FADED, theme)
            found = page.evaluate(INSPECT)
            if access:
                known = _KNOWN.setdefault((home, theme), set())
                kinds, more = page.evaluate(WHOLE, [COLOURS, theme, sorted(known)])
                known.update(kinds)
                found += more
            wrong += [f"{theme}: {complaint}" for complaint in found]
            folder = os.environ.get("CASEBOOK_SHOTS")
            if folder and shot:
                Path(folder).mkdir(parents=True, exist_ok=True)
                page.screenshot(path=Path(folder) / f"{shot}-{theme}.png", full_page=True)
        if narrow:
            page.set_viewport_size({"width": NARROW, "height": 640})
            wide = page.evaluate("() => document.scrollingElement.scrollWidth")
            wrong += [f"sideways scroll at {NARROW}: {wide}"] if wide > NARROW else []
    finally:
        page.close()
    return wrong
