"""Names and properties beyond ASCII, with databases: all pairings of client, server and database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import our_database
from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.operations import text_operations
from tests.interop.peers.plain import attempt
from tests.interop.peers.process import Peer, free_port, python
from tests.interop.test_registered import register

NAME = "caf\u00e9"
ALIAS = "\u00b5-oven"
_RUN = """
from tests.interop.peers.operations import text_operations as asked
return attempt(asked.named, tango, h, d, a)
"""
_PROPERTIES = """
from tests.interop.peers.operations import text_operations as asked
return attempt(asked.properties, tango, h, d, t)
"""
Hosts = dict[str, str]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def databases(peer_directory: Path, cpp_database: cpp.CppDatabase) -> Iterator[Hosts]:
    """Both databases, by whose they are."""
    with our_database(peer_directory) as ours:
        yield {"puretango": f"127.0.0.1:{ours.port}", "cpp": cpp_database.tango_host}


@pytest.fixture(scope="module")
def servers(
    peer_directory: Path, databases: Hosts, pytango_client: PyTangoClient
) -> Iterator[None]:
    """A server of PyTango's and one of ours in each database; names, properties and aliases are no ASCII."""
    with ExitStack() as stack:
        peers = []
        for database, host in reversed(databases.items()):
            for whose in ("tango", "puretango"):
                device, instance = f"{whose}/{NAME}/1", f"{whose}-{NAME}"
                register(pytango_client, host, f"texts/{instance}", "Texts", device)
                port = free_port()
                command = python(
                    "devices/texts.py",
                    whose,
                    "cafe",
                    instance,
                    "-ORBendPoint",
                    f"giop:tcp:127.0.0.1:{port}",
                )
                environment = {"TANGO_HOST": host}
                peers.append(
                    stack.enter_context(
                        Peer(
                            f"{whose}-names-{database}", command, peer_directory, port, environment
                        )
                    )
                )
        for peer in peers:
            peer.wait_for("Ready to accept request")
        yield


@pytest.mark.parametrize("database", ["puretango", "cpp"])
@pytest.mark.parametrize("whose", ["tango", "puretango"])
@pytest.mark.parametrize("client", ["tango", "puretango"])
def test_names(
    client: str, whose: str, database: str, databases: Hosts, servers: None,
    pytango_client: PyTangoClient,
) -> None:  # fmt: skip
    import puretango

    device, host = f"{whose}/{NAME}/1", databases[database]
    alias = ALIAS + client + whose
    if client == "tango":
        seen = pytango_client.run(_RUN, h=host, d=device, a=alias)
    else:
        seen = attempt(text_operations.named, puretango, host, device, alias)
    assert seen == ("value", text_operations.names_expected(device, alias))


@pytest.mark.parametrize("text", ["plain", NAME, "\u00c3\u00a9", "k\u03a9", "\U0001f525"])
@pytest.mark.parametrize("database", ["puretango", "cpp"])
@pytest.mark.parametrize("client", ["tango", "puretango"])
def test_properties(
    client: str, database: str, text: str, databases: Hosts, pytango_client: PyTangoClient
) -> None:
    """The C++ database's tables are Latin-1 for names and for values here: it takes no others."""
    import puretango

    host, device = databases[database], f"property/{client}/1"
    if client == "tango":
        seen: Any = pytango_client.run(_PROPERTIES, h=host, d=device, t=text)
    else:
        seen = attempt(text_operations.properties, puretango, host, device, text)
    if database == "cpp" and any(ord(character) > 255 for character in text):
        assert seen[0] == "error"
        assert seen[2][0][0] == "DB_SQLError"
        return
    kind, found = seen
    assert kind == "value"
    assert {place: value for place, value in found.items() if value != text} == {}
