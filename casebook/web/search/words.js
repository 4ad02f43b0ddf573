// A text as the terms that are looked for: stems of words, pairs of Chinese characters, and terms of
// the glossary, whichever of their names was used. Pages and what a reader types are read alike.
const casebookTerms = ({ stop, spelling, terms }, stemmer) => {
  // Ranges and not names of scripts: those take four times as long, and a whole book is read at once.
  const RUN = /[\u3400-\u9fff\uf900-\ufaff]+|[a-z0-9\u00b5-\u024f\u0370-\u03ff]+(?:[’'][a-z]+)*/g;
  const HAN = /^[\u3400-\u9fff\uf900-\ufaff]/;
  const empty = new Set(stop);
  const rules = spelling.map(([found, put]) => [new RegExp(found), put]);
  const seen = new Map();
  // What is known of a word or a run of characters, kept since most come again and again.
  const about = (text) => {
    let found = seen.get(text);
    if (!found) {
      const han = HAN.test(text);
      const bare = text.replace(/[’']s?$/, "").replace(/[’']/g, "");
      const stem = han ? text : stemmer(rules.reduce((w, [wrong, put]) => w.replace(wrong, put), bare));
      seen.set(text, (found = { text, han, stem, empty: empty.has(text) }));
    }
    return found;
  };
  const runs = (text) => {
    const found = [];
    const low = text.toLowerCase();
    RUN.lastIndex = 0;
    for (let m = RUN.exec(low); m; m = RUN.exec(low)) found.push({ is: about(m[0]), at: m.index, end: m.index + m[0].length });
    return found;
  };

  // The names of terms: stems joined by spaces, or characters; with the most that one can begin.
  const names = new Map();
  const longest = new Map();
  const key = (name) => runs(name).map((r) => r.is.stem).join(" ");
  terms.forEach((term, k) => {
    for (const name of [term.en, term.zh, ...(term.also ?? [])]) {
      const said = key(name);
      if (!said) continue;
      names.set(said, [...new Set([...(names.get(said) ?? []), k])]);
      const first = HAN.test(said) ? said[0] : said.split(" ", 1)[0];
      const size = HAN.test(said) ? said.length : said.split(" ").length;
      longest.set(first, Math.max(size, longest.get(first) ?? 0));
    }
  });
  const concept = (k) => `§${k}`;

  // The terms within a run of characters: the longest name at each place, and every pair.
  const chinese = ({ is: { text }, at }, say) => {
    for (let i = 0, free = 0; i < text.length; i += 1) {
      if (text.length === 1) say(text, at, at + 1);
      else if (i + 2 <= text.length) say(text.slice(i, i + 2), at + i, at + i + 2);
      if (i < free) continue;
      for (let size = Math.min(longest.get(text[i]) ?? 0, text.length - i); size > 0; size -= 1) {
        const known = names.get(text.slice(i, i + size));
        if (!known) continue;
        for (const k of known) say(concept(k), at + i, at + i + size);
        free = i + size;
        break;
      }
    }
  };
  // Each term of a text, with where it stands.
  const read = (text) => {
    const said = [];
    const say = (term, at, end) => said.push({ term, at, end });
    const found = runs(text);
    for (let i = 0, free = 0; i < found.length; i += 1) {
      const run = found[i];
      if (run.is.han) {
        chinese(run, say);
        continue;
      }
      if (!run.is.empty) say(run.is.stem, run.at, run.end);
      const most = i < free ? 0 : Math.min(longest.get(run.is.stem) ?? 0, found.length - i);
      for (let size = most; size > 0; size -= 1) {
        const part = found.slice(i, i + size);
        // a term does not go beyond a sentence
        if (part.some((r, n) => r.is.han || (n && r.at - part[n - 1].end > 2))) continue;
        const known = names.get(part.map((r) => r.is.stem).join(" "));
        if (!known) continue;
        for (const k of known) say(concept(k), run.at, part.at(-1).end);
        free = i + size;
        break;
      }
    }
    return said;
  };
  const pairs = (text) => {
    const plain = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
    return new Set(Array.from({ length: Math.max(plain.length - 1, 0) }, (_, i) => plain.slice(i, i + 2)));
  };
  // Terms that are written much like a text, and how much: by the pairs that both have.
  const near = (text, least) => {
    const own = pairs(text);
    const like = (name) => {
      const other = pairs(name);
      return (2 * [...own].filter((p) => other.has(p)).length) / (own.size + other.size || 1);
    };
    return terms
      .map((term, k) => [k, Math.max(...[term.en, term.zh, ...(term.also ?? [])].map(like))])
      .filter(([, alike]) => alike >= least)
      .sort((one, other) => other[1] - one[1] || one[0] - other[0]);
  };
  return { read, near, concept, isChinese: (text) => HAN.test(text), hasChinese: (text) => /[\u3400-\u9fff]/.test(text) };
};
