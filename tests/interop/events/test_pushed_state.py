"""A pushed State or Status carries what was set last, from either server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.conftest import nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, python, require_pytango

COLLECT = """
    import time
    seen = []
    kinds = tango.EventType
    proxy = tango.DeviceProxy(d)
    take = lambda event: seen.append((event.event, event.attr_value.name.title(), plain(event.attr_value.value)))
    for name, kind in (("State", kinds.CHANGE_EVENT), ("Status", kinds.CHANGE_EVENT),
                       ("State", kinds.ARCHIVE_EVENT), ("State", kinds.USER_EVENT)):
        proxy.subscribe_event(name, kind, take)
    first = len(seen)
    def all_there():
        if len(seen) == first:
            proxy.push()
        return len(seen) >= first + 6
    until(all_there, step=0.2)
    return seen[:first], seen[first:first + 6], str(proxy.state())
"""


@pytest.mark.parametrize("implementation", ["tango", "puretango"])
def test_what_a_pushed_state_carries(
    implementation: str, tmp_path: Path, pytango_client: PyTangoClient
) -> None:
    require_pytango()
    port = free_port()
    command = python(
        "devices/standing.py", implementation, "test", "-nodb", "-dlist", "test/standing/1",
        "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}",
    )  # fmt: skip
    with Peer(implementation, command, tmp_path, port, {"TANGO_HOST": "127.0.0.1:1"}) as peer:
        peer.wait_for("Ready to accept request")
        first, pushed, state = pytango_client.run(COLLECT, d=nodb(port, "test/standing/1"))
    assert {value for _, name, value in first if name == "State"} == {"FAULT"}
    assert pushed == [
        ("change", "State", "ON"),
        ("change", "State", "ON"),
        ("change", "Status", "as set"),
        ("change", "Status", "as set"),
        ("archive", "State", "ON"),
        ("user_event", "State", "ON"),
    ]
    assert state == "FAULT"
