"""A device with everything: each type in each format, each kind of command, each way to fail.

It is written against PyTango's names only, and made from whichever module has them: `make("tango")` for the
peer, `make("puretango")` for ours.  Run as a script it is the PyTango server of the tests.
"""

from __future__ import annotations

import importlib
import sys
import time
from typing import Any

NUMBERS = (
    "DevShort", "DevLong", "DevLong64", "DevUShort", "DevULong", "DevULong64", "DevUChar",
    "DevFloat", "DevDouble",
)  # fmt: skip
ATTRIBUTE_TYPES = ("DevBoolean", *NUMBERS, "DevString", "DevState", "DevEnum")
FORMATS = ("scalar", "spectrum", "image")
COMMAND_TYPES = (
    "DevBoolean", "DevShort", "DevLong", "DevLong64", "DevFloat", "DevDouble", "DevUShort",
    "DevULong", "DevULong64", "DevString", "DevState", "DevEncoded", "DevVarBooleanArray",
    "DevVarCharArray", "DevVarShortArray", "DevVarLongArray", "DevVarLong64Array",
    "DevVarFloatArray", "DevVarDoubleArray", "DevVarUShortArray", "DevVarULongArray",
    "DevVarULong64Array", "DevVarStringArray", "DevVarLongStringArray",
    "DevVarDoubleStringArray",
)  # fmt: skip
LABELS = ["Zero", "One", "Two", "Three"]


def _first_value(type_name: str, form: str) -> Any:
    scalar: Any = 0
    if type_name == "DevString":
        scalar = ""
    elif type_name == "DevBoolean":
        scalar = False
    elif type_name == "DevState":
        scalar = None  # set when the device has its own module's DevState
    return {"scalar": scalar, "spectrum": [scalar], "image": [[scalar, scalar]]}[form]


def _add_attributes(module: Any, server: Any, space: dict[str, Any]) -> None:
    def reader(name: str) -> Any:
        return lambda self: self.values[name]

    def writer(name: str) -> Any:
        def write(self: Any, value: Any) -> None:
            self.values[name] = value

        return write

    for type_name in ATTRIBUTE_TYPES:
        kind = getattr(module.CmdArgType, type_name)
        for form in FORMATS:
            name = f"{type_name}_{form}"
            dtype: Any = {"scalar": kind, "spectrum": (kind,), "image": ((kind,),)}[form]
            options: dict[str, Any] = {}
            if form != "scalar":
                options["max_dim_x"] = 200_000 if form == "spectrum" else 300
            if form == "image":
                options["max_dim_y"] = 300
            if type_name == "DevEnum":
                options["enum_labels"] = LABELS
            space[name] = server.attribute(
                dtype=dtype, access=module.AttrWriteType.READ_WRITE, **options
            )
            space[f"read_{name}"] = reader(name)
            space[f"write_{name}"] = writer(name)
    space["encoded"] = server.attribute(
        dtype=module.CmdArgType.DevEncoded, access=module.AttrWriteType.READ_WRITE
    )
    space["read_encoded"] = reader("encoded")
    space["write_encoded"] = writer("encoded")


def _add_commands(module: Any, server: Any, space: dict[str, Any]) -> None:
    def echo(name: str) -> Any:
        def method(self: Any, value: Any) -> Any:
            return value

        method.__name__ = name
        return method

    for type_name in COMMAND_TYPES:
        kind = getattr(module.CmdArgType, type_name)
        name = f"Echo{type_name}"
        space[name] = server.command(echo(name), dtype_in=kind, dtype_out=kind)


