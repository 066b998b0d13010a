"""PyTango's methods of the device that Util.get_dserver_device() gives; the values are PyTango's."""

from __future__ import annotations

from typing import Any

import pytest

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.server import Device, Server, attribute, command, device_property
from puretango.values import StdStringVector


class D(Device):
    prop = device_property(dtype=int, default_value=3, doc="a prop")

    @attribute(dtype=float)
    def x(self) -> float:
        return 1.0

    @command(dtype_out=str)
    def cmd(self) -> str:
        return "a"

    @command
    def end(self) -> None:
        self.get_server().kill()

    def get_server(self) -> Any:
        return self._tango.server.admin


def test_what_it_tells_and_does() -> None:
    with Server("x", [D], server_name="D", devices={"D": ["a/b/c", "a/b/d"]}) as server:
        admin: Any = server.util.get_dserver_device()
        assert admin.get_fqdn() == admin.get_name() == "dserver/D/x"
        assert (admin.get_full_name(), admin.get_process_name()) == ("D/x", "D")
        assert (admin.get_instance_name(), admin.get_personal_name()) == ("x", "x")
        assert admin.get_opt_pool_usage() is True
        assert isinstance(admin.get_poll_th_conf(), StdStringVector)
        assert admin.get_poll_th_pool_size() > 0
        assert admin.query_class() == ["D"]
        assert admin.query_device() == ["D::a/b/c", "D::a/b/d"]
        assert (
            admin.query_sub_device() == admin.polled_device() == admin.query_class_prop("D") == []
        )
        assert admin.query_dev_prop("D") == ["prop", "a prop", "3"]
        assert admin.dev_lock_status("a/b/c") == [
            [0] * 6,
            ["Device a/b/c is not locked", "Not defined", "Not defined"],
        ]
        admin.restart("a/b/d")
        admin.delete_devices()
        assert admin.query_device() == []


def test_polling_by_the_author_with_and_without_the_database() -> None:
    with Server("x", [D], devices={"D": ["a/b/c"]}) as server:
        admin: Any = server.util.get_dserver_device()
        remembered = server.store.read_device("a/b/c")
        admin.add_obj_polling(([1000], ["a/b/c", "attribute", "x"]))
        assert remembered or server.store.read_device("a/b/c")["polled_attr"] == ["x", "1000"]
        with pytest.raises(DevFailed, match="API_AlreadyPolled"):
            admin.add_obj_polling(([1000], ["a/b/c", "attribute", "x"]))
        admin.add_obj_polling(([500], ["a/b/c", "command", "cmd"]), False, 5)
        assert "polled_cmd" not in server.store.read_device("a/b/c")
        assert admin.polled_device() == ["a/b/c"]
        assert len(admin.dev_poll_status("a/b/c")) == 2
        admin.upd_obj_polling_period(([2000], ["a/b/c", "attribute", "x"]), False)
        assert server.store.read_device("a/b/c")["polled_attr"] == ["x", "1000"]
        assert DeviceProxy(server.access("a/b/c")).get_attribute_poll_period("x") == 2000
        admin.rem_obj_polling(["a/b/c", "command", "cmd"], False)
        admin.rem_obj_polling(["a/b/c", "attribute", "x"])
        with pytest.raises(DevFailed, match="API_DeviceNotPolled"):
            admin.rem_obj_polling(["a/b/c", "attribute", "x"])
        for wrong in ("nonsense", 3):
            with pytest.raises(TypeError):
                admin.add_obj_polling(wrong)
        with pytest.raises(DevFailed, match="PyDs_WrongPythonDataTypeForLongStringArray"):
            admin.add_obj_polling([1000], ["a/b/c"])
        admin.stop_polling()
        assert not server.poller.scheduler.active
        admin.start_polling()
        assert server.poller.scheduler.active


def test_heartbeats_stop_and_go_on() -> None:
    with Server("x", [D], devices={"D": ["a/b/c"]}) as server:
        admin: Any = server.util.get_dserver_device()
        admin.rem_event_heartbeat()
        assert not server.publisher.feeds.beats
        admin.add_event_heartbeat()
        assert server.publisher.feeds.beats


def test_kill_ends_the_server_after_the_request() -> None:
    with Server("x", [D], devices={"D": ["a/b/c"]}) as server:
        DeviceProxy(server.access("a/b/c")).command_inout("end")
        assert server.wait(30)
