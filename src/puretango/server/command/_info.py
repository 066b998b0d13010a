"""The description of a command for clients."""

from __future__ import annotations

from typing import Any

from puretango import idl


def command_info_2(command: Any) -> Any:
    """The description of a command for clients."""
    return idl.DevCmdInfo_2(
        command.name,
        command.disp_level,
        0,
        int(command.in_type),
        int(command.out_type),
        command.in_desc,
        command.out_desc,
    )
