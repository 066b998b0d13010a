"""Provocation: a class is started in this process without its equipment, and its methods are called in turn.

Meant for a child process (see :mod:`puretango.lint.started._child`): a class may hang, end the
process or leave threads behind, which is part of what is checked.
"""

from __future__ import annotations

import contextlib
import io
import math
import threading
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.lint.source import is_reason
from puretango.lint.started._faults import FAULT_TEXT, Peer
from puretango.lint.started._lacking import two_of_one, without_database, without_properties
from puretango.lint.started._listening import Listening, errors_logged
from puretango.lint.started._probe import Watch, probe
from puretango.lint.started._serving import GOOD, is_default, proxy_of, serve
from puretango.model import ClassModel, model_of_class
from puretango.values import DevState

__all__ = ["Provoked", "provoke"]

Provoked = tuple[str, str, str]
"""Rule, message, member."""

_TROUBLE = ("FAULT", "ALARM", "UNKNOWN", "DISABLE")
_VALUES = {"DevString": "localhost", "DevBoolean": "true"}


def provoke(module: ModuleType, cls: type, device_class: Any) -> Iterator[Provoked]:
    """Start a class and provoke it; findings are yielded as they are made."""
    model = model_of_class(cls, device_class)
    threads = set(threading.enumerate())
    peer = Peer()
    peer.stand_in(module)
    try:
        trial = _Trial(cls, device_class, model, peer)
        yield from trial.run()
    finally:
        peer.leave()
    yield from _left_behind(threads)
    if trial.watch.reads_properties:
        yield from without_database(cls, device_class, model)
    yield from two_of_one(cls, device_class, model)
    if any(one.mandatory for one in model.device_properties):
        yield from without_properties(cls, device_class, model)


def _left_behind(before: set[threading.Thread]) -> Iterator[Provoked]:
    """Threads that outlive the server."""
    deadline = time.monotonic() + 1.0
    left: list[threading.Thread] = []
    while time.monotonic() < deadline:
        left = [one for one in threading.enumerate() if one not in before and _is_authors(one)]
        if not left:
            return
        left[0].join(0.1)
    names = ", ".join(one.name for one in left)
    yield "TI008", f"threads run on after the server has ended: {names}", ""
    yield "TT014", f"threads that nothing stops: {names}", ""


def _is_authors(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None) or getattr(thread, "function", None)
    return not str(getattr(target, "__module__", "") or "").startswith(
        ("puretango.", "concurrent.")
    )


