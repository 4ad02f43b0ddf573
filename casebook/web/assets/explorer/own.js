// A client of the reader's own: the same Python reads its file, in the browser, and writes the
// explorer anew, from that client. Nothing of it leaves the page, its address neither.
(() => {
  const { Explorer, explorer: { filled, made, save } } = window.casebook;
  const WORKBOOK = "workbook.tar.gz"; // what reads and writes workbooks
  const base64 = (bytes) => btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));

  const own = {
    open_own() {
      const box = this.querySelector(".cb-own");
      if (!box) return; // not in a deck
      box.hidden = false;
      this.own_text = box.querySelector("textarea");
      this.own_said = box.querySelector(".cb-own-said");
      box.querySelector("input[type=file]").addEventListener("change", ({ target }) => {
        const [file] = target.files;
        target.value = ""; // the same file can be chosen again
        if (file) this.own_file(file);
      });
      if (this.own) this.own_text.value = this.own;
    },

    async do_own_fill() {
      const answer = await this.own_ask({ template: true, own: this.own, values: this.values() });
      if (answer) this.own_text.value = answer.template;
    },

    do_own_use() {
      return this.own_start({ text: this.own_text.value });
    },

    do_own_save() {
      save(`${this.name}.toml`, "application/toml", this.own_text.value);
    },

    do_own_back() {
      return this.own_start({});
    },

    async own_file(file) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (bytes[0] === 0x50 && bytes[1] === 0x4b) return this.own_start({ xlsx: base64(bytes) }, WORKBOOK);
      return this.own_start({ bytes: base64(bytes) });
    },

    // From the client that is given, or from that of the book.
    async own_start(given, more) {
      const { live, size, embed, home } = this.site;
      const answer = await this.own_ask({ start: given, site: { live, size, embed, home } }, more);
      if (!answer) return;
      const box = document.createElement("div");
      box.innerHTML = answer.html;
      const next = box.firstElementChild;
      this.replaceWith(next);
      const details = next.querySelector(".cb-own");
      details.open = true;
      next.own_tell(answer.notes, false);
      details.querySelector("summary").focus();
    },

    // What Python says, or undefined where it refuses or fails, which is then told.
    async own_ask(request, more) {
      this.own_tell([], false);
      try {
        const answer = await this.python_says(request, more);
        if (!answer.refused) return answer;
        this.own_tell(answer.refused.split("\n"), true);
      } catch (error) {
        this.own_tell([filled(this.words.live_own_failed, { why: this.because(error) })], true);
      }
    },

    own_tell(lines, wrong) {
      this.own_said.replaceChildren(...lines.map((line) => made("p", line)));
      this.own_said.classList.toggle("cb-warning", wrong);
      this.own_said.hidden = !lines.length;
    },
  };

  Object.assign(Explorer.prototype, own);
  customElements.define("casebook-explorer", Explorer);
})();
