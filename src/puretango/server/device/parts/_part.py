"""What every part of a device stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puretango.server.device.parts._core import Core
    from puretango.server.device.parts._ports import AuthoredDevice


class Part:
    """One subject of one device: what the library keeps of it, hidden from the author.

    It knows the core of all parts, and the device for the author's methods; no part knows another.
    """

    def __init__(self, core: Core, device: AuthoredDevice) -> None:
        self.tango = core
        self.device = device
