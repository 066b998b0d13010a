"""The device classes beside HDB++'s own: each command, attribute and property by its name and type.

The names, types and properties are those of the class descriptions of hdbpp-es 2.0.0 (HdbEventSubscriber.xmi) and
hdbpp-cm 2.0.0 (HdbConfigurationManager.xmi).
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import pytest

from puretango import AttrDataFormat, AttrQuality, AttrWriteType, CmdArgType, EventType
from puretango.archive import HdbConfigurationManager, HdbEventSubscriber
from puretango.testing import MultiDeviceTestContext
from tests.unit.archive.test_devices import until

# Command: argument, result.
SUBSCRIBER_COMMANDS = """
AttributeAdd DevVarStringArray DevVoid
AttributeRemove DevString DevVoid
AttributeStatus DevString DevString
Start DevVoid DevVoid
Stop DevVoid DevVoid
Pause DevVoid DevVoid
AttributeStart DevString DevVoid
AttributeStop DevString DevVoid
AttributePause DevString DevVoid
ResetStatistics DevVoid DevVoid
SetAttributeStrategy DevVarStringArray DevVoid
GetAttributeStrategy DevString DevString
SetAttributeTTL DevVarStringArray DevVoid
GetAttributeTTL DevString DevULong
StopFaulty DevVoid DevVoid
"""
MANAGER_COMMANDS = """
AttributeAdd DevVoid DevVoid
AttributeRemove DevString DevVoid
AttributeStart DevString DevVoid
AttributeStop DevString DevVoid
AttributePause DevString DevVoid
ArchiverAdd DevString DevVoid
ArchiverRemove DevString DevVoid
AttributeAssign DevVarStringArray DevVoid
AttributeStatus DevString DevString
AttributeGetArchiver DevString DevString
AttributeSearch DevString DevVarStringArray
ResetStatistics DevVoid DevVoid
SetAttributeStrategy DevVarStringArray DevVoid
GetAttributeStrategy DevString DevString
SetAttributeTTL DevVarStringArray DevVoid
GetAttributeTTL DevString DevULong
"""
# Attribute: type, format, access.
SUBSCRIBER_ATTRIBUTES = """
AttributeOkNumber DevLong SCALAR READ
AttributeNokNumber DevLong SCALAR READ
AttributePendingNumber DevLong SCALAR READ
AttributeNumber DevLong SCALAR READ
AttributeMaxStoreTime DevDouble SCALAR READ
AttributeMinStoreTime DevDouble SCALAR READ
AttributeMaxProcessingTime DevDouble SCALAR READ
AttributeMinProcessingTime DevDouble SCALAR READ
AttributeRecordFreq DevDouble SCALAR READ
AttributeFailureFreq DevDouble SCALAR READ
AttributeStartedNumber DevLong SCALAR READ
AttributePausedNumber DevLong SCALAR READ
AttributeStoppedNumber DevLong SCALAR READ
AttributeMaxPendingNumber DevLong SCALAR READ
StatisticsResetTime DevDouble SCALAR READ
Context DevString SCALAR READ_WRITE
AttributeList DevString SPECTRUM READ
AttributeOkList DevString SPECTRUM READ
AttributeNokList DevString SPECTRUM READ
AttributePendingList DevString SPECTRUM READ
AttributeRecordFreqList DevDouble SPECTRUM READ
AttributeFailureFreqList DevDouble SPECTRUM READ
AttributeStartedList DevString SPECTRUM READ
AttributePausedList DevString SPECTRUM READ
AttributeStoppedList DevString SPECTRUM READ
AttributeEventNumberList DevLong SPECTRUM READ
AttributeErrorList DevString SPECTRUM READ
AttributeStrategyList DevString SPECTRUM READ
AttributeTTLList DevULong SPECTRUM READ
ContextsList DevString SPECTRUM READ
"""
# Context is of HDB++ write-only there; ours can be read as well.
MANAGER_ATTRIBUTES = """
AttributeOKNumber DevLong SCALAR READ
AttributeNokNumber DevLong SCALAR READ
AttributePendingNumber DevLong SCALAR READ
AttributeNumber DevLong SCALAR READ
SetAttributeName DevString SCALAR READ_WRITE
SetPollingPeriod DevLong SCALAR READ_WRITE
SetAbsoluteEvent DevDouble SCALAR READ_WRITE
SetRelativeEvent DevDouble SCALAR READ_WRITE
SetPeriodEvent DevLong SCALAR READ_WRITE
SetCodePushedEvent DevBoolean SCALAR READ_WRITE
SetArchiver DevString SCALAR READ_WRITE
SetStrategy DevString SCALAR READ_WRITE
SetTTL DevULong SCALAR READ_WRITE
AttributeMaxStoreTime DevDouble SCALAR READ
AttributeMinStoreTime DevDouble SCALAR READ
AttributeMaxProcessingTime DevDouble SCALAR READ
AttributeMinProcessingTime DevDouble SCALAR READ
AttributeRecordFreq DevDouble SCALAR READ
AttributeFailureFreq DevDouble SCALAR READ
AttributeStartedNumber DevLong SCALAR READ
AttributePausedNumber DevLong SCALAR READ
AttributeStoppedNumber DevLong SCALAR READ
AttributeMaxPendingNumber DevLong SCALAR READ
Context DevString SCALAR READ_WRITE
ArchiverList DevString SPECTRUM READ
ArchiverStatus DevString SPECTRUM READ
ArchiverContext DevString SPECTRUM READ
ArchiverStatisticsResetTime DevDouble SPECTRUM READ
ContextsList DevString SPECTRUM READ
"""
# Property: its default.
CONTEXTS = [
    "ALWAYS:always stored",
    "RUN:stored during run",
    "SHUTDOWN:stored during shutdown",
    "SERVICE:stored during maintenance activities",
]
SUBSCRIBER_PROPERTIES: dict[str, Any] = {
    "SubscribeRetryPeriod": 60,
    "AttributeList": [],
    "StatisticsTimeWindow": 60,
    "CheckPeriodicTimeoutDelay": 5,
    "PollingThreadPeriod": 3,
    "LibConfiguration": [],
    "ContextsList": CONTEXTS,
    "DefaultStrategy": "ALWAYS",
}
MANAGER_PROPERTIES: dict[str, Any] = {
    "ArchiverList": [],
    "MaxSearchSize": 1000,
    "LibConfiguration": [],
}
# What ours have beside HDB++'s.
OWN_ATTRIBUTES = {"AttributeAgeList", "AttributeMaxAge", "AttributeVerboseList"}


@pytest.fixture(autouse=True)
def _no_leaks() -> None:
    """The devices live as long as this file's tests."""


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MultiDeviceTestContext]:
    store = f"store=file:{tmp_path_factory.mktemp('archive')}"
    devices = [
        {
            "class": HdbEventSubscriber,
            "devices": [
                {
                    "name": "archive/es/1",
                    "properties": {"LibConfiguration": [store], "PollingThreadPeriod": 1},
                }
            ],
        },
        {"class": HdbConfigurationManager, "devices": [{"name": "archive/cm/1"}]},
    ]
    with MultiDeviceTestContext(devices) as running:
        yield running


