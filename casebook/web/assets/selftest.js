// The test at the end of a page (casebook/web/sphinx/selftest.py). The page has each question with
// its answer in a <details>; this takes an answer instead. What is kept stays in this browser.
(() => {
  const { make, filled } = window.casebook.pieces;
  // A number as people type it: 1,234.5 and 43,1 and CNY 4.2 million and −3 %.
  const number = (text) => {
    let plain = text.replace(/[−–]/g, "-").replace(/[^\d.,-]/g, "");
    const thousands = /^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain);
    plain = thousands || plain.includes(".") ? plain.replaceAll(",", "") : plain.replace(",", ".");
    return /\d/.test(plain) ? Number(plain) : NaN;
  };
  const near = (given, value, tolerance) => Math.abs(given - value) <= tolerance * (1 + 1e-9);
  // A text as what differs from another: [place, word] each, or the whole text.
  const moved = (change, base) => {
    if (typeof change === "string") return change;
    const words = base.split(" ");
    for (const [place, word] of change ?? []) words[place] = word;
    return words.join(" ");
  };

  class Item {
    constructor(test, data, place) {
      Object.assign(this, { test, data, place, words: test.data.words });
      this.stem = place.querySelector(".cb-st-stem > span");
      this.why = place.querySelector(".cb-st-why");
      this.right = place.querySelector(".cb-st-right");
      this.base = { stem: this.stem.textContent, why: this.why.textContent, right: this.right.textContent };
      this.details = place.querySelector("details");
      this.said = make("div", { class: "cb-st-said", role: "status" });
      this.buttons = make("div", { class: "cb-st-row" });
      this.form = make("form", { class: "cb-st-form", onsubmit: (event) => (event.preventDefault(), this.judge()) });
      const list = place.querySelector(".cb-st-list");
      this[data.kind === "numeric" ? "numeric" : data.kind === "order" ? "order" : "ticks"](list);
      this.form.append(this.buttons);
      this.details.before(this.form, this.said);
      this.buttons.append(make("button", {}, this.words.check));
      if (data.v?.length > 1)
        this.buttons.append(make("button", { type: "button", onclick: () => this.fresh() }, this.words.fresh));
      this.link = make("a", { hidden: true }, this.words.explorer);
      this.buttons.append(this.link);
      this.kept = test.kept[data.id] ?? {};
      this.show();
    }

    numeric() {
      const id = `cb-st-${this.data.id}`;
      this.input = make("input", { type: "text", inputmode: "decimal", id, autocomplete: "off" });
      this.form.append(make("div", { class: "cb-st-row" }, make("label", { for: id }, this.words.answer), this.input, this.data.unit));
    }

    ticks(list) {
      const type = this.data.kind === "choice" ? "radio" : "checkbox";
      this.stem.parentElement.append(" ", make("span", { class: "cb-st-unit" }, this.test.data.ticks[this.data.kind]));
      this.inputs = [...list.children].map((line, i) =>
        make("input", { type, name: `cb-st-${this.data.id}`, value: i }));
      const fields = make("fieldset", { class: "cb-st-form", "aria-label": this.stem.textContent });
      fields.append(...this.inputs.map((input, i) =>
        make("label", { class: "cb-st-tick" }, input, make("span", {}, list.children[i].textContent))));
      this.form.append(fields);
      list.remove();
    }

    order(list) {
      this.stem.parentElement.append(" ", make("span", { class: "cb-st-unit" }, this.words.order));
      this.lines = make("ol", { class: "cb-st-lines" });
      [...list.children].forEach((line, i) => {
        const text = line.textContent;
        const row = make("li", { "data-line": i }, make("span", {}, text),
          make("button", { type: "button", "aria-label": filled(this.words.up, { line: text }), onclick: (e) => this.shift(row, -1, e) }, "↑"),
          make("button", { type: "button", "aria-label": filled(this.words.down, { line: text }), onclick: (e) => this.shift(row, 1, e) }, "↓"));
        row.addEventListener("keydown", (event) => {
          const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
          if (!step || !event.altKey) return;
          event.preventDefault();
          this.shift(row, step, event);
        });
        this.lines.append(row);
      });
      this.form.append(this.lines);
      list.remove();
    }

    shift(row, step, event) {
      const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (other) step < 0 ? other.before(row) : other.after(row);
      event.target.focus(); // it lost it while it was moved
      this.say();
    }

    setting() {
      return this.data.v?.[this.kept.v ?? 0];
    }

    // The question in its setting of now, and what was answered before.
    show() {
      const set = this.setting();
      if (this.data.v && !set) this.kept = {}; // the page has fewer settings than it had
      if (set) {
        const first = !this.kept.v;
        this.stem.textContent = first ? this.base.stem : moved(set.s, this.base.stem);
        this.why.textContent = first ? this.base.why : moved(set.f, this.base.why);
        this.right.textContent = first ? this.base.right : set.t;
        this.link.hidden = set.q == null || !this.kept.done;
        if (set.q != null) {
          this.link.href = `${this.test.data.page}${set.q}${this.test.data.explorer}`;
          this.link.className = this.test.data.page ? "" : "cb-try";
        }
        this.input.value = this.kept.given ?? "";
      } else if (this.inputs)
        for (const input of this.inputs) input.checked = (this.kept.given ?? []).includes(Number(input.value));
      else for (const line of this.kept.given ?? []) this.lines.append(...this.lines.querySelectorAll(`[data-line="${line}"]`));
      this.details.open = false;
      this.details.hidden = !this.kept.done;
      this.say();
    }

    fresh() {
      this.kept = { v: ((this.kept.v ?? 0) + 1) % this.data.v.length };
      this.show();
      this.test.keep(this);
      this.input.focus();
    }

    say(text = "", right = false) {
      this.said.toggleAttribute("data-right", right);
      this.said.replaceChildren(...(Array.isArray(text) ? text : [text]).filter(Boolean).map((line) => make("p", {}, line)));
    }

    judge() {
      const { given, right, text } = this.data.v ? this.number() : this.inputs ? this.ticked() : this.sorted();
      if (given == null) return this.say(text);
      this.kept = { ...this.kept, given, done: true, right };
      this.details.hidden = false;
      if (this.setting()?.q != null) this.link.hidden = false;
      this.say(text, right);
      this.test.keep(this);
    }

    number() {
      const { n, t, w, r } = this.setting();
      const { tol, unit } = this.data;
      const text = this.input.value.trim();
      const given = number(text);
      if (Number.isNaN(given)) return { text: this.words.number };
      if (near(given, n, tol)) return { given: text, right: true, text: [`${this.words.right} ${t}`, this.why.textContent] };
      const slip = w.findIndex((value) => near(given, value, tol));
      const note = slip >= 0 ? (r ?? this.data.r)[slip] : null;
      if (note) return { given: text, right: false, text: [this.words.wrong, `${note[0].toUpperCase()}${note.slice(1)}.`] };
      if (unit.startsWith("%") && !text.includes("%") && near(given * 100, n, tol))
        return { text: filled(this.words.near, { number: `${+(given * 100).toPrecision(4)}`, given: text }) };
      return { given: text, right: false, text: this.words.other };
    }

    ticked() {
      const given = this.inputs.filter((input) => input.checked).map((input) => Number(input.value));
      if (!given.length) return { text: this.words.choose };
      const good = this.data.o.filter(([right], i) => Boolean(right) === given.includes(i)).length;
      const right = good === this.data.o.length;
      const notes = given.map((i) => this.data.o[i]).filter(([fine, note]) => note && !(fine && right)).map(([fine, note]) => (fine ? note : `${note[0].toUpperCase()}${note.slice(1)}.`));
      if (right) return { given, right, text: [this.words.right, this.why.textContent] };
      const verdict = this.data.kind === "multi" ? filled(this.words.some, { count: good, all: this.data.o.length }) : this.words.wrong;
      return { given, right, text: [verdict, ...notes] };
    }

    sorted() {
      const given = [...this.lines.children].map((row) => Number(row.dataset.line));
      const good = given.filter((line, place) => this.data.places[line] === place).length;
      const right = good === given.length;
      const text = right ? [this.words.right, this.why.textContent] : filled(this.words.some, { count: good, all: given.length });
      return { given, right, text };
    }
  }

  class SelfTest extends HTMLElement {
    connectedCallback() {
      if (this.items) return;
      this.data = JSON.parse(this.querySelector("script").textContent);
      this.key = `casebook.selftest.${this.getAttribute("bank")}`;
      this.kept = this.load();
      const places = [...this.querySelectorAll(".cb-st-item")];
      this.items = this.data.items.map((data, i) => new Item(this, data, places[i]));
      this.score = make("span", { role: "status" });
      this.append(make("div", { class: "cb-st-row cb-st-score" }, this.score,
        make("button", { type: "button", onclick: () => this.again() }, this.data.words.again)));
      this.count();
    }

    load() {
      try {
        const kept = JSON.parse(localStorage.getItem(this.key));
        return kept && typeof kept === "object" ? kept : {};
      } catch {
        return {}; // a browser that keeps nothing, or something else under our name
      }
    }

    keep(item) {
      this.kept[item.data.id] = item.kept;
      this.store(() => localStorage.setItem(this.key, JSON.stringify(this.kept)));
      this.count();
    }

    store(what) {
      try {
        what();
      } catch {
        // it is kept for as long as the page is open
      }
    }

    again() {
      this.kept = {};
      this.store(() => localStorage.removeItem(this.key));
      for (const item of this.items) {
        item.kept = {};
        if (item.lines) [...item.lines.children].sort((a, b) => a.dataset.line - b.dataset.line).forEach((row) => item.lines.append(row));
        item.show();
      }
      this.count();
      this.items[0].place.querySelector("input, button")?.focus();
    }

    count() {
      const right = this.items.filter((item) => item.kept.right).length;
      this.score.textContent = filled(this.data.words.score, { right, all: this.items.length });
    }
  }

  customElements.define("casebook-selftest", SelfTest);
})();
