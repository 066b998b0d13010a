"""A status for something that needs no time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class FinishedStatus:
    """A status that is done, with success. ophyd's own each start a thread, which costs more than a reading."""

    done = True
    success = True

    def add_callback(self, callback: Callable[[Any], None]) -> None:
        """Call the callback now."""
        callback(self)

    def exception(self, timeout: float | None = None) -> None:
        """None: nothing went wrong."""

    def wait(self, timeout: float | None = None) -> None:
        """Return at once: there is nothing to wait for."""
