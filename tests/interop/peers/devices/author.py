"""Device classes in every style that PyTango's authors use; the script of a server.

`author.py tango INSTANCE …` is the peer, `author.py puretango INSTANCE …` is ours.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import Any


def low_level(tango: Any) -> tuple[type, type]:
    """The style of PyTango's first releases: dictionaries, and methods that take what they get."""

    class OldClass(tango.DeviceClass):  # type: ignore[misc]  # its base is of whichever implementation is served
        """What the devices of the class have."""

        class_property_list = {
            "owner": [tango.DevString, "whose class it is", ["nobody"]],
        }
        device_property_list = {
            "start": [tango.DevDouble, "where it starts", [1.5]],
            "marks": [tango.DevVarStringArray, "words", ["a", "b"]],
            "limit": [tango.DevLong, "without a default", []],
        }
        cmd_list = {
            "Double": [
                [tango.DevDouble, "a number"],
                [tango.DevDouble, "twice the number"],
            ],
            "Words": [
                [tango.DevVoid],
                [tango.DevVarStringArray, "the marks"],
                {"Display level": tango.DispLevel.EXPERT},
            ],
            "Locked": [[tango.DevVoid], [tango.DevVoid], {"Is allowed": "is_Locked_permitted"}],
            "Polled": [[tango.DevVoid], [tango.DevLong], {"Polling period": "500"}],
        }
        attr_list = {
            "position": [
                [tango.DevDouble, tango.SCALAR, tango.READ_WRITE],
                {
                    "label": "Position", "unit": "mm", "min value": "-10", "max value": 10,
                    "format": "%5.2f", "description": "where it is", "Memorized": "true",
                },
            ],
            "profile": [[tango.DevLong, tango.SPECTRUM, tango.READ, 16]],
            "picture": [[tango.DevShort, tango.IMAGE, tango.READ, 8, 4]],
            "mode": [
                [tango.DevEnum, tango.SCALAR, tango.READ_WRITE],
                {"enum_labels": ["OFF", "ON", "AUTO"]},
            ],
            "hidden": [
                [tango.DevString, tango.SCALAR, tango.READ],
                {"display level": tango.DispLevel.EXPERT, "polling period": 1000},
            ],
        }  # fmt: skip

        def __init__(self, name: str) -> None:
            tango.DeviceClass.__init__(self, name)
            self.set_type("OldType")

    class Old(tango.LatestDeviceImpl):  # type: ignore[misc]  # its base is of whichever implementation is served
        """A device of the low-level style."""

        def __init__(self, cl: Any, name: str) -> None:
            tango.LatestDeviceImpl.__init__(self, cl, name)
            self.calls: list[str] = []
            Old.init_device(self)

        def delete_device(self) -> None:
            self.calls.append("delete_device")

        def init_device(self) -> None:
            self.get_device_properties(self.get_device_class())
            self.where = self.start
            self.number = self.turns = 0
            self.set_state(tango.DevState.ON)
            self.set_status(f"of {self.get_device_class().owner}, limit {self.limit}")

        def always_executed_hook(self) -> None:
            self.calls.append("always_executed_hook")

        def read_attr_hardware(self, data: Any) -> None:
            self.calls.append("read_attr_hardware")

        def is_position_allowed(self, request: Any) -> bool:
            self.calls.append(f"is_position_allowed {request}")
            return bool(self.get_state() != tango.DevState.OFF)

        def read_position(self, attr: Any) -> None:
            self.calls.append("read_position")
            attr.set_value(self.where)

        def write_position(self, attr: Any) -> None:
            self.calls.append("write_position")
            self.where = attr.get_write_value()

        def read_profile(self, attr: Any) -> None:
            attr.set_value([1, 2, 3])

        def read_picture(self, attr: Any) -> None:
            attr.set_value_date_quality(
                [[1, 2], [3, 4]], 1_700_000_000.5, tango.AttrQuality.ATTR_CHANGING
            )

        def read_mode(self, attr: Any) -> None:
            attr.set_value(self.number)

        def write_mode(self, attr: Any) -> None:
            self.number = attr.get_write_value()

        def read_hidden(self, attr: Any) -> None:
            attr.set_value(", ".join(self.calls))
            self.calls = []

        def Double(self, number: float) -> float:
            self.calls.append("Double")
            return number * 2

        def Words(self) -> Any:
            return self.marks

        def Locked(self) -> None:
            """Never run."""

        def is_Locked_permitted(self) -> bool:
            return bool(self.get_state() == tango.DevState.OFF)

        def Polled(self) -> int:
            self.turns += 1
            return self.turns

    return OldClass, Old


