// The player of a lecture: <casebook-lecture> (casebook/web/sphinx/lecture.py). It keeps the deck, in a
// frame, the captions and the text of the page in step with a voice, or with a clock where there is
// none. The deck is driven by messages (slides.js); times and words stand in the element as JSON.
(() => {
  const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
  const NEAR = 5; // s: a place so near to the start or the end is not worth coming back to
  const KEEP = 5000; // ms between two notes of the place
  const PATIENCE = 15000; // ms for the deck; then the talk begins without it
  const kept = {
    get(key) {
      try {
        return JSON.parse(localStorage.getItem(key) ?? "null");
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        localStorage.setItem(key, JSON.stringify(value));
      } catch {} // a browser that keeps nothing
    },
  };
  const { filled } = window.casebook.pieces;
  const written = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

  // Time without a voice: what the player uses of an <audio>.
  class Clock {
    constructor(duration) {
      Object.assign(this, { duration, from: 0, since: null, rate: 1 });
    }
    get paused() {
      return this.since === null;
    }
    get currentTime() {
      const run = this.paused ? 0 : ((performance.now() - this.since) / 1000) * this.rate;
      return Math.min(this.from + run, this.duration);
    }
    set currentTime(seconds) {
      this.from = seconds;
      if (!this.paused) this.since = performance.now();
    }
    get playbackRate() {
      return this.rate;
    }
    set playbackRate(rate) {
      this.currentTime = this.currentTime;
      this.rate = rate;
    }
    async play() {
      if (this.paused) this.since = performance.now();
    }
    pause() {
      this.from = this.currentTime;
      this.since = null;
    }
  }

  class Lecture extends HTMLElement {
    connectedCallback() {
      if (document.readyState === "loading")
        document.addEventListener("DOMContentLoaded", () => this.open(), { once: true });
      else this.open();
    }

    open() {
      if (this.data) return;
      this.data = JSON.parse(this.querySelector("script[type='application/json']").textContent);
      this.words = this.data.words;
      for (const part of this.querySelectorAll("[data-part]")) this[`p_${part.dataset.part}`] = part;
      this.media = new Clock(this.data.duration);
      this.lines = [...document.querySelectorAll(".cb-l-cue")].map((line) => ({ line, at: Number(line.dataset.at) }));
      this.name = `casebook.lecture.${this.data.name}`;
      this.slide = this.moved = this.cue = this.line = undefined;
      this.p_player.hidden = false;
      this.p_full.hidden = !document.fullscreenEnabled;
      for (const button of document.querySelectorAll(".cb-l-from")) button.hidden = false;
      this.p_speed.append(...SPEEDS.map((speed) => new Option(filled(this.words.times, { speed }), speed)));
      this.speed(kept.get("casebook.lecture.speed") ?? 1);
      this.p_stop.checked = Boolean(kept.get("casebook.lecture.stop"));
      const place = kept.get(this.name);
      if (place > NEAR && place < this.data.duration - NEAR) {
        this.media.currentTime = place;
        this.p_resume.hidden = false;
        this.p_resume.firstElementChild.textContent = filled(this.words.resume, { time: written(place) });
      }
      if (location.protocol === "file:") this.say(this.words.file);
      this.listen();
      this.paint();
    }

    listen() {
      const acts = { play: () => this.toggle(), start: () => this.play(), again: () => this.seek(0, true),
        back: () => this.skip(-10), forward: () => this.skip(10), captions: () => this.captions(), full: () => this.full() };
      this.addEventListener("click", ({ target }) => {
        const button = target.closest("button");
        if (button?.dataset.at) this.seek(Number(button.dataset.at), true);
        else acts[button?.dataset.part]?.();
      });
      this.p_seek.addEventListener("input", () => this.seek(Number(this.p_seek.value)));
      this.p_speed.addEventListener("change", () => this.speed(Number(this.p_speed.value)));
      this.p_stop.addEventListener("change", () => kept.set("casebook.lecture.stop", this.p_stop.checked));
      this.addEventListener("keydown", (event) => {
        if (this.key(event, event.target)) event.preventDefault();
      });
      document.addEventListener("click", ({ target }) => {
        const line = target.closest?.(".cb-l-cue, .cb-l-from");
        if (line && (line.matches("button") || getSelection().isCollapsed)) this.seek(Number(line.dataset.at), true);
      });
      document.addEventListener("keydown", (event) => {
        if (event.target.matches?.(".cb-l-from") && this.key(event, event.target)) event.preventDefault();
      });
      window.addEventListener("message", ({ source, data }) => {
        if (source !== this.p_deck.contentWindow || typeof data !== "string") return;
        const { casebook: what, ...rest } = data.startsWith('{"casebook"') ? JSON.parse(data) : {};
        this[`deck_${what}`]?.(rest);
      });
      window.addEventListener("pagehide", () => this.keep());
      document.addEventListener("visibilitychange", () => this.keep());
      document.addEventListener("fullscreenchange", () => this.paint());
      new MutationObserver(() => this.dress()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    }

    // -------------------------------------------------------------- the deck
    tell(what, more) {
      this.p_deck.contentWindow?.postMessage(JSON.stringify({ casebook: what, ...more }), "*");
    }

    // Fetched at the first play; the talk waits for it, but not for ever.
    load() {
      this.loaded ??= new Promise((done) => {
        this.ready = done;
        setTimeout(done, PATIENCE);
        this.p_deck.addEventListener("load", () => {
          this.dress();
          this.tell("drive");
        });
        this.p_deck.hidden = false;
        this.p_deck.src = this.data.deck;
      });
      return this.loaded;
    }

    dress() {
      if (this.loaded) this.tell("theme", { theme: document.documentElement.dataset.theme });
    }

    deck_ready() {
      this.live = true;
      this.slide = this.moved = undefined;
      this.update(true);
      this.ready();
    }

    // The viewer has turned a slide in the deck: the talk goes there.
    deck_slide({ slide }) {
      const [at] = this.data.slides[Math.max(slide - 1, 0)];
      this.slide = Math.max(slide - 1, 0);
      if (!slide) this.slide = undefined;
      this.seek(at);
    }

    deck_touch() {
      if (!this.playing) return;
      this.pause();
      this.touched = true;
      this.say(this.words.touched);
    }

    deck_key({ key, shiftKey }) {
      this.key({ key, shiftKey }, this.p_deck);
    }

    deck_moved({ done }) {
      this.dispatchEvent(new CustomEvent("moved", { detail: done }));
    }

    // -------------------------------------------------------------- the voice
    // As a whole: a server that sends no ranges could not be asked for a place in it.
    async voice() {
      if (!this.data.voice || this.spoken) return;
      this.spoken = true;
      const audio = new Audio();
      const kind = audio.canPlayType('audio/ogg; codecs="opus"') ? "opus" : "m4a";
      const url = new URL(`${this.data.voice}.${kind}`, document.baseURI).href;
      this.say(this.words.loading);
      try {
        if (location.protocol === "file:") audio.src = url;
        else {
          const answer = await fetch(url);
          if (!answer.ok) throw new Error(answer.status);
          const type = kind === "opus" ? "audio/ogg" : "audio/mp4";
          audio.src = URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type }));
        }
        await new Promise((done, fail) => {
          audio.addEventListener("loadedmetadata", done, { once: true });
          audio.addEventListener("error", fail, { once: true });
        });
        audio.preservesPitch = true;
        audio.addEventListener("pause", () => this.playing && !this.ended() && this.pause());
        const { currentTime, playbackRate } = this.media;
        this.media = audio;
        Object.assign(audio, { currentTime, playbackRate });
        this.say("");
      } catch {
        this.say(this.words.failed);
      }
    }

    // -------------------------------------------------------------- time
    get playing() {
      return this.wanted === true;
    }

    ended() {
      return this.media.currentTime >= this.data.duration - 0.05;
    }

    toggle() {
      if (this.playing) this.pause();
      else this.play();
    }

    async play() {
      if (this.ended()) this.media.currentTime = 0;
      this.wanted = true;
      if (this.touched || !this.loaded) this.say(this.data.voice ? "" : this.words.silent);
      if (this.touched) this.moved = undefined; // the explorer goes back to where the talk is
      this.touched = false;
      const lost = [this.p_poster, this.p_resume].some((part) => part.contains(document.activeElement));
      this.p_poster.hidden = this.p_resume.hidden = true;
      if (lost) this.p_play.focus({ preventScroll: true });
      this.paint();
      await Promise.all([this.load(), this.voice()]);
      if (!this.playing) return;
      try {
        await this.media.play();
      } catch {
        return this.pause(); // the browser wants another touch before it sounds
      }
      this.update(true);
      this.run();
    }

    pause() {
      this.wanted = false;
      this.media.pause();
      cancelAnimationFrame(this.frame);
      this.keep();
      this.paint();
    }

    run() {
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => {
        if (!this.playing) return;
        this.update();
        if (Date.now() - (this.noted ?? 0) > KEEP) this.keep();
        if (this.ended()) this.pause();
        else this.run();
      });
    }

    // To a place; `play` also starts there.
    seek(seconds, play = false) {
      this.media.currentTime = Math.min(Math.max(seconds, 0), this.data.duration);
      this.waited = undefined;
      this.p_resume.hidden = true;
      if (play && !this.playing) return this.play();
      this.touched = false;
      this.update(true);
      this.keep();
    }

    skip(seconds) {
      this.seek(this.media.currentTime + seconds);
    }

    turn(by) {
      const now = this.slide_at(this.media.currentTime) + by;
      if (now < this.data.slides.length) this.seek(this.data.slides[Math.max(now, 0)][0]);
    }

    speed(rate) {
      this.media.playbackRate = rate;
      this.p_speed.value = rate;
      kept.set("casebook.lecture.speed", rate);
    }

    keep() {
      if (!this.loaded && this.media.currentTime === 0) return;
      this.noted = Date.now();
      kept.set(this.name, this.ended() ? 0 : Math.floor(this.media.currentTime));
    }

    // -------------------------------------------------------------- what is shown at a time
    slide_at(now) {
      const { slides } = this.data;
      return Math.max(slides.findLastIndex(([at]) => at <= now + 0.001), 0);
    }

    update(jump = false) {
      const { answers, cues, moves, waits, duration } = this.data;
      const now = this.media.currentTime;
      const slide = this.slide_at(now);
      const seen = now >= (answers[slide] ?? 0);
      if (this.live && slide === this.slide && seen !== this.seen) this.tell("go", { slide: slide + 1, seen });
      this.seen = seen;
      if (this.live && slide !== this.slide) {
        this.slide = slide;
        this.moved = undefined;
        if (moves.some(({ words }) => words === this.p_status.textContent)) this.say(""); // of another slide
        this.tell("go", { slide: slide + 1, seen });
        this.dispatchEvent(new CustomEvent("slide", { detail: { slide, now } }));
      }
      // the explorer is where the last move of this slide has put it, or at its base case
      const move = moves.findLastIndex((m) => m.at <= now && m.slide === slide);
      if (this.live && move !== this.moved && !this.touched) {
        this.moved = move;
        this.tell("move", { values: moves[move]?.values ?? {}, smooth: !jump && !matchMedia("(prefers-reduced-motion: reduce)").matches });
        if (move >= 0) this.say(moves[move].words);
      }
      const cue = cues.findLastIndex(([start]) => start <= now);
      const text = cue >= 0 && now < cues[cue][1] ? cues[cue][2] : "";
      if (text !== this.cue) this.p_caption.textContent = this.cue = text;
      const line = this.lines.findLast(({ at }) => at <= now)?.line;
      if (line !== this.line) {
        this.line?.classList.remove("cb-l-on");
        line?.classList.add("cb-l-on");
        this.line = line;
      }
      const wait = waits.find(([start, end]) => start <= now && now < end);
      this.p_wait.hidden = !wait;
      if (wait) this.p_wait.textContent = filled(this.words.wait, { seconds: Math.ceil(wait[1] - now) });
      if (wait && wait !== this.waited && !jump && this.p_stop.checked) this.pause();
      this.waited = wait;
      this.p_seek.value = Math.round(now);
      const at = filled(this.words.at, { now: written(now), all: written(duration) });
      if (this.p_now.textContent !== at) {
        this.p_now.textContent = at;
        this.p_seek.setAttribute("aria-valuetext", at);
      }
      this.p_chapters.querySelectorAll("button").forEach((button, k) => {
        if (k === slide) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      });
    }

    paint() {
      this.p_play.textContent = this.playing ? this.words.pause : this.words.play;
      this.p_play.dataset.on = this.playing;
      this.update(true);
    }

    say(text) {
      this.p_status.textContent = text;
    }

    captions() {
      this.p_caption.hidden = !this.p_caption.hidden;
      this.p_captions.setAttribute("aria-pressed", !this.p_caption.hidden);
    }

    full() {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.p_player.requestFullscreen();
    }

    // Keys of the player, when the focus is in it or in the deck; true if one was ours.
    key({ key, shiftKey, ctrlKey, metaKey, altKey }, target) {
      if (ctrlKey || metaKey || altKey) return false;
      const own = target.matches?.("button, a, summary, input[type=checkbox]") ? [" ", "Enter"]
        : target.matches?.("input[type=range]") ? ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown"]
          : target.matches?.("select") ? [key] : [];
      if (own.includes(key)) return false;
      const acts = { " ": () => this.toggle(), k: () => this.toggle(), j: () => this.skip(-10), l: () => this.skip(10),
        ArrowLeft: () => (shiftKey ? this.turn(-1) : this.skip(-5)), ArrowRight: () => (shiftKey ? this.turn(1) : this.skip(5)),
        PageUp: () => this.turn(-1), PageDown: () => this.turn(1), Home: () => this.seek(0),
        c: () => this.captions(), f: () => this.full() };
      const act = acts[key.length === 1 ? key.toLowerCase() : key];
      act?.();
      return Boolean(act);
    }
  }
  customElements.define("casebook-lecture", Lecture);
})();
