"""Access control devices, ours and C++'s, obeyed by a PyTango client and by ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.interop.conftest import puretango
from tests.interop.peers import cpp
from tests.interop.peers.client import PeerError, PyTangoClient
from tests.interop.peers.process import Peer, free_port


@pytest.mark.slow
def test_a_user_who_may_only_read_cannot_write(
    peer_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import puretango as tango

    port = free_port()
    host = f"127.0.0.1:{port}"
    words = ("--port", str(port), "--store", ":memory:", "--access-control")
    with Peer("database", puretango("db", *words), peer_directory, port), PyTangoClient() as setup:
        setup.run(
            """
            db = tango.Database(*a.split(":"))
            info = tango.DbDevInfo()
            info.name, info._class, info.server = "sys/tg_test/1", "TangoTest", "TangoTest/test"
            db.add_device(info)
            access = tango.DeviceProxy(f"tango://{a}/sys/access_control/1")
            access.AddDeviceForUser(["*", "sys/tg_test/*", "read"])
            access.RegisterService()
            """,
            a=host,
        )
        with cpp.tango_test(peer_directory, host) as peer, PyTangoClient(host) as client:
            peer.wait_for("Ready to accept request")
            client.run("global d; d = tango.DeviceProxy(n)", n="sys/tg_test/1")
            assert client.run("return str(d.get_access_control())") == "ACCESS_READ"
            client.run("d.read_attribute('ampli')")
            assert client.run("return str(d.state())") == "RUNNING"
            with pytest.raises(PeerError) as refused:
                client.run("d.write_attribute('ampli', 1.0)")
            assert "API_ReadOnlyMode" in refused.value.reasons
            with pytest.raises(PeerError) as refused:
                client.run("d.DevLong(1)")
            assert "API_ReadOnlyMode" in refused.value.reasons
            ours = tango.DeviceProxy(f"tango://{host}/sys/tg_test/1")
            assert ours.get_access_control() == tango.AccessControlType.ACCESS_READ
            ours.read_attribute("ampli")
            with pytest.raises(tango.DevFailed) as caught:
                ours.write_attribute("ampli", 1.0)
            assert "API_ReadOnlyMode" in [error.reason for error in caught.value.args]
            # As in PyTango: the configuration may be written, and SUPER_TANGO gives every right.
            config = ours.get_attribute_config("ampli")
            client.run("d.set_attribute_config(d.get_attribute_config('ampli'))")
            ours.set_attribute_config(config)
            for word, right in (
                ("true", "ACCESS_WRITE"),
                ("TRUE", "ACCESS_WRITE"),
                ("1", "ACCESS_READ"),
            ):
                with PyTangoClient(host, SUPER_TANGO=word) as other:
                    other.run("global d; d = tango.DeviceProxy(n)", n="sys/tg_test/1")
                    assert other.run("return str(d.get_access_control())") == right
                monkeypatch.setenv("SUPER_TANGO", word)
                again = tango.DeviceProxy(f"tango://{host}/sys/tg_test/1")
                assert str(again.get_access_control()) == right
            monkeypatch.delenv("SUPER_TANGO")
            # The service may be named in full, and be another control system's.
            setup.run(
                """
                db = tango.Database(*a.split(":"))
                db.put_property("CtrlSystem", {"Services": [f"AccessControl/x:tango://{a}/sys/access_control/1"]})
                """,
                a=host,
            )
            from puretango.client import ClientContext

            context = ClientContext()
            fresh = tango.DeviceProxy(f"tango://{host}/sys/tg_test/1", context=context)
            assert fresh.get_access_control() == tango.AccessControlType.ACCESS_READ
            context.close()


@pytest.mark.slow
def test_cpp_access_control(peer_directory: Path) -> None:
    """What may be done in read-only mode, the configuration's writing included: the same for both clients."""
    import puretango as tango

    with cpp.cpp_database(peer_directory) as database, PyTangoClient() as setup:
        host = database.tango_host
        setup.run(
            """
            db = tango.Database(*a.split(":"))
            for server, device, cls in (("TangoTest/test", "sys/tg_test/1", "TangoTest"),
                                        ("TangoAccessControl/1", "sys/access_control/1", "TangoAccessControl")):
                info = tango.DbDevInfo()
                info.name, info._class, info.server = device, cls, server
                db.add_device(info)
            """,
            a=host,
        )
        with (
            cpp.access_control(peer_directory, database) as control,
            cpp.tango_test(peer_directory, host) as served,
        ):
            for peer in (control, served):
                peer.wait_for("Ready to accept request", 60.0)
            setup.run(
                """
                access = tango.DeviceProxy(f"tango://{a}/sys/access_control/1")
                access.RegisterService()
                """,
                a=host,
            )
            # Its own AddDeviceForUser leaves a column out, which MariaDB refuses today.
            engine = create_engine(database.mariadb.url)
            with engine.begin() as connection:
                connection.execute(
                    text(
                        "INSERT INTO access_device (user, device, rights, updated, accessed) "
                        "VALUES ('*', 'sys/tg_test/*', 'read', now(), now())"
                    )
                )
            engine.dispose()
            name = f"tango://{host}/sys/tg_test/1"
            with PyTangoClient(host) as client:
                theirs = client.run(f"{_ASK}\nreturn ask(tango, n)", n=name)
            namespace: dict[str, Any] = {}
            exec(_ASK, namespace)
            ours = namespace["ask"](tango, name)
            wrong = [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]]
            assert not wrong, wrong
    assert theirs[0] == "ACCESS_READ"
    assert "API_ReadOnlyMode" in theirs[2]


_ASK = """
def ask(tango, name):
    proxy = tango.DeviceProxy(name)
    info = proxy.get_attribute_config("ampli")
    found = [str(proxy.get_access_control())]
    for call in (
        lambda: proxy.read_attribute("ampli"),
        lambda: proxy.write_attribute("ampli", 1.0),
        lambda: proxy.write_read_attribute("ampli", 1.0),
        lambda: proxy.write_attributes([("ampli", 1.0)]),
        lambda: proxy.write_attribute_asynch("ampli", 1.0),
        lambda: proxy.DevLong(1),
        lambda: proxy.command_inout_asynch("DevLong", 1),
        lambda: proxy.state(),
        lambda: proxy.set_attribute_config(info),
        lambda: proxy.put_property({"of a reader": ["1"]}),
        lambda: proxy.poll_attribute("ampli", 1000),
        lambda: proxy.stop_poll_attribute("ampli"),
        lambda: proxy.lock(),
        lambda: proxy.unlock(),
        lambda: proxy.set_logging_level(3),
        lambda: proxy.set_access_control(tango.AccessControlType.ACCESS_WRITE),
    ):
        try:
            call()
            found.append(["went through"])
        except tango.DevFailed as failed:
            found.append([error.reason for error in failed.args])
    return found
"""
