"""The guidelines' attribute ``log``: a device's last messages, for clients to read."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from puretango.server.declaration._attribute import attribute
from puretango.server.logs._target import LEVEL_NAMES

if TYPE_CHECKING:
    from puretango.server.logs._target import Message

LONGEST = 10_000


class LogAttributeMixin:
    """Adds the attribute ``log`` to a device: ``class Motor(LogAttributeMixin, Device)``.

    It holds the last ``LOG_DEPTH`` messages that the device has logged at a level that is on,
    the oldest first.
    """

    LOG_DEPTH = 200

    _messages: deque[str] | None = None

    def note_message(self, message: Message) -> None:
        """Keep a message that the device has logged."""
        kept = self._messages
        if kept is None:
            kept = self._messages = deque(maxlen=min(self.LOG_DEPTH, LONGEST))
        kept.append(f"{message.stamp()} {LEVEL_NAMES[message.level]} {message.text}")

    @attribute(
        dtype=(str,),
        max_dim_x=LONGEST,
        label="Log",
        doc="The last messages of the device, the oldest first",
    )
    def log(self) -> Any:
        """The last messages."""
        return list(self._messages or ())
