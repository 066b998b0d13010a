"""What dispatching a request needs of the server."""

from __future__ import annotations

from typing import Protocol

from puretango.server.base._loopthread import LoopThread
from puretango.server.device.parts._ports import DeviceHost


class DispatchHost(DeviceHost, Protocol):
    """A server, as its dispatcher sees it."""

    @property
    def loop_thread(self) -> LoopThread | None: ...
