"""A whole site for a browser: C++ database, TangoTest and Starter, a PyTango device, one of ours; and the pages."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from puretango.client import Database, DbDevExportInfo, DbDevInfo, DbServerInfo, DeviceProxy
from puretango.server import Server
from puretango.web import Settings, WebServer, _app
from tests.interop.peers import cpp
from tests.interop.peers.fixtures import pytango_rich
from tests.interop.peers.process import Peer, free_port, program
from tests.interop.web.browser import Browser, Tab
from tests.interop.web.controls import LEDGER, RECORDER, ledger, named_copy
from tests.unit.hub.devices import Pushing

HERE = socket.gethostname().partition(".")[0]
# A name that no other run's server has: Starter looks at the machine's processes.
KEPT = f"TangoTest/kept{os.getpid()}"


@dataclass
class Site:
    """What a test needs to know of the site."""

    tango_host: str
    address: str
    state: Path
    database: Any
    pushing: Server

    def device(self, name: str) -> Any:
        """A proxy, as another client has it."""
        return DeviceProxy(f"tango://{self.tango_host}/{name}")


@pytest.fixture(autouse=True)
def _no_leaks() -> None:
    """The site lives as long as a file's tests."""


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the pictures of the pages go: the docs' own folder when that is asked for."""
    folder = os.environ.get("PURETANGO_PICTURES")
    root = Path(__file__).resolve().parents[3]
    return Path(folder) if folder else root / "test-output" / "web"


def register(database: Any, server: str, **devices: str) -> None:
    """Register devices of a server: class=name."""
    for cls, name in devices.items():
        info = DbDevInfo()
        info.name, info._class, info.server = name, cls, server
        database.add_device(info)


def has_run_here(database: Any, server: str, level: int) -> None:
    """Starter shows what has run on its host."""
    info = DbDevExportInfo()
    info.name, info.ior, info.host = f"dserver/{server}", "IOR:00", HERE
    info.version, info.pid = "5", 0
    database.export_device(info)
    database.unexport_device(f"dserver/{server}")
    controlled = DbServerInfo()
    controlled.name, controlled.host = server, HERE
    controlled.mode, controlled.level = int(level > 0), level
    database.put_server_info(controlled)


def _starter(tango_host: str, directory: Path) -> Peer:
    command = [
        program("Starter"),
        HERE,
        "-ORBendPoint",
        f"giop:tcp:127.0.0.1:{(port := free_port())}",
    ]
    return Peer("Starter", command, directory, port, {"TANGO_HOST": tango_host})


@pytest.fixture(scope="module")
def site(
    cpp_database: cpp.CppDatabase, peer_directory: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The site, running; its Starter keeps a TangoTest that does not run yet."""
    host = cpp_database.tango_host
    name, _, port = host.partition(":")
    database = Database(name, int(port))
    register(database, "TangoTest/test", TangoTest="sys/tg_test/1")
    register(database, KEPT, TangoTest="sys/tg_test/kept")
    register(database, "rich/web", Rich="test/rich/1")
    register(database, "Ours/web", Pushing="lab/push/1")
    register(database, f"Starter/{HERE}", Starter=f"tango/admin/{HERE}")
    has_run_here(database, KEPT, 1)
    path = str(Path(program("TangoTest")).parent)
    state = tmp_path_factory.mktemp("web")
    database.put_device_property(
        f"tango/admin/{HERE}",
        {"StartDsPath": [path], "LogFileHome": [str(state)], "StartServersAtStartup": ["false"]},
    )
    with ExitStack() as stack:
        for peer in (
            cpp.tango_test(peer_directory, host),
            pytango_rich(peer_directory, host, "web"),
            _starter(host, peer_directory),
        ):
            stack.enter_context(peer)
            peer.wait_for("Ready to accept request")
        ours = Server("web", [Pushing], server_name="Ours", database=host)
        stack.enter_context(ours)
        settings = Settings(tango_host=host, state=state, port=0)
        web = stack.enter_context(WebServer(settings))
        yield Site(host, web.address, state, database, ours)
        _end_kept(host)


def _end_kept(host: str) -> None:
    starter = DeviceProxy(f"tango://{host}/tango/admin/{HERE}")
    if KEPT in starter.DevGetRunningServers(True):
        starter.HardKillServer(KEPT)


@pytest.fixture(scope="session")
def pressed() -> set[str]:
    """The names of the controls that were pressed."""
    return set()


@pytest.fixture(scope="session", autouse=True)
def _named_controls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The servers of these tests give a front end whose controls have names."""
    before = _app.STATIC
    _app.STATIC = named_copy(before, tmp_path_factory.mktemp("front") / "static")
    yield
    _app.STATIC = before


@pytest.fixture(scope="module", autouse=True)
def _presses_what_it_says(request: pytest.FixtureRequest, pressed: set[str]) -> Iterator[None]:
    """A file of tests, where all of it runs, presses the controls that pressed.json says it does."""
    pressed.clear()
    failed = request.session.testsfailed
    yield
    module = request.module
    here = [item for item in request.session.items if getattr(item, "module", None) is module]
    tests = {name for name in vars(module) if name.startswith("test_")}
    if {getattr(item, "originalname", item.name) for item in here} != tests:
        return
    if request.session.testsfailed > failed:
        return
    file = Path(module.__file__).name
    if os.environ.get("PURETANGO_PRESSED") == "write":
        LEDGER.write_text(json.dumps(ledger() | {file: sorted(pressed)}, indent=1) + "\n")
    unpressed = set(ledger().get(file, ())) - pressed
    assert not unpressed, f"{file} does not press what pressed.json says: {sorted(unpressed)}"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory, pressed: set[str]) -> Iterator[Browser]:
    """Chromium."""
    with Browser(tmp_path_factory.mktemp("browser"), RECORDER, pressed) as running:
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A page, which complains of nothing."""
    page = browser.tab()
    yield page
    errors = [
        error
        for error in page.errors
        if not any(word in error for word in ("status of", "WebSocket", "net::ERR_"))
    ]
    browser.close_tab(page)
    assert errors == []


__all__ = ["HERE", "KEPT", "Site", "has_run_here", "register"]
