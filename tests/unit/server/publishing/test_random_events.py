"""Polling and pushing by plans as without: the same events, rings, black box and calls of the device's methods.

Two devices of one class are polled and pushed to at random, turn by turn; the second one has no plans.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Any

import numpy as np
import pytest

from puretango.client import DeviceProxy
from puretango.errors import DevFailed, Except
from puretango.events import byte_order, decode_call, decode_errors, decode_payload
from puretango.server import Device, Server, attribute, command
from puretango.values import AttrQuality, AttrWriteType, DevState, EventType
from tests.seeds import seeds
from tests.waiting import Clock, until

Quality = AttrQuality
NAMES = ("double", "long", "short", "flag", "alarmed", "both", "text", "choice", "curve", "state")
EVENTS = ("change", "archive", "alarm", "periodic", "user_event")
FOREVER = 3_600_000
"""A period in which nothing is polled by itself."""


class Varied(Device):
    """Gives what it is told to give, or fails, and notes what it is asked for."""

    def init_device(self) -> None:
        super().init_device()
        self.noted: list[str] = []
        self.given: dict[str, Any] = {}
        self.fails_hook = False
        for name in ("long", "alarmed", "text"):
            self.set_change_event(name, True, name == "alarmed")
            self.set_archive_event(name, True, name != "long")
        self.set_state(DevState.ON)

    def always_executed_hook(self) -> None:
        self.noted.append("hook")
        if self.fails_hook:
            Except.throw_exception("Varied_Hook", "no turn", "hook")

    def read_attr_hardware(self, indexes: list[int]) -> None:
        self.noted.append(f"hardware {sorted(indexes)}")

    def give(self, name: str, usual: Any) -> Any:
        self.noted.append(name)
        value = self.given.get(name, usual)
        if isinstance(value, Exception):
            raise value
        return value

    @attribute(dtype=float, polling_period=FOREVER, abs_change=1, archive_rel_change=10)
    def double(self) -> Any:
        return self.give("double", 1.0)

    @attribute(dtype="int64", polling_period=FOREVER, rel_change=10)
    def long(self) -> Any:
        return self.give("long", 1)

    @attribute(dtype="int16", polling_period=FOREVER, abs_change=2)
    def short(self) -> Any:
        return self.give("short", 1)

    @attribute(dtype=bool, polling_period=FOREVER)
    def flag(self) -> Any:
        return self.give("flag", False)

    @attribute(dtype=float, polling_period=FOREVER, max_alarm=10, min_warning=0, abs_change=1)
    def alarmed(self) -> Any:
        return self.give("alarmed", 1.0)

    @attribute(dtype=float, polling_period=FOREVER, access=AttrWriteType.READ_WRITE, abs_change=1)
    def both(self) -> Any:
        return self.give("both", 1.0)

    @both.write
    def both(self, value: float) -> None:
        self.noted.append(f"write {value}")

    @attribute(dtype=str, polling_period=FOREVER)
    def text(self) -> Any:
        return self.give("text", "")

    @attribute(dtype="DevEnum", enum_labels=["no", "yes", "perhaps"], polling_period=FOREVER)
    def choice(self) -> Any:
        return self.give("choice", 0)

    @attribute(dtype=(float,), max_dim_x=4, polling_period=FOREVER, abs_change=1)
    def curve(self) -> Any:
        return self.give("curve", [1.0])

    @command(dtype_out=int, polling_period=FOREVER)
    def Count(self) -> int:
        self.noted.append("Count")
        return 1


VALUES: dict[str, Sequence[Any]] = {
    "double": (1.0, 1.5, 3.0, -1e300, float("nan"), float("inf"), 0.0, np.float64(2.0), 7),
    "long": (1, 2, 10, 2**63 - 1, -(2**63), True, np.int32(5), 2**63),
    "short": (1, 2, 5, 32767, -32768, 40_000, 1.5),
    "flag": (True, False, 1, 0),
    "alarmed": (1.0, 5.0, 11.0, -1.0, 100.0, float("nan")),
    "both": (1.0, 1.5, 3.0),
    "text": ("", "abc", "caf\xe9", "a" * 40, "a\0b", "\u20ac", 3),
    "choice": (0, 1, 2, 3),
    "curve": ([1.0], [1.0, 2.5], [], [1.0] * 4, [1.0] * 5, np.arange(3.0), 1.0),
}
WRONG = (None, "no number", object, [1], {})


def some_value(chance: random.Random, name: str) -> Any:
    """What a device might give for an attribute, or push."""
    value = chance.choice(WRONG if chance.random() < 0.08 else VALUES[name])
    kind = chance.random()
    if kind < 0.1:
        return value, 1_700_000_000.25, chance.choice(list(Quality.__members__.values()))
    if kind < 0.18:
        return ValueError("as it should")
    if kind < 0.24:
        try:
            Except.throw_exception("Varied_Failed", f"{name} failed", "Varied")
        except DevFailed as failed:
            return failed
    return value


def plain(value: Any) -> Any:
    """What a value on the wire says, but for its time."""
    if value is None:
        return None
    errors = [(one.reason, one.desc) for one in value.err_list]
    kind, data = value.value
    numbers = [repr(each) for each in data] if hasattr(data, "__iter__") else repr(data)
    sizes = (value.r_dim.dim_x, value.r_dim.dim_y, value.w_dim.dim_x, value.w_dim.dim_y)
    return value.name, int(value.quality), int(kind), numbers, sizes, errors


class Recorder:
    """In place of a publisher's sockets: keeps what is sent, without times and counters."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.sent: dict[str, list[Any]] = {}

    def publish(self, frames: Sequence[Any]) -> None:
        topic, order, call, payload = (bytes(frame) for frame in frames)
        name = topic.decode().partition("://")[2].partition("/")[2]
        event = name.rpartition(".")[2].removeprefix("idl5_")
        little = byte_order(order)
        if decode_call(call, little).is_error:
            what = [(one.reason, one.desc) for one in decode_errors(payload, event, little)]
        else:
            value = decode_payload(payload, event, 5, little)
            times = (value.time.tv_sec, value.time.tv_usec)
            own = times if times[0] == 1_700_000_000 else None
            what = (plain(value), own)
        self.sent.setdefault(name, []).append(what)

    def publish_all(self, messages: Sequence[Any]) -> None:
        for frames in messages:
            self.publish(frames)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


