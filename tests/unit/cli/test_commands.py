"""The commands on a real control system: a database and TangoTest, in this process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from puretango.cli import main
from puretango.client import close_default_context
from puretango.database import DatabaseServer
from puretango.server import Server
from puretango.sim import load_class

Run = Callable[..., tuple[int, str, str]]
D = "sys/tg_test/1"


@pytest.fixture
def tango_host() -> Iterator[str]:
    """A database with TangoTest running in it."""
    with DatabaseServer() as database:
        with database.store.change():
            database.store.devices.add("TangoTest/test", D, "TangoTest", "tester")
            database.store.devices.add_admin("TangoTest/test")
            database.store.devices.add("Gone/away", "gone/dev/1", "Gone")
            database.store.devices.add_admin("Gone/away")
        server = Server("test", [load_class("TangoTest")], database=database.tango_host)
        with server:
            yield database.tango_host


@pytest.fixture
def run(
    tango_host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Runs a command line; its exit code, output and errors."""
    monkeypatch.setenv("TANGO_HOST", tango_host)

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["puretango", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    yield call
    close_default_context()


def good(run: Run, *words: str) -> str:
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    return out


def bad(run: Run, *words: str) -> tuple[int, str]:
    code, _, err = run(*words)
    assert code
    assert err.startswith("puretango: ")
    assert err.count("\n") == 1
    return code, err.removeprefix("puretango: ").strip()


def test_ls(run: Run) -> None:
    lines = good(run, "ls").splitlines()
    assert [re.split(r"  +", line) for line in lines] == [
        ["DEVICE", "CLASS", "SERVER", "EXPORTED"],
        ["gone/dev/1", "Gone", "Gone/away", "-"],
        ["sys/database/2", "DataBase", "DataBaseds/2", "yes"],
        ["sys/tg_test/1", "TangoTest", "TangoTest/test", "yes"],
    ]
    assert json.loads(good(run, "ls", "sys/tg*", "--json")) == [
        {"name": D, "class": "TangoTest", "server": "TangoTest/test", "exported": True}
    ]
    assert "dserver/TangoTest/test" in good(run, "ls", "dserver/*")


def test_ls_of_servers(run: Run) -> None:
    servers = json.loads(good(run, "ls", "--servers", "--json"))
    assert [(each["name"], each["exported"]) for each in servers] == [
        ("DataBaseds/2", True),
        ("Gone/away", False),
        ("TangoTest/test", True),
    ]
    assert servers[0]["pid"] == os.getpid()


def test_ls_of_a_device(run: Run) -> None:
    found = json.loads(good(run, "ls", D, "--json"))
    attributes = {each["name"]: each for each in found["attributes"]}
    assert attributes["double_scalar"]["type"] == "DevDouble"
    assert attributes["double_scalar"]["writable"] == "READ_WRITE"
    assert "DevVarDoubleArray" in {each["name"] for each in found["commands"]}
    text = good(run, "ls", "tester")
    assert "ampli" in text
    assert "COMMAND" in text


def test_info(run: Run) -> None:
    found = json.loads(good(run, "info", D, "--json"))
    assert (found["class"], found["server"], found["state"]) == (
        "TangoTest",
        "TangoTest/test",
        "RUNNING",
    )
    assert "TANGO Database sys/database/2" in good(run, "info")
    assert re.search(r"^state +RUNNING$", good(run, "info", D), re.MULTILINE)


def test_write_and_read(run: Run) -> None:
    assert good(run, "write", f"{D}/ampli", "2.5") == ""
    lines = good(run, "read", f"{D}/ampli", "tester/long_scalar").splitlines()
    assert re.match(r"sys/tg_test/1/ampli +2\.50? +VALID +2\d{3}-", lines[1])
    assert lines[2].startswith("tester/long_scalar")
    (found,) = json.loads(good(run, "read", f"{D}/ampli", "--json"))
    assert (found["name"], found["value"], found["quality"]) == (f"{D}/ampli", 2.5, "VALID")
    assert abs(found["time"] - time.time()) < 60


@pytest.mark.parametrize(
    ("attribute", "words", "expected"),
    [
        ("short_scalar", ["-3"], -3),
        ("boolean_scalar", ["true"], True),
        ("string_scalar", ["two words"], "two words"),
        ("double_spectrum", ["[1.5, -2]"], [1.5, -2.0]),
        ("long_spectrum", ["1", "-2", "3"], [1, -2, 3]),
        ("string_spectrum", ["a", "b"], ["a", "b"]),
        ("double_image", ["[[1, 2, 3], [4, 5, 6]]"], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        ("ulong64_scalar", [str(2**64 - 1)], 2**64 - 1),
    ],
)
def test_values_of_all_kinds(run: Run, attribute: str, words: list[str], expected: Any) -> None:
    good(run, "write", f"{D}/{attribute}", *words)
    target = f"tango://{os.environ['TANGO_HOST']}/{D}"
    from puretango.client import DeviceProxy

    written = DeviceProxy(target).read_attribute(attribute).w_value
    assert (written.tolist() if hasattr(written, "tolist") else _lists(written)) == expected


def _lists(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def test_call(run: Run) -> None:
    assert good(run, "call", f"{D}/DevDouble", "-2.5") == "-2.5\n"
    assert good(run, "call", f"{D}/DevVarDoubleArray", "1", "-2") == "[1.0, -2.0]\n"
    assert good(run, "call", f"{D}/DevVarStringArray", "a", "b c") == "a\nb c\n"
    assert good(run, "call", f"{D}/State") == "RUNNING\n"
    assert good(run, "call", f"{D}/DevVoid") == ""
    pair = json.loads(good(run, "call", f"{D}/DevVarLongStringArray", '[[1], ["x"]]', "--json"))
    assert pair == [[1], ["x"]]
    assert json.loads(good(run, "call", f"{D}/DevString", "text", "--json")) == "text"


def test_properties(run: Run) -> None:
    for owner in (D, f"{D}/ampli", "class:TangoTest", "Anything"):
        good(run, "prop", "put", owner, "Limit", "1", "-2")
        assert good(run, "prop", "get", owner, "LIMIT") == "1\n-2\n"
        assert json.loads(good(run, "prop", "list", owner, "--json"))["Limit"] == ["1", "-2"]
        assert "1, -2" in good(run, "prop", "list", owner)
        good(run, "prop", "delete", owner, "Limit")
        code, text = bad(run, "prop", "get", owner, "Limit")
        assert code == 1
        assert text.startswith(f"{owner} has no property Limit (")


def test_add_and_remove(run: Run) -> None:
    good(run, "add", "Lamp/one", "Lamp", "lab/lamp/1", "lab/lamp/2")
    assert [each["name"] for each in json.loads(good(run, "ls", "lab/*", "--json"))] == [
        "lab/lamp/1",
        "lab/lamp/2",
    ]
    good(run, "remove", "lab/lamp/1")
    good(run, "remove", "Lamp/one")
    assert json.loads(good(run, "ls", "lab/*", "--json")) == []
    assert bad(run, "remove", "lab/lamp/1")[0] == 1
    assert bad(run, "remove", "Lamp/one")[0] == 1
    assert bad(run, "remove", "Lamp")[0] == 2
    assert bad(run, "add", "Lamp", "Lamp", "lab/lamp/1")[0] == 2
    assert bad(run, "add", "Lamp/one", "Lamp", "lab/lamp")[0] == 2


def test_a_server_that_is_not_defined_is_told_how(run: Run) -> None:
    code, text = bad(run, "serve", "TangoTest", "other")
    assert code == 1
    assert text == (
        "the server TangoTest/other is not defined in the database "
        "(define it: puretango add TangoTest/other TangoTest DEVICE...)"
    )


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["read", "no/such/device/x"], 1, "device no/such/device not defined in the database !"),
        (["read", f"{D}/nothing"], 1, "nothing"),
        (["read", "gone/dev/1/x"], 3, "gone/dev/1 is not exported"),
        (["write", f"{D}/ampli", "x"], 2, "'x' is not a number"),
        (["write", f"{D}/long_spectrum_ro", "1"], 1, "not writable"),
        (["call", f"{D}/Nothing"], 1, "Nothing not found"),
        (["call", f"{D}/DevShort", "x"], 2, "'x' is not a whole number (DevShort"),
        (["call", f"{D}/DevVoid", "x"], 2, "takes no argument"),
        (["ls", "no/such/device"], 1, "not defined"),
        (["watch", f"{D}/nothing"], 1, "nothing attribute not found"),
        (["prop", "delete", D, "nothing"], 1, "has no property nothing"),
        (["serve", "json:JSONDecoder", "x"], 2, "is not a device class"),
    ],
)
def test_errors(run: Run, words: list[str], code: int, text: str) -> None:
    found, err = bad(run, *words)
    assert text in err
    assert found == code


