"""Polling, as a device's author sees and steers it."""

from __future__ import annotations

from puretango.server.device.parts._part import Part


class PollingPart(Part):
    """What a device polls, and what its properties say of that."""

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
