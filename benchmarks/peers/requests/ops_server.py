"""The device of the operations benchmark: ``ops_server SIDE KIND PORT DEVICES``; KIND is ops or many."""

from __future__ import annotations

import json
import sys
from enum import IntEnum
from typing import Any

import numpy as np

from benchmarks.peers._side import module

MANY = 5000
"""Attributes of the device of KIND many."""


class Colour(IntEnum):
    """Labels of the enumeration."""

    RED = 0
    GREEN = 1
    BLUE = 2


def _rw(server: Any, name: str, value: Any, **options: Any) -> dict[str, Any]:
    """A READ_WRITE attribute that keeps what was written."""

    def read(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
        return self.kept.get(name, value)

    def write(self, new):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
        self.kept[name] = new

    read.__name__ = name
    made = server.attribute(**options)(read)
    write.__name__ = name
    return {name: made.write(write)}


def ops_device(tango: Any, server: Any) -> type:
    """What every operation needs; with the same values on both sides."""
    device: Any = server.Device
    command = server.command

    class Bench(device):  # type: ignore[misc]  # its base is of whichever implementation is served
        def init_device(self) -> None:
            super().init_device()
            self.kept: dict[str, Any] = {}
            self.set_state(tango.DevState.ON)
            self.texts = [f"a text of some length {number}" for number in range(1000)]
            self.others = [f"another one's length {number}" for number in range(1000)]
            self.blob = b"x" * (1 << 20)

        locals().update(_rw(server, "double", 1.25, dtype=float))
        locals().update(_rw(server, "boolean", True, dtype=bool))
        locals().update(_rw(server, "text", "a text of some length", dtype=str))
        locals().update(_rw(server, "colour", Colour.GREEN, dtype=Colour))
        guards = {"min_alarm": -50, "max_alarm": 50, "min_warning": -20, "max_warning": 20}
        locals().update(_rw(server, "guarded", 1.25, dtype=float, **guards))
        spectrum = np.arange(1000.0)
        locals().update(_rw(server, "spectrum", spectrum, dtype=(float,), max_dim_x=1000))
        image = np.zeros((1024, 1024), np.int32)
        sizes = {"max_dim_x": 1024, "max_dim_y": 1024}
        locals().update(_rw(server, "image", image, dtype=((np.int32,),), **sizes))

        @server.attribute(dtype=(str,), max_dim_x=1000)
        def texts_(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            # No two readings alike: a client may remember what it has decoded.
            self.texts, self.others = self.others, self.texts
            return self.texts

        @server.attribute(dtype=tango.DevEncoded)
        def encoded(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return "raw", self.blob

        for number in range(50):
            exec(  # attributes that differ in name only
                f"@attribute(dtype=float)\ndef value{number}(self):\n    return {number}.5\n",
                {"attribute": server.attribute},
                locals(),
            )

        @command
        def nothing(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            pass

        @command(dtype_in=float, dtype_out=float)
        def twice(self, value):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return 2 * value

        @command(dtype_in=str, dtype_out=str)
        def echo(self, value):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return value

        @command(dtype_in=(float,), dtype_out=(float,))
        def echo_array(self, value):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return value

    return Bench


def many_device(tango: Any, server: Any) -> type:
    """A device of thousands of attributes."""
    device: Any = server.Device
    return type(
        "Bench",
        (device,),
        {
            "__module__": __name__,
            **{
                f"value{number}": server.attribute(
                    dtype=float, fget=lambda self, number=number: number + 0.5
                )
                for number in range(MANY)
            },
        },
    )


def main() -> None:
    """Serve until killed."""
    side, kind, port, count = sys.argv[1:5]
    tango, server = module(side), module(side, "server")
    device = {"ops": ops_device, "many": many_device}[kind](tango, server)
    names = ",".join(f"test/bench/{number + 1}" for number in range(int(count)))

    def ready() -> None:
        print(json.dumps({"ready": True}), flush=True)

    endpoint = f"giop:tcp:127.0.0.1:{port}"
    args = ["Bench", "bench", "-nodb", "-dlist", names, "-ORBendPoint", endpoint]
    server.run([device], args=args, post_init_callback=ready)


if __name__ == "__main__":
    main()
