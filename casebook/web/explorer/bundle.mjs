// Node: run bundle.py inside Pyodide, so that what it compiles fits the Python of the browser.
//     node bundle.mjs PYODIDE_FOLDER REPOSITORY NAMES_FOLDER OUTPUT_FOLDER
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [pyodide, repository, names, output] = process.argv.slice(2).map((p) => path.resolve(p));
globalThis.require = createRequire(pathToFileURL(pyodide + "/"));
const { loadPyodide } = require(path.join(pyodide, "pyodide.js"));
const python = await loadPyodide({ indexURL: pyodide + "/", env: { HOME: "/tmp", PYTHONHASHSEED: "0" } });
await python.loadPackage(["numpy"], { messageCallback() {} });
for (const [from, to] of [[repository, "/book"], [names, "/names"], [output, "/out"]]) {
  python.FS.mkdirTree(to);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: from }, to);
}
python.runPython("import sys; sys.path[:0] = ['/names', '/book']; sys.dont_write_bytecode = True");
try {
  python.runPython(fs.readFileSync(path.join(repository, "casebook/web/explorer/bundle.py"), "utf8"));
} catch (error) {
  console.error(error.message); // not the error itself: node would print all of Pyodide around it
  process.exit(1);
}
process.exit(0);
