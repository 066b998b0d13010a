"""Questions about a device: its configuration, its commands, its server, its state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.commands._commands import query_trouble
from puretango.client.commands._questions import Question, plain_question
from puretango.idl import OPERATIONS, Operation
from puretango.values import (
    AttributeInfoEx,
    CommandInfo,
    DeviceInfo,
    attribute_info,
    command_info,
    copies_of_infos,
    copy_of_device_info,
    device_info,
)

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = [
    "ALL",
    "ALL_ATTRIBUTES",
    "ALL_ATTRIBUTES_3",
    "ALL_COMMANDS",
    "DESCRIPTION",
    "INFO",
    "NAME",
    "PING",
    "STATE",
    "STATUS",
    "attribute_infos",
    "attribute_question",
    "command_infos",
    "info_of",
]

ALL_ATTRIBUTES = "All attributes"
ALL_ATTRIBUTES_3 = "All attributes_3"
ALL_COMMANDS = "All commands"


def attribute_question(names: Sequence[str]) -> Question:
    """The operation that asks for the configuration of attributes."""
    wanted = list(names)

    def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
        asked = wanted
        if version >= 3:
            asked = [ALL_ATTRIBUTES_3 if name == ALL_ATTRIBUTES else name for name in wanted]
        suffix = {5: "_5", 4: "_3", 3: "_3", 2: "_2", 1: ""}[min(version, 5)]
        return OPERATIONS[f"get_attribute_config{suffix}"], (asked,)

    def then(configs: Any) -> list[AttributeInfoEx]:
        if wanted not in ([ALL_ATTRIBUTES], [ALL_ATTRIBUTES_3]) and len(configs) != len(wanted):
            raise ValueError(f"{len(configs)} configurations of {len(wanted)} attributes")
        return [attribute_info(config) for config in configs]

    trouble = query_trouble("get_attribute_config")
    return Question(tuple(wanted), pick, trouble, then, copies_of_infos)


ALL = attribute_question([ALL_ATTRIBUTES])


async def attribute_infos(io: IO, session: Session, names: Sequence[str]) -> list[AttributeInfoEx]:
    """The configuration of attributes, in full as far as the device's version knows it."""
    question = attribute_question(names)
    found: list[AttributeInfoEx] = await session.request(
        io, question.pick, question.trouble, then=question.then
    )
    return found


def _pick_commands(version: int) -> tuple[Operation, tuple[Any, ...]]:
    return OPERATIONS["command_list_query_2" if version >= 2 else "command_list_query"], ()


def _command_list(items: Any) -> list[CommandInfo]:
    return [command_info(item) for item in items]


_COMMANDS = Question(
    "command_list_query", _pick_commands, query_trouble("command_list_query"), _command_list
)


async def command_infos(io: IO, session: Session) -> list[CommandInfo]:
    """The descriptions of all commands."""
    found: list[CommandInfo] = await _COMMANDS.ask(io, session)
    return found


def _pick_info(version: int) -> tuple[Operation, tuple[Any, ...]]:
    suffix = "_6" if version >= 6 else "_3" if version >= 3 else ""
    return OPERATIONS[f"info{suffix}"], ()


STATE = plain_question("_get_state", "state")
STATUS = plain_question("_get_status", "status")
NAME = plain_question("_get_name", "name")
DESCRIPTION = plain_question("_get_description", "description")
PING = Question("ping", lambda version: (OPERATIONS["ping"], ()), query_trouble("ping"))
INFO = Question("info", _pick_info, query_trouble("info"), device_info, copy_of_device_info)


async def info_of(io: IO, session: Session) -> DeviceInfo:
    """A device's information about itself."""
    info: DeviceInfo = await INFO.ask(io, session)
    return info
