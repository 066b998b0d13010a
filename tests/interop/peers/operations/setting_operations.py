"""What becomes of an attribute with wrong settings in the database, asked by PyTango's client.

Run within the client's process: functions of (tango, host, device).
"""

from __future__ import annotations

from typing import Any

FIELDS = (
    "label", "unit", "format", "min_value", "max_value", "min_alarm", "max_alarm", "min_warning", "max_warning",
    "delta_t", "delta_val", "rel_change", "abs_change", "event_period", "archive_rel_change", "archive_abs_change",
    "archive_period",
)  # fmt: skip
VALUES = (
    "abc",
    "",
    "NaN",
    "1e400",
    "0x10",
    "1 2",
    " 7 ",
    "7abc",
    "1_0",
    "-5",
    "1e2",
    "1.5",
    "+7",
    "60",
    "1,2",
)


def shown(proxy: Any, attribute: str) -> dict[str, str]:
    """An attribute's configuration as texts."""
    info = proxy.get_attribute_config(attribute)
    alarms, events = info.alarms, info.events
    found = {
        name: getattr(info, name)
        for name in ("label", "description", "unit", "standard_unit", "display_unit", "format")
    }
    found |= {name: getattr(info, name) for name in ("min_value", "max_value")}
    found |= {
        name: getattr(alarms, name)
        for name in ("min_alarm", "max_alarm", "min_warning", "max_warning", "delta_t", "delta_val")
    }
    found |= {
        "rel_change": events.ch_event.rel_change,
        "abs_change": events.ch_event.abs_change,
        "event_period": events.per_event.period,
        "archive_rel_change": events.arch_event.archive_rel_change,
        "archive_abs_change": events.arch_event.archive_abs_change,
        "archive_period": events.arch_event.archive_period,
    }
    return {name: str(text) for name, text in found.items()}


def _place(info: Any, field: str) -> tuple[Any, str]:
    if "alarm" in field or "warning" in field or "delta" in field:
        return info.alarms, field
    if field.startswith("archive"):
        return info.events.arch_event, field
    if field.endswith("change"):
        return info.events.ch_event, field
    return (info.events.per_event, "period") if field == "event_period" else (info, field)


def change(proxy: Any, attribute: str, field: str, text: str) -> None:
    """Set one property as a client does."""
    info = proxy.get_attribute_config(attribute)
    setattr(*_place(info, field), text)
    proxy.set_attribute_config(info)


def _reason(tango: Any, call: Any, *arguments: Any) -> Any:
    try:
        call(*arguments)
    except tango.DevFailed as failed:
        return [failed.args[0].reason, failed.args[0].desc.split("\nSetting a valid")[0]]
    return "works"


def kept_wrongly(tango: Any, host: str, device: str, attribute: str) -> dict[str, Any]:
    """Each field with each value in the database, as the device shows it after its restart."""
    database = tango.Database(*host.split(":"))
    proxy = tango.DeviceProxy(f"tango://{host}/{device}")
    admin = tango.DeviceProxy(f"tango://{host}/dserver/{proxy.info().server_id}")
    found: dict[str, Any] = {}
    for field in FIELDS:
        for text in VALUES:
            database.put_device_attribute_property(
                device, {attribute: {"description": ["precious"], field: [text]}}
            )
            admin.DevRestart(device)
            found[f"{field}={text}"] = [
                shown(proxy, attribute), _reason(tango, proxy.read_attribute, attribute), str(proxy.state()),
            ]  # fmt: skip
            database.delete_device_attribute_property(device, {attribute: [field, "description"]})
    admin.DevRestart(device)
    return found


def set_wrongly(tango: Any, host: str, device: str, attribute: str) -> dict[str, Any]:
    """Each field set to each value by a client, and what is shown then."""
    proxy = tango.DeviceProxy(f"tango://{host}/{device}")
    before = proxy.get_attribute_config(attribute)
    found: dict[str, Any] = {}
    for field in FIELDS:
        for text in (*VALUES, "Not specified", "not specified", "nan", "3,", "NaN,4"):
            outcome = _reason(tango, change, proxy, attribute, field, text)
            found[f"{field}={text}"] = [outcome, shown(proxy, attribute)]
            proxy.set_attribute_config(before)
    return found
