// A text as the terms that are looked for: stems of words, pairs of Chinese characters, and terms of
// the glossary, whichever of their names was used. Pages and what a reader types are read alike.
const casebookTerms = ({ stop, spelling, terms }, stemmer) => {
  const RUN = /\p{Script=Han}+|[\p{L}\p{N}]+(?:[’'][\p{L}]+)*/gu;
  const HAN = /^\p{Script=Han}/u;
  const empty = new Set(stop);
  const rules = spelling.map(([found, put]) => [new RegExp(found), put]);
  const stems = new Map();
  const stem = (word) => {
    if (!stems.has(word)) {
      const plain = rules.reduce((w, [found, put]) => w.replace(found, put), word.replace(/[’']s?$/, "").replace(/[’']/g, ""));
      stems.set(word, stemmer(plain));
    }
    return stems.get(word);
  };
  const runs = (text) => [...text.toLowerCase().matchAll(RUN)].map((m) => ({ text: m[0], at: m.index, end: m.index + m[0].length, han: HAN.test(m[0]) }));

  // The names of terms: stems joined by spaces, or characters; with the most that one can begin.
  const names = new Map();
  const longest = new Map();
  const key = (name) => runs(name).map((r) => (r.han ? r.text : stem(r.text))).join(" ");
  terms.forEach((term, k) => {
    for (const name of [term.en, term.zh, ...(term.also ?? [])]) {
      // "tranche of a loan" is also said without what sets it apart from "tranche of a round"
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
  const chinese = (run, say) => {
    for (let i = 0, free = 0; i < run.text.length; i += 1) {
      if (run.text.length === 1) say(run.text, run.at, run.end);
      else if (i + 2 <= run.text.length) say(run.text.slice(i, i + 2), run.at + i, run.at + i + 2);
      if (i < free) continue;
      for (let size = Math.min(longest.get(run.text[i]) ?? 0, run.text.length - i); size > 0; size -= 1) {
        const found = names.get(run.text.slice(i, i + size));
        if (!found) continue;
        for (const k of found) say(concept(k), run.at + i, run.at + i + size);
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
      if (run.han) {
        chinese(run, say);
        continue;
      }
      const own = stem(run.text);
      if (!empty.has(run.text)) say(own, run.at, run.end);
      if (i < free) continue;
      for (let size = Math.min(longest.get(own) ?? 0, found.length - i); size > 0; size -= 1) {
        const part = found.slice(i, i + size);
        // a term does not go beyond a sentence
        if (part.some((r, n) => r.han || (n && r.at - part[n - 1].end > 2))) continue;
        const known = names.get(part.map((r) => stem(r.text)).join(" "));
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
  return { read, near, concept, isChinese: (text) => HAN.test(text), hasChinese: (text) => /\p{Script=Han}/u.test(text) };
};
