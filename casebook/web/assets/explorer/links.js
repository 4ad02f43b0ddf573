// Words in the prose that move the explorer of their page (casebook/web/sphinx/moves.py).
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.cb-try");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const explorer = document.getElementById(new URL(link.href).hash.slice(1));
  if (!explorer?.inputs) return; // nothing is live here: the link says where the setting is
  event.preventDefault();
  explorer.go(link.href);
  explorer.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
});
