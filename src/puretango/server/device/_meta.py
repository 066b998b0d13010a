"""DeviceMeta: a class body with attributes, commands and properties becomes a device class.

What a body declares is gathered with what its bases declare, checked, and kept as a
low-level :class:`DeviceClass` in ``TangoClassClass``.
"""

from __future__ import annotations

import inspect
from typing import Any

from puretango.server.declaration._attribute import attribute
from puretango.server.declaration._check import (
    check_attribute,
    check_command,
    check_names,
    check_property,
    check_resolved,
    need_method,
)
from puretango.server.declaration._pipe import pipe
from puretango.server.declaration._property import _BaseProperty, class_property, device_property
from puretango.server.device._deviceclass import DeviceClass
from puretango.values import AttrWriteType, PipeWriteType

API_VERSION = 2


def is_tango_object(arg: Any) -> Any:
    """The declaration that an object is or carries; False for an ordinary member."""
    if isinstance(arg, (attribute, pipe, _BaseProperty)):
        return arg
    return getattr(arg, "__tango_command__", False)


def _declarations(cls: type, body: dict[str, Any]) -> dict[str, Any]:
    """All declared members: those of the bases, farthest first, then the body's own."""
    gathered: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        for name, member in vars(base).items():
            if is_tango_object(member):
                gathered[name] = member
            else:
                gathered.pop(name, None)
    for name, member in body.items():
        if is_tango_object(member):
            gathered[name] = member
        else:
            gathered.pop(name, None)
    return gathered


class DeviceMeta(type):
    """The metaclass of :class:`Device`."""

    TangoClassName: str
    TangoClassClass: type[DeviceClass]
    _api: int

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        """Make the class and its DeviceClass."""
        bases = tuple(base for base in bases if base is not object)
        cls = super().__new__(mcs, name, bases, body)
        _complete(cls, _declarations(cls, body))
        cls.TangoClassName = name
        return cls


def _complete(cls: DeviceMeta, members: dict[str, Any]) -> None:
    attr_list: dict[str, Any] = {}
    commands: dict[str, Any] = {}
    pipes: dict[str, Any] = {}
    device_properties: dict[str, Any] = {}
    class_properties: dict[str, Any] = {}
    annotations = _annotations(cls)
    for name, member in members.items():
        if isinstance(member, attribute):
            _take_attribute(cls, name, member, annotations, attr_list)
        elif isinstance(member, pipe):
            _take_pipe(cls, name, member, pipes)
        elif isinstance(member, device_property):
            member.resolve_hint(annotations.get(name))
            member.name = name
            check_property(cls, "device property", member)
            device_properties[name] = [
                member.dtype,
                member.doc,
                member.default_value,
                member.mandatory,
            ]
        elif isinstance(member, class_property):
            member.resolve_hint(annotations.get(name))
            member.name = name
            check_property(cls, "class property", member)
            class_properties[name] = [member.dtype, member.doc, member.default_value]
        else:
            command_name, info = member.__tango_command__
            check_command(cls, command_name, info)
            commands[command_name] = info
    for kind, names in (
        ("attribute", attr_list),
        ("command", commands),
        ("device property", device_properties),
        ("class property", class_properties),
    ):
        check_names(cls, kind, names)
    cls.TangoClassClass = type(
        f"{cls.__name__}Class",
        (_HighLevelClass,),
        {
            "attr_list": attr_list,
            "cmd_list": commands,
            "pipe_list": pipes,
            "device_property_list": device_properties,
            "class_property_list": class_properties,
            "__module__": cls.__module__,
        },
    )
    cls._api = API_VERSION


def _annotations(cls: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if not base.__module__.startswith(
            "puretango.server."
        ):  # the library's own annotations declare nothing
            found.update(vars(base).get("__annotations__", {}))
    return found


def _take_attribute(
    cls: Any,
    member_name: str,
    declared: attribute,
    annotations: dict[str, Any],
    attr_list: dict[str, Any],
) -> None:
    if not declared.is_named:
        declared._set_name(member_name)
    attr_list[declared.attr_name] = declared
    if declared.forward:
        return
    if declared.attr_write == AttrWriteType.READ_WRITE and declared.fset is None:
        # A write_NAME beside a decorated read method belongs to it.
        own = vars(cls).get(declared.write_method_name or f"write_{member_name}")
        if inspect.isfunction(own):
            declared.fset = own
    check_attribute(cls, declared)
    try:
        declared.resolve_hint(annotations.get(member_name), cls)
    except Exception as error:
        error.add_note(f"in the type hint of attribute {declared.attr_name!r} of {cls.__name__}")
        raise
    check_resolved(cls, declared)


def _take_pipe(cls: Any, member_name: str, declared: pipe, pipe_list: dict[str, Any]) -> None:
    if declared.pipe_name is None:
        declared._set_name(member_name)
    where = f"pipe {declared.pipe_name!r} of device class {cls.__name__}"
    if declared.fget is None:
        need_method(cls, declared.read_method_name, where, "read")
    if declared.pipe_write == PipeWriteType.PIPE_READ_WRITE and declared.fset is None:
        need_method(cls, declared.write_method_name, where, "write")
    pipe_list[declared.pipe_name or member_name] = declared


class _HighLevelClass(DeviceClass):
    """The DeviceClass of a :class:`Device`: its methods take and return plain values."""

    passes_attribute = False

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.set_type(name)

    def dyn_attr(self, dev_list: list[Any]) -> None:
        """Let each device add its dynamic attributes."""
        for device in dev_list:
            hook = getattr(device, "initialize_dynamic_attributes", None)
            if callable(hook):
                device._tango.run_dynamic_hook(hook)
