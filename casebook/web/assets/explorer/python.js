// The one Python of a page, in a worker: starts it, asks it, starts it again.
(() => {
  const SILENCE = 6000; // ms without an answer: the worker is taken for dead

  class Python {
    constructor(live) {
      this.live = live;
      this.waiting = new Map();
      this.last = 0;
      this.listeners = new Set();
      this.state = { phase: "idle" };
    }

    tell(state) {
      this.state = state;
      for (const listener of this.listeners) listener(state);
    }

    start() {
      if (!this.ready) {
        const ready = this.boot();
        this.ready = ready;
        ready.catch((error) => {
          this.ready = undefined; // the next move tries again
          this.worker?.terminate();
          this.tell({ phase: "failed", why: error.message });
        });
      }
      return this.ready;
    }

    async boot() {
      const base = new URL(this.live, document.baseURI);
      const answer = await fetch(new URL("manifest.json", base));
      if (!answer.ok) throw new Error(`${answer.status} manifest.json`);
      const { bytes } = await answer.json();
      this.tell({ phase: "loading", done: 0, total: bytes });
      const worker = new Worker(new URL("../explorer.worker.js", base));
      this.worker = worker;
      await new Promise((done, failed) => {
        worker.onerror = (event) => failed(new Error(event.message || "worker"));
        worker.onmessage = ({ data }) => {
          if (data.progress) {
            const { done, total } = data.progress;
            this.tell({ phase: done < total ? "loading" : "starting", done, total });
          } else if (data.ready) done();
          else if (data.failed) failed(new Error(data.failed));
          else this.answered(data);
        };
        worker.postMessage({
          boot: {
            pyodide: new URL("../vendor/pyodide/", base).href,
            bundle: new URL("explorers.tar.gz", base).href,
            bytes,
          },
        });
      });
      worker.onerror = () => this.restart();
      this.tell({ phase: "running" });
    }

    answered({ id, answer, error }) {
      const asked = this.waiting.get(id);
      if (!asked) return;
      this.waiting.delete(id);
      clearTimeout(asked.alarm);
      if (error) asked.failed(new Error(error));
      else asked.done(JSON.parse(answer));
    }

    async ask(request) {
      await this.start();
      return new Promise((done, failed) => {
        const id = ++this.last;
        const alarm = setTimeout(() => this.restart(), SILENCE);
        this.waiting.set(id, { done, failed, alarm });
        this.worker.postMessage({ id, request: JSON.stringify(request) });
      });
    }

    tidy() {
      if (this.state.phase === "running" && !this.waiting.size) this.worker.postMessage({ tidy: true });
    }

    // The worker is gone or hangs: what was asked of it is asked again of a new one by those who asked.
    restart() {
      this.worker.terminate();
      this.ready = undefined;
      this.tell({ phase: "again" });
      const lost = [...this.waiting.values()];
      this.waiting.clear();
      for (const { alarm, failed } of lost) {
        clearTimeout(alarm);
        failed(new Lost());
      }
    }
  }
  class Lost extends Error {}

  const pythons = new Map();
  const python = (live) => {
    if (!pythons.has(live)) pythons.set(live, new Python(live));
    return pythons.get(live);
  };
  window.casebook = { ...window.casebook, pythons, python, Lost };
})();
