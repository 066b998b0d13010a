"""Random device classes and requests, in all four pairings of PyTango and puretango: one and the same outcome.

`PURETANGO_SEEDS=100:50` tries other seeds than the few that each run tries.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from puretango.cdr import Any as CdrAny
from puretango.cdr import TCKind, TypeCode
from tests.interop.clients.test_old_clients import CLIENT, DEV, Raw
from tests.interop.conftest import nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.devices import random_device
from tests.interop.peers.process import Peer, free_port, python
from tests.seeds import seeds

pytestmark = pytest.mark.slow

DEVICE = "test/random/1"
_ASK = """
from tests.interop.peers.devices import random_device
return random_device.ask(tango, d, s)
"""


def answers(client: str, device: str, seed: int, pytango_client: PyTangoClient) -> Any:
    import puretango

    if client == "tango":
        return pytango_client.run(_ASK, d=device, s=seed)
    return random_device.ask(puretango, device, seed)


@pytest.mark.parametrize("seed", seeds(4))
def test_as_pytango(seed: int, peer_directory: Path, pytango_client: PyTangoClient) -> None:
    got: dict[tuple[str, str], Any] = {}
    with ExitStack() as stack:
        peers = []
        # A server of its own for each client: what one has written the other would read.
        for client in ("tango", "puretango"):
            for whose in ("tango", "puretango"):
                port = free_port()
                words = (whose, str(seed), "test", "-nodb", "-dlist", DEVICE)
                command = python(
                    "devices/random_device.py", *words, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"
                )
                peer = stack.enter_context(
                    Peer(f"{whose}-random-{seed}-{client}", command, peer_directory, port)
                )
                peers.append((client, whose, peer))
        for client, whose, peer in peers:
            peer.wait_for("Ready to accept request")
            got[client, whose] = answers(client, nodb(peer.port, DEVICE), seed, pytango_client)
            if whose == "tango" and peer.ended:
                pytest.skip(f"PyTango's server has ended in the middle: {peer.output()[-300:]}")
    wanted = got.pop(("tango", "tango"))
    assert len(wanted) > 60
    wrong = [
        (pairing, request, outcome, expected)
        for pairing, each in got.items()
        for (request, outcome), (_, expected) in zip(each, wanted, strict=True)
        if repr(outcome) != repr(expected)
    ]
    assert wrong == []


def _as_old_clients(raw: Raw, seed: int) -> list[Any]:
    """Each release's way to read, to describe and to command, for all that a seed's device has."""
    wanted = random_device.specification(seed)
    names = [*(one["name"] for one in wanted["attributes"]), "State", "missing"]
    nothing = CdrAny(TypeCode(TCKind.NULL))
    found: list[Any] = []

    def note(operation: str, *args: Any) -> None:
        found.append((operation, args[:1], raw(operation, *args)))

    for name in names:
        note("read_attributes", [name])
        note("read_attributes_2", [name], DEV)
        note("read_attributes_3", [name], DEV)
        note("read_attributes_4", [name], DEV, CLIENT)
        note("read_attributes_5", [name], DEV, CLIENT)
        for release in ("", "_2", "_3", "_5"):
            note(f"get_attribute_config{release}", [name])
    note("read_attributes_3", names, DEV)
    note("read_attributes_4", names, DEV, CLIENT)
    for each in wanted["commands"]:
        note("command_query", each["name"])
        note("command_query_2", each["name"])
        note("command_inout", each["name"], nothing)
        note("command_inout_2", each["name"], nothing, DEV)
        note("command_inout_4", each["name"], nothing, DEV, CLIENT)
    return found


@pytest.mark.parametrize("seed", seeds(4))
def test_old_clients(seed: int, peer_directory: Path) -> None:
    got = []
    for whose in ("tango", "puretango"):
        port = free_port()
        words = (whose, str(seed), "test", "-nodb", "-dlist", DEVICE)
        command = python(
            "devices/random_device.py", *words, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"
        )
        with Peer(f"{whose}-random-old-{seed}", command, peer_directory, port) as peer:
            peer.wait_for("Ready to accept request")
            raw = Raw(port, DEVICE)
            got.append(_as_old_clients(raw, seed))
            raw.connection.close()
    wanted, ours = got
    wrong = [
        (one, other) for one, other in zip(wanted, ours, strict=True) if repr(one) != repr(other)
    ]
    assert wrong == []
