"""ClassCode: a device class's code by the role of each method."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from puretango.lint._settings import Settings
from puretango.lint.source._facts import Call, FunctionFacts, facts_of
from puretango.lint.words._wordlist import words
from puretango.model import ClassModel, Function, ParsedFile, SourceClass, dotted

__all__ = ["IO_MAKERS", "ClassCode", "is_log_call"]

IO_MAKERS = {
    "socket.socket": "socket",
    "socket.create_connection": "socket",
    "serial.Serial": "serial",
    "serial.serial_for_url": "serial",
    "telnetlib.Telnet": "telnet",
    "http.client.HTTPConnection": "http",
    "http.client.HTTPSConnection": "http",
    "pymodbus.client.ModbusTcpClient": "modbus",
    "pymodbus.client.sync.ModbusTcpClient": "modbus",
    "paramiko.SSHClient": "ssh",
    "pyvisa.ResourceManager": "visa",
    "visa.ResourceManager": "visa",
    "ctypes.CDLL": "library",
    "ctypes.cdll.LoadLibrary": "library",
    "usb.core.find": "usb",
    "smbus.SMBus": "bus",
    "smbus2.SMBus": "bus",
}
"""Calls that open a connection to equipment, and the kind of connection."""

_IO_CALLS = ("requests.", "urllib.request.urlopen", "urllib2.urlopen", "httpx.")
_IO_METHODS = words(
    "recv recv_into recvfrom send sendall sendto connect read readline readlines read_until "
    "write query ask readinto request getresponse read_holding_registers write_register "
    "open_resource"
)
_LOGS = words(
    "debug_stream info_stream warn_stream error_stream fatal_stream debug info warning warn "
    "error exception critical fatal"
)


def is_log_call(call: Call, *levels: str) -> bool:
    """True for ``self.error_stream(…)``, ``logger.error(…)`` and their like."""
    if call.tail not in _LOGS or call.name == call.tail:
        return False
    owner = call.name.lower()
    if not (call.tail.endswith("_stream") or "log" in owner or "tango" in owner.partition(".")[0]):
        return False
    return not levels or call.tail.removesuffix("_stream") in levels


class ClassCode:
    """A class's own code: facts by method, the roles of each, and the calls between them."""

    def __init__(self, source: SourceClass, settings: Settings) -> None:
        self.source = source
        self.settings = settings

    @property
    def model(self) -> ClassModel:
        """The interface."""
        return self.source.model

    @property
    def file(self) -> ParsedFile:
        """The file."""
        return self.source.file

    @staticmethod
    def is_writer(function: Function) -> bool:
        """True for the write method of an attribute that has the name of its read method."""
        over = [dotted(one) for one in function.decorator_list]
        return any(one.endswith((".write", ".setter")) for one in over)

    @cached_property
    def functions(self) -> list[FunctionFacts]:
        """The facts of each function of the class itself."""
        return [facts_of(one, self.file.imports) for one in self.source.functions()]

    @cached_property
    def by_name(self) -> dict[str, FunctionFacts]:
        """The facts of the functions by name, including the bases' methods."""
        found: dict[str, FunctionFacts] = {}
        for parent in reversed(self.source.lineage()[1:]):
            for function in parent.methods.values():
                found[function.name] = facts_of(function, parent.file.imports)
        found.update({one.name: one for one in self.functions})
        return found

    @cached_property
    def roles(self) -> dict[str, set[str]]:
        """The roles of each method: ``init``, ``read``, ``write``, ``command`` …"""
        roles: dict[str, set[str]] = defaultdict(set)
        fixed = {
            "init_device": "init",
            "delete_device": "delete",
            "always_executed_hook": "hook",
            "read_attr_hardware": "hardware",
            "dev_state": "state",
            "dev_status": "status",
            "__init__": "make",
        }
        for name, role in fixed.items():
            roles[name].add(role)
        for attribute in self.model.attributes:
            roles[attribute.read_method].add("read")
            if attribute.is_writable:
                roles[attribute.write_method].add("write")
            roles[attribute.is_allowed_method].add("allowed")
        for command in self.model.commands:
            roles[command.method].add("command")
            roles[command.is_allowed_method].add("allowed")
        for facts in self.by_name.values():
            for call in facts.calls:
                target = call.keyword("target")
                name = dotted(target) if target is not None else ""
                if name.startswith("self.") and call.tail in ("Thread", "Timer", "Process"):
                    roles[name[5:]].add("thread")
        for accessor in self.source.accessors:
            roles[accessor.name].add("write")
        return roles

    def playing(self, *wanted: str) -> Iterator[FunctionFacts]:
        """The class's own functions with one of these roles."""
        for one in self.functions:
            if self.roles[one.name] & set(wanted):
                yield one

    def reached(self, *wanted: str) -> Iterator[FunctionFacts]:
        """The functions with one of these roles, and the class's own methods that they call."""
        seen: set[str] = set()
        waiting = [one.name for one in self.playing(*wanted)]
        own = {one.name: one for one in self.functions}
        while waiting:
            name = waiting.pop(0)
            if name in seen or name not in own:
                continue
            seen.add(name)
            yield own[name]
            waiting += [
                call.name[5:]
                for call in own[name].calls
                if call.name.startswith("self.") and call.name.count(".") == 1
            ]

    @cached_property
    def fields(self) -> dict[str, str]:
        """Kind of equipment by the field of self that reaches it: ``_link`` is a ``socket``."""
        found: dict[str, str] = {}
        for facts in self.by_name.values():
            for assign in facts.assigns:
                value = assign.value
                if not isinstance(value, ast.Call):
                    continue
                kind = self.opens(value)
                targets = assign.targets if isinstance(assign, ast.Assign) else [assign.target]
                for target in targets:
                    name = dotted(target)
                    if kind and name.startswith("self."):
                        found[name[5:]] = kind
        return found

    @cached_property
    def drivers(self) -> set[str]:
        """Fields of self that hold an object of a class of the author's: a driver, a model."""
        found: set[str] = set()
        for facts in self.by_name.values():
            for assign in facts.assigns:
                if not isinstance(assign.value, ast.Call):
                    continue
                made = dotted(assign.value.func).rpartition(".")[2]
                targets = assign.targets if isinstance(assign, ast.Assign) else [assign.target]
                if made[:1].isupper():
                    found |= {dotted(t)[5:] for t in targets if dotted(t).startswith("self.")}
        return found

    def opens(self, node: ast.Call) -> str:
        """Kind of equipment or device that a call connects to; empty if none."""
        full = self.file.means(node.func)
        if full in IO_MAKERS:
            return IO_MAKERS[full]
        tail = full.rpartition(".")[2]
        if tail in ("DeviceProxy", "AttributeProxy", "get_device_proxy") and (
            full.partition(".")[0] in ("tango", "PyTango", "puretango")
        ):
            return "proxy"
        return ""

    def io(self, facts: FunctionFacts) -> Iterator[tuple[Call, str]]:
        """The calls of a function that reach equipment or other devices, with their kind."""
        local: dict[str, str] = {}
        for assign in facts.assigns:
            if isinstance(assign.value, ast.Call) and isinstance(assign, ast.Assign):
                kind = self.opens(assign.value)
                for target in assign.targets:
                    if kind and isinstance(target, ast.Name):
                        local[target.id] = kind
        for call in facts.calls:
            kind = self.opens(call.node)
            if kind:
                yield call, kind
            elif call.full.startswith(_IO_CALLS):
                yield call, "http"
            elif (call.full.startswith("subprocess.") and call.tail != "Popen") or call.full in (
                "os.system",
                "os.popen",
            ):
                yield call, "subprocess"
            else:
                owner, _, method = call.name.rpartition(".")
                kind = local.get(owner) or self.fields.get(owner.removeprefix("self."), "")
                if (kind == "proxy" and method and not method.startswith("__")) or (
                    kind and method in _IO_METHODS
                ):
                    yield call, kind

    def member_of(self, name: str) -> str:
        """The attribute or command that a method belongs to."""
        for attribute in self.model.attributes:
            if name in (attribute.read_method, attribute.write_method, attribute.is_allowed_method):
                return f"attribute {attribute.name}"
        for command in self.model.commands:
            if name in (command.method, command.is_allowed_method):
                return f"command {command.name}"
        return ""

    @cached_property
    def sets_state(self) -> bool:
        """True if any known code sets the State, or computes it."""
        for one in self.source.lineage():
            if "dev_state" in one.methods:
                return True
            if "set_state" in one.file.text or "append_state" in one.file.text:
                return True
        return any(
            isinstance(target, ast.Attribute) and target.attr in ("_state", "state")
            for facts in self.by_name.values()
            for assign in facts.assigns
            for target in (assign.targets if isinstance(assign, ast.Assign) else [assign.target])
        )
