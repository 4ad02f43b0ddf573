// Brings <casebook-explorer> to life. The page holds the base figure, the controls and the numbers;
// stored answers, and the same Python as in the notebooks, answer every move. What a reader does
// with a setting stands in tools.js, and own.js has a client of the reader's own and defines the
// element. casebook/explore/html.py writes its HTML and its words; nothing of a model is written here.
(() => {
  const PAUSE = 700; // ms without a move: time to read out the message, and to tidy up
  const LATE = 250; // ms without an answer: from then on the figure says that it is behind
  const HESITATES = 4000; // ms without a stored answer: from then on Python is tried as well
  const LONGEST = 60; // letters of what an address may set that are said again
  const SAID = 4; // complaints about an address, of as many as it may give cause for
  const GESTURE = 1000; // ms: moves of one slider that are nearer than this are one step to undo
  const AMPLE = 10.5; // px: letters of this size need not be larger
  const LETTERS = { wide: () => 8.5, narrow: (width) => (11 * width) / 340 }; // in units of the figure
  const GAP = 16; // between panels, in units of the figure

  const lacks = () =>
    typeof WebAssembly !== "object" ? "WebAssembly"
      : typeof Worker !== "function" ? "Worker"
        : typeof DecompressionStream !== "function" ? "DecompressionStream"
          : "";
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const megabytes = (bytes) => ((bytes ?? 0) / 1e6).toFixed(1);
  const made = (tag, text = "", attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  const same = (one, other) => String(one) === String(other);

  class Explorer extends HTMLElement {
    connectedCallback() {
      // the element may be met before all that stands in it is read
      if (document.readyState === "loading")
        document.addEventListener("DOMContentLoaded", () => this.open(), { once: true });
      else this.open();
    }

    open() {
      const data = this.querySelector("script[type='application/json']");
      if (!data || this.opened) return;
      this.opened = true;
      const { live, size, stored, presets, metrics, ...rest } = JSON.parse(data.textContent);
      Object.assign(this, rest, { name: this.getAttribute("case"), metrics });
      this.site = { live, size, embed: rest.embed, home: rest.home };
      const find = (selector) => this.querySelector(selector);
      this.form = find("form");
      this.status = find("[role=status]");
      this.note = find(".cb-explorer-note");
      this.picture = find(".cb-picture");
      this.figure = find("figure");
      this.headline = find(".cb-headline");
      this.tabs = [...this.querySelectorAll("[role=tab]")];
      this.state = find(".cb-state");
      this.cells = [...this.querySelectorAll(".cb-key-numbers tbody tr")].map((row) => row.cells[1]);
      this.tiles = [...this.querySelectorAll(".cb-shown > div")];
      if (!live) return; // built without Python: the note says so
      if (location.protocol === "file:") return this.explain(this.words.live_file);
      const lacking = lacks();
      if (lacking) return this.explain(filled(this.words.live_old, { what: lacking }));

      this.python = window.casebook.python(live);
      this.store = stored && window.casebook.stored?.(stored, this.name, this.controls, presets);
      this.inputs = [...this.form.elements].filter((e) => e.name);
      this.start();
      this.note.classList.remove("cb-explorer-needs"); // of a first try to get this script
      this.note.textContent = filled(this.words.live_ready, { size: Math.ceil(size / 1e6) });
      this.python.listeners.add(() => this.report());
      this.report();
      this.wake();
      this.open_own();
      if (!this.own && this.follow(location.href)) this.loaded();
    }

    // All that is known before the first move.
    start() {
      this.turn = this.answered = 0;
      this.past = [];
      this.future = [];
      this.layers = new Map(); // A, B -> a setting that is kept in view
      const svgs = { wide: this.figure.querySelector(".cb-wide svg") ?? this.figure.querySelector("svg"),
        narrow: this.figure.querySelector(".cb-narrow svg") };
      this.drawings = {};
      this.base = this.places();
      this.now = this.base;
      this.first = { places: this.base, numbers: this.cells.map((cell) => cell.textContent),
        changes: this.cells.map(() => ""), metrics: this.metrics, of: {} };
      for (const [form, svg] of Object.entries(svgs)) {
        if (!svg) continue;
        const panels = [...svg.querySelectorAll("g[id*='-axes_']")];
        this.drawings[form] = { svg, panels, at: this.base, box: svg.getAttribute("viewBox").split(" ").map(Number) };
        const parts = panels.flatMap((panel) => [...panel.children].filter((part) => part.id.includes("-data-")));
        this.first.of[form] = {
          svg: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">${parts.map((part) => part.outerHTML).join("")}</svg>`,
          order: panels.map((panel) => [...panel.children].map((part) => part.id).filter(Boolean)),
          message: svg.getAttribute("aria-label"),
        };
      }
      this.shown = this.first;
      this.panel = 0;
      this.setAttribute("data-live", "");
      for (const part of [this.form, this.headline, this.querySelector(".cb-actions")]) part.hidden = false;
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("input", ({ target }) => target.name && this.moved(target));
      this.form.addEventListener("change", ({ target }) => target.matches(".cb-exact") && this.typed(target));
      this.form.addEventListener("focusin", ({ target }) => {
        if (target.matches(".cb-exact")) target.select();
        if (target.name) this.chosen = target;
      });
      this.addEventListener("click", ({ target }) => {
        const button = target.closest("button, input[data-do]");
        if (!button || button.getAttribute("aria-disabled") === "true") return;
        if (button.dataset.step) this.step(button);
        else if (button.dataset.do) this[`do_${button.dataset.do}`]?.(button);
        else if (button.matches("[role=tab]")) this.turn_to(this.tabs.indexOf(button));
      });
      this.addEventListener("keydown", (event) => this.pressed(event));
      new ResizeObserver(() => this.arrange()).observe(this.picture);
      window.addEventListener("resize", () => this.arrange());
      this.say();
      this.tell();
      this.arrange();
      this.make_way();
    }

    // It may reach over the contents of the page, which are then out of the way.
    make_way() {
      const contents = document.querySelector(".bd-sidebar-secondary");
      if (!contents) return;
      const below = Math.max(innerHeight - contents.offsetHeight, 0);
      new IntersectionObserver((entries) => {
        const over = entries.at(-1).isIntersecting && this.getBoundingClientRect().right > contents.getBoundingClientRect().left;
        document.documentElement.classList.toggle("cb-over", over);
      }, { rootMargin: `0px 0px ${-below}px 0px` }).observe(this);
    }

    explain(text) {
      this.note.textContent = text;
      this.note.classList.add("cb-explorer-needs");
    }

    // What a first move needs is fetched when the reader comes near: touches the explorer, or has it
    // in view where data cost nothing.
    wake() {
      const costly = () => this.python.costly?.() ?? true;
      const near = (slider) => {
        this.store?.near(this.shape, slider);
        if (!costly()) this.python.start(this.name).catch(() => {}); // told by `report`
      };
      const touched = ({ target }) => (costly() && target.name in this.controls ? target.name : undefined);
      for (const event of ["pointerenter", "pointerdown", "focusin", "touchstart"])
        this.addEventListener(event, (event) => near(touched(event)), { once: true, passive: true });
      if (costly()) return;
      new IntersectionObserver((entries, watch) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        const idle = window.requestIdleCallback ?? setTimeout;
        idle(() => near(this.inputs[0].name)); // of the others when the reader comes nearer
      }, { threshold: 0.25 }).observe(this.form);
    }

    // -------------------------------------------------------------- the setting
    places() {
      return this.inputs.map((input) => Number(input.value));
    }

    values(places = this.places()) {
      return Object.fromEntries(this.inputs.map((i, k) => [i.name, this.controls[i.name].values[places[k]]]));
    }

    // The assumptions that a setting moves away from the base case, in words.
    list(places) {
      const moved = this.inputs.filter((_, k) => places[k] !== this.base[k]);
      const text = ({ name }, k) => filled(this.words.live_assumption,
        { name: this.controls[name].label, value: this.controls[name].texts[places[this.inputs.indexOf(moved[k])]] });
      return moved.map(text).join("; ") || this.words.live_at_base;
    }

    name_values() {
      for (const input of this.inputs) {
        if (input.type !== "range") continue;
        const text = this.controls[input.name].texts[input.value];
        input.setAttribute("aria-valuetext", text);
        input.style.setProperty("--at", Number(input.value) / (Number(input.max) || 1));
        const exact = input.parentElement.querySelector(".cb-exact");
        exact.value = text;
        const [less, more] = input.parentElement.querySelectorAll("[data-step]");
        less.setAttribute("aria-disabled", input.value === input.min);
        more.setAttribute("aria-disabled", input.value === input.max);
      }
    }

    // The reader, or whoever sets the controls, has moved them.
    moved(input) {
      if (input) this.object(input, "");
      const places = this.places();
      if (!same(places, this.now)) {
        const { by, when } = this.gesture ?? {};
        if (!input || input !== by || Date.now() - when > GESTURE) {
          this.past.push(this.now);
          this.future = [];
        }
        this.gesture = { by: input, when: Date.now() };
      }
      return this.stand();
    }

    // Be where the controls stand.
    stand() {
      this.now = this.places();
      this.name_values();
      this.address();
      this.able();
      return this.ask();
    }

    set(places) {
      this.inputs.forEach((input, k) => (input.value = places[k]));
      this.unfold();
      return this.moved();
    }

    // A control that is away from the base case is not hidden.
    unfold() {
      const more = this.form.querySelector(".cb-more");
      if (more) more.open ||= this.inputs.some((i, k) => Number(i.value) !== this.base[k] && more.contains(i));
    }

    step(button) {
      const input = button.parentElement.querySelector("input[type=range]");
      input.value = Number(input.value) + Number(button.dataset.step);
      this.moved(input);
    }

    // A value that was typed: "4.35", "4.35%", "CNY 20 million"; the nearest that the slider has.
    typed(exact) {
      const input = exact.parentElement.querySelector("input[type=range]");
      const { values, texts, scale } = this.controls[input.name];
      const text = exact.value.trim();
      if (text === texts[input.value]) return this.object(input, "");
      const [found] = text.replace(/[\u2212\u2013]/g, "-").replace(/,(?=\d{3}(\D|$))/g, "").replace(",", ".").match(/-?\d*\.?\d+/) ?? [];
      const told = { typed: short(text), low: texts[0], high: texts.at(-1) };
      exact.value = texts[input.value];
      if (found === undefined) return this.object(input, filled(this.words.live_no_number, told));
      const value = Number(found) / scale;
      const slack = 1e-9 * Math.max(1, Math.abs(value));
      if (value < values[0] - slack || value > values.at(-1) + slack)
        return this.object(input, filled(this.words.live_range, told));
      const off = values.map((v) => Math.abs(v - value));
      const at = off.indexOf(Math.min(...off));
      input.value = at;
      this.gesture = undefined; // a step of its own
      this.moved(input);
      if (off[at] > slack) this.object(input, filled(this.words.live_nearest, { ...told, value: texts[at] }));
    }

    // What is wrong with what was typed, below its control.
    object(input, text) {
      const control = input.parentElement;
      let said = control.querySelector(".cb-said");
      if (!said && text) control.append((said = made("p", "", { class: "cb-said", role: "alert" })));
      if (said) said.textContent = text;
      if (said) said.hidden = !text;
    }

    // The scenario in the address: ?<case>.<slider>=<value> for each slider away from the base case.
    address() {
      const url = this.setting(location.href);
      clearTimeout(this.written); // browsers refuse many changes of the address in a row
      this.written = setTimeout(() => history.replaceState(history.state, "", url), 150);
    }

    setting(href, places = this.places()) {
      const url = new URL(href, document.baseURI);
      for (const name of [...url.searchParams.keys()])
        if (name.startsWith(`${this.name}.`)) url.searchParams.delete(name);
      this.inputs.forEach((input, k) => {
        if (!this.own && places[k] !== this.base[k]) // a client of one's own stays on the page
          url.searchParams.set(`${this.name}.${input.name}`, this.controls[input.name].values[places[k]]);
      });
      return url;
    }

    // Move to the setting of a link, from the base case; all of its values that can be used.
    go(href) {
      this.inputs.forEach((input, k) => (input.value = this.base[k]));
      this.follow(href);
    }

    follow(href) {
      const said = new Set();
      for (const [key, value] of new URL(href, document.baseURI).searchParams) {
        if (!key.startsWith(`${this.name}.`)) continue;
        const slider = key.slice(this.name.length + 1); // whole: `rate.x` is not `rate`
        const input = this.inputs.find((i) => i.name === slider);
        if (!input) {
          said.add(filled(this.words.live_unknown, { name: short(slider) }));
          continue;
        }
        const { values, texts, label } = this.controls[slider];
        const at = values.findIndex((v) => v === value || (value.trim() && Math.abs(v - Number(value)) < 1e-9));
        if (at < 0) said.add(filled(this.words.live_refused, { name: label, value: short(value), low: texts[0], high: texts.at(-1) }));
        else input.value = at;
      }
      const moved = !same(this.places(), this.now);
      this.unfold();
      if (moved) this.moved();
      else {
        this.name_values();
        this.able();
      }
      if (said.size) this.warn([...said].slice(0, SAID).join(" "));
      return moved;
    }

    warn(text) {
      this.warning ??= this.state.insertAdjacentElement("afterend", made("p", "", { class: "cb-warning", role: "alert" }));
      this.warning.textContent = text;
      this.warning.hidden = !text;
    }

    // -------------------------------------------------------------- questions and answers
    // Stored answers come at once; of Python the newest question alone is asked, one at a time.
    // An answer is shown unless a newer one is there.
    ask() {
      const turn = ++this.turn;
      this.late ??= setTimeout(() => {
        this.waited = true;
        this.report();
      }, LATE);
      const asking = this.answer(turn, this.places(), this.shape).finally(() => {
        if (this.asking !== asking) return;
        this.asking = undefined;
        clearTimeout(this.late);
        this.late = this.waited = undefined;
        this.report();
      });
      return (this.asking = asking);
    }

    async answer(turn, places, form) {
      const answer = await this.soon(this.stored(places, form));
      if (answer) return this.show(answer, turn, places, form);
      this.wanted = { turn, places, form };
      this.queue ??= this.work();
      await this.queue;
    }

    // A stored answer; or null if it does not come and Python is there before it.
    async soon(stored) {
      let clock;
      const late = new Promise((done) => (clock = setTimeout(done, HESITATES)));
      const python = late.then(() => this.python.start(this.name)).then(() => null, () => stored);
      return Promise.race(this.python.costly?.() ? [stored] : [stored, python]).finally(() => clearTimeout(clock));
    }

    // An answer that needs no Python, or null.
    async stored(places, form) {
      const values = this.values(places);
      const answer = this.store?.has(values) ? await this.store.answer(values, form) : null;
      if (answer || !same(places, this.base) || this.python.state.phase === "running") return answer;
      return { ...this.first, ...this.first.of[form] };
    }

    async work() {
      let tries = 0;
      try {
        while (this.wanted) {
          const { turn, places, form } = this.wanted;
          this.wanted = undefined;
          try {
            this.show(await this.python.ask({ case: this.name, own: this.own, values: this.values(places), form }), turn, places, form);
            tries = 0;
          } catch (error) {
            const { Lost } = window.casebook;
            if (Lost && error instanceof Lost && ++tries <= 2) this.wanted ??= { turn, places, form };
            else if (!["failed", "cancelled"].includes(this.python.state.phase))
              this.warn(filled(this.words.live_error, { why: error.message }));
          }
        }
      } finally {
        this.queue = undefined;
      }
    }

    show(answer, turn, places, form) {
      if (turn < this.answered) return;
      this.answered = turn;
      if (answer.refused) return this.warn(filled(this.words.live_error, { why: answer.refused }));
      const drawing = this.drawings[form];
      this.place(drawing.svg, new DOMParser().parseFromString(answer.svg, "image/svg+xml").documentElement, answer.order);
      drawing.svg.setAttribute("aria-label", answer.message);
      drawing.at = places;
      const before = this.shown;
      this.shown = { ...answer, places };
      // a stored answer has its numbers as a reader sees them, and no others
      this.metrics = answer.metrics ?? (same(places, this.base) ? this.first.metrics : null);
      this.warn("");
      this.say();
      this.tell(before);
      this.compare();
      this.report();
      clearTimeout(this.pause);
      this.pause = setTimeout(() => {
        this.announce(answer.message, true); // read out once, when the reader has stopped
        this.python.tidy();
      }, PAUSE);
      this.dispatchEvent(new CustomEvent("answer", { bubbles: true, detail: { values: this.values(places), metrics: this.metrics } }));
    }

    // Read out; what stands on the page as well is not shown a second time.
    announce(text, there = false) {
      this.status.classList.toggle("cb-unseen", there);
      this.status.textContent = text;
    }

    // The numbers: in the table, and beside the figure with what has changed.
    tell(before) {
      const { numbers, changes = [] } = this.shown;
      this.cells.forEach((cell, k) => {
        cell.textContent = numbers[k];
        cell.nextElementSibling.textContent = changes[k] ?? "";
      });
      for (const tile of this.tiles) {
        const k = tile.dataset.row;
        tile.querySelector("b").textContent = numbers[k];
        tile.querySelector(".cb-change").textContent = changes[k] ?? "";
        if (!before || before.numbers[k] === numbers[k]) continue;
        // two lights of one kind take turns: each begins anew, and nothing is laid out for it
        tile.dataset.lit = tile.dataset.lit === "one" ? "other" : "one";
      }
    }

    // What the panels say, as the headline: the titles in the figure are not shown a second time.
    say() {
      const { panels } = this.drawings[this.shape] ?? this.drawings.wide;
      const texts = panels.map((panel) =>
        [...panel.querySelectorAll("[id*='-data-title-'] text")].map((line) => line.textContent.trim()).join(" "));
      this.headline.replaceChildren(...texts.map((text) => made("p", text)));
      this.point_out();
    }

    // What kept a file, in words.
    because({ why, file, detail, message }) {
      return filled(this.words[`live_why_${why}`] ?? why ?? message ?? "", { file, detail });
    }

    // How far Python is, and whether the figure is behind the sliders; it never is so in silence.
    report() {
      const { words } = this;
      const { phase, done, total, file, why, detail } = this.python.state;
      if (phase === "running") this.note.textContent = words.live_running;
      const behind = this.inputs.filter((input, k) => Number(input.value) !== this.shown.places[k]);
      const open = behind.length > 0 && (this.waited || !this.asking || ["loading", "starting"].includes(phase));
      for (const input of this.inputs) input.parentElement.classList.toggle("cb-behind", open && behind.includes(input));
      this.toggleAttribute("data-behind", open);
      if (phase === "again") this.warn(words.live_again);
      const [text, buttons] = !open ? ["", []]
        : phase === "loading" ? [filled(words.live_loading, { done: megabytes(done), total: megabytes(total), file }), ["cancel"]]
          : phase === "starting" ? (why ? [this.because({ why, detail }), ["retry", "cancel"]] : [words.live_starting, ["cancel"]])
            : phase === "failed" ? [filled(words.live_failed, { why: this.because({ why, file, detail }) }), ["retry", "return"]]
              : phase === "cancelled" ? [words.live_cancelled, ["retry", "return"]]
                : ["", this.asking ? [] : ["return"]];
      this.state.hidden = !open;
      if (!open) return;
      const shows = same(this.shown.places, this.base) ? words.live_shows_base : words.live_shows_last;
      const kind = `${phase} ${buttons} ${shows}`;
      if (this.state.dataset.kind !== kind) {
        const bar = phase === "loading" || phase === "starting" ? [made("progress", "", { max: 1, "aria-label": words.live_starting })] : [];
        this.state.replaceChildren(made("p", "", phase === "failed" ? { role: "alert" } : {}), ...bar,
          ...buttons.map((what) => made("button", words[`live_${what}`], { type: "button", "data-do": what })));
        this.state.dataset.kind = kind;
      }
      const said = `${text} ${shows}`.trim();
      const p = this.state.firstChild;
      if (p.textContent !== said) p.textContent = said;
      const bar = this.state.querySelector("progress");
      if (bar && phase === "loading") bar.value = total ? done / total : 0;
      else bar?.removeAttribute("value");
    }

    // -------------------------------------------------------------- the figure
    // Put the new parts behind the part that is painted before them; all else stays.
    place(old, made, order) {
      const parts = new Map([...made.children].map((part) => [part.id, part]));
      for (const part of old.querySelectorAll("[id*='-data-']")) part.remove();
      const byId = (id) => old.querySelector(`[id='${id}']`);
      for (const ids of order) {
        let last = null;
        for (const id of ids) {
          const part = parts.get(id);
          if (part && last) last.after(document.importNode(part, true));
          last = byId(id) ?? last;
        }
      }
      for (const clip of made.querySelectorAll("clipPath")) // of a kind that was not there yet
        if (!byId(clip.id)) old.append(document.importNode(clip, true));
    }

    // Where each panel lies in a drawing: from below its title, which is the headline, to its end.
    measure({ svg, panels, box }) {
      const given = (svg.dataset.panels ?? "").split(" ").map(Number);
      return panels.map((panel, k) => {
        const title = panel.querySelector("[id*='-data-title-']")?.getBBox();
        const own = panel.getBBox();
        const top = given.length > 1 ? given[2 * k] : own.y;
        const end = given.length > 1 ? top + given[2 * k + 1] : Math.min(own.y + own.height + 3, box[1] + box[3]);
        return { panel, top: Math.max(top, title?.height ? title.y + title.height : top), end };
      });
    }

    // Lay out the panels, side by side, in rows or one at a time, so that their letters are largest.
    arrange() {
      const width = this.figure.clientWidth;
      if (!width) return; // not in view yet: a slide to come
      const style = getComputedStyle(this.figure);
      const height = parseFloat(style.maxHeight) || Infinity;
      const cap = parseFloat(style.getPropertyValue("--cb-letter")) || 14;
      this.setAttribute("data-form", "measured"); // both forms have a size while this is read
      const ways = [];
      for (const [form, drawing] of Object.entries(this.drawings)) {
        drawing.strips ??= this.measure(drawing);
        const { strips, box } = drawing;
        const heights = strips.map(({ top, end }) => end - top);
        for (let columns = 0; columns <= strips.length; columns++) { // 0: one panel at a time
          const across = Math.max(columns, 1);
          const rows = [];
          for (let k = 0; k < strips.length; k += across) rows.push(Math.max(...heights.slice(k, k + across)));
          const wide = across * box[2] + (across - 1) * GAP;
          const high = columns ? rows.reduce((sum, h) => sum + h, 0) + (rows.length - 1) * GAP : Math.max(...heights);
          const letters = LETTERS[form](box[2]);
          const scale = Math.min(width / wide, height / high, cap / letters);
          if (columns || strips.length > 1) ways.push({ form, columns, rows, wide, high, scale, letters: scale * letters });
        }
      }
      // of those with the largest letters, or ample ones, the one that uses most of the width
      const best = (list) => {
        const most = Math.max(...list.map(({ letters }) => letters));
        const large = list.filter(({ letters }) => letters >= Math.min(most, AMPLE));
        return large.reduce((one, other) => (other.wide * other.scale > one.wide * one.scale ? other : one), large[0]);
      };
      const whole = best(ways.filter(({ columns }) => columns));
      const apart = best(ways.filter(({ columns }) => !columns));
      const way = apart && whole.letters < AMPLE && apart.letters > whole.letters ? apart : whole;
      this.setAttribute("data-form", way.form);
      this.draw(way);
      const changed = this.shape !== way.form;
      this.shape = way.form;
      this.way = way;
      this.point_out();
      if (!changed) return;
      this.compare();
      // the other form may show what was there before
      if (!same(this.drawings[way.form].at, this.places()) && this.turn) this.ask();
    }

    draw({ form, columns, rows, wide, high, scale }) {
      const { svg, strips, box } = this.drawings[form];
      const across = Math.max(columns, 1);
      let y = 0;
      strips.forEach(({ panel, top }, k) => {
        const column = k % across;
        if (k && columns && !column) y += rows[k / across - 1] + GAP;
        panel.setAttribute("transform", `translate(${columns ? column * (box[2] + GAP) : 0} ${(columns ? y : 0) - top})`);
        panel.classList.toggle("cb-away", !columns && k !== this.panel);
      });
      const tall = columns ? high : strips[this.panel].end - strips[this.panel].top;
      svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
      svg.style.width = `${Math.floor(wide * scale)}px`;
      svg.style.height = `${Math.floor(tall * scale)}px`;
    }

    turn_to(panel) {
      this.panel = panel;
      this.arrange();
    }

    // The sentence above its panel; one at a time, that of the panel in view.
    point_out() {
      const { columns = 1, rows = [], wide, scale } = this.way ?? {};
      const [tabs] = [this.tabs[0]?.parentElement];
      if (tabs) tabs.hidden = columns > 0;
      this.tabs.forEach((tab, k) => {
        tab.setAttribute("aria-selected", k === this.panel);
        tab.tabIndex = k === this.panel ? 0 : -1;
      });
      [...this.headline.children].forEach((p, k) => (p.hidden = !columns && k !== this.panel));
      const above = columns > 1 && rows.length === 1;
      this.headline.style.gridTemplateColumns = above ? `repeat(${columns}, 1fr)` : "";
      this.headline.style.width = above ? `${Math.floor(wide * scale)}px` : "";
    }
  }
  window.casebook = { ...window.casebook, Explorer, explorer: { filled, made, same } };
})();
