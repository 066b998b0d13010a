"""Signals that are a TangoSignal with some settings fixed."""

from __future__ import annotations

from typing import Any

from ophyd.utils import ReadOnlyError

from ._signal import TangoSignal


class TangoSignalRO(TangoSignal):
    """An attribute that is only read here, whatever its configuration allows."""

    _allows_writing = False

    def put(self, value: Any, **kwargs: Any) -> None:
        """Refused."""
        raise ReadOnlyError(f"{self.trl} is read-only here")

    def set(self, value: Any, **kwargs: Any) -> Any:
        """Refused."""
        raise ReadOnlyError(f"{self.trl} is read-only here")


class TangoAttribute(TangoSignal):
    """One attribute by its locator: ``TangoAttribute("sys/tg_test/1/double_scalar")``.

    Readable in every plan, movable where the attribute can be written, and named after the
    attribute.
    """
