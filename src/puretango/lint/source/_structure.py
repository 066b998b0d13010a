"""Code structure (G, Internal device implementation; Reusability)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from puretango.lint._finding import Edit, Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import at, replace_node
from puretango.lint.source._code import ClassCode
from puretango.lint.source._facts import FunctionFacts
from puretango.lint.words._wordlist import words
from puretango.model import Declaration, dotted

__all__ = ["checks"]

checks = Checks()

_LONGEST = 25
_MOST_BRANCHES = 10


@checks.check("TK001")
def short_methods(code: ClassCode) -> Iterator[Found]:
    """Methods of the interface are only a few lines of code long."""
    for facts in code.functions:
        place, member = at(facts.node, code.file.path), code.member_of(facts.name)
        if facts.length > _LONGEST:
            said = f"{facts.name} has {facts.length} lines (at most {_LONGEST})"
            yield Found("TK001", said, place, member)
        elif facts.branches > _MOST_BRANCHES:
            said = f"{facts.name} has {facts.branches} branches (at most {_MOST_BRANCHES})"
            yield Found("TK001", said, place, member)


@checks.check("TK002", "TK003")
def driver_apart(code: ClassCode) -> Iterator[Found]:
    """Equipment is reached by a driver's class, which knows nothing of Tango."""
    hardware = {name: kind for name, kind in code.fields.items() if kind != "proxy"}
    opening = next(
        (
            (call, kind)
            for facts in code.functions
            for call, kind in code.io(facts)
            if kind
            in ("socket", "serial", "visa", "modbus", "library", "telnet", "usb", "bus", "ssh")
        ),
        None,
    )
    if opening is not None:
        said = f"the Device itself talks to equipment ({opening[1]}): a driver's class would"
        yield Found("TK002", said, at(opening[0].node, code.file.path))
    steers = any(
        call.tail in ("command_inout", "write_attribute")
        or (kind == "proxy" and call.tail[:1].isupper())
        for facts in code.functions
        for call, kind in code.io(facts)
        if kind == "proxy" and code.opens(call.node) != "proxy"
    )
    if (opening is not None or hardware) and steers:
        said = "one class talks to equipment and steers other devices"
        yield Found("TK003", said, at(code.source.node, code.file.path))


@checks.check("TK007")
def copies(code: ClassCode) -> Iterator[Found]:
    """Large data is not copied or reorganised on its way to the client."""
    arrays = {one.read_method for one in code.model.attributes if one.data_format != "SCALAR"}
    for facts in code.playing("read"):
        if facts.name not in arrays:
            continue
        for call in facts.calls:
            if call.tail == "tolist" or (
                call.tail == "list" and call.name == "list" and call.node.args
            ):
                fix = None
                if call.tail == "tolist" and isinstance(call.node.func, ast.Attribute):
                    fix = Fix((replace_node(call.node, ast.unparse(call.node.func.value)),))
                elif call.name == "list":
                    continue
                said = f"{facts.name}: {call.name}() copies the whole array"
                yield Found(
                    "TK007", said, at(call.node, code.file.path), code.member_of(facts.name), fix
                )


@checks.check("TK008")
def shared_state(code: ClassCode) -> Iterator[Found]:
    """Devices of a class share nothing, and treat all clients alike."""
    mutable = {
        target.id: statement
        for statement in code.file.tree.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, (ast.List, ast.Dict, ast.Set))
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    for facts in code.functions:
        for node in ast.walk(facts.node):
            if isinstance(node, ast.Global):
                said = f"{facts.name} changes module-level {node.names[0]}, which all devices share"
                yield Found("TK008", said, at(node, code.file.path))
        for call in facts.calls:
            owner, _, method = call.name.rpartition(".")
            if owner in mutable and method in (
                "append",
                "add",
                "update",
                "pop",
                "clear",
                "extend",
                "remove",
            ):
                said = f"{facts.name} changes module-level {owner}, which all devices share"
                yield Found("TK008", said, at(call.node, code.file.path))
            elif call.tail in ("get_client_ident", "get_client_identification"):
                said = f"{facts.name} looks at who its client is"
                yield Found("TK008", said, at(call.node, code.file.path))
        for assign in facts.assigns:
            for target in assign.targets if isinstance(assign, ast.Assign) else []:
                if isinstance(target, ast.Subscript) and dotted(target.value) in mutable:
                    said = f"{facts.name} changes module-level {dotted(target.value)}, which all devices share"
                    yield Found("TK008", said, at(assign, code.file.path))


