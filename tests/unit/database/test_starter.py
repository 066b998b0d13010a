"""The Starter's decisions, with real processes and a database that answers from a list."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango.database.starter._evidence import MARK, Evidence, _mark, server_of
from puretango.database.starter._keeper import Keeper, Settings
from puretango.database.starter._processes import Processes, find_program, log_text
from puretango.errors import DevFailed
from puretango.values import DevState
from tests.waiting import until

SCRIPT = """#!/bin/sh
echo started $1 in $TANGO_HOST
exec sleep 30
"""


class FewServers:
    """A database that knows the servers of one host."""

    def __init__(self) -> None:
        self.words = [
            "Lamp/one",
            "1",
            "1",
            "Lamp/two",
            "1",
            "2",
            "Free/x",
            " ",
            " ",
            "Starter/h",
            "1",
            "1",
        ]

    def command_inout(self, command: str, argin: str) -> list[str]:
        assert (command, argin) == ("DbGetHostServersInfo", "h")
        return self.words


class System:
    """A keeper, and servers that answer pings when told so."""

    def __init__(self, directory: Path) -> None:
        self.answering: set[str] = set()
        self.ended: list[str] = []
        self.database: Any = FewServers()
        program = directory / "Lamp"
        program.write_text(SCRIPT)
        program.chmod(0o755)
        self.keeper = Keeper(
            self.database,
            "host:1",
            "h",
            Settings([str(directory)]),
            Processes(directory / "logs", 2, Evidence([str(directory)])),
            lambda admin: admin in self.answering,
            self.ended.append,
        )
        self.keeper.update()
        self.keeper.look()

    def states(self) -> dict[str, str]:
        return {server.name: server.state.name for server in self.keeper.servers()}

    def state_of(self, name: str) -> str:
        self.keeper.look()
        return self.states()[name]


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """A host with three servers, none of which runs."""
    found = System(tmp_path)
    yield found
    for server in found.keeper.servers():
        found.keeper.processes.kill(server.name)


def test_the_servers_of_the_host(system: System) -> None:
    assert [server.line() for server in system.keeper.servers()] == [
        "Lamp/one\tFAULT\t1\t1\t0",
        "Lamp/two\tFAULT\t1\t2\t0",
        "Free/x\tFAULT\t0\t0\t0",
    ]
    system.database.words = system.database.words[:3]
    system.keeper.update()
    assert list(system.states()) == ["Lamp/one"]


def test_start_run_stop(system: System) -> None:
    keeper = system.keeper
    keeper.start("lamp/ONE")
    assert system.state_of("Lamp/one") == "MOVING", "it runs and does not answer yet"
    assert keeper.host_state() == DevState.MOVING
    with pytest.raises(DevFailed, match="is already running"):
        keeper.start("Lamp/one")
    system.answering.add("dserver/Lamp/one")
    assert system.state_of("Lamp/one") == "ON"
    assert keeper.host_state() == DevState.ALARM, "the other controlled server does not run"
    assert keeper.servers()[0].instances == 1
    keeper.stop("Lamp/one")
    assert system.ended == ["dserver/Lamp/one"]


def test_kill(system: System) -> None:
    system.keeper.start("Lamp/one")
    system.keeper.look()
    system.keeper.kill("Lamp/one")
    assert system.state_of("Lamp/one") == "FAULT"
    with pytest.raises(DevFailed, match="Server Lamp/one is not running"):
        system.keeper.kill("Lamp/one")


def test_levels(system: System) -> None:
    system.keeper.start_level(2, lambda seconds: False)
    assert system.state_of("Lamp/two") == "MOVING"
    assert system.states()["Lamp/one"] == "FAULT"
    system.answering |= {"dserver/Lamp/two", "dserver/Lamp/one"}
    system.keeper.look()
    assert system.keeper.host_state() == DevState.ON
    system.keeper.stop_level(2)
    assert system.ended == ["dserver/Lamp/two"]


def test_a_server_that_fails_is_started_again_if_it_ran_long_enough(system: System) -> None:
    keeper = system.keeper
    keeper.settings.auto_restart_minutes = 1
    system.answering.add("dserver/Lamp/one")
    keeper.look()
    server = keeper.servers()[0]
    system.answering.clear()
    assert system.state_of("Lamp/one") == "FAULT", "it ran for less than a minute"
    server.running_since = time.monotonic() - 61
    assert system.state_of("Lamp/one") == "MOVING"


def test_a_server_stopped_on_purpose_stays_stopped(system: System) -> None:
    system.keeper.settings.auto_restart_minutes = 1
    system.answering.add("dserver/Lamp/one")
    system.keeper.look()
    system.keeper.stop("Lamp/one")
    server = system.keeper.servers()[0]
    server.running_since = time.monotonic() - 61
    system.answering.clear()
    assert system.state_of("Lamp/one") == "FAULT"


def test_a_server_that_never_answers_is_given_up(system: System) -> None:
    system.keeper.start("Lamp/one")
    system.keeper.look()
    system.keeper.servers()[0].moving_since = time.monotonic() - 200
    assert system.keeper.host_state() == DevState.STANDBY


@pytest.mark.parametrize(
    ("action", "name", "reason"),
    [
        ("start", "No/such", "CANNOT_RUN_FILE"),
        ("stop", "No/such", "No/such: Unknown Server !"),
        ("stop", "Lamp/one", "SERVER_NOT_RUNNING"),
        ("kill", "No/such", "SERVER_NOT_RUNNING"),
    ],
)
def test_refusals(system: System, action: str, name: str, reason: str) -> None:
    with pytest.raises(DevFailed) as caught:
        getattr(system.keeper, action)(name)
    assert caught.value.args[0].reason == reason


def test_logs_are_kept_and_rotated(system: System, tmp_path: Path) -> None:
    processes = system.keeper.processes
    for number in range(4):
        system.keeper.start("Lamp/one")
        file = processes.log_file("Lamp/one")
        until(lambda: "started one in host:1" in file.read_text())  # noqa: B023 - within the turn
        os.utime(file, (number * 100_000, number * 100_000))
        system.keeper.kill("Lamp/one")
    assert len(list((tmp_path / "logs").glob("Lamp_one_*.log"))) == 2
    text = log_text(file)
    assert text.startswith(f"{file}\n")
    assert text.endswith("started one in host:1\n")
    with pytest.raises(DevFailed, match="Cannot open"):
        log_text(tmp_path / "none.log")


def test_a_python_file_is_started_with_this_python(tmp_path: Path) -> None:
    (tmp_path / "Lamp.py").write_text("print('hello')\n")
    assert find_program("Lamp", ["/nowhere", str(tmp_path)]) == [
        sys.executable,
        str(tmp_path / "Lamp.py"),
    ]


@pytest.mark.parametrize(
    ("line", "server"),
    [
        ("/usr/lib/tango/TangoTest test -v4", "TangoTest/test"),
        ("python3 /opt/ds/Lamp.py one", "Lamp/one"),
        ("/usr/bin/python -u /opt/ds/Lamp one -nodb", "Lamp/one"),
        ("/x/bin/python /x/bin/puretango serve TangoTest test", "TangoTest/test"),
        ("python -m puretango.cli serve my.module:Lamp one", "Lamp/one"),
        ("bash", None),
        ("", None),
    ],
)
def test_a_server_is_known_by_its_command_line(line: str, server: str | None) -> None:
    assert server_of(line.split()) == server


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A program that is no device server, and is called with two words."""
    with subprocess.Popen(["sleep", "61"]) as process:
        try:
            # A program that begins has no arguments to be seen for a moment.
            words = Path(f"/proc/{process.pid}/cmdline")
            until(lambda: b"61" in words.read_bytes())
            yield process
        finally:
            process.kill()


