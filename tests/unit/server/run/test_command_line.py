"""The classic command line of a server: what is wrong with it is told before anything starts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from puretango.client import Database, DbDevInfo
from puretango.database import DatabaseServer
from puretango.errors import DevFailed
from puretango.server import Device, DeviceClass, Util, run
from puretango.server.run._arguments import read_options

WITHOUT = ["server", "one", "-nodb", "-ORBendPoint", "giop:tcp:127.0.0.1:0", "-dlist"]


def test_devices_of_the_command_line() -> None:
    assert read_options([*WITHOUT, "a/b/c, Lamp::a/b/d;e/f/g"]).devices == [
        "a/b/c",
        "Lamp::a/b/d",
        "e/f/g",
    ]


@pytest.mark.parametrize("name", ["a/b", "a", "a/b/c/d", "a//c", "Lamp::a/b"])
def test_a_name_that_is_no_device(name: str) -> None:
    with pytest.raises(SystemExit, match=f"Device name {name} does not have the correct syntax"):
        read_options([*WITHOUT, f"x/y/z,{name}"])


def test_a_name_given_twice() -> None:
    with pytest.raises(SystemExit, match="Each device must have different name"):
        read_options([*WITHOUT, "a/b/c,Lamp::A/B/C"])


def test_a_class_that_the_server_does_not_have() -> None:
    util = Util([*WITHOUT, "Other::a/b/c"])
    util.add_class(DeviceClass, Device, "Lamp")
    with pytest.raises(DevFailed, match="Class name other used on command line") as caught:
        util.server_init()
    assert caught.value.args[0].reason == "API_WrongCmdLineArgs"


def test_orb_run_may_take_the_place_of_server_run() -> None:
    """As `tango.databaseds` has it."""
    util = Util([*WITHOUT, "a/b/c"])
    util.add_class(DeviceClass, Device, "Device")
    util.server_init()
    rounds: list[int] = []
    util.server_set_event_loop(lambda: len(rounds) > 2 or rounds.append(1))
    util.server_run = util.orb_run  # type: ignore[method-assign]  # that is what is tried
    util.server_run()
    assert len(rounds) == 3


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseServer]:
    with DatabaseServer(":memory:") as found:
        monkeypatch.setenv("TANGO_HOST", found.tango_host)
        yield found


def test_a_program_that_cannot_be_a_server(
    database: DatabaseServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and PyTango's exit code, although `run` tells other errors and returns."""
    for host, text in (
        (database.tango_host, "The device server lamps/one is not defined in database. Exiting!"),
        ("127.0.0.1:1", "Failed to connect to database on host 127.0.0.1 with port 1"),
        ("rubbish", "TANGO_HOST env. variable syntax incorrect"),
    ):
        monkeypatch.setenv("TANGO_HOST", host)
        with pytest.raises(SystemExit) as caught:
            run([Device], ["lamps", "one"])
        assert caught.value.code == 255
        assert capsys.readouterr().err.startswith(text)


@pytest.mark.parametrize("words", [["lamps"], ["lamps", "-?"]])
def test_the_instances_that_the_database_knows(
    words: list[str], database: DatabaseServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> str:
        with pytest.raises(SystemExit):
            read_options(words)
        return "".join(capsys.readouterr())

    assert "Warning! No defined instance in database for server lamps found!" in said()
    info = DbDevInfo()
    info.name, info._class, info.server = "a/b/c", "Lamp", "lamps/one"
    Database().add_device(info)
    assert "Instance names defined in database for server lamps:\n\tone\n" in said()