def test_one_bad_attribute_does_not_hide_the_others(run: Run) -> None:
    code, out, err = run("read", f"{D}/ampli", f"{D}/nothing", "--json")
    assert code == 1
    good_one, bad_one = json.loads(out)
    assert "value" in good_one
    assert "nothing" in bad_one["error"]
    assert err.startswith(f"puretango: {D}/nothing: ")


def test_a_bad_device_does_not_hide_the_others(run: Run) -> None:
    code, out, err = run("read", "no/such/device/x", f"{D}/ampli", "no/such/device/y")
    assert code == 1
    assert [line.split()[0] for line in out.splitlines()] == ["ATTRIBUTE", f"{D}/ampli"]
    assert err.startswith("puretango: device no/such/device not defined in the database")
    assert err.count("\n") == 1


def test_poll(run: Run) -> None:
    name = f"{D}/double_scalar"
    good(run, "poll", name, "--period", "100")
    (found,) = json.loads(good(run, "call", "dserver/TangoTest/test/DevPollStatus", D, "--json"))
    assert "double_scalar" in found
    assert "period (mS) = 100" in found
    good(run, "poll", name, "--stop")
    assert json.loads(good(run, "call", "dserver/TangoTest/test/DevPollStatus", D, "--json")) == []
    assert bad(run, "poll", name, "--stop")[0] == 1


