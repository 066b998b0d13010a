"""The device class HdbEventSubscriber: HDB++'s event subscriber, with its commands, attributes and properties."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from puretango.archive.collecting import (
    STARTED,
    Archiver,
    ArchiveService,
    Entry,
    Settings,
)
from puretango.archive.devices._attributes import each_of, names_list, number
from puretango.archive.devices._changes import Changes
from puretango.archive.devices._configuration import (
    DEFAULT_CONTEXTS,
    contexts_of,
    line_of,
    settings_of_line,
    store_address,
    strategy_of,
)
from puretango.archive.devices._telling import state_and_status, status_text
from puretango.archive.reading import open_store
from puretango.archive.sample import ArchiveError, Storing
from puretango.client import Database
from puretango.errors import DevFailed, PuretangoError
from puretango.server import Device, attribute, command, device_property
from puretango.values import AttrWriteType, DevState

__all__ = ["HdbEventSubscriber"]

_log = logging.getLogger("puretango.archive")


class HdbEventSubscriber(Device):
    """Subscribes to archive events, or change events, and stores their values.

    LibConfiguration names the store: ``store=file:DIRECTORY``, or HDB++'s own lines for PostgreSQL.
    """

    SubscribeRetryPeriod = device_property(
        dtype=int, default_value=60, doc="Accepted for HDB++; retries begin after 0.5 s"
    )
    AttributeList = device_property(
        dtype=(str,), default_value=[], doc="List of configured attributes"
    )
    StatisticsTimeWindow = device_property(
        dtype=int, default_value=60, doc="Statistics time window in seconds"
    )
    CheckPeriodicTimeoutDelay = device_property(
        dtype=int, default_value=5, doc="Delay in seconds before timeout of periodic events"
    )
    PollingThreadPeriod = device_property(
        dtype=int, default_value=3, doc="Seconds between the events of its own numbers"
    )
    LibConfiguration = device_property(
        dtype=(str,), default_value=[], doc="Configuration for the library"
    )
    ContextsList = device_property(
        dtype=(str,),
        default_value=list(DEFAULT_CONTEXTS),
        doc="Possible contexts in the form label:description",
    )
    DefaultStrategy = device_property(
        dtype=str, default_value="ALWAYS", doc="Strategy of an attribute that has none of its own"
    )
    DefaultContext = device_property(
        dtype=str, default_value="ALWAYS", doc="Context when the archiver starts"
    )
    SubscribeChangeAsFallback = device_property(
        dtype=bool, default_value=True, doc="Take change events where there are no archive events"
    )

    AttributeOkNumber = number("AttributeOkNumber")
    AttributeNokNumber = number("AttributeNokNumber")
    AttributePendingNumber = number("AttributePendingNumber")
    AttributeMaxPendingNumber = number("AttributeMaxPendingNumber")
    AttributeNumber = number("AttributeNumber")
    AttributeStartedNumber = number("AttributeStartedNumber")
    AttributePausedNumber = number("AttributePausedNumber")
    AttributeStoppedNumber = number("AttributeStoppedNumber")
    AttributeMaxStoreTime = number("AttributeMaxStoreTime")
    AttributeMinStoreTime = number("AttributeMinStoreTime")
    AttributeMaxProcessingTime = number("AttributeMaxProcessingTime")
    AttributeMinProcessingTime = number("AttributeMinProcessingTime")
    AttributeRecordFreq = number("AttributeRecordFreq")
    AttributeFailureFreq = number("AttributeFailureFreq")
    StatisticsResetTime = number("StatisticsResetTime")
    AttributeMaxAge = number("AttributeMaxAge")
    AttributeOkList = names_list("AttributeOkList")
    AttributeNokList = names_list("AttributeNokList")
    AttributePendingList = names_list("AttributePendingList")
    AttributeStartedList = names_list("AttributeStartedList")
    AttributePausedList = names_list("AttributePausedList")
    AttributeStoppedList = names_list("AttributeStoppedList")
    attribute_list = each_of("AttributeList")
    AttributeRecordFreqList = each_of("AttributeRecordFreqList")
    AttributeFailureFreqList = each_of("AttributeFailureFreqList")
    AttributeEventNumberList = each_of("AttributeEventNumberList")
    AttributeErrorList = each_of("AttributeErrorList")
    AttributeStrategyList = each_of("AttributeStrategyList")
    AttributeTTLList = each_of("AttributeTTLList")
    AttributeAgeList = each_of("AttributeAgeList")
    AttributeVerboseList = each_of("AttributeVerboseList")

    _store: Storing | None = None
    _service: ArchiveService | None = None
    _changes: Changes | None = None

    def init_device(self) -> None:
        """Open the store and archive what the AttributeList property names."""
        super().init_device()
        self._contexts = contexts_of(self.ContextsList)
        self._default = Settings(strategy_of(self.DefaultStrategy, tuple(self._contexts)))
        try:
            self._store = open_store(store_address(self.LibConfiguration))
            self._service = ArchiveService(
                self._store,
                window=float(self.StatisticsTimeWindow),
                change_events=bool(self.SubscribeChangeAsFallback),
                context=self.DefaultContext,
            )
        except ArchiveError as error:
            self._close()
            self.set_state(DevState.FAULT)
            self.set_status(str(error))
            _log.error("%s: %s", self.get_name(), error)
            return
        self._add_configured()
        self._changes = Changes(self, max(0.1, float(self.PollingThreadPeriod)))

    def _add_configured(self) -> None:
        by_settings: dict[Settings, list[str]] = {}
        for line in self.AttributeList:
            try:
                name, settings = settings_of_line(line, self._default, tuple(self._contexts))
            except ArchiveError as error:
                _log.error("%s: AttributeList: %s", self.get_name(), error)
                continue
            if name:
                by_settings.setdefault(settings, []).append(name)
        for settings, names in by_settings.items():
            try:
                self.service.add(names, settings)
            except PuretangoError as error:
                _log.error("%s: AttributeList: %s", self.get_name(), error)

    def delete_device(self) -> None:
        """End the archiver and close the store."""
        self._close()
        super().delete_device()

    def _close(self) -> None:
        changes, self._changes = self._changes, None
        if changes is not None:
            changes.close()
        service, self._service = self._service, None
        if service is not None:
            service.close()
        store, self._store = self._store, None
        if store is not None:
            store.close()

    @property
    def service(self) -> ArchiveService:
        """The archiver.

        Raises:
            DevFailed: The store could not be opened.
        """
        if self._service is None:
            raise DevFailed.make(
                "HDBPP_NoStore", self.get_status(), "HdbEventSubscriber::service()"
            )
        return self._service

    def look(self, told: Callable[[Any, float], Any]) -> Any:
        """The result of a function of the archiver and of the delay of periodic events."""
        delay = float(self.CheckPeriodicTimeoutDelay)
        return self.service.look(lambda archiver: told(archiver, delay))

    def dev_state(self) -> DevState:
        """That of the archiver, if there is one."""
        if self._service is None:
            return DevState.FAULT
        state: DevState = self.look(state_and_status)[0]
        return state

    def dev_status(self) -> str:
        """That of the archiver, if there is one."""
        if self._service is None:
            return self.get_status()
        return str(self.look(state_and_status)[1])

    # ── context ──

    @attribute(dtype=str, access=AttrWriteType.READ_WRITE, memorized=True, hw_memorized=True)
    def Context(self) -> str:
        """Archiver current context"""
        return self.service.context

    @Context.write  # type: ignore[no-redef] # as PyTango's users write it
    def Context(self, value: str) -> None:
        if value.upper() not in self._contexts:
            raise _wrong(f"context {value} is none of {', '.join(self._contexts)}", "Context")
        self.service.set_context(value)

    @attribute(name="ContextsList", dtype=(str,), max_dim_x=1000)
    def contexts_list(self) -> list[str]:
        """Returns the possible contexts"""
        return [f"{name}: {description}" for name, description in self._contexts.items()]

    # ── commands ──

    def _do(self, origin: str, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except ArchiveError as error:
            raise _wrong(str(error), origin) from error

    def _entry(self, name: str, origin: str) -> Entry:
        entry: Entry = self._do(origin, lambda: self.service.look(lambda a: a.entry(name)))
        return entry

    @command(dtype_in=(str,), doc_in="Attribute name, strategy")
    def AttributeAdd(self, argin: list[str]) -> None:
        """Add a new attribute to archive in HDB."""
        if not argin:
            raise _wrong("AttributeAdd takes a name and a strategy", "AttributeAdd")

        def add() -> None:
            line = argin[0]
            name, settings = settings_of_line(line, self._default, tuple(self._contexts))
            if len(argin) > 1 and argin[1].strip():
                strategy = strategy_of(argin[1], tuple(self._contexts))
                settings = replace(settings, strategy=strategy)
            if len(argin) > 2 and argin[2].strip():
                settings = replace(settings, ttl=int(argin[2]))
            if not self.service.add([name], settings):
                raise ArchiveError(f"{name} is archived already")

        self._do("AttributeAdd", add)
        self._write_list()

    @command(dtype_in=str, doc_in="Attribute name")
    def AttributeRemove(self, argin: str) -> None:
        """Remove attribute from configuration."""
        self._do("AttributeRemove", lambda: self.service.remove(argin))
        self._write_list()

    @command(
        dtype_in=str, doc_in="The attribute name", dtype_out=str, doc_out="The attribute status."
    )
    def AttributeStatus(self, argin: str) -> str:
        """Read a attribute status."""
        entry = self._entry(argin, "AttributeStatus")
        return str(self.look(lambda archiver, delay: status_text(archiver, entry, delay)))

    @command
    def Start(self) -> None:
        """Start archiving"""
        for name in self.service.look(lambda archiver: list(archiver.entries)):
            self._do("Start", lambda name=name: self.service.start(name))  # type: ignore[misc]  # mypy infers no lambda with defaults

    @command
    def Stop(self) -> None:
        """Stop archiving"""

        def stop(archiver: Archiver) -> None:
            for name in archiver.entries:
                archiver.stop(name)

        self.service.look(stop)

    @command
    def Pause(self) -> None:
        """Pause archiving"""

        def pause(archiver: Archiver) -> None:
            for entry in archiver.entries.values():
                if entry.state == STARTED:
                    archiver.pause(entry.name)

        self.service.look(pause)

    @command
    def StopFaulty(self) -> None:
        """Stop archiving faulty attributes"""
        delay = float(self.CheckPeriodicTimeoutDelay)

        def stop(archiver: Archiver) -> None:
            now = time.monotonic()
            for entry in archiver.entries.values():
                error = entry.faulty(now, delay)
                if error:
                    archiver.stop(entry.name, f"faulty: {error}")

        self.service.look(stop)

    @command(dtype_in=str, doc_in="Attribute name")
    def AttributeStart(self, argin: str) -> None:
        """Start archiving single attribute"""
        self._do("AttributeStart", lambda: self.service.start(argin))

    @command(dtype_in=str, doc_in="Attribute name")
    def AttributeStop(self, argin: str) -> None:
        """Stop archiving single attribute"""
        self._do("AttributeStop", lambda: self.service.stop(argin))

    @command(dtype_in=str, doc_in="Attribute name")
    def AttributePause(self, argin: str) -> None:
        """Pause archiving single attribute"""
        self._do("AttributePause", lambda: self.service.pause(argin))

    @command
    def ResetStatistics(self) -> None:
        """Reset statistic counters"""
        self.service.look(lambda archiver: archiver.reset_statistics())

    @command(dtype_in=(str,), doc_in="Attribute name, strategy")
    def SetAttributeStrategy(self, argin: list[str]) -> None:
        """Update strategy associated to an already archived attribute."""
        name, text = _pair(argin, "SetAttributeStrategy")
        entry = self._entry(name, "SetAttributeStrategy")

        def change() -> None:
            strategy = strategy_of(text, tuple(self._contexts))
            self.service.set_settings(entry.name, replace(entry.settings, strategy=strategy))

        self._do("SetAttributeStrategy", change)
        self._write_list()

    @command(
        dtype_in=str, doc_in="The attribute name", dtype_out=str, doc_out="The attribute contexts."
    )
    def GetAttributeStrategy(self, argin: str) -> str:
        """Read a attribute contexts."""
        return "|".join(self._entry(argin, "GetAttributeStrategy").settings.strategy)

    @command(dtype_in=(str,), doc_in="Attribute name, TTL")
    def SetAttributeTTL(self, argin: list[str]) -> None:
        """Update TTL associated to an already archived attribute."""
        name, text = _pair(argin, "SetAttributeTTL")
        entry = self._entry(name, "SetAttributeTTL")
        if not text.strip().isdigit():
            raise _wrong(f"a TTL of {text!r}: hours, 0 for ever", "SetAttributeTTL")
        settings = replace(entry.settings, ttl=int(text))
        self._do("SetAttributeTTL", lambda: self.service.set_settings(entry.name, settings))
        self._write_list()

    @command(
        dtype_in=str,
        doc_in="The attribute name",
        dtype_out="DevULong",
        doc_out="The attribute TTL.",
    )
    def GetAttributeTTL(self, argin: str) -> int:
        """Read an attribute TTL."""
        return self._entry(argin, "GetAttributeTTL").settings.ttl

    def _write_list(self) -> None:
        """Put the AttributeList property into the database, if there is one."""
        lines = self.service.look(
            lambda archiver: [line_of(e.name, e.settings) for e in archiver.entries.values()]
        )
        self.AttributeList = lines
        try:
            Database().put_device_property(self.get_name(), {"AttributeList": lines})
        except DevFailed as failed:
            _log.info("%s: AttributeList is not kept: %s", self.get_name(), failed.args[0].desc)


def _pair(argin: list[str], origin: str) -> tuple[str, str]:
    if len(argin) != 2:
        raise _wrong(f"{origin} takes two strings, not {len(argin)}", origin)
    return argin[0], argin[1]


def _wrong(text: str, origin: str) -> DevFailed:
    return DevFailed.make("HDBPP_Error", text, f"HdbEventSubscriber::{origin}()")
