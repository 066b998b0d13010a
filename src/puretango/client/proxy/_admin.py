"""What a DeviceProxy does through the device's admin device: polling, logging, locking."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.commands._typed import LONGS_STRINGS, STRING, STRINGS, typed_command
from puretango.client.green._green import blocking_core
from puretango.client.names._names import parse_device_name
from puretango.client.proxy._admins import Admins, LockingAdmin
from puretango.client.session._faults import non_database
from puretango.errors import CommunicationFailed, DevFailed
from puretango.values import (
    CmdArgType,
    GreenMode,
    LockerInfo,
    LockerLanguage,
    StdStringVector,
)

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["AdminCalls"]

_SYNCHRONOUS = GreenMode.Synchronous
_MIN_LOCK_VALIDITY = 2
_DEFAULT_LOCK_VALIDITY = 10

_ELSEWHERE = frozenset(
    (
        "API_CantConnectToDevice",
        "API_CommunicationFailed",
        "API_DeviceNotDefined",
        "API_DeviceNotExported",
        "API_DeviceNotFound",
        "API_ServerNotRunning",
        "DB_DeviceNotDefined",
    )
)
"""Reasons for which a device may have moved to another server: its admin device is another one then."""


class AdminCalls:
    """Polling, logging, locking and telemetry of a device, through its admin device."""

    _session: Session
    __dict__: dict[str, Any]

    async def _admin(self, io: IO) -> Session:
        """The session with the admin device, opened when first needed."""
        admin: Session | None = self.__dict__.get("_admin_session")
        if admin is None:
            from puretango.client.database._open import open_session

            name = await self._admin_name(io)
            shared = self._session.context.part(Admins).known
            admin = shared.get(name)  # the devices of one server share it
            if admin is None:
                admin = shared[name] = await open_session(io, self._session.context, name)
            self.__dict__["_admin_session"] = admin
        return admin

    async def _admin_name(self, io: IO) -> str:
        raise NotImplementedError

    async def _ask_admin(
        self,
        io: IO,
        command: str,
        in_type: CmdArgType = CmdArgType.DevVoid,
        value: Any = None,
        then: Callable[[Any], Any] | None = None,
    ) -> Any:
        """Run a command of the admin device: of another one if the device has moved to it."""
        admin = await self._admin(io)
        try:
            return await typed_command(io, admin, command, in_type, value, then)
        except DevFailed as failed:
            if not any(error.reason in _ELSEWHERE for error in failed.args):
                raise
            moved = await self._moved(io, admin)
            if moved is None:
                raise
            return await typed_command(io, moved, command, in_type, value, then)

    async def _moved(self, io: IO, old: Session) -> Session | None:
        """The session with the device's present admin device; None if it is still the same.

        A server that was renamed, or deleted and added under another name, has another admin
        device; only the device itself can tell which.
        """
        try:
            name = await self._admin_name(io)
        except DevFailed:
            return None
        if parse_device_name(name).device == old.device_name:
            return None
        self.__dict__.pop("_admin_session", None)
        return await self._admin(io)

    # --------------------------------------------------------------------- polling

    @blocking_core
    async def polling_status(self, io: IO) -> StdStringVector:
        """The texts of DevPollStatus, one for each polled object."""
        texts: StdStringVector = await self._ask_admin(
            io, "DevPollStatus", STRING, self._session.device_name, StdStringVector
        )
        return texts

    async def _period(self, io: IO, kind: str, name: str) -> int | None:
        """The polling period of an attribute or command; None if it is not polled."""
        period: int | None = await self._ask_admin(
            io,
            "DevPollStatus",
            STRING,
            self._session.device_name,
            lambda texts: _period_of(texts, kind, name),
        )
        return period

    async def _poll(self, io: IO, kind: str, name: str, period_ms: int) -> None:
        period = await self._period(io, kind, name)
        if period is not None and period in (period_ms, 0):
            return
        command = "AddObjPolling" if period is None else "UpdObjPollingPeriod"
        argument = ([period_ms], [self._session.device_name, kind, name])
        try:
            await self._ask_admin(io, command, LONGS_STRINGS, argument)
        except CommunicationFailed:
            await self._ask_admin(io, command, LONGS_STRINGS, argument)

    async def _stop_poll(self, io: IO, kind: str, name: str) -> None:
        argument = [self._session.device_name, kind, name]
        await self._ask_admin(io, "RemObjPolling", STRINGS, argument)

    @blocking_core
    async def poll_attribute(self, io: IO, attr_name: str, period_ms: int) -> None:
        """Start to poll an attribute, or change its period."""
        await self._poll(io, "attribute", attr_name, period_ms)

    @blocking_core
    async def poll_command(self, io: IO, cmd_name: str, period_ms: int) -> None:
        """Start to poll a command, or change its period."""
        await self._poll(io, "command", cmd_name, period_ms)

    @blocking_core
    async def stop_poll_attribute(self, io: IO, attr_name: str) -> None:
        """Stop the polling of an attribute."""
        await self._stop_poll(io, "attribute", attr_name)

    @blocking_core
    async def stop_poll_command(self, io: IO, cmd_name: str) -> None:
        """Stop the polling of a command."""
        await self._stop_poll(io, "command", cmd_name)

    @blocking_core
    async def is_attribute_polled(self, io: IO, attr_name: str) -> bool:
        """True if the attribute is polled."""
        return await self._period(io, "attribute", attr_name) is not None

    @blocking_core
    async def is_command_polled(self, io: IO, cmd_name: str) -> bool:
        """True if the command is polled."""
        return await self._period(io, "command", cmd_name) is not None

    @blocking_core
    async def get_attribute_poll_period(self, io: IO, attr_name: str) -> int:
        """The polling period of an attribute in milliseconds, 0 if it is not polled."""
        return await self._period(io, "attribute", attr_name) or 0

    @blocking_core
    async def get_command_poll_period(self, io: IO, cmd_name: str) -> int:
        """The polling period of a command in milliseconds, 0 if it is not polled."""
        return await self._period(io, "command", cmd_name) or 0

    # --------------------------------------------------------------------- logging

    @blocking_core
    async def add_logging_target(self, io: IO, target_type_target_name: str) -> None:
        """Have the device log to one more target, ``type::name``."""
        argument = [self._session.device_name, target_type_target_name]
        await self._ask_admin(io, "AddLoggingTarget", STRINGS, argument)

    @blocking_core
    async def remove_logging_target(self, io: IO, target_type_target_name: str) -> None:
        """Stop the device's logging to a target."""
        argument = [self._session.device_name, target_type_target_name]
        await self._ask_admin(io, "RemoveLoggingTarget", STRINGS, argument)

    @blocking_core
    async def get_logging_target(self, io: IO) -> StdStringVector:
        """The device's logging targets."""
        targets: StdStringVector = await self._ask_admin(
            io, "GetLoggingTarget", STRING, self._session.device_name, StdStringVector
        )
        return targets

    @blocking_core
    async def get_logging_level(self, io: IO) -> int:
        """The device's logging level: 0 off … 5 debug."""
        name = self._session.device_name

        def then(answer: Any) -> int | None:
            levels, names = answer
            for level, device in zip(levels, names, strict=True):
                if device.lower() == name.lower():
                    return int(level)
            return None

        level: int | None = await self._ask_admin(io, "GetLoggingLevel", STRINGS, [name], then)
        if level is not None:
            return level
        raise DevFailed.make(
            "API_DeviceNotFound",
            f"Incoherent data received from the admin device of {name}",
            "DeviceProxy::get_logging_level()",
        )

    @blocking_core
    async def set_logging_level(self, io: IO, level: int) -> None:
        """Set the device's logging level."""
        argument = ([int(level)], [self._session.device_name])
        await self._ask_admin(io, "SetLoggingLevel", LONGS_STRINGS, argument)

    # --------------------------------------------------------------------- locking

    def _need_database(self, what: str) -> None:
        if not self._has_database():
            raise non_database(self._session, what, "Feature")

    def _has_database(self) -> bool:
        raise NotImplementedError

    @blocking_core
    async def lock(self, io: IO, lock_validity: int = _DEFAULT_LOCK_VALIDITY) -> None:
        """Lock the device for this process; the lock is renewed until it is given up."""
        self._need_database("lock")
        name = self._session.device_name
        if lock_validity < _MIN_LOCK_VALIDITY:
            raise DevFailed.make(
                "API_MethodArgument",
                f"Lock validity can not be lower than {_MIN_LOCK_VALIDITY} seconds",
                "DeviceProxy::lock",
            )
        held = self.__dict__.get("_locks", (0, 0))
        if held[0] and held[1] != lock_validity:
            raise DevFailed.make(
                "API_MethodArgument",
                f"Device {name} is already locked with another lock validity ({held[1]} sec)",
                "DeviceProxy::lock",
            )
        await self._ask_admin(io, "LockDevice", LONGS_STRINGS, ([lock_validity], [name]))
        admin = await self._admin(io)
        self.__dict__["_locks"] = (held[0] + 1, lock_validity)
        self._session.context.locks.hold(LockingAdmin(admin), name, lock_validity)

    @blocking_core
    async def unlock(self, io: IO, force: bool = False) -> None:
        """Give the device's lock up; with ``force`` even somebody else's."""
        self._need_database("unlock")
        name = self._session.device_name
        left = await self._ask_admin(io, "UnLockDevice", LONGS_STRINGS, ([int(force)], [name]))
        admin = await self._admin(io)
        count, validity = self.__dict__.get("_locks", (0, 0))
        self.__dict__["_locks"] = (max(0, count - 1), validity)
        if not left or force:
            self._session.context.locks.release(id(admin), name)

    async def _lock_status(self, io: IO) -> tuple[list[int], list[str]]:
        self._need_database("ask_locking_status")
        status: tuple[list[int], list[str]] = await self._ask_admin(
            io, "DevLockStatus", STRING, self._session.device_name, _lock_status
        )
        return status

    @blocking_core
    async def is_locked(self, io: IO) -> bool:
        """True if the device is locked by anybody."""
        return (await self._lock_status(io))[0][0] != 0

    @blocking_core
    async def is_locked_by_me(self, io: IO) -> bool:
        """True if the device is locked by this process."""
        numbers, texts = await self._lock_status(io)
        return bool(numbers[0]) and numbers[1] == os.getpid() and _is_this_host(texts[1])

    @blocking_core
    async def locking_status(self, io: IO) -> str:
        """A text that says who has locked the device."""
        return (await self._lock_status(io))[1][0]

    @blocking_core
    async def get_locker(self, io: IO, lockinfo: LockerInfo) -> bool:
        """Fill in who has locked the device; False if nobody has."""
        numbers, texts = await self._lock_status(io)
        if not numbers[0]:
            return False
        if numbers[1]:
            lockinfo.ll = LockerLanguage.CPP
            lockinfo.li = numbers[1]
            lockinfo.locker_class = "Not defined"
        else:
            lockinfo.ll = LockerLanguage.JAVA
            lockinfo.li = tuple(numbers[2:6])
            lockinfo.locker_class = texts[2]
        lockinfo.locker_host = _host_name(texts[1])
        return True


