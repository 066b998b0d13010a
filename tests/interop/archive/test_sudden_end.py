"""kill -9 of a whole archiver while a device pushes: what came two seconds before is there once, the gap is told."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from puretango.archive import ArchiveReader, GapKind
from puretango.server import Device, Server, attribute
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

TURNS = max(2, int(os.environ.get("PURETANGO_KILLS", "8")) // 4)
DURABLE = 2.0  # seconds after the receipt, as docs/archive.md says
UNDER_WAY = 1.5  # seconds from the push to the receipt, on a busy machine

ARCHIVER = """
import json, sys
from puretango.archive import ArchiveService, open_store
store = open_store(sys.argv[1])
with ArchiveService(store) as service:
    service.add([sys.argv[2]])
    for line in sys.stdin:  # until it is killed
        entry = service.look(lambda archiver: next(iter(archiver.entries.values())))
        print(json.dumps(entry.counters.stored.count), flush=True)
"""


class Counting(Device):
    """Counts up, with an archive event for each number."""

    def init_device(self) -> None:
        super().init_device()
        self.set_archive_event("count", True, False)

    @attribute(dtype=int)
    def count(self) -> int:
        return -1


class Pushing:
    """A thread that pushes 500 numbers a second, and knows when each was pushed."""

    def __init__(self, device: Any) -> None:
        self.times: list[float] = []
        self._device = device
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            for _ in range(10):
                self._device.push_archive_event("count", len(self.times))
                self.times.append(time.time())

    def __enter__(self) -> Pushing:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()


class Archiving:
    """The archiver's process."""

    def __init__(self, address: str, name: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", ARCHIVER, address, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def stored(self) -> int:
        """How many samples it has made durable since its beginning."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline()))

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


@pytest.mark.parametrize("where", ["file", "postgresql"])
def test_an_archiver_is_killed_while_events_come(where: str, tmp_path: Path, database: str) -> None:
    address = f"file:{tmp_path}" if where == "file" else database
    chance = random.Random(20261129)
    with Server("killed", [Counting], port=0, devices={"Counting": ["a/b/c"]}) as server:
        name = f"tango://127.0.0.1:{server.port}/a/b/c/count#dbase=no"
        (device,) = [each for each in server.devices if each.get_name() == "a/b/c"]
        with Pushing(device) as pushing:
            for turn in range(TURNS):
                _one_turn(address, name, pushing, 4 + chance.uniform(0, 1))
                _look(address, name, turn)


def _one_turn(address: str, name: str, pushing: Pushing, seconds: float) -> None:
    began = time.time()
    archiving = Archiving(address, name)
    try:
        until(lambda: archiving.stored() >= 200, step=0.05)
        time.sleep(seconds)  # what is looked at is what a time brings
        stored = archiving.stored()
    finally:
        archiving.kill()
    end = time.time()
    with ArchiveReader(address) as archive:
        numbers = [n for n in archive.numpy(name)[1].astype(int).tolist() if n >= 0]
    here = sorted(number for number in numbers if pushing.times[number] >= began)
    # The value that each subscription begins with is no event.
    assert len(here) >= stored - 1
    # From its first on, each number that was pushed that long before the end.
    due = [n for n in range(here[0], here[-1]) if pushing.times[n] < end - DURABLE - UNDER_WAY]
    assert len(due) > 100
    assert due == here[: len(due)]


def _look(address: str, name: str, turn: int) -> None:
    """Nothing twice, in all turns; one gap row for each sudden end but the last, which nobody has found yet."""
    with ArchiveReader(address) as archive:
        numbers = [n for n in archive.numpy(name)[1].astype(int).tolist() if n >= 0]
        gaps = [gap for gap in archive.gaps(name) if gap.kind == GapKind.ARCHIVER_DOWN]
    assert len(set(numbers)) == len(numbers)
    assert len(gaps) == turn
    assert all(gap.end is not None and gap.end > gap.start for gap in gaps)
