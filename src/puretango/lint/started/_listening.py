"""Listening: events of State of a class under test, and its error logs."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.lint.started._probe import Watch
from puretango.values import EventType

__all__ = ["Listening", "errors_logged"]


class _ErrorsLogged(logging.Handler):
    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.ERROR)
        self.watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        self.watch.errors.append(record.getMessage())


@contextlib.contextmanager
def errors_logged(watch: Watch) -> Iterator[None]:
    handler = _ErrorsLogged(watch)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


class Listening:
    """The events of State of a class that declares that it pushes them."""

    def __init__(self, proxy: DeviceProxy) -> None:
        self.proxy = proxy
        self.states: list[str] = []
        self.came = threading.Event()
        self._id: int | None = None

    def __enter__(self) -> Listening:
        with contextlib.suppress(DevFailed):
            self._id = self.proxy.subscribe_event("State", EventType.CHANGE_EVENT, self._heard)
        return self

    def _heard(self, event: Any) -> None:
        if not event.err:
            self.states.append(event.attr_value.value.name)
            self.came.set()

    def lacks(self, state: str) -> bool:
        """True if events come at all, but none has this State within a second and a half."""
        if self._id is None:
            return False
        deadline = time.monotonic() + 1.5
        while state not in self.states[-1:] and time.monotonic() < deadline:
            self.came.wait(0.1)
            self.came.clear()
        return state not in self.states[-1:]

    def __exit__(self, *_: object) -> None:
        if self._id is not None:
            with contextlib.suppress(DevFailed):
                self.proxy.unsubscribe_event(self._id)
