"""Every exception of puretango, in one tree.

::

    PuretangoError
    ├── DevFailed                    Tango's error stack (the user's exception)
    │   ├── ConnectionFailed         the device or its server cannot be reached
    │   ├── CommunicationFailed      the connection broke or a call timed out
    │   ├── WrongNameSyntax          a device or attribute name is malformed
    │   ├── NonDbDevice              a database feature asked of a no-database device
    │   ├── WrongData                a value of another type than asked for
    │   ├── NonSupportedFeature      the device is too old for the request
    │   ├── AsynCall                 misuse of the asynchronous calls
    │   ├── AsynReplyNotArrived      the asynchronous reply is not there yet
    │   ├── EventSystemFailed        a subscription failed
    │   ├── DeviceUnlocked           the device was unlocked by an administrator
    │   ├── NotAllowed               refused by the access control
    │   └── NamedDevFailedList       a multi-attribute write failed in part
    ├── MarshalError                 undecodable bytes, or a value that does not fit its type
    ├── ProtocolError                a GIOP rule broken by the peer
    ├── StoreError                   the control-system database's store cannot be used
    └── SystemException              a CORBA system exception, one subclass per kind
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from types import TracebackType
from typing import Any, ClassVar, NoReturn

__all__ = [
    "SYSTEM_EXCEPTIONS", "AsynCall", "AsynReplyNotArrived", "CommunicationFailed",
    "ConnectionFailed", "DevError", "DevFailed", "DeviceUnlocked", "ErrSeverity",
    "EventSystemFailed", "Except", "MarshalError", "NamedDevFailed", "NamedDevFailedList",
    "NonDbDevice", "NonSupportedFeature", "NotAllowed", "ProtocolError", "PuretangoError",
    "StoreError", "SystemException", "WrongData", "WrongNameSyntax", "system_exception",
]  # fmt: skip


class PuretangoError(Exception):
    """Root of every exception that puretango defines."""


class MarshalError(PuretangoError):
    """Bytes that do not decode, or a value that cannot be encoded as its type."""


class ProtocolError(PuretangoError):
    """The peer broke a rule of GIOP."""


class StoreError(PuretangoError):
    """The store of the control-system database cannot be opened, read or written."""


class ErrSeverity(IntEnum):
    """Severity of one error of a stack."""

    WARN = 0
    ERR = 1
    PANIC = 2

    def __str__(self) -> str:
        return self.name


def _indent(text: str) -> str:
    return "\n".join("    " + line if line.strip() else line for line in text.split("\n"))


class DevError:
    """One level of Tango's error stack."""

    __slots__ = ("desc", "origin", "reason", "severity")

    def __init__(
        self,
        reason: str = "",
        severity: ErrSeverity = ErrSeverity.WARN,
        desc: str = "",
        origin: str = "",
    ) -> None:
        self.reason = reason
        self.severity = severity
        self.desc = desc
        self.origin = origin

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DevError):
            return NotImplemented
        return (self.reason, self.severity, self.desc, self.origin) == (
            other.reason,
            other.severity,
            other.desc,
            other.origin,
        )

    def __hash__(self) -> int:
        return hash((self.reason, self.severity, self.desc, self.origin))

    def __repr__(self) -> str:
        return (
            f"DevError(desc = {self.desc!r}, origin = {self.origin!r}, "
            f"reason = {self.reason!r}, severity = {self.severity!r})"
        )

    def __str__(self) -> str:
        lines = ["DevError["]
        for name in ("desc", "origin", "reason", "severity"):
            text = str(getattr(self, name)).rstrip("\n").replace("\n", "\n        ")
            lines.append(f"    {name} = {text}")
        lines.append("]")
        return "\n".join(lines)


class DevFailed(PuretangoError):
    """Tango's exception: ``args`` is the stack of :class:`DevError`, first cause first."""

    def __init__(self, *args: Any) -> None:
        # PyTango users write DevFailed(err), DevFailed(err1, err2) and DevFailed([err1, err2]).
        if len(args) == 1 and isinstance(args[0], (list, tuple)):
            args = tuple(args[0])
        super().__init__(*args)

    @classmethod
    def make(
        cls, reason: str, desc: str, origin: str = "", severity: ErrSeverity = ErrSeverity.ERR
    ) -> DevFailed:
        """A failure with a stack of one error."""
        return cls(DevError(reason, severity, desc, origin))

    @property
    def errors(self) -> tuple[DevError, ...]:
        """The stack as DevErrors; foreign arguments become an error with their text."""
        return tuple(
            arg
            if isinstance(arg, DevError)
            else DevError("PyDs_BadPythonException", ErrSeverity.ERR, str(arg), "")
            for arg in self.args
        )

    def add(
        self, reason: str, desc: str, origin: str = "", severity: ErrSeverity = ErrSeverity.ERR
    ) -> DevFailed:
        """The same exception with one more error on top of the stack."""
        self.args = (*self.args, DevError(reason, severity, desc, origin))
        return self

    def __str__(self) -> str:
        return "DevFailed[\n" + ",\n".join(_indent(str(arg)) for arg in self.args) + "\n]"

    def __repr__(self) -> str:
        return f"{type(self).__name__}(args = {self.args!r})"


