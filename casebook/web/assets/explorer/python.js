// The one Python of a page, in a worker: fetches it, starts it, asks it, starts it again.
//
//   window.casebook.python(live)   the same object for every explorer of the page
//     .state       {phase, done, total, file, why, detail}; done and total in bytes; while `starting`
//                  `why` is "slow" once it takes long, for `detail` seconds
//         phase    idle, loading, starting, running; again (it hung), failed, cancelled
//         file     the file on its way, or the one that failed; "" for none
//         why      why it failed: status, unreachable, broken, wrong, stalled; refused (by the
//                  browser), silent (all is there, Python does not start), python (it stopped)
//         detail   what a technician asks for: a status, a browser's message, seconds
//     .listeners   functions of the state
//     .start(warm) a promise; again after `failed` or `cancelled` it tries again. `warm` is the
//                  explorer that is opened beforehand if nobody has asked when Python runs
//     .cancel()    stops the loading; a promise that it is over
//     .ask(request)  a promise of the answer; starts Python if need be
//     .add(file)   a promise: more of Python, an archive beside that of the explorers
//     .tidy()      to be called when the reader pauses
//     .costly()    whether data may cost the reader money
(() => {
  const stall = () => window.casebook.stall ?? 20_000; // ms without a sign while it starts (tests: fewer)
  const TICKS = 10; // counted, not timed: a computer that sleeps has not waited
  const LONGER = 3; // times as long where the computer works: on a busy one Python takes 20 s to start
  const SILENCE = 6_000; // ms without an answer: the worker is taken for dead
  const FIRST = 20_000; // the same for the first answer of an explorer: its model is opened for it
  const WORKER = "explorer.worker.js";
  const BEGINS = "// The worker that runs Python"; // the text of it
  const MANIFEST = "manifest.json";
  const BUNDLE = "explorers.tar.gz";
  const CORE = ["pyodide.js", "pyodide.asm.js", "pyodide-lock.json", "pyodide.asm.wasm", "python_stdlib.zip"];
  const IDLE = { phase: "idle", done: 0, total: 0, file: "", why: "", detail: "" };

  class Trouble extends Error {
    constructor(why, file = "", detail = "") {
      super([why, file, detail].filter(Boolean).join(": "));
      Object.assign(this, { why, file, detail: String(detail) });
    }
  }
  class Lost extends Error {}

  async function fetched(file, url, cache, signal) {
    const answer = await fetch(url, { cache, signal }).catch((error) => {
      throw new Trouble("unreachable", file, error.message);
    });
    if (!answer.ok) throw new Trouble("status", file, answer.status);
    return answer;
  }

  // The bytes of a file; it fails when none comes for as long as we wait.
  async function downloaded(file, url, cache) {
    const control = new AbortController();
    let clock;
    const wait = () => {
      clearTimeout(clock);
      clock = setTimeout(() => control.abort(), stall());
    };
    wait();
    try {
      const answer = await fetched(file, url, cache, control.signal);
      const reader = answer.body.getReader();
      const parts = [];
      for (;;) {
        const { done, value } = await reader.read().catch((error) => {
          throw new Trouble("broken", file, error.message);
        });
        if (done) return await new Blob(parts).arrayBuffer();
        parts.push(value);
        wait();
      }
    } catch (error) {
      throw control.signal.aborted ? new Trouble("stalled", file, stall() / 1000) : error;
    } finally {
      clearTimeout(clock);
    }
  }

  // One try to start Python. `again` are the files that the last one did not get: for those no cache
  // is asked, which may hold what was wrong. `tell` gets the state as it changes.
  class Attempt {
    constructor(live, again, tell) {
      this.base = new URL(live, document.baseURI);
      this.again = again;
      this.tell = (state) => tell({ ...IDLE, done: this.done, total: this.total, ...state });
      this.total = 0;
      this.runs = ""; // a script that is being run: it may be fetched again
      this.busy = false; // the worker runs Python and sees nothing that comes
      this.got = new Map([WORKER, MANIFEST, ...CORE, BUNDLE].map((file) => [file, 0]));
      this.missing = new Set(this.got.keys());
      const sums = new Promise((told) => (this.sums = told));
      this.running = new Promise((done, failed) => {
        this.stop = failed;
        this.watch();
        Promise.all([this.measure(), this.work(sums)]).then(([, worker]) => done(worker), failed);
      }).finally(() => {
        clearInterval(this.clock);
        this.tell = () => {}; // what comes late
      });
      this.running.catch(() => {
        this.over = true;
        this.worker?.terminate();
      });
    }

    get done() {
      return Math.min([...this.got.values()].reduce((a, b) => a + b), this.total);
    }

    watch() {
      const patience = stall();
      this.quiet = 0;
      this.clock = setInterval(() => {
        const works = this.busy || (!this.missing.size && !this.runs);
        const limit = works ? LONGER * TICKS : TICKS;
        if (++this.quiet > TICKS && works && !this.missing.size) // it says that all is there
          this.tell({ phase: "starting", why: "slow", detail: Math.round((patience * this.quiet) / TICKS / 1000) });
        if (this.quiet <= limit) return;
        const file = this.runs || [...this.missing][0];
        this.stop(new Trouble(file ? "stalled" : "silent", file, (patience * limit) / TICKS / 1000));
      }, patience / TICKS);
    }

    // What the next try must not take from a cache.
    spoilt(file) {
      return [...this.missing, file];
    }

    arrived(file, whole) {
      this.quiet = 0;
      if (whole) this.missing.delete(file);
      this.tell(this.missing.size ? { phase: "loading", file } : { phase: "starting" });
    }

    // How much there is to fetch; the note on the page says the same `size`.
    async measure() {
      // it is small, and must be of the same day as the others
      const answer = await fetched(MANIFEST, new URL(MANIFEST, this.base), "no-cache");
      const { size, files = {} } = await answer.json().catch((error) => {
        throw new Trouble(error instanceof SyntaxError ? "wrong" : "broken", MANIFEST, error.message);
      });
      if (!(size > 0)) throw new Trouble("wrong", MANIFEST);
      this.sums(files);
      this.total = size;
      this.arrived(MANIFEST, true);
    }

    async work(sums) {
      const url = new URL(`../${WORKER}`, this.base);
      if (this.again.includes(WORKER)) await fetched(WORKER, url, "reload");
      if (this.over) return;
      try {
        return await this.opened(url, sums);
      } catch (error) {
        if (this.over || error instanceof Trouble) throw error;
        return this.opened(await this.inquest(url, error), sums);
      }
    }

    // A worker at this address, once it is ready. An Error that is no Trouble: it cannot be loaded.
    opened(url, sums) {
      const worker = (this.worker = new Worker(url));
      return new Promise((done, failed) => {
        worker.onerror = (event) => {
          event.preventDefault();
          const { message = "" } = event;
          failed(this.missing.has(WORKER) ? new Error(message) : new Trouble("python", "", message));
        };
        worker.onmessage = ({ data }) => {
          // what came while Python worked is told at once when it pauses; a silent file stays silent
          this.quiet = data.busy === false ? Math.min(this.quiet, TICKS - 2) : 0;
          if (data.alive) this.arrived(WORKER, true);
          else if ("busy" in data) this.busy = data.busy;
          else if (data.file) {
            this.got.set(data.file, data.got);
            this.arrived(data.file, data.whole);
          } else if ("runs" in data) this.runs = data.runs;
          else if (data.failed) failed(new Trouble(...data.failed));
          else if (data.ready) done(worker);
        };
        const pyodide = new URL("../vendor/pyodide/", this.base).href;
        const urls = Object.fromEntries(CORE.map((file) => [file, pyodide + file]));
        urls[BUNDLE] = new URL(BUNDLE, this.base).href;
        const language = document.documentElement.lang.split("-")[0];
        worker.postMessage({ boot: { pyodide, urls, again: this.again, language } });
        sums.then((files) => worker.postMessage({ sums: files }));
      });
    }

    // A worker that cannot be loaded does not say why. One that came with the type of no script can
    // be had from its text.
    async inquest(url, { name, message }) {
      if (name === "SecurityError") throw new Trouble("refused", WORKER, message);
      const answer = await fetched(WORKER, url, "reload");
      const text = await answer.text().catch((error) => {
        throw new Trouble("broken", WORKER, error.message);
      });
      if (!text.startsWith(BEGINS) || message) throw new Trouble("wrong", WORKER, message);
      if (/javascript/.test(answer.headers.get("content-type"))) throw new Trouble("refused", WORKER);
      return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    }
  }

  class Python {
    constructor(live) {
      this.live = live;
      this.waiting = new Map();
      this.last = 0;
      this.asked = 0;
      this.listeners = new Set();
      this.bad = new Set(); // archives that a cache may hold in a wrong form
      this.state = IDLE;
    }

    tell(state) {
      this.state = state;
      for (const listener of this.listeners) listener(state);
    }

    start(warm) {
      this.warm ??= warm;
      if (!this.ready) {
        this.ready = this.begin();
        this.ready.catch(() => {}); // told by the state; who asked gets it too
      }
      return this.ready;
    }

    async begin() {
      const again = this.state.phase === "failed" ? this.attempt.spoilt(this.state.file) : [];
      this.tell({ ...IDLE, phase: "loading" });
      this.attempt = new Attempt(this.live, again, (state) => this.tell(state));
      try {
        this.worker = await this.attempt.running;
      } catch (error) {
        const { why = "python", file = "", detail = error.message } = error;
        const { done, total } = this.attempt;
        this.ready = undefined;
        if (why === "cancelled") this.tell({ ...IDLE, phase: why });
        else this.tell({ phase: "failed", done, total, file, why, detail });
        throw error;
      }
      this.opened = new Set(); // the explorers that have answered
      this.added = new Set(); // the archives that it has beside that of the explorers
      this.worker.onmessage = ({ data }) => this.answered(data);
      this.worker.onerror = () => this.restart();
      this.tell({ ...IDLE, phase: "running" });
      // who asks next finds the explorer open
      if (this.warm && !this.asked) this.post(0, { request: { case: this.warm, values: {} } });
    }

    cancel() {
      if (["loading", "starting"].includes(this.state.phase)) this.attempt.stop(new Trouble("cancelled"));
      return this.attempt?.running.then(() => {}, () => {});
    }

    post(id, { request, add }) {
      this.worker.postMessage({ id, add, request: JSON.stringify(request) });
    }

    answered({ id, answer, error }) {
      const asked = this.waiting.get(id);
      if (!asked) return;
      this.waiting.delete(id);
      clearTimeout(asked.alarm);
      if (error) return asked.failed(new Error(error));
      this.opened.add(asked.name);
      asked.done(answer && JSON.parse(answer));
    }

    async ask(request) {
      this.asked++;
      await this.start();
      return this.sent(request.case, { request });
    }

    async add(file) {
      await this.start();
      if (this.added.has(file)) return;
      const add = await downloaded(file, new URL(file, this.attempt.base), this.bad.has(file) ? "reload" : "default")
        .catch((error) => { this.bad.add(file); throw error; });
      await this.sent(file, { add }).catch((error) => {
        this.bad.add(file);
        throw error instanceof Lost ? error : new Trouble("wrong", file, error.message);
      });
      this.added.add(file);
    }

    sent(name, what) {
      return new Promise((done, failed) => {
        const id = ++this.last;
        const alarm = setTimeout(() => this.restart(), this.opened.has(name) ? SILENCE : FIRST);
        this.waiting.set(id, { name, done, failed, alarm });
        this.post(id, what);
      });
    }

    tidy() {
      if (this.state.phase === "running" && !this.waiting.size) this.worker.postMessage({ tidy: true });
    }

    costly() {
      const net = navigator.connection;
      if (!net || matchMedia("(pointer: coarse)").matches) return true; // nobody knows
      return net.saveData || net.type === "cellular" || /2g|3g/.test(net.effectiveType ?? "");
    }

    // The worker is gone or hangs: what was asked of it is asked again of a new one by those who asked.
    restart() {
      this.worker.terminate();
      this.ready = undefined;
      this.tell({ ...IDLE, phase: "again" });
      const lost = [...this.waiting.values()];
      this.waiting.clear();
      for (const { alarm, failed } of lost) {
        clearTimeout(alarm);
        failed(new Lost());
      }
    }
  }

  const pythons = new Map();
  const python = (live) => {
    if (!pythons.has(live)) pythons.set(live, new Python(live));
    return pythons.get(live);
  };
  window.casebook = { ...window.casebook, pythons, python, Lost };
})();
