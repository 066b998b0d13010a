"""kill -9 under subscriptions: of the server, of the database, of both; with the peers' own times, all at once.

PyTango looks every 10 seconds whether a heartbeat came, so half a minute passes; it passes for all cases together.
What short times can show is in the unit tests of the client.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import puretango
from tests.interop.conftest import nodb, our_database
from tests.interop.events.directions import register
from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.fixtures import require_pytango
from tests.interop.peers.operations.event_collector import Collector
from tests.interop.peers.plain import attempt
from tests.interop.peers.process import Peer, free_port, python
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

ATTRIBUTE = "DevLong_scalar"
DEVICE = "test/fault/1"
PATIENCE = 40.0
"""Seconds in which all has to be well again."""
SERVERS = {"puretango": "puretango", "PyTango": "tango"}
CLIENTS = ("puretango", "PyTango")
DIED = ("server", "database", "C++ database", "both")
ABSENT = "absent"
"""A server that does not exist yet."""


class Case(NamedTuple):
    """What died, and whose server it was."""

    died: str
    server: str


class Told(NamedTuple):
    """One event, in short."""

    reason: str
    errors: list[tuple[str, str]]
    value: Any


_TOLD = """
    events = []
    for event in list(collector.events):
        errors = [(one.reason, one.desc) for one in event.errors] if event.err else []
        value = None if event.err else int(event.attr_value.value)
        events.append((str(event.event_reason), errors, value))
"""
_SUBSCRIBE = f"""
global subscriptions
subscriptions = {{}}
for key, device in devices.items():
    proxy, collector = tango.DeviceProxy(device), event_operations.Collector()
    mode = tango.EventSubMode.Stateless if key in absent else tango.EventSubMode.SyncRead
    proxy.subscribe_event("{ATTRIBUTE}", tango.EventType.CHANGE_EVENT, collector, mode)
    subscriptions[key] = proxy, collector
"""


class Ours:
    """Our client's subscriptions."""

    def __init__(self, devices: dict[Case, str]) -> None:
        self.subscriptions: dict[Case, tuple[Any, Collector, int]] = {}
        for case, device in devices.items():
            proxy, collector = puretango.DeviceProxy(device), Collector()
            modes = puretango.EventSubMode
            mode = modes.Stateless if case.died == ABSENT else modes.SyncRead
            number = proxy.subscribe_event(
                ATTRIBUTE, puretango.EventType.CHANGE_EVENT, collector, mode
            )
            self.subscriptions[case] = proxy, collector, number

    def told(self) -> dict[Case, list[Told]]:
        """What has arrived."""
        found = {}
        for case, (_, collector, _) in self.subscriptions.items():
            found[case] = [
                Told(str(event.event_reason), [(one.reason, one.desc) for one in event.errors],
                     None if event.err else int(event.attr_value.value))
                for event in list(collector.events)
            ]  # fmt: skip
        return found

    def end(self) -> None:
        """Unsubscribe."""
        for proxy, _, number in self.subscriptions.values():
            proxy.unsubscribe_event(number)


class Theirs:
    """PyTango's."""

    def __init__(self, client: PyTangoClient, devices: dict[Case, str]) -> None:
        self._client = client
        self._cases = list(devices)
        absent = [str(case) for case in devices if case.died == ABSENT]
        client.run(
            _SUBSCRIBE,
            devices={str(case): device for case, device in devices.items()},
            absent=absent,
        )

    def told(self) -> dict[Case, list[Told]]:
        """What has arrived."""
        answer = self._client.run(
            f"found = {{}}\nfor key, (_, collector) in subscriptions.items():{_TOLD}"
            "    found[key] = events\nreturn found"
        )
        return {case: [Told(*one) for one in answer[str(case)]] for case in self._cases}