_ADDRESS = re.compile(
    r"^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|/dev/(?:tty|usb|gpib)\S*|COM\d+|GPIB\d*::\S+|TCPIP\d*::\S+|"
    r"(?:https?|ftp|tcp)://\S+|/(?:home|opt|data|usr|var|mnt|srv)/\S+|[A-Za-z]:\\\S+|"
    r"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*/[A-Za-z0-9_-]+/[A-Za-z0-9_.-]+)$"
)
_NO_ADDRESS = frozenset(("127.0.0.1", "0.0.0.0", "255.255.255.255"))
_PLACES = words(
    "create_connection connect Serial serial_for_url Telnet open_resource ModbusTcpClient get "
    "post urlopen open DeviceProxy AttributeProxy HTTPConnection bind CDLL"
)


@checks.check("TP008")
def literal_addresses(code: ClassCode) -> Iterator[Found]:
    """No port number hard coded, but a property."""
    for facts in code.functions:
        for call in facts.calls:
            if call.tail not in _PLACES:
                continue
            for argument in [*call.node.args, *(one.value for one in call.node.keywords)]:
                for node in ast.walk(argument):
                    said = _hard_coded(call.tail, node)
                    if said:
                        text = f"{facts.name}: {said} is hard coded; make it a property"
                        place, member = at(node, code.file.path), code.member_of(facts.name)
                        yield Found("TP008", text, place, member, _as_property(code, facts, node))
    for statement in code.source.node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            name = dotted(statement.targets[0])
            value = statement.value.value
            if isinstance(value, str) and _ADDRESS.match(value) and value not in _NO_ADDRESS:
                said = f"{name}: address {value!r} is hard coded; make it a property"
                yield Found("TP008", said, at(statement, code.file.path))


def _as_property(code: ClassCode, facts: FunctionFacts, node: ast.AST) -> Fix | None:
    """The fix that makes the address a property's default, so that existing devices keep it."""
    if not isinstance(node, ast.Constant) or code.source.style != "high":
        return None
    if not isinstance(node.value, (int, str)):
        return None
    first = facts.node.args.args[0].arg if facts.node.args.args else ""
    if first != "self" or facts.name == "__init__" or not _has_properties(facts, node):
        return None
    number = isinstance(node.value, int)
    kind, text = ("Port", "Port of the equipment") if number else ("Address", "Where it is")
    if isinstance(node.value, str) and node.value.count("/") >= 2:
        kind, text = "DeviceName", "Name of the device"
    taken = {one.name for one in code.source.body.declarations} | set(code.source.all_methods)
    name = next(each for each in (kind, *(f"{kind}{n}" for n in range(2, 99))) if each not in taken)
    body = code.source.node.body
    start = body[1] if ast.get_docstring(code.source.node) is not None and body[1:] else body[0]
    line = min([start.lineno, *(each.lineno for each in getattr(start, "decorator_list", []))])
    indent = " " * start.col_offset
    dtype = "int" if number else "str"
    declared = (
        f"{name} = device_property(\n{indent}    dtype={dtype}, default_value={node.value!r}, "
        f'doc="{text}, such as {node.value!s}"\n{indent})\n\n{indent}'
    )
    edits = (
        Edit(line, start.col_offset, line, start.col_offset, declared),
        replace_node(node, f"self.{name}"),
    )
    module = "puretango.server" if code.file.library == "puretango" else "tango.server"
    return Fix(edits, imports=((module, "device_property"),))


def _has_properties(facts: FunctionFacts, node: ast.Constant) -> bool:
    """False in an init_device before the base's, which reads the properties."""
    if facts.name != "init_device":
        return True
    return any(
        call.node.lineno < node.lineno
        and isinstance(call.node.func, ast.Attribute)
        and call.node.func.attr in ("init_device", "get_device_properties")
        for call in facts.calls
    )


def _taken_away(code: ClassCode, declaration: Declaration) -> Fix | None:
    node = declaration.node
    others = [one for one in code.source.node.body if one is not node]
    if code.source.style != "high" or not isinstance(node, ast.stmt) or len(others) < 1:
        return None
    clients = f"property {declaration.name} is no longer known: its stored values are of no use"
    edit = Edit(
        node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, "pass"
    )
    return Fix((edit,), False, clients)


def _hard_coded(tail: str, node: ast.AST) -> str:
    if not isinstance(node, ast.Constant):
        return ""
    value = node.value
    if isinstance(value, str) and (
        _ADDRESS.match(value) and value not in _NO_ADDRESS and not value.startswith("application/")
    ):
        return f"address {value!r}"
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and 1024 <= value <= 65535
        and tail in ("create_connection", "connect", "Telnet", "ModbusTcpClient", "bind")
    ):
        return f"port {value}"
    return ""


