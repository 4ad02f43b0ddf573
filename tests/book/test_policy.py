"""The policy of the site: no script but its own, in every page, and nothing lost by it."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from casebook.web.build import policy

PAGE = """<!doctype html><html><head>
<meta charset="utf-8" />
<script>\r\nlet x = 1;\r\n</script><script src="a.js"></script>
<script type="application/json">{"a": "<b onclick=x>"}</script></head>
<body><button onclick="window.print()" title="Print">Print</button><p on="x">A > b</p></body></html>
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("index.html", "book/page.html", "lite/index.html", "_static/part.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PAGE, encoding="utf-8", newline="")
    policy.make(tmp_path)
    return tmp_path


def told(page: Path) -> dict[str, list[str]]:
    """The directives of the one policy of a page."""
    html = page.read_text(encoding="utf-8")
    (text,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)
    return {name: sources for name, *sources in map(str.split, text.split("; "))}


def test_a_script_in_a_page_is_allowed_by_its_hash_alone(site: Path) -> None:
    hashed = base64.b64encode(hashlib.sha256(b"\nlet x = 1;\n").digest()).decode()
    found = told(site / "book" / "page.html")
    assert found["script-src"] == ["'self'", "'wasm-unsafe-eval'", f"'sha256-{hashed}'"]
    assert found["default-src"] == ["'self'"] and found["object-src"] == ["'none'"]


def test_the_page_is_whole_and_its_button_has_no_script(site: Path) -> None:
    html = (site / "index.html").read_text(encoding="utf-8")
    assert html.index("charset") < html.index("Content-Security-Policy") < html.index("<script")
    assert '<button data-print="" title="Print">' in html
    assert policy.OWN.sub("", html).replace(*reversed(policy.PRINT)).split() == PAGE.split()


def test_a_second_run_changes_nothing(site: Path) -> None:
    before = {p: p.read_bytes() for p in site.rglob("*") if p.is_file()}
    policy.make(site)
    assert before == {p: p.read_bytes() for p in site.rglob("*") if p.is_file()}


def test_notebooks_in_the_browser_may_do_more_and_parts_of_programs_are_left(site: Path) -> None:
    assert "'unsafe-eval'" in told(site / "lite" / "index.html")["script-src"]
    assert "'unsafe-eval'" not in told(site / "index.html")["script-src"]
    assert (site / "_static" / "part.html").read_bytes() == PAGE.encode()


def test_hosts_are_told_the_same(site: Path) -> None:
    (own,) = re.findall(r'content="([^"]*)"', (site / "index.html").read_text(encoding="utf-8"))
    headers = (site / "_headers").read_text(encoding="utf-8")
    rules = dict(re.findall(r"^(/\S*)\n  Content-Security-Policy: (.*)$", headers, re.MULTILINE))
    assert list(rules) == ["/", "/index.html", "/_static/*", "/book/*", "/lite/*"]
    assert rules["/book/*"] == own != rules["/lite/*"]
    assert max(map(len, headers.splitlines())) < 2000, "more than a host reads"
    for name in (".htaccess", "policy-nginx.conf"):
        text = (site / name).read_text(encoding="utf-8")
        assert own in text and rules["/lite/*"] in text and "nosniff" in text
        assert re.search(r"application/wasm\s+\.?wasm", text)


def test_a_handler_in_a_tag_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p onclick='go()'>x</p>", encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.html: a handler in a tag.*onclick"):
        policy.make(tmp_path)
