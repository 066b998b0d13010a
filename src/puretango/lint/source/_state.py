"""State and Status in the code (G, Device State; Device state management)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from puretango.lint._finding import Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import Subject, at, replace_node
from puretango.lint.declared._mending import state_rule
from puretango.lint.source._code import ClassCode
from puretango.lint.source._facts import FunctionFacts
from puretango.lint.source._mend import after, statement_of
from puretango.lint.words._wordlist import words
from puretango.lint.words._words import is_action
from puretango.model import dotted, state_of

__all__ = ["checks"]

checks = Checks()


@checks.check("TS001")
def state_is_set(code: ClassCode) -> Iterator[Found]:
    """The State reflects the system at any time."""
    model = code.model
    if not model.complete or code.sets_state or not list(model.own_attributes()):
        return
    if not list(model.own_commands()) and not any(True for _ in model.own_attributes()):
        return
    said = f"class {model.name} never sets its State: it is UNKNOWN for ever"
    yield Found(
        "TS001",
        said,
        at(code.source.node, code.file.path),
        advice="set_state(DevState.ON) at the end of init_device",
    )


@checks.check("TS002")
def status_too(code: ClassCode) -> Iterator[Found]:
    """Always update State AND Status."""
    own = ("dev_status", "set_state", "State", "Status")
    if not code.model.complete or any(name in code.source.all_methods for name in own):
        return
    for facts in code.functions:
        states = [one for one in facts.called("set_state") if one.name == "self.set_state"]
        if not states or facts.called("set_status", "append_status"):
            continue
        helpers = [
            code.by_name[one.name[5:]]
            for one in facts.calls
            if one.name.startswith("self.") and one.name[5:] in code.by_name
        ]
        if any(helper.called("set_status") for helper in helpers):
            continue
        call = states[0]
        statement = statement_of(facts.node, call.node)
        fix = None
        if isinstance(statement, ast.Expr):
            name = state_of(call.node.args[0]) if call.node.args else ""
            text = f'"The device is in {name} state."' if name else '"See State."'
            fix = Fix((after(statement, f"self.set_status({text})"),))
        said = f"{facts.name} sets State and not Status"
        yield Found("TS002", said, at(call.node, code.file.path), code.member_of(facts.name), fix)


@checks.check("TS007")
def pushed(code: ClassCode) -> Iterator[Found]:
    """State is the same by polling and by events."""
    declares = any(
        call.tail == "set_change_event"
        and call.node.args
        and isinstance(call.node.args[0], ast.Constant)
        and str(call.node.args[0].value).lower() == "state"
        for facts in code.by_name.values()
        for call in facts.calls
    )
    if not declares or not code.model.complete or "set_state" in code.source.all_methods:
        return
    for facts in code.functions:
        states = [one for one in facts.called("set_state") if one.name == "self.set_state"]
        pushes = any("push" in one.tail for one in facts.calls) or any(
            "push_change_event" in ast.unparse(code.by_name[one.name[5:]].node)
            for one in facts.calls
            if one.name.startswith("self.") and one.name[5:] in code.by_name
        )
        if states and not pushes:
            call = states[0]
            statement = statement_of(facts.node, call.node)
            fix = None
            if isinstance(statement, ast.Expr) and call.node.args:
                text = f'self.push_change_event("State", {ast.unparse(call.node.args[0])})'
                fix = Fix((after(statement, text),))
            said = f"{facts.name} sets State and pushes no event, which the class promises"
            yield Found(
                "TS007", said, at(call.node, code.file.path), code.member_of(facts.name), fix
            )


@checks.check("TS008", "TS009")
def overridden(code: ClassCode) -> Iterator[Found]:
    """dev_state ends with its base's, and is quick."""
    for facts in code.playing("state"):
        alarmed = any(
            one.min_alarm or one.max_alarm or one.min_warning or one.max_warning or one.delta_val
            for one in code.model.attributes
        )
        calls_base = any(
            one.tail == "dev_state" and one.name != "self.dev_state" for one in facts.calls
        )
        place = at(facts.node, code.file.path)
        if alarmed and not calls_base:
            said = "dev_state does not end with its base's: alarm limits are not looked at"
            fix = _ending(facts)
            yield Found("TS008", said, place, fix=fix, advice="return super().dev_state()")
        io = next(iter(code.io(facts)), None)
        if io is not None:
            said = f"dev_state asks the equipment ({io[0].name}): each State costs that time"
            yield Found("TS009", said, at(io[0].node, code.file.path))


