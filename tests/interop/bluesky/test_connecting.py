"""Connecting to anything of PyTango's and C++'s, and staying useful."""

from __future__ import annotations

import bluesky.plans as bp
import pytest
from bluesky import RunEngine
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import TangoDevice, aio, attribute_of
from puretango.client import DeviceProxy
from tests.interop.bluesky.conftest import Locate
from tests.interop.conftest import nodb
from tests.interop.peers.process import Peer
from tests.unit.bluesky.conftest import Documents


def test_no_image_is_read_unless_wanted(trl: Locate) -> None:
    proxy = DeviceProxy(trl("test/odd/1"))
    device = TangoDevice(trl("test/odd/1"), name="d")
    device.stage()
    device.read()
    assert device.get().image is None
    device.unstage()
    assert proxy.images_read == 0
    wanted = TangoDevice(trl("test/odd/1"), name="d", kinds={"image": "normal"})
    assert wanted.read()["d_image"]["value"].shape == (2, 2)


def test_no_image_is_read_unless_wanted_async(trl: Locate, RE: RunEngine) -> None:
    proxy = DeviceProxy(trl("test/odd/1"))
    device = aio.TangoReadable(trl("test/odd/1"), name="d")
    RE(ensure_connected(device))
    RE(bp.count([device], 2))
    assert proxy.images_read == 0


def test_a_slow_attribute_that_is_omitted_is_omitted(trl: Locate) -> None:
    proxy = DeviceProxy(trl("test/odd/1"))
    proxy.SlowDown(1.0)
    device = TangoDevice(trl("test/odd/1"), name="d", timeout=0.5, kinds={"slow": "omitted"})
    assert device.read()["d_sometimes"]["value"] == 1.5


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [False, True])
def test_a_slow_attribute_does_not_keep_the_others(trl: Locate, chosen: bool) -> None:
    proxy = DeviceProxy(trl("test/odd/1"))
    proxy.SlowDown(0.8)
    kinds = {"slow": "normal"} if chosen else None
    device = TangoDevice(trl("test/odd/1"), name="d", timeout=0.5, kinds=kinds)
    assert "API_DeviceTimedOut" in str(device.failing["slow"])
    if chosen:
        with pytest.raises(Exception, match="slow"):
            device.read()
    else:
        assert "d_slow" not in device.read()
    assert device.amount.get() == 1.0


def test_what_is_slow_together_is_read_in_groups(trl: Locate) -> None:
    proxy = DeviceProxy(trl("test/odd/1"))
    proxy.SlowDown(0.05)
    device = TangoDevice(trl("test/odd/1"), name="d", timeout=20.0)
    device.slow.get()
    device._link._grouping.took("slow", 12.0)  # as if it were that slow
    assert len(device._link._grouping.groups(["slow", "amount", "whole"], 20.0)) == 2
    assert device.read()["d_slow"]["value"] == 1.0


@pytest.mark.slow
async def test_a_slow_attribute_does_not_keep_the_others_async(trl: Locate) -> None:
    proxy = DeviceProxy(trl("test/odd/1"))
    proxy.SlowDown(1.0)
    device = aio.TangoReadable(trl("test/odd/1"), name="d")
    await device.connect(timeout=1.5)
    assert "slow" in device._connector.failing
    assert "d-slow" not in await device.read()


def test_names_that_the_run_engine_takes(trl: Locate, RE: RunEngine, documents: Documents) -> None:
    RE(bp.count([TangoDevice(trl("test/odd/1"), name="odd")]))
    keys = set(documents.of("descriptor")[0]["data_keys"])
    names = {
        name
        for name in DeviceProxy(trl("test/odd/1")).get_attribute_list()
        if not name.isidentifier()
    }
    assert len(names) == 4
    assert {attribute_of(key.removeprefix("odd_")) for key in keys} > names
    device = aio.TangoReadable(trl("test/odd/1"), name="odd")
    RE(ensure_connected(device))
    documents.clear()
    RE(bp.count([device]))
    again = set(documents.of("descriptor")[0]["data_keys"])
    assert {key.removeprefix("odd-") for key in again} == {key.removeprefix("odd_") for key in keys}


def test_the_stock_tangotest(cpp_tango_test: Peer, RE: RunEngine, documents: Documents) -> None:
    name = nodb(cpp_tango_test.port, "sys/tg_test/1")
    kinds = {"*": "omitted", "double_scalar": "normal"}
    RE(bp.count([TangoDevice(name, name="tt", kinds=kinds)]))
    assert set(documents.of("event")[0]["data"]) == {"tt_double_scalar"}


@pytest.mark.parametrize("choice", [{"kinds": {"amuont": "config"}}, {"on_failure": {"x": "nan"}}])
def test_a_typo_is_refused(trl: Locate, choice: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="has no attribute"):
        TangoDevice(trl("test/odd/1"), name="d", **choice)
