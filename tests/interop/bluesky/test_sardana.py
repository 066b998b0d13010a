"""Bluesky over Sardana, in each database and on puretango, and over a whole C++ system."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import numpy as np
import pytest
from bluesky import RunEngine
from bluesky.preprocessors import run_wrapper
from bluesky.utils import FailedStatus, RunEngineInterrupted
from ophyd.utils import LimitError
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import (
    DetectorError,
    MoveFailed,
    SardanaCounter,
    SardanaGroup,
    SardanaMotor,
    TangoDevice,
    aio,
    devices_from_database,
)
from puretango.client import DeviceProxy
from puretango.database import DatabaseServer
from puretango.errors import ConnectionFailed
from tests.interop.peers import cpp
from tests.interop.peers.cpp import CppDatabase
from tests.interop.peers.process import Peer, free_port, program
from tests.interop.peers.sardana_server import Sardana, sardana_on_puretango, sardana_program
from tests.unit.bluesky.conftest import Documents
from tests.waiting import until

#: How C++ servers are told of the database's user.
_MYSQL = {"MYSQL_USER": "user", "MYSQL_PASSWORD": "password"}


def scan_sardana(sardana: Sardana, engine: RunEngine, found: Documents) -> None:
    """What is asked of Sardana's elements."""
    motor = SardanaMotor(sardana.trl("mot01"), timeout=20)
    counter = SardanaCounter(sardana.trl("ct01"), integration_time=0.05)
    group = SardanaGroup(sardana.trl("mntgrp01"), integration_time=0.05)
    pseudo = SardanaMotor(sardana.trl("gap01"), timeout=20)
    engine(bp.scan([counter], motor, 0, 1, 3))
    assert found.column("mot01") == pytest.approx([0, 0.5, 1.0], abs=0.01)
    assert found.column("ct01") == pytest.approx([0.05] * 3, rel=0.2)
    found.clear()
    engine(bp.scan([group], motor, 1, 0, 2))
    assert found.column("ct02") == pytest.approx([0.1] * 2, rel=0.2)
    found.clear()
    engine(bp.rel_scan([], pseudo, -0.1, 0.1, 3))
    assert len(found.column("gap01")) == 3
    with pytest.raises(ValueError, match="outside"):
        motor.set(1e6)
    other = aio.SardanaMotor(sardana.trl("mot02"), "mot02", timeout=20)
    channel = aio.SardanaCounter(sardana.trl("ct01"), "ct01", integration_time=0.05)
    together = aio.SardanaGroup(sardana.trl("mntgrp01"), "group", integration_time=0.05)
    engine(ensure_connected(other, channel, together))
    found.clear()
    engine(bp.scan([channel], other, 0, 1, 3))
    assert found.column("mot02") == pytest.approx([0, 0.5, 1.0], abs=0.01)
    assert found.column("ct01") == pytest.approx([0.05] * 3, rel=0.2)
    found.clear()
    engine(bp.scan([together], other, 1, 0, 2))
    assert found.column("group-ct02") == pytest.approx([0.1] * 2, rel=0.2)
    with pytest.raises(FailedStatus):
        engine(bps.mv(other, 1e6))
    images_of_sardana(sardana, engine, found)
    limits_and_units_of_sardana(sardana, motor, other, engine)
    interrupt_sardana(motor, engine)
    every_device_connects(
        sardana.tango_host, "Pool", "MacroServer", "Door", "Motor", "MeasurementGroup"
    )
    motors = devices_from_database("motor/*", database=sardana.tango_host)
    assert set(motors.aliases) == {"mot01", "mot02", "mot03", "mot04"}
    assert motors["mot02"].name == "mot02"
    channels_that_fail(sardana, engine, found)
    for device in (motor, counter, group, pseudo, *motors.values()):
        device.destroy()


