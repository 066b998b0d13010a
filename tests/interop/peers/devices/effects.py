"""A device that tells what requests do besides answering; the script of a server.

`effects.py tango|puretango|unplanned sync|asyncio INSTANCE …`: the peer, ours, and ours with every
request taking the general way, with blocking or asyncio devices.
"""

from __future__ import annotations

import functools
import importlib
import sys
import time
from collections.abc import Callable
from typing import Any


def make(name: str, on_loop: bool) -> type:
    """The class Effects of the implementation `name`: "tango" or "puretango"."""
    tango: Any = importlib.import_module(name)
    server: Any = importlib.import_module(f"{name}.server")
    read_write = tango.AttrWriteType.READ_WRITE
    noted: list[str] = []

    def own(method: Callable[..., Any]) -> Any:
        """The method as devices of this kind have it."""
        if not on_loop:
            return method

        @functools.wraps(method)
        async def run(*arguments: Any) -> Any:
            return method(*arguments)

        return run

    def values(name: str) -> tuple[Any, Any]:
        @own
        def read(self: Any) -> Any:
            self.note(f"read {name}")
            return self.values[name]

        @own
        def write(self: Any, value: Any) -> None:
            self.note(f"write {name}")
            if name == "b" and value < 0:
                raise ValueError("below zero")
            self.values[name] = value

        return read, write

    class Effects(server.Device):  # type: ignore[misc]  # its base is of whichever implementation is served
        """Notes each call of a method, and the client that it serves."""

        if on_loop:
            green_mode = tango.GreenMode.Asyncio

        a = server.attribute(dtype=float, fget="read_a", fisallowed="is_a_allowed")
        b = server.attribute(dtype=float, access=read_write, max_value=100.0)
        alarmed = server.attribute(dtype=float, access=read_write, max_alarm=10.0, min_warning=-1.0)
        text = server.attribute(dtype=str, access=read_write)
        numbers = server.attribute(dtype=(int,), max_dim_x=10, access=read_write)
        written = server.attribute(dtype=int, access=tango.AttrWriteType.WRITE)
        fails = server.attribute(dtype=float)
        unset = server.attribute(dtype=float, fget="nothing")
        wild = server.attribute(dtype=float)
        who = server.attribute(dtype=int, access=read_write)
        choice = server.attribute(dtype="DevEnum", enum_labels=["no", "yes"], access=read_write)

        def note(self, what: str) -> None:
            client = self.get_client_ident()
            pid = None if client is None else client.client_pid
            noted.append(f"{what} for {pid}")

        @own
        def init_device(self) -> None:
            self.values = {"b": 1.0, "alarmed": 1.0, "text": "", "numbers": [1], "choice": 0}
            self.closed, self.quality = False, tango.AttrQuality.ATTR_VALID
            self.set_state(tango.DevState.ON)
            self.note("init")

        @own
        def delete_device(self) -> None:
            self.note("delete")

        @own
        def always_executed_hook(self) -> None:
            self.note("hook")

        @own
        def read_attr_hardware(self, indexes: Any) -> None:
            self.note(f"read hardware {sorted(indexes)}")

        # PyTango does not await this one in asyncio devices.
        def write_attr_hardware(self, indexes: Any) -> None:
            noted.append(f"write hardware {sorted(indexes)}")

        @own
        def is_a_allowed(self, kind: Any) -> bool:
            self.note(f"allowed {kind}")
            return not self.closed

        @own
        def read_a(self) -> float:
            self.note("read a")
            return 5.0

        read_b, write_b = values("b")
        read_alarmed, write_alarmed = values("alarmed")
        read_text, write_text = values("text")
        read_numbers, write_numbers = values("numbers")
        read_choice, write_choice = values("choice")

        @own
        def read_fails(self) -> float:
            self.note("read fails")
            raise ValueError("as it should")

        @own
        def nothing(self) -> None:
            self.note("read unset")

        @own
        def read_wild(self) -> Any:
            return 1.0, time.time(), self.quality

        def client_pid(self) -> int:
            client = self.get_client_ident()
            return 0 if client is None else client.client_pid

        @own
        def read_who(self) -> int:
            return self.client_pid()

        @own
        def write_who(self, pid: int) -> None:
            time.sleep(0.002)
            if self.client_pid() != pid:
                raise ValueError(f"{self.client_pid()} is not {pid}")

        @server.command(dtype_out=int)
        @own
        def Who(self) -> int:
            time.sleep(0.002)
            return self.client_pid()

        @own
        def write_written(self, value: int) -> None:
            self.note(f"write written {value}")

        @server.command(dtype_in=float, dtype_out=float)
        @own
        def Add(self, value: float) -> float:
            self.note(f"Add {value}")
            return value + 1

        @server.command(dtype_in=(str,), dtype_out=(str,))
        @own
        def Texts(self, texts: Any) -> Any:
            return [*texts, "more"]

        @server.command()
        @own
        def Fail(self) -> None:
            self.note("Fail")
            raise ValueError("as it should")

        @server.command(dtype_out=float)
        @own
        def Guarded(self) -> float:
            return 1.0

        @own
        def is_Guarded_allowed(self) -> bool:
            self.note("may Guarded")
            return not self.closed

        @server.command(dtype_in=int)
        @own
        def Close(self, closed: int) -> None:
            self.closed = bool(closed)

        @server.command(dtype_in=int)
        @own
        def Quality(self, quality: int) -> None:
            self.quality = list(tango.AttrQuality.names.values())[quality]

        @server.command(dtype_in=str)
        @own
        def Replace(self, name: str) -> None:
            """This device, and no other, has another method of that name from now on."""
            old = getattr(self, name)

            def other(*arguments: Any) -> Any:
                noted.append(f"another {name}")
                return old(*arguments)

            setattr(self, name, other)

        @server.command(dtype_in=float)
        def Wait(self, seconds: float) -> None:
            time.sleep(seconds)

        @server.command(dtype_out=(str,))
        @own
        def Noted(self) -> list[str]:
            texts = noted[:]
            noted.clear()
            return texts or ["nothing"]

    return Effects


if __name__ == "__main__":
    whose, kind = sys.argv.pop(1), sys.argv.pop(1)
    cls = make("tango" if whose == "tango" else "puretango", kind == "asyncio")
    if whose == "unplanned":
        from puretango.server.dispatch import _dispatch

        _dispatch.make_plan = lambda *_: None
    cls.run_server()
