"""A network that drops everything in silence, and heals: two hosts and a router, as network namespaces."""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.peers.process import Peer, python, require_pytango
from tests.interop.peers.strain import partition

SILENCE = 14.0
"""Seconds: longer than the heartbeat's patience, and so long that TCP tries again only after many seconds."""
SOON = 10.0
"""Seconds after the heal (1 s on a quiet machine); left alone, TCP and PyTango need more than this."""


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("server", ["puretango", "tango"])
def test_a_silent_partition_heals(server: str, peer_directory: Path) -> None:
    if server == "tango":
        require_pytango()
    with partition.network() as network:
        if network is None:
            pytest.skip("network namespaces cannot be made here (root, iproute2)")
        end_point = ("-ORBendPoint", f"giop:tcp:{partition.SERVER}:{partition.PORT}")
        words = ("serve", server, "one", "-nodb", "-dlist", "far/away/1", *end_point)
        program = network.command("b", *python("strain/partition.py", *words))
        with Peer(f"far-{server}", program, peer_directory) as peer:
            peer.wait_for("Ready to accept request", 60.0)
            told = _watch(network)
    assert told["during"] != "went through"
    assert told["call"] is not None, told
    assert told["event"] is not None, told
    assert told["call"] < SOON, told
    assert told["event"] < SOON, told


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_call_in_a_silent_partition_takes_little_more_than_its_timeout(
    peer_directory: Path,
) -> None:
    with partition.network() as network:
        if network is None:
            pytest.skip("network namespaces cannot be made here (root, iproute2)")
        end_point = ("-ORBendPoint", f"giop:tcp:{partition.SERVER}:{partition.PORT}")
        devices = ",".join(f"far/away/{number}" for number in range(1, 21))
        words = ("serve", "puretango", "one", "-nodb", "-dlist", devices, *end_point)
        program = network.command("b", *python("strain/partition.py", *words))
        with Peer("far-first", program, peer_directory) as peer:
            peer.wait_for("Ready to accept request", 60.0)
            told = _first_calls(network)
    # Connecting anew is a part of the call: left alone it took four times its timeout. A machine may be busy.
    late = {way: each for way, each in told.items() if each["took"] > 3 * partition.TIMEOUT}
    assert not {way: late[way] for way in late if way != "fresh"}, told
    # A proxy of a device that is out of reach can be made; its calls fail.
    assert [way for way, each in told.items() if not each["reasons"]] == ["fresh"], told


def _first_calls(network: partition.Network, module: str = "puretango") -> dict[str, Any]:
    """What each way's call told, all made at once in a network that has just become silent."""
    with ExitStack() as clients:
        started = {
            way: clients.enter_context(
                subprocess.Popen(
                    network.command("a", *python("strain/partition.py", "first", module, way)),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for way in partition.WAYS
        }
        for client in started.values():
            clients.callback(client.kill)
            assert client.stdout is not None
            assert client.stdout.readline() == "ready\n"
        network.pass_on(False)
        for client in started.values():
            assert client.stdin is not None
            client.stdin.write("\n")
            client.stdin.flush()
        return {way: json.loads(client.stdout.readline()) for way, client in started.items()}  # type: ignore[union-attr]  # they have pipes


def _watch(network: partition.Network) -> dict[str, object]:
    with subprocess.Popen(
        network.command("a", *python("strain/partition.py", "watch", "puretango")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        try:
            assert client.stdout.readline() == "ready\n"
            network.pass_on(False)
            began = time.monotonic()
            client.stdin.write("\n")
            client.stdin.flush()
            assert client.stdout.readline() == "failed\n"
            time.sleep(max(0.0, began + SILENCE - time.monotonic()))  # the silence itself
            network.pass_on(True)
            client.stdin.write("\n")
            client.stdin.flush()
            return dict(json.loads(client.stdout.readline()))
        finally:
            client.kill()
