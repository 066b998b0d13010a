"""Modules are imported in a child process: whatever they do, one sentence comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango.model import ChildFailed, import_models

DEVICE = """
from tango.server import Device, attribute
class Clock(Device):
    @attribute(unit="s")
    def time(self) -> float:
        return 0.0
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    return tmp_path / "clock.py"


def test_a_pytango_class_is_imported(module: Path) -> None:
    module.write_text(DEVICE + "print('noise')\n")
    (model,) = import_models(str(module))
    assert (model.name, model.attributes[0].unit, model.origin) == ("Clock", "s", "import")
    assert model.attributes[0].place.path == str(module)


def test_a_module_that_raises(module: Path) -> None:
    module.write_text("raise RuntimeError('no such board')\n")
    with pytest.raises(ChildFailed, match="RuntimeError: no such board"):
        import_models(str(module))


def test_a_module_that_exits(module: Path) -> None:
    module.write_text("raise SystemExit(3)\n")
    with pytest.raises(ChildFailed, match="SystemExit"):
        import_models(str(module))


def test_a_module_that_takes_the_process_down(module: Path) -> None:
    module.write_text("import os\nos._exit(7)\n")
    with pytest.raises(ChildFailed, match="ended with code 7"):
        import_models(str(module))


def test_a_module_that_hangs_is_killed_with_its_children(module: Path) -> None:
    module.write_text(
        "import subprocess, sys, threading\n"
        "subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()'])\n"
        "threading.Event().wait()\n"
    )
    with pytest.raises(ChildFailed, match=r"did not end within 2 s"):
        import_models(str(module), timeout=2.0)


def test_a_module_that_is_not_there() -> None:
    with pytest.raises(ChildFailed, match="ModuleNotFoundError"):
        import_models("puretango.no_such_module")
