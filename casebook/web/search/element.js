// The field of a search and what is found, on the page of the search and in the window over any other.
const here = new URL(".", document.currentScript.src);
const { make, filled } = window.casebook.pieces;
const root = new URL("..", here);
const address = (path, anchor) => `${new URL(path, root).href}${anchor ? `#${anchor}` : ""}`;
// WORDS: from data/search.toml, written above by casebook.web.search.make
const SHOWN = 4;
const BEST = 3;

// The index is fetched once, and made when it is here.
let ready;
const fetched = () =>
  (ready ??= new Promise((done, fail) => {
    window.casebook.searched = (told) => done({ ...told, ...casebookSearch(told, MiniSearch, stemmer) });
    document.head.append(make("script", { src: new URL("search-index.js", here).href, onerror: fail }));
  }).catch((error) => {
    ready = undefined; // the next letter tries again
    throw error;
  }));

class CasebookSearch {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input");
    this.isPage = form.matches(".cb-search-page");
    this.words = WORDS;
    this.status = make("p", { class: "cb-found-status", role: "status" });
    this.list = make("div", { class: "cb-found-list" });
    this.box = make("div", { class: "cb-found" }, this.status, this.list);
    form.after(this.box);
    this.asked = null;
    this.input.addEventListener("input", () => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.run(), 80);
    });
    form.addEventListener("submit", (event) => {
      if (this.isPage || !this.input.value.trim()) event.preventDefault();
      if (this.isPage) this.run();
    });
    this.input.parentElement.parentElement.addEventListener("keydown", (event) => this.key(event));
    if (this.isPage) {
      this.input.value = new URLSearchParams(location.search).get("q") ?? "";
      if (!this.input.value) this.input.focus();
    }
    if (this.input.value) this.run();
    else if (!this.isPage) fetched().catch(() => {}); // while the reader types
  }

  async run() {
    const query = this.input.value.trim();
    if (query === this.asked) return;
    this.asked = query;
    if (this.isPage) history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
    if (!query) return this.say("");
    if (!this.index) this.say(this.words.loading);
    try {
      this.index = await fetched();
    } catch {
      this.asked = null;
      return this.say(this.words.failed);
    }
    if (query === this.asked) this.show(query, this.index.search(query));
  }

  say(text, ...children) {
    this.status.textContent = text;
    this.list.replaceChildren(...children);
  }

  show(query, { answers, found, wanted }) {
    const { words } = this;
    const answer = answers.map((term) => this.answer(term));
    if (!found.length && !answers.length) return this.say(filled(words.none, { query }), this.advice(query));
    const said = filled(found.length === 1 ? words.count_one : words.count, { query, count: found.length });
    const groups = new Map();
    for (const one of found.slice(BEST)) groups.set(one.page.part, [...(groups.get(one.page.part) ?? []), one]);
    const best = this.group(words.best, found.slice(0, BEST), wanted, true);
    const rest = [...groups].map(([name, list]) => this.group(name, list, wanted, false));
    const all = !this.isPage && make("p", { class: "cb-found-all" }, make("a", { href: `${this.form.action}?q=${encodeURIComponent(query)}` }, words.all));
    this.say(said, ...answer, ...(found.length ? [best, ...(this.isPage ? rest : [])] : []), ...(all ? [all] : []));
    this.box.scrollTop = 0;
  }

  // A term of the glossary says at once what it is.
  answer({ id, en, zh, means, also = [] }) {
    const spoken = (name) => (this.index.chinese(name) ? make("span", { lang: "zh" }, name) : name);
    const other = also.flatMap((name, k) => [k ? ", " : "", spoken(name)]);
    return make("section", { class: "cb-found-answer", "aria-label": this.words.answer },
      make("p", {}, make("a", { href: address(this.index.glossary, id) }, en), " ", make("span", { lang: "zh" }, zh), ": ", means),
      other.length ? make("p", { class: "cb-found-also" }, ...other) : null);
  }

  group(name, found, wanted, placed) {
    const items = found.map((one) => this.item(one, wanted, placed));
    const section = make("section", {}, make("h2", {}, name), make("ul", {}, ...items.slice(0, SHOWN)));
    const more = items.slice(SHOWN);
    if (more.length) {
      const open = () => {
        section.querySelector("ul").append(...more);
        button.remove();
        more[0].querySelector("a").focus();
      };
      const button = make("button", { type: "button", class: "cb-found-more", onclick: open }, filled(this.words.more, { count: more.length }));
      section.append(button);
    }
    return section;
  }

  item({ page, section: [, anchor, heading, text] }, wanted, placed) {
    const pieces = this.index.excerpt(text, wanted);
    const marked = [...new Set(pieces.filter(([, hit]) => hit).flatMap(([piece]) => piece.trim().toLowerCase().split(/[\s–-]+/)))];
    const keep = () => {
      try {
        // the page that is opened marks these words (sphinx_highlight.js)
        localStorage.setItem("sphinx_highlight_terms", marked.filter((w) => w.length > 2 || this.index.chinese(w)).join(" "));
      } catch {
        // a browser that keeps nothing
      }
    };
    const where = [placed && page.part, heading !== page.title && heading].filter(Boolean).join(" › ");
    return make("li", {},
      make("a", { href: address(page.path, heading === page.title ? "" : anchor), onclick: keep },
        make("span", { class: "cb-found-title" }, page.title), " ",
        where && make("span", { class: "cb-found-where" }, where)),
      pieces.length > 0 ? make("p", {}, ...pieces.map(([piece, hit]) => (hit ? make("mark", {}, piece) : piece))) : null);
  }

  // Nothing found: terms that are written much like it, or the glossary.
  advice(query) {
    const near = this.index.suggestions(query);
    const look = (name) => {
      this.input.value = name;
      this.input.focus();
      this.run();
    };
    const terms = near.map(({ en, zh }) => make("li", {}, make("button", { type: "button", onclick: () => look(en) }, `${en} ${zh}`)));
    return make("div", { class: "cb-found-advice" },
      make("p", {}, near.length ? this.words.advice : this.words.advice_contents),
      near.length ? make("ul", {}, ...terms) : make("p", {}, make("a", { href: address(this.index.glossary) }, this.words.glossary)));
  }

  // Arrows go from the field through what is found and back; Escape to the field, then out of it.
  key(event) {
    const stops = [this.input, ...this.list.querySelectorAll("a, button")];
    const at = stops.indexOf(document.activeElement);
    if (at < 0) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
    } else if (event.key === "Escape" && at > 0) {
      event.stopPropagation();
      this.input.focus();
    }
  }
}

const begin = () => {
  for (const form of document.querySelectorAll("form.bd-search")) new CasebookSearch(form);
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
