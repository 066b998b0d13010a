"""Commands: types, hints, who may, errors, dynamic ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from puretango.errors import DevFailed
from puretango.server import Device, command
from puretango.values import CmdArgType, DevState
from tests.unit.server.conftest import Serve

ECHOES: list[tuple[Any, Any]] = [
    (bool, True),
    (int, -(2**63)),
    (float, 2.5),
    (str, "caf\xe9"),
    ("DevState", DevState.MOVING),
    ((bool,), [True, False]),
    ((int,), [1, 2, 3]),
    ((float,), []),
    ((str,), ["a", "", "\xe9"]),
    ("DevVarLongStringArray", ([1, 2], ["x"])),
    ("DevVarDoubleStringArray", ([1.5], ["x", "y"])),
    ("DevEncoded", ("raw", b"\x00\xff")),
]


@pytest.mark.parametrize(("dtype", "value"), ECHOES, ids=lambda v: str(v)[:20])
def test_every_type(serve: Serve, dtype: Any, value: Any) -> None:
    class Echo(Device):
        @command(dtype_in=dtype, dtype_out=dtype)
        def Say(self, value: Any) -> Any:
            return value

    got = serve(Echo).proxy().command_inout("Say", value)
    if isinstance(value, tuple) and dtype != "DevEncoded":
        assert [list(part) for part in got] == [list(part) for part in value]
    elif isinstance(got, np.ndarray):
        assert got.tolist() == value
    else:
        assert got == value


def test_types_from_hints_and_texts(serve: Serve) -> None:
    class Hinted(Device):
        @command
        def Sum(self, numbers: list[float]) -> float:
            """Add."""
            return float(sum(numbers))

        @command(doc_in="nothing much")
        def Void(self) -> None:
            return None

    proxy = serve(Hinted).proxy()
    info = proxy.command_query("Sum")
    assert (info.in_type, info.out_type) == (
        CmdArgType.DevVarDoubleArray,
        CmdArgType.DevDouble,
    )
    assert proxy.Sum([1, 2, 3.5]) == 6.5
    assert proxy.command_query("Void").in_type_desc == "nothing much"


class Moody(Device):
    mood = True

    @command
    def Act(self) -> None:
        raise ValueError("not like this")

    @command(dtype_out=int)
    def Lie(self) -> Any:
        return "text"

    @command(fisallowed="may_i")
    def Ask(self) -> None:
        return None

    def may_i(self) -> bool:
        return self.mood


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("Act", ["PyDs_PythonError", "PyDs_UnexpectedFailure", "API_CommandFailed"]),
        ("Lie", ["PyDs_PythonError", "PyDs_UnexpectedFailure", "API_CommandFailed"]),
        ("Unknown", ["API_CommandNotFound", "API_CommandFailed"]),
    ],
)
def test_failures_tell_the_first_cause_first(serve: Serve, name: str, reasons: list[str]) -> None:
    proxy = serve(Moody).proxy()
    with pytest.raises(DevFailed) as caught:
        proxy.command_inout(name)
    assert [error.reason for error in caught.value.args] == reasons


def test_a_command_that_may_not_run_now(serve: Serve) -> None:
    served = serve(Moody)
    proxy = served.proxy()
    proxy.Ask()
    served.device.mood = False
    with pytest.raises(DevFailed) as caught:
        proxy.Ask()
    error = caught.value.args[0]
    assert error.reason == "API_CommandNotAllowed"
    assert error.desc == "Command Ask not allowed when the device is in UNKNOWN state"


def test_commands_come_and_go(serve: Serve) -> None:
    class Dynamic(Device):
        def later(self, value: int) -> int:
            return value + 1

    served = serve(Dynamic)
    proxy = served.proxy()
    served.device.add_command(command(f=served.device.later))
    assert proxy.command_inout("later", 4) == 5
    served.device.remove_command("later")
    with pytest.raises(DevFailed):
        proxy.command_inout("later", 4)
