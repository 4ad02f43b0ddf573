// A vote of a class without a server. A vote has a code of three characters (question, chance,
// check), an answer one of six (choice with confidence, three for who, two checks).
(() => {
  const LETTERS = "123456789ABCDEFGHJKMNPQRSTVWXYZ"; // 31, a prime: no I, L, O, U, 0
  const SIZE = LETTERS.length;
  const KEY = "casebook.vote";
  const clean = (text) => text.toUpperCase().replace(/[IL]/g, "1").replace(/[^0-9A-Z]/g, "");
  const values = (code) => [...code].map((letter) => LETTERS.indexOf(letter));
  const letters = (list) => list.map((value) => LETTERS[value]).join("");
  // Weights that differ, modulo a prime: one wrong letter or two changed places are always seen.
  const check = (list, first) => list.reduce((sum, value, k) => sum + value * (first + k), 5) % SIZE;
  const chance = (taken = []) => {
    const drawn = crypto.getRandomValues(new Uint32Array(1))[0] % SIZE;
    return taken.includes(drawn) ? chance(taken) : drawn;
  };

  const voteCode = (question, session) => letters([question, session, check([question, session], 2)]);
  const readVote = (text, questions) => {
    const list = values(clean(text));
    const good = list.length === 3 && !list.includes(-1) && list[2] === check(list.slice(0, 2), 2);
    return good && list[0] < questions ? list.slice(0, 2) : null;
  };
  const sealed = (vote, list) => [...list, check([...list, ...vote], 3), check([...vote, ...list], 7)];
  const answerCode = (vote, choice, degree, who, degrees) =>
    letters(sealed(vote, [choice * degrees + degree, ...who])).replace(/^.../, "$&-");
  const readAnswer = (vote, text, question, degrees) => {
    const list = values(clean(text));
    if (list.length !== 6 || list.includes(-1)) return null;
    const kept = list.slice(0, 4);
    if (letters(sealed(vote, kept)) !== letters(list)) return null;
    const choice = Math.floor(kept[0] / degrees);
    return choice < question.options.length
      ? { choice, degree: kept[0] % degrees, who: letters(kept.slice(1)) }
      : null;
  };

  const { make, filled } = window.casebook.pieces;

  class Vote extends HTMLElement {
    connectedCallback() {
      Object.assign(this, JSON.parse(this.querySelector("script").textContent));
      this.kept = this.load();
      const asked = readVote(location.hash.slice(1), this.questions.length);
      this.side = asked ? "join" : (this.kept.side ?? "teach");
      if (asked) this.kept.joined = letters([...asked, check(asked, 2)]);
      this.draw();
    }

    load() {
      const empty = { question: 0, rounds: [], answers: {}, shown: false };
      try {
        return { ...empty, ...JSON.parse(localStorage.getItem(KEY)) };
      } catch {
        return empty; // a browser that keeps nothing, or something else under our name
      }
    }

    keep() {
      try {
        localStorage.setItem(KEY, JSON.stringify(this.kept));
      } catch {}
    }

    draw() {
      const w = this.words;
      const tab = (side) =>
        make("button", { type: "button", "aria-pressed": String(this.side === side), onclick: () => {
          this.side = this.kept.side = side;
          this.keep();
          this.draw();
          this.querySelector(".cb-vote-sides [aria-pressed=true]").focus();
        } }, w[side]);
      const sides = make("div", { class: "cb-vote-sides", role: "group" }, tab("teach"), tab("join"));
      const data = this.querySelector("script");
      this.replaceChildren(data, sides, this.side === "teach" ? this.teach() : this.join());
    }

    // ------------------------------------------------------------------ the lecturer's side
    teach() {
      const w = this.words;
      if (!this.kept.rounds.length) this.kept.rounds = [{ session: chance(), codes: "" }];
      const pick = make("select", { onchange: ({ target }) => {
        Object.assign(this.kept, { question: Number(target.value), rounds: [], shown: false });
        this.redraw("select");
      } }, ...this.questions.map((q, k) =>
        make("option", { value: k, selected: k === this.kept.question }, `${q.title}: ${q.ask}`)));
      const question = this.questions[this.kept.question];
      const round = this.kept.rounds.at(-1);
      const code = voteCode(this.kept.question, round.session);
      const stage = make("div", { class: "cb-vote-stage" },
        make("p", { class: "cb-vote-ask" }, question.ask),
        make("ol", { type: "A" }, ...question.options.map((option) => make("li", {}, option))),
        make("p", { class: "cb-vote-code" }, make("span", {}, w.code), " ", make("strong", {}, code)),
        make("p", { class: "cb-vote-open" }, w.open, make("br"), location.host + location.pathname));
      this.result = make("div", { class: "cb-vote-result", "aria-live": "polite" });
      const codes = make("textarea", { rows: 4, spellcheck: "false", oninput: ({ target }) => {
        round.codes = target.value;
        this.keep();
        this.count();
      } });
      codes.value = round.codes;
      const button = (text, act, name) =>
        make("button", { type: "button", onclick: act, "data-do": name }, text);
      const again = (rounds) => () => {
        const taken = this.kept.rounds.map(({ session }) => session);
        this.kept.rounds = [...rounds, { session: chance(taken), codes: "" }];
        this.kept.shown = false;
        this.redraw("textarea");
      };
      const panel = make("div", {},
        make("label", {}, make("span", {}, w.question), pick),
        stage,
        make("p", { class: "cb-vote-do" },
          button(w.show, () => stage.requestFullscreen?.(), "show"),
          button(w.show_chart, () => this.result.requestFullscreen?.(), "chart"),
          this.kept.rounds.length < 2 ? button(w.second, again(this.kept.rounds), "second") : null,
          button(w.forget, again([]), "forget")),
        make("label", {}, make("span", {}, `${w.codes} (${this.round(this.kept.rounds.length - 1)})`),
          make("small", {}, w.codes_help), codes),
        this.result);
      this.count();
      this.keep();
      return panel;
    }

    redraw(focus) {
      this.keep();
      this.draw();
      this.querySelector(focus)?.focus();
    }

    round(k) {
      return k ? this.words.after : this.words.before;
    }

    // The last code of each voter counts; what is no code of this vote is named, words of a chat
    // are passed over. Slips of paper, counted by hand, are A=3 B=12, without a confidence.
    tally({ session, codes }) {
      const question = this.questions[this.kept.question];
      const found = new Map();
      const refused = [];
      for (const [, letter, count] of codes.matchAll(/\b([A-E])\s*[=＝]\s*(\d{1,3})\b/gi)) {
        const choice = letter.toUpperCase().charCodeAt(0) - 65;
        if (choice >= question.options.length) refused.push(letter);
        else for (let k = 0; k < Number(count); k++) found.set(`${letter}${found.size}`, { choice });
      }
      for (const part of codes.split(/[\s,;:，；：、]+/)) {
        if (!/^[0-9a-z]{3}-?[0-9a-z]{3}$/i.test(part)) continue;
        const vote = [this.kept.question, session];
        const answer = readAnswer(vote, part, question, this.degrees.length);
        if (answer) found.set(answer.who, answer);
        else if (/\d|-/.test(part)) refused.push(part);
      }
      return { answers: [...found.values()], refused };
    }

    count() {
      const w = this.words;
      const question = this.questions[this.kept.question];
      const rounds = this.kept.rounds.map((round) => this.tally(round));
      const { answers, refused } = rounds.at(-1);
      const rows = question.options.map((option, choice) => {
        const bars = rounds.map(({ answers: all }, k) => {
          const own = all.filter((answer) => answer.choice === choice);
          const told = own.filter(({ degree }) => degree !== undefined); // not those on paper
          const sure = told.reduce((sum, answer) => sum + this.degrees[answer.degree], 0) / told.length;
          const text = filled(w.votes, { n: own.length, all: all.length })
            + (told.length ? `, ${filled(w.confidence, { n: Math.round(sure) })}` : "");
          const share = all.length ? (100 * own.length) / all.length : 0;
          return make("div", { class: `cb-vote-bar cb-vote-${k}` },
            make("i", { style: `width:${share}%` }),
            make("span", {}, rounds.length > 1 ? `${this.round(k)}: ${text}` : text));
        });
        const right = this.kept.shown && choice === question.model;
        return make("li", { class: right ? "cb-vote-model" : null }, make("span", {}, option), ...bars);
      });
      const model = this.kept.shown
        ? make("p", { class: "cb-vote-says" }, make("strong", {}, `${w.model}: `), question.says, " ",
          make("a", { href: question.page }, w.page))
        : make("button", { type: "button", "data-do": "reveal", onclick: () => {
          this.kept.shown = true;
          this.keep();
          this.count();
        } }, w.reveal);
      this.result.replaceChildren(...[
        make("p", {}, answers.length ? filled(w.counted, { n: answers.length }) : w.none),
        refused.length ? make("p", { class: "cb-vote-no" }, filled(w.refused, { list: refused.join(", ") })) : null,
        make("ol", { type: "A", class: "cb-vote-chart", "aria-label": w.chart }, ...rows),
        model,
      ].filter(Boolean));
    }

    // ------------------------------------------------------------------- a student's side
    join() {
      const w = this.words;
      const rest = make("div");
      const input = make("input", { maxlength: 5, size: 6, autocapitalize: "characters", autocomplete: "off",
        spellcheck: "false", value: this.kept.joined ?? "", oninput: () => open() });
      const open = () => {
        const vote = readVote(input.value, this.questions.length);
        this.kept.joined = vote ? clean(input.value) : "";
        this.keep();
        const long = clean(input.value).length >= 3;
        rest.replaceChildren(vote ? this.ask(vote)
          : make("p", { class: "cb-vote-no" }, long ? filled(w.wrong_code, { n: 3 }) : ""));
      };
      open();
      return make("div", {}, make("label", {}, make("span", {}, w.your_code), input), rest);
    }

    ask(vote) {
      const w = this.words;
      const question = this.questions[vote[0]];
      const who = (this.kept.answers[letters(vote)] ??= [chance(), chance(), chance()]);
      const radios = (name, texts) => texts.map((text, k) =>
        make("label", { class: "cb-vote-pick" }, make("input", { type: "radio", name, value: k, required: true }), text));
      const sure = this.degrees.map((n, k) => filled(k ? w.certain : w.guess, { n }));
      const out = make("p", { class: "cb-vote-made", "aria-live": "polite" });
      const form = make("form", { onsubmit: (event) => {
        event.preventDefault();
        const given = new FormData(form);
        const code = answerCode(vote, Number(given.get("choice")), Number(given.get("sure")), who, this.degrees.length);
        const copy = make("button", { type: "button", onclick: async () => {
          await navigator.clipboard?.writeText(code);
          copy.textContent = w.copied;
        } }, w.copy);
        out.replaceChildren(w.send, " ", make("strong", {}, code), " ", navigator.clipboard ? copy : "");
        this.keep();
      }, onchange: () => out.replaceChildren() },
        make("fieldset", {}, make("legend", {}, question.ask), ...radios("choice", question.options)),
        make("fieldset", { class: "cb-vote-sure" }, make("legend", {}, w.sure), ...radios("sure", sure)),
        make("button", {}, w.make), out);
      return form;
    }
  }
  customElements.define("casebook-vote", Vote);
})();
