// Answers made at build: every position of each slider alone, and the presets. A file holds those of
// one slider in one form of the figure (casebook/web/explorer/stored.py), so that a first move costs
// one small fetch. What is not stored, a combination, is for Python.
(() => {
  const patience = () => window.casebook.stall ?? 20_000; // ms for a file; then Python is asked in its place
  const NEAR = 4; // the sliders that a reader sees first
  const PRESETS = "presets";

  async function chunk(url, cache) {
    const answer = await fetch(url, { cache, signal: AbortSignal.timeout?.(patience()) });
    if (!answer.ok) throw new Error(`${answer.status} ${url}`);
    let content = await answer.arrayBuffer();
    const [first, second] = new Uint8Array(content, 0, 2);
    // some hosts unpack it on the way
    if (first === 0x1f && second === 0x8b)
      content = await new Response(new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
    return JSON.parse(new TextDecoder().decode(content));
  }

  const files = new Map(); // address -> promise of its content, for all explorers of the page
  const spoilt = new Set(); // a cache may hold what was wrong
  function fetched(url) {
    if (!files.has(url)) {
      const wanted = chunk(url, spoilt.has(url) ? "reload" : "default");
      files.set(url, wanted);
      wanted.catch(() => {
        files.delete(url); // the next move may have more luck
        spoilt.add(url);
      });
    }
    return files.get(url);
  }

  // The answer at a place of a file, as Python would have given it.
  function unpacked({ head, tails, parts, orders, steps }, at) {
    const step = steps[at];
    if (typeof step === "string") return { refused: step };
    const [places, tail, order, message, numbers, changes] = step;
    const svg = head + places.map((k) => parts[k]).join("") + tails[tail];
    return { svg, order: orders[order], message, numbers, changes };
  }

  class Stored {
    // from: the folder's address, the version, how many positions a file has; controls: {slider: {values, at}}; presets: [{slider: value}]
    constructor({ from, version, each }, model, controls, presets = []) {
      Object.assign(this, { from, version, each, model, controls, presets });
    }

    address(file, at, form) {
      const name = `${this.model}.${form}.${file}.${Math.floor(at / this.each)}.gz`;
      return new URL(`${this.from}${name}?v=${this.version}`, document.baseURI).href;
    }

    // [file, place in it] of a setting, or null for a combination that is not stored.
    place(values) {
      const moved = Object.keys(this.controls).filter((n) => values[n] !== this.controls[n].values[this.controls[n].at]);
      if (!moved.length) {
        const [name] = Object.keys(this.controls);
        return [this.last ?? name, this.controls[this.last ?? name].at]; // a file that is there already
      }
      if (moved.length === 1) {
        const at = this.controls[moved[0]].values.indexOf(values[moved[0]]);
        return at < 0 ? null : [moved[0], at];
      }
      const preset = this.presets.findIndex((set) =>
        Object.keys(set).length === moved.length && moved.every((n) => set[n] === values[n]));
      return preset < 0 ? null : [PRESETS, preset];
    }

    has(values) {
      return Boolean(this.place(values));
    }

    // null where it is not stored or cannot be had
    async answer(values, form) {
      const place = this.place(values);
      if (!place) return null;
      const [file, at] = place;
      try {
        const content = await fetched(this.address(file, at, form));
        if (file !== PRESETS) this.last = file;
        return unpacked(content, at % this.each);
      } catch {
        return null;
      }
    }

    // The reader comes near: the files of the sliders seen first, or that of the slider touched.
    near(form, slider) {
      const names = slider ? [slider] : Object.keys(this.controls).slice(0, NEAR);
      return Promise.allSettled(names.map((name) => fetched(this.address(name, this.controls[name].at, form))));
    }
  }

  window.casebook = { ...window.casebook, stored: (...how) => new Stored(...how) };
})();
