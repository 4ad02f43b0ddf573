"""The explorers in Firefox too: Debian's firefox-esr, driven by its own WebDriver BiDi.

Firefox is asked directly over a WebSocket (https://www.w3.org/TR/webdriver-bidi/): Playwright can
drive it only in a build of its own, or with commands that the release of Debian does not know.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import explorer_page
from test_explorer import (
    ELEMENT,
    FAR,
    SET,
    assert_same,
    expected,
    python_is_there,  # noqa: F401 (a fixture of every test here)
    settings,
)
from websocket import create_connection

from casebook.explore import explore
from casebook.models import model

PROGRAM = shutil.which(os.environ.get("FIREFOX", "firefox-esr"))
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no Firefox: apt install firefox-esr, or set FIREFOX to its path"
)
NAMES = ("transactional", "strategic", "problem")
ARROW = "\ue014"  # the right one, as WebDriver writes it
#: The first five are the guard that counts: all but this machine is asked of a proxy that is not
#: there. The others keep Firefox from trying, with those that WebDriver BiDi itself sets.
PREFERENCES = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "media.gmp-manager.updateEnabled": False,
    "services.settings.server": "data:,",
}
#: Without it a release of Firefox does not heed the last one.
ENVIRONMENT = {"MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"}
#: What a test reads of an explorer.
ANSWER = """async (selector) => {
  const e = document.querySelector(selector);
  await e.asking;
  const figure = e.drawings[e.shape].svg;
  return { metrics: e.metrics, numbers: e.cells.map((c) => c.textContent),
    message: figure.ariaLabel,
    data: [...figure.querySelectorAll("[id*='-data-']")].map((part) => part.outerHTML).join("") };
}"""


def is_its_own(log: dict[str, Any]) -> bool:
    """Whether an error is Firefox's own: of the empty document that a page takes the place of.

    Some releases say it when the script that comes first is about to run there. What a script of a
    page does wrong has a place in it.
    """
    stopped = log["text"].startswith("Error: Permission denied to access property")
    return stopped and not log.get("stackTrace")


class Firefox:
    """Headless Firefox with a profile of its own in `folder`."""

    def __init__(self, folder: Path) -> None:
        prefs = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
        (folder / "user.js").write_text("\n".join(prefs), encoding="utf-8")
        self.numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            [PROGRAM, "--headless", "--no-remote", "--remote-debugging-port=0",
             "--profile", os.fspath(folder), "about:blank"],
            env=os.environ | ENVIRONMENT | {"HOME": os.fspath(folder)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self.socket = create_connection(self.address(folder), 60, suppress_origin=True)
            self.send("session.new", capabilities={})
            self.send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
            self.send("script.addPreloadScript", functionDeclaration=f"() => {{ {FAR} }}")
        except BaseException:
            self.process.kill()
            raise

    def address(self, folder: Path) -> str:
        """Where Firefox listens: it writes that into the profile."""
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                place = json.loads((folder / "WebDriverBiDiServer.json").read_text())
                return f"ws://{place['ws_host']}:{place['ws_port']}/session"
            time.sleep(0.05)
        raise TimeoutError(f"{PROGRAM} did not start (exit code {self.process.poll()})")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a command; what happens before it comes is kept in `events`."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != number:
            self.events.append(answer)
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
        return answer["result"]

    def run(self, function: str, *arguments: Any) -> Any:
        """What a function of the page returns, by way of JSON."""
        answer = self.send(
            "script.callFunction",
            functionDeclaration="async (text) => JSON.stringify("
            f"(await ({function})(...JSON.parse(text))) ?? null)",
            arguments=[{"type": "string", "value": json.dumps(arguments)}],
            target={"context": self.tab},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def press(self, key: str) -> None:
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        keyboard = {"type": "key", "id": "keyboard", "actions": strokes}
        self.send("input.performActions", context=self.tab, actions=[keyboard])

    @contextlib.contextmanager
    def opened(self, url: str) -> Iterator[None]:
        """A page in a new tab that may ask only its own server and has no error of any kind."""
        self.events.clear()
        self.tab = self.send("browsingContext.create", type="tab")["context"]
        self.send("browsingContext.navigate", context=self.tab, url=url, wait="complete")
        # that is told too early when the page writes the scenario into its address meanwhile
        self.run("async () => { if (document.readyState !== 'complete')"
                 " await new Promise((done) => addEventListener('load', done)); }")  # fmt: skip
        yield
        self.send("browsingContext.close", context=self.tab)
        home = "/".join(url.split("/")[:3])
        assert url in self.asked()
        wrong = [asked for asked in self.asked() if not asked.startswith((home, "data:", "blob:"))]
        logs = [e["params"] for e in self.events if e["method"] == "log.entryAdded"]
        wrong += [log["text"] for log in logs if log["level"] == "error" and not is_its_own(log)]
        assert not wrong, "\n".join(wrong)

    def asked(self) -> list[str]:
        """The addresses that the page has asked for."""
        return [e["params"]["request"]["url"] for e in self.events
                if e["method"] == "network.beforeRequestSent"]  # fmt: skip

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.send("browser.close")
            self.process.wait(20)
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    firefox = Firefox(tmp_path_factory.mktemp("firefox"))
    yield firefox
    firefox.close()


def selector(name: str) -> str:
    return f"{ELEMENT}[case={name}]"


@pytest.mark.parametrize("name", NAMES)
def test_before_the_first_touch_figure_and_table_are_there(name, firefox, base):
    with firefox.opened(base + explorer_page(name)):
        seen = firefox.run(
            """(selector) => ["figure svg", ".cb-shown", "form"].map((part) =>
              [...document.querySelector(selector).querySelectorAll(part)]
                .some((one) => one.checkVisibility()))""",
            selector(name),
        )
        assert seen == [True, True, True]
        assert not [url for url in firefox.asked() if "pyodide" in url]


@pytest.mark.parametrize("name", NAMES)
def test_firefox_gives_the_same_numbers_and_moves_the_picture(name, firefox, base):
    with firefox.opened(base + explorer_page(name)):
        data = {firefox.run(ANSWER, selector(name))["data"]}

        def check(places: dict[str, int]) -> None:
            found, wanted = firefox.run(ANSWER, selector(name)), expected(name, places)
            if found["metrics"]:  # a stored answer has none
                assert_same(found["metrics"], wanted["metrics"], places)
            assert found["numbers"] == wanted["numbers"]
            assert found["message"] == wanted["message"]
            assert found["data"] not in data  # none of these settings has the figure of another
            data.add(found["data"])

        base_case, *moves = settings(name, 3)
        for places in moves:
            firefox.run(
                f"(selector, places) => ({SET})([document.querySelector(selector), places])",
                selector(name),
                places,
            )
            check(places)

        # by the keyboard, from the base case
        firefox.run("(s) => { const e = document.querySelector(s); e.do_reset();"
                    " e.inputs[0].focus(); }", selector(name))  # fmt: skip
        firefox.press(ARROW)
        control = explore(model(name)).controls[0]
        at = control.at + 1
        told = firefox.run("() => [document.activeElement.name,"
                           " document.activeElement.getAttribute('aria-valuetext')]")  # fmt: skip
        assert told == [control.spec.name, control.texts[at]]
        check(base_case | {control.spec.name: at})
