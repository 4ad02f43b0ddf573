// Answers that were made at build: each position of each slider alone.
(() => {
  window.casebook = { ...window.casebook };
})();