def rows(table: str) -> set[tuple[str, ...]]:
    return {tuple(line.split()) for line in table.split("\n") if line}


@pytest.mark.parametrize(
    ("device", "table"),
    [("archive/es/1", SUBSCRIBER_COMMANDS), ("archive/cm/1", MANAGER_COMMANDS)],
    ids=["subscriber", "manager"],
)
def test_commands(context: MultiDeviceTestContext, device: str, table: str) -> None:
    found = {
        (info.cmd_name, info.in_type.name, info.out_type.name)
        for info in context.get_device(device).command_list_query()
        if info.cmd_name not in ("Init", "State", "Status")
    }
    assert found == rows(table)


@pytest.mark.parametrize(
    ("device", "table"),
    [("archive/es/1", SUBSCRIBER_ATTRIBUTES), ("archive/cm/1", MANAGER_ATTRIBUTES)],
    ids=["subscriber", "manager"],
)
def test_attributes(context: MultiDeviceTestContext, device: str, table: str) -> None:
    found = {
        (
            info.name,
            CmdArgType(info.data_type).name,
            AttrDataFormat(info.data_format).name,
            AttrWriteType(info.writable).name,
        )
        for info in context.get_device(device).attribute_list_query()
        if info.name not in ("State", "Status", *OWN_ATTRIBUTES)
    }
    assert found == rows(table)


