// Slides: reveal.js with the keys of this book, contents that fit their slide, and what drives a deck
// from outside: the player of a lecture (lecture.js) by messages, a camera by casebook.deck.
(() => {
  const STEP = 90; // ms: a slider that moves by itself is seen to move
  const STEPS = 12;
  const SMALLEST = { explorer: 13, other: 15 }; // px of 720: below it a part scrolls
  const root = document.documentElement;
  const tools = document.querySelector(".cb-tools");
  tools.hidden = window.self !== window.top; // in the speaker's view

  // A part that is too long for its place is set smaller, then it scrolls. A long equation is set
  // smaller by itself.
  function fit(slide) {
    for (const line of slide?.querySelectorAll("mjx-container[display]") ?? []) {
      line.style.fontSize = "";
      const [wide, place] = [line.firstElementChild.offsetWidth, line.parentElement.clientWidth];
      if (wide > place) line.style.fontSize = `${Math.floor((100 * place) / wide)}%`;
    }
    for (const box of slide?.querySelectorAll(".cb-words, .cb-out") ?? []) {
      const over = () => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;
      box.style.fontSize = "";
      let size = parseFloat(getComputedStyle(box).fontSize);
      const smallest = SMALLEST[box.querySelector("casebook-explorer") ? "explorer" : "other"];
      while (over() && size > smallest) box.style.fontSize = `${(size -= 0.5)}px`;
      if (over()) box.tabIndex = 0; // what scrolls can be reached with the keyboard
      else box.removeAttribute("tabindex");
    }
  }
  const fitAll = () => document.querySelectorAll(".slides section").forEach(fit);
  const refit = () => fit(Reveal.getCurrentSlide());

  // A phrase in a table of numbers is read from the left, and may break.
  for (const cell of document.querySelectorAll(".cb-out td"))
    if (cell.textContent.trim().length > 32) cell.classList.add("cb-phrase");

  // Keys belong to the control that has the focus: arrows move a slider and not the slide. Escape,
  // and the keys that a presenter's remote sends (page up and down), go back to the slides.
  function keyboardCondition(event) {
    const focus = document.activeElement;
    if (!focus || focus === document.body) return true;
    if (["PageUp", "PageDown", "Escape"].includes(event.key)) {
      focus.blur();
      return event.key !== "Escape";
    }
    if (focus.closest("casebook-explorer form")) return false;
    if (focus.matches("button, a, summary")) return event.key !== " " && event.key !== "Enter";
    return !(focus.matches("[tabindex]") && ["ArrowUp", "ArrowDown", " "].includes(event.key));
  }

  // One explorer of a model serves all slides that show it: it comes to the one in view.
  function bring(slide) {
    const here = slide?.querySelector("casebook-explorer-again");
    const explorer = here && document.querySelector(`casebook-explorer[case="${here.getAttribute("case")}"]`);
    if (explorer) {
      explorer.replaceWith(here.cloneNode());
      here.replaceWith(explorer);
    }
    const live = slide?.querySelector("casebook-explorer[data-live]");
    live?.arrange(); // now: it may be asked to move before it is next painted
    return Boolean(explorer);
  }

  // The sliders that a lecture moves stand before the others, which make room for them.
  for (const front of document.querySelectorAll(".cb-front")) {
    const [rows, more] = front.querySelectorAll("form .cb-rows");
    const named = (name) => front.querySelector(`[name="${name}"]`)?.closest(".cb-control");
    const count = rows.children.length;
    rows.prepend(...front.dataset.sliders.split(" ").map(named).filter(Boolean));
    while (more && rows.children.length > count) more.prepend(rows.lastElementChild);
  }

  const press = (name, on) =>
    tools.querySelector(`[data-do=${name}]`)?.setAttribute("aria-pressed", String(on));
  const theme = (name) => {
    root.dataset.theme = name;
    press("dark", name === "dark");
  };
  const actions = {
    code() {
      press("code", root.classList.toggle("cb-show-code"));
      refit();
    },
    // B, as in an explorer that fills the screen; elsewhere a black screen, as in any deck.
    base() {
      const explorer = Reveal.getCurrentSlide().querySelector("casebook-explorer[data-live]");
      if (explorer) explorer.do_reset();
      else Reveal.togglePause();
    },
    dark: () => theme(root.dataset.theme === "dark" ? "light" : "dark"),
    notes: () => Reveal.getPlugin("notes").open(),
  };
  tools.addEventListener("click", ({ target }) => actions[target.dataset.do]?.());

  const ready = Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    maxScale: 4,
    center: false,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    controlsTutorial: false,
    plugins: [RevealNotes, RevealZoom],
    keyboardCondition: (event) => keyboardCondition(event) && !passed_on(event),
    keyboard: { 66: actions.base, 67: actions.code, 68: actions.dark },
  });
  Reveal.on("slidechanged", ({ currentSlide, indexh }) => {
    document.activeElement?.blur();
    if (bring(currentSlide) && !driver) deck.move(); // each slide starts from the base case
    refit();
    if (indexh !== asked) tell("slide", { slide: indexh });
  });
  Reveal.on("ready", ({ currentSlide }) => {
    bring(currentSlide);
    refit();
    for (const way of ["left", "right", "up", "down"])
      document.querySelector(`.controls .navigate-${way}`).ariaLabel = tools.dataset[way];
  });
  Reveal.on("pdf-ready", () => {
    for (const here of document.querySelectorAll("casebook-explorer-again"))
      here.append(document.querySelector("casebook-explorer .cb-picture figure").cloneNode(true));
    fitAll();
  });
  window.MathJax?.startup?.promise?.then(refit);
  window.addEventListener("load", () => window.MathJax?.startup?.promise?.then(refit));

  // -------------------------------------------------------------- driven from outside
  let driver; // the window that shows this deck, once it has said that it drives
  let asked; // the slide that it wants
  const tell = (what, more) => driver?.postMessage(JSON.stringify({ casebook: what, ...more }), "*");

  // Keys that are the deck's belong to who drives it.
  function passed_on({ key, shiftKey, ctrlKey, metaKey, altKey }) {
    if (driver && !ctrlKey && !metaKey && !altKey) tell("key", { key, shiftKey });
    return Boolean(driver);
  }

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const away = (explorer, places) => explorer.inputs.filter((_, k) => places[k] !== explorer.base[k]);

  const deck = {
    ready,
    // 0 is the title. Before a question is answered (`seen` false) what the figure says is hidden.
    async go(slide, seen = true) {
      await ready;
      asked = slide;
      Reveal.slide(slide, 0, seen ? 0 : -1);
    },

    // Bring the explorer in view to the base case with `values`; false if it is not live. `smooth`
    // lets a slider be seen on its way, through positions whose answers are stored.
    async move(values = {}, { smooth = false } = {}) {
      await ready;
      const explorer = Reveal.getCurrentSlide().querySelector("casebook-explorer");
      if (!explorer?.inputs) return false;
      const turn = (deck.turn = (deck.turn ?? 0) + 1);
      const from = explorer.places();
      const to = explorer.inputs.map(({ name }, k) =>
        name in values ? explorer.controls[name].values.indexOf(values[name]) : explorer.base[k]);
      const sliders = new Set([...away(explorer, from), ...away(explorer, to)]);
      const far = Math.max(...to.map((place, k) => Math.abs(place - from[k])));
      const steps = smooth && sliders.size === 1 ? Math.min(far, STEPS) : 1;
      for (let step = 1; step <= steps && turn === deck.turn && far; step++) {
        if (step > 1) await pause(STEP);
        explorer.inputs.forEach((input, k) => (input.value = Math.round(from[k] + ((to[k] - from[k]) * step) / steps)));
        explorer.unfold();
        explorer.moved([...sliders][0]);
      }
      await explorer.asking;
      refit();
      return true;
    },

    theme,
  };
  window.casebook = { ...window.casebook, deck };

  const orders = {
    async drive({ slide }) {
      driver = window.parent;
      root.classList.add("cb-driven");
      if (slide !== undefined) await deck.go(slide);
      await ready;
      tell("ready", { slides: Reveal.getTotalSlides() });
    },
    go: ({ slide, seen }) => deck.go(slide, seen),
    move: async ({ values, smooth }) => tell("moved", { done: await deck.move(values, { smooth }) }),
    theme: ({ theme: name }) => theme(name),
  };
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source === window || source !== window.parent || typeof data !== "string") return;
    if (origin !== location.origin && location.protocol !== "file:") return;
    const { casebook: what, ...rest } = data.startsWith('{"casebook"') ? JSON.parse(data) : {};
    orders[what]?.(rest);
  });

  // A viewer who touches the explorer has the word.
  for (const event of ["pointerdown", "keydown", "input"])
    document.addEventListener(event, ({ isTrusted, key, target }) => {
      if (isTrusted && key !== "Tab" && target.closest?.("casebook-explorer")) tell("touch");
    }, true);
})();
