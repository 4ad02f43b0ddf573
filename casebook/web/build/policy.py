"""What a page may load and run: a content security policy in every page, and for the web server.

    python -m casebook.web.build.policy _build/html

writes the policy into the head of every page, where it holds on any host, and the same with some
other headers into `_headers` (Netlify, Cloudflare Pages), `.htaccess` (Apache) and `nginx.conf`
(a part to include), for the hosts that read those. A script that stands in a page is allowed by its
checksum and no other is. Runs on its own output too.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64encode
from collections.abc import Iterable
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from ..._whole import write
from .parts import each

#: Directive -> what it allows, for every page but those of JupyterLite. Pyodide is WebAssembly; the
#: styles are in the attributes of figures and widgets; a script that a host gives a wrong type is
#: run from a blob, and so is the sound of a lecture.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
#: For the worker of the explorers, which has the policy of its own file.
STATIC = POLICY | {"script-src": "'self' 'wasm-unsafe-eval' blob:"}
#: JupyterLite is there to run what its reader writes; it makes functions out of texts (to check its
#: settings), and its kernel and extensions come out of blobs.
LITE = POLICY | {
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "connect-src": "'self' data: blob:",
}
CSP = "Content-Security-Policy"
#: The other headers. Who may show a page in a frame is not restricted: explorers are made for that.
HEADERS = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
APACHE = """\
# For Apache, in the folder of the site.
AddType application/wasm .wasm
AddType text/javascript .js .mjs
<IfModule mod_headers.c>
{headers}\
  Header always set Content-Security-Policy "{ours}" "expr=%{{REQUEST_URI}} !~ m#/(lite|_static)/#"
  Header always set Content-Security-Policy "{static}" "expr=%{{REQUEST_URI}} =~ m#/_static/#"
  Header always set Content-Security-Policy "{lite}" "expr=%{{REQUEST_URI}} =~ m#/lite/#"
</IfModule>
"""
NGINX = """\
# For nginx, into the server of the site: include /path/of/the/site/nginx.conf;
# Of its types, application/wasm must be one (it is since 1.21).
set $casebook "{ours}";
if ($uri ~ /_static/) {{ set $casebook "{static}"; }}
if ($uri ~ /lite/) {{ set $casebook "{lite}"; }}
add_header Content-Security-Policy $casebook always;
{headers}"""
META = '<meta http-equiv="Content-Security-Policy" content="{}">'
_OLD = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
#: The encoding of a page must stand in its first thousand bytes; the policy comes after it.
_HEAD = re.compile(r"<head\b[^>]*>(?:.{0,600}?<meta charset=[^>]*>)?", re.DOTALL | re.IGNORECASE)
#: In small letters alone, as all of ours are: so it is found fast. Others would be refused.
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
#: Scripts with an address, and blocks of data.
_OTHER = re.compile(
    r"\bsrc\s*=|\btype\s*=\s*[\"']?(?!module\b|text/javascript\b)[\w/]", re.IGNORECASE
)
#: The one handler in an attribute that the theme has; casebook.js prints instead.
_PRINT = 'onclick="window.print()"'
PRINT = 'data-page="print"'
#: The plugin of reveal.js for speakers, and the page that it writes into a window of its own.
NOTES = "vendor/reveal/notes.js"
_WRITTEN = re.compile(r'"(?=[^"]{0,400}<html)(?:[^"\\]|\\.)*"')


def make(site: Path) -> None:
    """Put the policy into the pages of a site, and write the files for its host."""
    places = {page: page.relative_to(site).parts[0] for page in sorted(site.rglob("*.html"))}
    ours = {page: name for page, name in places.items() if name not in ("_static", "_sources")}
    allowed = set[str]().union(*each(partial(_put, speaker_view(site)), [*ours.items()]))
    for name, content in hosts(set(ours.values()), allowed).items():
        write(site / name, content.encode())


def _put(view: set[str], where: tuple[Path, str]) -> set[str]:
    """Put the policy into a page, at its place in the site; the checksums of its scripts."""
    page, place = where
    old = page.read_text(encoding="utf-8")
    text = old.replace(_PRINT, PRINT)
    base, found = (LITE, set[str]()) if place == "lite" else (POLICY, scripts(text))
    if NOTES in text:
        found |= view
    if (new := _with(text, policy(base, found))) != old:
        write(page, new.encode())
    return found


def scripts(text: str) -> set[str]:
    """The checksums, as a policy has them, of the scripts that stand in a page."""
    return {_sum(body) for given, body in _SCRIPT.findall(text) if not _OTHER.search(given)}


@cache
def _sum(body: str) -> str:
    """The checksum of a script; to a browser the end of a line is one sign."""
    found = sha256(body.replace("\r\n", "\n").encode()).digest()
    return f"'sha256-{b64encode(found).decode()}'"


def speaker_view(site: Path) -> set[str]:
    """The checksum of the script in the window for speakers, which reveal.js writes itself."""
    if not (file := site / "_static" / NOTES).is_file():
        return set()
    page = _WRITTEN.search(file.read_text(encoding="utf-8"))
    if not page:
        raise ValueError(
            f"{file} does not write its window as it did: see casebook.web.build.policy"
        )
    return scripts(json.loads(re.sub(r"\\x(..)", r"\\u00\1", page[0])))


def policy(base: dict[str, str], allowed: Iterable[str] = ()) -> str:
    """A policy in one line, with the scripts allowed by checksum."""
    script = " ".join([base["script-src"], *sorted(allowed)])
    return "; ".join(f"{name} {what}" for name, what in (base | {"script-src": script}).items())


def _with(text: str, said: str) -> str:
    """A page with this policy and no other: before all that it loads."""
    text = _OLD.sub("", text)
    start = re.search(r"<(?:link|script|style)\b", text)
    head = _HEAD.search(text, 0, start.start() if start else len(text))
    at = head.end() if head else 0
    return text[:at] + META.format(said) + text[at:]


def hosts(places: Iterable[str], allowed: Iterable[str]) -> dict[str, str]:
    """The files for the hosts that read one, by name.

    `places` are the pages and folders at the root of the site that have a policy. No file gets
    two: a browser keeps to both, and JupyterLite could not start.
    """
    ours, static, lite = policy(POLICY, allowed), policy(STATIC), policy(LITE)
    named = {"lite": lite, "_static": static}
    blocks = {"/*": HEADERS, "/": {CSP: ours}} | {
        f"/{place}" + ("" if place.endswith(".html") else "/*"): {CSP: named.get(place, ours)}
        for place in sorted({*places, "_static"})
    }
    netlify = []
    for place, headers in blocks.items():
        netlify += [place, *(f"  {name}: {value}" for name, value in headers.items())]
    return {
        "_headers": "\n".join([*netlify, ""]),
        ".htaccess": APACHE.format(
            headers="".join(f'  Header always set {n} "{v}"\n' for n, v in HEADERS.items()),
            ours=ours, static=static, lite=lite,
        ),
        "nginx.conf": NGINX.format(
            headers="".join(f'add_header {n} "{v}" always;\n' for n, v in HEADERS.items()),
            ours=ours, static=static, lite=lite,
        ),
    }  # fmt: skip


def main(site: str) -> None:
    """The command line."""
    make(Path(site))


if __name__ == "__main__":
    main(*sys.argv[1:])
