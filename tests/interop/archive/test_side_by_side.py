"""A C++, a PyTango and a puretango device archived side by side: what a PyTango client gets by the same events."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from puretango import DevState
from puretango.archive import ArchiveReader, ArchiveService, FileStore, Settings, open_store
from puretango.client import Database, DbDevInfo
from tests.interop.conftest import nodb, our_database, puretango_rich
from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer
from tests.unit.archive.stores import plain
from tests.unit.archive.test_devices import until

pytestmark = pytest.mark.slow

# Poll everything, make numbers send their changes, and keep every archive event that comes.
_SUBSCRIBE = """
global seen, proxy
seen = {}
proxy = tango.DeviceProxy(d)
left_out = ("State", "Status", "no_value", "throw_exception", "failing", "raising", "forbidden")
names = [n for n in proxy.get_attribute_list() if n not in left_out]
if "rich" not in d:
    # TangoTest's images are new and large at each reading.
    names = [n for n in names if "image" not in n]
kept = []
for name in names:
    try:
        config = proxy.get_attribute_config(name)
        if config.data_type not in (1, 8, 19, 28, 29):
            config.events.arch_event.archive_abs_change = "0.5"
            proxy.set_attribute_config(config)
        proxy.poll_attribute(name, 100)
    except tango.DevFailed:
        pass
import time
time.sleep(0.5)  # cppTango refuses subscriptions until the first value was polled
for name in names:
    try:
        def take(event, name=name):
            if not event.err:
                value = event.attr_value
                at = value.time
                told = (value.value, value.w_value, int(value.quality))
                seen.setdefault(name, []).append((at.tv_sec * 1000000 + at.tv_usec, told))
        proxy.subscribe_event(name, tango.EventType.ARCHIVE_EVENT, take)
        kept.append(name)
    except tango.DevFailed as failed:
        pass
return kept
"""
# Write twice its values to whatever of the Rich can be written.
_WRITE = """
import time
values = {
    "DevBoolean": (True, False), "DevString": ("one", "\\xb5 two"),
    "DevState": (tango.DevState.ON, tango.DevState.ALARM),
    "DevEnum": (1, 3), "DevFloat": (1.25, 2.75), "DevDouble": (2.5, 1e300),
}
for turn in (0, 1):
    for name in names:
        kind, _, form = name.partition("_")
        if name == "encoded":
            proxy.write_attribute(name, ("raw", bytes([turn, 255])))
            continue
        if not kind.startswith("Dev"):
            continue
        value = values.get(kind, (7, 100))[turn]
        shaped = {"scalar": value, "spectrum": [value] * (turn + 2), "image": [[value, value]] * (turn + 1)}[form]
        proxy.write_attribute(name, shaped)
        proxy.Push(["archive", name])
    time.sleep(0.6)  # long enough for everything to be polled
