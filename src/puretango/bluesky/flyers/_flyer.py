"""Fly scans by a controller with a busy flag, on any control layer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, ClassVar

from ophyd import Device

from puretango.bluesky.rules import FlightError, cut, data_key, events_of, page_of, prefers_pages
from puretango.bluesky.statuses import ReasonedDeviceStatus

from ._flight import Flight, connect_all, leave_staged

__all__ = ["BusyFlyer"]


class BusyFlyer(Device):
    """A flyer around a controller that is started by a busy flag and fills arrays.

    A subclass has the components ``busy`` and ``times``, those that `arrays`
    names, and, where the controller has them, ``count`` (how many points of
    the arrays are of this run), ``hold`` (pauses a run) and ``fault`` (a
    truth value after a run that failed). The signals may be of any control
    layer: they need ophyd's get, put and subscribe.

    Parameters
    ----------
    timeout
        Seconds that a flight may take; time on hold does not count. None: for ever.
    start_timeout
        Seconds within which the controller must be busy.
    poll_interval
        Seconds between two reads of the flag if it sends no monitors.
    stream
        Name of the event stream. None if the plan declares the stream, with
        ``bps.declare_stream(flyer, name=…, collect=True)``.
    live
        The plan collects while it flies (``bps.collect_while_completing``). Stage such a flyer:
        its unstage is then what stops the controller when a plan is broken off.
    """

    #: Components that hold one value per point, besides ``times``.
    arrays: ClassVar[Sequence[str]] = ("positions", "signals")
    #: The values of ``busy`` that begin and stop a flight.
    busy_value: ClassVar[Any] = 1
    done_value: ClassVar[Any] = 0

    def __init__(
        self,
        prefix: str = "",
        *,
        name: str,
        timeout: float | None = None,
        start_timeout: float = 5.0,
        poll_interval: float = 0.1,
        stream: str | None = "primary",
        live: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(prefix, name=name, **kwargs)
        self.timeout = timeout
        self.start_timeout = start_timeout
        self.poll_interval = poll_interval
        self.stream = stream
        self.live = live
        self._flight: Flight | None = None
        self._given = 0
        self._replay = False
        self._cut = False
        prefers_pages(self)

    def wait_for_connection(self, all_signals: bool = False, timeout: float = 5.0) -> None:
        """Connect every signal; TimeoutError names the first that does not connect in time."""
        connect_all(self, timeout)

    # -- Flyable
    def kickoff(self) -> Any:
        """Tell the controller to be busy; the status is done when it is."""
        if self._replay and self._flight is not None:
            # The RunEngine repeats what it did since the last checkpoint; a
            # flight that was on hold meanwhile is still under way.
            self._replay = False
            return self._flight.started
        if self.flying:
            raise FlightError(f"{self.name} is flying already")
        self._flight = Flight(
            self,
            self.busy,
            busy_value=self.busy_value,
            done_value=self.done_value,
            start_timeout=self.start_timeout,
            timeout=self.timeout,
            poll_interval=self.poll_interval,
            failed=self.failure,
            report=self._report,
        )
        self._given = 0
        self._cut = False
        self._flight.start()
        return self._flight.started

    def complete(self) -> Any:
        """The status that is done when the controller is."""
        if self._flight is None:
            raise FlightError(f"{self.name} has not been kicked off")
        self._replay = False
        if self._cut:
            status = ReasonedDeviceStatus(self, call_stop_on_failure=False)
            status.set_exception(FlightError(f"{self.name} was stopped by a pause"))
            return status
        return self._flight.over

    def _report(self) -> None:
        """Report to watchers of the flight how many points there are, of how many."""
        flight, count = self._flight, getattr(self, "count", None)
        if flight is None or count is None or not flight.over.wanted:
            return
        wanted = getattr(self, "num_points", None)
        flight.over.progress(int(count.get()), None if wanted is None else int(wanted.get()))

    @property
    def flying(self) -> bool:
        """Whether a flight is under way."""
        return self._flight is not None and not self._flight.done

    def failure(self) -> str | None:
        """Why the run that just ended counts as failed, or None; subclasses may know more."""
        fault = getattr(self, "fault", None)
        if fault is not None and fault.get():
            return f"{self.name}: the controller reports a fault"
        return None

    # -- interruptions
    def stop(self, *, success: bool = False) -> None:
        """Stop the controller; the flight then fails unless ``success``."""
        self._replay = False
        self._halt(None if success else f"{self.name} was stopped")
        super().stop(success=success)

    def _halt(self, reason: str | None) -> None:
        flight = self._flight
        if flight is None or flight.done:
            return
        flight.end(reason)
        self._release()
        self.busy.put(self.done_value, wait=False)

    def pause(self) -> None:
        """Hold the controller; without a ``hold`` signal it is stopped.

        On resume a held flight goes on. One that was stopped is flown again
        if the plan goes back to its kickoff, and counts as failed if not.
        """
        flight = self._flight
        if flight is None or flight.done:
            return
        hold = getattr(self, "hold", None)
        if hold is None:
            self._cut = True
            self._halt(None)
        else:
            self._replay = True
            flight.hold(True)
            hold.put(1)

    def resume(self) -> None:
        """Let a controller on hold go on."""
        if self._flight is not None:
            self._release()
            self._flight.hold(False)

    def _release(self) -> None:
        hold = getattr(self, "hold", None)
        if hold is not None:
            hold.put(0)

    def unstage(self) -> list[object]:
        """Make sure that the controller is idle."""
        # Part of a plan's clean-up: nobody waits for this flight any more.
        self._replay = False
        unstaged: list[object] = []
        leave_staged(
            self,
            [
                partial(self._halt, None),
                lambda: unstaged.extend(super(BusyFlyer, self).unstage()),
            ],
        )
        return unstaged

    # -- Collectable
    def key(self, array: str) -> str:
        """The data key of one array."""
        return f"{self.name}_{array}"

    def describe_collect(self) -> dict[str, Any]:
        """The times, and each array's values, a number per event; below the name of the stream."""
        keys: dict[str, Any] = OrderedDict()
        for array in ("times", *self.arrays):
            described = next(iter(getattr(self, array).describe().values()))
            keys[self.key(array)] = data_key(described)
        return keys if self.stream is None else {self.stream: keys}

    def collect(self) -> Iterator[dict[str, Any]]:
        """The points taken, an event each, with the controller's own times."""
        for page in self.collect_pages():
            yield from events_of(page)

    def collect_pages(self) -> Iterator[dict[str, Any]]:
        """The points taken and not collected yet, as one page; nothing when there are none.

        A flyer with `live` gives the points so far during the flight. Any other
        stops its controller first: a plan that was aborted collects what
        was taken until then.
        """
        flight = self._flight
        if flight is None:
            return
        if not flight.done and not self.live:
            self._halt(f"{self.name} was collected in flight")
            flight.join(self.start_timeout)
        self._replay = False
        page = page_of(self._columns(), self.key("times"), self._given)
        if page is not None:
            self._given += len(page["time"])
            yield page

    def _columns(self) -> dict[str, list[float]]:
        """Every array, cut to the points that were taken."""
        arrays = {self.key(array): getattr(self, array).get() for array in ("times", *self.arrays)}
        count = getattr(self, "count", None)
        return cut(arrays, None if count is None else count.get())

    @property
    def hints(self) -> dict[str, Any]:
        """The fields for a live plot: the arrays."""
        return {"fields": [self.key(array) for array in self.arrays]}
