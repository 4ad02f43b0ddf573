// What a page can tell about itself. Each entry of the answer is one complaint.
async () => {
  const wrong = [];
  const name = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 120);
  const article = document.querySelector("article") || document.querySelector("main")
    || document.body;

  // No sideways scroll of the page; a wide thing scrolls in its own box.
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth) {
    const boxed = (e) => {
      for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
        if (getComputedStyle(p).overflowX !== "visible") return true;
      return false;
    };
    const wide = [...document.body.querySelectorAll("*")].filter(
      (e) => e.getBoundingClientRect().right > innerWidth + 1 && !boxed(e));
    wrong.push(`sideways scroll: ${root.scrollWidth} > ${innerWidth}: ` +
      wide.slice(0, 3).map(name));
  }

  // Headings: one of the first level, and no level left out on the way down.
  let level = 0;
  const heads = [...article.querySelectorAll("h1,h2,h3,h4,h5,h6")];
  for (const h of heads) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) wrong.push(`heading out of order: ${name(h)}`);
    level = n;
  }
  if (heads.filter((h) => h.tagName === "H1").length !== 1) wrong.push("not exactly one h1");

  // Pictures have a name for those who do not see them; the name of a file is none.
  const file = /(_images|_static)\/|\.(png|svg|jpe?g)$/;
  for (const i of document.querySelectorAll("img")) {
    const label = i.alt.trim();
    if (!i.hasAttribute("alt") || (article.contains(i) && (!label || file.test(label))))
      wrong.push(`picture without a name: ${name(i)}`);
  }
  const byId = (id) => document.getElementById(id)?.textContent || "";
  const label = (e) => (e.getAttribute("aria-label")
    || (e.getAttribute("aria-labelledby") || "").split(" ").map(byId).join(" ")
    || e.querySelector(":scope > title")?.textContent || "").trim();
  for (const s of article.querySelectorAll("svg, [role=img]"))
    if (!s.closest("[aria-hidden=true]") && !s.parentElement.closest("[role=img]") && !label(s))
      wrong.push(`figure without a name: ${name(s)}`);

  // Mathematics: all of it set, without an error and without a script.
  const has = (path) => [...document.scripts].some((s) => s.src.includes(path));
  for (const m of article.querySelectorAll(".math"))
    if (!m.querySelector("math")) wrong.push(`maths not set: ${name(m)}`);
  for (const m of article.querySelectorAll("merror, .temml-error"))
    wrong.push(`maths in error: ${name(m)}`);
  if (has("mathjax")) wrong.push("MathJax is loaded: a page has its maths without");

  // Widgets: drawn; their scripts only where they are needed.
  const kind = (what) => `script[type="application/vnd.jupyter.widget-${what}+json"]`;
  const state = document.querySelector(kind("state"));
  for (const part of ["require.js", "embed-amd.js"])
    if (has(part) && !state) wrong.push(`${part} is loaded on a page without widgets`);
  if (state) {
    const views = [...document.querySelectorAll(kind("view"))];
    const drawn = () => views.every((v) => v.parentElement.querySelector(".jupyter-widgets"));
    for (let i = 0; i < 100 && !drawn(); i++) await new Promise((r) => setTimeout(r, 100));
    if (!views.length || !drawn()) wrong.push("widgets are not drawn");
  }
  await document.fonts.ready;
  return wrong;
}
