"""The samples for a server of one's own can be read, and say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from traitlets.config import PyFileConfigLoader

from casebook.web.build import policy

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
SITE = ROOT / "_build" / "html"


def test_both_hubs_give_a_student_the_same() -> None:
    hub = PyFileConfigLoader("jupyterhub_config.py", path=str(DEPLOY)).load_config()
    chart = yaml.safe_load((DEPLOY / "values.yaml").read_text(encoding="utf-8"))
    student = chart["singleuser"]
    assert hub.Spawner.mem_limit == student["memory"]["limit"]
    assert hub.Spawner.cpu_limit == student["cpu"]["limit"]
    assert hub.Spawner.default_url == student["defaultUrl"]
    assert hub.JupyterHub.active_server_limit == chart["hub"]["activeServerLimit"]
    (culler,) = hub.JupyterHub.services
    assert f"--timeout={chart['cull']['timeout']}" in culler["command"]
    assert f"--max-age={chart['cull']['maxAge']}" in culler["command"]
    (role,) = hub.JupyterHub.load_roles
    assert role["services"] == [culler["name"]]
    image, tag = hub.DockerSpawner.image.split(":")
    assert student["image"]["name"].endswith("/" + image) and student["image"]["tag"] == tag


def test_a_server_starts_with_a_notebook_that_there_is() -> None:
    chart = yaml.safe_load((DEPLOY / "values.yaml").read_text(encoding="utf-8"))
    assert (ROOT / chart["singleuser"]["defaultUrl"].removeprefix("/lab/tree/")).is_file()


def types() -> dict[str, str]:
    """Ending -> content type, of the sample for nginx."""
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert text.count("{") == text.count("}")
    (block,) = re.findall(r"types \{(.*?)\}", text, re.DOTALL)
    rules = [rule.split() for rule in block.split(";") if rule.strip()]
    endings = [ending for _, *rest in rules for ending in rest]
    assert len(endings) == len(set(endings))
    return {ending: kind for kind, *rest in rules for ending in rest}


def test_the_server_knows_the_type_of_every_file_that_a_page_asks_for() -> None:
    if not (SITE / "index.html").is_file():
        pytest.fail("the site is not built: run make book", pytrace=False)
    known = types()
    assert known["wasm"] == "application/wasm" and known["mjs"] == "text/javascript"
    # packed files and those that nobody opens may come as what they are: bytes
    plain = {"gz", "map", "mo", "po", "ico", "orig", "inv", "buildinfo", "eot", "ttf", "m4a", "tar"}
    plain.add("conf")  # for the server itself
    endings = {p.suffix[1:] for p in SITE.rglob("*") if p.is_file() and p.suffix}
    assert not endings - known.keys() - plain


def test_the_server_says_what_a_page_may_run_once() -> None:
    """Two policies, or a header twice, would be what both allow."""
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    (root,) = re.findall(r"\broot (\S+);", text)
    assert re.findall(r"\binclude (\S+);", text) == [f"{root}/nginx.conf"]
    given = policy.hosts({"book"}, [])["nginx.conf"]
    said = re.findall(r"\badd_header ([\w-]+)", text + given)
    assert policy.CSP in said and len(said) == len(set(said))
