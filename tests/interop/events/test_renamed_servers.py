"""A server is restarted, renamed, deleted and added under another name, or its device moved, under a client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import puretango
from puretango import EventType, GreenMode
from puretango.asyncio import DeviceProxy as AsyncDeviceProxy
from puretango.client import Database, DbDevInfo
from puretango.database import DatabaseServer
from tests.interop.peers.process import Peer, free_port, python, require_pytango
from tests.waiting import until

pytestmark = pytest.mark.slow

DEVICE = "test/renamed/1"
KINDS: dict[str, tuple[str, EventType]] = {
    "change": ("counted", EventType.CHANGE_EVENT),
    "archive": ("counted", EventType.ARCHIVE_EVENT),
    "periodic": ("counted", EventType.PERIODIC_EVENT),
    "configuration": ("counted", EventType.ATTR_CONF_EVENT),
    "another's configuration": ("still", EventType.ATTR_CONF_EVENT),
    "interface": ("", EventType.INTERFACE_CHANGE_EVENT),
}
QUICK = 4.0
"""Seconds in which everything is back, on a machine with other work too (alone: 2 at most).

PyTango's client takes 8 (restarted, renamed, moved) to 18 (deleted): the patience that it has with a heartbeat.
"""


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with DatabaseServer(":memory:", "127.0.0.1", 0) as database:
        monkeypatch.setenv("TANGO_HOST", database.tango_host)
        yield database.tango_host


def _register(instance: str) -> Database:
    database = Database()
    info = DbDevInfo()
    info.name, info.server, info._class = DEVICE, f"counting/{instance}", "Counting"
    database.add_device(info)
    return database


def _leave(_database: Database) -> None:
    pass


def _rename(database: Database) -> None:
    database.rename_server("counting/one", "counting/two")


def _delete_and_add(database: Database) -> None:
    database.delete_server("counting/one")
    _register("two")


def _move(_database: Database) -> None:
    _register("two")


def _serve(implementation: str, instance: str, host: str, folder: Path) -> Peer:
    port = free_port()
    words = (implementation, instance, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}")
    command = python("devices/counting.py", *words)
    name = f"{implementation}-{instance}-{port}"
    return Peer(name, command, folder, port, {"TANGO_HOST": host})


def _subscribed(proxy: Any) -> dict[str, list[Any]]:
    got: dict[str, list[Any]] = {}
    for name, (attribute, kind) in KINDS.items():
        got[name] = []
        if attribute:
            proxy.subscribe_event(attribute, kind, got[name].append)
        else:
            proxy.subscribe_event(kind, got[name].append)
    return got


CHANGES = pytest.mark.parametrize(
    ("change", "instance"),
    [(_leave, "one"), (_rename, "two"), (_delete_and_add, "two"), (_move, "two")],
    ids=["restarted", "renamed", "deleted and added", "moved"],
)
SERVERS = pytest.mark.parametrize("implementation", ["puretango", "tango"])


@CHANGES
@SERVERS
def test_subscriptions_of_every_kind_come_back(
    implementation: str,
    change: Callable[[Database], None],
    instance: str,
    host: str,
    tmp_path: Path,
) -> None:
    require_pytango()
    database = _register("one")
    with _serve(implementation, "one", host, tmp_path) as first:
        first.wait_for("Ready to accept request")
        proxy = puretango.DeviceProxy(DEVICE)
        got = _subscribed(proxy)
        until(lambda: all(got.values()))
        first.kill()
    # A closed connection tells it: no need to wait for three heartbeats that do not come.
    until(lambda: all(each[-1].err for each in got.values()))
    change(database)
    with _serve(implementation, instance, host, tmp_path) as second:
        second.wait_for("Ready to accept request")
        ready = time.monotonic()
        assert proxy.read_attribute("still").value == 1  # a first call too
        until(lambda: all(not each[-1].err for each in got.values()))
        assert time.monotonic() - ready < QUICK
        # They are alive: what changes now is told too.
        for each in got.values():
            each.clear()
        for attribute in ("counted", "still"):
            info = proxy.get_attribute_config(attribute)
            info.label = "another"
            proxy.set_attribute_config(info)
        until(lambda: all(got[name] for name in KINDS if name != "interface"))
        assert not any(event.err for each in got.values() for event in each)


@CHANGES
@SERVERS
def test_what_asks_the_admin_device_finds_the_new_one(
    implementation: str,
    change: Callable[[Database], None],
    instance: str,
    host: str,
    tmp_path: Path,
) -> None:
    require_pytango()
    database = _register("one")
    with _serve(implementation, "one", host, tmp_path) as first:
        first.wait_for("Ready to accept request")
        proxy = puretango.DeviceProxy(DEVICE)
        assert proxy.is_attribute_polled("counted")
        assert proxy.adm_name().lower() == "dserver/counting/one"
    change(database)
    with _serve(implementation, instance, host, tmp_path) as second:
        second.wait_for("Ready to accept request")
        assert proxy.adm_name().lower() == f"dserver/counting/{instance}"
        assert proxy.is_attribute_polled("counted")
        proxy.poll_attribute("still", 200)
        assert proxy.get_attribute_poll_period("still") == 200
        proxy.set_logging_level(3)
        assert proxy.get_logging_level() == 3
        proxy.lock()
        assert proxy.is_locked_by_me()
        proxy.unlock()
        got: list[Any] = []
        proxy.subscribe_event("counted", EventType.CHANGE_EVENT, got.append)
        until(lambda: got)
        assert asyncio.run(_period_asked_on_a_loop()) == 200


async def _period_asked_on_a_loop() -> int:
    proxy = await AsyncDeviceProxy(DEVICE)
    return await proxy.get_attribute_poll_period("still", green_mode=GreenMode.Asyncio)
