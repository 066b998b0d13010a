"""What goes wrong around the pages: devices, databases, servers and sockets that die; floods; viewers; odd names."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango.client import Database, DeviceProxy
from puretango.server import Attr, Device, Server
from puretango.sim import load_class
from puretango.testing import TangoSystem
from puretango.values import CmdArgType
from puretango.web import Role, Settings, WebServer
from tests.interop.conftest import our_database
from tests.interop.peers import cpp
from tests.interop.web.browser import Browser, Tab
from tests.interop.web.conftest import register
from tests.interop.web.waits import live
from tests.unit.hub.devices import Pushing
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

ODD = "lab/o&d+d%20é/1"


class Many(Device):
    """A thousand attributes, and one with limits."""

    def initialize_dynamic_attributes(self) -> None:
        for number in range(1000):
            self.add_attribute(Attr(f"value_{number:04}", CmdArgType.DevDouble), self.read_one)

    def read_one(self, attr: Any) -> None:
        attr.set_value(float(int(attr.get_name()[-4:])))


@pytest.fixture(scope="module")
def system() -> Iterator[TangoSystem]:
    """Devices of ours, one of them with an odd name."""
    devices = {
        Pushing: ["lab/push/1", ODD],
        load_class("TangoTest"): ["sys/tg_test/1"],
        Many: ["lab/many/1"],
    }
    with TangoSystem(devices, short_names=False) as running:
        yield running


@pytest.fixture(scope="module")
def web(system: TangoSystem, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """Their pages."""
    state = tmp_path_factory.mktemp("faults")
    with WebServer(Settings(tango_host=system.tango_host, state=state, port=0)) as server:
        yield server


def test_a_device_dies_and_comes_back(
    web: WebServer, tab: Tab, peer_directory: Path, pictures: Path
) -> None:
    """Grey with its age soon, and back by itself."""
    peer = cpp.tango_test(peer_directory)
    name = f"tango://127.0.0.1:{peer.port}/sys/tg_test/1"
    with peer:
        peer.wait_for("Ready to accept request")
        tab.open(f"{web.address}/d/{name}/ampli%23dbase=no")
        tab.until_value(f"{name}/ampli#dbase=no", live)
        shown = tab.value(f"{name}/ampli#dbase=no")
        peer.kill()
        killed = time.monotonic()
        tab.until("document.querySelector('.cell.stale')")
        assert time.monotonic() - killed < 3
        grey = tab.value(f"{name}/ampli#dbase=no")
        assert grey.startswith(shown)
        assert grey.endswith(" s")
        tab.see("NO ANSWER")
        tab.picture(pictures / "dead.png")
        peer.start()
        tab.until("!document.querySelector('.cell.stale')", 20)
        tab.see("RUNNING")


def test_the_database_dies(tab: Tab, peer_directory: Path, tmp_path: Path) -> None:
    """Pages of known devices go on; the tree and the search say what is wrong."""
    with our_database(peer_directory) as peer:
        host = f"127.0.0.1:{peer.port}"
        register(Database("127.0.0.1", peer.port), "Ours/faults", Pushing="lab/push/1")
        with Server("faults", [Pushing], server_name="Ours", database=host):
            device = DeviceProxy(f"tango://{host}/lab/push/1")
            device.ping()
            with WebServer(Settings(tango_host=host, state=tmp_path, port=0)) as server:
                tab.open(f"{server.address}/d/lab/push/1")
                tab.until_value("lab/push/1/number", live)
                peer.kill()
                tab.fill("set number", "3.5", enter=True)
                tab.until_value("lab/push/1/number", lambda text: text.startswith("3.5"))
                device.number = 4.5
                tab.until_value("lab/push/1/number", lambda text: text.startswith("4.5"))
                tab.key("k", control=True)
                tab.fill("find", "push")
                tab.see("the database does not answer", timeout=20)
                tab.see("lab/push/1")
                tab.key("Escape")
                peer.start()
                tab.gone("the database does not answer", timeout=30)


def test_the_web_server_dies(
    system: TangoSystem, browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    """The page says so, its cells go grey, and it comes back by itself."""
    settings = Settings(tango_host=system.tango_host, state=tmp_path, port=0)
    tab = browser.tab()
    try:
        with WebServer(settings) as server:
            port = server.port
            tab.open(f"{server.address}/d/lab/push/1")
            tab.until_value("lab/push/1/number", live)
        tab.see("The web server does not answer")
        tab.until("document.querySelector('.cell.stale')")
        tab.picture(pictures / "offline.png")
        again = Settings(tango_host=system.tango_host, state=tmp_path, port=port)
        with WebServer(again):
            tab.gone("The web server does not answer", timeout=20)
            tab.until("document.querySelector('.cell.q0')")
            system.get_device("lab/push/1").number = 6.25
            tab.until_value("lab/push/1/number", lambda text: text.startswith("6.25"))
    finally:
        browser.close_tab(tab)


def test_twenty_browsers_are_one_reader(
    web: WebServer, browser: Browser, peer_directory: Path
) -> None:
    """The black box of a C++ device has one client; and none once the last browser is hidden."""
    with cpp.tango_test(peer_directory) as peer:
        peer.wait_for("Ready to accept request")
        name = f"tango://127.0.0.1:{peer.port}/sys/tg_test/1"
        tabs = [
            browser.tab(f"{web.address}/d/{name}/ampli%23dbase=no", width=500, height=400)
            for _ in range(20)
        ]
        for each in tabs:
            each.until_value(f"{name}/ampli#dbase=no", live)
        device = DeviceProxy(f"{name}#dbase=no")
        readings = lambda: [line for line in device.black_box(50) if "read_attributes" in line]  # noqa: E731
        begun = time.monotonic()
        first = len([line for line in readings() if "ampli" in line])
        while time.monotonic() - begun < 4:
            time.sleep(0.5)
        lines = readings()
        clients = {line.partition(" requested from ")[2] for line in lines}
        assert len(clients) == 1, clients
        new = len([line for line in lines if "ampli" in line]) - first
        assert new <= 6, lines  # one a second, whoever looks
        for each in tabs:
            each.hide()
        hidden = time.monotonic()
        last = readings()[0]
        while time.monotonic() - hidden < 30:
            time.sleep(2)
            if readings()[0] == last:
                break
            last = readings()[0]
        else:
            pytest.fail("still read 30 s after the last one was hidden")
        tabs[0].hide(False)
        until(lambda: readings()[0] != last, step=0.2)
        for each in tabs:
            browser.close_tab(each)


def test_a_slider_that_floods(web: WebServer, tab: Tab, system: TangoSystem) -> None:
    """A hundred moves in a second are some ten writes, and the last one counts."""
    device = system.get_device("lab/push/1")
    config = device.get_attribute_config("number")
    config.min_value, config.max_value = "0", "200"
    device.set_attribute_config(config)
    tab.open(f"{web.address}/d/lab/push/1/number")
    tab.until("document.querySelector('input[type=range]')")
    tab.js(
        "(async () => { const slider = document.querySelector('input[type=range]');"
        "for (let at = 0; at <= 100; at += 1) { slider.value = at;"
        " slider.dispatchEvent(new Event('input', {bubbles: true}));"
        " await new Promise(done => setTimeout(done, 10)); } })()"
    )
    tab.until_value("lab/push/1/number", lambda text: text in ("100", "100.00"))
    assert device.number == 100
    entries = [line for line in device.black_box(100) if "write_attributes" in line]
    assert 3 <= len(entries) <= 25, len(entries)


def test_a_thousand_attributes_on_one_page(web: WebServer, tab: Tab, pictures: Path) -> None:
    tab.open(f"{web.address}/d/lab/many/1")
    tab.until_value(
        "lab/many/1/value_0999", lambda text: text == "999.00" or text == "999", "value"
    )
    assert tab.js("document.querySelectorAll('[data-part=value]').length") >= 1000
    tab.fill("filter attributes", "0500")
    tab.until("document.querySelectorAll('[data-part=value]').length === 1")
    tab.until_value("lab/many/1/value_0500", lambda text: text.startswith("500"))
    tab.picture(pictures / "thousand.png")


def test_odd_names(web: WebServer, tab: Tab) -> None:
    tab.open(web.address)
    tab.key("k", control=True)
    tab.fill("find", "o&d+d%20é")
    tab.until("document.querySelector('.palette li.here')")
    tab.key("Enter")
    tab.see(ODD)
    tab.until_value(f"{ODD}/number", live)
    tab.fill("set number", "8", enter=True)
    tab.until_value(f"{ODD}/number", lambda text: text.startswith("8"))
    tab.click("number")
    tab.see("DevDouble, SCALAR")
    tab.click("Properties", within=".tabsline")
    tab.see("There are none")


def test_a_viewer_cannot_write(system: TangoSystem, browser: Browser, tmp_path: Path) -> None:
    tokens = {"look-only-token": Role.VIEWER, "do-it-all-token": Role.EXPERT}
    settings = Settings(tango_host=system.tango_host, state=tmp_path, port=0, tokens=tokens)
    device = system.get_device("lab/push/1")
    device.number = 1.0
    with WebServer(settings) as server:
        tab = browser.tab(server.address)
        tab.fill("Token", "wrong-token", enter=True)
        tab.see("not known")
        tab.fill("Token", "look-only-token", enter=True)
        tab.see("Choose a device")
        tab.open(f"{server.address}/d/lab/push/1")
        tab.until_value("lab/push/1/number", live)
        assert tab.js("document.querySelectorAll('.setter').length") == 0
        assert tab.js("document.querySelectorAll('main button:not([aria-label])').length") == 0
        order = {"device": "lab/push/1", "attribute": "number", "value": 9}
        status = tab.js(
            "(async () => (await fetch('/api/write', {method: 'POST', headers: {'X-Puretango': '1'},"
            f" body: {json.dumps(json.dumps(order))}}})).status)()"
        )
        assert status == 403
        assert device.number == 1.0
        browser.close_tab(tab)
        expert = browser.tab(f"{server.address}/d/lab/push/1#token=do-it-all-token")
        expert.until_value("lab/push/1/number", live)
        assert expert.js("location.hash") == ""
        expert.fill("set number", "9", enter=True)
        expert.until_value("lab/push/1/number", lambda text: text.startswith("9"))
        browser.close_tab(expert)
