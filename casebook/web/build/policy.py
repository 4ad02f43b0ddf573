"""The content security policy of the built site: what its pages may do in a browser.

    python -m casebook.web.build.policy _build/html

writes into every page what `data/policy.toml` allows, and beside the pages the same as the files
that common hosts read: `_headers` (Netlify, Cloudflare Pages), `.htaccess` (Apache) and
`policy-nginx.conf`. A script that stands in a page is allowed by its hash, so that no other can be
put there. Run again on the same site, it changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..._whole import write
from ...words import DATA

Directives = Mapping[str, list[str]]
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
#: A script that a browser runs has one of these types, or none.
RUN = re.compile(r"\btype=[\"']?(?!text/javascript|module)", re.IGNORECASE)
OWN = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n?')
#: The policy follows what a browser looks for in the first thousand bytes.
PLACES = [re.compile(p, re.IGNORECASE) for p in (r"<meta charset=[^>]*>\n?", r"<head[^>]*>\n?")]
TAG = re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=[^<>]*>", re.IGNORECASE)
#: The theme's one handler, and what stands in its place (casebook.js does it).
PRINT = (' onclick="window.print()"', ' data-print=""')
LITE = "lite"


def hashes(html: str) -> set[str]:
    """The sources, as a policy names them, of the scripts that stand in a page."""
    found = set()
    for attributes, text in SCRIPT.findall(html):
        if not re.search(r"\bsrc\s*=", attributes) and not RUN.search(attributes) and text:
            same = text.replace("\r\n", "\n").replace("\r", "\n")
            digest = hashlib.sha256(same.encode()).digest()
            found.add(f"'sha256-{base64.b64encode(digest).decode()}'")
    return found


def policy(directives: Directives, scripts: set[str]) -> str:
    """The text of a policy that also allows these scripts."""
    parts = {name: list(sources) for name, sources in directives.items()}
    parts["script-src"] += sorted(scripts)
    return "; ".join(" ".join([name, *sources]) for name, sources in parts.items())


def page(html: str, directives: Directives) -> tuple[str, set[str]]:
    """A page with its policy, and the hashes of its scripts. ValueError for a handler in a tag."""
    html = OWN.sub("", html.replace(*PRINT))
    if handler := TAG.search(SCRIPT.sub("", html)):
        raise ValueError(f"a handler in a tag, which no policy can name: {handler[0][:120]}")
    scripts = hashes(html)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(directives, scripts)}">\n'
    at = next((found.end() for place in PLACES if (found := place.search(html))), 0)
    return html[:at] + meta + html[at:], scripts


def make(site: Path) -> None:
    """Give every page of the site its policy, and its hosts theirs."""
    told: dict[str, Any] = tomllib.loads((DATA / "policy.toml").read_text(encoding="utf-8"))
    kinds = {"": told["pages"], LITE: told["pages"] | told[LITE]}
    scripts: dict[str, set[str]] = {kind: set() for kind in kinds}
    for path in sorted(site.rglob("*.html")):
        top, *rest = path.relative_to(site).parts
        if top == "_static":
            continue  # parts of programs, never shown
        kind = LITE if top == LITE and rest else ""
        before = path.read_text(encoding="utf-8")
        try:
            after, found = page(before, kinds[kind])
        except ValueError as error:
            raise ValueError(f"{path.relative_to(site)}: {error}") from None
        scripts[kind] |= found
        if after != before:
            write(path, after.encode())
    texts = {kind: policy(kinds[kind], scripts[kind]) for kind in kinds}
    pages = ["/", *(f"/{path.name}" for path in sorted(site.glob("*.html")))]
    tops = {path.relative_to(site).parts[0] for path in site.glob("*/**/*.html")} | {"_static"}
    own = [*pages, *(f"/{folder}/*" for folder in sorted(tops - {LITE}))]
    for name, text in hosts(texts, told, own).items():
        write(site / name, text.encode())


def hosts(policies: Mapping[str, str], told: Mapping[str, Any], own: list[str]) -> dict[str, str]:
    """The files of the hosts: name -> text; `own` are the addresses of pages but the notebooks'."""
    headers: dict[str, str] = told["headers"]
    types: dict[str, str] = told["types"]
    name = "Content-Security-Policy"
    plain = "".join(f"  {key}: {value}\n" for key, value in headers.items())
    # two rules for one address would both hold: each part of the site has its own
    netlify = f"/*\n{plain}" + "".join(
        f"{folder}\n  {name}: {policies[kind]}\n"
        for kind, places in (("", own), (LITE, [f"/{LITE}/*"]))
        for folder in places
    )
    apache = (
        "".join(f"AddType {kind} .{ending}\n" for ending, kind in types.items())
        + "<IfModule mod_headers.c>\n"
        + "".join(f'  Header always set {key} "{value}"\n' for key, value in headers.items())
        + f'  <If "%{{REQUEST_URI}} =~ m#/{LITE}/#">\n'
        + f'    Header always set {name} "{policies[LITE]}"\n  </If>\n  <Else>\n'
        + f'    Header always set {name} "{policies[""]}"\n  </Else>\n</IfModule>\n'
    )
    listed = "".join(
        f"    {kind} {' '.join(e for e, k in types.items() if k == kind)};\n"
        for kind in dict.fromkeys(types.values())
    )
    always = "".join(f'add_header {key} "{value}" always;\n' for key, value in headers.items())
    nginx = (
        "# Within `server { … }`: include policy-nginx.conf;\n"
        f"include mime.types;\ntypes {{\n{listed}}}\n{always}"
        f'set $policy "{policies[""]}";\n'
        f'if ($uri ~ "/{LITE}/") {{ set $policy "{policies[LITE]}"; }}\n'
        f"add_header {name} $policy always;\n"
    )
    return {"_headers": netlify, ".htaccess": apache, "policy-nginx.conf": nginx}


def main() -> None:
    """The command line: the folder of the built site."""
    try:
        make(Path(sys.argv[1]))
    except (IndexError, ValueError) as error:
        sys.exit(f"{error}\n{__doc__}")


if __name__ == "__main__":
    main()
