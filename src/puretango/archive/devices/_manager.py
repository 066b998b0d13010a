"""The device class HdbConfigurationManager: HDB++'s configuration manager, over one or many event subscribers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from puretango.archive.collecting import full_name
from puretango.archive.devices._archivers import Archivers, set_up_events, wrong
from puretango.archive.devices._configuration import DEFAULT_CONTEXTS, contexts_of
from puretango.client import Database
from puretango.errors import DevFailed
from puretango.server import Device, attribute, command, device_property
from puretango.values import AttrWriteType, DevState

__all__ = ["HdbConfigurationManager"]

_log = logging.getLogger("puretango.archive")
_NAN = float("nan")


@dataclass(slots=True)
class _Asked:
    """The values of the Set… attributes, for the next AttributeAdd."""

    name: str = ""
    polling: int = 0
    absolute: float = _NAN
    relative: float = _NAN
    period: int = 0
    pushed: bool = False
    archiver: str = ""
    strategy: str = ""
    ttl: int = 0


def _total(
    name: str, dtype: str, doc: str, together: Callable[[list[Any]], Any] = sum, **more: Any
) -> Any:
    """An attribute that combines that attribute of all archivers."""
    source = "AttributeOkNumber" if name == "AttributeOKNumber" else name

    def read(device: HdbConfigurationManager) -> Any:
        return device.archivers.total(source, together)

    return attribute(read, name=name, dtype=dtype, doc=doc, **more)


def _asked(name: str, field: str, dtype: Any, doc: str) -> Any:
    """An attribute that is set before AttributeAdd."""

    def read(device: HdbConfigurationManager) -> Any:
        return getattr(device.asked, field)

    def write(device: HdbConfigurationManager, value: Any) -> None:
        setattr(device.asked, field, value)

    return attribute(read, name=name, dtype=dtype, doc=doc, fset=write)


def _lowest(values: list[Any]) -> Any:
    return min((value for value in values if value >= 0), default=-1.0)


class HdbConfigurationManager(Device):
    """Configures archiving: adds attributes to event subscribers, starts, stops and watches them."""

    ArchiverList = device_property(dtype=(str,), default_value=[], doc="Existing archivers")
    MaxSearchSize = device_property(
        dtype=int, default_value=1000, doc="Max size of AttributeSearch's result"
    )
    LibConfiguration = device_property(
        dtype=(str,), default_value=[], doc="Accepted for HDB++; the archivers have the store"
    )
    ContextsList = device_property(
        dtype=(str,), default_value=list(DEFAULT_CONTEXTS), doc="Possible contexts"
    )

    AttributeOKNumber = _total(
        "AttributeOKNumber", "DevLong", "Number of archived attributes not in error"
    )
    AttributeNokNumber = _total(
        "AttributeNokNumber", "DevLong", "Number of archived attributes in error", max_alarm="1"
    )
    AttributePendingNumber = _total(
        "AttributePendingNumber", "DevLong", "Number of samples waiting to be archived"
    )
    AttributeMaxPendingNumber = _total(
        "AttributeMaxPendingNumber", "DevLong", "Largest number of samples waiting", max
    )
    AttributeNumber = _total("AttributeNumber", "DevLong", "Number of configured attributes")
    AttributeStartedNumber = _total(
        "AttributeStartedNumber", "DevLong", "Number of archived attributes started"
    )
    AttributePausedNumber = _total(
        "AttributePausedNumber", "DevLong", "Number of archived attributes paused"
    )
    AttributeStoppedNumber = _total(
        "AttributeStoppedNumber", "DevLong", "Number of archived attributes stopped"
    )
    AttributeMaxStoreTime = _total(
        "AttributeMaxStoreTime", "DevDouble", "Maximum storing time", max, unit="s"
    )
    AttributeMinStoreTime = _total(
        "AttributeMinStoreTime", "DevDouble", "Minimum storing time", _lowest, unit="s"
    )
    AttributeMaxProcessingTime = _total(
        "AttributeMaxProcessingTime", "DevDouble", "Maximum processing time", max, unit="s"
    )
    AttributeMinProcessingTime = _total(
        "AttributeMinProcessingTime", "DevDouble", "Minimum processing time", _lowest, unit="s"
    )
    AttributeRecordFreq = _total(
        "AttributeRecordFreq", "DevDouble", "Record frequency", unit="ev/period"
    )
    AttributeFailureFreq = _total(
        "AttributeFailureFreq", "DevDouble", "Failure frequency", unit="ev/period"
    )
    SetAttributeName = _asked("SetAttributeName", "name", str, "Support attribute for setup")
    SetPollingPeriod = _asked(
        "SetPollingPeriod", "polling", "DevLong", "Polling period in ms; 0 leaves it as it is"
    )
    SetAbsoluteEvent = _asked(
        "SetAbsoluteEvent", "absolute", float, "archive_abs_change; NaN leaves it as it is"
    )
    SetRelativeEvent = _asked(
        "SetRelativeEvent", "relative", float, "archive_rel_change; NaN leaves it as it is"
    )
    SetPeriodEvent = _asked(
        "SetPeriodEvent", "period", "DevLong", "archive_period in ms; 0 leaves it as it is"
    )
    SetCodePushedEvent = _asked(
        "SetCodePushedEvent", "pushed", bool, "Specify event pushed in the code"
    )
    SetArchiver = _asked("SetArchiver", "archiver", str, "Support attribute for setup")
    SetStrategy = _asked("SetStrategy", "strategy", str, "Contexts: RUN|SHUTDOWN")
    SetTTL = _asked("SetTTL", "ttl", "DevULong", "Time to live in hours; 0: for ever")

    def init_device(self) -> None:
        """Read the list of archivers, which are connected to when they are needed."""
        super().init_device()
        self.archivers = Archivers(self.ArchiverList)
        self.asked = _Asked()
        self._context = "ALWAYS"

    def dev_state(self) -> DevState:
        """ALARM if an archiver is in alarm or out of reach, else ON."""
        return DevState.ALARM if self._alarms() else DevState.ON

    def dev_status(self) -> str:
        """Which archivers are in alarm."""
        alarms = self._alarms()
        return "\n".join(alarms) if alarms else "Everything is OK"

    def _alarms(self) -> list[str]:
        found = []
        for name in self.archivers.names:
            state = self.archivers.read(name, "State", None)
            if state is None:
                found.append(f"{name}: out of reach")
            elif state not in {DevState.ON, DevState.OFF}:
                found.append(f"{name}: {self.archivers.read(name, 'Status', state)}")
        return found

    # ── attributes ──

    @attribute(dtype=str, access=AttrWriteType.READ_WRITE)
    def Context(self) -> str:
        """Context of all managed archivers"""
        return self._context

    @Context.write  # type: ignore[no-redef] # as PyTango's users write it
    def Context(self, value: str) -> None:
        for name in self.archivers.names:
            self.archivers.proxy(name).write_attribute("Context", value)
        self._context = value.upper()

    @attribute(name="ArchiverList", dtype=(str,), max_dim_x=1000)
    def archiver_list(self) -> list[str]:
        """Managed archivers"""
        return self.archivers.names

    @attribute(dtype=(str,), max_dim_x=1000)
    def ArchiverStatus(self) -> list[str]:
        """State and status of each archiver"""
        return [
            f"{self.archivers.read(name, 'State', DevState.UNKNOWN)}:"
            f" {self.archivers.read(name, 'Status', 'out of reach')}"
            for name in self.archivers.names
        ]

    @attribute(dtype=(str,), max_dim_x=1000)
    def ArchiverContext(self) -> list[str]:
        """Context of each archiver"""
        return [self.archivers.read(name, "Context", "") for name in self.archivers.names]

    @attribute(dtype=(float,), max_dim_x=1000, unit="s")
    def ArchiverStatisticsResetTime(self) -> list[float]:
        """Seconds elapsed since last statistics reset"""
        return [self.archivers.read(n, "StatisticsResetTime", _NAN) for n in self.archivers.names]

    @attribute(name="ContextsList", dtype=(str,), max_dim_x=1000)
    def contexts_list(self) -> list[str]:
        """Returns the possible contexts"""
        return [f"{name}: {told}" for name, told in contexts_of(self.ContextsList).items()]

    # ── commands ──

    @command
    def AttributeAdd(self) -> None:
        """Add a new attribute to archive in HDB."""
        asked = self.asked
        if not asked.name:
            raise wrong("SetAttributeName is not set", "AttributeAdd")
        proxy = self.archivers.proxy(asked.archiver or self._only_archiver())
        self._refuse_known(asked.name)
        set_up_events(
            asked.name,
            polling=asked.polling,
            absolute=asked.absolute,
            relative=asked.relative,
            period=asked.period,
            pushed=asked.pushed,
        )
        _add(proxy, asked.name, asked.strategy, asked.ttl)
        self.asked = _Asked(archiver=asked.archiver)

    def _only_archiver(self) -> str:
        names = self.archivers.names
        if len(names) != 1:
            raise wrong("SetArchiver is not set", "AttributeAdd")
        return names[0]

    def _refuse_known(self, name: str) -> None:
        try:
            _, archiver, _ = self.archivers.of(name, "AttributeAdd")
        except DevFailed:
            return
        raise wrong(f"{name} is archived already, by {archiver}", "AttributeAdd")

    @command(dtype_in=str, doc_in="Attribute name")
    def AttributeRemove(self, argin: str) -> None:
        """Remove attribute from configuration."""
        self._tell(argin, "AttributeRemove")

    @command(dtype_in=str, doc_in="Attribute name")
    def AttributeStart(self, argin: str) -> None:
        """Start archiving single attribute"""
        self._tell(argin, "AttributeStart")

    @command(dtype_in=str, doc_in="Attribute name")
    def AttributeStop(self, argin: str) -> None:
        """Stop archiving single attribute"""
        self._tell(argin, "AttributeStop")

    @command(dtype_in=str, doc_in="Attribute name")
    def AttributePause(self, argin: str) -> None:
        """Pause archiving single attribute"""
        self._tell(argin, "AttributePause")

    @command(
        dtype_in=str, doc_in="The attribute name", dtype_out=str, doc_out="The attribute status"
    )
    def AttributeStatus(self, argin: str) -> str:
        """Read an attribute status"""
        return str(self._tell(argin, "AttributeStatus"))

    def _tell(self, name: str, what: str) -> Any:
        """Run the command of the same name on the archiver of an attribute."""
        proxy, _, known = self.archivers.of(name, what)
        return proxy.command_inout(what, known)

    @command(dtype_in=str, doc_in="Attribute name", dtype_out=str, doc_out="Archiver name")
    def AttributeGetArchiver(self, argin: str) -> str:
        """Return archiver associated to attribute."""
        return self.archivers.of(argin, "AttributeGetArchiver")[1]

    @command(
        dtype_in=str,
        doc_in="Attribute name or part of it",
        dtype_out=(str,),
        doc_out="Attribute list",
    )
    def AttributeSearch(self, argin: str) -> list[str]:
        """Return list of attributes containing input argument"""
        wanted = f"*{argin.strip('*').lower()}*"
        found = [
            name
            for names in self.archivers.attributes().values()
            for name in names
            if fnmatchcase(name.lower(), wanted)
        ]
        return sorted(found)[: self.MaxSearchSize]

    @command(dtype_in=(str,), doc_in="[0]: Attribute name [1]: Archiver name [2]: Strategy")
    def AttributeAssign(self, argin: list[str]) -> None:
        """Assign attribute to archiver; its own strategy and TTL go with it unless one is named."""
        if len(argin) < 2:
            raise wrong("AttributeAssign takes an attribute and an archiver", "AttributeAssign")
        target = self.archivers.proxy(argin[1])
        try:
            proxy, _, known = self.archivers.of(argin[0], "AttributeAssign")
        except DevFailed:
            _add(target, argin[0], argin[2] if len(argin) > 2 else "", 0)
            return
        strategy = (
            argin[2] if len(argin) > 2 else proxy.command_inout("GetAttributeStrategy", known)
        )
        ttl = proxy.command_inout("GetAttributeTTL", known)
        proxy.command_inout("AttributeRemove", known)
        _add(target, known, strategy, ttl)

    @command(dtype_in=str, doc_in="Archiver name")
    def ArchiverAdd(self, argin: str) -> None:
        """Add a new archiver to archive in HDB."""
        self.archivers.add(argin)
        self._write_list()

    @command(dtype_in=str, doc_in="Archiver name")
    def ArchiverRemove(self, argin: str) -> None:
        """Remove archiver instance."""
        self.archivers.remove(argin)
        self._write_list()

    @command
    def ResetStatistics(self) -> None:
        """Reset statistic counters"""
        for name in self.archivers.names:
            self.archivers.proxy(name).command_inout("ResetStatistics")

    @command(dtype_in=(str,), doc_in="Attribute name, strategy")
    def SetAttributeStrategy(self, argin: list[str]) -> None:
        """Update strategy associated to an already archived attribute."""
        self._tell_pair(argin, "SetAttributeStrategy")

    @command(
        dtype_in=str, doc_in="The attribute name", dtype_out=str, doc_out="The attribute contexts"
    )
    def GetAttributeStrategy(self, argin: str) -> str:
        """Read an attribute's contexts."""
        return str(self._tell(argin, "GetAttributeStrategy"))

    @command(dtype_in=(str,), doc_in="Attribute name, TTL")
    def SetAttributeTTL(self, argin: list[str]) -> None:
        """Update TTL associated to an already archived attribute."""
        self._tell_pair(argin, "SetAttributeTTL")

    @command(
        dtype_in=str, doc_in="The attribute name", dtype_out="DevULong", doc_out="The attribute TTL"
    )
    def GetAttributeTTL(self, argin: str) -> int:
        """Read an attribute TTL."""
        return int(self._tell(argin, "GetAttributeTTL"))

    def _tell_pair(self, argin: Sequence[str], what: str) -> None:
        if len(argin) != 2:
            raise wrong(f"{what} takes two strings, not {len(argin)}", what)
        proxy, _, known = self.archivers.of(argin[0], what)
        proxy.command_inout(what, [known, argin[1]])

    def _write_list(self) -> None:
        """Put the ArchiverList property into the database, if there is one."""
        try:
            Database().put_device_property(self.get_name(), {"ArchiverList": self.archivers.names})
        except DevFailed as failed:
            _log.info("%s: ArchiverList is not kept: %s", self.get_name(), failed.args[0].desc)


def _add(proxy: Any, name: str, strategy: str, ttl: int) -> None:
    """Add an attribute to an archiver, which may be a C++ one: the TTL is set by a command of its own."""
    full = full_name(name)
    proxy.command_inout("AttributeAdd", [full, strategy] if strategy else [full])
    if ttl:
        proxy.command_inout("SetAttributeTTL", [full, str(ttl)])
