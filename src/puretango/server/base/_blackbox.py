"""The black box: a device's last requests, kept as they came, put into words when asked."""

from __future__ import annotations

import time
from collections import deque
from typing import Any, NamedTuple, Protocol

from puretango.errors import Except

DEFAULT_DEPTH = 50


class Asker(Protocol):
    """Where a request comes from."""

    def describe(self) -> str:
        """In words."""


class _Polling:
    """The polling of the server itself."""

    def describe(self) -> str:
        return "polling"


POLLING = _Polling()
_SOURCES = {0: "device", 1: "cache", 2: "cache_device"}
_CORBA_ATTRIBUTES = {
    "_get_name": "name",
    "_get_description": "description",
    "_get_status": "status",
    "_get_state": "state",
    "_get_adm_name": "adm_name",
}


class Entry(NamedTuple):
    """One request."""

    when: float
    operation: str
    detail: Any
    source: int | None
    client: Asker | None


class BlackBox:
    """A ring of requests."""

    __slots__ = ("_entries", "add")

    def __init__(self, depth: int = DEFAULT_DEPTH) -> None:
        self._entries: deque[Any] = deque(maxlen=max(1, depth))
        self.add = self._entries.append
        """Append ``(time, operation, detail, source, client)``: the hot path's only step."""

    def record(self, operation: str, detail: Any, source: int | None, client: Asker | None) -> None:
        """Note a request that arrives now."""
        self.add((time.time(), operation, detail, source, client))

    def read(self, count: int) -> list[str]:
        """The last requests in words, the newest first."""
        if count <= 0:
            Except.throw_exception(
                "API_BlackBoxArgument",
                "Argument to read black box out of range",
                "BlackBox::read",
            )
        if not self._entries:
            Except.throw_exception(
                "API_BlackBoxEmpty", "Nothing stored yet in black-box", "BlackBox::read"
            )
        newest_first = list(self._entries)[::-1]
        return [_in_words(Entry(*entry)) for entry in newest_first[:count]]


def _in_words(entry: Entry) -> str:
    moment = time.localtime(entry.when)
    hundredths = int(entry.when % 1 * 100)
    when = time.strftime("%d/%m/%Y %H:%M:%S", moment) + f":{hundredths:02d}"
    attribute = _CORBA_ATTRIBUTES.get(entry.operation)
    if attribute is not None:
        what = f"Attribute {attribute}"
    else:
        what = f"Operation {entry.operation}"
        detail = entry.detail
        if entry.operation.startswith("command_inout") and detail is not None:
            what += f" (cmd = {detail})"
        elif detail is not None:
            text = detail if isinstance(detail, str) else ", ".join(detail)
            what += f" ({text})"
        if entry.source is not None and entry.source in _SOURCES:
            what += f" from {_SOURCES[entry.source]}"
    who = entry.client.describe() if entry.client is not None else "a collocated client"
    return f"{when} : {what} requested from {who}"
