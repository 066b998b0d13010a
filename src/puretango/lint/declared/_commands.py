"""Commands (G, Device commands; Device interface definition; M, Device polling)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from puretango.lint._finding import Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._renaming import as_attribute
from puretango.lint._subject import Subject
from puretango.lint.declared._attributes import counts_things
from puretango.lint.declared._mending import argument_text, docstring_from_comment
from puretango.lint.words._wordlist import words
from puretango.lint.words._words import split_words
from puretango.model import CommandModel, element_of

__all__ = ["checks"]

checks = Checks()

_MISSING = {"", "none", "none.", "uninitialised", "void", "n/a", "todo", "not specified"}


def _own(subject: Subject) -> Iterator[tuple[str, CommandModel]]:
    for one in subject.model.own_commands():
        yield f"command {one.name}", one


@checks.check("TC001", "TC002")
def described(subject: Subject) -> Iterator[Found]:
    """Every command is fully documented, its argument and result too."""
    for member, one in _own(subject):
        if (
            subject.model.origin != "live"
            and one.description.strip().lower() in _MISSING
            and not (
                one.argin.data_type == "DevVoid"
                and one.argin.description.strip().lower() not in _MISSING
            )  # the docstring of a command without argument can only be about the command
            and not (subject.source and one.method not in subject.source.all_methods)
        ):
            fix = docstring_from_comment(subject, one)
            yield Found("TC001", f"{member} has no description", one.place, member, fix)
        for way, argument, keyword in (
            ("argument", one.argin, "doc_in"),
            ("result", one.argout, "doc_out"),
        ):
            if argument.data_type == "DevVoid" or keyword in one.unknown:
                continue
            if argument.description.strip().lower() in _MISSING:
                said = f"{member}: its {way} ({argument.data_type}) has no description"
                fix = argument_text(subject, one, keyword)
                yield Found("TC002", said, one.place, member, fix, f'{keyword}="…"')


_SMUGGLED = re.compile(r"(?i)\bjson\b|comma[- ]separated|separated by commas|\bcsv\b|;-separated")


@checks.check("TC101")
def smuggled(subject: Subject) -> Iterator[Found]:
    """One argument, not several in a text."""
    for member, one in _own(subject):
        if one.argin.data_type == "DevString" and _SMUGGLED.search(
            f"{one.argin.description} {one.description}"
        ):
            yield Found("TC101", f"{member} takes several values in one text", one.place, member)


_TYPES = words(
    "DevVoid DevBoolean DevShort DevLong DevLong64 DevFloat DevDouble DevString DevUShort "
    "DevULong DevULong64 DevUChar DevState DevEncoded DevEnum DevVarCharArray "
    "DevVarShortArray DevVarLongArray DevVarLong64Array DevVarFloatArray DevVarDoubleArray "
    "DevVarUShortArray DevVarULongArray DevVarULong64Array DevVarStringArray "
    "DevVarLongStringArray DevVarDoubleStringArray DevVarBooleanArray DevVarStateArray "
    "DevVarEncodedArray ConstDevString DevPipeBlob"
)


@checks.check("TC102")
def types(subject: Subject) -> Iterator[Found]:
    """The list of data types is fixed."""
    for member, one in _own(subject):
        for argument in (one.argin, one.argout):
            if argument.data_type not in _TYPES:
                said = f"{member}: {argument.data_type} is not a type of Tango's: use DevEncoded"
                yield Found("TC102", said, one.place, member)


@checks.check("TC107")
def argument_types(subject: Subject) -> Iterator[Found]:
    """Counts are unsigned, in commands too."""
    signed = ("DevShort", "DevLong", "DevLong64", "DevFloat", "DevDouble")
    for member, one in _own(subject):
        if "argin" not in one.unknown and element_of(one.argin.data_type) in signed:
            first = (one.argin.description.split() or [""])[0].strip(":,.")
            if counts_things(first) or re.search(
                r"(?i)^(number|count) of\b", one.argin.description
            ):
                said = f"{member} takes a number of things as {one.argin.data_type}"
                yield Found("TC107", said, one.place, member, _unsigned(subject, one))


def _unsigned(subject: Subject, one: CommandModel) -> Fix | None:
    if one.argin.data_type.startswith("DevVar"):
        return None
    clients = f"command {one.name} takes a DevULong"
    return subject.keyword_fix("command", one.name, {"dtype_in": '"uint32"'}, False, clients)


@checks.check("TC301")
def void(subject: Subject) -> Iterator[Found]:
    """Actions are void-void in most cases."""
    for member, one in _own(subject):
        if {"argin", "argout"} & one.unknown:
            continue
        if one.argin.data_type != "DevVoid" or one.argout.data_type != "DevVoid":
            said = f"{member} is not void-void and gives no reason"
            advice = "a line 'Guideline: TC301 because …' in its description"
            yield Found("TC301", said, one.place, member, advice=advice)


_ACCESSOR = re.compile(r"(?i)^(get|set|read|write|is)_?(?=[A-Z_])")
_ACCESSOR_ANY = re.compile(r"^(Get|Set|Read|Write|Is|get|set|read|write|is)_?[A-Z_]\w*$")
_SCALARS = words(
    "DevBoolean DevShort DevLong DevLong64 DevFloat DevDouble DevString DevUShort DevULong "
    "DevULong64 DevUChar DevEnum"
)


@checks.check("TC302")
def accessors(subject: Subject) -> Iterator[Found]:
    """Attributes, not commands that act like a get/set couple."""
    for member, one in _own(subject):
        if not _ACCESSOR_ANY.match(one.name) or {"argin", "argout"} & one.unknown:
            continue
        taken, given = one.argin.data_type, one.argout.data_type
        word = one.name.lower()
        reads = word.startswith(("get", "read", "is")) and taken == "DevVoid"
        writes = word.startswith(("set", "write")) and given == "DevVoid"
        if (reads and given in _SCALARS) or (writes and taken in _SCALARS):
            verb = "reads" if reads else "sets"
            name = _ACCESSOR.sub("", one.name).lstrip("_")
            name = name[:1].lower() + name[1:]
            said = f"{member} {verb} a value: make {name} an attribute"
            fix = as_attribute(subject, one.name, name) if reads else None
            yield Found("TC302", said, one.place, member, fix)


_MOVES = re.compile(
    r"^(?:[Gg]o_?[Tt]o|[Mm]ove_?(?:[Tt]o|[Aa]bs(?:olute)?)?|[Rr]amp_?(?:[Tt]o)?|[Ss]et_?[Pp]oint)"
    r"(?:_?[A-Z]\w*)?$"
)


@checks.check("TC303")
def movements(subject: Subject) -> Iterator[Found]:
    """A motor is moved by writing its position."""
    for member, one in _own(subject):
        if _MOVES.match(one.name) and element_of(one.argin.data_type) in ("DevDouble", "DevFloat"):
            if one.argin.data_type.startswith("DevVar"):
                continue
            said = f"{member} goes to a set point: write the attribute of that quantity instead"
            yield Found("TC303", said, one.place, member)


@checks.check("TC304")
def pure_values(subject: Subject) -> Iterator[Found]:
    """A command is no substitute of an attribute."""
    for member, one in _own(subject):
        if one.argin.data_type != "DevVoid" or one.argout.data_type == "DevVoid":
            continue
        if "argout" in one.unknown or one.argout.data_type == "DevState":
            continue
        accessor = bool(_ACCESSOR_ANY.match(one.name)) and one.argout.data_type in _SCALARS
        if accessor:
            continue  # TC302 reports it
        if one.polling_period > 0 or _returns_only(subject, one):
            said = f"{member} only returns a value: an attribute would be read, polled and archived"
            fix = as_attribute(subject, one.name, one.name[0].lower() + one.name[1:])
            yield Found("TC304", said, one.place, member, fix)


def _returns_only(subject: Subject, one: CommandModel) -> bool:
    """True if the body only returns a value that the device has."""
    function = subject.source.all_methods.get(one.method) if subject.source else None
    if function is None:
        return False
    body = [
        node
        for node in function.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    return (
        len(body) == 1
        and isinstance(body[0], ast.Return)
        and body[0].value is not None
        and not any(isinstance(node, (ast.Call, ast.Await)) for node in ast.walk(body[0]))
    )


@checks.check("TC401")
def polled_commands(subject: Subject) -> Iterator[Found]:
    """Only commands without argument that may run any number of times are polled."""
    for member, one in _own(subject):
        if one.polling_period <= 0:
            continue
        if one.argin.data_type != "DevVoid":
            yield Found("TC401", f"{member} is polled and takes an argument", one.place, member)
        elif one.argout.data_type == "DevVoid" and not _does_nothing(subject, one.method):
            said = f"{member} is polled and gives nothing back: an action is done again and again"
            yield Found("TC401", said, one.place, member)


def _does_nothing(subject: Subject, method: str) -> bool:
    """True for a body that is only ``pass``."""
    function = subject.source.all_methods.get(method) if subject.source is not None else None
    return function is not None and isinstance(function.body[-1], ast.Pass)


_PROCESS = words("move moving ramp ramping scan scanning acquire acquisition sequence")


@checks.check("TC405")
def stoppable(subject: Subject) -> Iterator[Found]:
    """Movements can be stopped."""
    model = subject.model
    names = {one.name.lower() for one in model.own_commands()}
    if not model.complete or any(n.startswith(("stop", "abort", "halt")) for n in names):
        return
    for one in model.own_commands():
        parts = {word.lower() for word in split_words(one.name)}
        if parts & _PROCESS and one.argout.data_type in ("DevVoid", "DevBoolean"):
            said = f"the class starts a movement or process ({one.name}) and has no Stop or Abort"
            yield Found("TC405", said, one.place, f"command {one.name}")
            return
    if any(state.name == "MOVING" for state in model.states):
        yield Found("TC405", "the class is MOVING at times and has no Stop or Abort")