"""
_SEEN = "return {name: [(at, plain(told)) for at, told in events] for name, events in seen.items()}"
_END = "global proxy\ndel proxy"


@pytest.fixture(scope="module")
def devices(peer_directory: Path, pytango_server: Peer) -> Iterator[dict[str, str]]:
    """A C++, a PyTango and a puretango device by the names of their makers."""
    with our_database(peer_directory) as database, puretango_rich(peer_directory) as rich:
        rich.wait_for("Ready to accept request")
        # Without a database the polling of a C++ TangoTest cannot be set up.
        host = f"127.0.0.1:{database.port}"
        info = DbDevInfo("sys/tg_test/1", "TangoTest", "TangoTest/archived")
        Database("127.0.0.1", database.port).add_server("TangoTest/archived", [info], True)
        with cpp.tango_test(peer_directory, host, "archived") as tango_test:
            tango_test.wait_for("Ready to accept request")
            yield {
                "cpp": f"tango://{host}/sys/tg_test/1",
                "pytango": nodb(pytango_server.port),
                "puretango": nodb(rich.port),
            }


def attribute_of(device: str, name: str) -> str:
    plain_name, hash_, option = device.partition("#")
    return f"{plain_name}/{name}{hash_}{option}".lower()


def archived(archive: ArchiveReader, name: str) -> dict[int, Any]:
    """What is archived of an attribute by its time in µs."""
    found = {}
    for series in archive.series(name):
        assert series.quality is not None
        columns = (series.values_or_none(), series.set_values_or_none(), series.quality.tolist())
        for time, *told in zip((series.time // 1000).tolist(), *columns):
            found[time] = told
    return found


def comparable(kind: str, value: Any) -> Any:
    """A value as both sides can tell it: ours as it is, theirs as the peer's process has told it."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)) and len(value) == 4 and value[0] == "array":
        value = np.array(value[3], object).reshape(value[2]).tolist()
    if isinstance(value, (list, tuple)):
        return [comparable(kind, item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if value == "nan":  # as the peer's process tells what is no number
        return "NaN"
    if kind == "DevState" and isinstance(value, str):
        return int(DevState[value.rpartition(".")[2]])
    return plain(value)


@pytest.mark.parametrize("peer", ["cpp", "pytango", "puretango"])
@pytest.mark.parametrize("where", ["file", "postgresql"])
def test_values_are_those_of_a_pytango_client(
    peer: str,
    where: str,
    devices: dict[str, str],
    database: str,
    pytango_client: PyTangoClient,
    tmp_path: Path,
) -> None:
    device = devices[peer]
    address = f"file:{tmp_path}" if where == "file" else database
    names = pytango_client.run(_SUBSCRIBE, d=device)
    assert len(names) > 30
    full = {n: attribute_of(device, n) for n in names}
    with closing(open_store(address)) as store, ArchiveService(store) as service:
        service.add(list(full.values()), Settings())
        until(
            lambda: service.look(
                lambda a: all(e.counters.ok and e.generation for e in a.entries.values())
            ),
            30,
        )
        if peer == "cpp":
            threading.Event().wait(3.0)
        else:
            pytango_client.run(_WRITE, d=device, names=names)
        seen = pytango_client.run(_SEEN)
        until(lambda: service.look(lambda a: a.pending) == 0)
    pytango_client.run(_END)
    compared = 0
    with ArchiveReader(address) as archive:
        for each in names:
            kind = archive.store.generations(full[each])[-1].kind
            ours = archived(archive, full[each])
            theirs = dict(seen.get(each, []))
            # The first of each was not sent, but read when the subscription began.
            begin = max(min(ours), min(theirs, default=0))
            end = min(max(ours), max(theirs, default=0))
            between = {at for at in theirs if begin < at <= end}
            assert between == {at for at in ours if begin < at <= end}, each
            for at in between:
                told = comparable(kind.type, ours[at])
                if not kind.has_set_value:
                    told[1] = comparable(kind.type, theirs[at][1])
                assert told == comparable(kind.type, theirs[at]), each
                compared += 1
    assert compared > (20 if peer == "cpp" else len(names))


def test_what_was_archived_is_what_was_written(
    pytango_server: Peer, tmp_path: Path, pytango_client: PyTangoClient
) -> None:
    """Every type of a PyTango device, with the kinds that its configuration says."""
    device = nodb(pytango_server.port, "test/rich/2")
    names = pytango_client.run("return list(tango.DeviceProxy(d).get_attribute_list())", d=device)
    wanted = [n for n in names if n.startswith("Dev")]
    with FileStore(tmp_path) as store, ArchiveService(store) as service:
        service.add([attribute_of(device, n) for n in wanted], Settings(poll_period=0.2))
        until(lambda: service.look(lambda a: all(e.counters.ok for e in a.entries.values())))
    with ArchiveReader(str(tmp_path)) as archive:
        for each in wanted:
            kind, _, form = each.partition("_")
            (series,) = archive.series(attribute_of(device, each))
            assert (series.kind.type, series.kind.format) == (kind, form.upper())
            assert series.kind.access == "READ_WRITE"
            assert (series.kind.labels == ("Zero", "One", "Two", "Three")) == (kind == "DevEnum")
