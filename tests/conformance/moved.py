"""ophyd-async's own Tango tests, and its demo, with their imports moved to puretango: nothing else is changed.

What a user does with a program for ``ophyd_async.tango`` is done here to the source distribution's tests, and to the
demo and test devices that ophyd-async installs. Their device servers stay PyTango's.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

#: The package that ophyd-async's demo and test devices are in when their imports have been moved.
PACKAGE = "moved_devices"
#: The program of a device server: a process of its own, of whichever Tango is installed.
SERVERS = "_tango_device_servers.py"
#: What is moved, in this order.
MOVES = (
    (re.compile(r"\bophyd_async\.tango\.core\b"), "puretango.bluesky.aio"),
    (re.compile(r"\bophyd_async\.tango\b"), PACKAGE),
    (re.compile(r"^from tango\b", re.MULTILINE), "from puretango"),
    (re.compile(r"^import tango$", re.MULTILINE), "import puretango as tango"),
)
#: The parts of the distribution that are run: its Tango tests, and the tutorial that its demo is for.
TESTS = ("conftest.py", "system_tests/*.py", "system_tests/tango", "unit_tests/tango")
TUTORIAL = "docs/tutorials/implementing-devices.md"


def moved(text: str) -> str:
    """A source whose imports are ours."""
    for pattern, replacement in MOVES:
        text = pattern.sub(replacement, text)
    return text


def move_suite(source: Path, installed: Path, target: Path) -> None:
    """Write to ``target`` the tests of the distribution ``source`` and the devices of ``installed``, moved.

    ``installed`` is the folder of the package ``ophyd_async.tango``.
    """
    for pattern in TESTS:
        for path in (source / "tests").glob(pattern):
            _copy(path, target / "tests" / path.relative_to(source / "tests"))
    for name in ("demo", "testing"):
        _copy(installed / name, target / PACKAGE / name)
    (target / PACKAGE / "__init__.py").touch()
    tutorial = target / TUTORIAL
    tutorial.parent.mkdir(parents=True)
    shutil.copy(source / TUTORIAL, tutorial)


def _copy(path: Path, target: Path) -> None:
    for file in _files(path):
        copy = target / file.relative_to(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".py" and file.name != SERVERS:
            copy.write_text(moved(file.read_text()))
        else:
            shutil.copy(file, copy)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    yield from (
        file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    )
