"""Devices that show the device model, written against PyTango's names; the script of a server.

`model.py tango INSTANCE …` is the peer, `model.py puretango INSTANCE …` is ours.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from typing import Any

VALUES: dict[str, Any] = {
    "plain": 0.0, "dressed": 0.0, "whole": 0, "text": "", "flag": False, "row": [0.0],
    "choice": 0, "kept": -1.0, "kept_text": "unset", "kept_flag": False, "kept_choice": 0,
    "shown": -1.0, "touchy": 0.0,
}  # fmt: skip
"""What the attributes read after init_device."""


def make(name: str) -> list[type]:
    """The classes of the implementation `name`: "tango" or "puretango"."""
    tango: Any = importlib.import_module(name)
    server: Any = importlib.import_module(f"{name}.server")
    attribute, command, Device = server.attribute, server.command, server.Device
    READ_WRITE = tango.AttrWriteType.READ_WRITE

    def reader(name: str) -> Any:
        def read(self: Any) -> Any:
            value = self.values[name]
            if name == "row":
                return [item + self.offset for item in value]
            return value + self.offset if name in ("plain", "dressed") else value

        return read

    def writer(name: str) -> Any:
        def write(self: Any, value: Any) -> None:
            self.written.append(name)
            if name == "touchy" and os.environ.get("TOUCHY"):
                tango.Except.throw_exception("Model_Touchy", "not now", "Model.write_touchy")
            self.values[name] = value

        return write

    class Model(Device):  # type: ignore[misc]  # its base is of whichever implementation is served
        """Attributes with every kind of configuration, and a device that can be told to fail."""

        fail = server.device_property(dtype=str, default_value="")

        plain = attribute(dtype=float, access=READ_WRITE)
        dressed = attribute(
            dtype=float, access=READ_WRITE, label="Author's label", doc="author's words", unit="mm",
            standard_unit="1e-3", display_unit="millimetres", format="%8.2f", min_value=-10,
            max_value=10, min_alarm=-8, max_alarm=8, min_warning=-6, max_warning=6, delta_val=2,
            delta_t=100, rel_change=5, abs_change=0.5, period=500, archive_rel_change=7,
            archive_abs_change=0.7, archive_period=2000,
        )  # fmt: skip
        whole = attribute(dtype=int, access=READ_WRITE, max_alarm=100, rel_change="5,6")
        text = attribute(dtype=str, access=READ_WRITE)
        flag = attribute(dtype=bool, access=READ_WRITE)
        row = attribute(dtype=(float,), access=READ_WRITE, max_dim_x=8, delta_val=1, delta_t=1,
                        max_alarm=1000)  # fmt: skip
        choice = attribute(dtype="DevEnum", enum_labels=["A", "B", "C"], access=READ_WRITE)
        marked = attribute(dtype=float, max_alarm=5.0)
        unwatched = attribute(dtype=float)

        kept = attribute(dtype=float, access=READ_WRITE, memorized=True, hw_memorized=True)
        kept_text = attribute(dtype=str, access=READ_WRITE, memorized=True, hw_memorized=True)
        kept_flag = attribute(dtype=bool, access=READ_WRITE, memorized=True, hw_memorized=True)
        kept_choice = attribute(dtype="DevEnum", enum_labels=["A", "B"], access=READ_WRITE,
                                memorized=True, hw_memorized=True)  # fmt: skip
        shown = attribute(dtype=float, access=READ_WRITE, memorized=True)
        touchy = attribute(dtype=float, access=READ_WRITE, memorized=True, hw_memorized=True)

        for each in VALUES:
            locals()[f"read_{each}"] = reader(each)
            locals()[f"write_{each}"] = writer(each)
        del each

        def init_device(self) -> None:
            super().init_device()
            self.values = dict(VALUES)
            self.offset = 0.0
            self.written: list[str] = []
            self.mark: Any = (1.0, time.time(), tango.AttrQuality.ATTR_VALID)
            if self.fail == "twice":
                try:
                    tango.Except.throw_exception("Model_First", "no power", "Model.power")
                except tango.DevFailed as error:
                    tango.Except.re_throw_exception(
                        error, "Model_Second", "no beam", "Model.init_device"
                    )
            if self.fail:
                raise ValueError(self.fail)
            self.set_state(tango.DevState.ON)

        def read_marked(self) -> Any:
            return self.mark

        read_unwatched = read_marked

        @command(dtype_in=(str,))
        def Mark(self, words: list[str]) -> None:
            """The value, and the quality, that `marked` has from now on."""
            quality = getattr(tango.AttrQuality, words[1])
            self.mark = (float(words[0]), time.time(), quality)

        @command(dtype_in=float)
        def Drift(self, offset: float) -> None:
            """What is read differs by that much from what was written."""
            self.offset = offset

        @command(dtype_out=(str,))
        def Written(self) -> list[str]:
            """The write methods that have been called since init_device."""
            return self.written

        @command(dtype_in=str)
        def Use(self, name: str) -> None:
            """Make a proxy to another device."""
            self.used = tango.DeviceProxy(name)
            self.used.ping()

        @command(dtype_in=(str,))
        def Say(self, words: list[str]) -> None:
            """Log: level, text, how often."""
            for _ in range(int(words[2]) if len(words) > 2 else 1):
                getattr(self, f"{words[0]}_stream")(words[1])

    class Slow(Device):  # type: ignore[misc]  # its base is of whichever implementation is served
        """Counts how many requests are in its class at once."""

        inside = 0
        most = 0
        lock = threading.Lock()

        @command(dtype_in=float)
        def Work(self, seconds: float) -> None:
            with Slow.lock:
                Slow.inside += 1
                Slow.most = max(Slow.most, Slow.inside)
            time.sleep(seconds)
            with Slow.lock:
                Slow.inside -= 1

        @command(dtype_out=int)
        def Most(self) -> int:
            most, Slow.most = Slow.most, 0
            return most

    class Other(Slow):
        """Another class, with the same counters."""

    class Consumer(Device):  # type: ignore[misc]  # its base is of whichever implementation is served
        """A log consumer."""

        heard: list[str]

        def init_device(self) -> None:
            super().init_device()
            self.heard = []

        @command(dtype_in=(str,))
        def Log(self, fields: list[str]) -> None:
            self.heard += fields

        @command(dtype_out=(str,))
        def Heard(self) -> list[str]:
            return self.heard

    class Forward(Device):  # type: ignore[misc]  # its base is of whichever implementation is served
        """Attributes that stand for those of Model."""

        root_plain = attribute(name="root_plain", forwarded=True)
        root_dressed = attribute(name="root_dressed", label="My own label", forwarded=True)
        root_row = attribute(name="root_row", forwarded=True)
        root_marked = attribute(name="root_marked", forwarded=True)

    return [Model, Slow, Other, Consumer, Forward]


if __name__ == "__main__":
    implementation = sys.argv.pop(1)
    module: Any = importlib.import_module(implementation)
    classes = make(implementation)
    model = os.environ.get("SERIAL")

    def before() -> None:
        """Before any device is made."""
        if model:
            util = module.Util.instance()
            util.set_serial_model(getattr(module.SerialModel, model))

    importlib.import_module(f"{implementation}.server").run(classes, pre_init_callback=before)
