"""A class model from a class object: puretango's, or a PyTango class run on puretango."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from puretango.model._classmodel import (
    ArgumentModel,
    AttributeModel,
    ClassModel,
    CommandModel,
    Inheritance,
    PipeModel,
    PropertyModel,
    StateModel,
)
from puretango.model._place import Place
from puretango.model.source._description import (
    documented_identification,
    documented_states,
    documented_transitions,
)
from puretango.model.source._facts import CONFIGURATION_NAMES
from puretango.model.source._statename import STATE_NAMES
from puretango.server import (
    AttrData,
    BaseDevice,
    DeviceClass,
    DeviceImpl,
    PipeData,
    PipeWriteType,
)

__all__ = ["device_classes", "model_of_class"]

_UNTYPED = re.compile(r"^\w+ \(None\): ")
"""The beginning of an argument's description if the docstring gives no type."""
_FILLED = ("No input parameter (DevVoid)", "No output parameter (DevVoid)")


def model_of_class(cls: type, device_class: type[DeviceClass] | None = None) -> ClassModel:
    """The interface that a device class declares.

    ``device_class`` is the DeviceClass of a low-level pair; a high-level class has its own.
    Raises TypeError for anything but a device class.
    """
    declared = device_class or getattr(cls, "TangoClassClass", None)
    if declared is None or not isinstance(cls, type):
        raise TypeError(f"{cls!r} is not a device class")
    name = getattr(cls, "TangoClassName", None) or cls.__name__
    place = _place(cls)
    doc = _own_doc(cls)
    return ClassModel(
        name=name,
        description=doc,
        title=doc.splitlines()[0] if doc else "",
        language="PythonHL" if device_class is None else "Python",
        bases=tuple(Inheritance(base.__name__) for base in cls.__bases__),
        attributes=tuple(
            _attribute(cls, one, info, place) for one, info in declared.attr_list.items()
        ),
        commands=tuple(_command(cls, one, info, place) for one, info in declared.cmd_list.items()),
        device_properties=tuple(
            _property(one, info, place) for one, info in declared.device_property_list.items()
        ),
        class_properties=tuple(
            _property(one, info, place) for one, info in declared.class_property_list.items()
        ),
        pipes=tuple(_pipe(one, info, place) for one, info in declared.pipe_list.items()),
        states=tuple(
            StateModel(name=state, description=text)
            for state, text in sorted(
                documented_states(doc).items(), key=lambda pair: STATE_NAMES.index(pair[0])
            )
        ),
        transitions=documented_transitions(doc),
        identification=documented_identification(doc),
        library="puretango",
        origin="import",
        place=place,
    )


def _own_doc(cls: type) -> str:
    """The docstring, unless it is inherited from a class of the library."""
    doc = inspect.cleandoc(cls.__doc__ or "")
    inherited = (base.__doc__ for base in cls.__mro__[1:] if base.__doc__)
    return "" if doc and doc in map(inspect.cleandoc, inherited) else doc


def _place(thing: Any) -> Place:
    try:
        path = inspect.getsourcefile(thing) or ""
        lines, start = inspect.getsourcelines(thing)
    except (OSError, TypeError):
        return Place(getattr(thing, "__module__", "") or "")
    return Place(path, start, 1, start + len(lines) - 1, 1)


def _member_place(method: Any, place: Place) -> Place:
    function = inspect.unwrap(method) if callable(method) else None
    code = getattr(function, "__code__", None)
    if code is None:
        return place
    return Place(code.co_filename, code.co_firstlineno, 1, code.co_firstlineno, 1)


