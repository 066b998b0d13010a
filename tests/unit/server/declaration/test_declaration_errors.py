"""A wrong declaration is told when the class is made: which member, and which rule."""

from __future__ import annotations

import enum
import textwrap
import traceback
from typing import Any

import pytest

import puretango
import puretango.server
from puretango.server import DeclarationError, Device

_METHODS = """
def read_a(self): return 1
def write_a(self, value): pass
"""
_RW = "access=AttrWriteType.READ_WRITE"


class Gap(enum.IntEnum):
    ONE = 1
    TWO = 2


def declare(body: str) -> None:
    """Make the class Wrong with that body, written in a file as an author has it."""
    source = "class Wrong(Device):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    space = {**vars(puretango), **vars(puretango.server), "Device": Device, "Gap": Gap}
    exec(compile(source, "wrong.py", "exec"), space)


ATTRIBUTES = [
    ("max_dim_x=0, dtype=(float,)", "max_dim_x is at least 1, not 0"),
    ("max_dim_x=-1, dtype=(float,)", "max_dim_x is at least 1, not -1"),
    ("max_dim_x='many', dtype=(float,)", "max_dim_x is a whole number, not 'many'"),
    ("max_dim_x=5, dtype=((float,),)", "max_dim_y is at least 1, not 0"),
    ("access='READ'", "access is a AttrWriteType, not 'READ'"),
    ("display_level='EXPERT'", "display_level is a DispLevel, not 'EXPERT'"),
    ("polling_period='often'", "polling_period is a whole number, not 'often'"),
    ("fisallowed='nowhere'", "fisallowed names 'nowhere', which is not a method"),
    ("memorized=True", "only a writable attribute can be memorized"),
    (f"memorized=True, dtype=(float,), max_dim_x=3, {_RW}", "only a scalar attribute can be memorized"),
    ("dtype='DevEnum', enum_labels=['X', 'X']", "two similar labels (X, X)"),
    ("min_value='low'", "property min_value is defined in an unsupported format"),
    ("min_value=5, max_value=1", "min_value is greater than or equal to max_value"),
    ("min_alarm=5, max_alarm=5", "min_alarm is greater than or equal to max_alarm"),
    ("min_warning=5, max_warning=1", "min_warning is greater than or equal to max_warning"),
    ("dtype=str, max_alarm=1", "property max_alarm is not settable for the attribute data type"),
    ("rel_change='a'", "property rel_change is defined in an unsupported format"),
    ("abs_change='1,2,3'", "property abs_change is defined in an unsupported format"),
    ("period='soon'", "property event_period is defined in an unsupported format"),
    ("delta_val=1, delta_t='x'", "property delta_t is defined in an unsupported format"),
    ("name='two words', fget='read_a'", "a name is one word"),
    ("name='x/y', fget='read_a'", "a name is one word"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "rule"), ATTRIBUTES)
def test_attributes(options: str, rule: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare(f"a = attribute({options})\n{_METHODS}")
    text = str(caught.value)
    assert text.startswith("attribute '")
    assert "of device class Wrong: " in text
    assert rule in text


METHODS = [
    ("a = attribute(dtype=float)", "'read_a': attribute 'a' of device class Wrong has no read"),
    (f"a = attribute({_RW})\ndef read_a(self): return 1", "attribute 'a' of device class Wrong has no write"),
    ("a = attribute(access=AttrWriteType.WRITE)", "attribute 'a' of device class Wrong has no write"),
    ("a = attribute(fget='nowhere')", "'nowhere': attribute 'a' of device class Wrong has no read"),
    (f"a = attribute(fget='f', fset='nowhere', {_RW})\ndef f(self): return 1", "'nowhere': attribute 'a'"),
    ("a = attribute()\nread_a = 5", "attribute 'a' of device class Wrong has no read"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "text"), METHODS)
def test_methods_that_are_not_there(body: str, text: str) -> None:
    with pytest.raises(AttributeError) as caught:
        declare(body)
    assert text in str(caught.value)


OTHERS = [
    ("@command\ndef Go(self, x: int, y: int): pass", "command 'Go'", "one argument at most, not x, y"),
    ("@command\ndef Go(self, x): pass", "command 'Go'", "type of 'x' is said by neither a hint nor dtype_in"),
    ("@command(dtype_in=int)\ndef Go(self): pass", "command 'Go'", "takes no argument, but dtype_in"),
    ("@command(fisallowed='nowhere')\ndef Go(self): pass", "command 'Go'", "'nowhere', which is not a method"),
    ("@command(polling_period='x')\ndef Go(self): pass", "command 'Go'", "polling_period is a whole number"),
    ("Go = command(lambda self: None)", "command '<lambda>'", "no method of that name"),
    ("@command\ndef Go(self): pass\n@command\ndef GO(self): pass", "command 'GO'", "'Go' already"),
    ("a = attribute()\nA = attribute()\ndef read_a(self): pass\ndef read_A(self): pass", "attribute 'A'",
     "'a' already"),
    ("p = device_property(dtype=int)\nP = device_property(dtype=int)", "device property 'P'", "'p' already"),
    ("p = device_property(dtype=int, default_value='five')", "device property 'p'", "'five' is not of type DevLong64"),
    ("p = device_property(dtype=bool, default_value='maybe')", "device property 'p'", "'maybe' is not of type DevBool"),
    ("p = class_property(dtype=float, default_value='x')", "class property 'p'", "'x' is not of type DevDouble"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "member", "rule"), OTHERS)
def test_commands_properties_and_doubles(body: str, member: str, rule: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare(body)
    assert str(caught.value).startswith(f"{member} of device class Wrong: ")
    assert rule in str(caught.value)


NOTED: list[tuple[str, Any, str]] = [
    ("voltage = attribute(dtype='nonsense')", RuntimeError, "attribute"),
    ("voltage = attribute(colour='red')", puretango.DevFailed, "attribute"),
    ("voltage = attribute(forwarded=True, unit='V')", TypeError, "attribute"),
    ("voltage = attribute(dtype=Gap)", Exception, "attribute"),
    ("@attribute\ndef voltage(self) -> complex: return 1", RuntimeError, "attribute 'voltage' of Wrong"),
    ("@command(dtype_in=dict)\ndef Go(self, x): pass", RuntimeError, "command 'Go'"),
    ("@command\ndef Go(self) -> dict: pass", RuntimeError, "command 'Go'"),
    ("port = device_property(dtype=complex)", RuntimeError, "property"),
    ("port = device_property(dtype=int, mandatory=True, default_value=1)", ValueError, "device property"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "error", "member"), NOTED)
def test_errors_of_types_come_with_the_place(body: str, error: Any, member: str) -> None:
    """PyTango's exceptions and texts, and a note with the member, the file and the line."""
    with pytest.raises(error) as caught:
        declare(body)
    shown = "".join(traceback.format_exception(caught.value))
    assert f"of {member}" in shown
    assert "wrong.py" in shown


def test_a_device_is_built_and_called_without_a_server() -> None:
    """As an ordinary object of its class, in a test that needs no network."""

    class Plain(Device):
        def init_device(self) -> None:
            super().init_device()
            self.kept = 2.0

        @puretango.server.attribute(dtype=float)
        def level(self) -> float:
            return self.kept

        @puretango.server.command
        def Double(self, value: float) -> float:
            return 2 * value

    device = object.__new__(Plain)
    device.kept = 3.0
    assert Plain.level.fget(device) == 3.0  # type: ignore[attr-defined]  # a property of Python's has it
    assert device.Double(4.0) == 8.0
