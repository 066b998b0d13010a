"""What the simulated EPICS IOCs share: running until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Mapping
from typing import Any, Protocol

from caproto.asyncio.server import Context

__all__ = ["Ioc", "monitors_sent", "run_ioc", "serve_ioc"]


#: Seconds that caproto needs to send monitors: a put that completes waits for
#: them, because a client that was told of the end must not see older values.
MONITORS_SENT = 0.05


async def monitors_sent() -> None:
    """Wait until what was published before has gone out."""
    await asyncio.sleep(MONITORS_SENT)


class Ioc(Protocol):
    """An IOC: its PVs, and what it does when serving begins and ends."""

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

    await ioc.started()
    try:
        await Context(dict(ioc.pvdb), interfaces).run(startup_hook=ready)
    finally:
        await ioc.stopped()


def run_ioc(ioc: Ioc, *, interfaces: list[str] | None = None, label: str = "") -> None:
    """Serve `ioc` until SIGINT or SIGTERM; ports and addresses come from EPICS_CAS_* ."""

    # No EPICS repeater need run on this machine: beacons to nobody are no error.
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