def test_a_process_that_only_sounds_like_a_server_is_left_alone(
    system: System, stranger: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(DevFailed, match="not running"):
        system.keeper.kill("sleep/61")
    assert Evidence().running(["sleep/61"]) == {}
    assert stranger.poll() is None


def test_the_database_s_word_makes_it_a_server(stranger: subprocess.Popen[bytes]) -> None:
    assert Evidence(registered_pid=lambda server: stranger.pid + 1).running(["sleep/61"]) == {}
    found = Evidence(registered_pid=lambda server: stranger.pid)
    assert found.running(["Sleep/61"]) == {"Sleep/61": [stranger.pid]}


def test_what_another_starter_has_started_is_known_by_its_mark(tmp_path: Path) -> None:
    for mark, known in (("Sleep/61", True), ("other/61", False)):
        with subprocess.Popen(["sleep", "61"], env={**os.environ, MARK: mark}) as process:
            try:
                # The kernel shows a new program's environment a moment after its words.
                until(lambda: _mark(process.pid))
                assert ("sleep/61" in Evidence().running(["sleep/61"])) is known
            finally:
                process.kill()


def test_a_program_of_the_starter_s_folders_is_one_of_its_servers(tmp_path: Path) -> None:
    shutil.copy(shutil.which("sleep") or "", tmp_path / "Lamp")
    with subprocess.Popen(["./Lamp", "62"], cwd=tmp_path) as process:
        try:
            # A program that begins has no arguments to be seen for a moment.
            deadline = time.monotonic() + 10
            while not (found := Evidence([str(tmp_path)]).running(["lamp/62"])):
                assert time.monotonic() < deadline
            assert found == {"lamp/62": [process.pid]}
            assert Evidence(["/elsewhere"]).running(["lamp/62"]) == {}
            assert Processes(tmp_path / "logs", 2, Evidence([str(tmp_path)])).kill("Lamp/62")
            assert process.wait(30) == -signal.SIGKILL
        finally:
            process.kill()


@pytest.mark.parametrize("instance", ["*", "?", "[a]", "-option", "two words", "a/b", "a\nb", ""])
def test_an_instance_is_one_plain_word(system: System, tmp_path: Path, instance: str) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    kept = [logs / f"Lamp_other_2020-01-0{day}_00-00-00.log" for day in range(1, 7)]
    for each in kept:
        each.write_text("precious")
    with pytest.raises(DevFailed, match="BAD_SERVER_NAME"):
        system.keeper.start(f"Lamp/{instance}")
    assert sorted(logs.iterdir()) == kept


def test_logs_of_other_instances_stay(system: System, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    names = ["Lamp_one_2020-01-01_two.log", "Lamp_one_2020-01-01_00-00-00_x.log"]
    for name in (*names, *(f"Lamp_one_2020-01-0{day}_00-00-00.log" for day in range(1, 7))):
        (logs / name).write_text("x")
    system.keeper.start("Lamp/one")
    left = {each.name for each in logs.iterdir()}
    assert left == {*names, "Lamp_one.log"} | {
        f"Lamp_one_2020-01-0{day}_00-00-00.log" for day in (5, 6)
    }
    (logs / "Lamp_two.log").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="Lamp_two"):
        system.keeper.start("Lamp/two")
    assert not (tmp_path / "victim").exists()
