"""Stubs: typed proxies of a class, for programs and their type checkers.

One module a class: enumerations, a proxy whose calls block, one whose calls are awaited, a device for
classic ophyd and one for ophyd-async. All of it works; nothing is a stub in the sense of ``.pyi``.
"""

from __future__ import annotations

import keyword
import re

from puretango.model import AttributeModel, ClassModel, CommandModel, element_of

__all__ = ["stubs_of"]

_TYPES = {
    "DevBoolean": "bool",
    "DevShort": "int",
    "DevLong": "int",
    "DevLong64": "int",
    "DevUShort": "int",
    "DevULong": "int",
    "DevULong64": "int",
    "DevUChar": "int",
    "DevFloat": "float",
    "DevDouble": "float",
    "DevString": "str",
    "DevState": "DevState",
    "DevVoid": "None",
    "DevEncoded": "tuple[str, bytes]",
    "DevVarLongStringArray": "tuple[list[int], list[str]]",
    "DevVarDoubleStringArray": "tuple[list[float], list[str]]",
}
_ARRAYS = {
    "DevBoolean": "numpy.bool_",
    "DevShort": "numpy.int16",
    "DevLong": "numpy.int32",
    "DevLong64": "numpy.int64",
    "DevUShort": "numpy.uint16",
    "DevULong": "numpy.uint32",
    "DevULong64": "numpy.uint64",
    "DevUChar": "numpy.uint8",
    "DevFloat": "numpy.float32",
    "DevDouble": "numpy.float64",
}


def _identifier(name: str) -> str:
    found = re.sub(r"\W", "_", name)
    if not found or found[0].isdigit():
        found = f"_{found}"
    return f"{found}_" if keyword.iskeyword(found) else found


def _enum_name(one: AttributeModel) -> str:
    name = _identifier(one.name)
    return name[0].upper() + name[1:]


def _enumerations(model: ClassModel) -> list[str]:
    lines: list[str] = []
    for one in model.own_attributes():
        if not one.enum_labels:
            continue
        lines += [
            "",
            "",
            f"class {_enum_name(one)}(IntEnum):",
            f'    """Of attribute {one.name}."""',
            "",
        ]
        taken: set[str] = set()
        for value, label in enumerate(one.enum_labels):
            name = re.sub(r"\W+", "_", label).strip("_").upper() or f"VALUE_{value}"
            name = name if not name[0].isdigit() else f"VALUE_{name}"
            while name in taken:
                name += "_"
            taken.add(name)
            lines.append(f"    {name} = {value}")
    return lines


def _scalar(one: AttributeModel) -> str:
    if one.enum_labels:
        return _enum_name(one)
    return _TYPES.get(one.data_type, "Any")


def _type(one: AttributeModel) -> str:
    if one.data_format == "SCALAR":
        return _scalar(one)
    if one.data_type in _ARRAYS:
        return f"numpy.ndarray[Any, numpy.dtype[{_ARRAYS[one.data_type]}]]"
    inner = f"Sequence[{_scalar(one)}]"
    return f"Sequence[{inner}]" if one.data_format == "IMAGE" else inner


def _argument(data_type: str, is_result: bool) -> str:
    if data_type in _TYPES:
        return _TYPES[data_type]
    element = element_of(data_type)
    if element in _ARRAYS and is_result:
        return f"numpy.ndarray[Any, numpy.dtype[{_ARRAYS[element]}]]"
    return f"Sequence[{_TYPES.get(element, 'Any')}]"


def _doc(text: str, fallback: str) -> str:
    first = " ".join(text.split("\n\n", maxsplit=1)[0].split()) or fallback
    first = first.replace("\\", "/").replace('"', "'")
    return f'"""{first if first.endswith((".", "!", "?")) else first + "."}"""'


def _converted(one: AttributeModel, value: str) -> str:
    if one.enum_labels and one.data_format == "SCALAR":
        return f"{_enum_name(one)}({value})"
    return f'cast("{_type(one)}", {value})'


def _command(one: CommandModel, is_async: bool) -> list[str]:
    name = _identifier(one.name)
    taken = (
        ""
        if one.argin.data_type == "DevVoid"
        else f", argument: {_argument(one.argin.data_type, False)}"
    )
    given = _argument(one.argout.data_type, True)
    passed = ", argument" if taken else ""
    wait, define = ("await ", "async def") if is_async else ("", "def")
    call = f'{wait}self.proxy.command_inout("{one.name}"{passed})'
    body = call if given == "None" else f'return cast("{given}", {call})'
    return [
        "",
        f"    {define} {name}(self{taken}) -> {given}:",
        f"        {_doc(one.description, one.name)}",
        f"        {body}",
    ]


def _blocking(model: ClassModel) -> list[str]:
    lines = [
        "",
        "",
        f"class {model.name}Proxy:",
        f'    """A {model.name}: attributes are properties, commands are methods; calls block."""',
        "",
        "    def __init__(self, device: str | DeviceProxy) -> None:",
        "        self.proxy: Any = DeviceProxy(device) if isinstance(device, str) else device",
        "",
        "    @property",
        "    def state(self) -> DevState:",
        '        """The State."""',
        "        return cast(DevState, self.proxy.state())",
        "",
        "    @property",
        "    def status(self) -> str:",
        '        """The Status."""',
        "        return str(self.proxy.status())",
    ]
    for one in model.own_attributes():
        name = _identifier(one.name)
        if one.access != "WRITE":
            value = f'self.proxy.read_attribute("{one.name}").value'
            lines += [
                "",
                "    @property",
                f"    def {name}(self) -> {_type(one)}:",
                f"        {_doc(one.description, one.name)}",
                f"        return {_converted(one, value)}",
            ]
            if one.is_writable:
                lines += [
                    "",
                    f"    @{name}.setter",
                    f"    def {name}(self, value: {_type(one)}) -> None:",
                    f'        self.proxy.write_attribute("{one.name}", value)',
                ]
        else:
            lines += [
                "",
                f"    def set_{name}(self, value: {_type(one)}) -> None:",
                f"        {_doc(one.description, one.name)}",
                f'        self.proxy.write_attribute("{one.name}", value)',
            ]
    for command in model.own_commands():
        lines += _command(command, False)
    return lines


