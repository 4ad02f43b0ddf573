// Small repairs to what the theme and the widgets leave out. Loaded before the scripts of widgets.

// Tells require.js (where it follows) where the widgets find their icons.
window.require = {
  paths: { "@jupyter-widgets/html-manager/dist": new URL("vendor/widgets", document.currentScript.src).href },
};

// What the elements of a few pages (lecture, selftest, vote) are made with.
window.casebook = {
  ...window.casebook,
  pieces: {
    make: (tag, attributes = {}, ...children) => {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes))
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, "");
        else if (value !== false && value != null) element.setAttribute(name, value);
      element.append(...children.filter((child) => child != null));
      return element;
    },
    filled: (text, given) => text.replace(/\{(\w+)\}/g, (_, name) => given[name] ?? ""),
  },
};

document.addEventListener("DOMContentLoaded", () => {
  // The arrows that open a part of the contents have no name.
  for (const arrow of document.querySelectorAll("nav summary:not([aria-label])")) {
    const title = arrow.closest("li")?.querySelector("a")?.textContent.trim();
    arrow.setAttribute("aria-label", casebook.pieces.filled(document.body.dataset.below, { title }));
  }

  // A page that was opened as a file cannot run a notebook: it says what can instead.
  if (location.protocol === "file:")
    for (const part of document.querySelectorAll(".cb-run .cb-lite"))
      part.dataset.file ? (part.textContent = part.dataset.file) : part.remove();

  // A table of many columns is set smaller; a phrase in a table of numbers is read from the left.
  for (const table of document.querySelectorAll("article :is(.dataframe, .cb-table)"))
    table.classList.toggle("cb-wide", table.rows[0]?.cells.length > 9);
  for (const cell of document.querySelectorAll("article :is(.dataframe, .cb-table:not(.cb-assumptions)) td"))
    if (cell.textContent.trim().length > 32) cell.classList.add("cb-phrase");
  // Where rows are cards the heads of the columns are out of sight: each cell has its own.
  for (const table of document.querySelectorAll("article table.cb-stack"))
    for (const cell of table.tBodies[0].querySelectorAll("td"))
      cell.dataset.head = table.tHead.rows[0].cells[cell.cellIndex].textContent.trim();

  for (const table of document.querySelectorAll("article table"))
    if (!table.closest(".pst-scrollable-table-container, .cb-scroll, .output, .jupyter-widgets")) {
      const box = document.createElement("div");
      box.className = "cb-scroll";
      table.replaceWith(box);
      box.append(table);
    }
});

// What scrolls can be reached with the keyboard.
function reachable() {
  const boxes = "div.math, pre, .cb-scroll, .pst-scrollable-table-container, .cell_output .output";
  for (const box of document.querySelectorAll(`article :is(${boxes})`))
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
}

window.addEventListener("load", () => {
  for (const icon of document.querySelectorAll("svg.tb-icon")) icon.setAttribute("aria-hidden", "true");
  reachable();
  window.addEventListener("resize", reachable);

  // The handle of a widget's slider takes the name of its label.
  if (!document.querySelector("script[type='application/vnd.jupyter.widget-state+json']")) return;
  const name = () => {
    for (const handle of document.querySelectorAll(".noUi-handle:not([aria-label])")) {
      const label = handle.closest(".jupyter-widgets")?.querySelector(".widget-label")?.textContent.trim();
      if (label) handle.setAttribute("aria-label", label);
    }
  };
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  name();
});

// The script of the explorers may not come (a proxy): the page then says so, and gets it once more.
{
  const STALL = 20_000; // ms
  const FILE = "explorer.js";
  const told = () => {
    const source = document.querySelector(`script[src*="/${FILE}"]`)?.src;
    if (!source || customElements.get("casebook-explorer")) return;
    for (const explorer of document.querySelectorAll("casebook-explorer")) {
      const data = explorer.querySelector("script[type='application/json']");
      const note = explorer.querySelector(".cb-explorer-note");
      if (!data || !note) continue;
      const { make, filled } = window.casebook.pieces;
      const { words } = JSON.parse(data.textContent);
      note.classList.add("cb-explorer-needs");
      const onclick = async ({ target }) => {
        target.disabled = true;
        await fetch(source, { cache: "reload", signal: AbortSignal.timeout(STALL) }).catch(() => {}); // a cache may hold the page
        const again = make("script", { src: source, onload: told, onerror: told });
        document.head.append(again);
      };
      note.replaceChildren(filled(words.live_no_script, { file: FILE }), " ",
        make("button", { type: "button", class: "btn btn-sm btn-outline-primary", onclick }, words.live_retry));
    }
  };
  const clock = setTimeout(told, window.casebook.stall ?? STALL);
  window.addEventListener("load", () => {
    clearTimeout(clock);
    told();
  });
}

// The theme's button for it, without a script in the page (casebook/web/build/policy.py).
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-page=print]")) window.print();
});

// The same page in the other language: in this tab, with the setting and the place of this one.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.btn-language");
  if (!link) return;
  link.target = "_self";
  link.href = link.href.split(/[?#]/)[0] + location.search + location.hash;
});

// Copies a reference; where the browser does not let us, it is marked, to be copied by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".cb-copy");
  if (!button) return;
  const text = button.closest("div").querySelector("pre");
  const name = button.textContent;
  try {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = name), 2000);
  } catch {
    getSelection().selectAllChildren(text);
  }
});

// A mail about the page names the section that is being read.
document.addEventListener("click", (event) => {
  const words = document.querySelector(".cb-mail a[data-subject]")?.dataset.subject;
  const link = event.target.closest?.("a[href^='mailto:']");
  const section = document.querySelector(".bd-toc-nav .nav-link.active")?.textContent.trim();
  if (!words || !link || !section) return;
  const subject = encodeURIComponent(casebook.pieces.filled(words, { section }));
  link.href = link.href.replace(/subject=[^&]*/, () => `subject=${subject}`);
});

// The search is fetched when a reader turns to its field.
{
  const { src } = document.currentScript;
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches(".bd-search input") || document.querySelector("script[src*='/search.js']")) return;
    const { make } = window.casebook.pieces;
    document.head.append(
      make("link", { rel: "stylesheet", href: new URL("search.css", src).href }),
      make("script", { src: new URL("search.js", src).href }),
    );
  });
}

// Paper: by day, with all that can be opened open (but not the numbers behind a figure, which would
// take three pages for one), and with the address that it was printed from.
{
  const root = document.documentElement;
  let undo = [];
  window.addEventListener("beforeprint", () => {
    const { theme } = root.dataset;
    const closed = [...document.querySelectorAll("article details:not([open], .cb-numbers)")];
    root.dataset.theme = "light";
    for (const details of closed) details.open = true;
    const version = document.querySelector("meta[name=version]")?.content;
    const foot = [document.title, version, location.href].filter(Boolean).join(" · ");
    root.style.setProperty("--cb-printed", JSON.stringify(foot));
    undo = [() => (root.dataset.theme = theme), ...closed.map((details) => () => (details.open = false))];
  });
  window.addEventListener("afterprint", () => undo.splice(0).forEach((back) => back()));
}
