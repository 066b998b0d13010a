"""Signals that know their attribute's configuration: connecting, and keeping it up to date."""

from __future__ import annotations

import logging
from typing import Any

from ophyd import Signal
from ophyd.utils import DestroyedError

from puretango.bluesky.attributes import AttributeFacts, AttributeFailed, is_label_of
from puretango.errors import DevFailed

from ._link import Link

_logger = logging.getLogger("puretango.bluesky")


class ConnectedSignal(Signal):
    """The part of a TangoSignal that has to do with its connection and configuration.

    The configuration is read when the signal connects, when its device is staged or it is
    described alone, before a label is written, and if it forbids a value; and while the signal
    is monitored the server sends its changes, if it can.
    """

    trl: str
    attribute: str
    connection_timeout: float
    _link: Link
    #: The link to its device.
    _link_class: type[Link] = Link
    _is_fake = False
    _allows_writing = True

    def _start_unconnected(self, link: Link) -> None:
        self._link = link
        self._facts: AttributeFacts | None = None
        self._source: str | None = None
        self._connecting = False

    @property
    def facts(self) -> AttributeFacts:
        """The attribute's type and configuration; connects if that was not done yet."""
        if self._facts is None:
            self.reconnect()
        assert self._facts is not None
        return self._facts

    @property
    def connected(self) -> bool:
        """Whether the attribute is known and answered last time; asking makes it connect."""
        if self._metadata["connected"]:
            return not self._destroyed
        self._connect_soon()
        return False

    def _connect_soon(self) -> None:
        if not self._destroyed and not self._connecting:
            self._connecting = True
            self._dispatcher.schedule_utility_task(self._connect_in_turn)

    def _connect_in_turn(self) -> None:
        try:
            self.refresh_configuration()
        finally:
            self._connecting = False

    def wait_for_connection(self, timeout: float | None = None) -> None:
        """Connect; TimeoutError, with Tango's reason, if that does not succeed in time."""
        timeout = self.connection_timeout if timeout is None else timeout
        if self._metadata["connected"]:
            return
        try:
            with self._link.patient(timeout or 0.0):
                self.reconnect()
        except DevFailed as failure:
            raise TimeoutError(f"{self.name}: cannot connect: {failure}") from failure

    def reconnect(self) -> None:
        """Read the attribute's configuration; AttributeFailed if the server does not answer."""
        self._alive()
        try:
            facts = self._link.facts(self.attribute)
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self.trl, failure) from failure
        self.learn(facts)

    def refresh_configuration(self) -> None:
        """Read the attribute's configuration again; if the server does not answer, the last known one is kept."""
        try:
            if not self._destroyed:
                self.reconnect()
        except DevFailed as failure:
            _logger.debug("%s: not connected: %s", self.name, failure)

    def _fresh_label(self, value: Any) -> None:
        """A label to be written must be one of the server's present labels, not an outdated one."""
        facts = self.facts
        if is_label_of(facts, value) and not self._configured_by_events:
            self.refresh_configuration()

    @property
    def _configured_by_events(self) -> bool:
        """Whether the server sends an event for each change of the configuration."""
        return False

    def learn(self, facts: AttributeFacts) -> None:
        """Take over the attribute's present facts."""
        self._facts = facts
        low, high = facts.control_limits
        self._metadata.update(
            read_access=True,
            write_access=facts.writes and self._allows_writing,
            precision=facts.precision,
            units=facts.unit or None,
            lower_ctrl_limit=low,
            upper_ctrl_limit=high,
            enum_strs=facts.labels or None,
        )
        self._set_connected(True)

    def _set_connected(self, connected: bool) -> None:
        if self._metadata["connected"] != connected:
            self._metadata["connected"] = connected
            self._run_metadata_callbacks()

    def _alive(self) -> None:
        if self._destroyed:
            raise DestroyedError(f"{self.name} has been destroyed")

    @property
    def source_name(self) -> str:
        """The attribute's full locator."""
        if self._source is None:
            self._source = self._link.source(self.attribute)
        return self._source
