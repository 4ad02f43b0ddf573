// The service worker: what a reader has read opens again without a network.
//
// Written above by casebook.web.offline.make: EDITION (of all files of the site), MARK (what every
// page of the book holds, and no page that a proxy puts in its place), PAGE (said without a network).
//
// A page comes from the network; where that is silent for PATIENCE, as it was read last. A file whose
// address names its content (?v=…), and Python, whose files the explorers check, come from what is
// stored. Nothing is fetched that no page has asked for. What asks for no cache gets none.
const HOME = new URL(self.registration.scope);
const OURS = `casebook ${HOME.pathname} `; // an origin may hold several books
const NOW = OURS + EDITION;
const PATIENCE = 3_000; // ms for the first sign of an answer
const STUCK = 1_000; // ms for the store itself: where it hangs there is the network still
const LONGEST = 20_000; // ms for a file that nobody waits for: a new edition must wait until it is over
const BOUND = 150e6; // bytes that are stored; what is LARGE goes first, the oldest first
const LARGE = 1e6;
const LARGEST = 50e6; // a film is not stored
const SIZE = "x-casebook-size";
const TITLE = "x-casebook-title";
const LOOSE = { ignoreVary: true };
// A server that sends another type than these sends something else: mostly the page of a proxy.
const TYPES = {
  css: /^text\/css/, html: /^text\/html/, js: /javascript/, mjs: /javascript/, json: /json/,
  pdf: /^application\/(pdf|octet-stream)/, png: /^image\//, svg: /^image\//, txt: /^text\/plain/,
};
const OTHER = /^(?!text\/html)/;
// JupyterLite has a worker of its own; news of a server never end.
const PASSED = /^(lite|-)\//;
const PYTHON = /^_static\/vendor\/pyodide\//;
// What a page names of its own: style, scripts, figures.
const NAMED = /(?:src|href)=["']([^"'#]*_(?:static|images)\/[^"'#]+)/g;

let added = 0; // bytes since it was last looked whether there are too many

const quietly = (address) => fetch(address, { signal: AbortSignal.timeout?.(LONGEST) });
const pause = (time) => new Promise((done) => setTimeout(done, time));
const below = (url) => url.href.slice(HOME.href.length);
const isOurs = (url) => url.href.startsWith(HOME.href) && !PASSED.test(below(url));
const isPage = (key) => key.endsWith(".html");
const isFixed = (url) => url.searchParams.has("v") || PYTHON.test(below(url));

// Under which address something is stored: a page has one, whatever was asked of it, and whether its
// host shows endings or not.
function place(address) {
  const url = new URL(address);
  url.hash = "";
  if (url.pathname.endsWith("/")) url.pathname += "index.html";
  if (!/\.[^/]*$/.test(url.pathname)) url.pathname += ".html";
  if (isPage(url.pathname)) url.search = "";
  return url.href;
}

// Our caches, that of this edition first.
async function names() {
  const found = await caches.keys();
  return [NOW, ...found.filter((name) => name.startsWith(OURS) && name !== NOW)];
}

async function looked(key) {
  for (const name of await names()) {
    const found = await caches.match(key, { ...LOOSE, cacheName: name });
    if (found) return found;
  }
}

const stored = (key) => looked(key).catch(() => undefined);

// ---------------------------------------------------------------------------------- storing

// Stores an answer if it is what the address promises, whole; says whether it was.
async function keep(key, answer) {
  const ending = new URL(key).pathname.split(".").pop();
  const type = answer.headers.get("content-type") ?? "";
  const secret = /no-store/.test(answer.headers.get("cache-control"));
  const elsewhere = answer.redirected && place(answer.url) !== key;
  if (answer.status !== 200 || answer.type !== "basic" || elsewhere || secret) return false;
  if (!(TYPES[ending] ?? OTHER).test(type)) return false;
  const body = await answer.blob(); // fails if the rest of it does not come
  if (body.size > LARGEST) return false;
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name); // of the way, not of it
  headers.set(SIZE, body.size);
  if (isPage(key)) {
    const text = await body.text();
    if (!text.includes(MARK)) return false;
    const title = /<title>([^<]*)/.exec(text)?.[1].trim() ?? "";
    headers.set(TITLE, encodeURIComponent(title.replace(/\s(?:&#8212;|—)\s.*$/s, ""))); // without that of the book
  }
  const cache = await caches.open(NOW);
  await cache.put(key, new Response(body, { headers }));
  added += body.size;
  return true;
}

// What a page loaded before there was a worker, and the address of the book itself.
async function read(files) {
  const cache = await caches.open(NOW);
  for (const file of [...files, HOME.href]) {
    const key = place(file);
    if (isOurs(new URL(key)) && !(await cache.match(key, LOOSE)))
      await quietly(file).then((answer) => keep(key, answer)).catch(() => false);
  }
}

// From an older edition: files whose address is still right, and the pages anew, since they are
// those that the reader wants to have. Goes on another time where the network is cut.
async function renew() {
  for (const name of (await names()).slice(1)) {
    const old = await caches.open(name);
    const cache = await caches.open(NOW);
    const keys = (await old.keys()).map(({ url }) => url);
    for (const key of keys.filter((key) => !isPage(key)))
      if (!(await cache.match(key, LOOSE))) await cache.put(key, await old.match(key, LOOSE));
    for (const key of keys.filter(isPage)) {
      if (await cache.match(key, LOOSE)) continue;
      if (navigator.connection?.saveData) await cache.put(key, await old.match(key, LOOSE));
      else await again(key);
    }
    added = Infinity;
    await caches.delete(name);
  }
}

// A page of this edition with what it names; fails without a network.
async function again(key) {
  const answer = await quietly(key);
  const text = await answer.clone().text();
  if (!(await keep(key, answer))) return;
  await read([...text.matchAll(NAMED)].map(([, file]) => new URL(file.replaceAll("&amp;", "&"), key).href));
}

async function tidy(step = 0) {
  if (added <= step) return;
  added = 0;
  const cache = await caches.open(NOW);
  const found = [];
  for (const request of await cache.keys()) { // the oldest first
    const answer = await cache.match(request, LOOSE);
    if (answer) found.push({ request, size: Number(answer.headers.get(SIZE)) });
  }
  let total = found.reduce((sum, { size }) => sum + size, 0);
  const isLarge = ({ size }) => size > LARGE;
  for (const one of [...found.filter(isLarge), ...found.filter((one) => !isLarge(one))]) {
    if (total <= BOUND) return;
    await cache.delete(one.request);
    total -= one.size;
  }
}

// --------------------------------------------------------------------------------- answering

async function answered(event, request, url) {
  const key = place(url);
  const past = ["reload", "no-store"].includes(request.cache); // "try again" of an explorer
  if (!past && request.cache !== "no-cache" && isFixed(url)) {
    const found = await Promise.race([stored(key), pause(STUCK)]);
    if (found) return found;
  }
  const coming = fetch(request);
  event.waitUntil(coming.then((answer) => keep(key, answer.clone())).then(() => tidy(LARGE)).catch(() => {}));
  if (past) return coming;
  const answer = await Promise.race([coming, pause(PATIENCE)]).catch(() => undefined);
  if (answer && answer.status < 500) return answer;
  return (await stored(key)) ?? coming;
}

const plain = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

// The page for one that was never read: it leads to those that were, the last first.
async function away(url) {
  const titles = new Map();
  for (const name of await names())
    for (const request of (await (await caches.open(name)).keys()).reverse())
      if (isPage(request.url) && request.url !== place(HOME) && !titles.has(request.url)) {
        const answer = await caches.match(request, { ...LOOSE, cacheName: name });
        titles.set(request.url, decodeURIComponent(answer?.headers.get(TITLE) ?? ""));
      }
  const items = [...titles].map(([address, title]) =>
    `<li><a href="${plain(address)}">${title.replace(/</g, "&lt;") || plain(address)}</a></li>`);
  const html = PAGE.replace("<!-- again -->", () => plain(url.href)).replace("<!-- pages -->", () => items.join("\n"));
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  return new Response(html, { status: 503, headers: { ...headers, "cache-control": "no-store" } });
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.read) event.waitUntil(read(event.data.read).then(renew).catch(() => {}).then(() => tidy()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // sound and film are asked for in pieces, and an answer without an end is no file
  const stream = request.headers.has("range") || /event-stream/.test(request.headers.get("accept"));
  if (request.method !== "GET" || stream || !isOurs(url)) return;
  const told = answered(event, request, url);
  const isRead = request.mode === "navigate" && isPage(place(url));
  event.respondWith(isRead ? told.catch(() => away(url)) : told.catch(() => Response.error()));
});
