"""The order in which a device's methods are called, for each kind of request: ours and PyTango's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.interop.conftest import nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, python
from tests.interop.peers.twins import IMPLEMENTATIONS

CALLS = (
    "d.Go()", "d.read_attribute('a')", "d.read_attributes(['a', 'b'])", "d.write_attribute('a', 1)",
    "d.write_attributes([('a', 1), ('b', 2)])", "d.write_attributes([('a', 1), ('b', -2)])",
    "d.write_attribute('b', -2)", "d.write_read_attribute('a', 1)", "d.state()", "d.status()", "d.State()",
    "d.Status()", "d.read_attribute('State')", "d.read_attributes(['State', 'a'])",
    "d.read_attributes(['Status', 'a'])", "d.read_attributes(['a', 'b', 'State', 'Status'])", "d.Init()",
    "d.ping()", "d.info()", "d.black_box(1)", "d.get_attribute_config('a')", "d.read_attribute('unknown')",
    "d.read_attributes(['unknown', 'a'])", "d.write_attribute('b', 'text')", "d.command_inout('Unknown')",
    "d.Close()", "d.Go()", "d.read_attribute('b')", "d.write_attribute('b', 1)",
    "d.write_attributes([('a', 1), ('b', 1)])", "d.Init()",
)  # fmt: skip


@pytest.fixture(scope="module")
def hooked(peer_directory: Path) -> Iterator[dict[str, str]]:
    """The full name of a device of each implementation."""
    found = {}
    with ExitStack() as stack:
        for whose in IMPLEMENTATIONS:
            port = free_port()
            words = [
                whose,
                "x",
                "-nodb",
                "-dlist",
                "h/h/h",
                "-ORBendPoint",
                f"giop:tcp:127.0.0.1:{port}",
            ]
            command = python("devices/hooks.py", *words)
            peer = Peer("hooks", command, peer_directory, port, {"TANGO_HOST": "127.0.0.1:1"})
            stack.enter_context(peer).wait_for("Ready to accept request")
            found[whose] = nodb(port, "h/h/h")
        yield found


def test_order_of_calls(hooked: dict[str, str], pytango_client: PyTangoClient) -> None:
    notes = {
        whose: pytango_client.run(
            """
            d = tango.DeviceProxy(name)
            out = [("start", "", list(d.Noted()))]
            for call in calls:
                out.append((call, attempt(eval, call, {"d": d, "tango": tango})[0], list(d.Noted())))
            return plain(out)
            """,
            name=name,
            calls=CALLS,
        )
        for whose, name in hooked.items()
    }
    for ours, theirs in zip(notes["puretango"], notes["tango"], strict=True):
        assert ours == theirs
    # Three calls each time, so that the servers' plans for requests seen before are used too.
    again = {
        whose: pytango_client.run(
            """
            d = tango.DeviceProxy(name)
            for _ in range(3):
                d.read_attributes(["a", "b"]), d.Go(), d.write_attribute("a", 1), d.read_attribute("State")
            return list(d.Noted())
            """,
            name=name,
        )
        for whose, name in hooked.items()
    }
    assert again["puretango"] == again["tango"]
