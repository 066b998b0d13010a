"""How much may wait between a server that pushes and a client that is busy: Tango's own two settings."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from puretango.client import ClientContext, environment_number, get_device_proxy
from puretango.testing import DeviceTestContext
from puretango.values import EventType
from tests.unit.hub.devices import Pushing

BURST = 30_000


@pytest.mark.parametrize(
    ("text", "number"),
    [("5000", 5000), (" 7 ", 7), ("0", 1000), ("-3", 1000), ("many", 1000), ("", 1000)],
)
def test_settings_that_are_numbers(monkeypatch: pytest.MonkeyPatch, text: str, number: int) -> None:
    monkeypatch.setenv("TANGO_EVENT_BUFFER_HWM", text)
    assert environment_number("TANGO_EVENT_BUFFER_HWM", 1000) == number


@pytest.mark.slow
def test_a_burst_waits_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty thousand events while the client's callback is busy: with room for them none is lost."""
    for name in ("TANGO_EVENT_BUFFER_HWM", "TANGO_DS_EVENT_BUFFER_HWM"):
        monkeypatch.setenv(name, "100000")
    context = ClientContext()
    values: list[float] = []
    errors: list[str] = []
    free, all_here = threading.Event(), threading.Event()

    def take(event: Any) -> None:
        if event.err:
            errors.append(event.errors[0].desc)
            return
        values.append(event.attr_value.value)
        if len(values) == 2:  # the first of the burst
            free.wait(30)
        if len(values) > BURST:
            all_here.set()

    served = DeviceTestContext(Pushing, device_name="lab/push/1")
    with served:
        try:
            proxy = get_device_proxy(served.get_device_access(), context=context)
            number = proxy.subscribe_event("number", EventType.ARCHIVE_EVENT, take)
            proxy.set_timeout_millis(30_000)
            proxy.PushArchive(BURST)
            free.set()
            assert all_here.wait(30), (len(values), errors)
            proxy.unsubscribe_event(number)
        finally:
            free.set()
            context.close()
    assert errors == []
    assert values[1:] == [float(step) for step in range(BURST)]