def _ending(facts: FunctionFacts) -> Fix | None:
    last = facts.node.body[-1]
    if not isinstance(last, ast.Return) or last.value is None or len(facts.returns) != 1:
        return None
    indent = " " * last.col_offset
    wait = "await " if facts.is_async else ""
    text = f"self.set_state({ast.unparse(last.value)})\n{indent}return {wait}super().dev_state()"
    return Fix((replace_node(last, text),))


_STARTUP = ("init", "make", "delete")


@checks.check("TS012")
def init_state(code: ClassCode) -> Iterator[Found]:
    """INIT is for the start-up only."""
    startup = {one.name for one in code.reached(*_STARTUP)}
    for facts in code.functions:
        if facts.name in startup or "init" in facts.name.lower():
            continue
        for call in facts.called("set_state"):
            if call.node.args and state_of(call.node.args[0]) == "INIT":
                said = f"{facts.name} sets INIT outside the start-up"
                yield Found(
                    "TS012", said, at(call.node, code.file.path), code.member_of(facts.name)
                )


_LOST = words(
    "OSError ConnectionError TimeoutError ConnectionRefusedError ConnectionResetError timeout "
    "SerialException BrokenPipeError"
)


@checks.check("TS013")
def communication(code: ClassCode) -> Iterator[Found]:
    """A communication problem is UNKNOWN, any dysfunction FAULT."""
    for facts in code.functions:
        for handler in facts.handlers:
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            names = {dotted(kind).rpartition(".")[2] for kind in kinds if kind is not None}
            within = set(map(id, ast.walk(handler)))
            for call in facts.called("set_state"):
                state = state_of(call.node.args[0]) if call.node.args else ""
                if id(call.node) not in within or not state:
                    continue
                if names and names <= _LOST and state not in ("UNKNOWN", "FAULT", "INIT"):
                    said = (
                        f"{facts.name}: a communication problem is reported as {state}, not UNKNOWN"
                    )
                elif names and names <= _LOST and state == "FAULT" and facts.name != "init_device":
                    said = (
                        f"{facts.name}: a communication problem is reported as FAULT, not UNKNOWN"
                    )
                elif state in ("ON", "OFF", "STANDBY", "RUNNING", "MOVING", "OPEN", "CLOSE"):
                    said = f"{facts.name}: an error is reported as {state}"
                else:
                    continue
                yield Found(
                    "TS013", said, at(call.node, code.file.path), code.member_of(facts.name)
                )


@checks.check("TS020")
def central(code: ClassCode) -> Iterator[Found]:
    """One method holds the management of the State."""
    setters = [one.name for one in code.functions if one.called("set_state")]
    if len(setters) > 6:
        said = f"State is set in {len(setters)} methods: {', '.join(setters[:6])} …"
        yield Found("TS020", said, at(code.source.node, code.file.path))


@checks.check("TF001")
def allowed(code: ClassCode) -> Iterator[Found]:
    """The author says in which states each action is allowed."""
    if not code.model.complete:
        return
    for command in code.model.own_commands():
        if not is_action(command.name) or command.name.startswith(("Stop", "Off")):
            continue
        if command.excluded_states or command.is_allowed_method in code.by_name:
            continue
        said = f"command {command.name} is allowed in every State"
        advice = f"def {command.is_allowed_method}(self): return self.get_state() not in (…)"
        fix = state_rule(Subject(code.model, code.settings, code.source), command)
        yield Found("TF001", said, command.place, f"command {command.name}", fix, advice)