def test_watch(run: Run) -> None:
    name = f"{D}/double_scalar"
    good(run, "poll", name, "--period", "100")
    out = good(run, "watch", name, "--event", "periodic", "--count", "2", "--json")
    first, second = (json.loads(line) for line in out.splitlines())
    assert (first["name"], first["event"], first["quality"]) == (name, "periodic", "VALID")
    assert second["time"] > first["time"]
    line = good(run, "watch", name, "--event", "periodic", "--count", "1")
    assert re.match(rf"2\d{{3}}-\d\d-\d\d [\d:.]+  {name}  [\d.e+-]+$", line)


def test_watch_ends_with_its_reader(run: Run, tango_host: str) -> None:
    name = f"{D}/double_scalar"
    good(run, "poll", name, "--period", "100")
    process = subprocess.Popen(
        [sys.executable, "-m", "puretango.cli", "watch", name, "--event", "periodic"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TANGO_HOST": tango_host},
    )
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        assert name in process.stdout.readline()
        process.stdout.close()
        assert process.wait() == 0
        assert process.stderr.read() == ""
        process.stderr.close()
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        watchdog.join()


def test_read_loads_only_what_it_needs(tango_host: str) -> None:
    script = (
        "import sys\n"
        "from puretango.cli import main\n"
        f"sys.argv = ['puretango', 'read', '{D}/ampli']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as ended:\n"
        "    assert not ended.code\n"
        "heavy = {'sqlalchemy', 'rich', 'bluesky', 'ophyd', 'h5py', 'matplotlib', 'hypothesis'}\n"
        "loaded = heavy & set(sys.modules)\n"
        "assert not loaded, loaded\n"
        "servers = {'puretango.server', 'puretango.store', 'puretango.sim'} & set(sys.modules)\n"
        "assert not servers, servers\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "TANGO_HOST": tango_host},
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_serve_a_class_of_the_users_own(tango_host: str, tmp_path: Any) -> None:
    (tmp_path / "my_lamp.py").write_text(
        "from puretango.server import Device, attribute\n"
        "class Lamp(Device):\n"
        "    @attribute\n"
        "    def level(self) -> float:\n"
        "        return 0.25\n"
    )
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "puretango.cli", "serve"),
            *(f"{tmp_path}/my_lamp.py:Lamp", "one", "-nodb", "-dlist", "lab/lamp/1"),
            *("-ORBendPoint", "giop:tcp:127.0.0.1:0"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    watchdog = threading.Timer(20, process.kill)
    watchdog.start()
    try:
        told = process.stdout.readline()
        assert re.fullmatch(r"serving tango://127\.0\.0\.1:\d+/lab/lamp/1#dbase=no\n", told)
        assert "Ready to accept request" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()
        watchdog.join()
