// Brings <casebook-explorer> to life. The page holds the base figure, the controls and the table;
// the same Python as in the notebooks, in a worker, answers every move (casebook/web/explorer/live.py).
// casebook/explore/html.py writes the element and its words; nothing of a model is written here.
(() => {
  const PAUSE = 700; // ms without a move: time to read out the message, and to tidy up
  const { python, Lost } = window.casebook;

  const lacks = () =>
    typeof WebAssembly !== "object" ? "WebAssembly"
      : typeof Worker !== "function" ? "Worker"
        : typeof DecompressionStream !== "function" ? "DecompressionStream"
          : "";
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

  // ---------------------------------------------------------------- the element
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
      const { live, size, words, controls } = JSON.parse(data.textContent);
      Object.assign(this, { words, controls, name: this.getAttribute("case") });
      this.form = this.querySelector("form");
      this.status = this.querySelector("[role=status]");
      this.note = this.querySelector(".cb-explorer-note");
      this.figure = this.querySelector("figure");
      this.cells = [...this.querySelectorAll(".cb-key-numbers tbody tr")].map((row) => row.cells[1]);
      if (!live) return; // built without Python: the note says so
      if (location.protocol === "file:") return this.explain(words.live_file);
      const lacking = lacks();
      if (lacking) return this.explain(filled(words.live_old, { what: lacking }));

      this.python = python(live);
      this.inputs = [...this.form.elements].filter((e) => e.name);
      this.base = this.inputs.map((input) => input.value);
      this.ghost = this.panels().flatMap((panel, k) =>
        [...panel.querySelectorAll("[id*='-data-']")].filter((part) => !part.querySelector("text")).map((part) => {
          const copy = part.cloneNode(true);
          copy.removeAttribute("id");
          copy.classList.add("cb-ghost");
          return [k, copy];
        }));
      this.form.hidden = false;
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("input", ({ target }) => target.name && this.moved());
      this.form.addEventListener("click", ({ target }) => this[`do_${target.dataset.do}`]?.(target));
      this.python.listeners.add((state) => this.report(state));
      this.note.textContent = filled(words.live_ready, { size: Math.ceil(size / 1e6) });
      this.report(this.python.state);
      this.wake();
      this.follow(location.href);
    }

    explain(text) {
      this.note.textContent = text;
      this.note.classList.add("cb-explorer-needs");
    }

    // Python is fetched when the reader comes near: touches the explorer, or has it in view where
    // data cost nothing.
    wake() {
      const start = () => this.python.start().catch(() => {}); // told by `report`
      for (const event of ["pointerenter", "pointerdown", "focusin", "touchstart"])
        this.addEventListener(event, start, { once: true, passive: true });
      const net = navigator.connection;
      if (net?.saveData || net?.type === "cellular" || /2g|3g/.test(net?.effectiveType ?? "")) return;
      new IntersectionObserver((entries, watch) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        const idle = window.requestIdleCallback ?? setTimeout;
        this.idle = idle(start);
      }, { threshold: 0.25 }).observe(this.form);
    }

    report({ phase, done, total, why }) {
      const { words } = this;
      if (phase === "loading" && this.asked)
        this.status.textContent = filled(words.live_loading, { done: megabytes(done), total: megabytes(total) });
      else if (phase === "starting" && this.asked) this.status.textContent = words.live_starting;
      else if (phase === "running") {
        this.status.textContent = "";
        this.note.textContent = words.live_running;
      } else if (phase === "again") this.warn(words.live_again);
      else if (phase === "failed") {
        this.status.textContent = "";
        this.explain(filled(words.live_failed, { why }));
      }
    }

    // -------------------------------------------------------------- values
    values() {
      return Object.fromEntries(this.inputs.map((i) => [i.name, this.controls[i.name].values[i.value]]));
    }

    name_values() {
      for (const input of this.inputs) {
        if (input.type !== "range") continue;
        const text = this.controls[input.name].texts[input.value];
        input.setAttribute("aria-valuetext", text);
        input.parentElement.querySelector("output").textContent = text;
      }
    }

    moved() {
      this.name_values();
      this.address();
      return this.ask();
    }

    // The scenario in the address: ?<case>.<slider>=<value> for each slider away from the base case.
    address() {
      const url = new URL(location.href);
      for (const name of [...url.searchParams.keys()])
        if (name.startsWith(`${this.name}.`)) url.searchParams.delete(name);
      this.inputs.forEach((input, k) => {
        if (input.value !== this.base[k])
          url.searchParams.set(`${this.name}.${input.name}`, this.controls[input.name].values[input.value]);
      });
      clearTimeout(this.written); // browsers refuse many changes of the address in a row
      this.written = setTimeout(() => history.replaceState(history.state, "", url), 150);
      this.link = url;
    }

    follow(href) {
      const said = [];
      let moved = false;
      for (const [key, value] of new URL(href).searchParams) {
        const [name, slider] = key.split(".");
        if (name !== this.name || slider === undefined) continue;
        const input = this.inputs.find((i) => i.name === slider);
        if (!input) {
          said.push(filled(this.words.live_unknown, { name: slider }));
          continue;
        }
        const { values, texts } = this.controls[slider];
        const at = values.findIndex((v) => v === value || (value.trim() && Math.abs(v - Number(value)) < 1e-9));
        if (at < 0) {
          const label = this.form.querySelector(`label[for='${input.id}']`).textContent;
          said.push(filled(this.words.live_refused, { name: label, value, low: texts[0], high: texts.at(-1) }));
          continue;
        }
        moved ||= input.value !== String(at);
        input.value = at;
      }
      this.name_values();
      this.address();
      if (moved) this.ask();
      if (said.length) this.warn(said.join(" "));
    }

    warn(text) {
      this.warning ??= this.status.insertAdjacentElement("afterend", document.createElement("p"));
      this.warning.className = "cb-warning";
      this.warning.setAttribute("role", "alert");
      this.warning.textContent = text;
      this.warning.hidden = !text;
    }

    // -------------------------------------------------------------- questions and answers
    // The latest values win: one question at a time, and after it the newest.
    ask() {
      this.dirty = true;
      this.asked = true;
      this.report(this.python.state);
      this.asking ??= this.work().finally(() => (this.asking = undefined));
      return this.asking;
    }

    async work() {
      let tries = 0;
      while (this.dirty) {
        this.dirty = false;
        try {
          const answer = await this.python.ask({ case: this.name, values: this.values() });
          if (answer.refused) this.warn(filled(this.words.live_error, { why: answer.refused }));
          else this.show(answer);
          tries = 0;
        } catch (error) {
          if (!(error instanceof Lost)) {
            if (this.python.state.phase !== "failed")
              this.warn(filled(this.words.live_error, { why: error.message }));
            return;
          }
          if (++tries > 2) return this.explain(filled(this.words.live_failed, { why: error.message }));
          this.dirty = true;
        }
      }
    }

    show({ svg, order, message, numbers, metrics }) {
      const figure = this.figure.querySelector("svg");
      this.place(figure, new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, order);
      figure.setAttribute("aria-label", message);
      numbers.forEach((number, k) => (this.cells[k].textContent = number));
      this.metrics = metrics;
      this.warn("");
      this.compare();
      clearTimeout(this.pause);
      this.pause = setTimeout(() => {
        this.status.textContent = message; // read out once, when the reader has stopped
        this.python.tidy();
      }, PAUSE);
      this.dispatchEvent(new CustomEvent("answer", { bubbles: true, detail: { values: this.values(), metrics } }));
    }

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

    // The base case as a shadow behind the data.
    compare() {
      const wanted = this.form.querySelector("[data-do=compare]").checked;
      for (const part of this.figure.querySelectorAll(".cb-ghost")) part.remove();
      if (!wanted) return;
      const panels = this.panels();
      for (const [panel, part] of this.ghost)
        panels[panel].querySelector("[id*='-data-']").before(part.cloneNode(true));
    }

    panels() {
      return [...this.figure.querySelectorAll("g[id*='-axes_']")];
    }

    // -------------------------------------------------------------- buttons
    do_reset() {
      this.inputs.forEach((input, k) => (input.value = this.base[k]));
      this.moved();
    }

    do_compare() {
      this.compare();
    }

    async do_link() {
      history.replaceState(history.state, "", this.link);
      const url = new URL(this.link);
      url.hash = this.id;
      try {
        await navigator.clipboard.writeText(url.href);
        this.status.textContent = this.words.live_link;
      } catch {
        this.status.textContent = this.words.live_link_by_hand;
      }
    }

    async do_csv() {
      const answer = await this.python.ask({ case: this.name, values: this.values(), csv: true });
      if (answer.refused) return this.warn(filled(this.words.live_error, { why: answer.refused }));
      const link = document.createElement("a");
      // the mark tells spreadsheets that the text is UTF-8
      link.href = URL.createObjectURL(new Blob(["\ufeff", answer.csv], { type: "text/csv" }));
      link.download = `${this.name}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }
  }
  customElements.define("casebook-explorer", Explorer);
})();