class ConnectionFailed(DevFailed):
    """The device, its server or the database cannot be reached."""


class CommunicationFailed(DevFailed):
    """The connection broke during a call, or the call timed out."""


class WrongNameSyntax(DevFailed):
    """A device, attribute or property name breaks Tango's syntax."""


class NonDbDevice(DevFailed):
    """A database feature was asked of a device that has no database."""


class WrongData(DevFailed):
    """A value has another type than the one asked for."""


class NonSupportedFeature(DevFailed):
    """The device's interface is too old for the request."""


class AsynCall(DevFailed):
    """An asynchronous call was used wrongly."""


class AsynReplyNotArrived(DevFailed):
    """The reply of an asynchronous call has not arrived yet."""


class EventSystemFailed(DevFailed):
    """An event subscription failed."""


class DeviceUnlocked(DevFailed):
    """The device, locked by this client, has been unlocked by someone else."""


class NotAllowed(DevFailed):
    """The access control refuses the request."""


class NamedDevFailed:
    """One member's failure in a multi-attribute write."""

    __slots__ = ("err_stack", "idx_in_call", "name")

    def __init__(
        self, name: str = "", idx_in_call: int = 0, err_stack: Iterable[DevError] = ()
    ) -> None:
        self.name = name
        self.idx_in_call = idx_in_call
        self.err_stack = tuple(err_stack)

    def __repr__(self) -> str:
        return (
            f"NamedDevFailed(name = {self.name!r}, idx_in_call = {self.idx_in_call!r}, "
            f"err_stack = {self.err_stack!r})"
        )


class NamedDevFailedList(DevFailed):
    """A multi-attribute write failed for some of its members: ``err_list`` names them."""

    def __init__(self, *args: Any, err_list: Iterable[NamedDevFailed] = ()) -> None:
        super().__init__(*args)
        self.err_list = list(err_list)

    def get_faulty_attr_nb(self) -> int:
        """How many members failed."""
        return len(self.err_list)

    def call_failed(self) -> bool:
        """True if the whole call failed, rather than some of its members."""
        return bool(self.args) and not self.err_list


