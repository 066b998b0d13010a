"""Attributes, commands and pipes of the device as members of its proxy."""

from __future__ import annotations

import contextlib
import enum
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._types import forget_attribute
from puretango.client.commands._asked import ALL_ATTRIBUTES, attribute_infos, command_infos
from puretango.client.commands._pipes import PIPE_RELEASE
from puretango.client.session._spans import without_spans
from puretango.errors import DevFailed
from puretango.tracing import PyTangoUserWarning
from puretango.values import CmdArgType, DevState, GreenMode

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["DynamicInterface"]


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (
        hasattr(value, "__array__") and getattr(value, "ndim", 0) > 0
    )


def enum_class_of(info: Any) -> type[enum.IntEnum] | None:
    """The Python enum of an attribute's values: of its labels, or DevState."""
    if info.data_type == CmdArgType.DevState:
        return DevState
    if info.data_type == CmdArgType.DevEnum and info.enum_labels:
        made: Any = enum.IntEnum(info.name, list(info.enum_labels), start=0)  # type: ignore[misc]  # the labels are known at run time only
        return made
    return None


def _as_enum(value: Any, enum_class: Callable[[Any], Any] | None) -> Any:
    if enum_class is None:
        return value
    if not _is_sequence(value):
        return enum_class(value)
    return tuple(
        tuple(enum_class(each) for each in item) if _is_sequence(item) else enum_class(item)
        for item in value
    )


