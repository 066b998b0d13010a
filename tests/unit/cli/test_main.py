"""The command line as a program: help, usage errors, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from puretango.cli import main
from puretango.cli._failure import Failure
from puretango.cli._serve import find_class
from puretango.store import SCHEMA_VERSION

COMMANDS = ["ls", "info", "read", "write", "call", "watch", "prop", "add", "remove", "db", "serve"]
COMMANDS += ["demo", "sim"]


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """Exit code, output and errors of a command line."""
    monkeypatch.setattr(sys, "argv", ["puretango", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def test_help_names_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, "--help")
    assert code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in out
    assert "Exit codes: 0 done" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    code, out, _ = run(monkeypatch, capsys, command, "--help")
    assert code == 0
    assert out.startswith("Usage: puretango")


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(monkeypatch, capsys, "--version")
    assert code == 0
    assert out.startswith("puretango ")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["read"], "Missing argument"),
        (["db", "--port", "many"], "Invalid value for '--port'"),
        (["read", "a"], "'a' is not of the form DEVICE/NAME"),
        (["watch", "a/b/c/d", "--event", "nothing"], "'nothing' is not an event"),
        (["serve", "NoSuchDevice", "one"], "no shipped class 'NoSuchDevice'"),
        (["serve", "no_such_module:Class", "one"], "cannot import no_such_module"),
        (["serve", "json:Class", "one"], "json has no class Class"),
        (["serve", "nothing.py:Class", "one"], "no file nothing.py"),
        (["sim", "pilatus-ioc", "--size", "big"], "not a size like"),
        (["prop", "list", "a/b"], "names neither a device nor an attribute"),
    ],
)
def test_a_wrong_command_line_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    text: str,
) -> None:
    if words[:2] == ["prop", "list"]:
        monkeypatch.setattr("puretango.cli._prop.database", lambda: None)
    code, _, err = run(monkeypatch, capsys, *words)
    assert code == 2
    assert text in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [
        ["ls"],
        ["info"],
        ["read", "a/b/c/d"],
        ["write", "a/b/c/d", "1"],
        ["call", "a/b/c/d"],
        ["prop", "list", "a/b/c"],
    ],
)
def test_no_database_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    code, out, err = run(monkeypatch, capsys, "--tango-host", "127.0.0.1:1", *words)
    assert (code, out) == (3, "")
    assert err == (
        "puretango: no database at 127.0.0.1:1: nobody listens there "
        "(puretango db starts one; --tango-host or TANGO_HOST names another)\n"
    )


def test_a_surprise_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def surprise(*args: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("puretango.cli._client._list_devices", surprise)
    code, _, err = run(monkeypatch, capsys, "ls")
    assert code == 1
    assert err == (
        "puretango: internal error: ZeroDivisionError: division by zero "
        "(PURETANGO_DEBUG=1 shows where)\n"
    )


def test_a_class_is_found_by_module_file_and_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "my_lab_device.py").write_text("class Lamp: pass\n")
    assert find_class(f"{tmp_path}/my_lab_device.py:Lamp").__name__ == "Lamp"
    assert find_class("json:JSONDecoder").__name__ == "JSONDecoder"
    with pytest.raises(Failure, match="no shipped class"):
        find_class("Lamp")


def test_help_loads_only_the_command_line() -> None:
    script = (
        "import sys\n"
        "from puretango.cli import main\n"
        "sys.argv = ['puretango', '--help']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'numpy', 'zmq', 'sqlalchemy', 'rich', 'bluesky', 'puretango.client'}\n"
        "loaded = heavy & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_store_that_cannot_be_used_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import sqlite3

    notes = tmp_path / "notes.txt"
    notes.write_text("no database\n" * 1000)
    newer = tmp_path / "newer.db"
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA application_id=0x70546462")
    connection.execute("PRAGMA user_version=99")
    connection.execute("CREATE TABLE something (x)")
    connection.close()
    for store, text in (
        (str(notes), f"store {notes}: not a puretango store, file is not a database"),
        (
            str(newer),
            f"store {newer}: written by a newer puretango (schema 99, this one knows {SCHEMA_VERSION})",
        ),
        (f"{tmp_path}/no/where.db", f"store {tmp_path}/no/where.db: no such directory"),
        (str(tmp_path), f"store {tmp_path}: cannot be opened (unable to open database file)"),
        ("oracle://x", "store oracle://x: neither a file nor a mysql:// address"),
    ):
        code, out, err = run(monkeypatch, capsys, "db", "--port", "0", "--store", store)
        assert (code, out) == (1, "")
        assert err == f"puretango: {text}\n"