def inheriting(tango: Any, server: Any) -> list[type]:
    """Bases with declarations, mixins, overridden methods and properties."""
    attribute, command, Device = server.attribute, server.command, server.Device

    class Mixin:
        """Not a device: plain methods."""

        @property
        def doubled(self) -> float:
            return float(self.read_value() * 2)  # type: ignore[attr-defined]  # mixed into a class that has it

    class Base(Device):  # type: ignore[misc]  # its base is of whichever implementation is served
        """A base class."""

        scale = server.device_property(dtype=float, default_value=1.0)
        place = server.class_property(dtype=str, default_value="hall")

        def init_device(self) -> None:
            super().init_device()
            self.held = 1.0
            self.set_state(tango.DevState.STANDBY)

        value = attribute(
            dtype=float, access=tango.AttrWriteType.READ_WRITE, unit="V", max_value=100
        )

        def read_value(self) -> float:
            return float(self.held * self.scale)

        def write_value(self, value: float) -> None:
            self.held = value

        @attribute(dtype=str)
        def kind(self) -> str:
            """What it is."""
            return "base"

        @command(dtype_out=str)
        def Tell(self) -> str:
            return f"base in the {self.place}"

        @command(dtype_in=int, dtype_out=int)
        def Add(self, number: int) -> int:
            return number + 1

    class Derived(Mixin, Base):  # type: ignore[misc]  # its base is of whichever implementation is served
        """Inherits, overrides, adds."""

        scale = server.device_property(dtype=float, default_value=10.0)

        def init_device(self) -> None:
            super().init_device()
            self.set_state(tango.DevState.ON)

        # PyTango calls the base's method unless the attribute is declared again.
        value = attribute(
            dtype=float, access=tango.AttrWriteType.READ_WRITE, unit="kV", max_value=100
        )

        def read_value(self) -> float:
            return super().read_value() + 0.5

        @attribute(dtype=str)
        def kind(self) -> str:
            """What it is, derived."""
            return "derived"

        @attribute(dtype=float)
        def twice(self) -> float:
            return self.doubled

        @command(dtype_out=str)
        def Tell(self) -> str:
            return "derived from " + super().Tell()

    return [Base, Derived]


def dynamic(tango: Any, server: Any) -> type:
    """Attributes and commands that come and go."""

    class Dynamic(server.Device):  # type: ignore[misc]  # its base is of whichever implementation is served
        """Attributes and commands are added and removed on request."""

        heard: list[str]

        def init_device(self) -> None:
            super().init_device()
            self.heard = []
            self.kept: dict[str, Any] = {}
            self.register_signal(signal.SIGUSR1)

        def initialize_dynamic_attributes(self) -> None:
            self.add_attribute(
                server.attribute(
                    name="early",
                    dtype=int,
                    fget=self.read_any,
                    fset=self.write_any,
                    access=tango.AttrWriteType.READ_WRITE,
                )
            )
            self.kept["early"] = 7

        def server_init_hook(self) -> None:
            self.heard.append("server_init_hook")
            self.set_status("the server is up")

        def signal_handler(self, signo: int) -> None:
            self.heard.append(f"signal {signo}")

        def read_any(self, attr: Any) -> Any:
            return self.kept[attr.get_name()]

        def write_any(self, attr: Any) -> None:
            self.kept[attr.get_name()] = attr.get_write_value()

        def is_any_allowed(self, request: Any) -> bool:
            return bool(self.get_state() != tango.DevState.OFF)

        @server.command(dtype_in=(str,))
        def Grow(self, words: list[str]) -> None:
            """Name, type, kind of object: scalar, spectrum, low (Attr), command."""
            name, dtype, kind = words
            if kind == "command":

                def method(value: Any) -> Any:
                    return value

                method.__name__ = name
                self.add_command(server.command(f=method, dtype_in=dtype, dtype_out=dtype))
            elif kind == "low":
                attr = tango.Attr(name, getattr(tango, dtype), tango.AttrWriteType.READ_WRITE)
                defaults = tango.UserDefaultAttrProp()
                defaults.set_label(f"the {name}")
                defaults.set_unit("kg")
                defaults.set_max_value("9")
                attr.set_default_properties(defaults)
                self.kept[name] = 0
                self.add_attribute(attr, self.read_any, self.write_any, self.is_any_allowed)
            else:
                self.kept[name] = [] if kind == "spectrum" else {"str": ""}.get(dtype, 0)
                self.add_attribute(server.attribute(
                    name=name, dtype=(dtype,) if kind == "spectrum" else dtype, max_dim_x=10,
                    access=tango.AttrWriteType.READ_WRITE, fget=self.read_any, fset=self.write_any,
                    fisallowed=self.is_any_allowed, label=f"the {name}"))  # fmt: skip

        @server.command(dtype_in=(str,))
        def Shrink(self, words: list[str]) -> None:
            """Name, kind."""
            if words[1] == "command":
                self.remove_command(words[0])
            else:
                self.remove_attribute(words[0])

        @server.command(dtype_in=str)
        def Configure(self, name: str) -> None:
            """Change an attribute's configuration from within."""
            attr = self.get_device_attr().get_attr_by_name(name)
            properties = attr.get_properties()
            properties.label = "changed within"
            properties.min_alarm = "-5"
            attr.set_properties(properties)

        @server.command(dtype_out=(str,))
        def Heard(self) -> list[str]:
            return self.heard

        @server.command(dtype_out=int)
        def Pid(self) -> int:
            return os.getpid()

        @server.command(dtype_in=tango.DevState)
        def Go(self, state: Any) -> None:
            self.set_state(state)

    return Dynamic


def main() -> None:
    """Serve."""
    name = sys.argv.pop(1)
    tango: Any = importlib.import_module(name)
    server: Any = importlib.import_module(f"{name}.server")
    old_class, old = low_level(tango)
    util = tango.Util(sys.argv)
    util.add_class(old_class, old, "Old")
    for cls in (*inheriting(tango, server), dynamic(tango, server)):
        util.add_class(cls.TangoClassClass, cls, cls.TangoClassName)
    util.server_init()
    sys.stdout.write("Ready to accept request\n")
    sys.stdout.flush()
    util.server_run()


if __name__ == "__main__":
    main()
