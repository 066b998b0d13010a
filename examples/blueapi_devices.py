"""Devices of Tango and plans for blueapi, which runs ophyd-async's devices.

    env:
      sources:
        - {kind: planFunctions, module: blueapi_devices}
        - {kind: deviceManager, module: blueapi_devices}

    TANGO_HOST=localhost:10000 PYTHONPATH=examples blueapi -c config.yaml serve

It wants the devices sys/tg_test/1 (`puretango serve TangoTest test`) and sim/motor/1
(`puretango serve Motor test`).
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from bluesky.plans import count as count_plan
from bluesky.protocols import Movable, Readable
from bluesky.run_engine import call_in_bluesky_event_loop
from bluesky.utils import MsgGenerator

from puretango.bluesky.aio import TangoMotor, TangoReadable

__all__ = ["count", "step"]


def count(detectors: list[Readable], num: int = 1) -> MsgGenerator:
    """Read detectors some times."""
    yield from count_plan(detectors, num)


def step(axis: Movable, detectors: list[Readable], positions: list[float]) -> MsgGenerator:
    """Read detectors at positions of an axis."""
    from bluesky.plans import list_scan

    yield from list_scan(detectors, axis, positions)


@dataclass
class Connected:
    """What blueapi is told of the devices: those that are there, and why others are not."""

    devices: dict[str, Any] = field(default_factory=dict)
    build_errors: dict[str, Exception] = field(default_factory=dict)
    connection_errors: dict[str, Exception] = field(default_factory=dict)


class Manager:
    """Makes the devices and connects them, each by itself: one that is away keeps none of the others."""

    def build_and_connect(
        self,
        *,
        mock: bool = False,
        timeout: float | None = None,
        fixtures: dict[str, Any] | None = None,
    ) -> Connected:
        """All devices."""
        made = [
            TangoReadable("sys/tg_test/1", name="source", auto_fill_signals=True),
            TangoMotor("sim/motor/1", "axis", position="position"),
        ]
        connected = Connected()

        async def connect() -> list[Any]:
            return await asyncio.gather(
                *(device.connect(mock=mock, timeout=timeout or 10) for device in made),
                return_exceptions=True,
            )

        for device, outcome in zip(made, call_in_bluesky_event_loop(connect())):
            if isinstance(outcome, Exception):
                connected.connection_errors[device.name] = outcome
            else:
                connected.devices[device.name] = device
        return connected


devices = Manager()
