"""What a client with read access must not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.client.session._faults import not_allowed
from puretango.values import AccessControlType

if TYPE_CHECKING:
    from puretango.client.session._session import Session

__all__ = ["check_writable"]


def check_writable(
    session: Session, what: str = "attribute(s)", call: str = "write_attributes"
) -> None:
    """Refuse a write to a client that has read access only."""
    if session.access == AccessControlType.ACCESS_READ:
        desc = f"Writing {what} on device {session.device_name} is not authorized"
        raise not_allowed(desc, f"DeviceProxy::{call}()")
