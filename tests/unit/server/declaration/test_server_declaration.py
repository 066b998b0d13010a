"""Declarations: hints, inheritance, mixins, and errors that name attribute and rule."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from puretango.errors import DevFailed
from puretango.server import (
    AttrData,
    DeclarationError,
    Device,
    attribute,
    command,
    device_property,
    get_enum_labels,
    parse_args,
)
from puretango.server.declaration._typehint import EnumTypeError, parse_type_hint
from puretango.server.run._arguments import read_options
from puretango.values import AttrDataFormat, AttrQuality, AttrWriteType, CmdArgType
from tests.unit.server.conftest import Serve

SCALAR, SPECTRUM, IMAGE = (
    AttrDataFormat.SCALAR,
    AttrDataFormat.SPECTRUM,
    AttrDataFormat.IMAGE,
)


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (float, (float, SCALAR, None, None)),
        (list[int], (int, SPECTRUM, 1, None)),
        (tuple[int, ...], (int, SPECTRUM, None, None)),
        (tuple[int, int, int], (int, SPECTRUM, 3, None)),
        (tuple[tuple[float, float], tuple[float, float]], (float, IMAGE, 2, 2)),
        (tuple[float, float, AttrQuality], (float, SCALAR, None, None)),
        (tuple[str, bytes], ("DevEncoded", SCALAR, None, None)),
        (tuple[list[int], list[str]], ("DevVarLongStringArray", SCALAR, None, None)),
        (npt.NDArray[np.int32], (np.int32, None, None, None)),
    ],
    ids=str,
)
def test_hints(hint: Any, expected: tuple[Any, ...]) -> None:
    assert tuple(parse_type_hint(hint, "attribute")) == expected


class _Gap(enum.Enum):
    A = 0
    B = 2


class _Twice(enum.Enum):
    A = 0
    B = 0  # noqa: PIE796 - the point of the test


@pytest.mark.parametrize("wrong", [_Gap, _Twice])
def test_enums_that_are_none_for_tango(wrong: Any) -> None:
    with pytest.raises(EnumTypeError):
        get_enum_labels(wrong)


def test_inheritance_and_mixins(serve: Serve) -> None:
    class Mixin:
        extra = attribute(dtype=str)

        def read_extra(self) -> str:
            return type(self).__name__

    class Base(Device):
        prop = device_property(dtype=int, default_value=1)

        @attribute
        def first(self) -> float:
            return 1.0

        @attribute
        def second(self) -> float:
            return 2.0

        @command
        def Say(self) -> str:
            return "base"

    class Child(Mixin, Base):
        prop = device_property(dtype=int, default_value=2)
        second = None  # type: ignore[assignment]  # on purpose: it is taken out of the subclass

        @command
        def Say(self) -> str:
            return "child " + super().Say()

    proxy = serve(Child).proxy()
    assert sorted(proxy.get_attribute_list()) == ["State", "Status", "extra", "first"]
    assert (proxy.extra, proxy.Say()) == ("Child", "child base")


def declare(body: dict[str, Any]) -> None:
    type(Device)("Wrong", (Device,), body)


@pytest.mark.parametrize(
    ("member", "error", "texts"),
    [
        (attribute(), AttributeError, ["'value'", "Wrong", "no read method"]),
        (
            attribute(fget=lambda self: 1.0, access=AttrWriteType.READ_WRITE),
            AttributeError,
            ["'value'", "no write method"],
        ),
        (attribute(fget=lambda self: 1.0, memorized=True), DeclarationError, ["writable"]),
        (
            attribute(
                fget=lambda self: 1.0, fset=lambda self, v: None, memorized=True, dtype=(float,)
            ),
            DeclarationError,
            ["scalar"],
        ),
    ],
    ids=["no read", "no write", "memorized", "memorized spectrum"],
)
def test_wrong_attributes_are_told_at_class_creation(
    member: Any, error: Any, texts: list[str]
) -> None:
    with pytest.raises(error) as caught:
        declare({"value": member})
    for text in texts:
        assert text in str(caught.value)


def test_other_wrong_declarations() -> None:
    with pytest.raises(DevFailed, match="not recognized"):
        attribute(colour="red")
    with pytest.raises(RuntimeError, match="Cannot translate"):
        attribute(dtype="complex")
    with pytest.raises(TypeError, match="Forwarded attributes only support"):
        attribute(forwarded=True, unit="mm")
    with pytest.raises(ValueError, match="'mandatory' is True"):
        device_property(dtype=int, mandatory=True, default_value=1)
    with pytest.raises(DeclarationError, match="nobody"):
        declare({"Go": command(lambda self: None, fisallowed="nobody")})
    with pytest.raises(DevFailed, match="must have 4 elements"):
        AttrData("a", "C", [[CmdArgType.DevDouble, SPECTRUM, AttrWriteType.READ]])


def test_the_command_line() -> None:
    options = read_options(
        ["/x/Motor.py", "one", "-v3", "-nodb", "-dlist", "a/b/c,d/e/f", "--port", "123"]
    )
    assert (options.server_name, options.instance, options.verbose) == ("Motor", "one", 3)
    assert (options.devices, options.port, options.host) == (["a/b/c", "d/e/f"], 123, "0.0.0.0")
    assert parse_args(["M", "i", "-ORBendPoint", "giop:tcp::12"])[2:] == [
        "-ORBendPoint",
        "giop:tcp::12",
    ]
    for wrong in (["M", "i", "-nodb"], ["M"], ["M", "i", "-ORBendPoint", "odd"]):
        with pytest.raises(SystemExit):
            read_options(wrong)
