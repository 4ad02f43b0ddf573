// Node: print the list of fonts that matplotlib would else make in every reader's browser.
//     node fontlist.mjs PYODIDE_FOLDER
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const pyodide = path.resolve(process.argv[2]);
globalThis.require = createRequire(pathToFileURL(pyodide + "/"));
const { loadPyodide } = require(path.join(pyodide, "pyodide.js"));
const env = { HOME: "/tmp", MPLBACKEND: "svg", PYTHONHASHSEED: "0" }; // the same list each time
const python = await loadPyodide({ indexURL: pyodide + "/", env });
await python.loadPackage(["matplotlib"], { messageCallback() {} });
process.stdout.write(
  python.runPython(`
from matplotlib import font_manager
font_manager.json_dump(font_manager.fontManager, "/tmp/fonts.json")
open("/tmp/fonts.json").read()
`),
  () => process.exit(0),
);
