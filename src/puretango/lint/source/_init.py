"""Initialisation, deletion, and what is kept in the database (G, Exception handling in init_device)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from puretango.lint._finding import Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import at
from puretango.lint.source._code import ClassCode, is_log_call
from puretango.lint.source._facts import FunctionFacts
from puretango.lint.source._mend import (
    at_body_start,
    handler_rewritten,
    imports_for,
    wrapped_in_try,
)
from puretango.lint.words._wordlist import words
from puretango.model import dotted

__all__ = ["checks"]

checks = Checks()


def _init(code: ClassCode) -> FunctionFacts | None:
    return next((one for one in code.functions if one.name == "init_device"), None)


@checks.check("TI007")
def calls_base(code: ClassCode) -> Iterator[Found]:
    """init_device begins with its base's: properties are read there."""
    init = _init(code)
    if init is None or code.source.style == "low":
        return
    place = at(init.node, code.file.path)
    calls = [
        one for one in init.calls if one.tail == "init_device" and one.name != "self.init_device"
    ]
    reached = {call.tail for facts in code.reached("init") for call in facts.calls}
    inherits = bool(code.source.parents or code.source.unresolved)
    if not calls and not (code.model.device_properties or inherits):
        return  # its base's does nothing
    if not calls and "get_device_properties" in reached:
        return  # it does what its base's would do
    if not calls:
        call = "await super().init_device()" if init.is_async else "super().init_device()"
        fix = Fix((at_body_start(init.node, call),))
        yield Found("TI007", "init_device does not call super().init_device()", place, fix=fix)
        return
    uses = [
        node.lineno
        for node in ast.walk(init.node)
        if isinstance(node, ast.Attribute)
        and dotted(node).startswith("self.")
        and code.model.device_property(dotted(node)[5:]) is not None
    ]
    if uses and min(uses) < calls[0].node.lineno:
        said = "init_device uses a property before super().init_device() has read it"
        yield Found("TI007", said, place)


def _catches_all(node: ast.Try) -> bool:
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = {dotted(kind).rpartition(".")[2] for kind in kinds if kind is not None}
        if handler.type is None or names & {"Exception", "BaseException", "OSError", "DevFailed"}:
            return True
    return False


@checks.check("TI001", "TI002")
def init_does_not_raise(code: ClassCode) -> Iterator[Found]:
    """No exception leaves init_device; its handler sets FAULT and Status, and logs."""
    init = _init(code)
    if init is None:
        return
    path = code.file.path
    naked = next(((call, kind) for call, kind in code.io(init) if not call.in_try), None)
    raising = next(
        (
            one
            for one in init.raises
            if not any(one in ast.walk(block) for block in init.tries if _catches_all(block))
        ),
        None,
    )
    if naked is not None:
        call, kind = naked
        said = f"init_device: {call.name}() ({kind}) may raise, and nothing catches it"
        yield Found("TI001", said, at(call.node, path), fix=_wrap(code, init))
    elif raising is not None:
        yield Found("TI001", "init_device raises: the device quits", at(raising, path))
    for block in init.tries:
        if not _reaches_out(code, init, block):
            continue
        for handler in block.handlers:
            if _is_failure(handler):
                yield from _handler_of_init(code, init, handler)


def _reaches_out(code: ClassCode, init: FunctionFacts, block: ast.Try) -> bool:
    """True if a block opens equipment, makes a driver or a proxy, or asks one."""
    within = {id(node) for statement in block.body for node in ast.walk(statement)}
    if any(id(call.node) in within for call, _ in code.io(init)):
        return True
    for node in ast.walk(block):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and id(node) in within:
            names = {dotted(one)[5:] for one in node.targets if dotted(one).startswith("self.")}
            if names & code.drivers:
                return True
    return False


_FAILURES = words(
    "Exception BaseException OSError IOError DevFailed ConnectionError TimeoutError timeout "
    "SerialException ConnectionRefusedError"
)


