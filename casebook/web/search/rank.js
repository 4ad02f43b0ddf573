// The pages for what a reader asks, best first: an index of all sections, made when it is first used.
const casebookSearch = (told, MiniSearch, stemmer) => {
  const { pages, sections, terms } = told;
  const words = casebookTerms(told, stemmer);
  const known = new Set();
  const tokens = (text) => words.read(text).map((t) => t.term);
  const index = new MiniSearch({
    fields: ["title", "heading", "text"],
    tokenize: (text) => {
      const found = tokens(text);
      for (const term of found) known.add(term);
      return found;
    },
    processTerm: (term) => term,
  });
  index.addAll(sections.map(([page, , heading, text], id) => ({ id, title: pages[page].title, heading, text })));

  const isTerm = (term) => term[0] === "§";
  const isWord = (term) => !isTerm(term) && !words.isChinese(term);

  // The terms of the glossary that are named in a query, those that make most of it first.
  const named = (query, read) => {
    const size = (t) => (t ? t.end - t.at : 0);
    const found = read.filter((t) => isTerm(t.term)).sort((one, other) => size(other) - size(one) || one.at - other.at);
    if (found.length) return found.map((t) => [Number(t.term.slice(1)), size(t) / query.trim().length]);
    // a Chinese name that is nearly that of a term: for 担保 instead of 保证
    return words.hasChinese(query) ? words.near(query, 0.5).slice(0, 1).map((k) => [k, 1]) : [];
  };

  const search = (query) => {
    const read = words.read(query);
    const asked = named(query, read);
    const list = [...new Set([...read.map((t) => t.term), ...asked.map(([k]) => words.concept(k))])];
    if (!list.length) return { answers: [], found: [], wanted: new Set() };
    const last = read.at(-1)?.end === query.length ? read.at(-1).term : "";
    const hits = index.search(query, {
      tokenize: () => list,
      boost: { title: 3, heading: 2.5 },
      boostTerm: (term) => (isTerm(term) ? 2 : 1),
      boostDocument: (id) => pages[sections[id][0]].weight,
      // a word that may not be finished, and one that no page has: a letter may be wrong
      prefix: (term) => isWord(term) && term.length > 2 && (term === last || !known.has(term)),
      fuzzy: (term) => (isWord(term) && term.length > 3 && !known.has(term) ? 1 : false),
    });
    const byPage = new Map();
    for (const hit of hits) {
      const page = sections[hit.id][0];
      const one = byPage.get(page) ?? { page: pages[page], section: sections[hit.id], best: hit.score, rest: 0 };
      if (byPage.has(page)) one.rest += hit.score;
      byPage.set(page, one);
    }
    // a page on which much is said of it comes before one that names it once, in few words
    const score = (one) => one.best + one.best * Math.log1p(one.rest / one.best);
    const found = [...byPage.values()].sort((one, other) => score(other) - score(one));
    const wanted = new Set([...list, ...hits.slice(0, 40).flatMap((hit) => hit.terms)]);
    const answers = asked.filter(([, share]) => share >= 0.4).slice(0, 2).map(([k]) => terms[k]);
    return { answers: [...new Set(answers)], found, wanted };
  };

  // The sentence of a section that says most of what is wanted, in pieces: [text, is wanted].
  const excerpt = (text, wanted, size = 200) => {
    let best = null;
    for (const sentence of text.split(/\n|(?<=[.!?;]) (?=\S)|(?<=[。！？；])/u)) {
      const letters = (sentence.match(/\p{L}/gu) ?? []).length;
      if (letters < 0.6 * sentence.replace(/\s/g, "").length) continue;
      const hits = words.read(sentence).filter((t) => wanted.has(t.term));
      const worth = new Set(hits.map((t) => t.term)).size + Math.min(letters, 60) / 100;
      if (!best || worth > best.worth) best = { sentence, hits, worth };
    }
    if (!best) return [];
    const { sentence } = best;
    const first = best.hits[0]?.at ?? 0;
    let from = sentence.length <= size ? 0 : Math.max(0, Math.min(first - 60, sentence.length - size));
    if (from) from = sentence.indexOf(" ", from) + 1 || from;
    let to = Math.min(sentence.length, from + size);
    if (to < sentence.length && !words.hasChinese(sentence)) to = sentence.lastIndexOf(" ", to);
    const pieces = [];
    let done = from;
    const put = (end, hit) => end > done && pieces.push([sentence.slice(done, end), hit]) && (done = end);
    for (const hit of best.hits.sort((one, other) => one.at - other.at)) {
      if (hit.at < from || hit.end > to) continue;
      put(hit.at, false);
      put(hit.end, true);
    }
    put(to, false);
    if (from) pieces.unshift(["… ", false]);
    if (to < sentence.length) pieces.push([" …", false]);
    return pieces;
  };
  const suggestions = (query) => words.near(query, 0.2).slice(0, 4).map((k) => terms[k]);
  return { search, excerpt, suggestions };
};
