"""Attributes and commands of every type and format, with the values at the edges of each."""

from __future__ import annotations

import math
from typing import Any

from tests.interop.peers.operations.registry import OPERATIONS, Operation, operation, reading
from tests.interop.peers.plain import attempt

_INTEGERS = {
    "DevShort": (-(2**15), 2**15 - 1),
    "DevLong": (-(2**31), 2**31 - 1),
    "DevLong64": (-(2**63), 2**63 - 1),
    "DevUShort": (0, 2**16 - 1),
    "DevULong": (0, 2**32 - 1),
    "DevULong64": (0, 2**64 - 1),
    "DevUChar": (0, 255),
}
_LATIN = "r\xe9sum\xe9 \xb5 \xff"
_LONG = "0123456789abcdef" * 1024


def scalars(kind: str) -> list[Any]:
    """The values at the edges of a type."""
    if kind in _INTEGERS:
        low, high = _INTEGERS[kind]
        return [low, high, 0, 1]
    if kind == "DevDouble":
        return [0.0, -0.0, math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308, 0.1]
    if kind == "DevFloat":
        return [0.0, math.nan, math.inf, -math.inf, 1.5, 3.4028234663852886e38]
    if kind == "DevBoolean":
        return [True, False]
    if kind == "DevString":
        return ["", "a", _LATIN, _LONG, "two\nlines", "tab\tquote'\""]
    if kind == "DevEnum":
        return [0, 3]
    raise KeyError(kind)


def arrays(kind: str) -> dict[str, list[Any]]:
    """Spectra of a type: none, one and all the edge values, and one that needs fragments."""
    every = scalars(kind)
    return {
        "empty": [],
        "one": every[:1],
        "all": every,
        "many": (every * 5000)[: 300 if kind == "DevString" else 9000],
    }


def images(kind: str) -> dict[str, list[list[Any]]]:
    """Images of a type."""
    every = scalars(kind)
    return {"one": [every[:1]], "row": [every], "column": [[item] for item in every],
            "square": [(every * 100)[: 6 if kind == "DevString" else 60]] * 60}  # fmt: skip


ATTRIBUTE_KINDS = (*_INTEGERS, "DevFloat", "DevDouble", "DevBoolean", "DevString", "DevEnum")


def _attribute_cycle(kind: str, form: str) -> Operation:
    def run(tango: Any, name: str) -> Any:
        proxy = tango.DeviceProxy(name)
        attribute = f"{kind}_{form}"
        values: list[Any]
        if form == "scalar":
            values = scalars(kind)
        else:
            values = list((arrays(kind) if form == "spectrum" else images(kind)).values())
        found = []
        for value in values:
            found.append(attempt(proxy.write_attribute, attribute, value))
            found.append(attempt(lambda: reading(proxy.read_attribute(attribute))))
        value = values[-1]
        found.append(attempt(lambda: reading(proxy.write_read_attribute(attribute, value))))
        found.append(attempt(lambda: getattr(proxy, attribute)))
        return found

    return run


for _kind in ATTRIBUTE_KINDS:
    for _form in ("scalar", "spectrum", "image"):
        OPERATIONS[f"attribute_{_kind}_{_form}"] = _attribute_cycle(_kind, _form)


