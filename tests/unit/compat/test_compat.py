"""Programs written for PyTango, run on puretango."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
import tango, tango.server, tango.asyncio
from tango import DeviceProxy, DevState
from tango.server import Device, attribute, command
from tango.test_context import DeviceTestContext
from tango.utils import is_int_type
from tango._tango import GroupReply
import puretango

assert tango.DeviceProxy is puretango.DeviceProxy
assert tango.server is puretango.server
assert tango._tango.DeviceProxy is DeviceProxy


class Dev(Device):
    @attribute
    def a(self) -> int:
        return 3


with DeviceTestContext(Dev) as proxy:
    print(proxy.a, sys.argv[1:], __name__)
"""


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "puretango.compat", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        check=False,
    )


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def test_script_module_and_code(program: Path) -> None:
    wanted = "3 ['x'] __main__"
    for arguments in (("program.py", "x"), ("-m", "program", "x"), ("-c", PROGRAM, "x")):
        done = run(*arguments, cwd=program.parent)
        assert (done.stdout.strip(), done.returncode) == (wanted, 0), done.stderr


def test_console_command(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import tango\ndef test_it():\n    assert tango.__name__ == 'puretango'\n"
    )
    done = run("pytest", "-q", "-p", "no:cacheprovider", "test_it.py", cwd=tmp_path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_wrong_programs(tmp_path: Path) -> None:
    for arguments in ((), ("-m",), ("no-such-command",)):
        done = run(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1


def test_errors_come_through(tmp_path: Path) -> None:
    done = run("-c", "raise SystemExit(7)", cwd=tmp_path)
    assert done.returncode == 7
    done = run("-c", "import tango.no_such_module", cwd=tmp_path)
    assert "ModuleNotFoundError" in done.stderr


def test_limits_are_kept_on_request_only(tmp_path: Path) -> None:
    code = "from puretango.server import keeps_pytango_limits as k; print(k())"
    assert run("-c", code, cwd=tmp_path).stdout == "False\n"
    assert run("--limits", "-c", code, cwd=tmp_path).stdout == "True\n"
