"""Histories of polled attributes and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.client.commands._commands import query_trouble
from puretango.client.green._green import blocking_core
from puretango.idl import OPERATIONS, Operation
from puretango.values import (
    DeviceAttributeHistory,
    DeviceDataHistoryList,
    ExtractAs,
    attribute_history,
    command_history,
)

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["Histories"]


class Histories:
    """History calls of a DeviceProxy."""

    _session: Session

    @blocking_core
    async def attribute_history(
        self, io: IO, attr_name: str, depth: int, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> list[DeviceAttributeHistory]:
        """The last values of a polled attribute, the oldest first."""

        def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
            return OPERATIONS[f"read_attribute_history_{max(2, min(version, 5))}"], (
                attr_name,
                depth,
            )

        found: list[DeviceAttributeHistory] = await self._session.request(
            io,
            pick,
            query_trouble("attribute_history"),
            then=lambda received: attribute_history(received, extract_as),
        )
        return found

    @blocking_core
    async def command_history(self, io: IO, cmd_name: str, depth: int) -> DeviceDataHistoryList:
        """The last results of a polled command, the oldest first."""

        def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
            return OPERATIONS[f"command_inout_history_{4 if version >= 4 else 2}"], (
                cmd_name,
                depth,
            )

        found: DeviceDataHistoryList = await self._session.request(
            io,
            pick,
            query_trouble("command_history"),
            then=lambda received: command_history(received, cmd_name),
        )
        return found