class Side:
    """One of the two devices, and what is seen of it."""

    def __init__(self, stack: ExitStack, planned: bool) -> None:
        self.server = stack.enter_context(Server("random", [Varied], devices={"Varied": ["r/v/1"]}))
        self.device: Any = self.server.find_device("r/v/1")
        self.planned = planned
        self.plan: Any = None
        self.plans = 0
        self.clock = Clock()
        self.proxy = DeviceProxy(self.server.access("r/v/1"))
        self.polled = list(self.device._tango.polled.values())
        until(lambda: all(each.ring for each in self.polled))  # polled once, at the start
        self.server.poller.scheduler.pause()
        until(lambda: not self.server.poller.scheduler._busy)
        if not planned:
            for one in self.device._tango.attributes.made():
                one.push_plan = False
        feeds = self.server.publisher.feeds
        feeds.clock = self.clock
        feeds.open()
        self.recorder = feeds._socket = Recorder(feeds._socket)

    def poll(self) -> None:
        runs = self.server.poller.run
        if self.planned:
            self.plan = runs.turn(self.device, self.polled, self.plan)
            self.plans += self.plan is not None
        else:
            runs.poll(self.device, self.polled)

    def seen(self) -> Any:
        """All that the last step has done."""
        sent, self.recorder.sent = self.recorder.sent, {}
        noted, self.device.noted = self.device.noted, []
        rings = [
            [(plain(one.value), [error.reason for error in one.errors or ()]) for one in each.ring]
            for each in self.polled
            if each.kind == "attribute"
        ]
        box = [line[1:4] for line in list(self.device._tango.black_box._entries)[-3:]]
        return {"sent": sent, "noted": noted, "rings": rings, "box": repr(box)}


@pytest.fixture
def sides() -> Iterator[list[Side]]:
    """The one with plans, and the one without."""
    with ExitStack() as stack:
        yield [Side(stack, planned) for planned in (True, False)]


def some_steps(chance: random.Random, count: int) -> Iterator[tuple[str, Any]]:
    """What is done to both."""
    for _ in range(count):
        kind = chance.random()
        if kind < 0.45:
            yield (
                "poll",
                {name: some_value(chance, name) for name in VALUES if chance.random() < 0.5},
            )
        elif kind < 0.75:
            name = chance.choice([*VALUES, "State"])
            value = chance.choice(list(DevState)) if name == "State" else some_value(chance, name)
            event = chance.choice(("change", "archive", "alarm", "user"))
            yield "push", (event, name, value if isinstance(value, tuple) else (value,))
        elif kind < 0.85:
            yield "wait", chance.choice((0.05, 0.5, 2.0))
        elif kind < 0.9:
            yield "hook", chance.random() < 0.5
        elif kind < 0.95:
            yield "write", chance.choice((1.0, 2.5))
        else:
            yield (
                "configure",
                (chance.choice(("double", "short", "alarmed")), chance.choice((1, 5))),
            )


def done(side: Side, what: str, how: Any) -> Any:
    """Does it, and gives the error that it raised."""
    device = side.device
    try:
        match what:
            case "poll":
                device.given |= how
                side.poll()
            case "push":
                event, name, arguments = how
                first = () if event != "user" else ([], [])
                method = f"push_{event}_event" if event != "user" else "push_event"
                getattr(device, method)(name, *first, *arguments)
            case "wait":
                side.clock.step(how)
            case "hook":
                device.fails_hook = how
            case "write":
                side.proxy.write_attribute("both", how)
            case "configure":
                config = side.proxy.get_attribute_config(how[0])
                config.events.ch_event.abs_change = str(how[1])
                config.alarms.max_alarm = str(how[1] * 10)
                side.proxy.set_attribute_config(config)
    except (DevFailed, TypeError, ValueError, OverflowError) as error:
        stack = [
            (one.reason, one.desc) for one in getattr(error, "args", ()) if hasattr(one, "reason")
        ]
        return type(error).__name__, stack or str(error)
    return None


@pytest.mark.parametrize("seed", seeds(4))
def test_random_turns_and_pushes(sides: list[Side], seed: int) -> None:
    chance = random.Random(seed)
    wanted = [
        (name, kind)
        for name in NAMES
        for kind in EventType.__members__
        if kind in ("CHANGE_EVENT", "ARCHIVE_EVENT", "ALARM_EVENT", "PERIODIC_EVENT", "USER_EVENT")
        and chance.random() < 0.7
    ]
    for side in sides:
        for name, kind in wanted:
            with suppress(DevFailed):  # without criteria nobody may subscribe
                side.proxy.subscribe_event(name, EventType[kind], lambda _event: None)
        side.seen()
    history: list[Any] = []
    for step in some_steps(chance, 80):
        history.append(step)
        first, second = (done(side, *step) for side in sides)
        assert first == second, history[-6:]
        seen = [side.seen() for side in sides]
        for part, one in seen[0].items():
            assert one == seen[1][part], (part, history[-6:])
    assert sides[0].plans > 5
