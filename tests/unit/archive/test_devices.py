"""HdbEventSubscriber and HdbConfigurationManager: HDB++'s commands and attributes, over a TangoTest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango import DevFailed, DevState
from puretango.archive import ArchiveError, ArchiveReader, FileStore
from puretango.archive.collecting import Settings
from puretango.archive.devices import (
    HdbConfigurationManager,
    HdbEventSubscriber,
    line_of,
    settings_of_line,
    store_address,
)
from puretango.sim import TangoTest
from puretango.testing import MultiDeviceTestContext

CONTEXTS = ("ALWAYS", "RUN", "SHUTDOWN", "SERVICE")


@pytest.fixture
def system(tmp_path: Path) -> Iterator[MultiDeviceTestContext]:
    library = ["libname=puretango", f"store=file:{tmp_path / 'store'}"]
    devices: list[dict[str, Any]] = [
        {"class": TangoTest, "devices": [{"name": "sys/tg_test/1"}]},
        {
            "class": HdbEventSubscriber,
            "devices": [{"name": "archive/es/1", "properties": {"LibConfiguration": library}}],
        },
        {"class": HdbConfigurationManager, "devices": [{"name": "archive/cm/1"}]},
    ]
    with MultiDeviceTestContext(devices) as context:
        context.get_device("archive/cm/1").ArchiverAdd(context.get_device_access("archive/es/1"))
        yield context


def attribute_of(context: MultiDeviceTestContext, name: str) -> str:
    return context.get_device_access("sys/tg_test/1").replace("#", f"/{name}#")


def until(true: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The result of a function, as soon as it is true."""
    pause, waited = threading.Event(), 0.0
    while waited < seconds:
        found = true()
        if found:
            return found
        pause.wait(0.05)
        waited += 0.05
    raise AssertionError("it did not come true")


def counter(subscriber: Any, name: str) -> int:
    line = subscriber.AttributeStatus(name).splitlines()[3]
    return int(line.removeprefix("Event OK counter   :").split("-")[0])


def test_an_attribute_is_added_archived_paused_stopped_and_removed(
    system: MultiDeviceTestContext, tmp_path: Path
) -> None:
    subscriber = system.get_device("archive/es/1")
    name = attribute_of(system, "double_scalar")
    assert subscriber.state() == DevState.OFF
    subscriber.AttributeAdd([f"{name};poll=0.1", "ALWAYS"])
    until(lambda: counter(subscriber, name) > 2)
    assert subscriber.state() == DevState.ON
    assert subscriber.AttributeStatus(name).startswith("Event status       : Event received\n")
    assert subscriber.AttributeOkList == subscriber.AttributeList == (name,)
    assert subscriber.AttributeEventNumberList[0] > 2
    assert 0 <= subscriber.AttributeAgeList[0] < 15
    subscriber.AttributePause(name)
    assert (subscriber.AttributePausedNumber, subscriber.AttributePausedList) == (1, (name,))
    subscriber.AttributeStart(name)
    assert subscriber.AttributeStartedNumber == 1
    subscriber.AttributeStop(name)
    assert subscriber.AttributeStoppedList == (name,)
    assert subscriber.state() == DevState.OFF
    until(lambda: subscriber.AttributePendingNumber == 0)
    with ArchiveReader(str(tmp_path / "store")) as archive:
        full = archive.full_name(name)
        until(lambda: [gap.kind for gap in archive.gaps(full)] == ["paused", "stopped"])
        assert sum(map(len, archive.series(full))) > 2
    subscriber.AttributeRemove(name)
    assert subscriber.AttributeNumber == 0
    with pytest.raises(DevFailed, match="is not archived here"):
        subscriber.AttributeStatus(name)


