"""Polling, as a device's author sees and steers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.server.device.parts._part import Part

if TYPE_CHECKING:
    from puretango.server.access._ring import Polled


class PollingPart(Part):
    """What a device polls, and its properties about polling."""

    def find(self, kind: str, name: str) -> Polled | None:
        """The attribute or command of that name as it is polled; None if it is not."""
        return self.tango.server.poller.find(self.device, kind, name)

    def period(self, kind: str, name: str) -> int:
        """Its period in milliseconds; 0 if it is not polled."""
        found = self.find(kind, name)
        return 0 if found is None else found.period

    def start(self, kind: str, name: str, period: int) -> None:
        """Poll it every so many milliseconds."""
        self.tango.server.poller.set_period(self.device, kind, name, period)

    def stop(self, kind: str, name: str, forget: bool = True) -> None:
        """Stop polling it; with ``forget`` it is not polled after a restart either."""
        self.tango.server.poller.remove(self.device, kind, name, forget=forget)

    def appeared(self, kind: str, name: str, period: int) -> None:
        """There is a new attribute or command; it is polled if its declaration or the database says so."""
        self.tango.server.poller.appeared(self.device, kind, name, period)

    def number(self, name: str, default: int) -> int:
        """The number in a property about polling."""
        return self.tango.server.store.number(self.device, name, default)

    def texts(self, name: str) -> list[str]:
        """The texts of a property about polling."""
        return list(self.tango.server.store.own_property(self.device, name) or ())

    def stored(self, kind: str) -> list[str]:
        """What is polled of one kind, and the periods, as a property has them."""
        found = []
        for polled in list(self.tango.polled.values()):
            if polled.kind == kind:
                found += [polled.name, str(polled.period)]
        return found
