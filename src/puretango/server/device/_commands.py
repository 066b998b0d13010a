"""The commands of one device, those of its class and its own."""

from __future__ import annotations

import functools
from typing import Any

from puretango.errors import Except
from puretango.server.base._calling import beside_loop
from puretango.server.base._failure import throw
from puretango.server.command._declared import command_from_info
from puretango.server.device._core import DeviceCore
from puretango.values import CmdArgType


class DeviceCommands(DeviceCore):
    """The part of a device that has commands."""

    def add_command(self, cmd: Any, device_level: bool = True) -> Any:
        """Add a command made by ``tango.server.command`` to this device, or to its class."""
        name, info = cmd.__tango_command__
        bound = cmd
        rule = info[2].get("Is allowed", f"is_{name}_allowed")
        allowed: Any = None
        if callable(rule) or callable(getattr(self, rule, None)):
            allowed = rule
        plain = {key: value for key, value in info[2].items() if key != "Is allowed"}
        holder = type("_Holder", (), {name: bound})
        command = command_from_info(
            self._tango.device_class.get_name(), holder, name, [info[0], info[1], plain]
        )
        green = getattr(cmd, "__tango_green__", True)
        command.method = beside_loop(type(self), _latest(name, bound), green)
        if callable(allowed):
            allowed = _caller(self, allowed)
        command.allowed = beside_loop(
            type(self), allowed, info[2].get("Is allowed green_mode", True)
        )
        known = self._tango.commands.find(name)
        if known is not None and (known.in_type, known.out_type) != (
            command.in_type,
            command.out_type,
        ):
            Except.throw_exception(
                "API_CommandNotFound",
                f"Device {self._tango.name}: Command {name} already exists with other types",
                "DeviceImpl::add_command",
            )
        setattr(self, name, cmd)
        if device_level:
            self._tango.commands.local[command.lower_name] = command
        else:
            self._tango.device_class.add_command(command)
        self._tango.polling.appeared("command", command.lower_name, command.polling_period)
        if known is None:
            self._tango.interface_changed()
        else:  # as in cppTango, a command that was there already is no interface change
            self._tango.changed()
        return cmd

    def remove_command(self, cmd_name: str, free_it: bool = False, clean_db: bool = True) -> None:
        """Remove a command that was added."""
        lower = cmd_name.lower()
        if (
            lower not in self._tango.commands.local
            and lower not in self._tango.device_class.commands
        ):
            raise throw(
                "API_CommandNotFound",
                f"{cmd_name} command not found",
                "DeviceClass::get_cmd_by_name",
            ).add(
                "API_CommandNotFound",
                f"Command {cmd_name} is not defined as a command for your device.\nCan't remove it",
                "DeviceImpl::remove_command",
            )
        if self._tango.polling.find("command", lower) is not None:
            self._tango.polling.stop("command", lower, clean_db)
        if self._tango.commands.local.pop(lower, None) is None:
            self._tango.device_class.remove_command(lower)
        self._tango.interface_changed()

    def check_command_exists(self, cmd_name: str) -> None:
        """Raise unless the command exists and can be polled."""
        command = self._tango.commands.find(cmd_name)
        if command is None:
            Except.throw_exception(
                "API_CommandNotFound",
                f"Command {cmd_name.lower()} not found",
                "DeviceImpl::check_command_exists",
            )
        if command.in_type != CmdArgType.DevVoid:
            Except.throw_exception(
                "API_IncompatibleCmdArgumentType",
                f"Command {cmd_name.lower()} cannot be polled because it needs input value",
                "DeviceImpl::check_command_exists",
            )


def _caller(device: Any, method: Any) -> Any:
    """A function that takes the device first, whatever kind of callable the author gave."""
    if (
        getattr(method, "__self__", None) is device
        or getattr(getattr(method, "__wrapped__", None), "__self__", None) is device
    ):
        return _alone(method)
    return method


def _latest(name: str, method: Any) -> Any:
    """A function that takes the device first, and calls what the device has under that name."""

    @functools.wraps(method)
    def call(device: Any, *args: Any) -> Any:
        return vars(device).get(name, method)(*args)

    return call


def _alone(method: Any) -> Any:
    """A function that takes the device first, and calls a command's method without it, as PyTango does."""

    @functools.wraps(method)
    def call(_device: Any, *args: Any) -> Any:
        return method(*args)

    return call
