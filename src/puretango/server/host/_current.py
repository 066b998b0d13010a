"""The server that the running code belongs to, with all that a server has.

``base`` keeps it for every room, and so cannot name its type; these two functions return it with its type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from puretango.server.base import _current

if TYPE_CHECKING:
    from puretango.server.host._core import ServerCore


def current_server() -> ServerCore | None:
    """The server of this thread, or else the one made last."""
    return cast("ServerCore | None", _current.find_server())


def known_servers() -> list[ServerCore]:
    """The servers of this process that are not gone for good."""
    return cast("list[ServerCore]", _current.all_servers())
