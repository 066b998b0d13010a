"""PyTango's limits, applied on request: a program that runs within them runs on PyTango too.

puretango lets any number of servers live in one process, and synchronous and asyncio devices in
one server; PyTango does not. A program that must run on both asks for PyTango's limits with the environment
variable ``PURETANGO_PYTANGO_LIMITS=1`` or ``python -m puretango.compat --limits PROGRAM``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from puretango.net import MAX_CONNECTIONS
from puretango.server.base._failure import throw
from puretango.server.host._current import known_servers

if TYPE_CHECKING:
    from puretango.server.host._core import ServerCore

LIMITS_VARIABLE = "PURETANGO_PYTANGO_LIMITS"


CONNECTIONS_VARIABLE = "PURETANGO_MAX_CONNECTIONS"


def most_connections(wanted: int | None) -> int:
    """Connections that a server has at once: what was asked for, the environment, or 5,000.

    :raises ValueError: the environment variable is not a number above 0
    """
    text = os.environ.get(CONNECTIONS_VARIABLE, "") if wanted is None else str(wanted)
    if not text:
        return MAX_CONNECTIONS
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{CONNECTIONS_VARIABLE}={text}: a number above 0 is wanted")
    return int(text)


def keeps_pytango_limits() -> bool:
    """True if this process asked for PyTango's limits."""
    return os.environ.get(LIMITS_VARIABLE, "0") not in ("", "0")


def check_limits(server: ServerCore) -> None:
    """Refuse what PyTango refuses, if that was asked for."""
    if not keeps_pytango_limits():
        return
    modes = {server.green_mode_of(info.device_type) for info in server.classes}
    if len(modes) > 1:
        names = ", ".join(sorted(mode.name for mode in modes))
        raise ValueError(
            f"Devices with mixed green modes ({names}) cannot run in one device server on PyTango, "
            f"whose limits {LIMITS_VARIABLE} asks for"
        )
    others = [other.server_id for other in _running(known_servers()) if other is not server]
    if others:
        raise throw(
            "API_DeviceNotDefined",
            f"{server.server_id} cannot start beside {', '.join(others)}: one process holds one "
            f"device server on PyTango, whose limits {LIMITS_VARIABLE} asks for",
            "Server::start()",
        )


def _running(servers: Iterable[ServerCore]) -> list[ServerCore]:
    return [server for server in servers if server.admin is not None]
