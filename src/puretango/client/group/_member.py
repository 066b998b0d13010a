"""One device of a group."""

from __future__ import annotations

import fnmatch
from typing import Any

from puretango.client.context._context import full_name
from puretango.client.proxy._device_proxy import DeviceProxy
from puretango.errors import DevFailed

__all__ = ["Finished", "Member", "Started", "matches"]


class Member:
    """A device of a group: its proxy is made when first needed, and made again if that failed."""

    __slots__ = ("_proxy", "enabled", "failure", "name", "timeout_ms")

    def __init__(self, name: str, timeout_ms: int = -1) -> None:
        self.name = full_name(name)
        self.timeout_ms = timeout_ms
        self.enabled = True
        self._proxy: DeviceProxy | None = None
        self.failure: DevFailed | None = None

    def proxy(self) -> DeviceProxy:
        """The device's proxy; raises DevFailed if it cannot be made."""
        if self._proxy is None:
            self._proxy = DeviceProxy(self.name)
            if self.timeout_ms >= 0:
                self._proxy.set_timeout_millis(self.timeout_ms)
        return self._proxy

    def set_timeout(self, timeout_ms: int) -> None:
        """Set how many milliseconds a call may take."""
        self.timeout_ms = timeout_ms
        if self._proxy is not None:
            self._proxy.set_timeout_millis(timeout_ms)

    def start(self, method: str, *args: Any) -> Started:
        """Start an asynchronous call."""
        if not self.enabled:
            return Started(self, None, None)
        try:
            number = getattr(self.proxy(), method)(*args)
        except DevFailed as failed:
            return Started(self, None, failed)
        return Started(self, number, None)


class Finished:
    """A call of one device that has finished."""

    __slots__ = ("failure", "member", "result")

    def __init__(self, member: Member, result: Any, failure: DevFailed | None) -> None:
        self.member = member
        self.result = result
        self.failure = failure

    def finish(self, method: str, timeout_ms: int, *args: Any) -> tuple[Any, DevFailed | None]:
        """The result, or the failure."""
        return self.result, self.failure


class Started:
    """A call of one device that is under way, or failed to start."""

    __slots__ = ("failure", "member", "number")

    def __init__(self, member: Member, number: int | None, failure: DevFailed | None) -> None:
        self.member = member
        self.number = number
        self.failure = failure

    def finish(self, method: str, timeout_ms: int, *args: Any) -> tuple[Any, DevFailed | None]:
        """The result, or the failure."""
        if self.failure is not None or self.number is None:
            return None, self.failure
        try:
            return getattr(self.member.proxy(), method)(self.number, timeout_ms, *args), None
        except DevFailed as failed:
            return None, failed


def matches(name: str, pattern: str) -> bool:
    """True if a member's name, or its end, matches the pattern, ignoring case."""
    name, pattern = name.lower(), pattern.lower()
    if "*" in pattern:
        return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(_short(name), pattern)
    return name == pattern or _short(name) == pattern


def _short(name: str) -> str:
    """A device's name without host and modifier."""
    if "://" not in name:
        return name
    return name.partition("://")[2].partition("/")[2].partition("#")[0]
