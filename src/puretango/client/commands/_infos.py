"""What a device says about itself: its attributes, its commands, its server."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from puretango.client.commands._asked import (
    ALL,
    ALL_ATTRIBUTES,
    ALL_ATTRIBUTES_3,
    ALL_COMMANDS,
    DESCRIPTION,
    INFO,
    NAME,
    PING,
    STATE,
    STATUS,
    attribute_question,
    command_infos,
)
from puretango.client.commands._commands import pick_query, query_trouble
from puretango.client.commands._configcall import config_method
from puretango.client.commands._questions import Question, planned
from puretango.client.green._green import (
    blocking_core,
    green_core,
    quick,
    quick_blocking,
    run_green,
)
from puretango.client.green._planned import mode_of
from puretango.client.session._faults import not_supported
from puretango.client.session._identity import client_identity
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._plan import Again, call
from puretango.client.session._trace import traced
from puretango.idl import OPERATIONS, Operation
from puretango.values import (
    AttributeInfo,
    AttributeInfoEx,
    AttributeInfoList,
    AttributeInfoListEx,
    CommandInfo,
    CommandInfoList,
    DeviceInfo,
    DevState,
    GreenMode,
    StdStringVector,
    attribute_config,
    command_info,
)

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["Infos"]


def _is_all(names: Any, everything: tuple[str, ...]) -> bool:
    return isinstance(names, str) and names in everything


def _configuration(names: Any, infos: list[AttributeInfoEx]) -> Any:
    if isinstance(names, str) and not _is_all(names, (ALL_ATTRIBUTES, ALL_ATTRIBUTES_3)):
        return infos[0]
    return AttributeInfoList(infos)


def _checked_names(names: Any) -> list[str]:
    if isinstance(names, str):
        return [names]
    if type(names) is not list and not isinstance(names, Sequence):
        raise TypeError("value must be a string or a sequence<string>")
    return [str(name) for name in names]


class Infos:
    """Questions about the device."""

    _session: Session

    async def _state(self, io: IO) -> DevState:
        """The device's state."""
        state: DevState = await STATE.ask(io, self._session)
        return state

    @quick(_state)
    def state(
        self,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        return planned(self, STATE.key, self._state, green_mode, wait, timeout)

    async def _status(self, io: IO) -> str:
        """The device's status text."""
        text: str = await STATUS.ask(io, self._session)
        return text

    @quick(_status)
    def status(
        self,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        return planned(self, STATUS.key, self._status, green_mode, wait, timeout)

    @blocking_core
    async def name(self, io: IO) -> str:
        """The device's own name."""
        text: str = await NAME.ask(io, self._session)
        return text

    @blocking_core
    async def description(self, io: IO) -> str:
        """The device's description."""
        text: str = await DESCRIPTION.ask(io, self._session)
        return text

    async def _ping(self, io: IO) -> int:
        """Ask for a sign of life; give the time it took in microseconds."""
        start = io.clock()
        await PING.ask(io, self._session)
        return int((io.clock() - start) * 1e6)

    @quick(_ping)
    def ping(
        self,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan in synchronous calls, if there is one."""
        session = self._session
        if (
            not wait
            and not timeout
            and not traced
            and mode_of(self, green_mode) is GreenMode.Synchronous
        ):
            plan = session.known.questions.get(PING.key)
            if plan is not None and wait is None:
                start = perf_counter()
                found = call(session, plan)
                if type(found) is Again:
                    return drive(self._ping(found.then(BLOCKING)))
                return int((perf_counter() - start) * 1e6)
        return run_green(self, self._ping, (), {}, green_mode, wait, timeout)

    async def _info(self, io: IO) -> DeviceInfo:
        """Class, server, host and versions of the device."""
        info: DeviceInfo = await INFO.ask(io, self._session)
        return info

    @quick_blocking(_info)
    def info(
        self,
        *,
        green_mode: GreenMode | None = GreenMode.Synchronous,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        return planned(self, INFO.key, self._info, green_mode, wait, timeout)

    @blocking_core
    async def black_box(self, io: IO, n: int) -> StdStringVector:
        """The device's last requests, the newest first."""
        question = Question(
            ("black_box", n),
            lambda version: (OPERATIONS["black_box"], (n,)),
            query_trouble("black_box"),
        )
        return StdStringVector(await question.ask(io, self._session))

    @blocking_core
    async def get_tango_lib_version(self, io: IO) -> int:
        """The release of the Tango library of the server, as far as its interface shows it."""
        admin = await self._admin(io)  # type: ignore[attr-defined]  # the proxy that this is mixed into has it
        await admin.ready(io)
        version: int = admin.idl_version
        names = {info.cmd_name for info in await command_infos(io, admin)}
        if version >= 6:
            return 1000
        if version == 5:
            return 902 if "QueryEventSystem" not in names else 940
        if version == 4:
            return 810 if "ZmqEventSubscriptionChange" in names else 720
        return {3: 500, 2: 400}.get(version, 200)

    # ------------------------------------------------------------------ attributes

    @blocking_core
    async def get_attribute_list(self, io: IO) -> StdStringVector:
        """The names of all attributes."""
        infos = await ALL.ask(io, self._session)
        return StdStringVector(info.name for info in infos)

    @blocking_core
    async def attribute_list_query(self, io: IO) -> AttributeInfoList:
        """The basic configuration of all attributes."""
        return AttributeInfoList(await ALL.ask(io, self._session))

    @blocking_core
    async def attribute_list_query_ex(self, io: IO) -> AttributeInfoListEx:
        """The full configuration of all attributes."""
        return AttributeInfoListEx(await ALL.ask(io, self._session))

    @blocking_core
    async def attribute_query(self, io: IO, attr_name: str) -> AttributeInfoEx:
        """The full configuration of one attribute."""
        infos: list[AttributeInfoEx] = await attribute_question([attr_name]).ask(io, self._session)
        return infos[0]

    async def _get_attribute_config(self, io: IO, names: str | Sequence[str]) -> Any:
        """The configuration of one attribute in full, or of several."""
        infos = await attribute_question(_checked_names(names)).ask(io, self._session)
        return _configuration(names, infos)

    @config_method
    def get_attribute_config(
        self,
        names: str | Sequence[str],
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """The configuration of one attribute in full, or of several."""
        mode = mode_of(self, green_mode)
        if mode is GreenMode.Synchronous and wait is None and not timeout and not traced:
            key = tuple(_checked_names(names))
            plan = self._session.known.questions.get(key)
            if plan is not None:
                found = call(self._session, plan)
                if type(found) is Again:
                    return drive(self._get_attribute_config(found.then(BLOCKING), names))
                return _configuration(names, found)
        long_way = partial(self._get_attribute_config, names=names)
        return run_green(self, long_way, (), {}, mode, wait, timeout)

    @green_core
    async def get_attribute_config_ex(
        self, io: IO, names: str | Sequence[str]
    ) -> AttributeInfoListEx:
        """The full configuration of attributes."""
        question = attribute_question(_checked_names(names))
        return AttributeInfoListEx(await question.ask(io, self._session))

    @green_core
    async def set_attribute_config(
        self,
        io: IO,
        value: AttributeInfo | AttributeInfoEx | Sequence[AttributeInfo | AttributeInfoEx],
    ) -> None:
        """Change the configuration of one attribute or of several."""
        infos = [value] if isinstance(value, AttributeInfo) else value
        if not all(isinstance(info, AttributeInfo) for info in infos):
            raise TypeError(_WRONG_CONFIG)
        if not infos:
            return
        session = self._session
        full = all(isinstance(info, AttributeInfoEx) for info in infos)

        def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
            if full and version >= 5:
                configs = [attribute_config(info, 5) for info in infos]
                args: tuple[Any, ...] = (configs, client_identity(version))
                return OPERATIONS["set_attribute_config_5"], args
            if full and version == 4:
                configs = [attribute_config(info, 3) for info in infos]
                return OPERATIONS["set_attribute_config_4"], (configs, client_identity(version))
            if full and version == 3:
                configs = [attribute_config(info, 3) for info in infos]
                return OPERATIONS["set_attribute_config_3"], (configs,)
            return OPERATIONS["set_attribute_config"], (
                [attribute_config(info, 1) for info in infos],
            )

        await session.request(io, pick, query_trouble("set_attribute_config"))

    # -------------------------------------------------------------------- commands

    @blocking_core
    async def get_command_list(self, io: IO) -> StdStringVector:
        """The names of all commands."""
        return StdStringVector(info.cmd_name for info in await command_infos(io, self._session))

    @blocking_core
    async def command_list_query(self, io: IO) -> CommandInfoList:
        """The descriptions of all commands."""
        return CommandInfoList(await command_infos(io, self._session))

    @blocking_core
    async def command_query(self, io: IO, command: str) -> CommandInfo:
        """The description of one command."""
        return await self._command_query(io, command)

    async def _command_query(self, io: IO, command: str) -> CommandInfo:
        trouble = query_trouble("command_query")
        question = Question(("command_query", command), pick_query(command), trouble, command_info)
        info: CommandInfo = await question.ask(io, self._session)
        return info

    @green_core
    async def get_command_config(
        self, io: IO, value: str | Sequence[str] = (ALL_COMMANDS,)
    ) -> CommandInfoList | CommandInfo:
        """The description of one command, or of several."""
        names = _checked_names(value)
        infos = await command_infos(io, self._session)
        if names == [ALL_COMMANDS]:
            return CommandInfoList(infos)
        if isinstance(value, str):
            return await self._command_query(io, value)
        by_name = {info.cmd_name.lower(): info for info in infos}
        found = [by_name[name.lower()] for name in names if name.lower() in by_name]
        return CommandInfoList(found)

    def _unsupported(self, what: str) -> Exception:
        return not_supported(self._session, what)


_WRONG_CONFIG = (
    "Value must be a AttributeInfo, AttributeInfoEx, sequence<AttributeInfo> or "
    "sequence<AttributeInfoEx>"
)
