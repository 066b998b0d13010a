"""Lint on C++ devices that run: findings without a source, and nothing written."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from puretango.client import Database, DeviceProxy
from puretango.database import DatabaseServer
from puretango.lint import Settings, lint_database, lint_device
from puretango.model import model_of_device
from tests.interop.conftest import nodb
from tests.interop.peers import cpp
from tests.interop.peers.process import Peer, free_port, program

DEVICE = "sys/tg_test/1"


def _only_asked(proxy: DeviceProxy) -> bool:
    """True if the black box shows no write and no command of the device itself."""
    lines = [str(one) for one in proxy.black_box(50)]
    return not [one for one in lines if "write_" in one or "command_inout" in one]


@pytest.mark.slow
def test_cpp_tango_test(peer_directory: Path) -> None:
    with cpp.tango_test(peer_directory, instance="lint") as peer:
        peer.wait_for("Ready to accept request")
        name = nodb(peer.port, DEVICE)
        proxy = DeviceProxy(name)
        model = model_of_device(proxy)
        found = lint_device(name, Settings())
        assert _only_asked(proxy)
    assert model.name == "TangoTest"
    assert {"ampli", "double_scalar", "wave"} <= {one.name for one in model.attributes}
    assert {"Sleep_period", "Mthreaded_impl"} <= {one.name for one in model.device_properties}
    told = {(one.rule, one.subject) for one in found}
    assert ("TN102", "TangoTest.double_scalar") in told
    assert ("TA001", "TangoTest.double_scalar") in told
    assert ("TN302", "TangoTest.Sleep_period") in told
    assert not [one for one in found if one.rule.startswith("TZ")]


@pytest.mark.slow
def test_cpp_database(tmp_path: Path) -> None:
    # A server of its own, whose black box nobody else fills; in a folder of its own, since MariaDB's data lies there.
    with cpp.cpp_database(tmp_path) as server:
        host, _, port = server.tango_host.rpartition(":")
        name = f"tango://{server.tango_host}/sys/database/2"
        found = lint_device(name, Settings())
        proxy = DeviceProxy(name)
        lines = [str(one) for one in proxy.black_box(50)]
        of_database = lint_database(Settings(), 3.0, (), Database(host, int(port)))
    # Its commands are how names are looked up: none of them changes anything.
    changing = ("write_", "DbPut", "DbAdd", "DbDelete", "DbExport", "DbUnExport")
    assert not [line for line in lines if any(word in line for word in changing)]
    assert ("TN102", "DataBase.Timing_average") in {(one.rule, one.subject) for one in found}
    assert not [one for one in of_database if one.rule.startswith("TZ")]


@pytest.mark.slow
def test_cpp_starter(peer_directory: Path) -> None:
    here = socket.gethostname().partition(".")[0]
    device = f"tango/admin/{here}"
    with DatabaseServer() as database:
        with database.store.change():
            database.store.devices.add(f"Starter/{here}", device, "Starter")
            database.store.devices.add_admin(f"Starter/{here}")
        port = free_port()
        command = [program("Starter"), here, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
        environment = {"TANGO_HOST": database.tango_host}
        with Peer("Starter", command, peer_directory, port, environment) as peer:
            peer.wait_for("Ready to accept request")
            name = f"tango://{database.tango_host}/{device}"
            found = lint_device(name, Settings())
            assert _only_asked(DeviceProxy(name))
    told = {(one.rule, one.subject) for one in found}
    assert ("TN103", "Starter.Servers") in told
    assert not [one for one in found if one.rule.startswith("TZ")]
