"""The peers themselves work here: each fixture starts, answers and ends."""

from __future__ import annotations

import pytest

from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.operations.operations import OPERATIONS
from tests.interop.peers.process import Peer


def test_pytango_client_and_server(pytango_client: PyTangoClient, pytango_server: Peer) -> None:
    device = f"tango://127.0.0.1:{pytango_server.port}/test/rich/1#dbase=no"
    assert pytango_client.run("return str(tango.DeviceProxy(d).state())", d=device) == "ON"


def test_cpp_tango_test(pytango_client: PyTangoClient, cpp_tango_test: Peer) -> None:
    device = f"tango://127.0.0.1:{cpp_tango_test.port}/sys/tg_test/1#dbase=no"
    assert pytango_client.run("return tango.DeviceProxy(d).DevString('hello')", d=device) == "hello"


def test_cpp_database(pytango_client: PyTangoClient, cpp_database: cpp.CppDatabase) -> None:
    host, _, port = cpp_database.tango_host.partition(":")
    devices = pytango_client.run(
        "return list(tango.Database(h, int(p)).get_device_member('sys/tg_test/*'))", h=host, p=port
    )
    assert devices == ["1"]


@pytest.mark.slow
def test_every_operation_runs_between_the_peers(
    pytango_client: PyTangoClient, pytango_server: Peer
) -> None:
    device = f"tango://127.0.0.1:{pytango_server.port}/test/rich/1#dbase=no"
    failed = {}
    for name in OPERATIONS:
        outcome = pytango_client.run("return attempt(OPERATIONS[n], tango, d)", n=name, d=device)
        if outcome[0] != "value":
            failed[name] = outcome
    assert failed == {}
