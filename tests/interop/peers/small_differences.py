"""What a client sees of many small things, printed as lines: run with the module to be made from, or asked.

`small_differences.py tango` serves a device of PyTango's in a process of its own, and asks it with PyTango's client.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[3]))  # as a script it is no module of it

from tests.waiting import until

QUALITIES = (
    "VALID 20", "VALID 1", "CHANGING 1", "CHANGING 2", "VALID 1", "INVALID 1", "VALID 1", "ALARM 1", "VALID 1",
    "WARNING 1", "CHANGING 1", "INVALID 1", "CHANGING 20", "VALID 20", "INVALID 1", "INVALID 2", "ALARM 3", "VALID -6",
    "VALID 0", "ALARM 99",
)  # fmt: skip


def make(tango: Any, server: Any) -> Any:
    """The device class, of PyTango's names."""
    attribute, command = server.attribute, server.command
    both, write_only = tango.AttrWriteType.READ_WRITE, tango.AttrWriteType.WRITE

    class Small(server.Device):  # type: ignore[misc, name-defined]  # its base is of whichever implementation is served
        quality, value, allowed, polls = "VALID", 1.0, True, 0

        def init_device(self) -> None:
            super().init_device()
            self.set_state(tango.DevState.ON)
            for name in ("pushed", "detected"):
                self.set_alarm_event(name, True, name == "detected")
                self.set_change_event(name, True, False)

        @attribute(dtype=float, max_alarm=10, min_warning=-5, polling_period=30)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def polled(self) -> Any:
            self.polls += 1
            return self.value, time.time(), getattr(tango.AttrQuality, f"ATTR_{self.quality}")

        @attribute(dtype=float, max_alarm=10)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def pushed(self) -> float:
            return 1.0

        @attribute(dtype=float)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def detected(self) -> float:
            return 1.0

        only_written = attribute(dtype=float, access=write_only)
        both_ways = attribute(dtype=float, access=both)
        failing = attribute(dtype=float, access=both)

        def write_only_written(self, value: float) -> None:
            pass

        def is_only_written_allowed(self, request: Any) -> bool:
            return self.allowed

        def read_both_ways(self) -> float:
            return 1.0

        def write_both_ways(self, value: float) -> None:
            raise RuntimeError("not now")

        def is_both_ways_allowed(self, request: Any) -> bool:
            return self.allowed

        def read_failing(self) -> float:
            raise RuntimeError("no value")

        def write_failing(self, value: float) -> None:
            tango.Except.throw_exception("Reason", "description", "origin")

        @attribute(  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
            dtype=float, unit="NaN", label="nan", min_value="NaN", max_value="Not specified", doc="Not specified",
            format="NaN", standard_unit="", display_unit="NaN", abs_change="NaN", rel_change="Not specified",
            period="NaN", min_alarm="NaN", delta_t="NaN", delta_val="NaN",
        )  # fmt: skip
        def unspecified(self) -> float:
            return 1.0

        @command(dtype_out=int)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Polls(self) -> int:
            return self.polls

        @command(dtype_in=str)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Set(self, words: str) -> None:
            self.quality, value = words.split()
            self.value = float(value)

        @command(dtype_in=bool)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Allow(self, allowed: bool) -> None:
            self.allowed = allowed

        @command(dtype_in=(str,))  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Push(self, words: list[str]) -> None:
            name, event, quality, value = words
            push = getattr(self, f"push_{event}_event")
            push(name, float(value), time.time(), getattr(tango.AttrQuality, f"ATTR_{quality}"))

        @command(dtype_out=int)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def NoNumber(self) -> Any:
            return "text"

        @command(dtype_out=(int,))  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def NoArray(self) -> Any:
            return 5

        @command(dtype_out="DevVarDoubleStringArray")  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def NoPair(self) -> Any:
            return [1]

        @command  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Fail(self) -> None:
            raise ValueError("failed")

        @command  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Throw(self) -> None:
            tango.Except.throw_exception("Reason", "description", "origin")

    return Small


def print_line(part: Callable[..., None], *words: Any) -> None:
    """Print a line in one piece: the server's log goes to the same place, and must not begin in its middle."""
    sys.stdout.write(f"{' '.join(['*', part.__name__, *map(str, words)])}\n")
    sys.stdout.flush()


