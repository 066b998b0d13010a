"""The peers as fixtures: each test asks for what it talks to, and skips by name where that is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, python, require_pytango


@pytest.fixture(scope="session")
def peer_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the peers' logs and stores go."""
    return tmp_path_factory.mktemp("peers")


def pytango_rich(
    directory: Path,
    tango_host: str | None = None,
    instance: str = "test",
    devices: str = "test/rich/1,test/rich/2",
) -> Peer:
    """A PyTango server of the class Rich: without database, or registered in the one at `tango_host`."""
    require_pytango()
    port = free_port()
    arguments = ["tango", instance, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    if tango_host is None:
        arguments += ["-nodb", "-dlist", devices]
    environment = {"TANGO_HOST": tango_host or "127.0.0.1:1"}
    return Peer("pytango-rich", python("devices/rich.py", *arguments), directory, port, environment)


@pytest.fixture(scope="session")
def pytango_server(peer_directory: Path) -> Iterator[Peer]:
    """A PyTango server, without database, with the devices test/rich/1 and test/rich/2."""
    with pytango_rich(peer_directory) as peer:
        peer.wait_for("Ready to accept request")
        yield peer


@pytest.fixture(scope="session")
def pytango_client() -> Iterator[PyTangoClient]:
    """A PyTango client in a process of its own, for names with `#dbase=no`."""
    with PyTangoClient() as client:
        yield client


@pytest.fixture(scope="session")
def cpp_tango_test(peer_directory: Path) -> Iterator[Peer]:
    """C++ TangoTest with the device sys/tg_test/1, without database."""
    with cpp.tango_test(peer_directory) as peer:
        peer.wait_for("Ready to accept request")
        yield peer


@pytest.fixture(scope="session")
def cpp_database(peer_directory: Path) -> Iterator[cpp.CppDatabase]:
    """C++ DataBaseds over a MariaDB of its own."""
    with cpp.cpp_database(peer_directory) as database:
        yield database


@pytest.fixture(scope="session")
def mariadb_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SQLAlchemy's address of a MariaDB with Tango's schema; not the one that C++ DataBaseds uses."""
    with cpp.mariadb(tmp_path_factory.mktemp("mariadb")) as server:
        yield server.url
