"""Bluesky over servers that nobody here wrote: C++ TangoTest and a PyTango server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bluesky.plans as bp
import pytest
from bluesky import RunEngine
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import (
    TangoAttribute,
    TangoDevice,
    aio,
)
from puretango.bluesky.aio import TangoReadable
from puretango.client import Database, DbDevInfo, DeviceProxy
from puretango.database import DatabaseServer
from puretango.server import Server
from puretango.sim import TangoTest
from tests.interop.conftest import nodb
from tests.interop.peers import cpp
from tests.interop.peers.process import Peer
from tests.unit.bluesky.conftest import Documents
from tests.waiting import until

#: Attributes whose values are chance.
_CHANCE = ("_ro", "_rww", "_scalar")


@pytest.fixture
def simulated() -> Iterator[str]:
    """The simulated TangoTest."""
    with Server(
        "test", [TangoTest], server_name="TangoTest", devices={"TangoTest": ["sys/tg_test/1"]}
    ) as server:
        yield f"tango://127.0.0.1:{server.port}/sys/tg_test/1#dbase=no"


def test_tangotest_has_the_same_configuration(cpp_tango_test: Peer, simulated: str) -> None:
    real = DeviceProxy(nodb(cpp_tango_test.port, "sys/tg_test/1"))
    ours = DeviceProxy(simulated)
    assert list(ours.get_attribute_list()) == list(real.get_attribute_list())
    for one, other in zip(real.attribute_list_query_ex(), ours.attribute_list_query_ex()):
        for field in (
            "name", "data_type", "data_format", "writable", "max_dim_x", "max_dim_y", "label",
            "description", "unit", "standard_unit", "display_unit", "format", "min_value",
            "max_value", "writable_attr_name", "disp_level",
        ):  # fmt: skip
            assert getattr(other, field) == getattr(one, field), (one.name, field)
        assert vars_of(one.alarms) == vars_of(other.alarms), one.name
        assert vars_of(one.events.ch_event) == vars_of(other.events.ch_event), one.name
    assert [info.cmd_name for info in ours.command_list_query()] == [
        info.cmd_name for info in real.command_list_query()
    ]


def vars_of(thing: Any) -> dict[str, Any]:
    """The public fields of a configuration."""
    names = [name for name in dir(thing) if not name.startswith("_") and name != "extensions"]
    return {name: getattr(thing, name) for name in names if not callable(getattr(thing, name))}


@pytest.mark.slow
def test_tangotest_behaves_the_same(cpp_tango_test: Peer, simulated: str) -> None:
    real = DeviceProxy(nodb(cpp_tango_test.port, "sys/tg_test/1"))
    ours = DeviceProxy(simulated)
    for proxy in (real, ours):
        proxy.Init()
    for name, value in (
        ("boolean_scalar", False), ("string_scalar", "text"), ("short_spectrum", list(range(300))),
        ("double_spectrum", [0.5, -0.25]), ("string_spectrum", ["a", "b"]),
        ("uchar_image", [[1, 2, 3], [4, 5, 6]]), ("string_image", [["a", "b"], ["c", "d"]]),
        ("ampli", 2.5), ("double_scalar_w", 3.0), ("boolean_spectrum", [True]),
    ):  # fmt: skip
        for proxy in (real, ours):
            proxy.write_attribute(name, value)
    for name in real.get_attribute_list():
        if any(word in name for word in _CHANCE) and name not in (
            "boolean_scalar",
            "string_scalar",
        ):
            continue
        if name in ("no_value", "throw_exception", "wave", "long_scalar_w", "short_scalar_w"):
            continue
        if name.endswith(("_spectrum", "_image")) and name.split("_")[0] in ("float", "long"):
            continue
        one, other = real.read_attribute(name), ours.read_attribute(name)
        assert str(other.value) == str(one.value), name
        assert (other.dim_x, other.dim_y) == (one.dim_x, one.dim_y), name
        assert (other.w_dim_x, other.w_dim_y) == (one.w_dim_x, one.w_dim_y), name
        assert str(other.w_value) == str(one.w_value), name


def test_cpp_tangotest_under_plans(
    cpp_tango_test: Peer,
    RE: RunEngine,
    documents: Documents,
) -> None:
    trl = nodb(cpp_tango_test.port, "sys/tg_test/1")
    whole = TangoDevice(trl, name="tt")
    assert set(whole.failing) == {"no_value", "throw_exception"}
    ampli = TangoAttribute(trl.replace("#", "/ampli#"))
    RE(bp.scan([whole], ampli, 0, 10, 11))
    assert documents.column("ampli") == list(range(11))
    assert len(documents.of("event")[0]["data"]) == 37
    ampli.destroy()
    whole.destroy()


async def test_cpp_tangotest_under_ophyd_async(cpp_tango_test: Peer) -> None:
    device = TangoReadable(nodb(cpp_tango_test.port, "sys/tg_test/1"), name="tt")
    await device.connect()
    readings = await device.read()
    assert set(readings) == set(await device.describe())
    assert len(readings) == 36


def test_a_pytango_server_connects(pytango_server: Peer) -> None:
    rich = TangoDevice(nodb(pytango_server.port, "test/rich/1"), name="rich")
    assert len(rich.attributes) > 20
    assert list(rich.read()) == list(rich.describe())
    everything = [name for name in rich.attributes if name not in rich.failing]
    all_of_it = TangoDevice(
        nodb(pytango_server.port, "test/rich/1"),
        name="rich",
        kinds=dict.fromkeys(everything, "normal"),
    )
    assert set(all_of_it.read()) >= {f"rich_{name}" for name in everything}
    rich.destroy()
    all_of_it.destroy()


@pytest.mark.parametrize("kind", ["ophyd", "ophyd-async"])
@pytest.mark.slow
def test_a_cpp_server_killed_in_the_middle_of_a_scan(
    tmp_path: Path, RE: RunEngine, documents: Documents, kind: str
) -> None:
    with cpp.tango_test(tmp_path) as peer:
        peer.wait_for("Ready to accept request")
        trl = nodb(peer.port, "sys/tg_test/1").replace("#", "/ampli#")
        ampli: Any
        if kind == "ophyd":
            ampli = TangoAttribute(trl, patience=20)
        else:
            ampli = aio.tango_signal_rw(float, trl, name="ampli", patience=20)
            RE(ensure_connected(ampli))
        timers: list[threading.Timer] = []

        def kill(name: str, document: dict[str, Any]) -> None:
            if name == "event" and document["seq_num"] == 3:
                peer.kill()
                timers.append(threading.Timer(0.5, peer.start))
                timers[0].start()

        RE.subscribe(kill)
        RE(bp.scan([], ampli, 1, 6, 6))
        timers[0].join()
        assert documents.column("ampli") == [1, 2, 3, 4, 5, 6]
        if kind == "ophyd":
            ampli.destroy()


@pytest.mark.slow
def test_events_of_a_cpp_server(tmp_path: Path) -> None:
    with DatabaseServer(":memory:", "127.0.0.1", 0) as database:
        host, _, port = database.tango_host.rpartition(":")
        info = DbDevInfo()
        info.name, info._class, info.server = "sys/tg_test/1", "TangoTest", "TangoTest/test"
        tango = Database(host, int(port))
        tango.add_device(info)
        tango.put_device_attribute_property(
            "sys/tg_test/1", {"double_scalar": {"abs_change": ["0.01"]}}
        )
        with cpp.tango_test(tmp_path, database.tango_host) as peer:
            peer.wait_for("Ready to accept request")
            trl = f"tango://{database.tango_host}/sys/tg_test/1"
            DeviceProxy(trl).poll_attribute("double_scalar", 100)
            signal = TangoAttribute(f"{trl}/double_scalar")
            seen: list[float] = []
            signal.subscribe(lambda value, **_: seen.append(value))
            until(lambda: len(set(seen)) >= 3)
            assert signal.monitored == "events"
            assert seen == sorted(seen)
            signal.destroy()
