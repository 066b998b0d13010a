"""write_attributes: checks first, then the author's methods, and the failures by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from puretango.errors import DevFailed, NamedDevFailed, NamedDevFailedList
from puretango.idl import AttributeDataType
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.base._failure import AUTHORS_ERRORS, errors_of, throw, to_dev_failed
from puretango.server.base._visit import inside
from puretango.values import AttrDataFormat, AttReqType

if TYPE_CHECKING:
    from puretango.server.access._ports import AttributesOwner

ORIGIN = "Device_3Impl::write_attributes_34"
_EXPECTED = {
    AttributeDataType.ATT_BOOL: "DevVarBooleanArray",
    AttributeDataType.ATT_SHORT: "DevVarShortArray",
    AttributeDataType.ATT_LONG: "DevVarLongArray",
    AttributeDataType.ATT_LONG64: "DevVarLong64Array",
    AttributeDataType.ATT_FLOAT: "DevVarFloatArray",
    AttributeDataType.ATT_DOUBLE: "DevVarDoubleArray",
    AttributeDataType.ATT_UCHAR: "DevVarUCharArray",
    AttributeDataType.ATT_USHORT: "DevVarUShortArray",
    AttributeDataType.ATT_ULONG: "DevVarULongArray",
    AttributeDataType.ATT_ULONG64: "DevVarULong64Array",
    AttributeDataType.ATT_STRING: "DevVarStringArray",
    AttributeDataType.ATT_STATE: "DevVarStateArray",
    AttributeDataType.ATT_ENCODED: "DevVarEncodedArray",
}


class Setting:
    """One value of a request, whatever release of the interface it came by."""

    __slots__ = ("dim_x", "dim_y", "name", "union")

    def __init__(self, name: str, union: tuple[Any, Any], dim_x: int, dim_y: int) -> None:
        self.name = name
        self.union = union
        self.dim_x = dim_x
        self.dim_y = dim_y


async def write_attributes(
    device: AttributesOwner, settings: Sequence[Setting], strict: bool = False
) -> None:
    """Write the values of a request; raises the failures of those that failed.

    With ``strict`` nothing is written if any value is refused, as the first release has it.
    """
    await inside(device, write_inside, device, settings, strict)


async def write_inside(
    device: AttributesOwner, settings: Sequence[Setting], strict: bool = False
) -> None:
    """Write values for a request that is in the device's monitor already."""
    failures: dict[int, BaseException] = {}
    chosen: list[tuple[int, WAttribute]] = []
    if device._tango.attributes.has_forwarded:
        wanted = {setting.name.lower() for setting in settings}
        for each in device._tango.attributes.forwarded():
            if each.lower_name in wanted and not each.root.known:
                await device._tango.blocking(each.refresh)
    for index, setting in enumerate(settings):
        try:
            chosen.append((index, _writable(device, setting)))
        except DevFailed as error:
            failures[index] = error
    if failures and strict:
        raise_failures(settings, failures)
    if chosen and device._tango.has_hook:
        try:
            await device._tango.call(device.always_executed_hook)
        except AUTHORS_ERRORS as error:
            raise to_dev_failed(error) from error
    for index, attribute in list(chosen):
        setting = settings[index]
        try:
            flat = flat_value(attribute, setting)
            attribute.request(flat, setting.dim_x, setting.dim_y)
        except Exception as error:
            failures[index] = error
            chosen.remove((index, attribute))
    if failures and strict:
        for _, attribute in chosen:
            attribute.refuse()
        raise_failures(settings, failures)
    await _carry_out(device, chosen, failures)
    _accept(device, chosen, failures)
    if failures:
        raise_failures(settings, failures)


async def write_again(
    device: AttributesOwner, attributes: Sequence[WAttribute]
) -> dict[int, BaseException]:
    """Write the set values that attributes hold, as a client's request would; the failures by index."""
    failures: dict[int, BaseException] = {}
    chosen = list(enumerate(attributes))
    if device._tango.has_hook:
        try:
            await device._tango.call(device.always_executed_hook)
        except AUTHORS_ERRORS as error:
            return dict.fromkeys(range(len(attributes)), error)
    for index, attribute in list(chosen):
        try:
            attribute.request(*attribute.set_part())
        except Exception as error:
            failures[index] = error
            chosen.remove((index, attribute))
    await _carry_out(device, chosen, failures)
    for _, attribute in chosen:
        attribute.accept()
    return failures


async def _carry_out(
    device: AttributesOwner,
    chosen: list[tuple[int, WAttribute]],
    failures: dict[int, BaseException],
) -> None:
    tried = bool(chosen)
    await _run_writes(device, chosen, failures)
    if tried and device._tango.has_hardware_write:  # as Tango does, even if none was written
        await _write_hardware(device, chosen, failures)


def _accept(
    device: AttributesOwner,
    chosen: list[tuple[int, WAttribute]],
    failures: dict[int, BaseException],
) -> None:
    """The written values are the set values from now on, and are stored for memorized attributes."""
    memorized = []
    for index, attribute in chosen:
        attribute.accept()
        attribute.memorized_error = None
        if attribute.spec.memorized:
            memorized.append((index, attribute))
    if memorized:
        try:
            device._tango.server.store.memorize(
                device._tango.name, {a.name: a.memorized_as_text() for _, a in memorized}
            )
        except Exception as error:
            failures.update((index, error) for index, _ in memorized)