def channels_that_fail(sardana: Sardana, engine: RunEngine, found: Documents) -> None:
    """Sardana is killed in mid-run: what has a policy goes on with it, what has none ends the plan."""
    last = TangoDevice(sardana.trl("ct01"), name="last", on_failure="last")
    nan = aio.TangoReadable(sardana.trl("ct02"), name="nan", on_failure="nan")
    counter = SardanaCounter(sardana.trl("ct01"), integration_time=0.05)
    engine(ensure_connected(nan))
    found.clear()

    def plan() -> Any:
        yield from bps.trigger_and_read([last, nan])
        assert sardana.process is not None
        sardana.process.kill()
        sardana.process.wait()
        yield from bps.trigger_and_read([last, nan])
        yield from bps.trigger_and_read([counter], name="counted")

    with pytest.raises(FailedStatus, match="ct01"):
        engine(run_wrapper(plan()))
    before, after = (event["data"] for event in found.of("event"))
    assert after["last_Value"] == before["last_Value"]
    assert np.isnan(after["nan-Value"])
    assert "ct01" in found.of("stop")[-1]["reason"]
    last.destroy()


def images_of_sardana(sardana: Sardana, engine: RunEngine, found: Documents) -> None:
    """An image enters an event as itself, or where the Pool stores it, as what names it."""
    sardana.macro("defmeas", "mg2d", "ct01", "twod01", until="Created mg2d")
    plain = SardanaGroup(sardana.trl("mg2d"), name="mg2d", integration_time=0.05)
    found.clear()
    engine(bp.count([plain]))
    assert np.ndim(found.column("twod01")[0]) == 2
    assert (plain.timers, plain.monitors) == (["ct01", "twod01"], ["ct01", "twod01"])
    proxy = DeviceProxy(sardana.trl("mg2d"))
    configuration = json.loads(proxy.Configuration)
    for controller in configuration["controllers"].values():
        for channel in controller["channels"].values():
            if channel["ndim"] == 2:
                pattern = f"h5file://{sardana.log.parent}/image_{{index}}.h5"
                channel.update(value_ref_enabled=True, value_ref_pattern=pattern)
    proxy.Configuration = json.dumps(configuration)
    later = aio.SardanaGroup(sardana.trl("mg2d"), "mg2d", integration_time=0.05, starts=3)
    engine(ensure_connected(later))
    plain.starts = 3
    for group, key in ((plain, "twod01"), (later, "mg2d-twod01")):
        found.clear()
        engine(bp.count([group], 3))
        assert found.of("descriptor")[0]["data_keys"][key]["external"] == "FILESTORE:"
        resources = {one["uid"]: one for one in found.of("resource")}
        datums = {one["datum_id"]: resources[one["resource"]] for one in found.of("datum")}
        paths = [datums[value]["resource_path"] for value in found.column(key)]
        assert [path.rpartition("/")[2] for path in paths] == [f"image_{n}.h5" for n in range(3)]
    plain.starts = 1  # each event's image takes the place of the one before
    with pytest.raises(DetectorError, match="was overwritten"):
        engine(bp.count([plain], 2))
    plain.destroy()


def limits_and_units_of_sardana(
    sardana: Sardana, motor: SardanaMotor, other: aio.SardanaMotor, engine: RunEngine
) -> None:
    """Those of now, not those of when the motors connected."""
    for name in ("mot01", "mot02"):
        proxy = DeviceProxy(sardana.trl(name))
        here = proxy.Position
        sardana.macro("set_lim", name, str(here - 1), str(here + 1), until=name)
        move = bps.mv(motor if name == "mot01" else other, here + 2)
        with pytest.raises((LimitError, FailedStatus)):
            engine(move)
        assert proxy.Position == here
        config = proxy.get_attribute_config("Position")
        config.min_value = config.max_value = "Not specified"
        config.unit = "mm"
        proxy.set_attribute_config(config)
    keys: list[Any] = []
    engine(
        bp.count([motor, other]),
        lambda kind, doc: keys.append(doc) if kind == "descriptor" else None,
    )
    assert {keys[0]["data_keys"][name]["units"] for name in ("mot01", "mot02")} == {"mm"}
    here = motor.position
    sardana.macro("set_lim", "mot01", str(here - 1), str(here + 1), until="mot01")
    with pytest.raises(LimitError):
        motor.set(here + 2)
    proxy = DeviceProxy(sardana.trl("mot01"))
    config = proxy.get_attribute_config("Position")
    config.min_value = config.max_value = "Not specified"
    config.unit = "mm"
    proxy.set_attribute_config(config)
    motor.stage()
    assert motor.egu == "mm"
    assert motor.describe()["mot01"]["units"] == "mm"
    motor.unstage()


