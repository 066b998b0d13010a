"""The wall clock is set by hours, forwards and backwards: polling, events, locks and the archive go on."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from puretango import Database, DbDevInfo
from tests.interop.peers.process import Peer, free_port, missing, puretango, python

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
QUIET = 4.0
"""Seconds of silence that a busy machine may bring; a jump brought hours."""


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    if not LIBRARIES:
        missing("libfaketime is not installed (Debian package libfaketime)")
    file = tmp_path / "clock"
    file.write_text("+0")
    return file


def _environment(clock: Path) -> dict[str, str]:
    return {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.fixture
def device(clock: Path, peer_directory: Path) -> Iterator[str]:
    """The full name of a device whose server and database have that clock."""
    port = free_port()
    command = puretango("db", "--host", "127.0.0.1", "--port", str(port), "--store", ":memory:")
    with Peer("clocked-db", command, peer_directory, port, _environment(clock)):
        info = DbDevInfo()
        info.name, info.server, info._class = "a/clock/1", "Clocked/one", "Clocked"
        Database("127.0.0.1", port).add_device(info)
        environment = {**_environment(clock), "TANGO_HOST": f"127.0.0.1:{port}"}
        words = python("strain/clock.py", "serve", "puretango", "one")
        with Peer("clocked", words, peer_directory, environment=environment) as peer:
            peer.wait_for("Ready to accept request")
            yield f"tango://127.0.0.1:{port}/a/clock/1"


def _ask(environment: Mapping[str, str], *words: str) -> Any:
    done = subprocess.run(
        python("strain/clock.py", *words),
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, **environment},
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_clock_that_jumps_stops_nothing(device: str, clock: Path) -> None:
    told = _ask(_environment(clock), "follow", "puretango", device, str(clock))
    assert told["hours"] == [5.0, -7.0, 0.0]  # it did jump
    assert told["wrong"] == []
    for each in told["events"].values():
        assert each["errors"] == [], told
        assert each["silence"] < QUIET, told


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_clock_that_jumps_costs_the_archive_no_sample(device: str, clock: Path) -> None:
    told = _ask(_environment(clock), "archive", device, str(clock))
    assert told["rows"] > 30, told
    assert told["missing"] == [], told
    assert told["faulty"] == "", told
    assert told["gaps"] == ["stopped"], told  # at its end
