"""A receiver that hands over undecoded events of known shape, for callers that decode many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from puretango.client.events.delivery._receiver import Receiver
from puretango.values import EventShape, ScalarLayout

__all__ = ["UndecodedReceiver"]


class UndecodedReceiver(Receiver):
    """Hands over ``(shape, payload)`` for a scalar like the one before it, PyTango's event for anything else."""

    def plan(self, layout: ScalarLayout) -> Callable[[bytes], Any]:
        shape = EventShape.of(layout)
        return layout.decode if shape is None else shape.match

    def plain_event(self, found: Any) -> Any:
        return found if type(found) is tuple else super().plain_event(found)

    def _hand_over(self, event: Any) -> None:
        callback = self._callback
        if callback is None or type(event) is not tuple:
            super()._hand_over(event)
        else:
            callback(event)
