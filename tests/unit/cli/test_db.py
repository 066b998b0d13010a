"""`puretango db`: where the store is told, and the password is not shown."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from puretango.cli._db import _first_line, _shows_password
from puretango.cli._failure import Failure


@pytest.mark.parametrize(
    ("store", "shown"),
    [
        ("mysql://tango:secret@localhost/tango", True),
        ("mysql+pymysql://tango:secret@localhost/tango", True),
        ("mysql://tango@localhost/tango", False),
        ("mysql://localhost:3306/tango", False),
        ("control.sqlite", False),
        (":memory:", False),
        (None, False),
    ],
)
def test_a_password_in_the_list_of_processes(
    store: str | None, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _shows_password(store) is shown
    if store is not None:
        monkeypatch.setenv("PURETANGO_STORE", store)
        assert not _shows_password(store)


def test_the_first_line_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "store"
    file.write_text("mysql://tango:secret@localhost/tango\n# a remark\n")
    assert _first_line(file) == "mysql://tango:secret@localhost/tango"
    file.write_text("")
    assert _first_line(file) == ""
    with pytest.raises(Failure, match="none"):
        _first_line(tmp_path / "none")


@pytest.mark.parametrize("way", ["variable", "file"])
@pytest.mark.slow
def test_the_store_by_variable_and_by_file(tmp_path: Path, way: str) -> None:
    store, file = tmp_path / "told.sqlite", tmp_path / "where"
    file.write_text(f"{store}\n")
    environment = {**os.environ, **({"PURETANGO_STORE": str(store)} if way == "variable" else {})}
    options = ["--store-file", str(file)] if way == "file" else []
    command = [sys.executable, "-m", "puretango", "db", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        assert server.stdout.readline().endswith(f"store={store}\n")
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    assert store.stat().st_mode & 0o777 == 0o600