def test_the_context_starts_and_stops_attributes(system: MultiDeviceTestContext) -> None:
    subscriber = system.get_device("archive/es/1")
    run, always = (attribute_of(system, n) for n in ("double_scalar", "long_scalar"))
    subscriber.AttributeAdd([run, "RUN|SERVICE"])
    subscriber.AttributeAdd([always])
    assert subscriber.AttributeStrategyList == ("RUN|SERVICE", "ALWAYS")
    assert subscriber.AttributeStoppedList == (run,)
    subscriber.Context = "Run"
    assert subscriber.Context == "RUN"
    assert subscriber.AttributeStartedNumber == 2
    subscriber.Context = "SHUTDOWN"
    assert subscriber.AttributeStartedList == (always,)
    subscriber.SetAttributeStrategy([run, "SHUTDOWN"])
    assert subscriber.GetAttributeStrategy(run) == "SHUTDOWN"
    assert subscriber.AttributeStartedNumber == 2
    with pytest.raises(DevFailed, match="context PARTY is none of ALWAYS, RUN"):
        subscriber.Context = "PARTY"
    assert subscriber.ContextsList[1] == "RUN: stored during run"


def test_what_is_wrong_is_told(system: MultiDeviceTestContext) -> None:
    subscriber = system.get_device("archive/es/1")
    name = attribute_of(system, "no_such_attribute")
    subscriber.AttributeAdd([name])
    until(lambda: subscriber.AttributeNokNumber == 1)
    assert subscriber.state() == DevState.FAULT
    # The first error is that of the events, the one that names the attribute comes with the first reading.
    until(lambda: "no_such_attribute" in subscriber.AttributeErrorList[0])
    assert subscriber.AttributeNokList == (name,)
    with pytest.raises(DevFailed, match="is archived already"):
        subscriber.AttributeAdd([name])
    with pytest.raises(DevFailed, match="strategy 'NEVER' is none of"):
        subscriber.AttributeAdd([attribute_of(system, "long_scalar"), "NEVER"])
    with pytest.raises(DevFailed, match="is not an attribute of a device"):
        subscriber.AttributeAdd(["nonsense"])
    subscriber.StopFaulty()
    assert subscriber.AttributeNokNumber == 0
    assert subscriber.AttributeStoppedNumber == 1


def test_times_to_live(system: MultiDeviceTestContext) -> None:
    subscriber = system.get_device("archive/es/1")
    name = attribute_of(system, "double_scalar")
    subscriber.AttributeAdd([name, "ALWAYS"])
    subscriber.SetAttributeTTL([name, "240"])
    assert subscriber.GetAttributeTTL(name) == 240
    assert subscriber.AttributeTTLList.tolist() == [240]
    with pytest.raises(DevFailed, match="hours, 0 for ever"):
        subscriber.SetAttributeTTL([name, "soon"])


def test_a_subscriber_without_a_store_says_so(tmp_path: Path) -> None:
    with FileStore(tmp_path):
        properties = {"LibConfiguration": [f"store=file:{tmp_path}"]}
        devices = [{"name": "archive/es/1", "properties": properties}, {"name": "archive/es/2"}]
        with MultiDeviceTestContext([{"class": HdbEventSubscriber, "devices": devices}]) as context:
            taken, empty = (context.get_device(f"archive/es/{n}") for n in (1, 2))
            assert taken.state() == empty.state() == DevState.FAULT
            assert "another archiver writes to" in taken.status()
            assert "LibConfiguration names no store" in empty.status()
            with pytest.raises(DevFailed, match="another archiver writes to"):
                taken.Start()