def told(tango: Any, call: Callable[[], Any]) -> Any:
    """What a call gives, or the reasons and descriptions of its errors."""
    try:
        found = call()
    except tango.DevFailed as failed:
        return [(error.reason, error.desc.split("\n")[0]) for error in failed.args]
    except Exception as error:
        return type(error).__name__
    if isinstance(found, list):
        return [
            (each.has_failed, [error.reason for error in each.get_err_stack()]) for each in found
        ]
    return "value" if type(found).__name__ == "DeviceAttribute" else str(found)


def _event(event: Any) -> Any:
    return (
        event.errors[0].reason
        if event.err
        else (str(event.attr_value.quality), event.attr_value.value)
    )


def alarms(tango: Any, proxy: Any, say: Callable[..., None]) -> None:
    """Alarm events of a polled attribute, and of pushed ones."""
    got: dict[str, list[Any]] = {"polled": [], "pushed": [], "detected": []}
    kind = tango.EventType.ALARM_EVENT
    for name, into in got.items():
        proxy.subscribe_event(name, kind, lambda event, into=into: into.append(_event(event)))
    for words in QUALITIES:
        proxy.Set(words)
        seen = proxy.Polls()
        # Two pollings on, the first of them has told its events: however busy the machine is.
        until(lambda seen=seen: proxy.Polls() >= seen + 2)
        quality, value = words.split()
        for name, event in (("pushed", "alarm"), ("pushed", "change"), ("detected", "alarm")):
            proxy.Push([name, event, quality, value])
        say("state", words, proxy.state() if words.startswith("VALID") else "")
    until(lambda: all(("ATTR_ALARM", 99.0) in each for each in got.values()))
    for name, each in got.items():
        # The same value may come once more: from PyTango at the first polling after the first
        # subscription, from both when a busy machine's polling falls behind and tells so.
        values = [event for event in each if isinstance(event, tuple)]
        say(
            name,
            [event for place, event in enumerate(values) if values[place - 1 : place] != [event]],
        )
    proxy.Set("VALID 1")


def access(tango: Any, proxy: Any, say: Callable[..., None]) -> None:
    """Attributes that are not allowed, that fail, that are not there, by each way."""
    for allowed in (False, True):
        proxy.Allow(allowed)
        for name in ("only_written", "both_ways", "failing", "missing", "unspecified"):
            ways: dict[str, Callable[[], Any]] = {
                "read": lambda name=name: proxy.read_attribute(name),
                "several": lambda name=name: list(proxy.read_attributes([name, "pushed"])),
                "asynch": lambda name=name: proxy.read_attribute_reply(
                    proxy.read_attribute_asynch(name), 3000
                ),
                "write": lambda name=name: proxy.write_attribute(name, 1.0),
                "write_read": lambda name=name: proxy.write_read_attribute(name, 1.0),
                "writes": lambda name=name: proxy.write_read_attributes(
                    [("only_written", 1.0)], [name]
                ),
            }
            for way, call in ways.items():
                if name != "missing" or not way.startswith("write"):
                    say(allowed, name, way, told(tango, call))


def commands(tango: Any, proxy: Any, say: Callable[..., None]) -> None:
    """Commands that fail."""
    for name in ("NoNumber", "NoArray", "NoPair", "Fail", "Throw", "Missing", "Set"):
        say(name, told(tango, lambda name=name: proxy.command_inout(name)))
        asynch = lambda name=name: proxy.command_inout_reply(proxy.command_inout_asynch(name), 3000)  # noqa: E731
        say(name, told(tango, asynch))


def configuration(tango: Any, proxy: Any, say: Callable[..., None]) -> None:
    """Declared texts that say nothing."""
    info = proxy.get_attribute_config("unspecified")
    say(
        info.unit,
        info.label,
        info.min_value,
        info.max_value,
        info.description,
        info.format,
        info.standard_unit,
    )
    say(info.display_unit, info.events.ch_event.abs_change, info.events.ch_event.rel_change)
    say(
        info.events.per_event.period,
        info.alarms.min_alarm,
        info.alarms.delta_t,
        info.alarms.delta_val,
    )


def main(module: str) -> None:
    """Serve and ask."""
    tango = importlib.import_module(module)
    server = importlib.import_module(f"{module}.server")
    context = importlib.import_module(f"{module}.test_context")
    with context.DeviceTestContext(make(tango, server), process=True) as proxy:
        for part in (alarms, access, commands, configuration):
            part(tango, proxy, partial(print_line, part))


if __name__ == "__main__":
    main(sys.argv[1])
