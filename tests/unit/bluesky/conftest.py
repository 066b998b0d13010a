"""A server with a TangoTest, odd devices and a motor; and a RunEngine that leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bluesky import RunEngine

from puretango.server import Server
from puretango.sim import TangoTest
from tests.unit.bluesky.equipment_under_test import AllBroken, Axis, Odd, Stepper

DEVICES = {
    "TangoTest": ["sys/tg_test/1"],
    "Odd": ["test/odd/1"],
    "AllBroken": ["test/broken/1"],
    "Axis": ["test/axis/1", "test/axis/2"],
    "Stepper": ["test/stepper/1"],
}


def start_server(port: int = 0) -> Server:
    """A started server with all devices."""
    server = Server("test", [TangoTest, Odd, AllBroken, Axis, Stepper], devices=DEVICES, port=port)
    server.start()
    return server


@pytest.fixture
def server() -> Iterator[Server]:
    """The server, new for each test."""
    started = start_server()
    yield started
    started.stop()


@pytest.fixture
def trl(server: Server) -> Callable[[str], str]:
    """Locators of the server's devices and their members."""

    def locate(name: str) -> str:
        return f"tango://127.0.0.1:{server.port}/{name}#dbase=no"

    return locate


class Documents:
    """The documents of a run."""

    def __init__(self) -> None:
        self.all: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, name: str, document: dict[str, Any]) -> None:
        self.all.append((name, document))

    def clear(self) -> None:
        """Forget them."""
        self.all.clear()

    def of(self, name: str) -> list[dict[str, Any]]:
        """All documents of one kind."""
        return [document for kind, document in self.all if kind == name]

    def column(self, key: str) -> list[Any]:
        """One key of all events."""
        return [event["data"][key] for event in self.of("event")]


@pytest.fixture
def documents() -> Documents:
    """Where a RunEngine's documents go."""
    return Documents()


async def _wind_up() -> None:
    loop = asyncio.get_running_loop()
    others = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await loop.shutdown_asyncgens()


@contextmanager
def run_engine() -> Iterator[RunEngine]:
    """A RunEngine whose thread ends with the context."""
    engine = RunEngine({}, context_managers=[])
    try:
        yield engine
    finally:
        # What ophyd-async's devices left on the loop ends as with any loop that is shut down.
        asyncio.run_coroutine_threadsafe(_wind_up(), engine.loop).result(timeout=30)
        engine.loop.call_soon_threadsafe(engine.loop.stop)
        engine._th.join(timeout=30)
        engine.loop.close()


@pytest.fixture
def RE(documents: Documents) -> Iterator[RunEngine]:
    """A RunEngine for one test."""
    with run_engine() as engine:
        engine.subscribe(documents)
        yield engine


@pytest.fixture
def data() -> Path:
    """The directory of golden data."""
    return Path(__file__).resolve().parents[2] / "data"