@checks.check("TF002")
def fault_prohibits_all(code: ClassCode) -> Iterator[Found]:
    """FAULT does not prohibit everything."""
    commands = list(code.model.own_commands())
    if not commands or not code.model.complete:
        return
    refusing = [
        one
        for one in commands
        if (rule := code.by_name.get(one.is_allowed_method)) is not None and _refuses_fault(rule)
    ]
    if len(refusing) == len(commands):
        said = "in FAULT every command is refused: there is no way out"
        yield Found(
            "TF002", said, at(code.by_name[refusing[0].is_allowed_method].node, code.file.path)
        )


def _refuses_fault(facts: FunctionFacts) -> bool:
    body = [one for one in facts.node.body if isinstance(one, ast.Return)]
    if len(body) != 1 or body[0].value is None:
        return False
    test = body[0].value
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    states = {state_of(node) for node in ast.walk(test.comparators[0])} - {""}
    if isinstance(test.ops[0], (ast.NotIn, ast.NotEq)):
        return "FAULT" in states
    return isinstance(test.ops[0], (ast.In, ast.Eq)) and bool(states) and "FAULT" not in states


_USE_INIT = re.compile(
    r"(?i)\b(?:run|call|execute|use|send|try|do)\s+(?:the\s+)?(?:an?\s+)?[`'\"]*init\b"
)


@checks.check("TF005")
def init_for_faults(code: ClassCode) -> Iterator[Found]:
    """Init is for re-initialisation, not for acknowledging a fault."""
    for facts in code.functions:
        for constant in facts.constants:
            if isinstance(constant.value, str) and _USE_INIT.search(constant.value):
                said = f"{facts.name} tells its users to run Init"
                yield Found("TF005", said, at(constant, code.file.path), code.member_of(facts.name))
        if re.match(r"(?i)(reset|ack|clear)", facts.name) and facts.called("init_device", "Init"):
            others = [one for one in facts.calls if one.tail not in ("init_device", "Init")]
            if not others:
                said = f"{facts.name} is Init under another name"
                yield Found(
                    "TF005", said, at(facts.node, code.file.path), code.member_of(facts.name)
                )


@checks.check("TF007")
def pure_rules(code: ClassCode) -> Iterator[Found]:
    """is_allowed depends only on the State."""
    for facts in code.playing("allowed"):
        io = next(iter(code.io(facts)), None)
        if io is not None:
            said = f"{facts.name} asks the equipment ({io[0].name})"
            yield Found("TF007", said, at(io[0].node, code.file.path), code.member_of(facts.name))
        for node in facts.raises:
            said = f"{facts.name} raises: it says True or False"
            yield Found("TF007", said, at(node, code.file.path), code.member_of(facts.name))


_BETTER = {"INSERT": "CLOSE", "EXTRACT": "OPEN"}


def better_state(node: ast.expr) -> Fix | None:
    """OPEN or CLOSE for EXTRACT and INSERT."""
    state = state_of(node)
    if state not in _BETTER or not isinstance(node, ast.Attribute):
        return None
    text = f"{ast.unparse(node.value)}.{_BETTER[state]}"
    return Fix((replace_node(node, text),), False, f"State {state} is {_BETTER[state]}")


@checks.check("TS011")
def old_states(code: ClassCode) -> Iterator[Found]:
    """INSERT and EXTRACT are there for compatibility."""
    for facts in code.functions:
        for call in facts.called("set_state"):
            argument = call.node.args[0] if call.node.args else None
            if argument is not None and state_of(argument) in _BETTER:
                said = f"{facts.name} sets {state_of(argument)}"
                yield Found(
                    "TS011", said, at(call.node, code.file.path), fix=better_state(argument)
                )