def interrupt_sardana(motor: SardanaMotor, engine: RunEngine) -> None:
    """Stopped by its owner, by a paused plan's end, and kept inside its limits."""
    start = motor.position
    status = motor.set(start + 200)
    until(lambda: motor.moving)
    motor.stop()
    with pytest.raises(MoveFailed, match="stopped"):
        status.wait(30)
    assert not motor.moving
    threading.Timer(0.7, engine.request_pause).start()
    with pytest.raises(RunEngineInterrupted):
        engine(bps.mv(motor, start + 400))
    engine.abort()
    until(lambda: not motor.moving)
    assert start < motor.readback.get() < start + 400
    low, high = motor.limits
    with pytest.raises(LimitError):
        motor.set(high + 1)
    assert low < start < high


def every_device_connects(tango_host: str, *wanted: str) -> None:
    """Described and read, whatever they hold; among them devices of the wanted classes."""
    devices = devices_from_database("*", database=tango_host)
    devices.update(devices_from_database("dserver/*", database=tango_host))
    classes = set()
    for device in devices.values():
        try:
            classes.add(device._link.proxy.info().dev_class)
        except ConnectionFailed:
            continue  # another test's server, killed: the database still has it
        assert set(device.read()) == set(device.describe())
        assert set(device.read_configuration()) == set(device.describe_configuration())
    for device in devices.values():
        device.destroy()
    assert {*wanted, "DServer", "DataBase"} <= classes


@pytest.mark.slow
def test_every_device_of_a_cpp_system_connects(cpp_database: CppDatabase, tmp_path: Path) -> None:
    """The database, access control, the Starter, TangoTest, and the servers of them all."""
    host = socket.gethostname().lower()
    tango_host = cpp_database.tango_host
    servers = {
        f"Starter/{host}": ("Starter", f"tango/admin/{host}"),
        "TangoAccessControl/1": ("TangoAccessControl", "sys/access_control/1"),
        "TangoTest/test": ("TangoTest", "sys/tg_test/1"),
    }
    environment = {
        **{key: getattr(cpp_database.mariadb, name) for key, name in _MYSQL.items()},
        "MYSQL_HOST": f"127.0.0.1:{cpp_database.mariadb.port}",
        "TANGO_HOST": tango_host,
    }
    with ExitStack() as running:
        for server, (kind, device) in servers.items():
            cpp.tango_admin(tango_host, "--add-server", server, kind, device)
            command = [program(kind), server.partition("/")[2]]
            port = free_port()
            command += ["-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
            peer = running.enter_context(Peer(kind, command, tmp_path, port, environment))
            peer.wait_for("Ready to accept request")
        every_device_connects(tango_host, "Starter", "TangoAccessControl", "TangoTest")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_sardana_in_the_puretango_database(
    tmp_path: Path,
    RE: RunEngine,
    documents: Documents,
) -> None:
    sardana_program()
    with DatabaseServer(":memory:", "127.0.0.1", 0) as database:
        with Sardana(database.tango_host, tmp_path) as sardana:
            scan_sardana(sardana, RE, documents)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_sardana_itself_on_puretango(
    tmp_path: Path,
    RE: RunEngine,
    documents: Documents,
) -> None:
    """Its server, written for PyTango's low-level classes, and its macros, clients through taurus."""
    with (
        DatabaseServer(":memory:", "127.0.0.1", 0) as database,
        Sardana(database.tango_host, tmp_path, sardana_on_puretango()) as sardana,
    ):
        points = sardana.macro("ascan", "mot01", "0", "1", "3", "0.01", until="3 ")
        assert [line.split()[1:3] for line in points[-4:]][-1] == ["1", "0.01"]
        assert "1.0000000" in sardana.macro("wa", until="User")[3]
        scan_sardana(sardana, RE, documents)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_sardana_in_the_cpp_database(
    cpp_database: CppDatabase,
    tmp_path: Path,
    RE: RunEngine,
    documents: Documents,
) -> None:
    sardana_program()
    with Sardana(cpp_database.tango_host, tmp_path) as sardana:
        scan_sardana(sardana, RE, documents)
