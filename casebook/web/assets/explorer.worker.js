// The worker that runs Python for the explorers of a page: one for all of them.
//   in:   {boot: {pyodide, bundle, bytes}}     then {id, request}    or {tidy: true}
//   out:  {progress: {done, total}} … {ready: true}   then {id, answer}   or {id, error} {failed}
let respond, tidy;

// Counts what arrives, so that the page can say honestly how far it is. The promise that it gives
// fails with the first file that cannot be had: Pyodide itself may wait for that one for ever.
function counted(total) {
  let done = 0, fail;
  const fetched = self.fetch;
  const broken = new Promise((_, failed) => (fail = failed));
  self.fetch = async (...request) => {
    const answer = await fetched(...request).catch((error) => { fail(error); throw error; });
    if (!answer.ok) {
      const error = new Error(`${answer.status} ${answer.url.split("/").pop()}`);
      fail(error);
      throw error;
    }
    const count = new TransformStream({
      transform(chunk, to) {
        done += chunk.byteLength;
        postMessage({ progress: { done: Math.min(done, total), total } });
        to.enqueue(chunk);
      },
    });
    const { status, headers } = answer;
    return new Response(answer.body.pipeThrough(count), { status, headers });
  };
  return broken;
}

async function unpacked(url) {
  const stream = (await fetch(url)).body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The files of a tar archive (ustar), written below a folder of Python's file system.
function untar(fs, bytes, folder) {
  const text = (at, n) => {
    const end = bytes.subarray(at, at + n).indexOf(0);
    return new TextDecoder().decode(bytes.subarray(at, end < 0 ? at + n : at + end));
  };
  const made = new Set();
  for (let at = 0; at + 512 <= bytes.length && bytes[at]; ) {
    const prefix = text(at + 345, 155);
    const path = `${folder}/${prefix ? prefix + "/" : ""}${text(at, 100)}`;
    const size = parseInt(text(at + 124, 12), 8);
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) fs.mkdirTree(parent);
    made.add(parent);
    fs.writeFile(path, bytes.subarray(at + 512, at + 512 + size), { canOwn: true });
    at += 512 + 512 * Math.ceil(size / 512);
  }
}

async function boot({ pyodide, bundle }) {
  const files = unpacked(bundle);
  files.catch(() => {}); // told below; Python's own files may fail first
  importScripts(pyodide + "pyodide.js");
  const python = await loadPyodide({
    indexURL: pyodide,
    env: { HOME: "/tmp", MPLBACKEND: "svg", MPLCONFIGDIR: "/tmp" },
  });
  untar(python.FS, await files, "/explorers");
  // matplotlib warns of parts that were left out of the bundle
  python.runPython("import sys, warnings; sys.path.insert(0, '/explorers'); warnings.simplefilter('ignore')");
  const live = python.pyimport("casebook.web.explorer.live");
  live.start();
  respond = live.respond;
  tidy = live.tidy;
}

self.onmessage = async ({ data }) => {
  if (data.boot) {
    try {
      const broken = counted(data.boot.bytes);
      await Promise.race([boot(data.boot), broken]);
      postMessage({ ready: true });
    } catch (error) {
      postMessage({ failed: String(error.message || error).trim().split("\n").pop() });
    }
  } else if (data.tidy) tidy();
  else
    try {
      postMessage({ id: data.id, answer: respond(data.request) });
    } catch (error) {
      postMessage({ id: data.id, error: String(error.message || error).trim().split("\n").pop() });
    }
};
