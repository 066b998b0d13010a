"""What a client does with pipes, for clients of either implementation; the answers are plain values."""

from __future__ import annotations

import re
from typing import Any

from tests.interop.peers.plain import attempt, plain
from tests.waiting import until


def _config(info: Any) -> Any:
    return [info.name, info.label, info.description, str(info.disp_level), str(info.writable)]


def lists(tango: Any, device: str) -> Any:
    """Names and configurations."""
    proxy = tango.DeviceProxy(device)
    some = list(proxy.get_pipe_list())[:2]
    return [
        list(proxy.get_pipe_list()),
        [_config(info) for info in proxy.get_pipe_config()],
        [_config(info) for info in proxy.get_pipe_config(some)],
        _config(proxy.get_pipe_config(some[0].upper())),
        attempt(proxy.get_pipe_config, "absent"),
    ]


def reads(tango: Any, device: str) -> Any:
    """Every pipe, as arrays and as lists."""
    proxy = tango.DeviceProxy(device)
    return [
        attempt(proxy.read_pipe, name, form)
        for name in [*proxy.get_pipe_list(), "absent"]
        for form in (tango.ExtractAs.Numpy, tango.ExtractAs.List)
    ]


def writes(tango: Any, device: str) -> Any:
    """Blobs in every spelling, and read back."""
    proxy = tango.DeviceProxy(device)
    blobs = (
        ("dict", {"a": 1, "b": [1.5, 2.5], "c": ("in", {"q": "s"})}),
        ("pairs", [("a", 1), ("b", True)]),
        ("dicts", [{"name": "a", "value": [1], "dtype": ("int16",)},
                   {"name": "b", "value": ("f", b"ab"), "dtype": "DevEncoded"}]),
        ("large", {"a": list(range(5000)), "b": ["x" * 1000] * 3}),
        ("x" * 300, {"y" * 300: 1}),
    )  # fmt: skip
    found = [
        [attempt(proxy.write_pipe, "Kept", blob), attempt(proxy.read_pipe, "Kept")]
        for blob in blobs
    ]
    name, elements = proxy.read_pipe("Arrays")
    found.append(
        [attempt(proxy.write_pipe, "Kept", (name, elements)), attempt(proxy.read_pipe, "Kept")]
    )
    return found


def failures(tango: Any, device: str) -> Any:
    """What must not be written, and what is not a blob at all."""
    proxy = tango.DeviceProxy(device)
    found = [
        attempt(proxy.write_pipe, "Nested", ("a", {"b": 1})),
        attempt(proxy.write_pipe, "absent", ("a", {"b": 1})),
        attempt(proxy.write_pipe, "Kept", ("a", [("b", 1), ("B", 2)])),
        attempt(proxy.write_pipe, "Kept", 3)[:2],
        attempt(proxy.write_pipe, "Kept", ("a", 3))[:2],
        attempt(proxy.write_pipe, "Kept", ("a", {"b": object()}))[:2],
        attempt(proxy.write_pipe, "Kept", ("a", {"b": 2**70}))[:2],
    ]
    proxy.Forbid()
    found.append(attempt(proxy.read_pipe, "Gated"))
    return found


def members(tango: Any, device: str) -> Any:
    """Pipes as members of the proxy."""
    proxy = tango.DeviceProxy(device)
    proxy.Kept = ("member", {"a": 5})
    return [plain(proxy.kept), plain(proxy.Nested), "Kept" in dir(proxy), hasattr(proxy, "Absent")]


def black_box(tango: Any, device: str) -> Any:
    """What the device notes of requests."""
    proxy = tango.DeviceProxy(device)
    proxy.write_pipe("Kept", ("a", {"b": 1}))
    proxy.read_pipe("Kept")
    proxy.get_pipe_config("Kept")
    return [re.sub(r"PID \d+", "PID", line.partition(" : ")[2]) for line in proxy.black_box(3)]


def green(tango: Any, device: str) -> Any:
    """The same with futures."""
    proxy = tango.DeviceProxy(device)
    mode = tango.GreenMode.Futures
    proxy.write_pipe("Kept", ("green", {"b": 1}), green_mode=mode, wait=False).result()
    return [
        plain(proxy.read_pipe("Kept", green_mode=mode, wait=False).result()),
        _config(proxy.get_pipe_config("Kept", green_mode=mode)),
    ]


def events(tango: Any, device: str) -> Any:
    """A subscription: the first event, values and an error pushed."""
    proxy = tango.DeviceProxy(device)
    refused = attempt(
        proxy.subscribe_event, "absent", tango.EventType.PIPE_EVENT, lambda event: None
    )
    got: list[Any] = []

    def take(event: Any) -> None:
        pipe = event.pipe_value
        value = None if event.err else [pipe.root_blob_name, pipe.data_elt_nb, pipe.data]
        told = [
            event.event, event.pipe_name.rpartition("/")[2].partition("#")[0], event.err,
            [str(error.reason) for error in event.errors], plain(value),
        ]  # fmt: skip
        # A C++ server of release 9.5 sends what it pushes twice to a client in its own release.
        if not got or got[-1] != told:
            got.append(told)

    number = proxy.subscribe_event("Nested", tango.EventType.PIPE_EVENT, take)
    until(lambda: got)
    for count in range(1, 4):
        proxy.Push(count)
    proxy.PushError()
    until(lambda: len(got) >= 5)
    proxy.unsubscribe_event(number)
    return [refused[:2], got]


def configure(tango: Any, device: str, pipe: str) -> Any:
    """Label and description changed and put back in each of the ways, and what the database holds then."""
    proxy = tango.DeviceProxy(device)
    database = proxy.get_device_db()
    info = proxy.get_pipe_config(pipe)
    steps: list[Any] = []
    for label, description in (
        ("Mine", "Of the operator"),
        ("", ""),
        ("Mine", "Of the operator"),
        ("Not specified", "Not specified"),
        ("Mine", "Of the operator"),
        ("NaN", "NaN"),
    ):
        info.label, info.description = label, description
        proxy.set_pipe_config(info)
        found = proxy.get_pipe_config(pipe)
        stored = database.get_device_pipe_property(proxy.dev_name(), [pipe])
        kept = {name.lower(): list(texts) for name, texts in stored.get(pipe, {}).items()}
        steps.append([label, found.label, found.description, kept])
    return steps


OPERATIONS = {
    each.__name__: each
    for each in (lists, reads, writes, failures, members, black_box, green, events)
}
