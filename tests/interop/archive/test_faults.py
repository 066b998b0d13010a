"""What an archiver is killed away from: the device, the database, PostgreSQL. What was taken is kept, the rest goes on.

Where each fault is told is the table of docs/archive.md, "When something is wrong".
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from puretango.archive import ArchiveReader, FileStore, GapKind, HdbEventSubscriber
from puretango.client import Database, DbDevInfo, DeviceProxy
from puretango.errors import DevFailed
from puretango.testing import DeviceTestContext
from tests.interop.archive.conftest import Postgres
from tests.interop.conftest import our_database
from tests.interop.peers.process import Peer, free_port
from tests.unit.archive.test_devices import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

LONG = 60.0  # seconds; nothing takes that long but on a machine that does much else


def pushing(directory: Path, port: int, tango_host: str) -> Peer:
    """A device in a process of its own that counts and sends an archive event for each number."""
    script = str(Path(__file__).with_name("counting.py"))
    command = [sys.executable, script, str(port)]
    return Peer("counting", command, directory, port, {"TANGO_HOST": tango_host})


@contextmanager
def subscriber(address: str) -> Iterator[Any]:
    """The archiver's device."""
    properties = {"LibConfiguration": [f"store={address}"]}
    with DeviceTestContext(
        HdbEventSubscriber, device_name="archive/es/1", properties=properties
    ) as proxy:
        yield proxy


def newest(address: str, name: str) -> float:
    """The newest number that is archived, -1 if there is none."""
    with ArchiveReader(address) as archive:
        found = archive.last(name)
        return float(found[0].value[-1]) if found else -1.0


def gaps(address: str, name: str) -> list[Any]:
    with ArchiveReader(address) as archive:
        return archive.gaps(name)


def test_a_device_is_killed(tmp_path: Path) -> None:
    """Its error is in AttributeErrorList and the state, its time away in a gap row; then it goes on by itself."""
    address, port = f"file:{tmp_path / 'archive'}", free_port()
    name = f"tango://127.0.0.1:{port}/lab/count/1/count#dbase=no"
    FileStore(tmp_path / "archive").close()
    with pushing(tmp_path, port, "") as device, subscriber(address) as archiver:
        archiver.AttributeAdd([name])
        until(lambda: newest(address, name) > 5, LONG)
        device.kill()
        until(lambda: archiver.AttributeNokNumber == 1, LONG)
        assert str(archiver.state()) == "FAULT"
        assert archiver.AttributeErrorList[0]
        assert archiver.AttributeErrorList[0].split(":")[0] in archiver.AttributeStatus(name)
        before = newest(address, name)
        device.start()
        until(lambda: archiver.AttributeOkNumber == 1, LONG)
        until(lambda: newest(address, name) not in (before, -1.0), LONG)
        assert archiver.AttributeErrorList[0] == ""
        until(lambda: all(gap.end is not None for gap in gaps(address, name)), LONG)
    lost = [gap for gap in gaps(address, name) if gap.kind == GapKind.DISCONNECTED]
    assert lost
    assert all(gap.text and gap.start <= gap.end for gap in lost)


def test_the_database_is_killed(tmp_path: Path) -> None:
    """What is subscribed needs none: nothing is lost, and no gap is there."""
    address = f"file:{tmp_path / 'archive'}"
    FileStore(tmp_path / "archive").close()
    with our_database(tmp_path) as database:
        assert database.port is not None
        host = f"127.0.0.1:{database.port}"
        Database("127.0.0.1", database.port).add_server(
            "Counting/1", [DbDevInfo("lab/count/1", "Counting", "Counting/1")], False
        )
        name = f"tango://{host}/lab/count/1/count"
        with pushing(tmp_path, free_port(), host), subscriber(address) as archiver:
            until(lambda: _answers(f"tango://{host}/lab/count/1"), LONG)
            archiver.AttributeAdd([name])
            until(lambda: newest(address, name) > 5, LONG)
            database.kill()
            before = newest(address, name)
            until(lambda: newest(address, name) > before + 20, LONG)
            assert archiver.AttributeOkNumber == 1
            database.start()
            after = newest(address, name)
            until(lambda: newest(address, name) > after + 20, LONG)
            assert archiver.AttributeOkNumber == 1
    with ArchiveReader(address) as archive:
        numbers = [n for n in archive.numpy(name)[1].astype(int).tolist() if n >= 0]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert [gap.kind for gap in archive.gaps(name)] == [GapKind.STOPPED]


def test_postgresql_is_killed_under_an_archiver(own_postgres: Postgres, tmp_path: Path) -> None:
    """The status says so and the state is FAULT; what comes meanwhile waits, and nothing is lost."""
    address, port = own_postgres.database(), free_port()
    name = f"tango://127.0.0.1:{port}/lab/count/1/count#dbase=no"
    with pushing(tmp_path, port, ""), subscriber(address) as archiver:
        archiver.AttributeAdd([name])
        until(lambda: newest(address, name) > 5, LONG)
        own_postgres.kill()
        until(lambda: str(archiver.state()) == "FAULT", LONG)
        assert "PostgreSQL" in archiver.status()
        until(lambda: archiver.AttributePendingNumber > 20, LONG)
        own_postgres.start()
        until(lambda: str(archiver.state()) == "ON", LONG)
        before = newest(address, name)
        until(lambda: newest(address, name) > before + 20, LONG)
    with ArchiveReader(address) as archive:
        numbers = [n for n in archive.numpy(name)[1].astype(int).tolist() if n >= 0]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert [gap.kind for gap in archive.gaps(name)] == [GapKind.STOPPED]


def _answers(device: str) -> bool:
    try:
        return bool(DeviceProxy(device).ping() >= 0)
    except DevFailed:
        return False
