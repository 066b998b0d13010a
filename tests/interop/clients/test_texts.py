"""Every text of a device, in all four pairings of PyTango and puretango: as its author wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.devices.texts import TEXTS
from tests.interop.peers.operations import text_operations
from tests.interop.peers.plain import attempt
from tests.interop.peers.process import Peer, free_port, python

DEVICE = "test/texts/1"
_RUN = """
from tests.interop.peers.operations import text_operations as asked
return attempt(asked.run, tango, n, d, t)
"""
Servers = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def servers(peer_directory: Path) -> Iterator[Servers]:
    """(whose, the text's name) -> the device."""
    with ExitStack() as stack:
        found = {}
        for whose in ("tango", "puretango"):
            for name in TEXTS:
                port = free_port()
                words = (whose, name, "test", "-nodb", "-dlist", DEVICE)
                command = python(
                    "devices/texts.py", *words, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"
                )
                peer = stack.enter_context(
                    Peer(f"{whose}-texts-{name}", command, peer_directory, port)
                )
                found[whose, name] = nodb(port, DEVICE), peer
        for _, peer in found.values():
            peer.wait_for("Ready to accept request")
        yield {key: device for key, (device, _) in found.items()}


def shown_by_pytango(operation: str, whose: str, text: str) -> str:
    """What PyTango's client makes of the bytes: it takes errors, and Status as a value, for Latin-1."""
    as_bytes = text.encode().decode("latin-1")
    if operation in ("errors", "error_events"):
        return as_bytes
    if operation == "status_values":
        # Our servers send Latin-1 where that cannot be taken for anything else.
        return (
            text if whose == "puretango" and text in (TEXTS["degree"], TEXTS["cafe"]) else as_bytes
        )
    return text


def expected(operation: str, client: str, whose: str, text: str) -> Any:
    """What a place must show; or the error of a text that no value can hold."""
    if operation == "values" and not all(ord(character) < 256 for character in text):
        return ("UnicodeError", "SystemError")  # the latter is PyTango's own trouble
    return shown_by_pytango(operation, whose, text) if client == "tango" else text


@pytest.mark.parametrize("operation", text_operations.OPERATIONS)
@pytest.mark.parametrize("whose", ["tango", "puretango"])
@pytest.mark.parametrize("client", ["tango", "puretango"])
def test_texts(
    client: str, whose: str, operation: str, servers: Servers, pytango_client: PyTangoClient
) -> None:
    import puretango

    wrong = {}
    for name, text in TEXTS.items():
        device = servers[whose, name]
        if client == "tango":
            kind, *seen = pytango_client.run(_RUN, n=operation, d=device, t=text)
        else:
            kind, *seen = attempt(text_operations.run, puretango, operation, device, text)
        wanted = expected(operation, client, whose, text)
        if kind == "error":
            if seen[0] not in wanted:
                wrong[name] = seen
            continue
        assert seen[0]
        for place, found in seen[0].items():
            if found != wanted:
                wrong[f"{name}: {place}"] = found
    assert wrong == {}
