"""Servers on a database that has not every command: PyTango's own, written in Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from puretango.client import Database, DbDevInfo, DeviceProxy
from puretango.errors import DevFailed
from puretango.server import Device, Server, attribute, class_property, device_property
from tests.interop.peers.process import Peer, free_port, require_pytango


class Oven(Device):
    power = device_property(dtype=int, default_value=1)
    count = class_property(dtype=int, default_value=0)
    limits = device_property(dtype=(float,), default_value=[])
    level = 1.0

    @attribute(memorized=True, hw_memorized=True)
    def target(self) -> float:
        return self.level

    @target.setter
    def target(self, value: float) -> None:
        self.level = value


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """PyTango's database server on a SQLite file of its own."""
    require_pytango()
    port = free_port()
    command = [sys.executable, "-m", "tango.databaseds.database", "--port", str(port)]
    folder: Path = tmp_path_factory.mktemp("pydb")
    with Peer("pydb", [*command, "--host", "127.0.0.1", "2"], folder, port) as peer:
        peer.wait_for("Ready to accept request", timeout=30.0)
        yield f"127.0.0.1:{port}"


def define(host: str, server: str, *devices: str) -> Database:
    name, _, port = host.partition(":")
    database = Database(name, int(port))
    for device in (*devices, f"dserver/{server}"):
        info = DbDevInfo()
        info.name, info.server = device, server
        info._class = "DServer" if device.startswith("dserver/") else "Oven"
        database.add_device(info)
    return database


def test_a_server_asks_singly_for_what_it_needs(host: str) -> None:
    database = define(host, "Oven/lab", "lab/oven/1", "lab/oven/2")
    database.put_device_property("lab/oven/1", {"Power": [7], "limits": ["1.5", "2.5"]})
    database.put_class_property("Oven", {"count": [5]})
    database.put_device_attribute_property(
        "lab/oven/1", {"target": {"unit": ["°C"], "__value": ["4.5"]}}
    )
    database.put_class_attribute_property("Oven", {"target": {"label": ["All"], "unit": ["K"]}})
    with Server("lab", [Oven], server_name="Oven", database=host) as server:
        first, second = server.devices
        assert (first.power, list(first.limits), first.level) == (7, [1.5, 2.5], 4.5)
        assert (second.power, list(second.limits), second.level) == (1, [], 1.0)
        assert first.count == second.count == 5
        proxy = DeviceProxy(f"tango://{host}/lab/oven/1")
        info = proxy.get_attribute_config("target")
        assert info.label == "All"
        assert info.unit.endswith("C")
        proxy.target = 6.0
        proxy.poll_attribute("target", 1000)
        server.restart_device(second)
        assert server.find_device("lab/oven/2").count == 5
    kept = database.get_device_attribute_property("lab/oven/1", "target")
    assert float(kept["target"]["__value"][0]) == 6.0
    with Server("lab", [Oven], server_name="Oven", database=host) as server:
        assert server.find_device("lab/oven/1").level == 6.0
        assert DeviceProxy(f"tango://{host}/lab/oven/1").get_attribute_poll_period("target") == 1000


def test_what_is_not_defined_or_runs_already_is_refused(host: str) -> None:
    with pytest.raises(DevFailed, match="is not defined in database"):
        Server("nowhere", [Oven], server_name="Oven", database=host).start()
    define(host, "Oven/twice", "lab/oven/3")
    with Server("twice", [Oven], server_name="Oven", database=host):
        with pytest.raises(DevFailed, match="already running"):
            Server("twice", [Oven], server_name="Oven", database=host).start()