class Except:
    """PyTango's functions about exceptions."""

    @staticmethod
    def throw_exception(
        reason: str, description: str, origin: str, severity: ErrSeverity = ErrSeverity.ERR
    ) -> NoReturn:
        """Raise a DevFailed with a stack of one error."""
        raise DevFailed(DevError(reason, ErrSeverity(severity), description, origin))

    @staticmethod
    def re_throw_exception(
        exception: DevFailed,
        reason: str,
        description: str,
        origin: str,
        severity: ErrSeverity = ErrSeverity.ERR,
    ) -> NoReturn:
        """Raise the exception again with one more error on its stack."""
        added = DevError(reason, ErrSeverity(severity), description, origin)
        again = type(exception)(*exception.args, added)
        raise again.with_traceback(exception.__traceback__) from exception

    @staticmethod
    def to_dev_failed(
        type: type[BaseException] | None = None,
        value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> DevFailed:
        """A DevFailed made from a Python exception, given as by sys.exc_info()."""
        if isinstance(value, DevFailed):
            return value
        if type is None or value is None or traceback is None:
            return DevFailed.make(
                "PyDs_BadPythonException",
                "A badly formed exception has been received",
                "Py_to_dev_failed",
            )
        from traceback import format_exception, format_exception_only  # slow to import, rare

        return DevFailed.make(
            "PyDs_PythonError",
            "".join(format_exception_only(type, value)),
            "".join(format_exception(type, value, traceback)),
        )

    @staticmethod
    def throw_python_exception(
        type: type[BaseException] | None = None,
        value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> NoReturn:
        """Raise a Python exception, given as by sys.exc_info(), as a DevFailed."""
        raise Except.to_dev_failed(type, value, traceback)

    @staticmethod
    def print_exception(exception: DevFailed) -> None:
        """Print a DevFailed's stack on standard output."""
        Except.print_error_stack(exception.errors)

    @staticmethod
    def print_error_stack(error_stack: Sequence[DevError]) -> None:
        """Print every error of a stack on standard output."""
        names = {ErrSeverity.WARN: "WARNING", ErrSeverity.ERR: "ERROR", ErrSeverity.PANIC: "PANIC"}
        for error in error_stack:
            sys.stdout.write(
                "Tango error stack\n"
                f"Severity = {names.get(error.severity, 'Unknown')}\n"
                f"Error reason = {error.reason}\n"
                f"Desc : {error.desc}\n"
                f"Origin : {error.origin}\n\n"
            )

    @staticmethod
    def compare_exception(arg0: DevFailed, arg1: DevFailed) -> bool:
        """True if both have the same stack."""
        return arg0.errors == arg1.errors


class SystemException(PuretangoError):
    """A CORBA system exception: ``minor`` code, ``completed`` (0 yes, 1 no, 2 maybe), text."""

    kind: ClassVar[str] = "UNKNOWN"

    def __init__(
        self, text: str = "", *, minor: int = 0, completed: int = 1, repo_id: str = ""
    ) -> None:
        super().__init__(text)
        self.minor = minor
        self.completed = completed
        self.repo_id = repo_id or f"IDL:omg.org/CORBA/{self.kind}:1.0"

    def __str__(self) -> str:
        done = {0: "yes", 1: "no", 2: "maybe"}.get(self.completed, str(self.completed))
        text = f"CORBA::{self.kind} (minor {self.minor:#x}, completed {done})"
        detail = super().__str__()
        return f"{text}: {detail}" if detail else text


SYSTEM_EXCEPTIONS: dict[str, type[SystemException]] = {}
"""Repository id → class, for every standard CORBA system exception."""


def _declare(kind: str) -> type[SystemException]:
    doc = f"The CORBA system exception {kind}."
    cls = type(kind, (SystemException,), {"kind": kind, "__doc__": doc, "__module__": __name__})
    SYSTEM_EXCEPTIONS[f"IDL:omg.org/CORBA/{kind}:1.0"] = cls
    return cls


UNKNOWN = _declare("UNKNOWN")
BAD_PARAM = _declare("BAD_PARAM")
NO_MEMORY = _declare("NO_MEMORY")
IMP_LIMIT = _declare("IMP_LIMIT")
COMM_FAILURE = _declare("COMM_FAILURE")
INV_OBJREF = _declare("INV_OBJREF")
NO_PERMISSION = _declare("NO_PERMISSION")
INTERNAL = _declare("INTERNAL")
MARSHAL = _declare("MARSHAL")
INITIALIZE = _declare("INITIALIZE")
NO_IMPLEMENT = _declare("NO_IMPLEMENT")
BAD_TYPECODE = _declare("BAD_TYPECODE")
BAD_OPERATION = _declare("BAD_OPERATION")
NO_RESOURCES = _declare("NO_RESOURCES")
NO_RESPONSE = _declare("NO_RESPONSE")
PERSIST_STORE = _declare("PERSIST_STORE")
BAD_INV_ORDER = _declare("BAD_INV_ORDER")
TRANSIENT = _declare("TRANSIENT")
FREE_MEM = _declare("FREE_MEM")
INV_FLAG = _declare("INV_FLAG")
INTF_REPOS = _declare("INTF_REPOS")
BAD_CONTEXT = _declare("BAD_CONTEXT")
OBJ_ADAPTER = _declare("OBJ_ADAPTER")
DATA_CONVERSION = _declare("DATA_CONVERSION")
OBJECT_NOT_EXIST = _declare("OBJECT_NOT_EXIST")
INV_POLICY = _declare("INV_POLICY")
CODESET_INCOMPATIBLE = _declare("CODESET_INCOMPATIBLE")
REBIND = _declare("REBIND")
TIMEOUT = _declare("TIMEOUT")


def system_exception(
    repo_id: str, minor: int = 0, completed: int = 1, text: str = ""
) -> SystemException:
    """The exception for a repository id; an unknown id gives the base class."""
    cls = SYSTEM_EXCEPTIONS.get(repo_id, SystemException)
    return cls(text, minor=minor, completed=completed, repo_id=repo_id)
