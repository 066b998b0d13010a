"""Devices that hang and lie, browsers that sleep, connections that are cut or silent: told, and nobody held up."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango.server import Attr, Device, attribute, command
from puretango.testing import TangoSystem
from puretango.values import AttrQuality, CmdArgType
from puretango.web import Settings, WebServer
from tests.interop.peers import cpp
from tests.interop.web.browser import Tab
from tests.interop.web.relay import Relay
from tests.interop.web.waits import PUSH, live
from tests.unit.hub.devices import Pushing
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

HUNG = "document.querySelector('.cell.stale')"


class Lying(Device):
    """Its configuration says one thing, its values another; and its clock goes wrong."""

    def initialize_dynamic_attributes(self) -> None:
        self.reads = 0
        self.add_attribute(Attr("changing", CmdArgType.DevDouble), self.read_changing)

    def read_changing(self, attr: Any) -> None:
        attr.set_value(1.5)

    def read_text(self, attr: Any) -> None:
        attr.set_value("now a text")

    @command
    def Change(self) -> None:
        self.remove_attribute("changing")
        self.add_attribute(Attr("changing", CmdArgType.DevString), self.read_text)

    @attribute(dtype="DevEnum", enum_labels=["low", "high"])
    def beyond(self) -> int:
        return 1

    @attribute(dtype=float)
    def tomorrow(self) -> tuple[float, float, AttrQuality]:
        return 2.5, time.time() + 86_400, AttrQuality.ATTR_VALID

    @attribute(dtype=float)
    def long_ago(self) -> tuple[float, float, AttrQuality]:
        return 3.5, 0.0, AttrQuality.ATTR_ALARM

    @attribute(dtype=float)
    def withheld(self) -> tuple[float, float, AttrQuality]:
        return 0.0, time.time(), AttrQuality.ATTR_INVALID

    @attribute(dtype=str, unit="<i>m</i>", label="<script>document.title='run'</script>")
    def marked(self) -> str:
        return "a\x01b\xadc\x7f" + "x" * 5_000

    @attribute(dtype=(float,), max_dim_x=4)
    def growing(self) -> list[float]:
        self.reads += 1
        return [float("inf"), float("-inf"), float("nan"), 1e308][: self.reads % 5]


@pytest.fixture(scope="module")
def system() -> Iterator[TangoSystem]:
    """A device that is well, and one that lies."""
    with TangoSystem({Pushing: [PUSH], Lying: ["lab/lies/1"]}, short_names=False) as running:
        yield running


@pytest.fixture(scope="module")
def web(system: TangoSystem, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """Their pages."""
    state = tmp_path_factory.mktemp("disturbed")
    with WebServer(Settings(tango_host=system.tango_host, state=state, port=0)) as server:
        yield server


def test_a_device_that_hangs_holds_up_nobody(
    web: WebServer, tab: Tab, system: TangoSystem, peer_directory: Path
) -> None:
    """A C++ process that is stopped: its cells go grey, an order to it is told off, a device beside it goes on."""
    with cpp.tango_test(peer_directory) as peer:
        peer.wait_for("Ready to accept request")
        hung = f"tango://127.0.0.1:{peer.port}/sys/tg_test/1/ampli#dbase=no"
        tab.open(f"{web.address}/w?a={hung.replace('#', '%23')}&a={PUSH}/number")
        tab.until_value(hung, live)
        tab.until_value(f"{PUSH}/number", live)
        os.kill(peer.pid, signal.SIGSTOP)
        try:
            stopped = time.monotonic()
            tab.until(HUNG)
            assert time.monotonic() - stopped < 6  # three seconds where nothing else runs
            assert tab.value(hung).endswith(" s")
            tab.fill("set ampli", "4", enter=True)
            begun = time.monotonic()
            system.get_device(PUSH).number = begun % 1000
            tab.until_value(f"{PUSH}/number", lambda text: text == f"{begun % 1000:.2f}")
            assert time.monotonic() - begun < 2
            tab.until("document.querySelector('.notice.bad')")
            assert "\n" not in tab.text(".notice.bad").strip()
            tab.until("document.querySelector('.mark.bad')")
        finally:
            os.kill(peer.pid, signal.SIGCONT)
        tab.until(f"!{HUNG}")


def test_a_device_that_lies(web: WebServer, tab: Tab, system: TangoSystem) -> None:
    """Times of tomorrow and of 1970, no value, infinities, texts that look like pages: shown as what they are."""
    tab.open(f"{web.address}/d/lab/lies/1")
    tab.until_value("lab/lies/1/tomorrow", lambda text: text == "2.50")
    tab.until_value("lab/lies/1/long_ago", lambda text: text == "3.50")
    tab.until("document.querySelector('.cell.q2')")
    tab.until_value("lab/lies/1/withheld", lambda text: text in ("–", "NaN", "0.00"))
    tab.see("INVALID")
    tab.until_value("lab/lies/1/beyond", lambda text: text == "high")
    tab.until_value("lab/lies/1/marked", lambda text: text.startswith("a") and len(text) > 5_000)
    tab.see("<script>document.title='run'</script>")
    tab.see("<i>m</i>")
    assert "run" not in tab.js("document.title")
    assert tab.js("document.documentElement.scrollWidth <= innerWidth")
    tab.until("document.querySelector('.grid .plot canvas')")
    for name in ("tomorrow", "long_ago", "growing"):
        tab.open(f"{web.address}/d/lab/lies/1/{name}")
        tab.until("document.querySelector('.plot canvas')")
        tab.click("Read from device")
        tab.see(" ms")
    assert system.get_device("lab/lies/1").ping() > 0


def test_an_attribute_that_is_of_another_type_now(web: WebServer, tab: Tab) -> None:
    """A page that was drawn for a number gets a text, and shows it."""
    with TangoSystem({Lying: ["lab/lies/2"]}, short_names=False) as other:
        name = f"tango://{other.tango_host}/lab/lies/2"
        tab.open(f"{web.address}/d/{name}")
        tab.until_value(f"{name}/changing", lambda text: text == "1.50")
        other.get_device("lab/lies/2").Change()
        tab.until_value(f"{name}/changing", lambda text: "now a text" in text)


def test_a_browser_that_sleeps_sees_what_is_now(
    web: WebServer, tab: Tab, system: TangoSystem
) -> None:
    """Hidden for longer than five seconds it looks at nothing; seen again it has the present values."""
    device = system.get_device(PUSH)
    device.number = 1.0
    tab.open(f"{web.address}/d/{PUSH}")
    tab.until_value(f"{PUSH}/number", lambda text: text == "1.00")
    tab.hide()
    time.sleep(6)  # the page's own patience
    device.number = 2.0
    time.sleep(0.5)
    assert tab.value(f"{PUSH}/number") == "1.00"
    tab.hide(False)
    tab.until_value(f"{PUSH}/number", lambda text: text == "2.00")
    device.number = 3.0
    tab.until_value(f"{PUSH}/number", lambda text: text == "3.00")


def test_a_connection_that_is_cut_or_falls_silent(
    web: WebServer, tab: Tab, system: TangoSystem
) -> None:
    """Cut, it is made again at once and nothing is missed; silent, the page says so and comes back by itself."""
    device = system.get_device(PUSH)
    device.number = 1.0
    with Relay(web.port) as relay:
        tab.open(f"http://localhost:{relay.port}/d/{PUSH}/number")
        tab.until_value(f"{PUSH}/number", lambda text: text == "1.00")
        relay.cut()
        device.number = 2.0
        tab.until_value(f"{PUSH}/number", lambda text: text == "2.00")
        tab.until(f"!{HUNG}")
        relay.silence()
        device.number = 3.0
        # Twelve seconds without a word, then one and a half before it is told.
        tab.see("The web server does not answer", timeout=40)
        tab.until(HUNG)
        relay.silence(False)
        relay.cut()
        tab.gone("The web server does not answer")
        tab.until_value(f"{PUSH}/number", lambda text: text == "3.00")
        until(lambda: device.number == 3.0)
        tab.open("about:blank")
