"""What help() and editors show of a member: its description, type, unit, limits, default."""

from __future__ import annotations

import pydoc

from puretango.server import Device, attribute, device_property


class Supply(Device):
    """A supply."""

    Resistance = device_property(dtype=float, default_value=2.0, doc="Of the load")
    voltage = attribute(dtype=float, unit="V", min_value=0, max_value=30, doc="Across the load")

    def read_voltage(self) -> float:
        return 12.0

    @attribute(unit="A")
    def current(self) -> float:
        """Through the load."""
        return 1.0


def test_help_shows_what_is_declared() -> None:
    text = pydoc.plain(pydoc.render_doc(Supply))
    assert "Across the load" in text
    assert "DevDouble; unit V; min_value 0; max_value 30" in text
    assert "Through the load." in text
    assert "unit A" in text
    assert "DevDouble; default 2.0" in text
