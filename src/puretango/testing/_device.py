"""The description of a test context's devices: PyTango's `devices_info`, checked."""

from __future__ import annotations

import traceback
from argparse import ArgumentTypeError
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

__all__ = ["DeviceDescription", "Served", "device_class", "read_devices_info"]


def device_class(path: str) -> Any:
    """The class that `module.Class` names."""
    module_name, _, name = path.rpartition(".")
    try:
        return getattr(import_module(module_name), name)
    except Exception as error:  # noqa: BLE001 - whatever a module raises while it is imported
        text = "".join(traceback.format_exception(error))
        raise ArgumentTypeError(f"Error importing {path}:\n{text}") from None


@dataclass
class DeviceDescription:
    """One device: its name and the entries that a database would hold for it."""

    name: str
    properties: dict[str, Any] = field(default_factory=dict)
    memorized: dict[str, Any] = field(default_factory=dict)
    root_atts: dict[str, str] = field(default_factory=dict)

    @property
    def attribute_properties(self) -> dict[str, dict[str, list[str]]]:
        """Memorized values and the roots of forwarded attributes, as the database keeps them."""
        found: dict[str, dict[str, list[str]]] = {}
        for attribute, root in self.root_atts.items():
            found.setdefault(attribute, {})["__root_att"] = [str(root)]
        for attribute, value in self.memorized.items():
            found.setdefault(attribute, {})["__value"] = [str(value)]
        return found


@dataclass
class Served:
    """One Tango class with its devices."""

    device: Any
    device_cls: Any | None
    class_properties: dict[str, Any]
    devices: list[DeviceDescription]

    @property
    def name(self) -> str:
        """The name of the Tango class."""
        return str(self.device.__name__)

    @property
    def declaration(self) -> Any:
        """The argument of `run`: the class, or the tuple of the low-level style."""
        return self.device if self.device_cls is None else (self.device_cls, self.device, self.name)


def read_devices_info(devices_info: Sequence[Mapping[str, Any]]) -> list[Served]:
    """The devices' descriptions, checked and completed; the errors are PyTango's."""
    found: list[Served] = []
    for info in devices_info:
        device_cls, device = _classes(info["class"])
        devices = [
            DeviceDescription(
                one["name"],
                _checked(one.get("properties")),
                dict(one.get("memorized") or {}),
                dict(one.get("root_atts") or {}),
            )
            for one in info["devices"]
        ]
        served = Served(device, device_cls, _checked(info.get("class_properties")), devices)
        if served.name in {other.name for other in found}:
            raise ValueError("multiple entries in devices_info pointing to the same Tango class")
        found.append(served)
    if {one.device_cls is None for one in found} == {True, False}:
        raise ValueError("mixing HLAPI and classical API in devices_info is not supported")
    return found


def _classes(entry: Any) -> tuple[Any | None, Any]:
    device_cls: Any = None
    if isinstance(entry, Sequence) and not isinstance(entry, str):
        device_cls, device = entry[0], entry[1]
        if isinstance(device_cls, str):
            device_cls = device_class(device_cls)
    else:
        device = entry
    return device_cls, device_class(device) if isinstance(device, str) else device


def _checked(properties: Mapping[str, Any] | None) -> dict[str, Any]:
    """Properties as PyTango's contexts pass them to a server: none without a value, no empty text."""
    found = dict(properties or {})
    for name, value in found.items():
        if isinstance(value, str) or not isinstance(value, Iterable):
            found[name] = value if value != "" else " "
            continue
        items = [item if item != "" else " " for item in value]
        if not items:
            raise RuntimeError(
                f"Invalid FileDatabase file was created: property {name!r} has no value at all"
            )
        found[name] = items
    return found