class _Trial:
    def __init__(self, cls: type, device_class: Any, model: ClassModel, peer: Peer) -> None:
        self.watch = Watch()
        self.cls = probe(cls, self.watch)
        self.device_class = device_class
        self.model = model
        self.peer = peer
        self.printed = io.StringIO()

    def run(self) -> Iterator[Provoked]:
        properties = {
            one.name: _VALUES.get(one.data_type, "1")
            for one in self.model.device_properties
            if one.mandatory
        }
        server = serve(self.cls, self.device_class, self.model.name, properties)
        with errors_logged(self.watch), contextlib.redirect_stdout(self.printed), server:
            proxy = proxy_of(server, self.model.name)
            proxy.set_timeout_millis(8000)
            yield from self.initialised()
            yield from self.state(proxy)
            yield from self.attributes(proxy)
            with Listening(proxy) as heard:
                yield from self.commands(proxy, heard)
            yield from self.hooks()
            yield from self.recovery(proxy)
            yield from self.fault()
            yield from self.init_again(proxy)
        if self.printed.getvalue().strip():
            first = self.printed.getvalue().strip().splitlines()[0][:60]
            yield "TL001", f"prints to the console: {first!r}", ""
        for doing in sorted(set(self.watch.loud)):
            yield "TL002", f"logs at INFO while {doing} is read", f"attribute {doing}"

    def initialised(self) -> Iterator[Provoked]:
        error = self.watch.init_error
        if error is not None:
            text = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
            yield "TI001", f"{type(error).__name__} leaves init_device: {text}", ""
            if self.peer.asked:
                yield "TI003", "the device does not come up with its equipment off", ""
        if error is None and self.peer.asked and not self.watch.errors:
            yield "TI002", "init_device meets equipment that is off and logs no error", ""
        if self.watch.init_seconds > 3:
            yield "TI004", f"init_device takes {self.watch.init_seconds:.1f} s", ""

    def state(self, proxy: DeviceProxy) -> Iterator[Provoked]:
        try:
            state = self._settled(proxy)
            started = time.monotonic()
            proxy.read_attribute("State")
            once = time.monotonic() - started
            seconds = _again(lambda: proxy.read_attribute("State"), 0.1, once)
            if seconds > 0.1:
                yield "TS009", f"reading State takes {seconds * 1000:.0f} ms", ""
            status = str(proxy.read_attribute("Status").value)
        except DevFailed as error:
            yield "TS010", f"State or Status raises: {error.args[0].desc}", ""
            return
        if state == "INIT":
            yield "TS012", "State is INIT two seconds after the start", ""
        if state == "UNKNOWN" and is_default(status, state):
            yield "TS001", "State is UNKNOWN after the start, and Status says nothing", ""
        elif state in _TROUBLE and is_default(status, state):
            yield "TS003", f"State is {state} and Status says no more than that", ""
        first = status.strip().splitlines()[0] if status.strip() else ""
        for other in (*GOOD, *_TROUBLE):
            if other != state and first.rstrip(".") == f"The device is in {other} state":
                yield "TS004", f"State is {state} and Status tells of {other}", ""
        if self.watch.init_error is not None:
            return
        if self.peer.asked and state in GOOD:
            yield "TS013", f"the equipment does not answer and State is {state}", ""
        if self.peer.proxies and state in GOOD:
            yield "TE013", f"the sub-device does not answer and State is {state}", ""
        if (self.peer.asked or self.peer.proxies) and state in _TROUBLE:
            if FAULT_TEXT not in first and not is_default(status, state):
                yield "TS005", f"Status does not begin with what happened: {first[:60]!r}", ""
            elif not is_default(status, state) and state not in ("UNKNOWN", "FAULT"):
                yield "TS013", f"a communication problem is reported as {state}", ""

    @staticmethod
    def _settled(proxy: DeviceProxy) -> str:
        """The State once it is no longer INIT; waits two seconds at most."""
        deadline = time.monotonic() + 2.0
        state = proxy.state()
        while state == DevState.INIT and time.monotonic() < deadline:
            time.sleep(0.05)
            state = proxy.state()
        return str(state.name)

    def attributes(self, proxy: DeviceProxy) -> Iterator[Provoked]:
        for attribute in self.model.own_attributes():
            if attribute.access == "WRITE" or attribute.forwarded:
                continue
            member = f"attribute {attribute.name}"
            self.watch.doing = attribute.name
            started, asked = time.monotonic(), time.time()
            try:
                got = proxy.read_attribute(attribute.name)
            except DevFailed as error:
                yield from self._error(error, member)
            else:
                yield from self._value(attribute, got, member, asked)
            name, seconds = attribute.name, time.monotonic() - started
            if seconds < 3:
                seconds = _again(lambda name=name: proxy.read_attribute(name), 0.1, seconds)  # type: ignore[misc]  # mypy has no type for such a lambda
            self.watch.doing = ""
            yield from _slow(f"reading {attribute.name}", seconds, 0.1, member)

    def _value(self, attribute: Any, got: Any, member: str, asked: float) -> Iterator[Provoked]:
        if attribute.data_format != "SCALAR" and got.dim_x > attribute.max_dim_x:
            said = (
                f"{attribute.name} gives {got.dim_x} elements, declared are {attribute.max_dim_x}"
            )
            yield "TA017", said, member
        if self._is_of_a_thread(attribute, got, asked):
            said = f"{attribute.name} is VALID and of this moment while the equipment is off"
            yield "TT012", f"{said}: a thread's value has the time at which it was read", member
        bad = isinstance(got.value, float) and math.isnan(got.value)
        if self.peer.asked and bad and got.quality.name == "ATTR_VALID":
            yield "TA032", f"{attribute.name} is NaN and VALID while the equipment is off", member
        if got.quality.name == "ATTR_INVALID":
            yield "TA033", f"{attribute.name} is INVALID and raises nothing", member

    def _is_of_a_thread(self, attribute: Any, got: Any, asked: float) -> bool:
        """True for a value that only a thread can have read, once, and that is presented as new."""
        works = any(_is_authors(one) and one.daemon for one in threading.enumerate())
        number = isinstance(got.value, float) and not math.isnan(got.value)
        if not (works and number and self.peer.asked and attribute.access == "READ"):
            return False
        fresh = got.time.totime() >= asked - 0.05
        return fresh and bool(got.quality.name == "ATTR_VALID")

    def _error(self, error: DevFailed, member: str) -> Iterator[Provoked]:
        stack = list(error.args)
        first, reasons = stack[0], [str(one.reason) for one in stack]
        text = str(first.desc)
        if "PyDs_PythonError" in reasons:
            yield "TE004", f"clients see PyDs_PythonError: {text.splitlines()[0][:80]}", member
        elif reasons[0] == "API_AttrOptProp" and "exceeds given limit" in text:
            yield "TA017", f"more is given than is declared: {text}", member
        elif reasons[0].startswith("API_"):
            return
        elif not is_reason(reasons[0]):
            if reasons[0] != reasons[0].upper():
                yield "TE005", f"reason {reasons[0]!r} is not in capitals", member
            yield "TE006", f"reason {reasons[0]!r} is not of the list", member
        if not text.strip() or text.strip() == reasons[0] or "Traceback (most recent" in text:
            yield "TE007", "the error has no description for people", member
        origin = str(first.origin)
        if not origin.strip():
            yield "TE008", "the error has no origin", member
        if "0x" in text or "<class '" in text:
            yield "TE010", f"developer's jargon for operators: {text[:60]!r}", member

    def commands(self, proxy: DeviceProxy, heard: Listening) -> Iterator[Provoked]:
        for command in self.model.own_commands():
            if command.argin.data_type != "DevVoid":
                continue
            member = f"command {command.name}"
            before = self._state(proxy)
            started = time.monotonic()
            failed = self._run(proxy, command.name)
            seconds = time.monotonic() - started
            yield from _slow(command.name, seconds, 1.0, member)
            if failed is not None:
                yield from self._error(failed, member)
                continue
            yield from self._late_state(proxy, command.name, before, member)
            now = self._state(proxy)
            if now != before and heard.lacks(now):
                said = f"{command.name} changes State to {now}, and no event tells of it"
                yield "TS007", said, member
            if command.name.lower() in ("on", "off", "open", "close", "start", "stop"):
                again = self._run(proxy, command.name)
                if again is not None and str(again.args[0].reason) != "API_CommandNotAllowed":
                    said = (
                        f"{command.name} raises where it is done already: {again.args[0].desc[:60]}"
                    )
                    yield "TC404", said, member
                elif again is not None:
                    yield "TC404", f"{command.name} is refused where it is done already", member

    def _late_state(
        self, proxy: DeviceProxy, name: str, before: str, member: str
    ) -> Iterator[Provoked]:
        """Check that State right after the return is the same as a moment later."""
        at_once = self._state(proxy)
        if at_once in ("MOVING", "RUNNING"):
            return
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            if self._state(proxy) in ("MOVING", "RUNNING") and before not in ("MOVING", "RUNNING"):
                yield (
                    "TS006",
                    f"{name} returns in {at_once}, and State is MOVING only later",
                    member,
                )
                return
            time.sleep(0.02)

    @staticmethod
    def _state(proxy: DeviceProxy) -> str:
        try:
            return str(proxy.state().name)
        except DevFailed:
            return ""

    @staticmethod
    def _run(proxy: DeviceProxy, name: str) -> DevFailed | None:
        try:
            proxy.command_inout(name)
        except DevFailed as error:
            return error
        return None

    def hooks(self) -> Iterator[Provoked]:
        if self.watch.hook_error is not None:
            yield "TH004", f"an error leaves a hook: {self.watch.hook_error}", ""
        if len(self.watch.hook_seconds) >= 3 and min(self.watch.hook_seconds) > 0.001:
            shortest = min(self.watch.hook_seconds) * 1000
            yield "TH001", f"always_executed_hook takes {shortest:.1f} ms at least", ""

    def recovery(self, proxy: DeviceProxy) -> Iterator[Provoked]:
        """Check that the equipment is tried again at all, once it could be back."""
        if not (self.peer.asked or self.peer.proxies) or self.watch.init_error is not None:
            return
        before = self.peer.asked + self.peer.proxies
        deadline = time.monotonic() + 1.5
        while time.monotonic() < deadline:
            self._state(proxy)
            for attribute in list(self.model.own_attributes())[:3]:
                with contextlib.suppress(DevFailed):
                    proxy.read_attribute(attribute.name)
            if self.peer.asked + self.peer.proxies > before:
                return
            time.sleep(0.1)
        yield "TE014", "the equipment was lost and is never asked again", ""

    def fault(self) -> Iterator[Provoked]:
        """Check what is allowed in FAULT."""
        if not self.watch.devices:
            return
        device = self.watch.devices[0]
        own = list(self.model.own_commands())
        device.set_state(DevState.FAULT)
        refused = []
        for command in own:
            rule = getattr(device, f"is_{command.name}_allowed", None)
            if rule is None:
                continue
            member = f"command {command.name}"
            try:
                if not rule():
                    refused.append(command.name)
            except Exception as error:  # noqa: BLE001 - an author's rule may raise anything
                yield "TF007", f"is_{command.name}_allowed raises {type(error).__name__}", member
        if own and len(refused) == len(own):
            yield "TF002", "in FAULT every command is refused", ""
        for name in refused:
            if name.lower().startswith(("reset", "acknowledge", "ack", "clear")):
                yield "TF004", f"{name} is refused in FAULT", f"command {name}"

    def init_again(self, proxy: DeviceProxy) -> Iterator[Provoked]:
        """Check that Init twice gives a working device, and leaves nothing behind."""
        if self.watch.init_error is not None:
            return
        counts = []
        for _ in range(3):
            try:
                proxy.command_inout("Init")
            except DevFailed as error:
                yield "TF006", f"Init fails the second time: {error.args[0].desc}", ""
                return
            counts.append(sum(_is_authors(one) for one in threading.enumerate()))
        if counts[2] - counts[0] >= 2:
            yield "TF006", f"each Init leaves a thread behind ({counts[0]}, then {counts[2]})", ""


def _again(read: Callable[[], Any], soon: float, first: float) -> float:
    """The shortest time of three readings if the first is slow, since other programs use the machine too."""
    shortest = first
    for _ in range(2):
        if shortest < soon:
            break
        started = time.monotonic()
        with contextlib.suppress(DevFailed):
            read()
        shortest = min(shortest, time.monotonic() - started)
    return shortest


def _slow(what: str, seconds: float, soon: float, member: str) -> Iterator[Provoked]:
    if seconds >= 3:
        yield "TT001", f"{what} takes {seconds:.1f} s: clients give up after 3 s", member
    elif seconds >= soon:
        yield "TT002", f"{what} takes {seconds * 1000:.0f} ms", member
