"""The errors of reads and writes that fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from puretango.client.names._names import text_name
from puretango.client.session._faults import Trouble
from puretango.errors import DevError, DevFailed, ErrSeverity, NamedDevFailedList
from puretango.values import AttributeInfo, DeviceAttribute

if TYPE_CHECKING:
    from puretango.client.session._session import Session

__all__ = [
    "Pair",
    "check_read",
    "names_of",
    "raise_written",
    "read_trouble",
    "tell_failed",
    "write_trouble",
    "written_failure",
]

Pair = tuple[Any, Any]
"""An attribute, by its name or its description, and a value for it."""

_FAILED = "API_AttributeFailed"


def read_trouble(session: Session, names: Sequence[str], one: bool) -> Trouble:
    """The error to put on top of a failed read's errors."""
    device = session.device_name
    if one:
        added = f"Failed to read_attribute on device {device}, attribute {names[0]}"
        return Trouble("read_attribute", "DeviceProxy:read_attribute", "", (_FAILED, added), True)
    added = f"Failed to read_attributes on device {device}, attributes {', '.join(names)}"
    return Trouble("read_attributes", "DeviceProxy:read_attributes", "", (_FAILED, added), True)


def check_read(attribute: DeviceAttribute, session: Session) -> DeviceAttribute:
    """The attribute; raises its failure, with the error of a single read on top."""
    if attribute.has_failed:
        desc = (
            f"Failed to read_attribute on device {session.device_name}, attribute {attribute.name}"
        )
        added = DevError(_FAILED, ErrSeverity.ERR, desc, "DeviceProxy::read_attribute()")
        raise DevFailed(*attribute.get_err_stack(), added)
    return attribute


def tell_failed(
    session: Session, attributes: list[DeviceAttribute], what: str = "read_attributes"
) -> None:
    """Put on top of each failed attribute's errors what was tried."""
    for attribute in attributes:
        if attribute.has_failed:
            desc = f"Failed to {what} on device {session.device_name}, attribute {attribute.name}"
            added = DevError(_FAILED, ErrSeverity.ERR, desc, f"DeviceProxy::{what}()")
            attribute._errors = (*attribute._errors, added)


def names_of(pairs: Sequence[Pair]) -> list[str]:
    """The names of the attributes."""
    return [
        attribute.name if isinstance(attribute, AttributeInfo) else text_name(attribute)
        for attribute, _ in pairs
    ]


def write_trouble(what: str) -> Trouble:
    """The error to put on top of a failed write's errors, of one attribute or of several."""
    one = what.endswith("attribute")
    return Trouble(what, f"DeviceProxy:{what}{'()' if one else ''}")


def raise_written(
    failed: DevFailed, session: Session, what: str, pairs: Sequence[Pair]
) -> NoReturn:
    """Raise the failure of a write, its own errors first."""
    raise written_failure(failed, session, what, pairs) from failed.__cause__


def written_failure(
    failed: DevFailed, session: Session, what: str, pairs: Sequence[Pair]
) -> DevFailed:
    """The failure of a write as it is raised to the user, its own errors first."""
    device = session.device_name
    if failed.args and failed.args[-1].reason in _COMPLETE:
        return failed
    named = getattr(failed, "err_list", [])
    if what.endswith("attribute") or (named and what.startswith("write_read")):
        name = named[0].name if named else names_of(pairs)[0]
        if named:
            failed = DevFailed(*named[0].err_stack)
        desc = f"Failed to {what} on device {device}, attribute {name}"
        return failed.add(_FAILED, desc, f"DeviceProxy::{what}()")
    if named:
        names = ", ".join(item.name for item in named)
        desc = f"Failed to execute DeviceProxy::{what} on device {device}, object(s) {names}"
        error = DevError(_FAILED, ErrSeverity.ERR, desc, f"DeviceProxy::{what}")
        return NamedDevFailedList(error, err_list=named)
    desc = f"Failed to {what} on device {device}, attributes "
    return failed.add(_FAILED, desc, f"DeviceProxy::{what}()")


_COMPLETE = ("API_DeviceTimedOut", "API_CommunicationFailed")
"""Reasons of errors that need no explanation on top."""
