"""What bluesky's users ask for, where no other test shows it on a peer that nobody here wrote: see docs/bluesky.md."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import bluesky.plan_stubs as bps
import pytest
from bluesky import RunEngine
from bluesky.run_engine import call_in_bluesky_event_loop
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import TangoDevice, aio
from puretango.client import DeviceProxy
from tests.interop.conftest import nodb
from tests.interop.equipment.iocs import needs, run_python
from tests.interop.peers.process import Peer, free_port

_RECORDS = """
record(ao, "$(P)ampli") { field(PREC, "3") field(EGU, "V") }
record(calc, "$(P)double_scalar") { field(SCAN, ".1 second") field(CALC, "RNDM") }
"""
#: One class of devices; the signals and what separates a device's name from theirs are all that differs.
_SAME_CODE = """
    import bluesky.plan_stubs as bps
    from bluesky import RunEngine
    from bluesky.preprocessors import run_wrapper
    from ophyd import Component, Device, EpicsSignal, EpicsSignalRO
    from puretango.bluesky import TangoSignal, TangoSignalRO

    def source(signal, readonly, separator):
        class Source(Device):
            ampli = Component(signal, separator + "ampli", kind="normal")
            level = Component(readonly, separator + "double_scalar", kind="hinted")
        return Source

    def plan(device):
        for wanted in (0.5, 1.5):
            yield from bps.mv(device.ampli, wanted)
            yield from bps.trigger_and_read([device])

    RE = RunEngine({})
    result = []
    for cls, prefix in (
        (source(EpicsSignal, EpicsSignalRO, ""), "src:"),
        (source(TangoSignal, TangoSignalRO, "/"), trl),
    ):
        device = cls(prefix, name="source")
        device.wait_for_connection(timeout=30)
        documents = []
        RE(run_wrapper(plan(device)), lambda name, document: documents.append((name, document)))
        keys = next(one["data_keys"] for name, one in documents if name == "descriptor")
        events = [one["data"] for name, one in documents if name == "event"]
        result.append([
            [event["source_ampli"] for event in events],
            {key: [one["dtype"], one["shape"]] for key, one in keys.items()},
        ])
"""


@pytest.fixture
def base_ioc(tmp_path: Path) -> Iterator[dict[str, str]]:
    """EPICS Base with two records; what its clients need in their environment."""
    needs("epicscorelibs", "caproto")
    port, records = str(free_port()), tmp_path / "source.db"
    records.write_text(_RECORDS)
    server = {
        "EPICS_CAS_SERVER_PORT": port,
        "EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_CAS_AUTO_BEACON_ADDR_LIST": "NO",
        "EPICS_CAS_BEACON_ADDR_LIST": "127.0.0.1",
    }
    client = {
        "EPICS_CA_SERVER_PORT": port,
        "EPICS_CA_ADDR_LIST": "127.0.0.1",
        "EPICS_CA_AUTO_ADDR_LIST": "NO",
    }
    command = [sys.executable, "-m", "epicscorelibs.ioc", "-m", "P=src:", "-d", str(records)]
    # It reads commands, and ends with its input.
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **server, **client},
    ) as ioc:
        try:
            yield client
        finally:
            ioc.kill()


@pytest.mark.slow
def test_the_same_device_on_epics_and_tango(base_ioc: dict[str, str], cpp_tango_test: Peer) -> None:
    """14: EPICS Base and C++ TangoTest."""
    trl = nodb(cpp_tango_test.port, "sys/tg_test/1")
    environment = {"OPHYD_CONTROL_LAYER": "caproto", **base_ioc}
    epics, tango = run_python(_SAME_CODE, environment, trl=trl)
    assert epics == tango
    assert epics[0] == [0.5, 1.5]


def requests(proxy: DeviceProxy, operation: str) -> list[str]:
    """The operations of this name that the device remembers since its last ``Status``, newest first."""
    found = []
    for line in proxy.black_box(20):
        if "status requested" in line:
            break
        if operation in line:
            found.append(line)
    return found


def reader(layer: str, trl: str, RE: RunEngine) -> Callable[[], object]:
    """What reads a whole device, of either layer."""
    if layer == "classic":
        whole = TangoDevice(trl, name="tt")
        return lambda: whole.read()
    device = aio.TangoReadable(trl, name="tt")
    RE(ensure_connected(device))

    async def reading() -> object:
        return await device.read()

    return lambda: call_in_bluesky_event_loop(reading())


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_many_attributes_in_one_request(cpp_tango_test: Peer, RE: RunEngine, layer: str) -> None:
    """15: as C++ TangoTest remembers it."""
    trl = nodb(cpp_tango_test.port, "sys/tg_test/1")
    proxy = DeviceProxy(trl)
    read = reader(layer, trl, RE)
    read()
    proxy.status()
    read()
    (line,) = requests(proxy, "read_attributes")
    assert line.count(",") > 30


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_commands(cpp_tango_test: Peer, RE: RunEngine, layer: str) -> None:
    """9: called, set and triggered, of C++ TangoTest."""
    trl = nodb(cpp_tango_test.port, "sys/tg_test/1")
    if layer == "classic":
        whole = TangoDevice(trl, name="tt")
        assert whole.DevDouble(2.5) == 2.5
        RE(bps.abs_set(whole.DevString, "hello", wait=True))
        RE(bps.trigger(whole.DevVoid, wait=True))
        return
    device = aio.TangoReadable(trl, name="tt")
    RE(ensure_connected(device))
    RE(bps.trigger(device.DevVoid, wait=True))

    async def call() -> object:
        return await device.DevDouble.execute(2.5)

    assert call_in_bluesky_event_loop(call()) == 2.5


def test_nothing_compiled_of_tangos() -> None:
    """3: neither PyTango nor any library of C++ is loaded by what runs a plan on a device."""
    program = (
        "import sys; from puretango.bluesky import TangoDevice, aio;"
        "assert 'tango' not in sys.modules and not [m for m in sys.modules if m.startswith('tango.')];"
        "maps = open('/proc/self/maps').read() if sys.platform == 'linux' else '';"
        "assert 'libtango' not in maps and 'omniORB' not in maps"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
