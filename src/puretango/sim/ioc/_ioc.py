"""What the simulated EPICS IOCs share: running until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from ._ca_server import Server

__all__ = ["Ioc", "nobody_to_tell", "run_ioc", "serve_ioc"]


async def nobody_to_tell() -> None:
    """Return at once: before an IOC is served there are no clients to wait for."""


class Ioc(Protocol):
    """An IOC: its PVs, and hooks for the begin and the end of serving."""

    #: Waits until the monitors published before have been sent; set by the server, once there is one.
    monitors_sent: Callable[[], Awaitable[None]]

    @property
    def pvdb(self) -> Mapping[str, Any]:
        """Channel by PV name."""

    async def started(self) -> None:
        """Called in the running loop, before clients are served."""

    async def stopped(self) -> None:
        """Called in the loop when serving is over."""


async def serve_ioc(ioc: Ioc, *, interfaces: list[str] | None = None, label: str = "") -> None:
    """Serve `ioc` until the task is cancelled."""

    async def ready(_: object) -> None:
        if label:
            print(f"{label}: {len(ioc.pvdb)} PVs ready", flush=True)

    server = Server(dict(ioc.pvdb), interfaces)
    ioc.monitors_sent = server.monitors_sent
    await ioc.started()
    try:
        await server.run(startup_hook=ready)
    finally:
        await ioc.stopped()


def run_ioc(ioc: Ioc, *, interfaces: list[str] | None = None, label: str = "") -> None:
    """Serve `ioc` until SIGINT or SIGTERM; ports and addresses come from EPICS_CAS_* ."""

    # No EPICS repeater need run on this machine: beacons that nobody receives are not an error.
    logging.getLogger("caproto.bcast").setLevel(logging.CRITICAL)
    logging.getLogger("caproto.ctx").addFilter(
        lambda record: not record.getMessage().startswith("Failed to send beacon")
    )

    async def main() -> None:
        task = asyncio.ensure_future(serve_ioc(ioc, interfaces=interfaces, label=label))
        loop = asyncio.get_running_loop()
        if sys.platform != "win32":
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
