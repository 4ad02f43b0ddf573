// The worker that runs Python for the explorers of a page: one for all of them.
//   in:   {boot: {pyodide, urls, again, language}} {sums}   then {id, request}, {id, add} or {tidy: true}
//   out:  {alive: true} {file, got, whole} {runs: file} {busy: whether} … {ready: true}
//         then {id, answer} or {id, error}; {failed: [why, file, detail]}, as python.js names them
// `urls` has the address of each file; `again` are those for which no cache is asked; `sums` has
// bytes and CRC-32 of each, as built; `add` is the content of an archive with more of Python.
const WASM = "pyodide.asm.wasm";
const STDLIB = "python_stdlib.zip";
const LOCK = "pyodide-lock.json";
const BUNDLE = "explorers.tar.gz";
const SCRIPTS = ["pyodide.js", "pyodide.asm.js"];
const FOLDER = "/explorers"; // where Python finds what the archives hold
const fetched = self.fetch.bind(self); // Pyodide is given another
let respond, tidy, fail, add, tell_sums;
const sums = new Promise((told) => (tell_sums = told));

const message = (error) => String(error?.message || error).trim().split("\n").pop();

class Fault extends Error {
  constructor(why, file, error) {
    super(why);
    Object.assign(this, { why, told: [why, file, message(error)] });
  }
}

// Ends the start. What Pyodide itself cannot get or run it may wait for for ever, so the first
// trouble counts, whoever meets it.
function trouble(why, file, error) {
  const fault = new Fault(why, file, error);
  fail(fault.told);
  return fault;
}

// ------------------------------------------------------------------------------------- files

const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

// CRC-32, carried on over the parts of a file. Not crypto.subtle: a site without https has none.
function crc(bytes, before) {
  let sum = ~before;
  for (let k = 0; k < bytes.length; k++) sum = TABLE[(sum ^ bytes[k]) & 255] ^ (sum >>> 8);
  return ~sum;
}

// Whether a file may begin with these bytes: a block page in its place often comes with status 200.
function plausible(file, head) {
  const begins = (...bytes) => bytes.every((byte, k) => head[k] === byte);
  if (file === WASM) return begins(0, 0x61, 0x73, 0x6d);
  if (file === STDLIB) return begins(0x50, 0x4b, 3, 4);
  if (file === BUNDLE) return begins(0x1f, 0x8b) || (head[0] !== 0x3c && head[0] > 0x20); // unpacked on its way
  return !/^\s*</.test(new TextDecoder().decode(head));
}

async function asked(file, url, cache) {
  const answer = await fetched(url, { cache }).catch((error) => { throw new Fault("unreachable", file, error); });
  if (!answer.ok) throw new Fault("status", file, answer.status);
  return answer;
}

// The bytes of an answer, counted and checked as they come; what was built is told apart from all else.
async function read(file, answer, take = () => {}) {
  const reader = answer.body.getReader();
  const head = [];
  let [got, sum] = [0, 0];
  for (;;) {
    const { done, value } = await reader.read().catch((error) => { throw new Fault("broken", file, error); });
    if (done) break;
    const young = head.length < 16;
    if (young) head.push(...value.subarray(0, 16 - head.length));
    if (young && head.length === 16 && !plausible(file, Uint8Array.from(head))) {
      reader.cancel().catch(() => {});
      throw new Fault("wrong", file, "");
    }
    got += value.length;
    sum = crc(value, sum);
    take(value);
    postMessage({ file, got, whole: false });
  }
  if (head.length < 16) throw new Fault("wrong", file, "");
  const [size, right] = (await sums)[file] ?? [got, sum];
  const unpacked = file === BUNDLE && head[0] !== 0x1f; // on its way: then its archive is looked at
  if (!unpacked && (got !== size || sum !== (right | 0))) throw new Fault("wrong", file, `${got} / ${size} bytes`);
  postMessage({ file, got, whole: true });
}

