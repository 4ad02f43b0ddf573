// What was read opens again without a network: a service worker (casebook/web/offline) is started
// when the page stands, and told what the page is made of. A machine's own server (make serve, a copy
// of the site) needs none, and the next thing that it serves at this address must not meet one: there
// it is started for who asks, by localStorage["casebook-offline"].
{
  const { src } = document.currentScript;
  const { hostname, protocol } = location;
  const own = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  let serviceWorker;
  try { // a frame that is shut off may ask for neither
    if (own ? localStorage.getItem("casebook-offline") : protocol === "https:") ({ serviceWorker } = navigator);
  } catch {
    serviceWorker = undefined;
  }

  async function tell() {
    const { active } = await serviceWorker.ready;
    await document.fonts.ready;
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const figures = [...document.images].map((image) => image.currentSrc || image.src);
    const read = [location.href, ...loaded, ...figures].filter((url) => url.startsWith(location.origin));
    active.postMessage({ read: [...new Set(read)] });
  }

  if (serviceWorker)
    window.addEventListener("load", () => {
      serviceWorker.addEventListener("controllerchange", tell);
      // what was still on its way when the worker came
      document.addEventListener("visibilitychange", () => document.hidden && tell());
      serviceWorker.register(new URL("../service-worker.js", src), { updateViaCache: "none" }).then(tell)
        .catch(() => {}); // without it the book is read as before
    });
}