@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        (HdbEventSubscriber, SUBSCRIBER_PROPERTIES),
        (HdbConfigurationManager, MANAGER_PROPERTIES),
    ],
)
def test_properties(cls: Any, expected: dict[str, Any]) -> None:
    for name, default in expected.items():
        found = getattr(cls, name).default_value
        assert (list(found) if isinstance(default, list) else found) == default, name


@pytest.mark.parametrize(
    ("strategy", "archived"),
    [
        ("ALWAYS", {"ALWAYS", "RUN", "SHUTDOWN", "SERVICE"}),
        ("RUN", {"RUN"}),
        ("SHUTDOWN", {"SHUTDOWN"}),
        ("SERVICE", {"SERVICE"}),
        ("RUN|SERVICE", {"RUN", "SERVICE"}),
    ],
)
def test_strategies(context: MultiDeviceTestContext, strategy: str, archived: set[str]) -> None:
    """An attribute is archived in the contexts of its strategy, and in no other."""
    subscriber: Any = context.get_device("archive/es/1")
    name = context.get_device_access("archive/cm/1").replace("#", "/attributenumber#").lower()
    subscriber.AttributeAdd([name, strategy])
    try:
        assert subscriber.GetAttributeStrategy(name) == strategy
        for word in ("ALWAYS", "RUN", "SHUTDOWN", "SERVICE"):
            subscriber.Context = word
            started = subscriber.AttributeStartedNumber == 1
            assert started == (word in archived), word
            assert subscriber.AttributeStoppedNumber == 1 - started
    finally:
        subscriber.Context = "ALWAYS"
        subscriber.AttributeRemove(name)


def test_its_own_numbers_send_events(context: MultiDeviceTestContext) -> None:
    """As HDB++'s do: alarms and archives of the archiver itself need no polling."""
    subscriber: Any = context.get_device("archive/es/1")
    seen: queue.Queue[int] = queue.Queue()
    number = subscriber.subscribe_event(
        "AttributeNumber",
        EventType.ARCHIVE_EVENT,
        lambda event: None if event.err else seen.put(event.attr_value.value),
    )
    name = context.get_device_access("archive/cm/1").replace("#", "/attributenumber#").lower()
    try:
        assert seen.get(timeout=30) == 0
        subscriber.AttributeAdd([name, "ALWAYS"])
        while seen.get(timeout=30) != 1:
            pass
        subscriber.AttributeRemove(name)
        while seen.get(timeout=30) != 0:
            pass
    finally:
        subscriber.unsubscribe_event(number)


def test_the_age_of_the_last_sample_raises_an_alarm(context: MultiDeviceTestContext) -> None:
    subscriber: Any = context.get_device("archive/es/1")
    config = subscriber.get_attribute_config("AttributeMaxAge")
    config.alarms.max_alarm = "0.3"
    subscriber.set_attribute_config(config)
    # An attribute that sends no events: no sample ever comes.
    name = context.get_device_access("archive/cm/1").replace("#", "/attributenumber#").lower()
    subscriber.AttributeAdd([name, "ALWAYS"])
    try:
        until(
            lambda: subscriber.read_attribute("AttributeMaxAge").quality == AttrQuality.ATTR_ALARM,
            30,
        )
        assert subscriber.read_attribute("AttributeMaxAge").value > 0.3
    finally:
        subscriber.AttributeRemove(name)