def _is_failure(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {dotted(kind).rpartition(".")[2] for kind in kinds if kind is not None}
    return handler.type is None or bool(names & _FAILURES)


def _handler_of_init(
    code: ClassCode, init: FunctionFacts, handler: ast.ExceptHandler
) -> Iterator[Found]:
    inside = [one for one in init.calls if any(one.node is n for n in ast.walk(handler))]
    names = {one.tail for one in inside}
    if any(isinstance(node, ast.Raise) for node in ast.walk(handler)):
        return
    helpers = {n for n in names if n in code.by_name}
    for helper in helpers:
        names |= {one.tail for one in code.by_name[helper].calls}
    lacks = []
    if not any("state" in one.lower() for one in names):
        lacks.append("FAULT")
    if not any("status" in one.lower() for one in names):
        lacks.append("Status")
    if not any(is_log_call(one) for one in inside) and not any(
        is_log_call(one) for helper in helpers for one in code.by_name[helper].calls
    ):
        lacks.append("a log")
    if lacks and not (helpers and len(lacks) < 3):
        fix = None
        if all(isinstance(one, ast.Pass) for one in handler.body):
            edit = handler_rewritten(handler, _failure_lines(handler.name or "error"))
            if edit is not None:
                fix = Fix((edit,), imports=imports_for(code.file, "DevState"))
        said = f"the handler in init_device lacks {', '.join(lacks)}"
        yield Found("TI002", said, at(handler, code.file.path), fix=fix)


def _failure_lines(name: str) -> list[str]:
    return [
        f'self.error_stream("init_device() failed: %s", {name})',
        "self.set_state(DevState.FAULT)",
        f'self.set_status(f"Initialisation failed: {{{name}}}")',
    ]


def _wrap(code: ClassCode, init: FunctionFacts) -> Fix | None:
    body = list(init.node.body)
    while body and (
        (isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant))
        or _is_init_call(body[0])
    ):
        body.pop(0)
    if not body:
        return None
    lines = ["except Exception as error:", *("    " + one for one in _failure_lines("error"))]
    edit = wrapped_in_try(code.file, body, lines)
    if edit is None:
        return None
    return Fix((edit,), imports=imports_for(code.file, "DevState"))


def _is_init_call(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call):
        return False
    return isinstance(value.func, ast.Attribute) and value.func.attr in (
        "init_device",
        "get_device_properties",
    )


@checks.check("TI006")
def properties_read(code: ClassCode) -> Iterator[Found]:
    """An error while properties are read is caught."""
    init = _init(code)
    if init is None:
        return
    for call in init.called("get_device_properties", "get_property", "get_device_property"):
        if not call.in_try and (call.name.startswith("self.get_") or "db" in call.name.lower()):
            said = f"init_device: {call.name}() may fail, and nothing catches it"
            yield Found(
                "TI006", said, at(call.node, code.file.path), fix=_wrap_call(code, init, call.node)
            )


def _wrap_call(code: ClassCode, init: FunctionFacts, node: ast.Call) -> Fix | None:
    statement = next(
        (one for one in init.node.body if any(child is node for child in ast.walk(one))), None
    )
    if statement is None:
        return None
    lines = ["except Exception as error:", *("    " + one for one in _failure_lines("error"))]
    edit = wrapped_in_try(code.file, [statement], [*lines, "    return"])
    return Fix((edit,), imports=imports_for(code.file, "DevState")) if edit else None


_CLOSES = words(
    "close disconnect shutdown stop terminate release join unsubscribe_event cancel exit"
)


@checks.check("TI008")
def closed_again(code: ClassCode) -> Iterator[Found]:
    """Init is delete_device and init_device: delete_device closes what init_device opens."""
    opened: dict[str, tuple[ast.AST, str]] = {}
    for facts in code.reached("init", "make"):
        for assign in facts.assigns:
            value = assign.value
            if not isinstance(value, ast.Call):
                continue
            kind = code.opens(value)
            if dotted(value.func).rpartition(".")[2] == "Thread":
                kind = "thread"
            if isinstance(value.func, ast.Name) and value.func.id == "open":
                kind = "file"
            targets = assign.targets if isinstance(assign, ast.Assign) else [assign.target]
            for target in targets:
                name = dotted(target)
                if kind and kind not in ("proxy", "library", "visa") and name.startswith("self."):
                    opened[name[5:]] = (value, kind)
    if not opened or not code.model.complete:
        return
    text = "\n".join(ast.unparse(one.node) for one in code.reached("delete"))
    for name, (node, kind) in opened.items():
        if name not in text or not any(word in text for word in _CLOSES):
            said = (
                f"self.{name} ({kind}) is opened for the device and delete_device does not close it"
            )
            yield Found(
                "TI008",
                said,
                at(node, code.file.path),
                advice=f"close self.{name} in delete_device",
            )


@checks.check("TI010")
def made_in_init(code: ClassCode) -> Iterator[Found]:
    """Work that Init must repeat belongs in init_device."""
    for facts in code.playing("make"):
        io = next(iter(code.io(facts)), None)
        if io is not None:
            said = f"__init__ opens equipment ({io[0].name}): Init will not do it again"
            yield Found("TI010", said, at(io[0].node, code.file.path))
        else:
            reads = [
                dotted(node)[5:]
                for node in ast.walk(facts.node)
                if isinstance(node, ast.Attribute)
                and dotted(node).startswith("self.")
                and code.model.device_property(dotted(node)[5:])
            ]
            if reads:
                said = f"__init__ uses property {reads[0]}: Init will not do it again"
                yield Found("TI010", said, at(facts.node, code.file.path))


