"""A status for what needs no time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class FinishedStatus:
    """Done, and well. ophyd's own statuses each start a thread, which costs more than a reading."""

    done = True
    success = True

    def add_callback(self, callback: Callable[[Any], None]) -> None:
        """Call back now."""
        callback(self)

    def exception(self, timeout: float | None = None) -> None:
        """Nothing went wrong."""

    def wait(self, timeout: float | None = None) -> None:
        """There is nothing to wait for."""
