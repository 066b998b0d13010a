"""An attribute of a PyTango device that fails in mid-run, by each policy, in both layers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import bluesky.plan_stubs as bps
import pytest
from bluesky import RunEngine
from bluesky.preprocessors import run_wrapper
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import (
    AttributeFailed,
    OnFailure,
    TangoAttribute,
    TangoDevice,
    aio,
    own_streams,
)
from puretango.client import DeviceProxy
from tests.interop.bluesky.conftest import Locate
from tests.unit.bluesky.conftest import Documents

Make = Any


@pytest.fixture(params=["classic", "async"])
def make(request: pytest.FixtureRequest, trl: Locate, RE: RunEngine) -> Make:
    """Makes the odd device with a policy, connected, of either layer."""

    def made(policy: Any) -> Any:
        if request.param == "classic":
            return TangoDevice(trl("test/odd/1"), name="d", on_failure=policy)
        device = aio.TangoReadable(trl("test/odd/1"), name="d", on_failure=policy)
        RE(ensure_connected(device))
        return device

    return made


@pytest.fixture
def proxy(trl: Locate) -> DeviceProxy:
    """The device, to make it fail."""
    return DeviceProxy(trl("test/odd/1"))


def failing_after_two(device: Any, proxy: DeviceProxy) -> Iterator[Any]:
    """Two events of the sound device, then two with failing attributes."""
    yield from bps.stage(device, wait=True)
    for failing in (False, False, True, True):
        proxy.Fail(failing)
        yield from bps.trigger_and_read([device])
    yield from bps.unstage(device, wait=True)


def column(documents: Documents, member: str) -> list[Any]:
    """One attribute's values."""
    found = []
    for event in documents.of("event"):
        found += [
            value for key, value in event["data"].items() if key in (f"d_{member}", f"d-{member}")
        ]
    return found


def test_fail(make: Make, proxy: DeviceProxy, RE: RunEngine, documents: Documents) -> None:
    device = make("fail")
    with pytest.raises(AttributeFailed, match="told to fail"):
        RE(run_wrapper(failing_after_two(device, proxy)))
    assert column(documents, "sometimes") == [1.5, 1.5]
    assert "told to fail" in documents.of("stop")[0]["reason"]


def test_nan(make: Make, proxy: DeviceProxy, RE: RunEngine, documents: Documents) -> None:
    RE(run_wrapper(failing_after_two(make(OnFailure.NAN), proxy)))
    for member, good in (("sometimes", 1.5), ("whole", 3)):
        values = column(documents, member)
        assert values[:2] == [good, good]
        assert all(math.isnan(value) for value in values[2:])
    keys = documents.of("descriptor")[0]["data_keys"]
    whole = next(key for name, key in keys.items() if name.endswith("whole"))
    assert (whole["dtype"], whole["dtype_numpy"]) == ("number", "<f8")
    assert column(documents, "amount") == [1.0] * 4


def test_last(make: Make, proxy: DeviceProxy, RE: RunEngine, documents: Documents) -> None:
    policy = {"*": "fail", "sometimes": "last", "whole": "last"}
    RE(run_wrapper(failing_after_two(make(policy), proxy)))
    assert column(documents, "sometimes") == [1.5] * 4
    assert column(documents, "whole") == [3] * 4


def test_a_stream_of_its_own(
    make: Make, proxy: DeviceProxy, RE: RunEngine, documents: Documents
) -> None:
    device = make({"sometimes": "own_stream", "whole": "own_stream"})
    RE(own_streams(run_wrapper(failing_after_two(device, proxy)), device))
    streams = {one["uid"]: one["name"] for one in documents.of("descriptor")}
    counts: dict[str, int] = {}
    for event in documents.of("event"):
        name = streams[event["descriptor"]].replace("-", "_")
        counts[name] = counts.get(name, 0) + 1
    assert counts == {"primary": 4, "d_sometimes": 2, "d_whole": 2}


def test_the_severity_and_the_reason(trl: Locate, proxy: DeviceProxy) -> None:
    signal = TangoAttribute(trl("test/odd/1/sometimes"), on_failure="last")
    assert "message" not in signal.read()["sometimes"]
    proxy.Fail(True)
    reading = signal.read()["sometimes"]
    assert (reading["value"], reading["alarm_severity"]) == (1.5, -1)
    assert "told to fail" in reading["message"]
    proxy.Fail(False)
    assert signal.read()["sometimes"]["alarm_severity"] == 0


def test_failing_from_the_start_with_a_policy(trl: Locate, proxy: DeviceProxy) -> None:
    proxy.Fail(True)
    device = TangoDevice(trl("test/odd/1"), name="d", on_failure="nan")
    assert math.isnan(device.read()["d_sometimes"]["value"])
    assert set(device.failing) == {"sometimes", "whole"}
