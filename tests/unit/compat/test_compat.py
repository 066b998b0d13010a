"""Programs written for PyTango, run on puretango."""

from __future__ import annotations

import os
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


@pytest.mark.slow
def test_script_module_and_code(program: Path) -> None:
    wanted = "3 ['x'] __main__"
    for arguments in (("program.py", "x"), ("-m", "program", "x"), ("-c", PROGRAM, "x")):
        done = run(*arguments, cwd=program.parent)
        assert (done.stdout.strip(), done.returncode) == (wanted, 0), done.stderr


@pytest.mark.slow
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


CHILDREN = """
import multiprocessing, subprocess, sys

def show(how):
    import tango
    print(how, tango.__name__, tango.__version__, flush=True)

if __name__ == "__main__":
    show("parent")
    code = "import tango; print('subprocess', tango.__name__, tango.__version__)"
    subprocess.run([sys.executable, "-c", code])
    subprocess.run(["sh", "-c", f"{sys.executable} -c '{code.replace(chr(39), chr(34))}'"])
    for method in ("fork", "spawn", "forkserver"):
        child = multiprocessing.get_context(method).Process(target=show, args=(method,))
        child.start()
        child.join()
"""


@pytest.mark.slow
def test_children_and_theirs_are_served_too(tmp_path: Path) -> None:
    (tmp_path / "children.py").write_text(CHILDREN)
    done = run("children.py", cwd=tmp_path)
    ways = ("parent", "subprocess", "subprocess", "fork", "spawn", "forkserver")
    assert done.stdout.splitlines() == [f"{way} puretango 10.3.1" for way in ways], done.stderr


def test_a_hidden_sitecustomize_still_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins\nbuiltins.hidden = 'seen'\n")
    code = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "'import tango; print(hidden, tango.__name__)'])"
    )
    done = subprocess.run(
        [sys.executable, "-m", "puretango.compat", "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "seen puretango\n", done.stderr


def test_a_script_looks_like_itself_to_the_system(tmp_path: Path) -> None:
    (tmp_path / "Motor.py").write_text(
        "import sys; print(open('/proc/self/cmdline').read().split(chr(0))[1:-1], sys.argv)"
    )
    done = run("Motor.py", "lab", cwd=tmp_path)
    assert done.stdout.strip() == "['Motor.py', 'lab'] ['Motor.py', 'lab']", done.stderr
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "puretango.compat", "Motor.py", "lab"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        check=False,
    )
    assert "['-W', 'error', 'Motor.py', 'lab']" in done.stdout


VERSIONS = """
import puretango, tango, tango.release, tango.utils
print(tango.__version__, tango.Release.version, tango.__version_info__, tango.__version_number__)
print(tango.__version_long__, bool(tango.__version_description__), bool(tango.__author__))
print(puretango.__version__ != tango.__version__, "served by puretango.compat" in tango.utils.info())
"""


def test_the_version_is_pytangos_throughout(tmp_path: Path) -> None:
    lines = run("-c", VERSIONS, cwd=tmp_path).stdout.splitlines()
    assert lines == ["10.3.1 10.3.1 (10, 3, 1) 1031", "10.3.1 True True", "True True"]


def test_what_others_install_inside_tango_is_found(tmp_path: Path) -> None:
    package = tmp_path / "site" / "tango" / "addon"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("import tango\nname = tango.__name__\n")
    (package / "part.py").write_text("from tango.addon import name\n")
    (package.parent / "server.py").write_text("raise ImportError('PyTango itself')\n")
    (package.parent / "__init__.py").write_text("raise ImportError('PyTango itself')\n")
    code = (
        f"import sys; sys.path.insert(0, {str(package.parents[1])!r})\n"
        "import tango.addon.part, tango.server, puretango.server\n"
        "from tango import codec\n"
        "from tango.databaseds.db_errors import DB_SQLError\n"
        "from tango.databaseds import db_errors\n"
        "print(tango.addon.part.name, tango.server is puretango.server, DB_SQLError,\n"
        "      codec.loads(*codec.dumps('json', [1])))\n"
    )
    done = run("-c", code, cwd=tmp_path)
    assert done.stdout == "puretango True DB_SQLError [1]\n", done.stderr


PYTEST_PROGRAM = """
import sys

def test_one_of_each():
    import tango.test_context, tango.server, puretango.server, puretango.test_context
    assert tango.test_context is puretango.test_context
    doubles = [name for name, module in sys.modules.items() if name.startswith("tango.")
               and sys.modules.get(f"pure{name}") not in (None, module)]
    assert not doubles
"""


@pytest.mark.slow
def test_pytest_where_warnings_are_errors(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (tmp_path / "test_it.py").write_text(PYTEST_PROGRAM)
    done = run("pytest", "-q", "-p", "no:cacheprovider", "test_it.py", cwd=tmp_path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert "warning" not in done.stdout


def test_any_command_of_the_path(tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'import tango; print(tango.__name__)'\n")
    tool.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "puretango.compat", "tool"],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "puretango\n", done.stderr


SUBCLASSES = """
import tango
for name in ("DeviceClass", "LatestDeviceImpl", "Device_5Impl", "DServer", "DeviceProxy", "Database",
             "AttributeProxy", "Connection", "Group", "Attr", "SpectrumAttr", "ImageAttr", "Attribute",
             "WAttribute", "MultiAttribute", "UserDefaultAttrProp", "Util", "ApiUtil"):
    base = getattr(tango, name)
    class Sub(base):
        def __new__(cls, *args, **kwargs):
            return base.__new__(cls, *args, **kwargs)
    assert isinstance(Sub.__new__(Sub, 1, x=2), base), name
print("all")
"""


def test_classes_that_programs_subclass_take_arguments_in_new(tmp_path: Path) -> None:
    done = run("-c", SUBCLASSES, cwd=tmp_path)
    assert done.stdout == "all\n", done.stderr


def test_limits_are_kept_on_request_only(tmp_path: Path) -> None:
    code = "from puretango.server import keeps_pytango_limits as k; print(k())"
    assert run("-c", code, cwd=tmp_path).stdout == "False\n"
    assert run("--limits", "-c", code, cwd=tmp_path).stdout == "True\n"