def test_the_manager_adds_finds_and_tells(system: MultiDeviceTestContext) -> None:
    manager, subscriber = (system.get_device(f"archive/{n}/1") for n in ("cm", "es"))
    name = attribute_of(system, "double_scalar")
    archiver = manager.ArchiverList[0]
    manager.SetAttributeName = name
    manager.SetArchiver = archiver
    manager.SetStrategy = "RUN|SERVICE"
    manager.SetTTL = 24
    manager.SetPollingPeriod = 100
    manager.SetAbsoluteEvent = 0.001
    manager.SetPeriodEvent = 500
    manager.AttributeAdd()
    assert subscriber.AttributeList == (name,)
    assert manager.GetAttributeStrategy(name) == "RUN|SERVICE"
    assert manager.GetAttributeTTL(name) == 24
    assert manager.AttributeGetArchiver(name) == archiver
    assert manager.AttributeSearch("double_sc") == [name]
    assert manager.AttributeSearch("nothing like it") == []
    device = system.get_device("sys/tg_test/1")
    events = device.get_attribute_config("double_scalar").events.arch_event
    assert (events.archive_abs_change, events.archive_period) == ("0.001", "500")
    assert device.get_attribute_poll_period("double_scalar") == 100
    manager.Context = "RUN"
    assert manager.ArchiverContext == ("RUN",)
    until(lambda: counter(subscriber, name) > 2)  # archive events: nobody asked for polling by us
    assert (manager.AttributeOKNumber, manager.AttributeNumber) == (1, 1)
    assert manager.state() == DevState.ON
    assert manager.ArchiverStatus == ("ON: Archiving 1 attributes",)
    manager.AttributePause(name)
    assert manager.AttributePausedNumber == 1
    manager.AttributeStop(name)
    assert manager.AttributeStoppedNumber == 1
    assert "Archiving          : Stopped" in manager.AttributeStatus(name)
    manager.AttributeRemove(name)
    assert manager.AttributeNumber == 0


def test_the_manager_refuses(system: MultiDeviceTestContext) -> None:
    manager = system.get_device("archive/cm/1")
    with pytest.raises(DevFailed, match="SetAttributeName is not set"):
        manager.AttributeAdd()
    manager.SetAttributeName = attribute_of(system, "long_scalar")
    with pytest.raises(DevFailed, match="no event would ever come"):
        manager.AttributeAdd()
    manager.SetCodePushedEvent = True
    manager.AttributeAdd()
    manager.SetAttributeName = attribute_of(system, "long_scalar")
    with pytest.raises(DevFailed, match="is archived already, by"):
        manager.AttributeAdd()
    with pytest.raises(DevFailed, match="is not archived"):
        manager.AttributeStart("a/b/c/d")
    with pytest.raises(DevFailed, match="archiver a/b/c is not managed"):
        manager.ArchiverRemove("a/b/c")
    manager.ArchiverRemove(manager.ArchiverList[0])
    assert not manager.ArchiverList


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("a/b/c/d", Settings()),
        ("a/b/c/d;strategy=RUN|shutdown;ttl=24", Settings(("RUN", "SHUTDOWN"), 24)),
        ("a/b/c/d;context=RUN", Settings(("RUN",))),
        ("a/b/c/d;poll=0.5;rate=10;period=60", Settings(poll_period=0.5, max_rate=10, period=60)),
    ],
)
def test_lines_of_the_attribute_list(line: str, settings: Settings) -> None:
    name, found = settings_of_line(line, Settings(), CONTEXTS)
    assert (name, found) == ("a/b/c/d", settings)
    assert settings_of_line(line_of(name, found), Settings(), CONTEXTS) == (name, settings)


def test_lines_that_make_no_sense() -> None:
    for line, text in [("x;ttl=soon", "ttl=soon"), ("x;colour=red", "no field colour")]:
        with pytest.raises(ArchiveError, match=text):
            settings_of_line(line, Settings(), CONTEXTS)


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (["store=file:/a"], "file:/a"),
        (
            ["host=h", "user=u", "password=p@", "dbname=hdb", "port=5"],
            "postgresql://u:p%40@h:5/hdb",
        ),
        (
            ["libname=libhdb++timescale.so", "connect_string=host=h dbname=d"],
            "postgresql:host=h dbname=d",
        ),
    ],
)
def test_library_configurations(lines: list[str], address: str) -> None:
    assert store_address(lines) == address


def test_a_library_that_is_not_ours() -> None:
    with pytest.raises(ArchiveError, match=r"libname=libhdb\+\+mysql\.so"):
        store_address(["libname=libhdb++mysql.so", "dbname=hdb"])