_PUTS = frozenset(
    [
        "put_property",
        "put_device_property",
        "put_class_property",
        "put_device_attribute_property",
        "put_attribute_property",
    ]
)


@checks.check("TM006", "TM007", "TP007")
def database_writes(code: ClassCode) -> Iterator[Found]:
    """The database holds configuration, and is not for values that change."""
    busy = {
        one.name for one in code.reached("read", "hook", "hardware", "thread", "state", "allowed")
    }
    setting = {one.name for one in code.reached("write")}
    for facts in code.functions:
        member = code.member_of(facts.name)
        for call in facts.calls:
            if call.tail not in _PUTS:
                continue
            place = at(call.node, code.file.path)
            if facts.name in busy or call.in_loop:
                said = f"{facts.name}: {call.tail} in a read, hook, thread or loop"
                yield Found("TM007", said, place, member)
            elif facts.name in setting:
                value = any(
                    isinstance(node, ast.Constant) and node.value == "__value"
                    for node in ast.walk(call.node)
                )
                if not value:
                    said = f"{facts.name} keeps a set value by {call.tail}: memorize it, or use __value"
                    yield Found("TM006", said, place, member)
            else:
                said = f"{facts.name} changes a property while the device runs"
                yield Found("TP007", said, place, member)
    for declaration in code.source.body.declarations:
        keyword = declaration.keyword("update_db")
        if keyword is not None and isinstance(keyword.value, ast.Constant) and keyword.value.value:
            said = f"property {declaration.name} has update_db: assigning it writes the database"
            yield Found(
                "TP007", said, at(declaration.node, code.file.path), f"property {declaration.name}"
            )


@checks.check("TM002", "TM003", "TM004")
def memorized_writes(code: ClassCode) -> Iterator[Found]:
    """A memorized value is written after init_device: its state and its order matter."""
    memorized = [one for one in code.model.attributes if one.hw_memorized]
    written: dict[str, tuple[set[str], set[str]]] = {}
    for one in memorized:
        member = f"attribute {one.name}"
        allowed = code.by_name.get(one.is_allowed_method)
        if allowed is not None and {"FAULT", "UNKNOWN", "INIT"} & {
            word for node in ast.walk(allowed.node) for word in _states(node)
        }:
            said = f"{member} is refused in FAULT, UNKNOWN or INIT: a failed init loses its memorized value"
            yield Found("TM002", said, one.place, member)
        write = code.by_name.get(one.write_method)
        if write is not None:
            written[one.name] = _fields(write)
    for name, (sets, _) in written.items():
        for other, (_, reads) in written.items():
            if name < other and (sets & reads or written[other][0] & written[name][1]):
                model = code.model.attribute(other)
                said = (
                    f"memorized attributes {name} and {other} depend on each other: order matters"
                )
                yield Found("TM003", said, model.place if model else None, f"attribute {other}")
    names = {one.name for one in code.model.attributes if one.memorized}
    for facts in code.reached("thread", "read", "hook", "hardware"):
        for call in facts.called("write_attribute", "set_write_value"):
            given = [str(one.value) for one in call.node.args if isinstance(one, ast.Constant)]
            if any(one in names for one in given):
                said = f"{facts.name} writes memorized attribute {given[0]} again and again"
                yield Found("TM004", said, at(call.node, code.file.path))


def _states(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Compare) and any(isinstance(op, (ast.Eq, ast.In)) for op in node.ops):
        return set()
    return {node.attr} if isinstance(node, ast.Attribute) else set()


def _fields(facts: FunctionFacts) -> tuple[set[str], set[str]]:
    """Fields of self that a method sets, and that it reads."""
    sets: set[str] = set()
    reads: set[str] = set()
    for node in ast.walk(facts.node):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        ):
            (sets if isinstance(node.ctx, ast.Store) else reads).add(node.attr)
    return sets, reads


@checks.check("TI009")
def singleton(code: ClassCode) -> Iterator[Found]:
    """A class that allows only one device checks for a second one."""
    doc = code.model.description.lower()
    says = any(word in doc for word in ("only one instance", "singleton", "only one device"))
    checks_it = any(
        word in code.file.text
        for word in ("singleton", "_instances", "instance_count", "get_device_list")
        if word != "singleton" or "singleton =" in code.file.text
    )
    if says and not checks_it:
        said = "the class says that there can only be one and does not look for a second"
        yield Found(
            "TI009", said, advice="set FAULT with the reason in init_device of a second one"
        )