@operation
def attribute_special_values(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    names = ("special_scalar", "special_spectrum", "special_image", "empty_spectrum", "empty_image")
    return [attempt(lambda: reading(proxy.read_attribute(one))) for one in names]  # noqa: B023


@operation
def attribute_DevState(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    states = [tango.DevState.ON, tango.DevState.FAULT, tango.DevState.UNKNOWN]
    found = []
    for state in states:
        found.append(attempt(proxy.write_attribute, "DevState_scalar", state))
        found.append(attempt(lambda: reading(proxy.read_attribute("DevState_scalar"))))
    found.append(attempt(proxy.write_attribute, "DevState_spectrum", states))
    found.append(attempt(lambda: reading(proxy.read_attribute("DevState_spectrum"))))
    found.append(attempt(proxy.write_attribute, "DevState_image", [states, states]))
    found.append(attempt(lambda: reading(proxy.read_attribute("DevState_image"))))
    return found


@operation
def attribute_encoded(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    found = []
    for value in [("", b""), ("JPEG", bytes(range(256))), ("big", b"\x80" * 100_000)]:
        found.append(attempt(proxy.write_attribute, "encoded", value))
        found.append(attempt(lambda: reading(proxy.read_attribute("encoded"))))
    return found


@operation
def attribute_text_outside_latin1(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.write_attribute("DevString_scalar", "before")
    first = attempt(proxy.write_attribute, "DevString_scalar", "smile \u263a", text=False)
    return [first[0], proxy.read_attribute("DevString_scalar").value]


# -- commands -----------------------------------------------------------------------------------

_NUMERIC_COMMANDS = {
    "DevBoolean": "DevBoolean", "DevShort": "DevShort", "DevLong": "DevLong",
    "DevLong64": "DevLong64", "DevFloat": "DevFloat", "DevDouble": "DevDouble",
    "DevUShort": "DevUShort", "DevULong": "DevULong", "DevULong64": "DevULong64",
    "DevString": "DevString",
}  # fmt: skip
_ARRAY_COMMANDS = {
    "DevVarBooleanArray": "DevBoolean", "DevVarCharArray": "DevUChar",
    "DevVarShortArray": "DevShort", "DevVarLongArray": "DevLong",
    "DevVarLong64Array": "DevLong64", "DevVarFloatArray": "DevFloat",
    "DevVarDoubleArray": "DevDouble", "DevVarUShortArray": "DevUShort",
    "DevVarULongArray": "DevULong", "DevVarULong64Array": "DevULong64",
    "DevVarStringArray": "DevString",
}  # fmt: skip


def _command_cycle(command: str, values: list[Any]) -> Operation:
    def run(tango: Any, name: str) -> Any:
        proxy = tango.DeviceProxy(name)
        return [attempt(proxy.command_inout, f"Echo{command}", value) for value in values]

    return run


for _command, _kind in _NUMERIC_COMMANDS.items():
    OPERATIONS[f"command_{_command}"] = _command_cycle(_command, scalars(_kind))
for _command, _kind in _ARRAY_COMMANDS.items():
    OPERATIONS[f"command_{_command}"] = _command_cycle(_command, list(arrays(_kind).values()))
OPERATIONS["command_DevVarLongStringArray"] = _command_cycle(
    "DevVarLongStringArray", [([], []), ([1, -(2**31)], [_LATIN, ""]), ([7] * 3000, [_LONG] * 3)]
)
OPERATIONS["command_DevVarDoubleStringArray"] = _command_cycle(
    "DevVarDoubleStringArray", [([], []), ([1.5, math.nan], [_LATIN]), ([7.0] * 3000, [_LONG] * 3)]
)


@operation
def command_DevEncoded(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    return [attempt(proxy.command_inout, "EchoDevEncoded", value) for value in
            [("", b""), ("JPEG", bytes(range(256))), ("big", b"\x80" * 100_000)]]  # fmt: skip


@operation
def command_DevState(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    return [attempt(proxy.command_inout, "EchoDevState", state) for state in
            (tango.DevState.ON, tango.DevState.UNKNOWN)]  # fmt: skip


@operation
def command_forms(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    return [
        attempt(proxy.Nothing),
        attempt(proxy.nothing),
        attempt(proxy.command_inout, "nothing"),
        attempt(proxy.Sleep, 0.01),
        attempt(proxy.LongText, 100_000),
        attempt(proxy.EchoDevLong, "12"),
        attempt(proxy.EchoDevString, 12, text=False)[0],
        attempt(proxy.command_inout, "EchoDevLong", 2**40, text=False)[0],
    ]
