"""One flight of a busy flag, with a flag of the test's own: no control layer at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("ophyd")

from puretango.bluesky.flyers._flight import Flight
from puretango.bluesky.rules._course import FlightError, is_busy
from tests.waiting import never, until


class Flag:
    """A busy flag as a control layer shows it: reads, puts and perhaps monitors."""

    name = "flag"

    def __init__(self, on_put: Callable[[Flag, Any, Any], None]) -> None:
        self.value: Any = 0
        self.puts: list[Any] = []
        self.error: Exception | None = None
        self._on_put = on_put
        self._callbacks: list[Any] = []

    def get(self, **_: Any) -> Any:
        if self.error is not None:
            raise self.error
        return self.value

    def put(self, value: Any, wait: bool = True, callback: Any = None) -> None:
        self.puts.append(value)
        self._on_put(self, value, callback)

    def subscribe(self, callback: Any, **_: Any) -> int:
        self._callbacks.append(callback)
        return len(self._callbacks)

    def unsubscribe(self, token: int) -> None:
        self._callbacks[token - 1] = None

    def later(self, delay: float, value: Any) -> None:
        """Change, and tell the subscribers."""

        def change() -> None:
            self.value = value
            for callback in self._callbacks:
                if callback is not None:
                    callback(value=value)

        threading.Timer(delay, change).start()

    @property
    def watched(self) -> bool:
        """Whether anybody is subscribed still."""
        return any(self._callbacks)


class Owner:
    """The device that flies."""

    name = "owner"


def fly(flag: Flag, **options: Any) -> Flight:
    """A flight under way."""
    settings: dict[str, Any] = {
        "busy_value": 1,
        "done_value": 0,
        "start_timeout": 0.3,
        "timeout": 5.0,
        "poll_interval": 0.02,
        "failed": lambda: None,
    }
    flight = Flight(Owner(), flag, **(settings | options))
    flight.start()
    return flight


def test_done_counts_after_busy_only() -> None:
    """Late to become busy: the old Done is not the end, neither by polling nor by monitors."""

    def on_put(flag: Flag, value: Any, callback: Any) -> None:
        flag.later(0.02, 0)  # a stale monitor
        flag.later(0.10, 1)
        flag.later(0.20, 0)

    flag = Flag(on_put)
    begin = time.monotonic()
    flight = fly(flag)
    flight.started.wait(30)
    assert time.monotonic() - begin >= 0.1
    flight.over.wait(30)
    assert time.monotonic() - begin >= 0.2
    flight.join(30)
    assert not flag.watched


def test_a_put_that_was_carried_out_is_enough() -> None:
    """So short that Busy was never seen: the control layer says that the put was carried out."""
    flag = Flag(lambda flag, value, callback: callback())
    flight = fly(flag)
    flight.over.wait(30)
    assert flight.started.success
    flight.join(30)


def test_what_never_becomes_busy_fails() -> None:
    """After the start timeout, both statuses."""
    flight = fly(Flag(lambda flag, value, callback: None))
    error = flight.over.exception(30)
    assert isinstance(error, FlightError)
    assert "did not become busy within 0.3 s" in str(error)
    assert flight.started.exception(30) is error
    flight.join(30)


def test_busy_already_is_refused_without_a_put() -> None:
    """Somebody else's flight is left alone."""
    flag = Flag(lambda flag, value, callback: None)
    flag.value = "Busy"
    flight = fly(flag)
    assert "busy already" in str(flight.started.exception(30))
    assert flag.puts == []
    assert not flight.sent
    flight.join(30)


def test_errors_of_the_control_layer_end_the_flight() -> None:
    """A put that raises; a flag that cannot be read any more."""

    def refuse(flag: Flag, value: Any, callback: Any) -> None:
        raise PermissionError("no")

    flight = fly(Flag(refuse))
    assert isinstance(flight.over.exception(30), PermissionError)
    flight.join(30)

    def die(flag: Flag, value: Any, callback: Any) -> None:
        flag.value = 1
        threading.Timer(0.05, lambda: setattr(flag, "error", ConnectionError("gone"))).start()

    flight = fly(Flag(die))
    assert isinstance(flight.over.exception(30), ConnectionError)
    assert flight.started.success
    flight.join(30)