def _attribute(cls: type, name: str, info: Any, place: Place) -> AttributeModel:
    data = info if isinstance(info, AttrData) else AttrData(name, cls.__name__, info)
    defaults = getattr(data, "att_prop", None)
    said: dict[str, Any] = {
        field: str(getattr(defaults, field, "") or "")
        for field in CONFIGURATION_NAMES
        if defaults is not None
    }
    labels = tuple(getattr(defaults, "labels", ()) or ())
    read = data.fget or getattr(cls, data.read_method_name or "", None)
    return AttributeModel(
        name=data.attr_name or name,
        data_type=data.attr_type.name,
        data_format=data.attr_format.name,
        access=data.attr_write.name.removeprefix("WT_"),
        max_dim_x=int(data.dim_x),
        max_dim_y=int(data.dim_y),
        display_level=data.display_level.name,
        polling_period=max(0, int(data.polling_period or 0)),
        memorized=bool(data.memorized),
        hw_memorized=bool(data.memorized and data.hw_memorized),
        enum_labels=labels,
        writable_attr_name=str(data.associated or ""),
        forwarded=bool(data.forward),
        change_event=(data.change_event_implemented, data.change_event_detect),
        archive_event=(data.archive_event_implemented, data.archive_event_detect),
        data_ready_event=bool(data.data_ready_event_implemented),
        read_method=data.read_method_name or "",
        write_method=data.write_method_name or "",
        is_allowed_method=data.is_allowed_name or "",
        given=frozenset(field for field, value in said.items() if value),
        place=_member_place(read, place),
        **said,
    )


def _said(text: Any) -> str:
    found = _UNTYPED.sub("", str(text or "").strip())
    return "" if found in _FILLED or "(not documented)" in found else found


def _command(cls: type, name: str, info: Any, place: Place) -> CommandModel:
    extra = info[2] if len(info) > 2 else {}
    method = getattr(cls, name, None)
    doc = inspect.cleandoc(getattr(method, "__doc__", None) or "")
    level = extra.get("Display level")
    return CommandModel(
        name=name,
        argin=_argument(info[0]),
        argout=_argument(info[1] if len(info) > 1 else None),
        description="" if doc.startswith(f"'{name}' TANGO command") else doc,
        display_level=getattr(level, "name", "OPERATOR"),
        polling_period=int(extra.get("Polling period") or 0),
        method=name,
        is_allowed_method=f"is_{name}_allowed",
        place=_member_place(method, place),
    )


def _argument(pair: Any) -> ArgumentModel:
    if not pair:
        return ArgumentModel()
    description = _said(pair[1]) if len(pair) > 1 else ""
    return ArgumentModel(getattr(pair[0], "name", str(pair[0])), description)


def _lines(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return (str(value),)
    return tuple(str(item) for item in value)


def _property(name: str, info: Any, place: Place) -> PropertyModel:
    default = info[2] if len(info) > 2 else None
    empty = default is None or (isinstance(default, (list, str)) and not default)
    return PropertyModel(
        name=name,
        data_type=getattr(info[0], "name", "DevString"),
        description=str(info[1] or "") if len(info) > 1 else "",
        default=None if empty else _lines(default),
        mandatory=bool(info[3]) if len(info) > 3 else False,
        place=place,
    )


def _pipe(name: str, info: Any, place: Place) -> PipeModel:
    data = info if isinstance(info, PipeData) else PipeData(name, None, info)
    texts = data.pipe_prop.texts if data.pipe_prop is not None else {}
    return PipeModel(
        name=data.pipe_name or name,
        description=str(texts.get("description", "")),
        label=str(texts.get("label", "")),
        access="READ_WRITE" if data.pipe_write == PipeWriteType.PIPE_READ_WRITE else "READ",
        display_level=data.display_level.name,
        place=place,
    )


def device_classes(module: ModuleType) -> Iterator[tuple[type, type[DeviceClass] | None]]:
    """The device classes that a module itself defines, each with its DeviceClass if it has one."""
    own = {
        name: one
        for name, one in vars(module).items()
        if isinstance(one, type) and one.__module__ == module.__name__
    }
    low = {
        name.removesuffix("Class"): one
        for name, one in own.items()
        if issubclass(one, DeviceClass) and name.endswith("Class")
    }
    for name, one in own.items():
        if issubclass(one, BaseDevice):
            yield one, None
        elif issubclass(one, DeviceImpl):
            yield one, low.get(name)
