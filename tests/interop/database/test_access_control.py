"""Our access control device, obeyed by a PyTango client and by ours."""

from __future__ import annotations

from pathlib import Path

import pytest

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
