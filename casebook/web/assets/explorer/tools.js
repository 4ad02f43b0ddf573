// What a reader does with a setting beside moving it: go back, compare, share, save, print, show it
// elsewhere, present it.
(() => {
  const { Explorer, explorer: { filled, made, same } } = window.casebook;
  const FONT = "Casebook Sans"; // of figures, as the style sheet has it
  const SHARP = 3; // pixels of a picture for each of the figure's points
  const LETTER = 8.5; // of the lines around a saved picture, in points
  const SVG = "http://www.w3.org/2000/svg";
  const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

  // -------------------------------------------------------------- back and forth
  const history = {
    able() {
      const set = (what, can) => this.querySelector(`[data-do=${what}]`)?.setAttribute("aria-disabled", !can);
      set("undo", this.past.length);
      set("redo", this.future.length);
      set("reset", !same(this.now, this.base));
      this.loaded(true);
    },

    // From one list of settings to the other.
    back(from, to) {
      if (!from.length) return;
      to.push(this.now);
      this.gesture = undefined;
      const places = from.pop();
      this.inputs.forEach((input, k) => (input.value = places[k]));
      this.unfold();
      this.stand();
    },

    do_undo() {
      this.back(this.past, this.future);
    },

    do_redo() {
      this.back(this.future, this.past);
    },

    do_reset() {
      this.set(this.base);
    },

    do_cancel() {
      this.python.cancel?.();
    },

    async do_retry() {
      await this.python.cancel?.(); // what is still trying
      this.ask();
    },

    do_return() {
      this.warn("");
      this.set(this.shown.places);
    },

    pressed(event) {
      const { key, target, ctrlKey, metaKey, shiftKey } = event;
      if (target.matches("[role=tab]") && /^Arrow(Left|Right)$/.test(key)) {
        this.turn_to((this.panel + (key === "ArrowRight" ? 1 : -1) + this.tabs.length) % this.tabs.length);
        this.tabs[this.panel].focus();
      } else if (target.matches(".cb-exact")) {
        // what is being typed is undone by the browser
        if (key === "Escape") this.name_values();
      } else if ((ctrlKey || metaKey) && key.toLowerCase() === "z") {
        event.preventDefault();
        if (shiftKey) this.do_redo();
        else this.do_undo();
      } else if (this.presenting) this.present_key(event);
    },

    // A link has brought the reader here: where the setting is, and that it is one.
    loaded(told) {
      const line = this.querySelector(".cb-loaded");
      if (told) {
        if (same(this.now, this.base)) line.hidden = true;
        return;
      }
      line.replaceChildren(made("p", filled(this.words.live_loaded, { list: this.list(this.now) })),
        made("button", this.querySelector("[data-do=reset]").textContent, { type: "button", "data-do": "reset" }));
      line.hidden = false;
      if (location.hash) return;
      const go = () => this.scrollIntoView({ block: "start" });
      if (document.readyState === "complete") go();
      else window.addEventListener("load", () => setTimeout(go), { once: true });
    },
  };

  // -------------------------------------------------------------- beside one another
  const comparison = {
    // The base case, A and B as shadows behind the data, in the form of the figure that is shown.
    compare() {
      const { svg, panels } = this.drawings[this.shape];
      for (const part of this.querySelectorAll(".cb-ghost")) part.remove();
      const kept = [...this.layers].map(([name, layer]) => [name, layer]);
      if (this.querySelector("[data-do=compare]").checked) kept.unshift(["base", this.first]);
      for (const [name, layer] of kept) {
        const { svg: text, order } = layer.of[this.shape] ?? {};
        if (!text) {
          this.fetch_layer(layer);
          continue;
        }
        const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
        const at = new Map(order.flatMap((ids, k) => ids.map((id) => [id, k])));
        for (const part of root.querySelectorAll("[id*='-data-']")) {
          const panel = panels[at.get(part.id)];
          if (!panel || part.querySelector("text")) continue;
          const copy = document.importNode(part, true);
          copy.removeAttribute("id");
          copy.classList.add("cb-ghost", `cb-ghost-${name.toLowerCase()}`);
          // its markers are its own: they have another colour
          for (const own of copy.querySelectorAll("[id]")) {
            for (const use of copy.querySelectorAll("use"))
              for (const href of ["href", "xlink:href"])
                if (use.getAttribute(href) === `#${own.id}`) use.setAttribute(href, `#${own.id}-${name}`);
            own.id += `-${name}`;
          }
          panel.querySelector("[id*='-data-']:not(.cb-ghost)").before(copy);
        }
        for (const clip of root.querySelectorAll("clipPath"))
          if (!svg.querySelector(`[id='${clip.id}']`)) svg.append(document.importNode(clip, true));
      }
      const key = this.querySelector(".cb-key");
      const called = { base: this.words.live_base, A: "A", B: "B" };
      key.replaceChildren(...[...kept.map(([name]) => name), "now"].map((name) =>
        made("span", called[name] ?? this.words.live_now, { class: `cb-mark cb-mark-${name.toLowerCase()}` })));
      key.hidden = !kept.length;
    },

    // The form of the figure has changed: the setting that is kept in view is asked for in this one.
    async fetch_layer(layer) {
      const form = this.shape;
      const values = this.values(layer.places);
      try {
        const answer = await this.stored(layer.places, form) ?? await this.python.ask({ case: this.name, own: this.own, values, form });
        if (answer.refused) return;
        layer.of[form] = answer;
        if (form === this.shape) this.compare();
      } catch {
        // told by `report`
      }
    },

    do_compare() {
      this.compare();
    },

    pin(name) {
      const { numbers, places, of, svg, order } = this.shown;
      this.layers.set(name, { numbers, places, of: of ?? { [this.shape]: { svg, order } } });
      this.layers = new Map([...this.layers].sort());
      this.pinned();
    },

    do_pin_a() {
      this.pin("A");
    },

    do_pin_b() {
      this.pin("B");
    },

    do_unpin({ dataset }) {
      this.layers.delete(dataset.pin);
      this.pinned();
      this.querySelector(`[data-do=pin_${dataset.pin.toLowerCase()}]`).focus();
    },

    // The sliders go where the pin is, and the pin where they were.
    do_swap({ dataset: { pin } }) {
      const { places } = this.layers.get(pin);
      this.pin(pin);
      this.querySelector(`[data-do=swap][data-pin=${pin}]`).focus();
      this.set(places);
    },

    // What is pinned: a line for each, and a column of the table.
    pinned() {
      const lines = [...this.layers].map(([name, { places }]) => {
        const line = made("p");
        line.append(made("b", name, { class: `cb-mark cb-mark-${name.toLowerCase()}` }), made("span", this.list(places)));
        for (const [what, text] of [["swap", this.words.live_swap], ["unpin", this.words.live_unpin]])
          line.append(made("button", text, { type: "button", "data-do": what, "data-pin": name, "aria-label": `${name}: ${text}` }));
        return line;
      });
      const box = this.querySelector(".cb-pins");
      box.replaceChildren(...lines);
      box.hidden = !lines.length;
      for (const cell of this.querySelectorAll(".cb-pinned")) cell.remove();
      const table = this.querySelector(".cb-key-numbers");
      for (const [name, { numbers }] of this.layers) {
        table.tHead.rows[0].append(made("th", name, { class: "cb-pinned", scope: "col" }));
        [...table.tBodies[0].rows].forEach((row, k) => row.append(made("td", numbers[k], { class: "cb-pinned" })));
      }
      this.compare();
    },
  };

  // -------------------------------------------------------------- out of the page
  const save = (name, type, ...content) => {
    const link = made("a", "", { download: name });
    link.href = URL.createObjectURL(new Blob(content, { type }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // Words in lines of at most so many points, in the letters of a saved picture.
  function lines(text, width) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `${LETTER}px "${FONT}", sans-serif`;
    const found = [];
    // an address has no spaces, but signs at which it may break
    for (const word of text.split(/(?<=[ &?/])/)) {
      const longer = found.length ? found.at(-1) + word : word;
      if (found.length && pen.measureText(longer).width <= width) found[found.length - 1] = longer;
      else found.push(word);
    }
    return found;
  }

  // The letters of the figures, as a rule that carries them: a picture may fetch nothing.
  async function font() {
    const rules = [...document.styleSheets].flatMap((sheet) => {
      try {
        return [...sheet.cssRules].map((rule) => [rule, sheet.href]);
      } catch {
        return []; // of another host
      }
    });
    const [rule, sheet] = rules.find(([r]) => r instanceof CSSFontFaceRule && r.style.fontFamily.includes(FONT)) ?? [];
    const source = rule?.style.getPropertyValue("src").match(/url\("?([^")]+)"?\)/)?.[1];
    if (!source) return "";
    const blob = await (await fetch(new URL(source, sheet ?? document.baseURI))).blob();
    const url = await new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.readAsDataURL(blob);
    });
    return `@font-face { font-family: "${FONT}"; font-weight: 200 900; src: url("${url}"); }`;
  }

  const output = {
    // Where the setting is to be read: in the book, also when it is shown elsewhere.
    whereabouts() {
      const url = this.setting(this.home || location.href, this.now);
      url.hash = this.id;
      return url;
    },

    async copy(text, said, by_hand) {
      try {
        await navigator.clipboard.writeText(text);
        this.announce(said);
      } catch {
        this.announce(by_hand);
      }
    },

    do_link() {
      window.history.replaceState(window.history.state, "", this.setting(location.href));
      return this.copy(this.whereabouts().href, this.words.live_link, this.words.live_link_by_hand);
    },

    do_embed() {
      const frame = made("iframe", "", {
        src: this.setting(this.embed, this.now).href, title: this.heading, width: "100%", height: "720", loading: "lazy",
      });
      frame.style.border = "0";
      const code = frame.outerHTML;
      return this.copy(code, this.words.live_embedded, `${this.words.live_embed_by_hand} ${code}`);
    },

    // The figure as it is drawn, its colours resolved, with title, setting and address around it.
    drawing(rules = "") {
      const { svg, box } = this.drawings[this.shape];
      const copy = svg.cloneNode(true);
      const [live, cloned] = [svg, copy].map((root) => [root, ...root.querySelectorAll("*")]);
      live.forEach((part, k) => {
        const style = getComputedStyle(part);
        const text = cloned[k].getAttribute("style") ?? "";
        cloned[k].setAttribute("style", text.replace(/var\((--cb-\w+),\s*([^)]+)\)/g, (_, name, plain) =>
          style.getPropertyValue(name).trim() || plain));
        if (part.classList.contains("cb-ghost")) cloned[k].style.opacity = style.opacity;
        cloned[k].removeAttribute("class");
        if (!cloned[k].getAttribute("style")) cloned[k].removeAttribute("style");
      });
      for (const panel of copy.querySelectorAll("g[id*='-axes_']")) panel.removeAttribute("transform");
      const style = getComputedStyle(document.documentElement);
      const colour = (name, plain) => style.getPropertyValue(`--cb-${name}`).trim() || plain;
      const [ink, muted, paper] = [colour("ink", "black"), colour("muted", "black"), colour("paper", "white")];
      const [, , wide, high] = box;
      const below = [...lines(filled(this.words.live_setting, { list: this.list(this.shown.places) }), wide - 12),
        ...lines(this.whereabouts().href, wide - 12)];
      const head = 2 * LETTER + 4, row = LETTER + 3;
      const total = head + high + below.length * row + 6;
      const whole = document.createElementNS(SVG, "svg");
      whole.setAttribute("viewBox", `0 0 ${wide} ${total}`);
      whole.setAttribute("width", wide * 2);
      whole.setAttribute("height", total * 2);
      const part = (tag, attributes, text = "") => {
        const element = document.createElementNS(SVG, tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        element.textContent = text;
        whole.append(element);
        return element;
      };
      part("title", {}, this.heading);
      part("desc", {}, this.shown.message ?? "");
      part("style", {}, `${rules} text { font-family: "${FONT}", "DejaVu Sans", sans-serif !important; }`);
      part("rect", { width: "100%", height: "100%", fill: paper });
      part("text", { x: 6, y: 1.6 * LETTER, fill: muted, "font-size": LETTER, "font-weight": 600 }, this.heading);
      for (const [name, value] of Object.entries({ x: 0, y: head, width: wide, height: high, viewBox: box.join(" ") }))
        copy.setAttribute(name, value);
      copy.removeAttribute("style");
      whole.append(copy);
      below.forEach((text, k) => part("text",
        { x: 6, y: head + high + (k + 0.8) * row, fill: k ? muted : ink, "font-size": LETTER }, text));
      return { text: new XMLSerializer().serializeToString(whole), wide, total };
    },

    do_svg() {
      save(`${this.name}.svg`, "image/svg+xml", this.drawing().text);
    },

    async do_png() {
      try {
        const { text, wide, total } = this.drawing(await font());
        const picture = new Image();
        picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
        await picture.decode();
        const canvas = Object.assign(document.createElement("canvas"), { width: wide * SHARP, height: Math.ceil(total * SHARP) });
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
        save(`${this.name}.png`, "image/png", blob);
      } catch (error) {
        this.warn(filled(this.words.live_no_picture, { why: error.message }));
      }
    },

    async do_csv() {
      const text = await this.file_as("csv");
      // the mark tells spreadsheets that the text is UTF-8
      if (text) save(`${this.name}.csv`, "text/csv", "\ufeff", text);
    },

    async do_xlsx() {
      const text = await this.file_as("xlsx", "workbook.tar.gz");
      if (text) save(`${this.name}.xlsx`, XLSX, Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
    },

    // What Python writes of this setting, in a form that may need more of Python; undefined where
    // that fails, which is then told.
    async file_as(form, more) {
      try {
        const answer = await this.python_says({ own: this.own, values: this.values(), [form]: true }, more);
        if (!answer.refused) return answer[form];
        this.warn(filled(this.words.live_error, { why: answer.refused }));
      } catch (error) {
        this.warn(filled(this.words.live_not_written, { why: this.because(error) }));
      }
    },

    // An answer that may need more of Python; what is lost with its Python is asked for once more.
    async python_says(request, more, again = true) {
      try {
        if (more) await this.python.add(more);
        return await this.python.ask({ case: this.name, ...request });
      } catch (error) {
        if (!(error instanceof window.casebook.Lost)) throw error;
        if (again) return this.python_says(request, more, false);
        throw new Error(this.words.live_again);
      }
    },

    // On paper: the setting as a table, where it is to be read, and the day.
    for_paper() {
      this.querySelector(".cb-paper")?.remove();
      const paper = made("div", "", { class: "cb-paper" });
      const table = document.createElement("table");
      this.inputs.forEach((input, k) => {
        const { label, texts } = this.controls[input.name];
        const row = table.insertRow();
        row.append(made("th", label, { scope: "row" }), made("td", texts[this.shown.places[k]]),
          made("td", texts[this.base[k]] === texts[this.shown.places[k]] ? "" : `${this.words.live_base}: ${texts[this.base[k]]}`));
      });
      const day = new Date().toLocaleDateString(document.documentElement.lang || undefined, { dateStyle: "long" });
      paper.append(made("p", this.heading), table, made("p", `${this.whereabouts().href} · ${day}`));
      this.querySelector(".cb-all").before(paper);
    },

    do_print() {
      const root = document.documentElement;
      root.classList.add("cb-print-one");
      this.classList.add("cb-printed");
      window.addEventListener("afterprint", () => {
        root.classList.remove("cb-print-one");
        this.classList.remove("cb-printed");
      }, { once: true });
      window.print();
    },
  };

  // -------------------------------------------------------------- in a lecture room
  const lecture = {
    async do_present() {
      if (this.presenting) return this.leave();
      this.present(true);
      try {
        await this.requestFullscreen();
      } catch {
        // it fills the window all the same
      }
    },

    present(on) {
      this.presenting = on;
      this.classList.toggle("cb-present", on);
      document.documentElement.classList.toggle("cb-presenting", on);
      this.querySelector("[data-do=present]").setAttribute("aria-pressed", on);
      this.arrange();
      this.announce(on ? this.words.live_present_help : "");
      if (!on) return;
      (this.chosen ?? this.inputs[0]).focus();
      document.addEventListener("fullscreenchange", () => {
        if (!document.fullscreenElement) return this.present(false);
        document.addEventListener("fullscreenchange", () => this.present(false), { once: true });
      }, { once: true });
    },

    leave() {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.present(false);
    },

    present_key(event) {
      const { key, target } = event;
      if (key === "Escape") this.leave();
      else if (key.toLowerCase() === "b" && !event.ctrlKey && !event.metaKey) this.do_reset();
      else if (/^Arrow/.test(key) && !target.name && this.chosen) {
        event.preventDefault();
        const step = /Right|Up/.test(key) ? 1 : -1;
        const most = this.chosen.options?.length ?? Number(this.chosen.max) + 1;
        this.chosen.value = Math.min(Math.max(Number(this.chosen.value) + step, 0), most - 1);
        this.moved(this.chosen);
      } else return;
      event.stopPropagation();
    },
  };

  Object.assign(Explorer.prototype, history, comparison, output, lecture);
  window.addEventListener("beforeprint", () => {
    for (const explorer of document.querySelectorAll("casebook-explorer[data-live]")) explorer.for_paper();
  });
  window.casebook.explorer.save = save;
})();
