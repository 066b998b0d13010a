"""``puretango watch``: events as they come."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from puretango.cli._client import NAME_HELP, Json, proxy, split_name
from puretango.cli._db import at_the_end
from puretango.cli._failure import USAGE, Failure, explained
from puretango.cli._output import ReaderGone, print_json, say
from puretango.cli._values import for_people

if TYPE_CHECKING:
    from puretango.client import DeviceProxy

__all__ = ["register"]

EVENTS = {
    "change": "CHANGE_EVENT",
    "alarm": "ALARM_EVENT",
    "periodic": "PERIODIC_EVENT",
    "archive": "ARCHIVE_EVENT",
    "user": "USER_EVENT",
    "attr_conf": "ATTR_CONF_EVENT",
    "data_ready": "DATA_READY_EVENT",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(watch)


def watch(
    names: Annotated[list[str], typer.Argument(metavar="DEVICE/ATTRIBUTE...", help=NAME_HELP)],
    event: Annotated[str, typer.Option(help=f"What to wait for: {', '.join(EVENTS)}.")] = "change",
    as_json: Json = False,
    count: Annotated[
        int | None, typer.Option(min=1, help="End after so many events [default: never].")
    ] = None,
) -> None:
    """Print events of attributes as they come, until Ctrl-C."""
    import threading

    from puretango.values import EventSubMode, EventType

    kind = EVENTS.get(event)
    if kind is None:
        raise Failure(f"{event!r} is not an event ({', '.join(EVENTS)})", USAGE)
    enough = threading.Event()
    lock = threading.Lock()
    seen = 0

    def show(name: str, data: Any) -> None:
        nonlocal seen
        with lock:
            if count is not None and seen >= count:
                return
            try:
                if as_json:
                    print_json(as_record(name, data), one_line=True)
                else:
                    say(as_line(name, data))
            except ReaderGone:
                enough.set()
                return
            if not data.err:
                seen += 1
            if count is not None and seen >= count:
                enough.set()

    subscriptions = []
    try:
        for name in names:
            device, attribute = split_name(name)
            target = proxy(device)
            _must_be_there(target, attribute)

            def callback(data: Any, name: str = name) -> None:
                show(name, data)

            number = target.subscribe_event(
                attribute, EventType[kind], callback, EventSubMode.Stateless
            )
            subscriptions.append((target, number))
        with at_the_end(enough.set):
            # In slices: on Windows Ctrl-C would not get through otherwise.
            while not enough.wait(None if sys.platform != "win32" else 1.0):
                pass
    finally:
        for target, number in subscriptions:
            target.unsubscribe_event(number)


def _must_be_there(target: DeviceProxy, attribute: str) -> None:
    """Raise if device or attribute do not exist; a server that does not answer may come back, and is waited for."""
    from puretango.errors import DevFailed

    try:
        target.get_attribute_config(attribute)
    except DevFailed as error:
        if error.args[0].reason == "API_AttrNotFound":
            raise


def as_record(name: str, data: Any) -> dict[str, Any]:
    """An event for programs."""
    if data.err:
        from puretango.errors import DevFailed

        return {
            "name": name,
            "event": data.event,
            "error": explained(DevFailed(*data.errors))[0],
            "reason": data.errors[0].reason,
        }
    found: dict[str, Any] = {"name": name, "event": data.event}
    value = getattr(data, "attr_value", None)
    if value is not None:
        found["value"] = value.value
        found["quality"] = value.quality.name.removeprefix("ATTR_")
        found["time"] = value.time.totime()
    elif getattr(data, "attr_conf", None) is not None:
        conf = data.attr_conf
        found["conf"] = {"label": conf.label, "unit": conf.unit, "format": conf.format}
    elif hasattr(data, "ctr"):
        found["counter"] = data.ctr
    return found


def as_line(name: str, data: Any) -> str:
    """An event for people."""
    record = as_record(name, data)
    when = datetime.fromtimestamp(record["time"]) if "time" in record else datetime.now()
    start = f"{when.isoformat(' ', 'milliseconds')}  {name}  "
    if "error" in record:
        return f"{start}error: {record['error']}"
    if "value" in record:
        quality = "" if record["quality"] == "VALID" else f"  {record['quality']}"
        return f"{start}{for_people(record['value'])}{quality}"
    rest = record.get("conf") or record.get("counter") or ""
    return f"{start}{record['event']} {rest}".rstrip()
