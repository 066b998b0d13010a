"""Viewers: newest values in frames, a count of what was skipped, one subscription for all."""

from __future__ import annotations

import asyncio
import math

import pytest

from puretango.asyncio import DeviceProxy
from puretango.errors import WrongNameSyntax
from puretango.hub import ERROR, NUMBER, OBJECT, POLLED, Frame, Hub, Viewer
from puretango.values import AttrQuality
from tests.unit.hub.devices import Pushing
from tests.waiting import eventually, never_on_loop


async def next_frame(viewer: Viewer) -> Frame:
    """The next frame in which anything changed."""
    async for frame in viewer.frames(0.0):
        return frame
    raise AssertionError("the viewer was closed")


async def until_seen(viewer: Viewer, count: int) -> dict[int, tuple[int, float]]:
    """The newest kind and value of so many attributes, by number."""
    seen: dict[int, tuple[int, float]] = {}
    while len(seen) < count:
        frame = await next_frame(viewer)
        for position, number in enumerate(frame.indices.tolist()):
            seen[number] = (int(frame.kinds[position]), float(frame.values[position]))
    return seen


async def test_the_first_frame_has_the_present_value(hub: Hub, pushing: str) -> None:
    viewer = hub.viewer()
    number = viewer.add(f"{pushing}/number#dbase=no")
    frame = await next_frame(viewer)
    assert frame.indices.tolist() == [number]
    assert frame.kinds.tolist() == [NUMBER]
    assert frame.values.tolist() == [0.0]
    assert frame.qualities.tolist() == [AttrQuality.ATTR_VALID]
    assert frame.skipped.tolist() == [0]
    assert viewer.status(f"{pushing}/number#dbase=no").how == "change"
    assert viewer.take() is None


async def test_a_slow_viewer_gets_the_newest_and_a_count(hub: Hub, pushing: str) -> None:
    name = f"{pushing}/number#dbase=no"
    viewer, recorder = hub.viewer(), hub.recorder()
    viewer.add(name)
    recorder.add(name)
    await next_frame(viewer)
    proxy = await DeviceProxy(f"{pushing}#dbase=no")
    await proxy.command_inout("Push", 100)
    got: list[float] = []
    while not got or got[-1] != 99.0:
        got += [sample.value for sample in await recorder.take(timeout=30)]
    frame = viewer.take()
    assert frame is not None
    assert frame.values.tolist() == [99.0]
    assert frame.skipped.tolist() == [99]


async def test_what_sends_no_events_is_polled_in_one_request(hub: Hub, pushing: str) -> None:
    viewer = hub.viewer()
    names = [f"{pushing}/{name}#dbase=no" for name in ("counted", "large", "curve", "broken")]
    for name in names:
        viewer.add(name)
    seen = await until_seen(viewer, 4)
    assert seen[0] == (NUMBER, 7.0)
    assert seen[1][0] == OBJECT  # no double holds it exactly
    assert seen[2][0] == OBJECT
    assert seen[3][0] == ERROR
    assert [viewer.status(name).how for name in names] == [POLLED] * 4
    assert viewer.status(names[3]).error.startswith("ValueError")
    last = viewer.status(names[1]).last
    assert last is not None
    assert last.value == 2**53 + 1
    curve = viewer.status(names[2]).last
    assert curve is not None
    assert curve.value[0] == 1.0
    assert math.isnan(curve.value[1])


async def test_unchanged_polled_values_make_no_frame(hub: Hub, pushing: str) -> None:
    viewer = hub.viewer()
    watched = f"{pushing}/counted#dbase=no"
    viewer.add(watched)
    await until_seen(viewer, 1)
    before = viewer.status(watched).received
    while viewer.status(watched).received < before + 3:
        await hub.changed()
    assert viewer.take() is None


@pytest.mark.slow
async def test_a_sluggish_attribute_does_not_hold_up_the_others(hub: Hub, pushing: str) -> None:
    viewer = hub.viewer()
    quick, slow = f"{pushing}/counted#dbase=no", f"{pushing}/sluggish#dbase=no"
    viewer.add(slow)
    viewer.add(quick)
    await until_seen(viewer, 2)
    # Once its slowness is known, it is read by itself: the quick one comes several times meanwhile.
    while True:
        before = viewer.status(quick).received, viewer.status(slow).received
        while viewer.status(slow).received == before[1]:
            await hub.changed()
        if viewer.status(quick).received - before[0] >= 2:
            break


@pytest.mark.slow
async def test_a_late_answer_is_not_another_attribute_s_value(hub: Hub, pushing: str) -> None:
    slow, other = f"{pushing}/sluggish#dbase=no", f"{pushing}/curve#dbase=no"
    viewer = hub.viewer()
    viewer.add(slow)
    viewer.add(f"{pushing}/counted#dbase=no")  # so the reading goes on without the slow one
    await until_seen(viewer, 2)
    await eventually(lambda: Pushing.reading)  # a thread of the server sets it
    viewer.remove(slow)
    await eventually(lambda: not any("sluggish" in key for key in hub._sources))
    await eventually(lambda: not hub._ending)  # its place on the board is free
    viewer.add(other)
    names: set[str | None] = set()

    def seen() -> set[str | None]:
        frame = viewer.take()
        for position in range(0 if frame is None else len(frame)):
            assert frame is not None
            sample = frame.sample(position)
            names.add(None if sample is None else sample.name.rpartition("/")[2])
        return names - {"counted#dbase=no"}

    await eventually(lambda: not Pushing.reading and seen())
    await never_on_loop(lambda: seen() != {"curve#dbase=no"}, 0.5)  # nor does the late one come


