"""kill -9 of the archiver in the middle of writes, and of PostgreSQL: nothing that was told to be durable is lost.

A few turns here; ``make kills`` does 300 (PURETANGO_KILLS).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from puretango.archive import ArchiveReader, GapKind
from tests.interop.archive.conftest import Postgres
from tests.interop.archive.writer import NAME

pytestmark = pytest.mark.slow

TURNS = int(os.environ.get("PURETANGO_KILLS", "8"))
WRITER = Path(__file__).with_name("writer.py")


class Writing:
    """The process, and what it has told."""

    def __init__(self, address: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(WRITER), address], stdout=subprocess.PIPE, text=True
        )
        self.durable = 0
        self.troubles = 0

    def read(self, lines: int) -> None:
        """Read so many lines of it."""
        assert self._process.stdout is not None
        for _ in range(lines):
            line = self._process.stdout.readline()
            assert line, "the writer has ended by itself"
            self._take(line)

    def _take(self, line: str) -> None:
        if line.endswith("\n") and line.startswith("durable"):
            self.durable = int(line.split()[1])
        self.troubles += line.startswith("trouble")

    def kill(self) -> None:
        """End it at once; what it had told before counts."""
        self._process.send_signal(signal.SIGKILL)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._take(line)
        self._process.stdout.close()
        self._process.wait()


def check(address: str, durable: int) -> int:
    """Each number once and in order; all that were durable; how many there are."""
    with ArchiveReader(address) as archive:
        values = archive.numpy(NAME)[1].astype(int).tolist()
        assert values == list(range(len(values)))
        assert len(values) >= durable
        return len(values)


def kills(address: str, turns: int) -> None:
    chance = random.Random(20261129)
    for turn in range(turns):
        writing = Writing(address)
        try:
            writing.read(chance.randrange(1, 60))
        finally:
            writing.kill()
        check(address, writing.durable)
        with ArchiveReader(address) as archive:
            gaps = [gap for gap in archive.gaps(NAME) if gap.kind == GapKind.ARCHIVER_DOWN]
            assert len(gaps) == turn
            assert all(gap.end is not None and gap.end >= gap.start for gap in gaps)


@pytest.mark.timeout(60 + 10 * TURNS)
def test_the_archiver_of_a_file_store_is_killed(tmp_path: Path) -> None:
    address = f"file:{tmp_path}"
    kills(address, TURNS)
    with ArchiveReader(address) as archive:
        # What sealing had begun and did not end is gone, and what it ended is not there twice.
        assert archive.store.damage(NAME) == []  # type: ignore[attr-defined]  # PostgreSQL's store alone has it


@pytest.mark.timeout(60 + 10 * TURNS)
def test_the_archiver_of_a_postgresql_store_is_killed(database: str) -> None:
    kills(database, max(2, TURNS // 3))


@pytest.mark.timeout(120 + 20 * TURNS)
def test_postgresql_is_killed(own_postgres: Postgres) -> None:
    address = own_postgres.database()
    writing = Writing(address)
    try:
        for _ in range(max(2, TURNS // 4)):
            writing.read(20)
            own_postgres.kill()
            own_postgres.start()
            before, durable = writing.troubles, writing.durable
            while writing.durable == durable:
                writing.read(1)
            assert writing.troubles >= before
    finally:
        writing.kill()
    assert writing.troubles > 0
    check(address, writing.durable)


def test_a_disk_that_is_full_for_a_while(tmp_path: Path) -> None:
    """Nothing is lost: what cannot be written waits, and the store takes rows again when there is room."""
    code = f"""
import resource, sys, threading
sys.argv = ["writer", "file:{tmp_path}"]
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
# Room again after a while.
threading.Timer(2.0, resource.setrlimit, (resource.RLIMIT_FSIZE, (hard, hard))).start()
from tests.interop.archive.writer import main
main(sys.argv[1])
"""
    writing = Writing.__new__(Writing)
    writing._process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )
    writing.durable = writing.troubles = 0
    try:
        while not writing.troubles:
            writing.read(1)
        full: Any = writing.durable
        while writing.durable < full + 500:
            writing.read(1)
    finally:
        writing.kill()
    check(f"file:{tmp_path}", writing.durable)