def _from_label(value: Any, enum_class: Any, name: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return enum_class[value]
    except KeyError:
        valid = list(enum_class.__members__)
        raise AttributeError(
            f"Invalid enum value {value} for attribute {name}. Valid values: {valid}"
        ) from None


def _to_write(value: Any, enum_class: Any, name: str) -> Any:
    if enum_class is None:
        return value
    if not _is_sequence(value):
        return _from_label(value, enum_class, name)
    return [
        [_from_label(each, enum_class, name) for each in item]
        if _is_sequence(item)
        else _from_label(item, enum_class, name)
        for item in value
    ]


class DynamicInterface:
    """``proxy.attribute``, ``proxy.attribute = value``, ``proxy.Command(…)``, ``proxy.pipe``, ``proxy["name"]``."""

    _session: Session
    __dict__: dict[str, Any]

    # -------------------------------------------------------------------- settings

    def freeze_dynamic_interface(self) -> None:
        """Refuse to set members that the device does not have."""
        self.__dict__["_dynamic_interface_frozen"] = True

    def unfreeze_dynamic_interface(self) -> None:
        """Let any member be set on this proxy."""
        warnings.warn(
            f"Dynamic interface unfrozen on DeviceProxy instance {self} id=0x{id(self):x} - "
            "arbitrary Python attributes can be set without raising an exception.",
            category=PyTangoUserWarning,
            stacklevel=2,
        )
        self.__dict__["_dynamic_interface_frozen"] = False

    def is_dynamic_interface_frozen(self) -> bool:
        """True if members that the device does not have cannot be set."""
        return bool(self.__dict__["_dynamic_interface_frozen"])

    def set_attribute_config_cache(self, enabled: bool) -> None:
        """Set whether the configurations of attributes are remembered."""
        self.__dict__["_cache_attr_info"] = enabled

    def is_attribute_config_cache_enabled(self) -> bool:
        """True if the configurations of attributes are remembered."""
        return bool(self.__dict__["_cache_attr_info"])

    def invalidate_attribute_config_cache(self) -> None:
        """Forget the configurations of attributes."""
        self.__dict__["_attr_cache"] = {}

    # --------------------------------------------------------------------- members

    def _check_initialized(self) -> None:
        if not self.__dict__.get("_initialized", False):
            raise RuntimeError("DeviceProxy object was not fully initialized.")

    async def _learn_members(self, io: IO) -> None:
        """Learn the device's members without blocking the loop that has to answer.

        A member is looked up when it is first used, and that request blocks; from a device on
        the caller's own loop it would never get an answer.
        """
        self._take_commands(await command_infos(io, self._session))
        self._take_attributes(await attribute_infos(io, self._session, [ALL_ATTRIBUTES]))

    def _refresh_commands(self) -> None:
        self._take_commands(self.command_list_query())

    def _take_commands(self, infos: Iterable[Any]) -> None:
        cache = {}
        for info in infos:
            doc = (
                f"{info.cmd_name}({info.in_type}) -> {info.out_type}\n\n"
                f" -  in ({info.in_type}): {info.in_type_desc}\n"
                f" - out ({info.out_type}): {info.out_type_desc}\n"
            )
            cache[info.cmd_name.lower()] = (info, doc)
        self.__dict__["_cmd_cache"] = cache

    def _refresh_attributes(self) -> None:
        self._take_attributes(self.attribute_list_query_ex())

    def _take_attributes(self, infos: Iterable[Any]) -> None:
        self.__dict__["_attr_cache"] = {
            info.name.lower(): (info, enum_class_of(info)) for info in infos
        }

    def _refresh_pipes(self) -> None:
        if self._session.idl_version >= PIPE_RELEASE:
            names = self.get_pipe_list()
            self.__dict__["_pipe_cache"] = frozenset(name.lower() for name in names)

    def _refreshed(self, refresh: Callable[[], None], cause: Exception | None) -> Exception | None:
        try:
            with without_spans():
                refresh()
        except Exception as exc:  # noqa: BLE001  # the member may still be found elsewhere; told as the cause
            return cause or exc
        return cause

    def _command_function(self, name: str, doc: str) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            return self.command_inout(name, *args, **kwargs)

        function.__doc__ = doc
        return function

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "trait_names":
            raise AttributeError(name)
        self._check_initialized()
        lowered = name.lower()
        command = self.__dict__["_cmd_cache"].get(lowered)
        if command is not None:
            return self._command_function(name, command[1])
        attribute = self.__dict__["_attr_cache"].get(lowered)
        if attribute is not None:
            try:
                return self._attribute_value(name, attribute[1])
            except DevFailed as failed:
                if failed.args[0].reason != "API_AttrNotFound":
                    raise
        if lowered in self.__dict__["_pipe_cache"]:
            return self.read_pipe(name)
        cause = self._refreshed(self._refresh_commands, None)
        command = self.__dict__["_cmd_cache"].get(lowered)
        if command is not None:
            return self._command_function(name, command[1])
        cause = self._refreshed(self._refresh_attributes, cause)
        attribute = self.__dict__["_attr_cache"].get(lowered)
        if attribute is not None:
            return self._attribute_value(name, attribute[1])
        cause = self._refreshed(self._refresh_pipes, cause)
        if lowered in self.__dict__["_pipe_cache"]:
            return self.read_pipe(name)
        try:
            raise AttributeError(name) from cause
        finally:
            del cause  # avoid a reference cycle of the frame and the exception's traceback

    def _attribute_value(self, name: str, enum_class: Any) -> Any:
        if self.get_green_mode() == GreenMode.Asyncio:
            return self._attribute_value_later(name, enum_class)
        reading = self.read_attribute(name)
        if reading.value is None or reading.type not in _ENUMS:
            return reading.value
        if not self.__dict__["_cache_attr_info"]:
            enum_class = enum_class_of(self.get_attribute_config(name))
        return _as_enum(reading.value, enum_class)

    async def _attribute_value_later(self, name: str, enum_class: Any) -> Any:
        reading = await self.read_attribute(name)
        if reading.value is None or reading.type not in _ENUMS:
            return reading.value
        if not self.__dict__["_cache_attr_info"]:
            enum_class = enum_class_of(await self.get_attribute_config(name))
        return _as_enum(reading.value, enum_class)

    def __setattr__(self, name: str, value: Any) -> None:
        self._check_initialized()
        own = self.__dict__
        if name in own and name.startswith("_"):
            object.__setattr__(self, name, value)
            return
        lowered = name.lower()
        if lowered in own["_attr_cache"] and lowered not in own["_cmd_cache"]:
            self._write_member(name, value)
            return
        cause: Exception | None = None
        try:
            for refresh in (None, self._refresh_commands):
                if refresh is not None:
                    cause = self._refreshed(refresh, cause)
                if lowered in self.__dict__["_cmd_cache"]:
                    raise TypeError("Cannot set the value of a command") from cause
                if refresh is None and lowered in self.__dict__["_pipe_cache"]:
                    self.write_pipe(name, value)
                    return
            cause = self._refreshed(self._refresh_attributes, cause)
            if lowered in self.__dict__["_attr_cache"]:
                self._write_member(name, value)
                return
            cause = self._refreshed(self._refresh_pipes, cause)
            if lowered in self.__dict__["_pipe_cache"]:
                self.write_pipe(name, value)
                return
            if name in self.__dict__ or not self.is_dynamic_interface_frozen():
                object.__setattr__(self, name, value)
                return
            raise AttributeError(
                f"Tried to set non-existent attr {name!r} to {value!r}.\n"
                "The DeviceProxy object interface is frozen and cannot be modified - "
                "see tango.DeviceProxy.freeze_dynamic_interface for details."
            ) from cause
        finally:
            del cause

    def _config_of(self, name: str) -> tuple[Any, Any]:
        if self.__dict__["_cache_attr_info"]:
            known = self.__dict__["_attr_cache"].get(name.lower())
            if known is not None:
                return known  # type: ignore[no-any-return]  # stored under that name by this class
        info = self.get_attribute_config(name, green_mode=GreenMode.Synchronous)
        return info, enum_class_of(info)

    def _write_member(self, name: str, value: Any) -> None:
        info, enum_class = self._config_of(name)
        try:
            wanted = value if enum_class is None else _to_write(value, enum_class, name)
            if self.__dict__["_cache_attr_info"]:
                # By its name, for which there is a plan; its type is asked for if it has changed.
                known = self._session.known
                if info.name not in known.writes:
                    known.infos.setdefault(info.name.lower(), info)
                self.write_attribute(info.name, wanted)
            else:
                self.write_attribute(info, wanted)
            return
        except (AttributeError, TypeError):
            # the device may have changed the attribute since its configuration was read
            if not self.__dict__["_cache_attr_info"]:
                raise
            self._refresh_attributes()
            fresh = self.__dict__["_attr_cache"].get(name.lower())
            if fresh is None or fresh[0] == info:
                raise
        forget_attribute(self._session, info.name)
        self.write_attribute(fresh[0], _to_write(value, fresh[1], name))

    def __getitem__(self, key: str) -> Any:
        self._check_initialized()
        return self.read_attribute(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self._check_initialized()
        self.write_attribute(key, value)

    def __contains__(self, key: str) -> bool:
        self._check_initialized()
        names = self.get_attribute_list()
        return key.lower() in (name.lower() for name in names)

    def __dir__(self) -> list[str]:
        self._check_initialized()
        names: set[str] = set()
        for listing in (self.get_command_list, self.get_attribute_list, self.get_pipe_list):
            with contextlib.suppress(DevFailed):
                names.update(listing())
        names.update([name.lower() for name in names])
        return sorted(names.union(object.__dir__(self)))


_ENUMS = (CmdArgType.DevState, CmdArgType.DevEnum)
