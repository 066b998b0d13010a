"""Members that a device does not have."""

from __future__ import annotations

from ophyd_async.core import NotConnectedError

from puretango.errors import DevFailed

__all__ = ["NoSuchMember", "is_unknown"]
_REASONS = frozenset({"API_AttrNotFound", "API_CommandNotFound"})


class NoSuchMember(NotConnectedError, RuntimeError):
    """The device has no such attribute or command, or none was named.

    A RuntimeError too, which is what ophyd-async's own Tango support raises.
    """


def is_unknown(failure: DevFailed) -> bool:
    """Whether a device said that it has no such attribute or command."""
    return any(getattr(error, "reason", "") in _REASONS for error in failure.args)