def make(name: str) -> type:
    """The class Rich of the implementation `name`: "tango" or "puretango"."""
    module: Any = importlib.import_module(name)
    server: Any = importlib.import_module(f"{name}.server")
    attribute, command = server.attribute, server.command
    State, Quality, Access = module.DevState, module.AttrQuality, module.AttrWriteType
    space: dict[str, Any] = {}
    _add_attributes(module, server, space)
    _add_commands(module, server, space)

    def values() -> dict[str, Any]:
        start = {
            f"{kind}_{form}": _first_value(kind, form)
            for kind in ATTRIBUTE_TYPES
            for form in FORMATS
        }
        start["DevState_scalar"] = State.ON
        start["DevState_spectrum"] = [State.ON, State.FAULT]
        start["DevState_image"] = [[State.ON, State.OFF], [State.MOVING, State.UNKNOWN]]
        start["encoded"] = ("format", b"\x00\x01\xff")
        return start

    def init_device(self: Any) -> None:
        super(cls, self).init_device()
        self.values = values()
        self.limit = 1.0
        self.kept_value = 0.0
        self.level = 5.0
        self.only = -1
        self.extra_value = 3
        self.fragile_value = 1.0
        self.wave_values = [1.0, 2.0, 3.0]
        self.word_values = ["one", "two"]
        self.chosen = 0
        self.hooks: list[str] = []
        for name in (*self.values, "encoded"):
            self.set_change_event(name, True, False)
            self.set_archive_event(name, True, False)
            self.set_data_ready_event(name, True)
            if hasattr(self, "set_alarm_event"):
                self.set_alarm_event(name, True, False)
        self.set_state(State.ON)
        self.set_status("all is well")

    def limited_read(self: Any) -> float:
        """A number between 0 and 10."""
        return float(self.limit)

    def limited_write(self: Any, value: float) -> None:
        self.limit = value

    limited = attribute(
        dtype=float, access=Access.READ_WRITE, min_value=0, max_value=10, unit="mm",
        label="Limited", format="%6.3f", doc="between 0 and 10", fget=limited_read, fset=limited_write,
    )  # fmt: skip

    def read_alarmed(self: Any) -> float:
        return float(self.level)

    def write_alarmed(self: Any, value: float) -> None:
        self.level = value

    alarmed = attribute(
        dtype=float, access=Access.READ_WRITE, min_alarm=0, max_alarm=100, min_warning=2,
        max_warning=80,
    )  # fmt: skip

    def read_kept(self: Any) -> float:
        return float(self.kept_value)

    def write_kept(self: Any, value: float) -> None:
        self.kept_value = value

    kept = attribute(dtype=float, access=Access.READ_WRITE, memorized=True, hw_memorized=True)

    def write_write_only(self: Any, value: int) -> None:
        self.only = value

    write_only = attribute(dtype=int, access=Access.WRITE)

    numbers = [float("nan"), float("inf"), float("-inf"), -0.0, 5e-324, 0.1]

    def read_special_scalar(self: Any) -> float:
        return numbers[0]

    special_scalar = attribute(dtype=float)

    def read_special_spectrum(self: Any) -> list[float]:
        return numbers

    special_spectrum = attribute(dtype=(float,), max_dim_x=10)

    def read_special_image(self: Any) -> list[list[float]]:
        return [numbers, numbers[::-1]]

    special_image = attribute(dtype=(("float32",),), max_dim_x=10, max_dim_y=10)

    def read_empty_spectrum(self: Any) -> list[str]:
        return []

    empty_spectrum = attribute(dtype=(str,), max_dim_x=10)

    def read_empty_image(self: Any) -> list[list[int]]:
        return []

    empty_image = attribute(dtype=((int,),), max_dim_x=10, max_dim_y=10)

    def read_timed(self: Any) -> tuple[float, float, Any]:
        return 7.5, 1_700_000_000.25, Quality.ATTR_CHANGING

    timed = attribute(dtype=float)

    def read_invalid(self: Any) -> tuple[float, float, Any]:
        return 1.0, 1_700_000_000.0, Quality.ATTR_INVALID

    invalid = attribute(dtype=float)

    def read_failing(self: Any) -> float:
        module.Except.throw_exception(
            "Rich_Broken", "this attribute always fails", "Rich.read_failing"
        )
        return 0.0

    failing = attribute(dtype=float)

    def read_raising(self: Any) -> float:
        raise ValueError("a plain Python error")

    raising = attribute(dtype=float)

    # What polling finds events in: these are never pushed.

    def fragile_read(self: Any) -> float:
        if self.fragile_value < 0:
            module.Except.throw_exception("Rich_Fragile", "broken for now", "Rich.fragile_read")
        return float(self.fragile_value)

    def fragile_write(self: Any, value: float) -> None:
        self.fragile_value = value

    fragile = attribute(dtype=float, access=Access.READ_WRITE, fget=fragile_read, fset=fragile_write)  # fmt: skip

    def wave_read(self: Any) -> list[float]:
        return list(self.wave_values)

    def wave_write(self: Any, values: Any) -> None:
        self.wave_values = [float(value) for value in values]

    wave = attribute(dtype=(float,), access=Access.READ_WRITE, max_dim_x=20, fget=wave_read,
                     fset=wave_write)  # fmt: skip

    def words_read(self: Any) -> list[str]:
        return list(self.word_values)

    def words_write(self: Any, values: Any) -> None:
        self.word_values = list(values)

    words = attribute(dtype=(str,), access=Access.READ_WRITE, max_dim_x=20, fget=words_read,
                     fset=words_write)  # fmt: skip

    def choice_read(self: Any) -> int:
        return int(self.chosen)

    def choice_write(self: Any, value: int) -> None:
        self.chosen = value

    choice = attribute(dtype=module.CmdArgType.DevEnum, enum_labels=LABELS,
                       access=Access.READ_WRITE, fget=choice_read, fset=choice_write)  # fmt: skip

    def read_forbidden(self: Any) -> float:
        return 1.0

    def is_forbidden_allowed(self: Any, request: Any) -> bool:
        return False

    forbidden = attribute(dtype=float)

    def read_expert(self: Any) -> int:
        return 42

    expert = attribute(dtype=int, display_level=module.DispLevel.EXPERT)

    def read_fault(self: Any) -> float:
        raise RuntimeError("never read")

    @command
    def Nothing(self: Any) -> None:
        """Takes nothing, gives nothing."""

    @command(dtype_in=float, doc_in="seconds", dtype_out=float, doc_out="the same seconds")
    def Sleep(self: Any, seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    @command
    def Fail(self: Any) -> None:
        module.Except.throw_exception("Rich_First", "the first cause", "Rich.Fail")

    @command
    def FailTwice(self: Any) -> None:
        try:
            module.Except.throw_exception("Rich_First", "the first cause", "Rich.FailTwice")
        except module.DevFailed as error:
            module.Except.re_throw_exception(
                error, "Rich_Second", "what followed from it", "Rich.FailTwice"
            )

    @command
    def Raise(self: Any) -> None:
        raise ZeroDivisionError("divided by nothing")

    @command
    def Forbidden(self: Any) -> None:
        raise AssertionError("never allowed")

    def is_Forbidden_allowed(self: Any) -> bool:
        return False

    @command(dtype_in=module.CmdArgType.DevState)
    def GoTo(self: Any, state: Any) -> None:
        self.set_state(state)
        self.set_status(f"went to {state}")

    @command(dtype_out=int)
    def WrittenOnly(self: Any) -> int:
        return int(self.only)

    @command(dtype_in=int, dtype_out=str)
    def LongText(self: Any, size: int) -> str:
        return "x" * size

    @command(display_level=module.DispLevel.EXPERT, dtype_out=str)
    def ExpertText(self: Any) -> str:
        return "for experts"

    @command(dtype_out=(str,))
    def Properties(self: Any) -> list[str]:
        return [f"{self.gain!r}", f"{self.title!r}", f"{list(self.points)!r}"]

    def read_extra(self: Any, attr: Any) -> int:
        return int(self.extra_value)

    @command(dtype_in=str)
    def AddAttribute(self: Any, new: str) -> None:
        self.add_attribute(attribute(name=new, dtype=int, fget=self.read_extra))

    @command(dtype_in=str)
    def RemoveAttribute(self: Any, old: str) -> None:
        self.remove_attribute(old, clean_db=False)

    @command(dtype_in=(str,))
    def Push(self: Any, what: list[str]) -> None:
        """An event of one kind for one attribute, with the value that it has now."""
        kind, name = what
        value = self.values.get(name)
        if kind == "change":
            self.push_change_event(name, value)
        elif kind == "archive":
            self.push_archive_event(name, value)
        elif kind == "alarm":
            self.push_alarm_event(name, value)
        elif kind == "user":
            self.push_event(name, [], [], value)
        elif kind == "ready":
            self.push_data_ready_event(name, 7)
        elif kind == "timed":
            self.push_change_event(name, value, 1_700_000_000.25, Quality.ATTR_WARNING)
        elif kind == "encoded":
            self.push_change_event("encoded", *self.values["encoded"])
        elif kind == "error":
            try:
                module.Except.throw_exception("Rich_Pushed", "an error as an event", "Rich.Push")
            except module.DevFailed as error:
                self.push_change_event(name, error)

    @command(dtype_in=(str,))
    def FillOrTrigger(self: Any, what: list[str]) -> None:
        """Values of the author's, or one turn of polling, for what is polled with the period 0."""
        kind, name = what
        util = module.Util.instance()
        if kind == "trigger":
            util.trigger_attr_polling(self, name)
        elif kind == "trigger command":
            util.trigger_cmd_polling(self, name)
        else:
            data = getattr(module, "pyutil", server).TimedAttrData
            filled = [data(7.0, time_stamp=1_700_000_000.0), data(error=ValueError("no value"))]
            util.fill_attr_polling_buffer(self, name, filled)

    space.update(
        {key: value for key, value in locals().items() if key not in _NOT_MEMBERS},
        __doc__="A device with everything.",
        gain=server.device_property(dtype=float, default_value=1.5),
        title=server.device_property(dtype=str, default_value="no title"),
        points=server.device_property(dtype=(int,), default_value=[1, 2, 3]),
    )
    cls: Any = type(server.Device)("Rich", (server.Device,), space)
    return cls  # type: ignore[no-any-return]  # its base is of whichever implementation is served


_NOT_MEMBERS = {
    "name", "module", "server", "attribute", "command", "State", "Quality", "Access", "space", "values",
    "limited_read", "limited_write", "cls", "numbers",
}  # fmt: skip


if __name__ == "__main__":
    implementation = sys.argv.pop(1)
    importlib.import_module(f"{implementation}.server").run([make(implementation)])