@pytest.mark.parametrize(("reason", "success"), [("stopped by hand", False), (None, True)])
def test_told_to_end(reason: str | None, success: bool) -> None:
    """Finished when the flag says so; with a reason as a failure."""

    def on_put(flag: Flag, value: Any, callback: Any) -> None:
        flag.value = 1

    flag = Flag(on_put)
    flight = fly(flag)
    flight.started.wait(30)
    flight.end(reason)
    assert not flight.done
    flag.later(0.05, 0)
    assert (flight.over.exception(30) is None) is success
    flight.join(30)


def test_told_to_end_before_it_began() -> None:
    """The controller is left alone."""
    flag = Flag(lambda flag, value, callback: None)
    settings = {
        "start_timeout": 1.0,
        "timeout": None,
        "poll_interval": 0.02,
        "busy_value": 1,
        "done_value": 0,
    }
    flight = Flight(Owner(), flag, failed=lambda: None, **settings)
    flight.end("not any more")
    flight.start()
    assert "not any more" in str(flight.started.exception(30))
    assert flag.puts == []
    flight.join(30)


def test_time_on_hold_does_not_count() -> None:
    """0.2 s of flying and 0.4 s on hold are within a timeout of 0.4 s; and then it is over."""

    def on_put(flag: Flag, value: Any, callback: Any) -> None:
        flag.value = 1

    flag = Flag(on_put)
    flight = fly(flag, timeout=0.4)
    flight.started.wait(30)
    flight.hold(True)
    never(lambda: flight.done, 0.5)
    flight.hold(False)
    assert "busy after 0.4 s" in str(flight.over.exception(30))
    flight.join(30)


def test_a_failure_of_the_controller() -> None:
    """What the device says about its controller after the flight."""
    flag = Flag(lambda flag, value, callback: callback())
    flight = fly(flag, failed=lambda: "following error")
    assert "following error" in str(flight.over.exception(30))
    flight.join(30)


@pytest.mark.parametrize("value", [1, True, "Busy", b"Busy", "busy ", 2.0])
def test_busy(value: Any) -> None:
    assert is_busy(value)


@pytest.mark.parametrize("value", [0, False, "Done", b"Done", "", 0.0])
def test_done(value: Any) -> None:
    assert not is_busy(value)


def test_an_order_to_stop_that_overtakes_the_order_to_begin() -> None:
    """The controller hears of Busy last: it is told to stop once more, and the flight waits for that."""

    def on_put(flag: Flag, value: Any, callback: Any) -> None:
        flag.later(0.05 if value else 0.0, value)

    flag = Flag(on_put)
    flight = fly(flag)
    until(lambda: flag.puts)
    flight.end("stopped at once")
    flag.put(0)
    assert "stopped at once" in str(flight.over.exception(30))
    assert flag.puts == [1, 0, 0]
    flight.join(30)
    until(lambda: flag.value == 0)
    never(lambda: flag.value, 0.1)


def test_a_failed_flight_is_at_rest_before_anybody_hears_of_it() -> None:
    """A flight that sets off again at once is not stopped by the end of the flight before."""

    def on_put(flag: Flag, value: Any, callback: Any) -> None:
        flag.value = value

    flag = Flag(on_put)
    flight = fly(flag, timeout=0.1)
    assert "busy after 0.1 s" in str(flight.over.exception(30))
    assert flag.value == 0
    again = fly(flag)
    again.started.wait(30)
    never(lambda: flag.puts != [1, 0, 1], 0.1)
    flag.value = 0
    again.over.wait(30)
    flight.join(30)
    again.join(30)
