"""A device that notes which of its methods are called, in which order; the script of a server.

`hooks.py tango INSTANCE …` is the peer, `hooks.py puretango INSTANCE …` is ours.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def make(name: str) -> type:
    """The class Hooks of the implementation `name`: "tango" or "puretango"."""
    tango: Any = importlib.import_module(name)
    server: Any = importlib.import_module(f"{name}.server")
    read_write = tango.AttrWriteType.READ_WRITE
    noted: list[str] = []

    class Hooks(server.Device):  # type: ignore[misc]  # its base is of whichever implementation is served
        """Every hook that a device has."""

        closed = False

        def init_device(self) -> None:
            super().init_device()
            self.closed = False
            noted.append("init_device")

        def delete_device(self) -> None:
            noted.append("delete_device")

        def always_executed_hook(self) -> None:
            noted.append("always_executed_hook")

        def read_attr_hardware(self, indexes: Any) -> None:
            noted.append(f"read_attr_hardware {list(indexes)}")

        def write_attr_hardware(self, indexes: Any) -> None:
            noted.append(f"write_attr_hardware {list(indexes)}")

        def server_init_hook(self) -> None:
            noted.append("server_init_hook")

        def dev_state(self) -> Any:
            noted.append("dev_state")
            return tango.DevState.ON

        def dev_status(self) -> str:
            noted.append("dev_status")
            return "fine"

        a = server.attribute(dtype=float, access=read_write, fisallowed="may_a")
        b = server.attribute(dtype=float, access=read_write)

        def may_a(self, request: Any) -> bool:
            noted.append(f"may_a {str(request).rpartition('.')[2]}")
            return True

        def is_b_allowed(self, request: Any) -> bool:
            noted.append("is_b_allowed")
            return not self.closed

        def read_a(self) -> float:
            noted.append("read_a")
            return 1.0

        def write_a(self, value: float) -> None:
            noted.append("write_a")

        def read_b(self) -> float:
            noted.append("read_b")
            return 1.0

        def write_b(self, value: float) -> None:
            noted.append("write_b")
            if value < 0:
                raise ValueError("negative")

        def is_Go_allowed(self) -> bool:
            noted.append("is_Go_allowed")
            return not self.closed

        @server.command
        def Go(self) -> None:
            noted.append("Go")

        @server.command
        def Close(self) -> None:
            self.closed = True

        @server.command(dtype_out=(str,))
        def Noted(self) -> list[str]:
            found = list(noted)
            noted.clear()
            return found

    return Hooks


if __name__ == "__main__":
    implementation = sys.argv.pop(1)
    importlib.import_module(f"{implementation}.server").run([make(implementation)])
