"""More small things, each on a device of its own: interfaces that change or do not, memorized values, debug levels.

`more_differences.py MODULE` prints lines, as small_differences.py does.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

Say = Callable[..., None]
QUIET = 1.0
"""Seconds in which an event comes if there is one."""


def print_line(part: Callable[..., None], *words: Any) -> None:
    """Print a line in one piece: the server's log goes to the same place, and must not begin in its middle."""
    sys.stdout.write(f"{' '.join(['*', part.__name__, *map(str, words)])}\n")
    sys.stdout.flush()


def told(tango: Any, call: Callable[[], Any]) -> Any:
    """What a call gives, or the reasons and descriptions of its errors."""
    try:
        return call()
    except tango.DevFailed as failed:
        return [(error.reason, error.desc) for error in failed.args]


def interfaces(tango: Any, server: Any, context: Any, say: Say) -> None:
    """What is an interface-change event, and what is not."""

    class Changing(server.Device):  # type: ignore[misc, name-defined]  # its base is of whichever implementation is served
        @server.attribute(dtype=float)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def one(self) -> float:
            return 1.0

        def _add(self, name: str, kind: Any) -> None:
            self.add_attribute(
                server.attribute(name=name, dtype=kind, fget=lambda dev, attr=None: kind(1))
            )

        @server.command  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def More(self) -> None:
            self._add("more", int)

        @server.command  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Same(self) -> None:
            self._add("one", float)

        @server.command  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Less(self) -> None:
            self.remove_attribute("more")

    with context.DeviceTestContext(Changing, process=True) as proxy:
        got: list[Any] = []

        def note(event: Any) -> None:
            got.append((event.dev_started, sorted(one.name for one in event.att_list)))

        proxy.subscribe_event(tango.EventType.INTERFACE_CHANGE_EVENT, note)
        admin = tango.DeviceProxy(proxy.adm_name())
        steps = ("begin", "restart", "Init", "More", "More", "Same", "Less", "restart", "restart")
        for step in steps:
            before = len(got)
            if step == "restart":
                admin.command_inout("DevRestart", proxy.dev_name())
            elif step != "begin":
                proxy.command_inout(step)
            time.sleep(QUIET)
            say(step, got[before:])


def memorized_values(tango: Any, server: Any, context: Any, say: Say) -> None:
    """Memorized values that lie beyond what may be set now."""
    both = tango.AttrWriteType.READ_WRITE
    limits = {"max_value": 10, "min_value": 0}
    declared: dict[str, dict[str, Any]] = {
        "fine": {"dtype": float, "hw_memorized": True, **limits},
        "high": {"dtype": float, "hw_memorized": True, **limits},
        "high_kept": {"dtype": float, **limits},
        "low": {"dtype": int, "hw_memorized": True, **limits},
        "no_label": {"dtype": "DevEnum", "enum_labels": ["a", "b"], "hw_memorized": True},
    }
    kept = {"fine": "7", "high": "50", "high_kept": "50", "low": "-1", "no_label": "5"}

    def init_device(self: Any) -> None:
        super(Kept, self).init_device()
        self.set_state(tango.DevState.ON)

    def read(self: Any, attr: Any = None) -> Any:
        return 1

    def write(self: Any, value: Any) -> None:
        pass

    body: dict[str, Any] = {
        name: server.attribute(access=both, memorized=True, fget="read", fset="write", **options)
        for name, options in declared.items()
    }
    body |= {"init_device": init_device, "read": read, "write": write}
    Kept: Any = type(server.Device)("Kept", (server.Device,), body)
    with context.DeviceTestContext(Kept, process=True, memorized=kept) as proxy:
        for turn in ("start", "change", "Init"):
            if turn == "Init":
                proxy.Init()
            for name in declared:
                found = proxy.read_attribute(name)
                say(turn, name, float(found.value), float(found.w_value), str(found.quality))
                if turn == "change" and name != "no_label":
                    say(
                        name,
                        _narrowed(tango, proxy, name),
                        proxy.get_attribute_config(name).max_value,
                    )
                    say(name, told(tango, lambda name=name: proxy.write_attribute(name, 3)))
            say(turn, str(proxy.state()), proxy.status())


def _narrowed(tango: Any, proxy: Any, name: str) -> Any:
    """Set a maximum that the memorized value of `fine` is above."""
    info = proxy.get_attribute_config(name)
    info.max_value = "5"
    return told(tango, lambda: proxy.set_attribute_config(info))


def unmemorized(tango: Any, server: Any, context: Any, say: Say) -> None:
    """What cannot be memorized at all: states among it."""
    kinds = tango.CmdArgType
    access = tango.AttrWriteType
    cases = (
        (kinds.DevState, False, access.READ_WRITE),
        (kinds.DevState, False, access.READ),
        (kinds.DevEncoded, False, access.READ_WRITE),
        (kinds.DevDouble, False, access.READ),
        (kinds.DevDouble, True, access.READ_WRITE),
        (kinds.DevState, True, access.READ_WRITE),
        (kinds.DevString, False, access.WRITE),
    )

    class Adding(server.Device):  # type: ignore[misc, name-defined]  # its base is of whichever implementation is served
        @server.command(dtype_in=int, dtype_out=str)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Add(self, number: int) -> str:
            kind, several, write_type = cases[number]
            name = f"added{number}"
            ways = {"fget": lambda dev, attr=None: None, "fset": lambda dev, attr: None}
            options = {"max_dim_x": 5} if several else {}
            made = server.attribute(
                name=name,
                dtype=(kind,) if several else kind,
                access=write_type,
                memorized=True,
                **options,
                **ways,
            )
            return str(told(tango, lambda: self.add_attribute(made)))

    with context.DeviceTestContext(Adding, process=True) as proxy:
        for number in range(len(cases)):
            say(number, proxy.Add(number))


def debug_levels(tango: Any, server: Any, context: Any, say: Say) -> None:
    """What the `debug` of a test context means: a level, and the lines that are printed from it on."""
    levels = ("debug", "info", "warn", "error", "fatal")

    class Talking(server.Device):  # type: ignore[misc, name-defined]  # its base is of whichever implementation is served
        @server.command  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Talk(self) -> None:
            for level in levels:
                getattr(self, f"{level}_stream")(f"said as {level}")

    for debug in (None, 0, 1, 2, 3, 4):
        given = {} if debug is None else {"debug": debug}
        with (
            printed() as lines,
            context.DeviceTestContext(Talking, process=True, **given) as proxy,
        ):
            targets = [one for one in proxy.get_logging_target() if "telemetry" not in one]
            shown = [debug, proxy.get_logging_level(), targets]
            proxy.Talk()
        say(*shown, [level for level in levels if f"said as {level}" in lines[0]])


@contextmanager
def printed() -> Iterator[list[str]]:
    """What this process and its children print meanwhile; there when the block has ended."""
    found: list[str] = []
    sys.stdout.flush()
    before = os.dup(1)
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), 1)
        try:
            yield found
        finally:
            os.dup2(before, 1)
            os.close(before)
            log.seek(0)
            found.append(log.read().decode("utf-8", "replace"))


def main(module: str) -> None:
    """Serve and ask."""
    tango = importlib.import_module(module)
    server = importlib.import_module(f"{module}.server")
    context = importlib.import_module(f"{module}.test_context")
    for part in (interfaces, memorized_values, unmemorized, debug_levels):
        part(tango, server, context, partial(print_line, part))


if __name__ == "__main__":
    main(sys.argv[1])