def _awaited(model: ClassModel) -> list[str]:
    lines = [
        "",
        "",
        f"class Async{model.name}Proxy:",
        f'    """A {model.name} whose calls are awaited: `await Async{model.name}Proxy.connect(name)`."""',
        "",
        "    def __init__(self, proxy: Any) -> None:",
        "        self.proxy = proxy",
        "",
        "    @classmethod",
        "    async def connect(cls, device: str) -> Self:",
        '        """A proxy of the device."""',
        "        return cls(await get_device_proxy(device, green_mode=GreenMode.Asyncio))",
        "",
        "    async def state(self) -> DevState:",
        '        """The State."""',
        "        return cast(DevState, await self.proxy.state())",
    ]
    for one in model.own_attributes():
        name = _identifier(one.name)
        if one.access != "WRITE":
            value = f'(await self.proxy.read_attribute("{one.name}")).value'
            lines += [
                "",
                f"    async def read_{name}(self) -> {_type(one)}:",
                f"        {_doc(one.description, one.name)}",
                f"        return {_converted(one, value)}",
            ]
        if one.is_writable:
            lines += [
                "",
                f"    async def write_{name}(self, value: {_type(one)}) -> None:",
                f"        {_doc(one.description, one.name)}",
                f'        await self.proxy.write_attribute("{one.name}", value)',
            ]
    for command in model.own_commands():
        lines += _command(command, True)
    return lines


def _classic(model: ClassModel) -> list[str]:
    lines = [
        "",
        "",
        f"class {model.name}Ophyd(TangoDevice):",
        f'    """A {model.name} for classic ophyd: its signals come from the server."""',
        "",
    ]
    for one in model.own_attributes():
        kind = "TangoSignal" if one.is_writable else "TangoSignalRO"
        lines.append(f"    {_identifier(one.name)}: {kind}")
    lines += [f"    {_identifier(one.name)}: TangoCommand" for one in model.own_commands()]
    return lines


def _signals(model: ClassModel) -> list[str]:
    lines = [
        "",
        "",
        f"class {model.name}Readable(TangoReadable):",
        f'    """A {model.name} for ophyd-async: `await device.connect()` first."""',
        "",
    ]
    count = 0
    for one in model.own_attributes():
        if one.data_format != "SCALAR" or one.enum_labels or one.access == "WRITE":
            continue
        if one.data_type not in _TYPES or one.data_type in ("DevState", "DevEncoded"):
            continue
        kind = "SignalRW" if one.is_writable else "SignalR"
        form = "CONFIG_SIGNAL" if one.is_writable else "HINTED_UNCACHED_SIGNAL"
        lines.append(
            f"    {_identifier(one.name)}: Annotated[{kind}[{_scalar(one)}], Format.{form}]"
        )
        count += 1
    return (
        lines
        if count
        else [*lines, "    State: Annotated[SignalR[TangoState], Format.UNCACHED_SIGNAL]"]
    )


def stubs_of(model: ClassModel, bluesky: bool = True) -> str:
    """The module of a class; without ``bluesky`` it needs puretango alone."""
    body = [*_enumerations(model), *_blocking(model), *_awaited(model)]
    if bluesky:
        body += [*_classic(model), *_signals(model)]
    text = "\n".join(body)
    head = [f'"""Typed proxies of {model.name}: written by `puretango stubs`, not by hand."""', ""]
    head += ["from __future__ import annotations", ""]
    if "Sequence[" in text:
        head.append("from collections.abc import Sequence")
    if "IntEnum" in text:
        head.append("from enum import IntEnum")
    typing = ["Any", "Self", "cast"] + (["Annotated"] if "Annotated[" in text else [])
    head += [f"from typing import {', '.join(sorted(typing))}", ""]
    if "numpy." in text:
        head.append("import numpy")
    if bluesky:
        signals = [name for name in ("SignalR", "SignalRW") if f"{name}[" in text]
        head.append(f"from ophyd_async.core import {', '.join(signals)}")
        head += ["from ophyd_async.core import StandardReadableFormat as Format", ""]
    head.append("from puretango import DeviceProxy, DevState, GreenMode, get_device_proxy")
    if bluesky:
        names = ["TangoDevice"]
        names += [
            n
            for n in ("TangoCommand", "TangoSignal", "TangoSignalRO")
            if re.search(rf": {n}$", text, re.M)
        ]
        head.append(f"from puretango.bluesky import {', '.join(sorted(names))}")
        asynchronous = ["TangoReadable"] + (["TangoState"] if "TangoState]" in text else [])
        head.append(f"from puretango.bluesky.aio import {', '.join(asynchronous)}")
    return "\n".join(head) + "\n\n\n" + text.lstrip("\n") + "\n"
