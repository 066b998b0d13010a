"""Mistakes in a device class, reported when its body has been read: the member, and the rule.

Whatever Tango would refuse when the server starts, or would let through to fail at each request,
is found here. A class that passes can still be configured wrongly in the database.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from puretango.errors import DevError, DevFailed, ErrSeverity
from puretango.server.declaration._convert import convert
from puretango.server.declaration.settings._settings import Sources, resolve_settings
from puretango.values import AttrDataFormat, AttrWriteType, CmdArgType, DispLevel

if TYPE_CHECKING:
    from puretango.server.declaration._attribute import attribute

_READS = (AttrWriteType.READ, AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE)
_WRITES = (AttrWriteType.WRITE, AttrWriteType.READ_WRITE)
_NOT_IN_NAMES = set(" \t\n/#*?")
_INPUT, _OPTIONS = 0, 2


class DeclarationError(DevFailed, TypeError):
    """A declaration in the body of a device class breaks a rule.

    It is a DevFailed too, since that is what Tango itself would raise when the server starts.
    """

    def __init__(self, text: str) -> None:
        super().__init__(DevError("PyDs_WrongDeclaration", ErrSeverity.ERR, text, "DeviceMeta"))

    def __str__(self) -> str:
        return self.errors[0].desc


def need_method(cls: Any, name: str | None, where: str, kind: str) -> None:
    """Raise if the class has no such method."""
    if not callable(getattr(cls, name or "", None)):
        raise AttributeError(
            f"type object '{cls.__name__}' has no attribute '{name}': {where} has no {kind} method"
        )


def check_names(cls: Any, kind: str, names: Iterable[str]) -> None:
    """Raise if two names are the same: Tango's names are case-insensitive."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise DeclarationError(
                f"{kind} {name!r} of device class {cls.__name__}: there is {other!r} already, "
                "and names do not differ by upper and lower case alone"
            )


# -- attributes ------------------------------------------------------------------------------------


def check_attribute(cls: Any, declared: attribute) -> None:
    """Check what can be checked before the type is known: name, kind of access, methods."""
    where = f"attribute {declared.attr_name!r} of device class {cls.__name__}"
    name = declared.attr_name
    if not name or _NOT_IN_NAMES & set(name):
        raise DeclarationError(f"{where}: a name is one word without / # * ?")
    kinds: list[tuple[str, Any, type]] = [
        ("access", declared.attr_write, AttrWriteType),
        ("display_level", declared.display_level, DispLevel),
    ]
    for option, value, kind in kinds:
        if not isinstance(value, kind):
            raise DeclarationError(f"{where}: {option} is a {kind.__name__}, not {value!r}")
    if declared.attr_write in _READS and declared.fget is None:
        need_method(cls, declared.read_method_name, where, "read")
    if declared.attr_write in _WRITES and declared.fset is None:
        need_method(cls, declared.write_method_name, where, "write")
    rule = declared._kwargs.get("fisallowed")
    if isinstance(rule, str) and not callable(getattr(cls, rule, None)):
        raise DeclarationError(f"{where}: fisallowed names {rule!r}, which is not a method")
    if declared.memorized and declared.attr_write == AttrWriteType.READ:
        raise DeclarationError(f"{where}: only a writable attribute can be memorized")
    _check_number(where, "polling_period", declared.polling_period)


def check_resolved(cls: Any, declared: attribute) -> None:
    """Check the type, the size and the configuration."""
    where = f"attribute {declared.attr_name!r} of device class {cls.__name__}"
    if declared.memorized and declared.attr_format != AttrDataFormat.SCALAR:
        raise DeclarationError(f"{where}: only a scalar attribute can be memorized")
    if declared.memorized and declared.attr_type == CmdArgType.DevState:
        raise DeclarationError(f"{where}: a DevState can not be memorized")
    if declared.attr_format != AttrDataFormat.SCALAR:
        _check_size(where, "max_dim_x", declared.dim_x)
    if declared.attr_format == AttrDataFormat.IMAGE:
        _check_size(where, "max_dim_y", declared.dim_y)
    try:
        spec = declared.to_attr()
        resolve_settings(Sources(spec, {}), {}, cls.__name__, strict=True)
    except DevFailed as failure:
        told = failure.errors[0].desc
        prefix = f"Device {cls.__name__}-> Attribute : {declared.attr_name}\n"
        raise DeclarationError(f"{where}: {told.removeprefix(prefix)}") from failure


def _check_size(where: str, name: str, size: Any) -> None:
    _check_number(where, name, size)
    if size < 1:
        raise DeclarationError(
            f"{where}: {name} is at least 1, not {size} (Maximum {name[-1]} dim. wrongly defined)"
        )


def _check_number(where: str, name: str, value: Any) -> None:
    try:
        value.__index__()
    except (AttributeError, TypeError):
        raise DeclarationError(f"{where}: {name} is a whole number, not {value!r}") from None


# -- commands --------------------------------------------------------------------------------------


def check_command(cls: Any, name: str, info: Any) -> None:
    """Check that the method's parameters fit the command, and its fisallowed and its polling period."""
    where = f"command {name!r} of device class {cls.__name__}"
    options = info[_OPTIONS]
    rule = options.get("Is allowed")
    if isinstance(rule, str) and not callable(getattr(cls, rule, None)):
        raise DeclarationError(f"{where}: fisallowed names {rule!r}, which is not a method")
    if "Polling period" in options:
        _check_number(where, "polling_period", options["Polling period"])
    method = inspect.getattr_static(cls, name, None)
    if method is None:
        raise DeclarationError(f"{where}: there is no method of that name")
    _check_parameters(where, method, info[_INPUT][0] != CmdArgType.DevVoid)


def _check_parameters(where: str, method: Any, takes_input: bool) -> None:
    if not inspect.isfunction(method):
        return
    kinds = inspect.Parameter
    parameters = list(inspect.signature(method, follow_wrapped=False).parameters.values())
    if any(one.kind == kinds.VAR_POSITIONAL for one in parameters):
        return
    del parameters[:1]  # self
    places = [
        p for p in parameters if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)
    ]
    needed = [
        one.name
        for one in parameters
        if one.default is kinds.empty and one.kind != kinds.VAR_KEYWORD
    ]
    if len(needed) > 1:
        names = ", ".join(needed)
        raise DeclarationError(f"{where}: a command takes one argument at most, not {names}")
    if takes_input and not places:
        raise DeclarationError(
            f"{where}: its method takes no argument, but dtype_in says one comes"
        )
    if needed and not takes_input:
        raise DeclarationError(
            f"{where}: the type of {needed[0]!r} is said by neither a hint nor dtype_in"
        )


# -- properties ------------------------------------------------------------------------------------


def check_property(cls: Any, kind: str, declared: Any) -> None:
    """Check that a default given as a text can be converted to the property's type."""
    default = declared.default_value
    if declared.dtype is None or not isinstance(default, str):
        return
    try:
        convert(default, declared.dtype, declared.name, None)
    except ValueError as error:
        raise DeclarationError(
            f"{kind} {declared.name!r} of device class {cls.__name__}: "
            f"default_value {default!r} is not of type {declared.dtype}"
        ) from error
