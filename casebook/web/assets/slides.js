// Slides: reveal.js with the keys of this book, and contents that fit their slide.
(() => {
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

  const press = (name, on) =>
    tools.querySelector(`[data-do=${name}]`).setAttribute("aria-pressed", String(on));
  const actions = {
    code() {
      press("code", root.classList.toggle("cb-show-code"));
      refit();
    },
    dark() {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      press("dark", root.dataset.theme === "dark");
    },
    notes: () => Reveal.getPlugin("notes").open(),
  };
  tools.addEventListener("click", ({ target }) => actions[target.dataset.do]?.());

  Reveal.initialize({
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
    keyboardCondition,
    keyboard: { 67: actions.code, 68: actions.dark },
  });
  Reveal.on("ready", refit);
  Reveal.on("slidechanged", () => {
    document.activeElement?.blur();
    refit();
  });
  Reveal.on("pdf-ready", fitAll);
  window.MathJax?.startup?.promise?.then(refit);
  window.addEventListener("load", () => window.MathJax?.startup?.promise?.then(refit));
})();
