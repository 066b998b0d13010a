"""``puretango archive`` and ``puretango history`` as processes, without a database."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from puretango import DeviceProxy, DevState
from puretango.archive import ArchiveReader, FileStore
from puretango.cli import main
from puretango.sim import TangoTest
from puretango.testing import DeviceTestContext
from tests.unit.archive.stores import START, rows
from tests.unit.archive.test_devices import until

COMMAND = [sys.executable, "-m", "puretango.cli"]


class Done(NamedTuple):
    """What a command has come to."""

    returncode: int
    stdout: str
    stderr: str


def run(*words: str) -> Done:
    """A command in this process: a new one takes longer to start than all of them to run."""
    out, error = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(error):
        patch.setattr(sys, "argv", ["puretango", *words])
        with pytest.raises(SystemExit) as end:
            main()
            raise SystemExit(0)
    return Done(int(end.value.code or 0), out.getvalue(), error.getvalue())


@pytest.fixture
def attribute() -> Iterator[str]:
    with DeviceTestContext(TangoTest, device_name="sys/tg_test/1") as proxy:
        device = f"tango://127.0.0.1:{proxy.get_dev_port()}/sys/tg_test/1"
        yield f"{device}/double_scalar#dbase=no"


def test_archiving_until_ctrl_c(attribute: str, tmp_path: Path) -> None:
    store = f"file:{tmp_path / 'store'}"
    words = ["archive", "--store", store, "--poll", "0.1", "--strategy", "RUN", "--context", "run"]
    process = subprocess.Popen(
        [*COMMAND, *words, attribute], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"archiving 1 attributes to {store}\n"
        served = [process.stdout.readline().strip().removeprefix("serving ") for _ in range(2)]
        subscriber, manager = (DeviceProxy(name) for name in sorted(served, reverse=True))
        until(
            lambda: subscriber.AttributeOkNumber == 1 and subscriber.AttributeEventNumberList[0] > 3
        )
        assert manager.state() == DevState.ON
        assert manager.AttributeSearch("double") == [attribute]
        second = run("archive", "--store", store, attribute)
        assert second.returncode == 1
        assert "another archiver writes to" in second.stderr
    finally:
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")
    with ArchiveReader(store) as archive:
        assert len(archive.numpy(attribute)[0]) > 3
        assert [(gap.kind, gap.text) for gap in archive.gaps(attribute)] == [
            ("stopped", "the archiver was ended")
        ]
    shown = run("history", "sys/tg_test/1/double_scalar", "--store", store, "--from", "-10m")
    assert shown.returncode == 0
    assert re.search(r"^time +value +set +quality$", shown.stdout, re.MULTILINE)
    assert shown.stdout.rstrip().endswith("-- stopped: the archiver was ended")
    assert run("archive", "--store", store, "--check").stdout == "1 attributes, nothing damaged\n"


@pytest.fixture
def store(tmp_path: Path) -> str:
    from puretango.archive import Kind

    with FileStore(tmp_path / "store") as store:
        name = "tango://db:10000/sys/tg_test/1/"
        number = store.generation(name + "number", Kind("DevDouble"), START)
        store.write(rows(number, range(10)))
        state = store.generation(name + "state", Kind("DevState"), START)
        mode = store.generation(name + "mode", Kind("DevEnum", labels=("off", "on")), START)
        store.write(rows(state, [0, 13]) + rows(mode, [1, 0]))
    return str(tmp_path / "store")


PERIOD = ["--from", "2023-11-14T22:13:20+00:00", "--to", "2023-11-14T22:13:30+00:00"]


def history(store: str, name: str, *words: str) -> str:
    done = run("history", f"sys/tg_test/1/{name}", "--store", store, *PERIOD, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.leaks("matplotlib keeps its fonts open")
def test_history_is_printed_drawn_and_exported(store: str, tmp_path: Path) -> None:
    lines = history(store, "number").splitlines()
    assert len(lines) == 11
    assert lines[3].split()[2:] == ["2.0", "VALID"]
    assert [line.split()[2] for line in history(store, "state").splitlines()[1:]] == [
        "ON",
        "UNKNOWN",
    ]
    assert [line.split()[2] for line in history(store, "mode").splitlines()[1:]] == ["on", "off"]
    bins = history(store, "number", "--points", "2").splitlines()
    assert bins[1].split()[2:] == ["0", "4", "2", "5"]
    told = json.loads(history(store, "number", "--json"))
    assert told["value"] == [float(n) for n in range(10)]
    drawn = history(store, "number", "--plot").splitlines()
    assert drawn[0] == "tango://db:10000/sys/tg_test/1/number"
    assert drawn[1].startswith("9 ┤")
    assert history(store, "number", "--png", str(tmp_path / "a.png")).startswith("10 points to")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert history(store, "number", "--output", str(tmp_path / "a.csv")).startswith("10 samples to")
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 11


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["history", "a/b/c/d", "--store", "STORE"], 1, "a/b/c/d is not in STORE"),
        (["history", "a/b/c/d", "--store", "file:/nowhere"], 1, "there is no archive in /nowhere"),
        (["history", "a/b/c/d", "--store", "STORE", "--from", "then"], 2, "'then' is not a time"),
        (["history", "a/b/c/d", "--store", "STORE", "--to", "-2h"], 2, "--to -2h is not after"),
        (["archive", "--store", "STORE", "nonsense"], 2, "neither an attribute nor a device"),
        (["archive", "--store", "mysql://x", "a/b/c/d"], 1, "mysql://x: a store is file:DIRECTORY"),
    ],
)
def test_what_is_wrong_is_one_line(store: str, words: list[str], code: int, told: str) -> None:
    done = run(*(word.replace("STORE", store) for word in words))
    assert done.returncode == code
    assert told.replace("STORE", store) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_damage_is_told(store: str) -> None:
    import sqlite3

    with FileStore(store) as opened:
        opened.seal()
    path = next((Path(store) / "sealed").iterdir())
    with sqlite3.connect(path) as file:
        file.execute("UPDATE block SET crc = crc + 1 WHERE level = 0")
    file.close()
    done = run("archive", "--store", store, "--check")
    assert done.returncode == 1
    assert "3 blocks are damaged" in done.stderr
    assert "10 samples from 2023" in done.stdout
