"""Observation: facts about a running device, gathered by read-only requests.

Asked: model (see :func:`puretango.model.model_of_device`), State and Status, each attribute once,
the polling's status, the black box. Nothing is written and no command of the device is run.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.model import ClassModel, model_of_device
from puretango.values import DevSource

__all__ = [
    "Observation",
    "Polled",
    "Read",
    "Request",
    "Sample",
    "observe",
    "parse_polling",
    "parse_request",
]


@dataclass(frozen=True, slots=True)
class Read:
    """One reading: its duration in seconds, and its result."""

    seconds: float
    value: Any = None
    quality: str = ""
    dim_x: int = 0
    dim_y: int = 0
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Polled:
    """One line of the polling's status; times in milliseconds."""

    name: str
    is_command: bool
    period: float
    needed: float | None
    deltas: tuple[float, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the black box: seconds of the day, the operation, the members, the client."""

    at: float
    operation: str
    members: tuple[str, ...]
    client: str


@dataclass(frozen=True, slots=True)
class Sample:
    """State, Status and attributes at one time (seconds on the observer's clock)."""

    at: float
    state: str
    status: str
    values: dict[str, Read]
    clock: float = 0.0
    """Seconds of the day, as the black box counts them."""
    cached: str = ""
    """State from the polling cache, if it is polled."""


@dataclass
class Observation:
    """The observation of a device."""

    name: str
    model: ClassModel
    state: str = ""
    status: str = ""
    state_seconds: float = 0.0
    state_error: str = ""
    status_error: str = ""
    reads: dict[str, Read] = field(default_factory=dict)
    polling: list[Polled] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    later: list[Request] = field(default_factory=list)
    """The black box after the samples were taken."""

    def series(self, attribute: str) -> list[Read]:
        """All readings of an attribute."""
        first = [self.reads[attribute]] if attribute in self.reads else []
        return first + [one.values[attribute] for one in self.samples if attribute in one.values]


_POLLED = re.compile(r"Polled (attribute|command) name = (\S+)")
_PERIOD = re.compile(r"Polling period \(mS\) = ([\d.]+)")
_NEEDED = re.compile(r"Time needed for the last .*?\(mS\) = ([\d.]+)")
_DELTAS = re.compile(r"Delta between last records \(in mS\) = ([-\d., ]+)")
_FAILED = re.compile(r"Last (?:attribute|command) .*?FAILED\s*:?(.*)", re.S)


def parse_polling(texts: list[str]) -> list[Polled]:
    """The answer of DevPollStatus; other texts are left out."""
    found = []
    for text in texts:
        name, period = _POLLED.search(text), _PERIOD.search(text)
        if name is None or period is None:
            continue
        needed, deltas, failed = _NEEDED.search(text), _DELTAS.search(text), _FAILED.search(text)
        numbers = tuple(float(one) for one in re.findall(r"-?[\d.]+", deltas[1])) if deltas else ()
        found.append(
            Polled(
                name[2],
                name[1] == "command",
                float(period[1]),
                float(needed[1]) if needed else None,
                numbers,
                " ".join(failed[1].split()) if failed else "",
            )
        )
    return found


_REQUEST = re.compile(
    r"(\d+)/(\d+)/(\d+) (\d+):(\d+):(\d+)[:.](\d+) : Operation (\w+)\s*(?:\(([^)]*)\))?.*?(?:requested )?from (.*)"
)


def parse_request(line: str) -> Request | None:
    """One line of a black box, as C++ and puretango write it."""
    found = _REQUEST.match(line)
    if found is None:
        return None
    hours, minutes, seconds, part = found[4], found[5], found[6], found[7]
    at = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{part}")
    members = tuple(
        one.strip().strip("'\"").lower() for one in (found[9] or "").split(",") if one.strip()
    )
    return Request(at, found[8], members, found[10].strip())


def observe(
    name: str,
    timeout: float,
    sample: float = 0.0,
    pace: float = 0.5,
    wait: Callable[[float], None] = time.sleep,
    proxy: DeviceProxy | None = None,
) -> Observation:
    """Observe a device; with ``sample`` repeatedly for so many seconds.

    ``timeout`` is a call's, in seconds. Raises DevFailed if the device does not answer at all.
    """
    device = proxy if proxy is not None else DeviceProxy(name)
    device.set_timeout_millis(max(1, int(timeout * 1000)))
    black_box = _black_box(device)  # before it contains this observer's own requests
    seen = Observation(device.dev_name(), model_of_device(device))
    seen.requests = black_box
    started = time.monotonic()
    seen.state, seen.state_error = _text(lambda: device.read_attribute("State").value.name)
    seen.state_seconds = time.monotonic() - started
    seen.status, seen.status_error = _text(lambda: str(device.read_attribute("Status").value))
    for attribute in seen.model.own_attributes():
        if attribute.access != "WRITE":
            seen.reads[attribute.name] = _read(device, attribute.name)
    seen.polling = _polling(device)
    polled = any(one.name.lower() == "state" for one in seen.polling)
    end = time.monotonic() + sample
    while sample > 0:
        wait(min(pace, sample))
        seen.samples.append(_sample(device, seen, polled))
        if time.monotonic() >= end:
            break
    seen.later = _black_box(device) if seen.samples else []
    return seen


def _text(ask: Callable[[], str]) -> tuple[str, str]:
    try:
        return ask(), ""
    except DevFailed as error:
        return "", str(error.args[0].desc)


def _read(device: DeviceProxy, name: str) -> Read:
    started = time.monotonic()
    try:
        got = device.read_attribute(name)
    except DevFailed as error:
        first = error.args[0]
        return Read(time.monotonic() - started, reason=str(first.reason), text=str(first.desc))
    seconds = time.monotonic() - started
    return Read(seconds, got.value, got.quality.name, int(got.dim_x), int(got.dim_y))


def _polling(device: DeviceProxy) -> list[Polled]:
    try:
        return parse_polling([str(one) for one in device.polling_status()])
    except DevFailed:
        return []


def _black_box(device: DeviceProxy) -> list[Request]:
    try:
        lines = [str(one) for one in device.black_box(50)]
    except DevFailed:
        return []
    return [one for one in map(parse_request, lines) if one is not None]


def _sample(device: DeviceProxy, seen: Observation, polled: bool) -> Sample:
    now = datetime.now()
    clock = now.hour * 3600 + now.minute * 60 + now.second + now.microsecond / 1e6
    state, _ = _text(lambda: device.state().name)
    status, _ = _text(lambda: str(device.status()))
    values = {name: _read(device, name) for name in seen.reads}
    cached = _cached_state(device) if polled else ""
    return Sample(time.monotonic(), state, status, values, clock, cached)


def _cached_state(device: DeviceProxy) -> str:
    before = device.get_source()
    device.set_source(DevSource.CACHE)
    try:
        return _text(lambda: device.read_attribute("State").value.name)[0]
    finally:
        device.set_source(before)
