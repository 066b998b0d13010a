"""A PyTango server with what a beamline meets, new for each test; and a RunEngine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bluesky import RunEngine

from tests.interop.conftest import nodb
from tests.interop.peers.process import Peer, free_port, python, require_pytango
from tests.unit.bluesky.conftest import Documents, run_engine

Locate = Callable[[str], str]
DEVICES = ("test/odd/1", "test/slow/1", "test/quick/1", "test/quick/2", "test/runner/1")


@pytest.fixture(scope="session")
def beamline_peer(peer_directory: Path) -> Iterator[Peer]:
    """The server."""
    require_pytango()
    port = free_port()
    classes = "Odd::test/odd/1,SlowAxis::test/slow/1,Quick::test/quick/1,test/quick/2,Runner::test/runner/1"
    command = python(
        "devices/beamline.py", "tango", "test", "-nodb", "-dlist", classes,
        "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}",
    )  # fmt: skip
    environment = {"TANGO_HOST": "127.0.0.1:1"}
    with Peer("pytango-beamline", command, peer_directory, port, environment) as peer:
        peer.wait_for("Ready to accept request")
        yield peer


@pytest.fixture
def trl(beamline_peer: Peer) -> Locate:
    """Locators of the server's devices and their members; every device as after its start."""
    from puretango.client import DeviceProxy

    for device in DEVICES:
        DeviceProxy(nodb(beamline_peer.port, device)).Init()
    return lambda name: nodb(beamline_peer.port, name)


@pytest.fixture
def documents() -> Documents:
    """Where the RunEngine's documents go."""
    return Documents()


@pytest.fixture
def RE(documents: Documents) -> Iterator[RunEngine]:
    """A RunEngine whose thread ends with the test."""
    with run_engine() as engine:
        engine.subscribe(documents)
        yield engine