async function bytes(file, answer) {
  const parts = [];
  await read(file, answer, (part) => parts.push(part));
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

// Compiled while it comes. The answer itself goes to the browser, which then finds what it compiled
// last time; a copy is counted. Some hosts send a type with which browsers do not compile.
async function compiled(answer) {
  const copy = read(WASM, answer.clone());
  const typed = /^application\/wasm$/i.test(answer.headers.get("content-type"));
  const right = typed ? answer : new Response(answer.body, { headers: { "content-type": "application/wasm" } });
  const module = WebAssembly.compileStreaming(right);
  module.catch(() => {}); // first see whether all of it came
  await copy;
  return module.catch((error) => { throw new Fault("wrong", WASM, error); });
}

async function unpacked(packed) {
  if (packed[0] !== 0x1f) return packed;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const checks = {
  [STDLIB](content) { // a whole archive has its list at the end
    const end = content.subarray(-22);
    if (end[0] !== 0x50 || end[1] !== 0x4b || end[2] !== 5) throw new Error("not a whole archive");
    return content;
  },
  [LOCK](content) {
    JSON.parse(new TextDecoder().decode(content));
    return content;
  },
  async [BUNDLE](content) {
    const tar = await unpacked(content);
    if (new TextDecoder().decode(tar.subarray(257, 262)) !== "ustar") throw new Error("not an archive");
    return tar;
  },
};

async function content(file, url, cache) {
  const answer = await asked(file, url, cache);
  if (file === WASM) return compiled(answer);
  const found = await bytes(file, answer);
  try {
    return await (checks[file]?.(found) ?? found);
  } catch (error) {
    throw new Fault("wrong", file, error);
  }
}

// The content of every file, as promises: all are asked for at once. One that is not what was built,
// an old one or a page that a proxy left in a cache, is asked for once more past every cache.
function fetchAll(urls, again) {
  const files = {};
  for (const [file, url] of Object.entries(urls)) {
    const fresh = () => content(file, url, "reload");
    const once = again.includes(file) ? fresh() : content(file, url, "default");
    files[file] = once.catch((fault) => {
      if (fault.why !== "wrong" || again.includes(file)) throw fault;
      return fresh();
    });
    files[file].catch((fault) => fail(fault.told ?? ["python", file, message(fault)]));
  }
  return files;
}

// The files of a tar archive (ustar), written below a folder of Python's file system.
function untar(fs, content, folder) {
  const text = (at, n) => {
    const end = content.subarray(at, at + n).indexOf(0);
    return new TextDecoder().decode(content.subarray(at, end < 0 ? at + n : at + end));
  };
  const made = new Set();
  for (let at = 0; at + 512 <= content.length && content[at]; ) {
    const prefix = text(at + 345, 155);
    const path = `${folder}/${prefix ? prefix + "/" : ""}${text(at, 100)}`;
    const size = parseInt(text(at + 124, 12), 8);
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) fs.mkdirTree(parent);
    made.add(parent);
    fs.writeFile(path, content.subarray(at + 512, at + 512 + size), { canOwn: true });
    at += 512 + 512 * Math.ceil(size / 512);
  }
}

// ------------------------------------------------------------------------------------- start

// Runs a script that has been fetched, out of the browser's cache. That one may not keep it, or
// the host's type be none of a script: then its text is run.
function run(file, url, content) {
  postMessage({ runs: file });
  try {
    importScripts(url);
  } catch (error) {
    const blob = URL.createObjectURL(new Blob([content], { type: "text/javascript" }));
    try {
      importScripts(blob);
    } catch {
      throw trouble("wrong", file, error);
    } finally {
      URL.revokeObjectURL(blob);
    }
  }
  postMessage({ runs: "" });
}

// Pyodide gets what is here already, where it would fetch and compile.
function handOver(files) {
  self.fetch = (url, ...options) => {
    const file = String(url).split("/").pop();
    if (file === WASM) return Promise.resolve(new Response());
    return file in files ? files[file].then((content) => new Response(content)) : fetched(url, ...options);
  };
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const module = await files[WASM];
    await Promise.all([files[STDLIB], files[LOCK]]); // it asks for both when it runs, and waits for ever
    try {
      const instance = await WebAssembly.instantiate(module, imports);
      postMessage({ busy: true });
      return { module, instance };
    } catch (error) {
      throw trouble("refused", WASM, error);
    }
  };
}

async function boot({ pyodide, urls, again, language }) {
  try { // the smallest module: a policy that forbids WebAssembly is known before all is fetched
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  } catch (error) {
    throw trouble("refused", WASM, error);
  }
  const files = fetchAll(urls, again);
  for (const file of SCRIPTS) run(file, urls[file], await files[file]);
  handOver(files);
  const python = await loadPyodide({
    indexURL: pyodide,
    env: { HOME: "/tmp", CASEBOOK_LANGUAGE: language },
  });
  postMessage({ busy: false });
  untar(python.FS, await files[BUNDLE], FOLDER);
  python.runPython(`import sys; sys.path.insert(0, '${FOLDER}')`);
  add = async (content) => {
    untar(python.FS, await checks[BUNDLE](content), FOLDER);
    python.runPython("import importlib; importlib.invalidate_caches()");
  };
  const live = python.pyimport("casebook.web.explorer.live");
  live.start();
  respond = live.respond;
  tidy = live.tidy;
}

self.onmessage = async ({ data }) => {
  if (data.boot) {
    const failed = new Promise((_, reject) => (fail = reject));
    try {
      await Promise.race([failed, boot(data.boot)]);
      postMessage({ ready: true });
    } catch (error) {
      postMessage({ failed: Array.isArray(error) ? error : ["python", "", message(error)] });
    }
  } else if (data.sums) tell_sums(data.sums);
  else if (data.tidy) tidy();
  else
    try {
      const answer = data.add ? await add(new Uint8Array(data.add)) : respond(data.request);
      postMessage({ id: data.id, answer });
    } catch (error) {
      postMessage({ id: data.id, error: message(error) });
    }
};
postMessage({ alive: true });
