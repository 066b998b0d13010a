"""The link to one device that all its signals share: its proxy, its retries, its poller."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from puretango.bluesky.attributes import (
    AttributeFacts,
    FailedAnswer,
    Grouping,
    certainly_not_executed,
    device_path,
    host_prefix,
    is_late,
    join,
    unreachable,
)
from puretango.client import DeviceProxy
from puretango.errors import DevFailed

T = TypeVar("T")
_logger = logging.getLogger("puretango.bluesky")
#: Seconds between two attempts to reach a server that does not answer.
_RETRY = 0.2


class Watch(Protocol):
    """Something that a link notifies of its writes."""

    def written(self, attribute: str) -> None:
        """Called after an attribute of the device has been written."""


class Link:
    """One device. Made without touching the network; connects when it is first used.

    ``patience`` is how many seconds a request may wait for a server that does not answer, such as one
    that is being restarted; with 0 a request fails at once. A write is repeated only if it
    certainly was not executed.
    """

    def __init__(self, device: str, *, patience: float = 0.0, timeout: float | None = None) -> None:
        self.device = device
        self.patience = patience
        self._timeout = timeout
        self._lock = threading.RLock()
        self._proxy: Any = None
        self._patient_proxies: dict[float, Any] = {}
        self._pollers: dict[float, Any] = {}
        self._grouping = Grouping()
        #: The monitors of attributes of this device.
        self.watches: set[Watch] = set()

    @property
    def proxy(self) -> Any:
        """The device's proxy; DevFailed if there is no such device."""
        with self._lock:
            if self._proxy is None:
                self._proxy = self._new_proxy(self._timeout)
            return self._proxy

    @contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        """Within it, requests wait for a server that does not answer, for so many seconds at least."""
        before, self.patience = self.patience, max(self.patience, seconds)
        try:
            yield
        finally:
            self.patience = before

    def read(self, attribute: str) -> Any:
        """One attribute's answer."""
        return self._patiently(lambda: self.proxy.read_attribute(attribute))

    def read_many(self, attributes: Sequence[str]) -> list[Any]:
        """The answers of several attributes, from one request if the device can answer all of them in time.

        An attribute that is late even alone has a failed answer, as has one that fails.
        """
        if not attributes:
            return []
        answers: dict[str, Any] = {}
        for group in self._grouping.groups(attributes, self.seconds):
            answers.update(zip(group, self._read_group(group)))
        return [answers[attribute] for attribute in attributes]

    @property
    def seconds(self) -> float:
        """How long a request may take."""
        return float(self._timeout or self.proxy.get_timeout_millis() / 1000)

    def _read_group(self, group: list[str]) -> list[Any]:
        try:
            return list(
                self._patiently(
                    lambda: self.proxy.read_attributes(group),
                    lambda failure: unreachable(failure) and not is_late(failure),
                )
            )
        except DevFailed as failure:
            if not is_late(failure):
                raise
            self._wait_until_free()
            if len(group) == 1:
                return [FailedAnswer(failure)]
        return [self._read_timed(attribute) for attribute in group]

    def _read_timed(self, attribute: str) -> Any:
        started = time.monotonic()
        try:
            return self.proxy.read_attributes([attribute])[0]
        except DevFailed as failure:
            if not is_late(failure):
                raise
            self._wait_until_free()
            return FailedAnswer(failure)
        finally:
            self._grouping.took(attribute, min(time.monotonic() - started, self.seconds))

    def _wait_until_free(self) -> None:
        """Wait for a device that still works on a request that timed out: others would have to wait for it."""
        try:
            self.proxy.state()
        except DevFailed as failure:
            _logger.debug("%s is still busy with a late request: %s", self.device, failure)

    def write(self, attribute: str, value: Any, timeout: float | None = None) -> None:
        """Write one attribute; it is done when the server says so.

        It is sent again only if it certainly was not executed: a late answer is no reason.
        When this returns, every monitor of this device has a value from after the write.
        """
        self._patiently(
            lambda: self._for(timeout).write_attribute(attribute, value), certainly_not_executed
        )
        for watch in list(self.watches):
            watch.written(attribute)

    def call(self, command: str, argument: Any = None, timeout: float | None = None) -> Any:
        """Run a command. It is never repeated: a caller that lost the answer cannot know if it ran."""
        proxy = self._for(timeout)
        if argument is None:
            return proxy.command_inout(command)
        return proxy.command_inout(command, argument)

    def facts(self, attribute: str) -> AttributeFacts:
        """The facts of one attribute."""
        info = self._patiently(lambda: self.proxy.get_attribute_config(attribute))
        return AttributeFacts.from_configuration(info)

    def all_facts(self) -> list[AttributeFacts]:
        """The facts of every attribute of the device, from one request."""
        infos = self._patiently(lambda: self.proxy.attribute_list_query_ex())
        return [AttributeFacts.from_configuration(info) for info in infos]

    def commands(self) -> list[Any]:
        """The ``CommandInfo`` of every command."""
        return list(self._patiently(lambda: self.proxy.command_list_query()))

    def command(self, name: str) -> Any:
        """The ``CommandInfo`` of one command."""
        return self.proxy.get_command_config(name)

    def source(self, member: str) -> str:
        """The full locator of an attribute or command, for documents."""
        if "://" in self.device:
            return join(self.device, member)
        proxy = self.proxy
        return f"tango://{proxy.get_db_host()}:{proxy.get_db_port()}/{join(proxy.name(), member)}"

    @property
    def host_prefix(self) -> str:
        """What to put before the names of devices in the same control system."""
        return host_prefix(self.device)

    def poller(self, period: float, make: Callable[[Link, float], T]) -> T:
        """The one poller of this device with this period."""
        with self._lock:
            if period not in self._pollers:
                self._pollers[period] = make(self, period)
            found: T = self._pollers[period]
            return found

    def __repr__(self) -> str:
        return f"Link({device_path(self.device)!r})"

    def _new_proxy(self, timeout: float | None) -> Any:
        proxy = DeviceProxy(self.device)
        if timeout is not None:
            proxy.set_timeout_millis(max(1, round(timeout * 1000)))
        return proxy

    def _for(self, timeout: float | None) -> Any:
        # The timeout is a setting of the proxy, which other requests use meanwhile: this one gets a proxy of its own.
        if timeout is None:
            return self.proxy
        with self._lock:
            if timeout not in self._patient_proxies:
                self._patient_proxies[timeout] = self._new_proxy(timeout)
            return self._patient_proxies[timeout]

    def _patiently(
        self, request: Callable[[], T], again: Callable[[DevFailed], bool] = unreachable
    ) -> T:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return request()
            except DevFailed as failure:
                if not again(failure) or time.monotonic() >= deadline:
                    raise
            time.sleep(_RETRY)


def shared_link(
    make: type[Link], parent: Any, device: str, *, patience: float, timeout: float | None
) -> Link:
    """The link of a signal: one for all signals of one parent with the same options for one device."""
    if parent is None:
        return make(device, patience=patience, timeout=timeout)
    links = vars(parent).setdefault("_tango_links", {})
    key = (make, device.lower(), patience, timeout)
    if key not in links:
        links[key] = make(device, patience=patience, timeout=timeout)
    found: Link = links[key]
    return found
