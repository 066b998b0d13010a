"""Writers: how one attribute of a blocking device is written, prepared once for many requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.server.access._writing import (
    ORIGIN,
    Setting,
    check_size,
    flat_value,
    raise_failures,
    write_inside,
)
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.base._calling import HOOKS, drive
from puretango.server.base._failure import AUTHORS_ERRORS, throw, to_dev_failed
from puretango.server.declaration._attr import Attr
from puretango.values import AttrDataFormat, AttReqType, CmdArgType

if TYPE_CHECKING:
    from puretango.server.access._ports import AttributesOwner

Writer = Callable[[Setting], None]


def make_writer(device: AttributesOwner, attribute: WAttribute) -> Writer:
    """A function that writes the attribute, inside the device's monitor.

    It is valid as long as the device has the same stamp; it raises what the request fails with.
    """

    def write_long(setting: Setting) -> None:
        drive(write_inside(device, [setting]))

    if not _is_usual(device, attribute):
        return write_long
    method = _bound(device, attribute.spec.write_method)
    rule = attribute.spec.allowed_method
    allowed = _bound(device, rule)
    if method is None:
        return write_long
    hooked, own = HOOKS[0] in device._tango.own_hooks, vars(device)
    is_scalar = attribute.data_format == AttrDataFormat.SCALAR
    # What travels is what the author's method takes, but for these.
    plain = is_scalar and attribute.data_type != CmdArgType.DevEncoded
    row = attribute.data_format == AttrDataFormat.SPECTRUM and attribute.wire.dtype is not None

    def write(setting: Setting) -> None:
        if HOOKS[2] in own:
            return write_long(setting)
        if not is_scalar:
            try:
                check_size(attribute, setting)
            except Exception as error:
                raise_failures([setting], {0: error})
        if hooked or HOOKS[0] in own:
            device.always_executed_hook()
        try:
            flat = flat_value(attribute, setting)
            attribute.request(flat, setting.dim_x, setting.dim_y)
        except Exception as error:
            raise_failures([setting], {0: error})
        try:
            if allowed is not None and not allowed(AttReqType.WRITE_REQ):
                raise _not_allowed(device, attribute)
            method(flat[0] if plain else flat if row else attribute.get_write_value())
        except AUTHORS_ERRORS as error:
            attribute.refuse()
            raise_failures([setting], {0: to_dev_failed(error)})
        attribute.accept()
        return None

    return write


def _is_usual(device: AttributesOwner, attribute: WAttribute) -> bool:
    spec = attribute.spec
    return (
        not attribute.forwarded
        and attribute.is_written
        and attribute.startup_error is None
        and not spec.memorized
        and not spec.passes_attribute
        and type(spec).write is Attr.write
        and type(spec).is_allowed is Attr.is_allowed
        and not device._tango.is_asyncio
        and not device._tango.has_hardware_write
    )


def _bound(device: AttributesOwner, method: Any) -> Callable[..., Any] | None:
    if isinstance(method, str):
        found: Callable[..., Any] | None = getattr(device, method, None)
        return found
    return None if method is None else method.__get__(device)


def _not_allowed(device: AttributesOwner, attribute: WAttribute) -> Exception:
    return throw(
        "API_AttrNotAllowed",
        f"It is currently not allowed to write attribute {attribute.name}. "
        f"The device state is {device._tango.state.value}",
        ORIGIN,
    )
