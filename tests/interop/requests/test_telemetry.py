"""Spans of a chain of devices, puretango's and PyTango's, are one tree in a file."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import nodb
from tests.interop.peers.process import Peer, free_port, python, require_pytango

pytest.importorskip("opentelemetry.sdk.trace", reason="pip install puretango[telemetry]")

CLIENT = """
import runpy, sys
runpy.run_path(sys.argv[1])
import tango
print(tango.__name__, tango.DeviceProxy(sys.argv[2]).command_inout("Ask", sys.argv[3:]))
"""


def _server(directory: Path, name: str, spans: Path, *, ours: bool) -> Peer:
    port = free_port()
    file = directory / f"{name}.db"
    file.write_text(
        f"traced/{name}/DEVICE/Traced: t/{name}/1\nt/{name}/1->telemetry_enable: true\n"
    )
    arguments = [name, f"-file={file}", "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    command = python("devices/traced.py", *arguments)
    if ours:
        command = [command[0], "-m", "puretango.compat", *command[1:]]
    environment = {
        "TANGO_HOST": "127.0.0.1:1",
        "TANGO_TELEMETRY_ENABLE": "on",
        "SPANS": str(spans),
    }
    return Peer(name, command, directory, port, environment)


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[tuple[list[str], Path]]:
    """PyTango, puretango, PyTango, puretango: each a server, and the file of their spans."""
    require_pytango()
    spans = tmp_path / "spans.json"
    with ExitStack() as stack:
        peers = [
            stack.enter_context(_server(tmp_path, name, spans, ours=ours))
            for name, ours in (("a", False), ("b", True), ("c", False), ("d", True))
        ]
        for peer in peers:
            peer.wait_for("Ready to accept request")
        yield [nodb(peer.port, f"t/{peer.name}/1") for peer in peers], spans


@pytest.mark.slow
@pytest.mark.parametrize("ours", [True, False], ids=["puretango", "pytango"])
def test_a_chain_is_one_tree(chain: tuple[list[str], Path], tmp_path: Path, ours: bool) -> None:
    names, spans = chain
    spans.unlink(missing_ok=True)  # those of the start
    program = python("devices/traced.py")
    compat = ["-m", "puretango.compat"] if ours else []
    (tmp_path / "client.py").write_text(CLIENT)
    environment = {"TANGO_HOST": "127.0.0.1:1", "TANGO_TELEMETRY_ENABLE": "on"}
    done = subprocess.run(
        [program[0], *compat, str(tmp_path / "client.py"), program[1], *names],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, **environment, "SPANS": str(spans)},
    )  # fmt: skip
    assert done.stdout.split()[-1] == "t/d/1", done.stderr
    found: list[dict[str, Any]] = [json.loads(line) for line in spans.read_text().splitlines()]
    ends = [one for one in found if one["name"] == "Traced.Ask" and one["kind"] == "SERVER"]
    assert len(ends) == 4
    # cppTango puts spans of its own between those of Python and sends them elsewhere: what holds
    # the tree together across processes is the trace, and within one the parents.
    trace = {one["trace"] for one in ends}
    assert len(trace) == 1
    tree = [one for one in found if one["trace"] in trace]
    served = {one["span"]: one for one in ends}
    calls = [one for one in tree if one["kind"] == "CLIENT"]
    roots = [one for one in calls if not one["parent"]]
    assert [one["service"] for one in roots] == ["pytango.client"]
    inner = [one for one in calls if one["name"] == "Traced.Ask"]
    assert len({one["parent"] for one in inner}) == 3  # the last device asks nobody
    assert {one["parent"] for one in inner} < set(served)
    for one in ends:
        assert one["service"] == "Traced"
        assert one["attributes"]["code.filepath"].endswith("devices/traced.py")
        assert one["attributes"]["tango.client_ident.pid"] > 0
