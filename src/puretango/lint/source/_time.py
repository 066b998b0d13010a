"""Time (G, Service availability; Tango polling mechanism; Threading mechanism)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from puretango.lint._finding import Edit, Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import at
from puretango.lint.source._code import ClassCode
from puretango.lint.source._facts import Call, FunctionFacts
from puretango.model import dotted

__all__ = ["checks"]

checks = Checks()

_SLEEPS = ("time.sleep",)


def _seconds(code: ClassCode, call: Call) -> float | None:
    value = code.file.scope.value(call.node.args[0]) if call.node.args else None
    return float(value) if isinstance(value, (int, float)) else None


@checks.check("TT003", "TT001", "TI004")
def sleeps(code: ClassCode) -> Iterator[Found]:
    """Long actions are done asynchronously, with their progress in State and Status."""
    strict = {
        one.name for one in code.reached("read", "hook", "hardware", "allowed", "state", "status")
    }
    lenient = {one.name for one in code.reached("write", "command")}
    for facts in code.reached("init"):
        for call in facts.calls:
            seconds = _seconds(code, call) if call.full in _SLEEPS else None
            if seconds is not None and seconds >= 3:
                said = f"{facts.name} sleeps {seconds:g} s while the device starts: thread it, with INIT"
                yield Found("TI004", said, at(call.node, code.file.path))
    threads = {one.name for one in code.reached("thread")} - {
        one.name for one in code.playing("read", "write", "command")
    }
    for facts in code.functions:
        if facts.name in threads or facts.name not in strict | lenient:
            continue
        member = code.member_of(facts.name)
        for call in facts.calls:
            place = at(call.node, code.file.path)
            if call.full in _SLEEPS:
                seconds = _seconds(code, call)
                if seconds is not None and seconds >= 3:
                    said = f"{facts.name} sleeps {seconds:g} s: clients give up after 3 s"
                    yield Found("TT001", said, place, member)
                elif facts.name in strict and not code.is_writer(facts.node):
                    yield Found("TT003", f"{facts.name} sleeps in a read or hook", place, member)
                elif seconds is None or seconds > 0.1 or call.in_loop:
                    how = f"{seconds:g} s" if seconds is not None else "for some time"
                    yield Found(
                        "TT003", f"{facts.name} sleeps {how} in a write or command", place, member
                    )
        for loop in facts.loops:
            if isinstance(loop, ast.While) and _waits_for_state(loop):
                said = f"{facts.name} waits in a loop for a State"
                yield Found("TT001", said, at(loop, code.file.path), member)


def _waits_for_state(loop: ast.While) -> bool:
    text = ast.unparse(loop.test)
    asks = any(word in text for word in (".state()", ".State()", "get_state()", ".dev_state()"))
    return asks and any(word in text for word in ("MOVING", "RUNNING", "==", "!="))


_TIMEOUTS = {
    "socket.create_connection": ("timeout", 1),
    "serial.Serial": ("timeout", None),
    "urllib.request.urlopen": ("timeout", 2),
    "subprocess.run": ("timeout", None),
    "subprocess.call": ("timeout", None),
    "subprocess.check_output": ("timeout", None),
    "subprocess.check_call": ("timeout", None),
    "telnetlib.Telnet": ("timeout", 2),
    "http.client.HTTPConnection": ("timeout", 2),
    "requests.get": ("timeout", None),
    "requests.post": ("timeout", None),
    "requests.put": ("timeout", None),
    "requests.delete": ("timeout", None),
    "requests.request": ("timeout", None),
}


@checks.check("TT004")
def timeouts(code: ClassCode) -> Iterator[Found]:
    """Anticipate the common communication problems: nothing waits for ever."""
    for facts in code.functions:
        member = code.member_of(facts.name)
        for call in facts.calls:
            said, fix = "", None
            if call.full in _TIMEOUTS:
                keyword, position = _TIMEOUTS[call.full]
                spread = any(one.arg is None for one in call.node.keywords)
                given = position is not None and len(call.node.args) > position
                if call.keyword(keyword) is None and not spread and not given:
                    said, fix = f"{call.full}() without a timeout", _with_timeout(call)
            elif call.full == "socket.socket" and not _sets_timeout(code, facts):
                said = "socket.socket() without settimeout"
            elif (call.tail == "acquire" and _is_lock(code, call) and _waits_for_ever(call)) or (
                call.tail == "get"
                and _is_queue(code, call)
                and not call.node.args
                and call.keyword("timeout") is None
                and call.keyword("block") is None
            ):
                said, fix = f"{call.name}() waits for ever", _with_timeout(call)
            if said:
                yield Found(
                    "TT004", f"{facts.name}: {said}", at(call.node, code.file.path), member, fix
                )


def _waits_for_ever(call: Call) -> bool:
    return not call.node.args and not call.node.keywords


def _with_timeout(call: Call) -> Fix:
    node = call.node
    line, column = node.end_lineno or 0, (node.end_col_offset or 0) - 1
    last: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    if last:
        end = max(last, key=lambda one: (one.end_lineno or 0, one.end_col_offset or 0))
        line, column = end.end_lineno or 0, end.end_col_offset or 0
    text = ", timeout=3.0" if last else "timeout=3.0"
    return Fix((Edit(line, column, line, column, text),))


def _sets_timeout(code: ClassCode, facts: FunctionFacts) -> bool:
    return (
        bool(facts.called("settimeout", "setblocking"))
        or "settimeout" in code.file.text
        or ("setdefaulttimeout" in code.file.text)
    )


def _made_by(code: ClassCode, call: Call, *makers: str) -> bool:
    owner = call.name.rpartition(".")[0]
    if not owner.startswith("self."):
        return False
    for facts in code.by_name.values():
        for assign in facts.assigns:
            targets = assign.targets if isinstance(assign, ast.Assign) else [assign.target]
            if (
                isinstance(assign.value, ast.Call)
                and any(dotted(one) == owner for one in targets)
                and code.file.means(assign.value.func) in makers
            ):
                return True
    return False


def _is_lock(code: ClassCode, call: Call) -> bool:
    return _made_by(code, call, "threading.Lock", "threading.RLock", "threading.Semaphore")


def _is_queue(code: ClassCode, call: Call) -> bool:
    return _made_by(code, call, "queue.Queue", "Queue.Queue", "queue.SimpleQueue")


_BLOCKING = ("time.sleep", "socket.create_connection", "urllib.request.urlopen", "os.system")


@checks.check("TT005")
def blocking_coroutines(code: ClassCode) -> Iterator[Found]:
    """A coroutine that blocks blocks every device of the server."""
    for facts in code.functions:
        if not facts.is_async:
            continue
        for call in facts.calls:
            if id(call.node) in facts.awaited:
                continue
            blocking = call.full in _BLOCKING or call.full.startswith(("requests.", "subprocess."))
            if not blocking and call.name.startswith("self."):
                owner = call.name.rpartition(".")[0].removeprefix("self.")
                blocking = code.fields.get(owner) in ("socket", "serial", "telnet")
            if blocking:
                said = f"{facts.name}: {call.name}() blocks the loop of all devices"
                yield Found(
                    "TT005", said, at(call.node, code.file.path), code.member_of(facts.name)
                )


@checks.check("TT006")
def proxies(code: ClassCode) -> Iterator[Found]:
    """A proxy is made once, not in each read."""
    for facts in code.playing("read", "hook", "hardware", "allowed", "state", "status"):
        for call in facts.calls:
            if code.opens(call.node) == "proxy":
                said = f"{facts.name} makes a DeviceProxy each time"
                yield Found(
                    "TT006", said, at(call.node, code.file.path), code.member_of(facts.name)
                )


@checks.check("TT012", "TT014")
def threads(code: ClassCode) -> Iterator[Found]:
    """A thread can be stopped, has a name, and its results have a time."""
    targets: set[str] = set()
    for facts in code.functions:
        for call in facts.calls:
            if call.full not in ("threading.Thread", "Thread"):
                continue
            lacks = []
            if call.keyword("name") is None:
                lacks.append("a name")
            target = dotted(call.keyword("target"))
            if target.startswith("self."):
                targets.add(target[5:])
                body = code.by_name.get(target[5:])
                if body is not None and _runs_for_ever(body):
                    lacks.append("a way to stop")
            if lacks:
                said = f"{facts.name} starts a thread without {' and '.join(lacks)}"
                yield Found("TT014", said, at(call.node, code.file.path))
    cached = {field for name in targets for field in _stored(code, name)}
    for facts in code.playing("read"):
        for one in facts.returns:
            name = dotted(one.value)
            if name.startswith("self.") and name[5:] in cached:
                said = f"{facts.name} gives what a thread left, without its time"
                yield Found("TT012", said, at(one, code.file.path), code.member_of(facts.name))


def _stored(code: ClassCode, name: str) -> set[str]:
    facts = code.by_name.get(name)
    if facts is None:
        return set()
    targets = [
        dotted(target)
        for assign in facts.assigns
        for target in (assign.targets if isinstance(assign, ast.Assign) else [assign.target])
    ]
    return {one[5:] for one in targets if one.startswith("self.")}


def _runs_for_ever(facts: FunctionFacts) -> bool:
    for loop in facts.loops:
        if (
            isinstance(loop, ast.While)
            and isinstance(loop.test, ast.Constant)
            and loop.test.value
            and not any(isinstance(node, (ast.Break, ast.Return)) for node in ast.walk(loop))
        ):
            return True
    return False


@checks.check("TT013")
def client_loops(code: ClassCode) -> Iterator[Found]:
    """Another device is monitored by its events, not by reading it repeatedly."""
    for facts in code.reached("thread"):
        sleeping = [call for call in facts.calls if call.tail in ("sleep", "wait") and call.in_loop]
        asking = [call for call, kind in code.io(facts) if kind == "proxy" and call.in_loop]
        if sleeping and asking:
            said = f"{facts.name} asks another device again and again: subscribe to its events"
            yield Found("TT013", said, at(asking[0].node, code.file.path))
