"""`puretango sim busy-ioc` and `pilatus-ioc`, `puretango serve` of the equipment, as a user starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from puretango import DeviceProxy, DevState
from puretango.sim import SimulatedIoc
from tests.interop.equipment.iocs import needs, run_python
from tests.interop.peers.process import Peer, free_port, puretango, require_pytango


@pytest.mark.parametrize(
    ("command", "pv"),
    [
        (["busy-ioc", "--prefix", "mine:"], "mine:mybusy"),
        (["pilatus-ioc", "--prefix", "mine:", "--size", "64x48"], "mine:cam1:MaxSizeX_RBV"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM")
def test_the_ioc_serves_until_it_is_told_to_end(
    command: list[str], pv: str, tmp_path: Path
) -> None:
    """Ready, read, SIGTERM, exit code 0."""
    needs("caproto", "h5py")
    port = SimulatedIoc("busy", "none:").port
    client = {
        "EPICS_CA_ADDR_LIST": "127.0.0.1",
        "EPICS_CA_AUTO_ADDR_LIST": "NO",
        "EPICS_CA_SERVER_PORT": str(port),
    }
    server = client | {
        "EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_CAS_AUTO_BEACON_ADDR_LIST": "NO",
        "EPICS_CAS_BEACON_ADDR_LIST": "127.0.0.1",
    }
    process = subprocess.Popen(
        puretango("sim", *command), env=os.environ | server, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert "PVs ready" in process.stdout.readline()
        value = run_python(
            """
            from caproto.threading.client import Context
            pv, = Context().get_pvs(name)
            pv.wait_for_connection(timeout=30)
            result = int(pv.read().data[0])
            """,
            client | {"TMPDIR": str(tmp_path)},
            name=pv,
        )
        assert value == (64 if "Size" in pv else 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]  # opened as a pipe above


@pytest.mark.parametrize("name", ["Motor", "BusyController", "Pilatus"])
def test_serve_by_the_shipped_name(name: str, tmp_path: Path) -> None:
    """A device server without a database, found by its port."""
    port = free_port()
    command = puretango(
        "serve", name, "test", "-nodb", "-dlist", "a/b/c",
        "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}",
    )  # fmt: skip
    with Peer(name, command, tmp_path, port) as peer:
        peer.wait_for("Ready to accept request")
        device = DeviceProxy(f"tango://127.0.0.1:{port}/a/b/c#dbase=no")
        assert device.info().dev_class == name
        assert device.state() == DevState.STANDBY


PYTANGO = """
events = []
device = tango.DeviceProxy(name)
token = device.subscribe_event("state", tango.EventType.CHANGE_EVENT,
    lambda event: events.append(str(event.errors[0].desc if event.err else event.attr_value.value)))
device.position = 1.0
moving = str(device.state())
until(lambda: device.state() == tango.DevState.STANDBY and len(events) >= 3)
device.unsubscribe_event(token)
result = [moving, events, device.position]
"""


def test_pytango_moves_the_motor(tmp_path: Path) -> None:
    """The usual client, C++ inside: MOVING at once, events of the state, the position reached."""
    require_pytango()
    port = free_port()
    command = puretango(
        "serve", "Motor", "test", "-nodb", "-dlist", "a/b/c",
        "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}",
    )  # fmt: skip
    with Peer("Motor", command, tmp_path, port) as peer:
        peer.wait_for("Ready to accept request")
        answer = run_python(
            "import tango, time\nname = f'tango://127.0.0.1:{port}/a/b/c#dbase=no'\n" + PYTANGO,
            {"TMPDIR": str(tmp_path)},
            port=port,
        )
    moving, events, position = answer
    assert moving == "MOVING"
    assert events[0] == "STANDBY"
    assert "MOVING" in events
    assert events[-1] == "STANDBY"
    assert position == 1.0
