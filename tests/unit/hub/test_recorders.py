"""Recorders: every event, in order, bounded, with times and errors."""

from __future__ import annotations

import asyncio
import math
import time

import pytest

from puretango.asyncio import DeviceProxy
from puretango.hub import LOST, POLLED, Hub, Recorder, Sample
from puretango.testing import TangoSystem
from puretango.values import AttrQuality, EventType
from tests.unit.hub.devices import Pushing
from tests.waiting import eventually

ARCHIVE_FIRST = (EventType.ARCHIVE_EVENT, EventType.CHANGE_EVENT)


async def taken(recorder: Recorder, count: int) -> list[Sample]:
    """So many samples."""
    found: list[Sample] = []
    while len(found) < count:
        found += await recorder.take(timeout=30)
    return found


async def test_every_event_is_delivered_in_order(hub: Hub, pushing: str) -> None:
    recorder = hub.recorder()
    name = f"{pushing}/number#dbase=no"
    recorder.add(name, ARCHIVE_FIRST)
    start = time.time()
    (first,) = await taken(recorder, 1)
    assert (first.name, first.how, first.value, first.set_value) == (name, "archive", 0.0, 0.0)
    assert first.quality == AttrQuality.ATTR_VALID
    assert abs(first.time - start) < 60
    assert first.received >= start
    proxy = await DeviceProxy(f"{pushing}#dbase=no")
    await proxy.command_inout("Push", 5)  # another kind of event: not what is recorded
    await proxy.command_inout("PushArchive", 1000)
    samples = await taken(recorder, 1000)
    assert [sample.value for sample in samples] == [float(step) for step in range(1000)]
    assert recorder.overflow == 0
    assert recorder.waiting == 0


async def test_the_next_kind_is_tried(hub: Hub, pushing: str) -> None:
    recorder = hub.recorder()
    text, counted = f"{pushing}/text#dbase=no", f"{pushing}/counted#dbase=no"
    recorder.add(text, ARCHIVE_FIRST)
    recorder.add(counted, ARCHIVE_FIRST, poll_period=0.01)
    by_name: dict[str, Sample] = {}
    while len(by_name) < 2:
        by_name |= {sample.name: sample for sample in await recorder.take(timeout=30)}
    assert (by_name[text].how, by_name[text].value) == ("change", "tiède")
    assert (by_name[counted].how, by_name[counted].value) == (POLLED, 7)
    # Polled values come each time, changed or not.
    assert {sample.name for sample in await taken(recorder, 3)} == {counted}


async def test_a_full_queue_drops_the_oldest_and_counts(hub: Hub, pushing: str) -> None:
    recorder, witness = hub.recorder(capacity=10), hub.recorder()
    name = f"{pushing}/number#dbase=no"
    for each in (recorder, witness):
        each.add(name)
    await taken(recorder, 1)
    await taken(witness, 1)
    proxy = await DeviceProxy(f"{pushing}#dbase=no")
    await proxy.command_inout("Push", 25)
    await taken(witness, 25)
    assert recorder.waiting == 10
    assert recorder.overflow == 15
    samples = await recorder.take(limit=4)
    assert [sample.value for sample in samples] == [15.0, 16.0, 17.0, 18.0]


async def test_an_error_is_a_sample_once(hub: Hub, pushing: str) -> None:
    recorder = hub.recorder()
    name = f"{pushing}/broken#dbase=no"
    recorder.add(name, poll_period=0.01)
    (sample,) = await taken(recorder, 1)
    assert sample.error.startswith("ValueError: the cable is out")
    assert sample.reason == "PyDs_PythonError"
    assert sample.value is None
    assert sample.quality == AttrQuality.ATTR_INVALID
    assert math.isnan(sample.time)
    await eventually(lambda: recorder.status(name).failed >= 3)
    assert recorder.waiting == 0


async def test_without_polling_there_is_an_error_where_no_events_are(
    hub: Hub, pushing: str
) -> None:
    recorder = hub.recorder()
    recorder.add(f"{pushing}/counted#dbase=no", poll=False)
    (sample,) = await taken(recorder, 1)
    assert sample.reason == "API_EventPropertiesNotSet"


async def test_wrong_use_is_refused(hub: Hub, pushing: str) -> None:
    recorder = hub.recorder()
    recorder.add(f"{pushing}/number#dbase=no")
    with pytest.raises(ValueError, match="recorded already"):
        recorder.add(f"{pushing}/number#dbase=no")
    with pytest.raises(ValueError, match="recorded already"):
        recorder.add(f"{pushing}/NUMBER#dbase=no")
    with pytest.raises(ValueError, match="brings no values"):
        recorder.add(f"{pushing}/text#dbase=no", (EventType.DATA_READY_EVENT,))
    with pytest.raises(ValueError, match="at least one"):
        hub.recorder(0)
    with pytest.raises(KeyError):
        recorder.remove(f"{pushing}/text#dbase=no")


async def test_a_server_that_goes_and_comes_back(hub: Hub) -> None:
    with TangoSystem() as system:
        server = system.add_server({Pushing: ["lab/push/1"]})
        name = f"tango://{system.tango_host}/lab/push/1/number"
        recorder = hub.recorder()
        recorder.add(name)
        polled = f"tango://{system.tango_host}/lab/push/1/counted"
        viewer = hub.viewer()
        viewer.add(polled)
        (first,) = await taken(recorder, 1)
        assert first.value == 0.0
        await asyncio.to_thread(server.stop)
        (lost,) = await taken(recorder, 1)
        assert lost.error  # the subscription's own error may come before the hub's
        while recorder.status(name).how != LOST:
            await hub.changed()
        while viewer.status(polled).how != LOST:
            await hub.changed()
        await asyncio.to_thread(system.add_server, {Pushing: ["lab/push/1"]})
        (back,) = await taken(recorder, 1)
        while back.error:
            (back,) = await taken(recorder, 1)
        assert back.value == 0.0
        proxy = await DeviceProxy(f"tango://{system.tango_host}/lab/push/1")
        await proxy.write_attribute("number", 4.5)
        (event,) = await taken(recorder, 1)
        assert event.value == 4.5
        while viewer.status(polled).how != POLLED:
            await hub.changed()


async def test_a_device_that_is_not_there_yet(hub: Hub) -> None:
    with TangoSystem() as system:
        name = f"tango://{system.tango_host}/lab/push/7/number"
        recorder = hub.recorder()
        recorder.add(name)
        (missing,) = await taken(recorder, 1)
        assert missing.reason == "DB_DeviceNotDefined"
        await asyncio.to_thread(system.add_server, {Pushing: ["lab/push/7"]})
        while True:
            (sample,) = await taken(recorder, 1)
            if not sample.error:
                break
        assert sample.value == 0.0
