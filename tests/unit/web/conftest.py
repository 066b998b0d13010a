"""A control system and its pages, for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from puretango.sim import load_class
from puretango.testing import TangoSystem
from puretango.web import Role, Settings, WebServer
from tests.unit.hub.devices import Pushing
from tests.unit.web.client import Client

TOKENS = {
    "viewer-secret": Role.VIEWER,
    "operator-secret": Role.OPERATOR,
    "expert-secret": Role.EXPERT,
}


@pytest.fixture(autouse=True)
def _no_leaks() -> None:
    """The servers live as long as a file's tests; test_server sees that one stops without a trace."""


@pytest.fixture(scope="module")
def system() -> Iterator[TangoSystem]:
    """A database, a TangoTest and a device that pushes."""
    devices = {load_class("TangoTest"): ["sys/tg_test/1"], Pushing: ["lab/push/1"]}
    with TangoSystem(devices, short_names=False) as running:
        yield running


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the journal goes."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def server(system: TangoSystem, state: Path) -> Iterator[WebServer]:
    """The pages, for whoever has a token."""
    settings = Settings(tango_host=system.tango_host, state=state, port=0, tokens=TOKENS)
    with WebServer(settings) as running:
        yield running


@pytest.fixture
def viewer(server: WebServer) -> Client:
    """Somebody who may look."""
    return Client(server.port, Authorization="Bearer viewer-secret")


@pytest.fixture
def operator(server: WebServer) -> Client:
    """Somebody who may write attributes."""
    return Client(server.port, Authorization="Bearer operator-secret")


@pytest.fixture
def expert(server: WebServer) -> Client:
    """Somebody who may do everything."""
    return Client(server.port, Authorization="Bearer expert-secret")
