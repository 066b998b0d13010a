"""A device with configured attributes: `settings.py tango INSTANCE …`."""

from __future__ import annotations

import importlib
import sys
from typing import Any


def make(module: str) -> Any:
    """The device class, of PyTango's names, as `module` has them."""
    server = importlib.import_module(f"{module}.server")
    attribute = server.attribute

    class Configured(server.Device):  # type: ignore[misc, name-defined]  # its base is of whichever implementation is served
        @attribute(  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
            dtype=float, label="user", unit="uu", min_value=-5, max_value=50, max_alarm=40, abs_change=2, period=700,
            archive_period=9000, doc="udoc", format="%5.1f", standard_unit="7", display_unit="8", archive_abs_change=3,
        )  # fmt: skip
        def real(self) -> float:
            return 1.0

        @real.write  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def real(self, value: float) -> None:
            pass

        @attribute(dtype=int, label="whole number", max_warning=30)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def whole(self) -> int:
            return 1

        @whole.write  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def whole(self, value: int) -> None:
            pass

    return Configured


if __name__ == "__main__":
    implementation = sys.argv.pop(1)
    importlib.import_module(f"{implementation}.server").run([make(implementation)])
