"""Device classes for bluesky plans: classic ophyd's, and ophyd-async's."""

from __future__ import annotations

from collections.abc import Iterator

from puretango.authoring.stubs._types import Types, safe_name
from puretango.model import AttributeModel, ClassModel, CommandModel

__all__ = ["ophyd_async_source", "ophyd_source"]

_KEPT = {
    "name", "parent", "kind", "position", "stop", "read", "set", "trigger", "configure",
    "describe", "subscribe", "stage", "unstage", "kickoff", "complete", "collect", "prepare",
    "pause", "resume", "root", "get", "put", "hints", "prefix", "labels", "dotted_name",
    "connected", "component_names", "connect", "children", "log", "sub", "locate", "limits",
}  # fmt: skip
"""Names reserved by ophyd's devices of either kind."""


def _members(model: ClassModel) -> list[AttributeModel]:
    """The members for plans; State and Status come with each device."""
    return [one for one in model.own_attributes() if one.data_type != "DevEncoded"]


def _component(name: str) -> str:
    safe = safe_name(name)
    return f"{safe}_" if safe in _KEPT else safe


def _text(model: ClassModel) -> str:
    said = " ".join(model.description.replace('"', "'").replace("\\", "/").split())
    return said or f"A device of the class {model.name}"


def _is_configuration(one: AttributeModel) -> bool:
    return one.display_level == "EXPERT"


def ophyd_source(model: ClassModel) -> str:
    """A module with an ``ophyd.Device`` of the class."""
    lines = [
        f'"""The device class {model.name} for classic ophyd, made by `puretango stubs`."""',
        "",
        "from ophyd import Component, Device, Kind",
        "",
        "from puretango.bluesky import TangoCommand, TangoSignal, TangoSignalRO",
        "",
        "",
        f"class {safe_name(model.name)}(Device):",
        f'    """{_text(model)}: ``{safe_name(model.name)}("a/b/c", name="…")``."""',
        "",
        '    State = Component(TangoSignalRO, "/State", kind=Kind.normal)',
    ]
    for one in _members(model):
        kind = "TangoSignal" if one.is_writable else "TangoSignalRO"
        lines.append(
            f'    {_component(one.name)} = Component({kind}, "/{one.name}", kind=Kind.{_kind(one)})'
        )
    lines += [
        f'    {_component(one.name)} = Component(TangoCommand, "/{one.name}", kind=Kind.omitted)'
        for one in model.own_commands()
    ]
    return "\n".join([*lines, ""])


def _kind(one: AttributeModel) -> str:
    if one.data_format == "IMAGE":
        return "omitted"
    return "config" if _is_configuration(one) else "normal"


def ophyd_async_source(model: ClassModel) -> str:
    """A module with a ``TangoReadable`` of the class, for ophyd-async."""
    types = Types(safe_name(model.name))
    members = list(_async_members(model, types))
    commands = list(_async_commands(model))
    signals = {"SignalR", "StandardReadableFormat as Format"}
    signals |= {line.split("A[")[1].split("[")[0] for line in members if "A[" in line}
    signals |= {"TriggerableCommand"} if commands else set()
    head = [
        f'"""The device class {model.name} for ophyd-async, made by `puretango stubs`."""',
        "",
        "from typing import Annotated as A",
        "",
        *(["import numpy as np"] if any("np." in line for line in members) else []),
        f"from ophyd_async.core import {', '.join(sorted(_core(members, types) | signals))}",
        "",
        "from puretango.bluesky.aio import TangoName, TangoReadable, TangoState",
        "",
    ]
    return "\n".join(
        [
            *head,
            *_labels(types),
            "",
            f"class {safe_name(model.name)}(TangoReadable):",
            f'    """{_text(model)}: ``{safe_name(model.name)}("a/b/c", name="…", auto_fill=False)``."""',
            "",
            "    State: A[SignalR[TangoState], Format.UNCACHED_SIGNAL]",
            *members,
            *commands,
            "",
        ]
    )


def _core(members: list[str], types: Types) -> set[str]:
    arrays = {"Array1D"} if any("Array1D[" in line for line in members) else set()
    return arrays | ({"StrictEnum"} if types.enumerations else set())


def _async_members(model: ClassModel, types: Types) -> Iterator[str]:
    for one in _members(model):
        kind = _async_type(one, types)
        if kind is None:
            continue
        signal = {"READ": "SignalR", "WRITE": "SignalW"}.get(one.access, "SignalRW")
        name = _component(one.name)
        renamed = f', TangoName("{one.name}")' if name != one.name else ""
        shown = "" if signal == "SignalW" else f", Format.{_format(one)}"
        yield f"    {name}: A[{signal}[{kind}]{renamed}{shown}]"


def _format(one: AttributeModel) -> str:
    return "CONFIG_SIGNAL" if _is_configuration(one) else "UNCACHED_SIGNAL"


def _async_type(one: AttributeModel, types: Types) -> str | None:
    """The datatype of a signal; None if ophyd-async has no signals of that type."""
    if one.data_format == "SCALAR":
        kind = types.attribute(one)
        return "TangoState" if kind == "DevState" else kind
    if one.data_format == "SPECTRUM" and one.data_type not in ("DevString", "DevState"):
        return types.attribute(one).replace("npt.NDArray", "Array1D")
    return None


def _async_commands(model: ClassModel) -> Iterator[str]:
    for one in model.own_commands():
        if _is_plain(one):
            yield f'    {_component(one.name)}: A[TriggerableCommand, TangoName("{one.name}")]'


def _is_plain(one: CommandModel) -> bool:
    return (one.argin.data_type, one.argout.data_type) == ("DevVoid", "DevVoid")


def _quoted(label: str) -> str:
    return '"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _labels(types: Types) -> Iterator[str]:
    for one in types.enumerations.values():
        yield ""
        yield f"class {one.name}(StrictEnum):"
        yield '    """Labels, which are checked when a device connects."""'
        yield ""
        names = [name for name, _ in one.members()]
        yield from (
            f"    {name} = {_quoted(label)}" for name, label in zip(names, one.labels, strict=True)
        )
        yield ""
