"""The polling scheduler: one heap of due times, threads only where a device is slow.

A thread takes what is due, polls it, and takes the next: quick devices need no second thread.
An object that has been slow before is polled after another thread has been woken to go on; one that turns out
to be slow is noticed by the second thread, which checks on the first one from time to time.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.server.access._ring import Polled

if TYPE_CHECKING:
    from puretango.server.polling._plan import PollPlan
    from puretango.server.polling._ports import PolledOwner, PollingHost
    from puretango.server.polling._turn import PollingRun

LOG = logging.getLogger("puretango.server")
SLOW = 0.002
WATCH = 0.05
MOST_THREADS = 64


class Group:
    """The objects of one device that have the same period."""

    __slots__ = ("device", "dropped", "due", "objects", "period", "plan", "took")

    def __init__(self, device: PolledOwner, period: float, due: float) -> None:
        self.device = device
        self.period = period
        self.objects: list[Polled] = []
        self.due = due
        self.dropped = False
        self.plan: PollPlan | None = None
        self.took = 0.0
        """Seconds of the last turn."""


class Scheduler:
    """Polls at the right time."""

    def __init__(
        self,
        server: PollingHost,
        run: PollingRun,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self.clock = clock
        """The clock in seconds, never set back: it says which objects are due and which devices are slow."""
        self._run = run
        self._lock = threading.Condition()
        self._heap: list[tuple[float, int, Group]] = []
        self._count = itertools.count()
        self._groups: dict[tuple[int, int], Group] = {}
        self._busy: set[int] = set()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._leader = False
        self._working_since = 0.0
        self.most_threads = MOST_THREADS
        """How many may poll at once: polling_threads_pool_size."""
        self._stopping = False
        self.active = False
        """False before the server is up, and while polling is stopped by StopPolling."""

    # -- what to poll ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Poll from now on."""
        with self._lock:
            self._stopping = False
            self.active = True
            if self._heap:
                self._spawn()
            # Wake all threads: the device that the first one polls may hang, and one that sleeps on would not notice.
            self._lock.notify_all()

    def pause(self) -> None:
        """StopPolling: do not poll until start."""
        with self._lock:
            self.active = False

    def add(self, device: PolledOwner, polled: Polled) -> None:
        """Poll an object from now on."""
        if polled.period <= 0:
            return
        with self._lock:
            key = (id(device), polled.period)
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = Group(device, polled.period / 1000, self.clock())
                heapq.heappush(self._heap, (group.due, next(self._count), group))
            if polled not in group.objects:
                group.objects = [*group.objects, polled]
            if self.active:
                self._spawn()
            self._lock.notify()

    def remove(self, device: PolledOwner, polled: Polled) -> None:
        """Stop polling an object."""
        with self._lock:
            key = (id(device), polled.period)
            group = self._groups.get(key)
            if group is None:
                return
            group.objects = [each for each in group.objects if each is not polled]
            if not group.objects:
                group.dropped = True
                del self._groups[key]

    def add_device(self, device: PolledOwner) -> None:
        """Poll all that a device wants to be polled."""
        for polled in list(device._tango.polled.values()):
            self.add(device, polled)

    def remove_device(self, device: PolledOwner) -> None:
        """Stop polling anything of a device."""
        for polled in list(device._tango.polled.values()):
            self.remove(device, polled)

    # -- the threads -----------------------------------------------------------------------------------

    def _spawn(self) -> None:
        """Make sure that one thread is free to wait; called with the lock held."""
        if self._idle == 0 and len(self._threads) < self.most_threads and not self._stopping:
            thread = threading.Thread(target=self._work, name="puretango-polling", daemon=True)
            self._threads.append(thread)
            self._idle += 1
            thread.start()

    def _work(self) -> None:
        self._server.adopt_thread()
        with self._lock:
            while not self._stopping:
                group = self._next()
                if group is not None:
                    self._idle -= 1
                    self._poll(group)
                    self._idle += 1
            self._idle -= 1
            if threading.current_thread() in self._threads:
                self._threads.remove(threading.current_thread())

    def _next(self) -> Group | None:
        """What is due now, marked as running; waits if nothing is. Called with the lock held."""
        heap = self._heap
        while heap and heap[0][2].dropped:
            heapq.heappop(heap)
        if not heap or not self.active:
            self._lock.wait()
            return None
        now = self.clock()
        due, _, group = heap[0]
        if self._leader and now - self._working_since < SLOW * 5:
            # Another thread is polling, and is quick as far as we know.
            self._lock.wait(WATCH)
            return None
        if due > now:
            if self._leader:
                self._lock.wait(WATCH)
            else:
                self._lock.wait(due - now)
            return None
        heapq.heappop(heap)
        if id(group.device) in self._busy:
            # Its last turn has not ended: it misses this one.
            self._again(group, now)
            return None
        return group

    def _again(self, group: Group, now: float) -> None:
        """The next due time: a multiple of the period after the first, so that nothing drifts."""
        if group.dropped:
            return
        group.due += group.period
        if group.due <= now:
            missed = int((now - group.due) / group.period) + 1
            group.due += missed * group.period
        heapq.heappush(self._heap, (group.due, next(self._count), group))

    def _poll(self, group: Group) -> None:
        """Poll a group; called with the lock held, which is free meanwhile."""
        device = group.device
        self._busy.add(id(device))
        started = self.clock()
        slow = group.took > SLOW
        leading = not slow
        if leading:
            self._leader = True
            self._working_since = started
        self._spawn()
        if slow:
            self._lock.notify()
        self._lock.release()
        try:
            self._run_group(group)
        finally:
            self._lock.acquire()
            ended = self.clock()
            group.took = ended - started
            if leading:
                self._leader = False
            if not device._tango.is_asyncio:
                self._busy.discard(id(device))
            self._again(group, ended)

    def _run_group(self, group: Group) -> None:
        device, objects = group.device, group.objects
        if not device._tango.exported:
            return
        try:
            if device._tango.is_asyncio:
                core: Any = self._run.poll_core(device, objects)
                future = self._server.submit_on_loop(core)
                future.add_done_callback(lambda done: self._ended(device, done))
            else:
                group.plan = self._run.turn(device, objects, group.plan)
        except BaseException:  # whatever it is, the other devices need this thread
            LOG.exception("polling of %s", device._tango.name)
            with self._lock:
                self._busy.discard(id(device))

    def _ended(self, device: PolledOwner, done: Any) -> None:
        with self._lock:
            self._busy.discard(id(device))
        if not done.cancelled() and done.exception() is not None:
            LOG.error("polling of %s", device._tango.name, exc_info=done.exception())

    def stop(self, grace: float | None = None) -> None:
        """End all threads; a turn that is running gets ``grace`` seconds, or as long as it takes if that is None."""
        with self._lock:
            self._stopping = True
            self.active = False
            self._lock.notify_all()
            threads = list(self._threads)
        until = None if grace is None else self.clock() + grace
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(None if until is None else max(0.0, until - self.clock()))
        with self._lock:
            for group in self._groups.values():
                group.dropped = True  # a thread that still polls it does not put it back
            self._heap.clear()
            self._groups.clear()
            self._busy.clear()
