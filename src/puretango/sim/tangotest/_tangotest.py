"""TangoTest: the device with which Tango clients are tested, as in C++ Tango 9.3.4."""

from __future__ import annotations

from typing import Any

from puretango.idl import CmdArgType, DevState, DispLevel
from puretango.server import Device, command, device_property, pipe

from ._tangotest_attributes import attributes, initial_kept
from ._tangotest_data import IMAGE, Generator

#: What C++ Tango shows for an argument without a description.
_UNSAID = "Uninitialised"

#: The echo commands, each named after its type, and the descriptions of their arguments.
_ECHOES: dict[str, str] = {
    "DevBoolean": "Any boolean value",
    "DevDouble": "Any DevDouble value",
    "DevFloat": "Any DevFloat value",
    "DevLong": "Any DevLong value",
    "DevLong64": "Any DevLong64 value",
    "DevShort": "Any DevShort value",
    "DevString": "-",
    "DevULong": "Any DevULong",
    "DevULong64": "Any DevULong64 value",
    "DevUShort": "Any DevUShort value",
    "DevVarCharArray": "-",
    "DevVarDoubleArray": "-",
    "DevVarDoubleStringArray": "-",
    "DevVarFloatArray": "-",
    "DevVarLong64Array": "Uninitialised",
    "DevVarLongArray": "-",
    "DevVarLongStringArray": "-",
    "DevVarShortArray": "-",
    "DevVarStringArray": "-",
    "DevVarULong64Array": "Uninitialised",
    "DevVarULongArray": "-",
    "DevVarUShortArray": "-",
}


def _echoes() -> dict[str, Any]:
    made = {}
    for name, text in _ECHOES.items():

        def echo(self: Any, argin: Any) -> Any:
            return argin

        echo.__name__ = name
        echo.__doc__ = f"Give back the argument of type {name}."
        doc_out = "Echo of the argin value" if text.startswith("Any") else text
        dtype = getattr(CmdArgType, name)
        declare = command(dtype_in=dtype, doc_in=text, dtype_out=dtype, doc_out=doc_out)
        made[name] = declare(echo)
    return made


class TangoTest(Device):
    """A device to test generic clients.

    It offers an "echo" like command for each TANGO data type (i.e. each command returns an
    exact copy of <argin>).
    """

    Mthreaded_impl = device_property(
        dtype=CmdArgType.DevShort, default_value=1, doc="Multi-threaded implementation (true/false"
    )
    Sleep_period = device_property(
        dtype=CmdArgType.DevLong, default_value=2000, doc="Data generation period (in ms"
    )
    UShort_image_ro_size = device_property(
        dtype=CmdArgType.DevLong, default_value=IMAGE, doc="Size of the ushort_image_ro attribute"
    )

    locals().update(attributes())
    locals().update(_echoes())

    generator: Generator
    kept: dict[str, Any]
    _ticks = 0

    def init_device(self) -> None:
        """Put every value back to its first state and start generating."""
        super().init_device()
        free_running = self.Mthreaded_impl != 0
        self.generator = Generator(
            self.Sleep_period / 1000,
            self.UShort_image_ro_size,
            ticks=self._ticks,
            free_running=free_running,
        )
        self.kept = initial_kept()
        if free_running:
            self.set_state(DevState.RUNNING)

    def delete_device(self) -> None:
        """Remember where the sine waves were: Init does not turn them back."""
        self._ticks = self.generator.ticks + 1

    def read_attr_hardware(self, attr_list: Any) -> None:
        """Without the free-running generator, each request to read makes new data."""
        if not self.Mthreaded_impl:
            self.generator.advance()

    @pipe(doc="Pipe example")
    def string_long_short_ro(self) -> Any:
        """A string, a long and a short, always the same."""
        return "", [
            {"name": "FirstDE", "value": "The string", "dtype": CmdArgType.DevString},
            {"name": "SecondDE", "value": 666, "dtype": CmdArgType.DevLong},
            {"name": "ThirdDE", "value": 12, "dtype": CmdArgType.DevShort},
        ]

    @command(doc_in="N/A", doc_out="N/A")
    def DevVoid(self) -> None:
        """Do nothing."""

    @command(doc_in=_UNSAID, doc_out=_UNSAID)
    def SwitchStates(self) -> None:
        """Change the state from RUNNING to FAULT, or to RUNNING."""
        running = self.get_state() == DevState.RUNNING
        self.set_state(DevState.FAULT if running else DevState.RUNNING)

    @command(doc_in=_UNSAID, doc_out=_UNSAID, display_level=DispLevel.EXPERT)
    def CrashFromDevelopperThread(self) -> None:
        """Crash in builds with crash reports: here it logs that there are none."""
        self._no_crash_report()

    @command(doc_in=_UNSAID, doc_out=_UNSAID, display_level=DispLevel.EXPERT)
    def CrashFromOmniThread(self) -> None:
        """Crash in builds with crash reports: here it logs that there are none."""
        self._no_crash_report()

    @command(doc_in=_UNSAID, doc_out=_UNSAID, display_level=DispLevel.EXPERT)
    def DumpExecutionState(self) -> None:
        """Dump in builds with crash reports: here it logs that there are none."""
        self._no_crash_report()

    def _no_crash_report(self) -> None:
        self.error_stream("Crash report disabled")