async def test_twenty_viewers_are_one_reader(hub: Hub, pushing: str) -> None:
    proxy = await DeviceProxy(f"{pushing}#dbase=no")
    viewers = [hub.viewer() for _ in range(20)]
    for viewer in viewers:
        viewer.add(f"{pushing}/number#dbase=no")
        viewer.add(f"{pushing.upper().replace('TANGO:', 'tango:')}/NUMBER#dbase=no")
    frames = [await until_seen(viewer, 2) for viewer in viewers]
    assert all(frame == frames[0] for frame in frames)
    assert hub.subscribed == 1
    lines = await asyncio.to_thread(proxy.black_box, 50)
    reads = [line for line in lines if "read_attributes" in line and "number" in line.lower()]
    assert len(reads) == 1


async def test_nothing_is_subscribed_that_nobody_looks_at(hub: Hub, pushing: str) -> None:
    name = f"{pushing}/counted#dbase=no"
    one, other = hub.viewer(), hub.viewer()
    one.add(name)
    other.add(name)
    await until_seen(one, 1)
    one.close()
    assert hub.subscribed == 1
    other.remove(name)
    while hub.subscribed:
        await hub.changed()
    assert other.names == []
    assert other.take() is None


async def test_added_again_it_is_new(hub: Hub, pushing: str) -> None:
    name = f"{pushing}/number#dbase=no"
    viewer = hub.viewer()
    first = viewer.add(name)
    assert viewer.add(name) == first
    await until_seen(viewer, 1)
    viewer.remove(name)
    second = viewer.add(name)
    assert second != first
    frame = await next_frame(viewer)
    assert frame.indices.tolist() == [second]
    viewer.again()
    assert viewer.take() is not None


async def test_quality_goes_with_the_value(hub: Hub, pushing: str) -> None:
    viewer = hub.viewer()
    viewer.add(f"{pushing}/number#dbase=no")
    await next_frame(viewer)
    proxy = await DeviceProxy(f"{pushing}#dbase=no")
    await proxy.command_inout("PushAlarm")
    frame = await next_frame(viewer)
    assert frame.values.tolist() == [5.0]
    assert frame.qualities.tolist() == [AttrQuality.ATTR_ALARM]


@pytest.mark.parametrize("name", ["", "a/b/c", "a/b/c/d/e", "http://a/b/c/d", "alias"])
async def test_a_name_that_is_none(hub: Hub, name: str) -> None:
    viewer = hub.viewer()
    with pytest.raises(WrongNameSyntax):
        viewer.add(name)
    assert hub.subscribed == 0


async def test_a_closed_viewer_ends_its_frames(hub: Hub, pushing: str) -> None:
    viewer = hub.viewer()
    viewer.add(f"{pushing}/number#dbase=no")

    async def look() -> int:
        return len([frame async for frame in viewer.frames(0.0)])

    looking = asyncio.create_task(look())
    while not viewer.status(f"{pushing}/number#dbase=no").received:
        await hub.changed()
    viewer.close()
    assert await looking <= 1


async def test_a_device_that_was_restarted_is_asked_anew(hub: Hub, pushing: str) -> None:
    """It has begun anew without an event: whoever restarted it says so, and the present values come."""
    name = f"{pushing}/number#dbase=no"
    viewer = hub.viewer()
    viewer.add(name)
    await until_seen(viewer, 1)
    proxy = await DeviceProxy(f"{pushing}#dbase=no")
    await proxy.write_attribute("number", 5.0)
    async with asyncio.timeout(30):
        while viewer.status(name).last.value != 5.0:  # type: ignore[union-attr]  # there is one by then
            await hub.changed()
        admin = await DeviceProxy(proxy.adm_name())
        await admin.command_inout("DevRestart", "lab/push/1")
        hub.restarted(f"{pushing}#dbase=no")
        while viewer.status(name).last.value != 0.0:  # type: ignore[union-attr]  # there is one by then
            await hub.changed()
    assert viewer.status(name).how == "change"
    hub.restarted("tango://nowhere:1/a/b/c#dbase=no")  # nobody looks at it


async def test_after_a_write_the_set_value_is_the_new_one(hub: Hub, pushing: str) -> None:
    """An event that is pushed by what writes has the set value of before, and may come after the reading."""
    name = f"{pushing}/number#dbase=no"
    viewer = hub.viewer()
    viewer.add(name)
    await next_frame(viewer)
    device = await DeviceProxy(f"{pushing}#dbase=no")
    for value in (2.5, 3.5):
        await device.write_attribute("number", value)
        hub.told(name, await device.read_attribute("number"))

    def newest() -> tuple[float, float]:
        data = viewer.status(name).last.data
        return data.value, data.w_value

    await eventually(lambda: newest() == (3.5, 3.5))
    await asyncio.sleep(0.4)  # no event is under way any more
    assert newest() == (3.5, 3.5)
