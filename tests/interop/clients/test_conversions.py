"""Every type in every format by every way: a value is kept or refused, never changed in silence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.devices.conversions import TYPES
from tests.interop.peers.operations import conversion_operations
from tests.interop.peers.operations.conversion_operations import CLIENT_WAYS, SERVER_WAYS
from tests.interop.peers.process import Peer, free_port, python

pytestmark = pytest.mark.slow

DEVICE = "test/conversions/1"
_RUN = """
from tests.interop.peers.operations import conversion_operations as asked
return asked.run(tango, d, w, k)
"""


@pytest.fixture(scope="module")
def servers(peer_directory: Path) -> Iterator[dict[str, str]]:
    """Whose server -> its device."""
    with ExitStack() as stack:
        found = {}
        for whose in ("tango", "puretango"):
            port = free_port()
            words = (whose, "test", "-nodb", "-dlist", DEVICE)
            command = python(
                "devices/conversions.py", *words, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"
            )
            peer = stack.enter_context(Peer(f"{whose}-conversions", command, peer_directory, port))
            peer.wait_for("Ready to accept request")
            found[whose] = nodb(port, DEVICE)
        yield found


def judged(expression: str) -> bool:
    """True where PyTango is the judge: of numpy's values it loses some, and refuses others that would fit."""
    return "np." not in expression and expression != "image [[1], [0, 1]]"


def ask(client: str, device: str, way: str, kind: str, pytango_client: PyTangoClient) -> Any:
    import puretango

    if client == "tango":
        return pytango_client.run(_RUN, d=device, w=way, k=kind)
    return conversion_operations.run(puretango, device, way, kind)


@pytest.mark.parametrize("way", [*CLIENT_WAYS, *SERVER_WAYS])
@pytest.mark.parametrize("kind", TYPES)
def test_kept_or_refused(
    kind: str, way: str, servers: dict[str, str], pytango_client: PyTangoClient
) -> None:
    ours = "client" if way in CLIENT_WAYS else "server"
    reference = ask("tango", servers["tango"], way, kind, pytango_client)
    wrong = {}
    for client, whose in (
        ("tango", "puretango"),
        ("puretango", "tango"),
        ("puretango", "puretango"),
    ):
        if (client if ours == "client" else whose) == "tango":
            continue  # PyTango's conversions, which may lose something
        got = ask(client, servers[whose], way, kind, pytango_client)
        for case, outcome in got.items():
            if outcome.startswith("changed"):
                wrong[client, whose, case] = outcome
            elif way == "fill" or kind == "DevState":
                continue  # PyTango fills each attribute once, and sends states that are none
            elif judged(case) and outcome == "refused" and reference[case] == "kept":
                wrong[client, whose, case] = f"refused, PyTango: {reference[case]}"
            elif reference[case] == "refused" and outcome in ("kept", "taken") and judged(case):
                wrong[client, whose, case] = f"{outcome}, PyTango: refused"
    assert wrong == {}
