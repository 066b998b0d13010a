"""A real browser: Debian's Chromium, headless, driven by its debugging protocol over a WebSocket."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.interop.peers.process import missing
from tests.waiting import until

__all__ = ["Browser", "Tab"]

_FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-default-apps", "--disable-dev-shm-usage",
    "--remote-debugging-port=0", "--hide-scrollbars", "--mute-audio", "--force-color-profile=srgb",
]  # fmt: skip


_AIM = """(async () => {
  const [wanted, within, kind] = [%s, %s, %s];
  const name = (each) => each.getAttribute('aria-label') || each.innerText.trim();
  const all = [...document.querySelectorAll(within)].flatMap((each) => [...each.querySelectorAll(kind)]);
  const found = all.find((each) => name(each) === wanted && !each.disabled)
    || all.find((each) => name(each).startsWith(wanted) && !each.disabled);
  if (!found) return null;
  found.scrollIntoView({block: 'center', inline: 'center'});
  const place = () => { const {x, y, width, height} = found.getBoundingClientRect(); return [x, y, width, height]; };
  const before = String(place());
  await new Promise((done) => setTimeout(done, 25));
  const [x, y, width, height] = place();
  if (!found.isConnected || !width || String([x, y, width, height]) !== before) return null;
  window.aimed = false;
  found.addEventListener('click', () => { window.aimed = true; }, {once: true, capture: true});
  return [x + Math.min(width, 60) / 2, y + height / 2];
})()"""
_FIELD = """[...document.querySelectorAll('input, textarea')].find((each) =>
  each.getAttribute('aria-label') === %s || each.placeholder === %s
  || (each.closest('label') && each.closest('label').innerText.trim().startsWith(%s)))"""


class Tab:
    """One page of the browser. Text is found as a person finds it: by what is written."""

    def __init__(
        self,
        socket: ClientConnection,
        target: str,
        script: str = "",
        pressed: set[str] | None = None,
    ) -> None:
        self._socket = socket
        self.target = target
        self._number = 0
        self._pressed = set[str]() if pressed is None else pressed
        self.errors: list[str] = []
        """What the page's console complained of."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        if script:
            self.ask("Runtime.addBinding", name="pressedControl")
            self.ask("Page.addScriptToEvaluateOnNewDocument", source=script)

    def ask(self, method: str, **params: Any) -> Any:
        """One request of the protocol, and its answer."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=60))
            if message.get("id") == self._number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message["method"] == "Runtime.bindingCalled":
            self._pressed.add(params["payload"])
        if message["method"] == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif message["method"] == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    def js(self, expression: str) -> Any:
        """The value of an expression in the page."""
        found = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"])
        return found["result"].get("value")

    def open(self, address: str) -> None:
        """Go to an address."""
        self.ask("Page.navigate", url=address)
        self.until("document.readyState === 'complete'")

    def size(self, width: int, height: int, dark: bool = False) -> None:
        """The window's size in pixels, and its colours."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        scheme = "dark" if dark else "light"
        self.ask(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    # ------------------------------------------------------------------------ looking

    def until(self, expression: str, timeout: float = 30.0) -> Any:
        """Wait until an expression is true in the page; give its value."""
        # An element is no value to be handed over; that it is there is.
        asked = f"(v => v instanceof Node || v)({expression})"
        try:
            # What raises is a page that is on its way.
            return until(lambda: self.js(asked), timeout, step=0.03, forgiving=AssertionError)
        except AssertionError:
            shown = self.js("document.body ? document.body.innerText.slice(0, 3000) : ''")
            raise AssertionError(
                f"not within {timeout} s: {expression}\n{self.errors}\n{shown}"
            ) from None

    def see(self, text: str, timeout: float = 30.0) -> None:
        """Wait until a text is shown."""
        self.until(f"document.body.innerText.includes({json.dumps(text)})", timeout)

    def gone(self, text: str, timeout: float = 30.0) -> None:
        """Wait until a text is shown no more."""
        self.until(f"!document.body.innerText.includes({json.dumps(text)})", timeout)

    def text(self, selector: str) -> str:
        """The text of the first element of a selector."""
        return str(self.js(f"(document.querySelector({json.dumps(selector)})||{{}}).innerText||''"))

    def value(self, attribute: str, part: str = "value") -> str:
        """What a live cell shows."""
        name = json.dumps(attribute)
        return str(
            self.js(
                f"[...document.querySelectorAll('[data-part={part}]')]"
                f".filter(e => e.dataset.attribute.toLowerCase() === {name}.toLowerCase())"
                ".map(e => e.textContent)[0] || ''"
            )
        )

    def until_value(self, attribute: str, fits: Callable[[str], bool], part: str = "value") -> str:
        """Wait until a live cell shows something that fits."""
        shown = ""

        def shows() -> bool:
            nonlocal shown
            shown = self.value(attribute, part)
            return fits(shown)

        try:
            until(shows, step=0.03)
        except AssertionError:
            raise AssertionError(f"{attribute} shows {shown!r}") from None
        return shown

    # ------------------------------------------------------------------------- acting

    def click(
        self, text: str, within: str = "body", kind: str = "button, a, summary, label"
    ) -> None:
        """Click the first thing to click on that is called so (its text, or its label), with the mouse.

        A page that is still being drawn moves: it is clicked once it stands still, and again if it was missed.
        """
        deadline = time.monotonic() + 30
        while True:
            self.press(*self.until(_AIM % tuple(map(json.dumps, (text, within, kind)))))
            if not self._missed():
                return
            assert time.monotonic() < deadline, f"{text} moves away"

    def _missed(self) -> bool:
        try:
            return bool(self.js("window.aimed === false"))
        except AssertionError:
            return False  # the click has led to another page

    def press(self, x: float, y: float) -> None:
        """The left mouse button at a place."""
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def fill(self, label: str, text: str, enter: bool = False) -> None:
        """Type into the field that is called so, in the place of what is there."""
        field = _FIELD % ((json.dumps(label),) * 3)
        deadline = time.monotonic() + 30
        while True:
            self.until(
                f"(found => {{ if (!found || found.disabled) return false;"
                f" found.scrollIntoView({{block: 'center'}}); found.focus(); found.select(); return true; }})({field})"
            )
            if text:
                self.ask("Input.insertText", text=text)
            else:
                self.key("Delete")
            # A field that was drawn anew meanwhile has got nothing of it.
            if self.js(f"(found => found && found.value === {json.dumps(text)})({field})"):
                break
            assert time.monotonic() < deadline, f"{label} does not take {text!r}"
        if enter:
            self.key("Enter")

    def key(self, name: str, control: bool = False) -> None:
        """A key of the keyboard."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "Delete": 46, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
                 "ArrowDown": 40, "k": 75}  # fmt: skip
        press: dict[str, Any] = {
            "key": name, "windowsVirtualKeyCode": codes[name], "modifiers": 2 if control else 0,
            "code": "KeyK" if name == "k" else name,
        }  # fmt: skip
        if name == "Enter":
            press["text"] = "\r"
        self.ask("Input.dispatchKeyEvent", type="keyDown", **press)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **press)

    def choose(self, label: str, option: str) -> None:
        """Take an option of the list that is called so."""
        self.until(
            f"""(() => {{
              const found = [...document.querySelectorAll('select')].find((each) =>
                each.getAttribute('aria-label') === {json.dumps(label)});
              const option = found && [...found.options].find((each) => each.text === {json.dumps(option)});
              if (!option) return false;
              found.value = option.value; found.dispatchEvent(new Event('change', {{bubbles: true}}));
              return true;
            }})()"""
        )

    def picture(self, path: Path) -> None:
        """Keep what is seen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        data = self.ask("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def hide(self, hidden: bool = True) -> None:
        """Have the page believe that it is not seen (or that it is again)."""
        state = "hidden" if hidden else "visible"
        self.js(
            f"Object.defineProperty(document, 'hidden', {{value: {json.dumps(hidden)}, configurable: true}});"
            f"Object.defineProperty(document, 'visibilityState', {{value: '{state}', configurable: true}});"
            "document.dispatchEvent(new Event('visibilitychange')); 1"
        )

    def close(self) -> None:
        """Close the connection to the page, once it has told everything."""
        try:
            self.ask("Page.getNavigationHistory")
        except (ConnectionClosed, AssertionError):
            pass  # the page is gone already
        self._socket.close()


class Browser:
    """A Chromium with a profile of its own; each tab may have cookies of its own."""

    def __init__(self, directory: Path, script: str = "", pressed: set[str] | None = None) -> None:
        """Start nothing yet.

        Args:
            directory: Of its profile.
            script: What runs first in every page; it may call ``pressedControl(name)``.
            pressed: Where the names go that it calls with.
        """
        self._script = script
        self._pressed = pressed
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if program is None:
            missing("chromium is not installed (Debian package chromium)")
        self._program = str(program)
        self._directory = directory
        self._tabs: list[Tab] = []
        self._open = ExitStack()

    def __enter__(self) -> Browser:
        profile = self._directory / "chromium"
        self._log = (self._directory / "chromium.log").open("wb")
        self._process = subprocess.Popen(
            [self._program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "HOME": str(self._directory)},
        )  # fmt: skip
        told = profile / "DevToolsActivePort"
        process = self._process

        def has_told() -> bool:
            assert process.poll() is None
            return told.exists() and "\n" in told.read_text()

        try:
            until(has_told, step=0.03)
        except AssertionError:
            self._end()
            log = (self._directory / "chromium.log").read_text("utf-8", "replace")
            raise RuntimeError(log) from None
        self._port, path = told.read_text().split("\n")[:2]
        self._control = self._connect(path)
        self._asked = 0
        return self

    def _connect(self, path: str) -> ClientConnection:
        address = f"ws://127.0.0.1:{self._port}{path}"
        return self._open.enter_context(
            connect(address, max_size=None, compression=None, ping_interval=None)
        )

    @property
    def pid(self) -> int:
        """The browser's process; its renderers are its children."""
        return self._process.pid

    def _order(self, method: str, **params: Any) -> Any:
        self._asked += 1
        self._control.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            message = json.loads(self._control.recv(timeout=60))
            if message.get("id") == self._asked:
                return message["result"]

    def tab(self, address: str = "about:blank", width: int = 1360, height: int = 860) -> Tab:
        """A page with cookies of its own."""
        context = self._order("Target.createBrowserContext")["browserContextId"]
        target = self._order("Target.createTarget", url="about:blank", browserContextId=context)[
            "targetId"
        ]
        socket = self._connect(f"/devtools/page/{target}")
        tab = Tab(socket, target, self._script, self._pressed)
        self._tabs.append(tab)
        tab.size(width, height)
        if address != "about:blank":
            tab.open(address)
        return tab

    def close_tab(self, tab: Tab) -> None:
        """Close a page, as a person does."""
        tab.close()
        self._tabs.remove(tab)
        self._order("Target.closeTarget", targetId=tab.target)

    def _end(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for tab in self._tabs:
            tab.close()
        self._open.close()
        self._end()
