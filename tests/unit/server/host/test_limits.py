"""PyTango's limits: not there unless asked for."""

from __future__ import annotations

import pytest

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.server import LIMITS_VARIABLE, Device, Server, attribute, keeps_pytango_limits
from puretango.testing import DeviceTestContext, MultiDeviceTestContext
from puretango.values import GreenMode


class Plain(Device):
    @attribute
    def a(self) -> int:
        return 1


class Looping(Device):
    green_mode = GreenMode.Asyncio

    @attribute
    async def a(self) -> int:
        return 2


BOTH = (
    {"class": Plain, "devices": [{"name": "test/limits/1"}]},
    {"class": Looping, "devices": [{"name": "test/limits/2"}]},
)


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMITS_VARIABLE, "1")


def test_without_limits_everything_lives_side_by_side() -> None:
    assert not keeps_pytango_limits()
    with MultiDeviceTestContext(BOTH) as context, DeviceTestContext(Plain) as other:
        assert context.get_device("test/limits/1").a == 1
        assert context.get_device("test/limits/2").a == 2
        assert other.a == 1
        assert DeviceProxy("test/limits/2").a == 2


@pytest.mark.usefixtures("limits")
def test_mixed_green_modes_are_refused() -> None:
    with (
        pytest.raises(ValueError, match=r"mixed green modes \(Asyncio, Synchronous\)"),
        MultiDeviceTestContext(BOTH),
    ):
        pass


@pytest.mark.usefixtures("limits")
def test_a_second_server_is_refused_while_the_first_lives() -> None:
    with DeviceTestContext(Plain) as proxy:
        with pytest.raises(DevFailed) as caught, DeviceTestContext(Looping):
            pass
        assert caught.value.args[0].reason == "API_DeviceNotDefined"
        assert "Plain/plain" in caught.value.args[0].desc
        assert proxy.a == 1
    with DeviceTestContext(Looping) as proxy:
        assert proxy.a == 2


@pytest.mark.usefixtures("limits")
def test_short_names_are_the_last_context_s() -> None:
    with (
        DeviceTestContext(Plain, device_name="test/limits/1", process=True),
        DeviceTestContext(Plain, process=True),
        pytest.raises(DevFailed),
    ):
        DeviceProxy("test/limits/1")


def test_the_number_of_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """An option, the environment, told by the admin device; a wrong one is refused."""

    class Any_(Device):
        pass

    monkeypatch.setenv("PURETANGO_MAX_CONNECTIONS", "7")
    with Server("x", [Any_], devices={"Any_": ["a/b/c"]}, max_connections=9) as server:
        admin = DeviceProxy(server.access(server.admin_name))
        assert admin.info().version_info["connections"] == "1 of 9"
    assert Server("x", [Any_]).max_connections == 7
    monkeypatch.setenv("PURETANGO_MAX_CONNECTIONS", "many")
    with pytest.raises(ValueError, match="PURETANGO_MAX_CONNECTIONS=many: a number above 0"):
        Server("x", [Any_])
