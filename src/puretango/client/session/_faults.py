"""CORBA's exceptions as the error stacks that a Tango client raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from puretango.errors import (
    CommunicationFailed,
    ConnectionFailed,
    DevError,
    DevFailed,
    ErrSeverity,
    NonDbDevice,
    NonSupportedFeature,
    NotAllowed,
    SystemException,
)

if TYPE_CHECKING:
    from puretango.client.context._ports import Named

__all__ = [
    "CALL_TIMED_OUT",
    "CONNECT_FAILED",
    "Trouble",
    "corba_error",
    "is_timeout",
    "non_database",
    "not_allowed",
    "not_supported",
    "raise_added",
    "raise_communication",
    "raise_connection",
    "raise_timeout",
]

OMNIORB = 0x41540000
"""Vendor id of omniORB's minor codes; its wording is what Tango users know."""

CONNECT_FAILED = OMNIORB | 2
CALL_TIMED_OUT = OMNIORB | 4

_MINORS = {
    ("TRANSIENT", 0x4F4D0001): "TRANSIENT_POANoResource",
    ("TRANSIENT", 0x4F4D0002): "TRANSIENT_NoUsableProfile",
    ("TRANSIENT", 0x4F4D0003): "TRANSIENT_RequestCancelled",
    ("TRANSIENT", 0x4F4D0004): "TRANSIENT_POADestroyed",
    ("TRANSIENT", OMNIORB | 1): "TRANSIENT_FailedOnForwarded",
    ("TRANSIENT", CONNECT_FAILED): "TRANSIENT_ConnectFailed",
    ("TRANSIENT", OMNIORB | 3): "TRANSIENT_BindFailed",
    ("TRANSIENT", CALL_TIMED_OUT): "TRANSIENT_CallTimedout",
    ("OBJECT_NOT_EXIST", 0x4F4D0001): "OBJECT_NOT_EXIST_NoMatch",
    ("OBJECT_NOT_EXIST", 0x4F4D0002): "OBJECT_NOT_EXIST_NoMatch",
    ("OBJECT_NOT_EXIST", OMNIORB | 1): "OBJECT_NOT_EXIST_NoMatch",
    ("COMM_FAILURE", 0): "COMM_FAILURE_WaitingForReply",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """The texts for the errors of one operation.

    ``name`` is the operation, ``origin`` where the error comes from, ``suffix`` ends the
    timeout's text; ``added`` is one more error (reason, text) for a connection that cannot be
    made again and for the server's own DevFailed.
    """

    name: str
    origin: str
    suffix: str = ""
    added: tuple[str, str] | None = None
    added_on_server_error: bool = False


def corba_text(exc: SystemException) -> str:
    """``KIND CORBA system exception: MINOR``, as omniORB names it."""
    minor = _MINORS.get((exc.kind, exc.minor))
    if minor is None:
        if exc.kind == "COMM_FAILURE":
            minor = "COMM_FAILURE_WaitingForReply"
        else:
            minor = f"{exc.minor:#x}" if exc.minor else (exc.args[0] if exc.args else "0x0")
    return f"{exc.kind} CORBA system exception: {minor}"


def corba_error(exc: SystemException, origin: str) -> DevError:
    """The first error of a stack that a CORBA exception caused."""
    return DevError("API_CorbaException", ErrSeverity.ERR, corba_text(exc), origin)


def is_timeout(exc: SystemException) -> bool:
    """True if the call was sent and its reply did not come in time."""
    return exc.kind == "TIMEOUT" or (exc.kind == "TRANSIENT" and exc.minor == CALL_TIMED_OUT)


def raise_connection(exc: SystemException, reason: str, desc: str, origin: str) -> NoReturn:
    """Raise ConnectionFailed for an exception."""
    raise ConnectionFailed(
        corba_error(exc, origin), DevError(reason, ErrSeverity.ERR, desc, origin)
    ) from exc


def raise_timeout(exc: SystemException, device: str, timeout_ms: int, trouble: Trouble) -> NoReturn:
    """Raise the CommunicationFailed of a call that took too long."""
    desc = f"Timeout ({timeout_ms} mS) exceeded on device {device}{trouble.suffix}"
    raise CommunicationFailed(
        corba_error(exc, trouble.origin),
        DevError("API_DeviceTimedOut", ErrSeverity.ERR, desc, trouble.origin),
    ) from exc


def raise_communication(exc: SystemException, device: str, trouble: Trouble) -> NoReturn:
    """Raise the CommunicationFailed of a call that broke."""
    desc = f"Failed to execute {trouble.name} on device {device}{trouble.suffix}"
    raise CommunicationFailed(
        corba_error(exc, trouble.origin),
        DevError("API_CommunicationFailed", ErrSeverity.ERR, desc, trouble.origin),
    ) from exc


def raise_added(failed: DevFailed, reason: str, desc: str, origin: str) -> NoReturn:
    """Raise a failure again, of the same class, with one more error on its stack."""
    raise with_error(failed, reason, desc, origin) from failed.__cause__


def with_error(failed: DevFailed, reason: str, desc: str, origin: str) -> DevFailed:
    """A failure of the same class with one more error on its stack."""
    stack = (*failed.args, DevError(reason, ErrSeverity.ERR, desc, origin))
    again = type(failed)(*stack)
    if hasattr(failed, "err_list"):
        again.err_list = failed.err_list  # type: ignore[attr-defined]  # the same class, which has it
    return again


def with_added(failed: DevFailed, trouble: Trouble) -> DevFailed:
    """A server's own failure with what was tried on top, where the operation has it."""
    if trouble.added is None or not trouble.added_on_server_error:
        return failed
    return with_error(failed, *trouble.added, trouble.origin)


def not_supported(session: Named, what: str) -> NonSupportedFeature:
    """The failure of a request that the device's interface is too old for."""
    return NonSupportedFeature(
        DevError(
            "API_UnsupportedFeature",
            ErrSeverity.ERR,
            f"Device {session.device_name} does not support {what} feature",
            f"DeviceProxy::{what}()",
        )
    )


def not_allowed(desc: str, origin: str) -> NotAllowed:
    """The refusal of a request that needs more than read access."""
    return NotAllowed(DevError("API_ReadOnlyMode", ErrSeverity.ERR, desc, origin))


def non_database(session: Named, what: str, thing: str = "Method") -> NonDbDevice:
    """The failure of a request for a database that the device does not have."""
    return NonDbDevice(
        DevError(
            "API_NonDatabaseDevice",
            ErrSeverity.ERR,
            f"{thing} not available for device {session.device_name} "
            "which is a non database device",
            f"DeviceProxy::{what}()",
        )
    )
