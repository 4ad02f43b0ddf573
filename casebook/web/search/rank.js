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

  const places = new Map(terms.map((term, k) => [term.en, k]));
  const included = (k) => (terms[k].includes ?? []).map((name) => places.get(name)).flatMap((n) => [n, ...included(n)]);

  // A word that no page has is read as the one that most have and that is one letter off.
  const mended = (query) => {
    let plain = query;
    for (const { term, at, end } of words.read(query).reverse()) {
      if (!isWord(term) || term.length < 4 || known.has(term)) continue;
      const count = new Map();
      for (const hit of index.search(term, { tokenize: () => [term], fuzzy: 1, prefix: false }))
        for (const found of hit.terms) if (isWord(found)) count.set(found, (count.get(found) ?? 0) + 1);
      const [best] = [...count].sort((one, other) => other[1] - one[1]);
      if (best) plain = plain.slice(0, at) + best[0] + plain.slice(end);
    }
    return plain;
  };
  // The terms of the glossary that are named in a query, each with its share of it, longest first.
  const named = (query, read) => {
    const share = (t) => (t.end - t.at) / query.length;
    const found = read.filter((t) => isTerm(t.term)).map((t) => [Number(t.term.slice(1)), share(t)]);
    // a Chinese name that is nearly that of a term: with 担保 in the place of 保证
    if (words.hasChinese(query)) for (const [k, alike] of words.near(query, 0.5).slice(0, 1)) found.push([k, alike]);
    return found.sort((one, other) => other[1] - one[1]);
  };

  const search = (typed) => {
    const query = mended(typed.trim());
    const read = words.read(query);
    const asked = named(query, read);
    const under = new Set(asked.flatMap(([k]) => included(k)).map(words.concept));
    // A term stands for the words within it; of a page that has not the term, one section has them all.
    const spans = read.filter((t) => isTerm(t.term));
    const within = (span) => (t) => isWord(t.term) && span.at <= t.at && t.end <= span.end;
    const own = read.filter((t) => isTerm(t.term) || !spans.some((s) => s.at <= t.at && t.end <= s.end));
    const list = [...new Set([...own.map((t) => t.term), ...asked.map(([k]) => words.concept(k)), ...under])];
    const listed = new Set(list);
    if (!list.length) return { answers: [], found: [], wanted: new Set() };
    const said = spans.map((span) => read.filter(within(span)));
    const english = asked.map(([k]) => words.read(terms[k].en).filter((t) => isWord(t.term)));
    const groups = [...said, ...english].map((g) => g.map((t) => t.term)).filter((g) => g.length > 1);
    const last = read.at(-1)?.end === query.length ? read.at(-1).term : "";
    const all = { combineWith: "OR", queries: [...list, ...groups.map((queries) => ({ queries, combineWith: "AND" }))] };
    const hits = index.search(all, {
      tokenize: (term) => [term],
      boost: { title: 3, heading: 2.5 },
      boostTerm: (term) => (isTerm(term) ? (under.has(term) ? 0.5 : 2) : listed.has(term) ? 1 : 0.2),
      boostDocument: (id) => pages[sections[id][0]].weight,
      prefix: (term) => term === last && isWord(term) && term.length > 2, // it may not be finished
    });
    const answers = [...new Set(asked.filter(([, share]) => share >= 0.3).map(([k]) => terms[k]))].slice(0, 2);
    // what MiniSearch adds for each word that a section has is for those asked, not for those within a term
    const worth = (hit) => (hit.score * (hit.queryTerms.filter((t) => listed.has(t)).length || 1)) / hit.queryTerms.length;
    hits.sort((one, other) => worth(other) - worth(one));
    const byPage = new Map();
    for (const hit of hits) {
      const page = sections[hit.id][0];
      if (answers.length && pages[page].path === told.glossary) continue; // it stands above them
      const one = byPage.get(page) ?? { page: pages[page], section: sections[hit.id], best: worth(hit), rest: 0 };
      if (byPage.has(page)) one.rest += worth(hit);
      byPage.set(page, one);
    }
    // a page on which much is said of it comes before one that names it once, in few words
    const score = (one) => one.best + one.best * Math.log1p(one.rest / one.best);
    const found = [...byPage.values()].sort((one, other) => score(other) - score(one));
    const wanted = new Set([...list, ...groups.flat(), ...hits.slice(0, 40).flatMap((hit) => hit.terms)]);
    return { answers, found, wanted };
  };

  // The sentence of a section that says most of what is wanted, in pieces: [text, is wanted].
  const excerpt = (text, wanted, size = 200) => {
    let best = null;
    for (const sentence of text.split(/\n|(?<=[.!?]) (?=\S)|(?<=[。！？；])/u)) {
      const letters = (sentence.match(/\p{L}/gu) ?? []).length;
      if (letters < 0.6 * sentence.replace(/\s/g, "").length) continue;
      const hits = words.read(sentence).filter((t) => wanted.has(t.term));
      const said = [...new Set(hits.map((t) => t.term))];
      const worth = said.reduce((sum, term) => sum + (isTerm(term) ? 3 : 1), 0) + Math.min(letters, 60) / 100;
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
  const suggestions = (query) => words.near(query, 0.2).slice(0, 4).map(([k]) => terms[k]);
  return { search, excerpt, suggestions, chinese: words.hasChinese };
};
