"""Every example server of PyTango's distribution, run with its import served by puretango, beside PyTango itself.

The distribution is not copied in: `make conformance` unpacks it, or PURETANGO_PYTANGO_SOURCE says where it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import neutral, nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, require_pytango, wait_for_port
from tests.interop.test_matrix import check

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
SOURCE = Path(
    os.environ.get("PURETANGO_PYTANGO_SOURCE") or ROOT / ".conformance" / "pytango-10.3.1"
)
EXAMPLES = SOURCE / "examples"

SERVERS = {
    "Clock/Clock.py": "Clock",
    "Clock/ClockDS.py": "Clock",
    "TuringMachine/TuringMachine.py": "TuringMachine",
    "asyncio_green_mode/asyncio_device_example.py": "AsyncioDevice",
    "fwdAttr/FwdServer.py": "FwdServer",
    "interfacechangeEvents/IfchangeServer.py": "IfchangeServer",
    "training/server/high-level-api.py": "Motor",
    "training/server/low-level-api.py": "Motor",
    "training/server/ps0a.py": "PowerSupply",
    "training/server/ps0b.py": "PowerSupply",
    "training/server/ps0b-push-event.py": "PowerSupply",
    "training/server/ps0c.py": "PowerSupply",
    "training/server/ps1-use-lib.py": "PowerSupply",
    "training/server/ps1-use-lib-logging.py": "PowerSupply",
}
WHOLE = """
until(lambda: attempt(tango.DeviceProxy, d)[0] == "value")  # it listens before the device is there
device = tango.DeviceProxy(d)
device.set_timeout_millis(8000)
found = [device.info().dev_class, str(device.state()), device.status(), device.description()]
for info in sorted(device.attribute_list_query_ex(), key=lambda one: one.name.lower()):
    found.append([info.name, info.label, info.unit, info.description, str(info.writable), int(info.data_type),
                  str(info.data_format), info.max_dim_x, info.max_dim_y, info.min_value, info.max_value,
                  str(info.disp_level), list(info.enum_labels), str(info.memorized), info.format])
    value = attempt(lambda: device.read_attribute(info.name).value)
    moving = info.name in ("time", "gmtime", "noon", "current", "voltage", "noise")
    found.append(value[0] if moving or "Connection" in str(value) else value)
for info in sorted(device.command_list_query(), key=lambda one: one.cmd_name):
    found.append([info.cmd_name, str(info.in_type), str(info.out_type), info.in_type_desc, info.out_type_desc,
                  str(info.disp_level)])
return found
"""


def runs(script: str, directory: Path, *words: str) -> Peer:
    """A server of that example; ours with `-m puretango.compat` for a word."""
    port = free_port()
    path = EXAMPLES / script
    command = [sys.executable, *words, str(path), "x", "-nodb", "-dlist", "ex/ample/1",
               "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]  # fmt: skip
    environment = {"TANGO_HOST": "127.0.0.1:1", "PYTHONPATH": str(path.parent)}
    return Peer(f"{path.stem}-{len(words)}", command, directory, port, environment)


@pytest.fixture(autouse=True)
def distribution() -> None:
    """Skips where PyTango's distribution is not unpacked."""
    require_pytango()
    if not EXAMPLES.is_dir():
        pytest.skip("PyTango's source distribution is not unpacked (make conformance does it)")


@pytest.mark.parametrize("script", SERVERS)
def test_example_server(script: str, tmp_path: Path, pytango_client: PyTangoClient) -> None:
    answers: list[Any] = []
    with ExitStack() as stack:
        for words in ((), ("-m", "puretango.compat")):
            peer = stack.enter_context(runs(script, tmp_path, *words))
            wait_for_port(peer.port or 0, process=peer)
            answer = pytango_client.run(WHOLE, d=nodb(peer.port, "ex/ample/1"))
            answers.append(neutral(answer, f"127.0.0.1:{peer.port}"))
    check(answers[1], answers[0])
    assert answers[1][0] == SERVERS[script]


@pytest.mark.parametrize(
    "tests",
    ["multidevicetestcontext", "training/server/test_ps0a.py", "training/server/test_ps0b.py"],
)
def test_example_tests(tests: str, tmp_path: Path) -> None:
    place = EXAMPLES / tests
    done = subprocess.run(
        [sys.executable, "-m", "puretango.compat", "pytest", "-q", "-p", "no:cacheprovider",
         "-p", "no:puretango", "-c", os.devnull, "--rootdir", str(tmp_path), str(place)],
        cwd=place if place.is_dir() else place.parent,
        env={**os.environ, "TANGO_HOST": "127.0.0.1:1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
