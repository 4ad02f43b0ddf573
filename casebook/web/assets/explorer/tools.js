// What a reader does with a setting beside moving it.
(() => {
  window.casebook = { ...window.casebook };
})();
