"""States, as far as the declaration and the states set by the code show them (G, States choice)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from puretango.lint._finding import Edit, Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import Subject
from puretango.lint.declared._mending import reset_command
from puretango.lint.words._wordlist import words
from puretango.lint.words._words import is_action, split_words
from puretango.model import documented_states

__all__ = ["checks"]

checks = Checks()


def _words(subject: Subject) -> set[str]:
    model = subject.model
    names = [model.name, *(one.name for one in model.attributes)]
    names += [one.name for one in model.commands]
    return {word.lower() for name in names for word in split_words(name)}


@checks.check("TS014")
def alarm_documented(subject: Subject) -> Iterator[Found]:
    """ALARM set by hand is documented."""
    for state in subject.model.states:
        if state.name == "ALARM" and not state.description:
            said = "the class sets ALARM itself and its description does not say when"
            yield Found("TS014", said, state.place)


_POSITIONS = frozenset(["position", "angle"])
_BOUNDS = words("setpoint start end stop first last min max limit home offset reference")
"""Positions that are settings: writing them moves nothing."""


@checks.check("TS015")
def moving(subject: Subject) -> Iterator[Found]:
    """Devices that change their position use MOVING."""
    model = subject.model
    if model.origin in ("live", "import") or not model.complete:
        return
    if model.origin == "xmi" and not model.states:
        return
    for one in model.own_attributes():
        parts = [word.lower() for word in split_words(one.name)]
        if not parts or parts[-1] not in _POSITIONS or not one.is_writable or not one.is_numeric:
            continue
        if _mentions(subject, "MOVING") or set(parts) & _BOUNDS:
            return
        said = f"attribute {one.name} moves something and the class never says MOVING"
        yield Found("TS015", said, one.place, f"attribute {one.name}")
        return


def _mentions(subject: Subject, state: str) -> bool:
    if any(one.name == state for one in subject.model.states):
        return True
    return subject.source is not None and any(
        state in one.file.text for one in subject.source.lineage()
    )


_ACQUIRES = frozenset(["acquire", "acquisition", "detector", "exposure", "expose", "snap"])


@checks.check("TS016")
def running(subject: Subject) -> Iterator[Found]:
    """Devices that acquire use RUNNING."""
    model = subject.model
    if model.origin in ("live", "import") or not model.complete:
        return
    starts = [
        one
        for one in model.own_commands()
        if one.name.lower().startswith(("start", "acquire", "snap", "expose"))
    ]
    if (
        starts
        and _words(subject) & _ACQUIRES
        and (not (_mentions(subject, "RUNNING") or _mentions(subject, "MOVING")))
    ):
        said = f"the class acquires ({starts[0].name}) and never says RUNNING"
        yield Found("TS016", said, starts[0].place, f"command {starts[0].name}")


@checks.check("TS017")
def few_states(subject: Subject) -> Iterator[Found]:
    """A limited number of states."""
    used = [one.name for one in subject.model.states]
    if len(used) > 6:
        yield Found("TS017", f"{len(used)} states: {', '.join(used)}")


_TWO_WAY = words("valve door relay switch shutter gate breaker lid curtain hatch absorber")


@checks.check("TS018")
def open_or_on(subject: Subject) -> Iterator[Found]:
    """OPEN and CLOSE for valves, doors, relays, switches; ON and OFF for the rest."""
    model = subject.model
    two_way = bool({word.lower() for word in split_words(model.name)} & _TWO_WAY) or any(
        word in model.description.lower() for word in _TWO_WAY
    )
    for state in model.states:
        if state.name in ("OPEN", "CLOSE") and not two_way:
            said = f"{state.name} on something other than a valve, door, relay or switch"
            yield Found("TS018", said, state.place)
        elif state.name in ("ON", "OFF") and {w.lower() for w in split_words(model.name)} & {
            "valve"
        }:
            yield Found("TS018", f"{state.name} on a valve: OPEN or CLOSE", state.place)


@checks.check("TS011")
def old_states(subject: Subject) -> Iterator[Found]:
    """INSERT and EXTRACT are there for compatibility."""
    for state in subject.model.states:
        if state.name in ("INSERT", "EXTRACT"):
            better = "CLOSE or OFF" if state.name == "INSERT" else "OPEN or ON"
            yield Found("TS011", f"{state.name}: better {better}", state.place)


@checks.check("TS019")
def states_described(subject: Subject) -> Iterator[Found]:
    """States and transitions are described with precision and clarity."""
    model = subject.model
    if model.origin == "live":
        return
    bare = [one.name for one in model.states if not one.description]
    if bare:
        said = f"the class's description says nothing of {', '.join(bare)}"
        advice = "lines such as 'MOVING: the axis is under way'"
        yield Found("TS019", said, fix=_table(subject, bare), advice=advice)


_MEANINGS = {
    "ON": "in its operational state",
    "OFF": "in normal condition, and not active",
    "CLOSE": "closed",
    "OPEN": "open",
    "INSERT": "inserted",
    "EXTRACT": "extracted",
    "MOVING": "on the way from one state or position to another",
    "STANDBY": "not fully active, and ready to operate",
    "FAULT": "a failure prevents it from working; Status tells which",
    "INIT": "starting up",
    "RUNNING": "busy with a task above the ON state",
    "ALARM": "operating, and something is out of range",
    "DISABLE": "cannot be switched on for an external reason",
    "UNKNOWN": "the communication is lost",
}


def _table(subject: Subject, states: list[str]) -> Fix | None:
    """Lines for the class's docstring, with Tango's own meanings to begin with."""
    source = subject.source
    first = source.node.body[0] if source is not None else None
    if source is None or not isinstance(first, ast.Expr):
        return None
    value = first.value
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return None
    line, end = value.end_lineno or 0, value.end_col_offset or 0
    last = source.file.lines[line - 1].encode()[:end].decode()
    if not last.endswith('"""'):
        return None
    indent = " " * value.col_offset
    table = "".join(f"\n{indent}{state}: {_MEANINGS[state]}" for state in states)
    before = last[: -len('"""')]
    column = end - 3
    if value.lineno != line and not before.strip():
        # The closing quotes are on a line of their own: the new lines go before them.
        text = table.removeprefix("\n").removeprefix(indent) + f"\n{indent}"
        if not documented_states(value.value):
            text = f"States:\n\n{indent}{text}"
        return Fix((Edit(line, column, line, column, text),))
    head = "\n" if documented_states(value.value) else f"\n\n{indent}States:\n"
    return Fix((Edit(line, column, line, column, f"{head}{table}\n{indent}"),))


_RESETS = ("reset", "acknowledge", "clear", "ack")


@checks.check("TF003")
def acknowledged(subject: Subject) -> Iterator[Found]:
    """A device that can go to FAULT has a command to get out of it."""
    model = subject.model
    if not model.complete:
        return
    fault = next((one for one in model.states if one.name == "FAULT"), None)
    names = [one.name.lower() for one in model.own_commands()]
    if fault is not None and not any(name.startswith(_RESETS) for name in names):
        said = "the class goes to FAULT and has no Reset, AcknowledgeError or ClearError"
        yield Found("TF003", said, fault.place, fix=reset_command(subject))


@checks.check("TF001")
def allowed(subject: Subject) -> Iterator[Found]:
    """In a Pogo file: an action that no State excludes."""
    model = subject.model
    if model.origin != "xmi" or not model.states:
        return
    for one in model.own_commands():
        if is_action(one.name) and not one.excluded_states:
            said = f"command {one.name} is allowed in every State"
            yield Found("TF001", said, one.place, f"command {one.name}")
