// Fill the pages before they are printed: a figure that does not fit into the rest of its page is
// made a little smaller or, where it has a number, set behind the next paragraphs, as books do.
// The columns of a browser break as its pages do: each article is set in columns of the size of a
// page, and what stands where is read from them. Gives the number of half-empty pages left.
({ width, height, gap, least, smallest }) => {
  const count = (main) => Math.round((main.scrollWidth + gap) / (width + gap));
  const column = (left, origin) => Math.floor((left - origin + 1) / (width + gap));

  // Where the content of each column ends, from the boxes of all that has no block within it.
  const pages = (main) => {
    const { left: origin, top } = main.getBoundingClientRect();
    const ends = [];
    for (const leaf of main.querySelectorAll("p, li, tr, pre, svg, h1, h2, h3, h4, h5, dt, dd, math, figcaption")) {
      if (leaf.closest("svg") !== leaf && leaf.closest("svg")) continue;
      for (const box of leaf.getClientRects()) {
        const at = column(box.left, origin);
        ends[at] = Math.max(ends[at] ?? 0, (box.bottom - top) / height);
      }
    }
    return Array.from(ends, (end) => end ?? 0);
  };
  // The first figure that begins in a column, if nothing but its own line stands before it.
  const opens = (main, at) => {
    const { left: origin, top } = main.getBoundingClientRect();
    for (const svg of main.querySelectorAll("figure svg[role=img]")) {
      const box = svg.getBoundingClientRect();
      if (column(box.left, origin) === at) return box.top - top < height * 0.15 ? svg : null;
    }
    return null;
  };
  const behind = (figure) => {
    const next = figure.nextElementSibling;
    return next?.matches("p, ul, ol") ? next : null;
  };

  let left = 0;
  for (const main of document.querySelectorAll("main.pr-page")) {
    const kept = main.style.cssText;
    main.style.cssText += `;columns:${width}px;column-gap:${gap}px;column-fill:auto;width:${width}px;height:${height}px`;
    const tried = new Map();
    let at = 0;
    while (at < count(main) - 1) {
      const ends = pages(main), end = ends[at] ?? 1;
      const svg = end < least ? opens(main, at + 1) : null;
      if (!svg || (tried.get(svg) ?? 0) > 3) {
        at += 1;
        continue;
      }
      tried.set(svg, (tried.get(svg) ?? 0) + 1);
      const figure = svg.closest("figure"), box = svg.getBoundingClientRect();
      const rest = (1 - end) * height - (figure.getBoundingClientRect().height - box.height) - 40;
      const scale = rest / box.height;
      if (!svg.style.width && scale >= smallest && scale < 1) {
        svg.style.width = `${Math.floor(box.width * scale)}px`;
      } else if (figure.querySelector(".cb-number") && behind(figure)) {
        behind(figure).after(figure);
      } else {
        at += 1;
      }
    }
    const ends = pages(main);
    left += ends.slice(0, -1).filter((end) => end < least).length;
    main.style.cssText = kept;
  }
  return left;
}