@checks.check("TP011")
def unread_properties(code: ClassCode) -> Iterator[Found]:
    """A declared property is read somewhere."""
    if not code.model.complete:
        return
    text = code.file.text
    for parent in code.source.lineage()[1:]:
        text += parent.file.text
    for declaration in code.source.body.declarations:
        if declaration.kind not in ("device_property", "class_property", "device", "class"):
            continue
        uses = len(re.findall(rf"\b{re.escape(declaration.name)}\b", text))
        if uses < 2:
            said = f"property {declaration.name} is declared and read by nothing"
            place, member = at(declaration.node, code.file.path), f"property {declaration.name}"
            yield Found("TP011", said, place, member, _taken_away(code, declaration))


@checks.check("TA022")
def platform_types(code: ClassCode) -> Iterator[Found]:
    """Types are not platform specific."""
    better = {
        "int_": "int64",
        "long": "int64",
        "uint": "uint64",
        "intc": "int32",
        "longlong": "int64",
    }
    for declaration in code.source.body.declarations:
        keyword = declaration.keyword("dtype")
        for node in ast.walk(keyword.value) if keyword else ():
            if (
                isinstance(node, ast.Attribute)
                and dotted(node).startswith(("np.", "numpy."))
                and node.attr in better
            ):
                wanted = f"{dotted(node.value)}.{better[node.attr]}"
                fix = Fix((replace_node(node, wanted),))
                said = f"{declaration.name}: {dotted(node)} differs from platform to platform"
                yield Found(
                    "TA022",
                    said,
                    at(node, code.file.path),
                    f"attribute {declaration.name}",
                    fix,
                )


_EFFECTS = re.compile(
    r"^(set|write|start|move|trigger|reset|stop|go|switch|enable|disable|clear)(?=_|[A-Z]|$)"
)


@checks.check("TA026")
def reads_with_effects(code: ClassCode) -> Iterator[Found]:
    """Polling, archiving and panels read at any time: reading changes nothing."""
    for facts in code.playing("read"):
        if code.roles[facts.name] & {"write", "command"}:
            continue
        for call in facts.calls:
            owner = call.name.rpartition(".")[0].removeprefix("self.")
            if (
                owner in code.drivers
                and _EFFECTS.match(call.tail)
                and not call.tail.startswith("set_quality")
            ):
                said = f"{facts.name} calls {call.name}(): reading has an effect on the equipment"
                yield Found(
                    "TA026", said, at(call.node, code.file.path), code.member_of(facts.name)
                )


_SENTINELS = frozenset((-1, -1.0, 9999, 9999.0, -9999, -999, 999999))


@checks.check("TA032", "TA033")
def invalid_values(code: ClassCode) -> Iterator[Found]:
    """An invalid value is reported by an exception."""
    for facts in code.playing("read"):
        member = code.member_of(facts.name)
        for handler in facts.handlers:
            for node in ast.walk(handler):
                if isinstance(node, ast.Return) and _is_sentinel(code, node.value):
                    said = f"{facts.name}: after an error a value is returned as if it were valid"
                    yield Found("TA032", said, at(node, code.file.path), member)
        if facts.raises or facts.called("throw_exception"):
            continue
        for node in ast.walk(facts.node):
            if isinstance(node, ast.Attribute) and node.attr in ("ATTR_INVALID",):
                said = (
                    f"{facts.name} says INVALID and raises nothing: few clients look at the quality"
                )
                yield Found("TA033", said, at(node, code.file.path), member)
                break


def _is_sentinel(code: ClassCode, node: ast.expr | None) -> bool:
    if node is None:
        return True
    text = ast.unparse(node)
    if "nan" in text.lower() or text == "None":
        return True
    value = code.file.scope.value(node)
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value in _SENTINELS


@checks.check("TC403")
def checked_arguments(code: ClassCode) -> Iterator[Found]:
    """An argument is checked before it goes to the equipment."""
    for command in code.model.own_commands():
        own = next((one for one in code.functions if one.name == command.method), None)
        arguments = own.node.args.args[1:] if own is not None else []
        if (
            own is None
            or not arguments
            or command.argin.data_type in ("DevVoid", "DevBoolean", "DevEnum")
        ):
            continue
        name = arguments[0].arg
        passed = [
            call
            for call in own.calls
            if call.name.rpartition(".")[0].removeprefix("self.") in code.drivers | set(code.fields)
            and any(
                isinstance(node, ast.Name) and node.id == name
                for a in call.node.args
                for node in ast.walk(a)
            )
        ]
        compared = any(
            isinstance(node, (ast.Compare, ast.Match)) and name in ast.unparse(node)
            for node in ast.walk(own.node)
        )
        if passed and not compared:
            said = f"command {command.name}: its argument goes to the equipment unchecked"
            yield Found(
                "TC403", said, at(passed[0].node, code.file.path), f"command {command.name}"
            )