def _period_of(texts: Sequence[str], kind: str, name: str) -> int | None:
    """The period in DevPollStatus's text about an object; 0 if its polling is triggered externally."""
    for text in texts:
        lines = text.split("\n")
        polled = lines[0].partition("name = ")[2].strip()
        if kind not in lines[0] or polled.lower() != name.lower():
            continue
        period = lines[1].partition("= ")[2].strip() if len(lines) > 1 else ""
        return int(period) if period.isdigit() else 0
    return None


def _lock_status(answer: Any) -> tuple[list[int], list[str]]:
    """The parts of DevLockStatus's answer: locked or not, pid, four words of a Java client; text, host, class."""
    numbers, texts = answer
    status = [int(number) for number in numbers], list(texts)
    if len(status[0]) < 6 or len(status[1]) < 3:
        raise ValueError(f"{status} is not the status of a lock")
    return status


def _host_name(address: str) -> str:
    """The host in a client's address as a server gives it."""
    import socket

    if "giop:unix" in address or address.startswith("collocated"):
        return socket.gethostname()
    host = address.rpartition("giop:tcp:")[2]
    host = host.rpartition(":")[0].strip("[]") or host
    return host.removeprefix("::ffff:")


def _is_this_host(address: str) -> bool:
    """True if a server has seen a client at an address of this host.

    The address itself is tested, by binding a socket to it: what this host's name resolves to says
    nothing about the addresses that it speaks from.
    """
    import socket

    host = _host_name(address)
    if host == socket.gethostname():
        return True
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)
    except OSError:
        return False
    for family, kind, protocol, _, place in found:
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.bind(place)
        except OSError:
            continue
        return True
    return False