def raise_failures(settings: Sequence[Setting], failures: dict[int, BaseException]) -> NoReturn:
    """Raise the failures of a request, by name."""
    raise NamedDevFailedList(
        err_list=[
            NamedDevFailed(settings[index].name, index, errors_of(failures[index]))
            for index in failures  # in the order in which they were found, as Tango reports them
        ]
    )


def _writable(device: AttributesOwner, setting: Setting) -> WAttribute:
    attribute = device._tango.attributes.get(setting.name, "MultiAttribute::get_attr_ind_by_name")
    if attribute.forwarded:
        attribute.take_root()  # type: ignore[attr-defined]  # a forwarded attribute, as asked before
    if not isinstance(attribute, WAttribute) or not attribute.is_written:
        raise throw("API_AttrNotWritable", f"Attribute {attribute.name} is not writable", ORIGIN)
    if attribute.data_format != AttrDataFormat.SCALAR:
        check_size(attribute, setting)
    if attribute.startup_error is not None:
        raise attribute.startup_error
    return attribute


def check_size(attribute: WAttribute, setting: Setting) -> None:
    """Raise unless an array is within the attribute's dimensions."""
    side = ""
    if setting.dim_x > attribute.spec.max_x:
        side = "X"
    elif setting.dim_y > attribute.spec.max_y:
        side = "Y"
    if side:
        raise throw(
            "API_WAttrOutsideLimit",
            f"{side} dimesion is greater than the max defined for attribute {attribute.name}",
            ORIGIN,
        )


def flat_value(attribute: WAttribute, setting: Setting) -> Any:
    """The values of a request, one behind the other; raises if they are not the attribute's."""
    kind, data = setting.union
    wire = attribute.wire
    if kind != wire.discriminator:
        raise throw(
            "API_IncompatibleAttrDataType",
            f"Incompatible attribute type: expected Tango::{_EXPECTED[wire.discriminator]} "
            f"(even for single value), found Tango::{_EXPECTED.get(kind, 'Unknown')}",
            "WAttribute::check_written_value()",
        )
    count = len(data)
    if attribute.data_format == AttrDataFormat.SCALAR:
        expected = 1
        setting.dim_x, setting.dim_y = 1, 0
    elif attribute.data_format == AttrDataFormat.SPECTRUM:
        expected = setting.dim_x
        setting.dim_y = 0
    else:
        expected = setting.dim_x * setting.dim_y
    if count != expected:
        raise throw(
            "API_AttrIncorrectDataNumber",
            "Incorrect data number",
            "WAttribute::check_written_value()",
        )
    if attribute.data_format == AttrDataFormat.SCALAR:
        return [data[0]]
    if wire.dtype is not None:
        return np.array(data, dtype=wire.dtype)
    return list(data)


async def _run_writes(
    device: AttributesOwner,
    chosen: list[tuple[int, WAttribute]],
    failures: dict[int, BaseException],
) -> None:
    for index, attribute in list(chosen):
        try:
            if not await device._tango.access.ask_allowed(attribute, AttReqType.WRITE_REQ):
                raise throw(
                    "API_AttrNotAllowed",
                    f"It is currently not allowed to write attribute {attribute.name}. "
                    f"The device state is {device._tango.state.value}",
                    ORIGIN,
                )
            if attribute.forwarded:
                await device._tango.blocking(attribute.write_root)  # type: ignore[attr-defined]  # a forwarded attribute, as asked before
            else:
                await device._tango.access.call_write(attribute)
        except AUTHORS_ERRORS as error:
            attribute.refuse()
            failures[index] = to_dev_failed(error)
            chosen.remove((index, attribute))


async def _write_hardware(
    device: AttributesOwner,
    chosen: list[tuple[int, WAttribute]],
    failures: dict[int, BaseException],
) -> None:
    indexes = [device._tango.attributes.index_of(attribute.name) for _, attribute in chosen]
    try:
        await device._tango.call(device.write_attr_hardware, indexes)
    except NamedDevFailedList as error:
        faulty = {item.name.lower(): item for item in error.err_list}
        for index, attribute in list(chosen):
            item = faulty.get(attribute.lower_name)
            if item is not None:
                failures[index] = DevFailed(*item.err_stack)
                attribute.refuse()
                chosen.remove((index, attribute))
    except AUTHORS_ERRORS as error:
        for index, attribute in chosen:
            failures[index] = to_dev_failed(error)
            attribute.refuse()
        chosen.clear()


def settings_of(values: Sequence[Any]) -> list[Setting]:
    """The values of a request of release 4 and later."""
    return [
        Setting(value.name, value.value, value.w_dim.dim_x, value.w_dim.dim_y) for value in values
    ]


def settings_of_any(values: Sequence[Any]) -> list[Setting]:
    """The values of a request of the first releases: Anys."""
    from puretango.server.attribute._anyvalue import union_of_any

    return [
        Setting(value.name, union_of_any(value.value), value.dim_x, value.dim_y) for value in values
    ]
