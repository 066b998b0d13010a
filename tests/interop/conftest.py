"""What the interoperability tests share: our servers as processes, and the peers' answers to compare with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.operations.operations import OPERATIONS
from tests.interop.peers.plain import attempt
from tests.interop.peers.process import Peer, free_port, puretango, python

Answers = Callable[[str, str], Any]


def neutral(answer: Any, *texts: str) -> Any:
    """The answer with what must differ between two servers (their addresses) replaced."""
    if isinstance(answer, str):
        for text in texts:
            answer = answer.replace(text, "<address>")
        return answer
    if isinstance(answer, (list, tuple)):
        return [neutral(item, *texts) for item in answer]
    if isinstance(answer, dict):
        return {neutral(key, *texts): neutral(item, *texts) for key, item in answer.items()}
    return answer


def nodb(port: int | None, device: str = "test/rich/1") -> str:
    """The full name of a device of a server without database."""
    return f"tango://127.0.0.1:{port}/{device}#dbase=no"


def puretango_rich(directory: Path, tango_host: str | None = None, instance: str = "test") -> Peer:
    """Our server of the class Rich, in a process of its own, with the classic command line."""
    port = free_port()
    arguments = ["puretango", instance, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    if tango_host is None:
        arguments += ["-nodb", "-dlist", "test/rich/1,test/rich/2"]
    environment = {"TANGO_HOST": tango_host or "127.0.0.1:1"}
    return Peer(
        "puretango-rich", python("devices/rich.py", *arguments), directory, port, environment
    )


def our_database(directory: Path) -> Peer:
    """`puretango db` on SQLite, in a process of its own."""
    port = free_port()
    store = directory / f"database-{port}.sqlite"
    command = puretango("db", "--host", "127.0.0.1", "--port", str(port), "--store", str(store))
    return Peer("puretango-db", command, directory, port)


@pytest.fixture(scope="session")
def puretango_server(peer_directory: Path) -> Iterator[Peer]:
    """Our server, without database, with the devices test/rich/1 and test/rich/2."""
    with puretango_rich(peer_directory) as peer:
        peer.wait_for("Ready to accept request")
        yield peer


@pytest.fixture(scope="session")
def reference(pytango_client: PyTangoClient, pytango_server: Peer) -> Answers:
    """What a PyTango client gets from a PyTango server, for each operation; asked once."""
    known: dict[str, Any] = {}
    device = nodb(pytango_server.port)

    def answer(name: str, _: str = "") -> Any:
        if name not in known:
            known[name] = neutral(
                ask_pytango(pytango_client, name, device), f"127.0.0.1:{pytango_server.port}"
            )
        return known[name]

    return answer


def ask_pytango(client: PyTangoClient, name: str, device: str) -> Any:
    """The answer of the operation `name` through PyTango's client, on a device put back to its start."""
    client.run("tango.DeviceProxy(d).Init()", d=device)
    return client.run("return attempt(OPERATIONS[n], tango, d)", n=name, d=device)


def ask_puretango(name: str, device: str) -> Any:
    """The same through our client."""
    import puretango

    puretango.DeviceProxy(device).Init()
    return attempt(OPERATIONS[name], puretango, device)


@pytest.fixture
def cpp_host(cpp_database: cpp.CppDatabase) -> str:
    """The TANGO_HOST of the C++ database."""
    return cpp_database.tango_host
