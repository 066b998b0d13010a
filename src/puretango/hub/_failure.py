"""The meaning of a device's error for users of its values."""

from __future__ import annotations

from puretango.errors import CommunicationFailed, ConnectionFailed, DevFailed

__all__ = ["first_error", "is_unreachable"]

_ABSENT = {
    "API_CantConnectToDevice",
    "API_DeviceNotExported",
    "API_DeviceNotDefined",
    "DB_DeviceNotDefined",
    "API_CantConnectToDatabase",
}


def first_error(failed: DevFailed) -> tuple[str, str]:
    """Reason and text of the first cause."""
    if not failed.args:
        return "API_Exception", str(failed)
    first = failed.args[0]
    return first.reason, first.desc.strip()


def is_unreachable(failed: DevFailed) -> bool:
    """True if the device has not answered; False if it has, with a refusal."""
    return isinstance(failed, (ConnectionFailed, CommunicationFailed)) or any(
        error.reason in _ABSENT for error in failed.args
    )