def _server(directory: Path, module: str, tango_host: str | None, port: int | None = None) -> Peer:
    port = port or free_port()
    arguments = [module, f"fault-{module}", "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    if tango_host is None:
        arguments += ["-nodb", "-dlist", DEVICE]
    environment = {"TANGO_HOST": tango_host or "127.0.0.1:1"}
    return Peer(
        f"{module}-fault", python("devices/rich.py", *arguments), directory, port, environment
    )


class System:
    """Servers and databases, to be killed and started again."""

    def __init__(self, directory: Path, stack: ExitStack, cpp_database: cpp.CppDatabase) -> None:
        self._directory, self._stack = directory, stack
        self.databases = {
            "database": stack.enter_context(our_database(directory)),
            "both": stack.enter_context(our_database(directory)),
            "C++ database": cpp_database.peer,
        }
        self.hosts = {died: f"127.0.0.1:{peer.port}" for died, peer in self.databases.items()}
        self.devices: dict[Case, str] = {}
        self.servers: dict[Case, Peer] = {}
        for died in DIED:
            for server, module in SERVERS.items():
                case = Case(died, server)
                host = self.hosts.get(died)
                device = DEVICE.replace("fault", f"fault-{module}") if host else DEVICE
                if host:
                    register(host, f"rich/fault-{module}", "Rich", device)
                peer = stack.enter_context(_server(directory, module, host))
                peer.wait_for("Ready to accept request")
                self.servers[case] = peer
                self.devices[case] = f"tango://{host}/{device}" if host else nodb(peer.port, device)
        for server, module in SERVERS.items():
            absent = self.servers[Case(ABSENT, server)] = _server(directory, module, None)
            self.devices[Case(ABSENT, server)] = nodb(absent.port, DEVICE)

    def kill(self) -> None:
        """kill -9 of all that is to die."""
        for case, peer in self.servers.items():
            if case.died in {"server", "both"}:
                peer.kill()
        for peer in self.databases.values():
            peer.kill()

    def start_again(self) -> None:
        """The databases, then the servers; those whose database was away as well, on another port."""
        for peer in self.databases.values():
            peer.start()
        for case, peer in list(self.servers.items()):
            if case.died == "server":
                peer.start()
            elif case.died == ABSENT:
                self._stack.enter_context(peer)
            elif case.died == "both":
                moved = _server(self._directory, SERVERS[case.server], self.hosts["both"])
                assert moved.port != peer.port
                self.servers[case] = self._stack.enter_context(moved)


def _until(
    clients: dict[str, Ours | Theirs], condition: Callable[[Case, list[Told]], bool], what: str
) -> None:
    late: dict[tuple[str, Case], list[Told]] = {}

    def none_is_late() -> bool:
        late.clear()
        for name, client in clients.items():
            for case, events in client.told().items():
                if not condition(case, events):
                    late[name, case] = events[-3:]
        return not late

    try:
        until(none_is_late, PATIENCE, step=0.25)
    except AssertionError:
        raise AssertionError(f"{what}: {late}") from None


def _push(devices: dict[Case, str], value: int, *died: str) -> None:
    for case, device in devices.items():
        if case.died in died:
            proxy = puretango.DeviceProxy(device)
            attempt(proxy.write_attribute, ATTRIBUTE, value)
            attempt(proxy.command_inout, "Push", ["change", ATTRIBUTE])


@pytest.fixture(scope="module")
def told(
    peer_directory: Path, cpp_database: cpp.CppDatabase
) -> Iterator[dict[tuple[Case, str], list[Told]]]:
    """(case, client) -> all its events."""
    require_pytango()
    with ExitStack() as stack:
        system = System(peer_directory, stack, cpp_database)
        client = stack.enter_context(PyTangoClient())
        clients: dict[str, Ours | Theirs] = {
            "puretango": Ours(system.devices),
            "PyTango": Theirs(client, system.devices),
        }
        kept = {case: clients["puretango"].subscriptions[case][0] for case in system.devices}  # type: ignore[union-attr]  # the first of the two kinds of clients
        time.sleep(0.3)
        _push(system.devices, 1, *DIED)

        def told_the_first(case: Case, events: list[Told]) -> bool:
            return case.died == ABSENT or any(one.value == 1 for one in events)

        _until(clients, told_the_first, "not every subscription has the first event")
        system.kill()
        time.sleep(12)  # longer than any heartbeat
        for case, proxy in kept.items():
            if "database" in case.died:  # the servers live: these need no database any more
                proxy.write_attribute(ATTRIBUTE, 2)
                proxy.command_inout("Push", ["change", ATTRIBUTE])
        system.start_again()

        def recovered(case: Case, events: list[Told]) -> bool:
            returned = events[-1].value is not None and any(one.errors for one in events)
            return returned or case.died not in {"server", "both", ABSENT}

        _until(clients, recovered, "not every subscription came back")
        time.sleep(0.3)
        _push(system.devices, 3, *DIED, ABSENT)
        _until(clients, lambda _, events: events[-1].value == 3, "not all have the last event")
        found = {
            (case, name): events
            for name, client in clients.items()
            for case, events in client.told().items()
        }
        clients["puretango"].end()  # type: ignore[union-attr]  # the first of the two kinds of clients
        yield found


@pytest.mark.leaks("the module's peers live on")
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("died", ["server", "both"])
def test_a_killed_server(
    died: str, server: str, client: str, told: dict[tuple[Case, str], list[Told]]
) -> None:
    """Error, and recovery; elsewhere, where the database had been away too. As PyTango tells it."""
    events = told[Case(died, server), client]
    first = next(number for number, one in enumerate(events) if one.errors)
    last = max(number for number, one in enumerate(events) if one.errors)
    assert [one.value for one in events[:first]][-1] == 1
    assert {one.reason.rpartition(".")[2] for one in events[first : last + 1]} == {"SubFail"}
    assert {tuple(one.errors) for one in events[first : last + 1]} == {
        (
            (
                "API_EventTimeout",
                "Event channel is not responding anymore, maybe the server or event system is down",
            ),
        )
    }
    back = events[last + 1 :]
    assert back[0].reason.rpartition(".")[2] == "Update"
    assert back[-1].value == 3


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_comes_after_its_subscribers(
    server: str, client: str, told: dict[tuple[Case, str], list[Told]]
) -> None:
    events = told[Case(ABSENT, server), client]
    failed = [one for one in events if one.errors]
    assert events[: len(failed)] == failed
    assert {one.reason.rpartition(".")[2] for one in failed} == {"SubFail"}
    assert {one.errors[0][0] for one in failed} == {"API_CantConnectToDevice"}
    assert {one.errors[0][1].partition("\n")[2] for one in failed} == {
        "Check that device server is running..."
    }
    assert events[len(failed)].reason.rpartition(".")[2] == "SubSuccess"
    assert [one.value for one in events[len(failed) :]] == [0, 3]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("died", ["database", "C++ database"])
def test_a_killed_database(
    died: str, server: str, client: str, told: dict[tuple[Case, str], list[Told]]
) -> None:
    """Nobody who is subscribed notices."""
    events = told[Case(died, server), client]
    assert [one.errors for one in events if one.errors] == []
    values = [one.value for one in events]
    assert [value for number, value in enumerate(values) if value not in values[:number]] == [
        0,
        1,
        2,
        3,
    ]
