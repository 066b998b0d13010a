"""Every event type, payload and error in the four directions; restarts and sudden deaths in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import neutral, nodb, our_database, puretango_rich
from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.event_operations import EVENT_OPERATIONS, Collector
from tests.interop.peers.fixtures import pytango_rich
from tests.interop.peers.plain import attempt
from tests.interop.peers.process import Peer
from tests.interop.test_matrix import check

# Not the one of the other tests: these leave configurations and set values behind.
DEVICE = "test/rich/2"
_CODE = """
tango.DeviceProxy(d).Init()
return attempt(event_operations.EVENT_OPERATIONS[n], tango, d)
"""


@pytest.fixture(scope="session")
def expected(pytango_client: PyTangoClient, pytango_server: Peer) -> Callable[[str], Any]:
    """What PyTango's client gets from PyTango's server."""
    known: dict[str, Any] = {}

    def answer(name: str) -> Any:
        if name not in known:
            got = pytango_client.run(_CODE, n=name, d=nodb(pytango_server.port, DEVICE))
            known[name] = neutral(got, f"127.0.0.1:{pytango_server.port}")
        return known[name]

    return answer


def ours(name: str, server: Peer) -> Any:
    import puretango

    device = nodb(server.port, DEVICE)
    puretango.DeviceProxy(device).Init()
    return neutral(attempt(EVENT_OPERATIONS[name], puretango, device), f"127.0.0.1:{server.port}")


@pytest.mark.parametrize("name", EVENT_OPERATIONS)
def test_pytango_client_our_server(
    name: str, pytango_client: PyTangoClient, puretango_server: Peer, expected: Callable[[str], Any]
) -> None:
    got = pytango_client.run(_CODE, n=name, d=nodb(puretango_server.port, DEVICE))
    check(neutral(got, f"127.0.0.1:{puretango_server.port}"), expected(name))


@pytest.mark.parametrize("name", EVENT_OPERATIONS)
def test_our_client_pytango_server(
    name: str, pytango_server: Peer, expected: Callable[[str], Any]
) -> None:
    wanted = expected(name)
    check(ours(name, pytango_server), wanted)


@pytest.mark.parametrize("name", EVENT_OPERATIONS)
def test_our_client_our_server(
    name: str, puretango_server: Peer, expected: Callable[[str], Any]
) -> None:
    wanted = expected(name)
    check(ours(name, puretango_server), wanted)


def test_our_client_cpp_server(peer_directory: Path) -> None:
    import puretango

    with our_database(peer_directory) as database:
        host = f"127.0.0.1:{database.port}"
        info = puretango.DbDevInfo()
        info.name, info._class, info.server = "sys/tg_test/1", "TangoTest", "TangoTest/test"
        puretango.Database(*host.split(":")).add_device(info)
        with cpp.tango_test(peer_directory, host) as server:
            server.wait_for("Ready to accept request")
            proxy = puretango.DeviceProxy(f"tango://{host}/sys/tg_test/1")
            proxy.poll_attribute("double_scalar", 50)
            time.sleep(0.5)  # cppTango 9 refuses until the first value was polled
            collector = Collector()
            subscription = proxy.subscribe_event(
                "double_scalar", puretango.EventType.PERIODIC_EVENT, collector
            )
            collector.wait(3)
            proxy.unsubscribe_event(subscription)
            proxy.stop_poll_attribute("double_scalar")
    assert [event.err for event in collector.events[:3]] == [False] * 3
    assert isinstance(collector.events[0].attr_value.value, float)


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "start", [puretango_rich, pytango_rich], ids=["our server", "PyTango server"]
)
def test_our_subscription_survives_kill_and_restart(
    start: Callable[..., Peer], peer_directory: Path
) -> None:
    import puretango

    with start(peer_directory) as server:
        server.wait_for("Ready to accept request")
        proxy = puretango.DeviceProxy(nodb(server.port))
        collector = Collector()
        subscription = proxy.subscribe_event(
            "DevLong_scalar", puretango.EventType.CHANGE_EVENT, collector
        )
        collector.wait(1)
        server.kill()
        time.sleep(0.5)
        server.start()
        deadline = time.monotonic() + 60
        while not any(event.err for event in collector.events) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert any(event.err for event in collector.events), "the loss was not reported"
        seen = len(collector.events)
        while time.monotonic() < deadline:
            attempt(proxy.command_inout, "Push", ["change", "DevLong_scalar"])
            if not collector.events[-1].err and len(collector.events) > seen:
                break
            time.sleep(0.2)
        assert not collector.events[-1].err
        proxy.unsubscribe_event(subscription)


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "start", [puretango_rich, pytango_rich], ids=["our server", "PyTango server"]
)
def test_pytango_subscription_survives_kill_and_restart(
    start: Callable[..., Peer], peer_directory: Path
) -> None:
    with start(peer_directory) as server, PyTangoClient() as client:
        server.wait_for("Ready to accept request")
        client.run(
            """
            global proxy, collector
            proxy, collector = tango.DeviceProxy(d), event_operations.Collector()
            proxy.subscribe_event("DevLong_scalar", tango.EventType.CHANGE_EVENT, collector)
            collector.wait(1)
            """,
            d=nodb(server.port),
        )
        server.kill()
        time.sleep(0.5)
        server.start()
        code = """
        import time
        deadline = time.monotonic() + 60
        while not any(event.err for event in collector.events) and time.monotonic() < deadline:
            time.sleep(0.1)
        seen = len(collector.events)
        while time.monotonic() < deadline:
            attempt(proxy.command_inout, "Push", ["change", "DevLong_scalar"])
            if not collector.events[-1].err and len(collector.events) > seen:
                break
            time.sleep(0.2)
        return [event.err for event in collector.events]
        """
        errors = client.run(code)
        assert True in errors
        assert errors[-1] is False


def test_no_event_is_lost_between_our_server_and_pytango(
    pytango_client: PyTangoClient, puretango_server: Peer
) -> None:
    assert pytango_client.run(
        """
        proxy, collector = tango.DeviceProxy(d), event_operations.Collector()
        subscription = proxy.subscribe_event("DevLong_scalar", tango.EventType.CHANGE_EVENT, collector)
        collector.wait(1)
        import time
        time.sleep(event_operations.SETTLED)
        for number in range(500):
            proxy.Push(["change", "DevLong_scalar"])
        collector.wait(501)
        proxy.unsubscribe_event(subscription)
        return [len(collector.events), any(event.err for event in collector.events)]
        """,
        d=nodb(puretango_server.port),
    ) == [501, False]
