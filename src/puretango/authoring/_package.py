"""Package: a new device class as a project that can be built, tested and documented at once."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from puretango.authoring._device import device_source, driver_source, simulator_source
from puretango.authoring._docs import docs_of
from puretango.authoring._names import distribution, snake
from puretango.authoring._templates import TEMPLATES
from puretango.model import ClassModel, CommandModel, write_xmi

__all__ = ["AlreadyThere", "Order", "package_files", "write_package"]


class AlreadyThere(ValueError):
    """Files that would be overwritten are there; nothing was written."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a new package is to be: the class's name, what it is made from, whose it is."""

    name: str
    model: ClassModel
    author: str = "nobody"
    contact: str = "nobody at example.org"

    def adapted(self) -> ClassModel:
        """The model under the new name, with what every class needs."""
        model = self.model
        identification = replace(
            model.identification,
            contact=model.identification.contact or self.contact,
            author=model.identification.author or self.author,
        )
        commands = list(model.commands)
        states = {one.name for one in model.states}
        if "FAULT" in states and not any(
            one.name.lower().startswith(("reset", "ack", "clear")) for one in commands
        ):
            commands.append(
                CommandModel(
                    name="Reset", description="Acknowledge a fault once its cause is mended."
                )
            )
        return replace(
            model,
            name=self.name,
            commands=tuple(commands),
            identification=identification,
            title=model.title or self.name,
        )


def template_order(name: str, kind: str, author: str, contact: str) -> Order:
    """An order of a template; KeyError if there is none of that name."""
    return Order(name, TEMPLATES[kind], author, contact)


def package_files(order: Order) -> dict[str, str]:
    """All files of the package, by their paths in it."""
    model = order.adapted()
    package, project = snake(order.name), distribution(order.name)
    return {
        "pyproject.toml": _PROJECT.format(
            project=project,
            package=package,
            name=order.name,
            title=_line(model.title),
            author=order.author.replace('"', "'"),
        ),
        "README.md": _readme(order, model, package, project),
        "LICENSE": _LICENSE.format(year=datetime.date.today().year, author=order.author),
        ".gitignore": "__pycache__/\n.venv/\ndist/\n.pytest_cache/\n.ruff_cache/\n",
        ".github/workflows/ci.yml": _CI.format(package=package, name=order.name),
        f"src/{package}/__init__.py": f'"""{_line(model.title)}."""\n',
        f"src/{package}/__main__.py": _MAIN.format(package=package, name=order.name),
        f"src/{package}/driver.py": driver_source(model, package),
        f"src/{package}/simulator.py": simulator_source(model, package),
        f"src/{package}/device.py": device_source(model, package),
        f"src/{package}/py.typed": "",
        "tests/test_device.py": _tests(model, package),
    }


def _line(text: str) -> str:
    """The first line, as a TOML text or a docstring can hold it."""
    first = text.strip().splitlines()[0] if text.strip() else "A device"
    return first.rstrip(".").replace("\\", "/").replace('"', "'")


def write_package(order: Order, folder: Path) -> list[Path]:
    """Write the package into a folder; the files written.

    Raises AlreadyThere if any of them is there already; nothing is written then. The class's .xmi
    file and pages are made from the source that has been written, so that they are true to it.
    """
    files: dict[str, bytes] = {name: text.encode() for name, text in package_files(order).items()}
    there = [name for name in (*files, f"{order.name}.xmi") if (folder / name).exists()]
    if there:
        raise AlreadyThere(f"{folder / there[0]} is there already; nothing was written")
    written = _write(folder, files)
    source = folder / "src" / snake(order.name) / "device.py"
    written += _write(folder, _generated(order, source))
    return written


def _generated(order: Order, source: Path) -> Mapping[str, bytes]:
    from puretango.authoring._load import load_models

    (model,) = load_models(str(source))
    adapted = order.adapted()
    shown = replace(
        model,
        identification=adapted.identification,
        license="BSD-3-Clause",
        title=adapted.title,
        states=adapted.states or model.states,
        # What is made when the device runs stands in no declaration.
        attributes=(
            *model.attributes,
            *(one for one in adapted.attributes if one.dynamic or one.forwarded),
        ),
        commands=(*model.commands, *(one for one in adapted.commands if one.dynamic)),
        pipes=adapted.pipes,
    )
    files = {f"docs/{name}": text.encode() for name, text in docs_of(model).items()}
    return {**files, f"{order.name}.xmi": write_xmi(shown)}


def _write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    written = []
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)
    return written


def _readme(order: Order, model: ClassModel, package: str, project: str) -> str:
    device = f"lab/{snake(order.name)}/1"
    lines = [
        f"# {order.name}",
        "",
        f"{_line(model.title)}. The interface is described in [docs/{order.name}.md](docs/{order.name}.md).",
        "",
        "## Installation",
        "",
        f"    pip install {project}",
        "",
        "## First start",
        "",
        "Without equipment and without a database, on the simulator:",
        "",
        f"    {order.name} test -nodb -dlist {device} -ORBendPoint giop:tcp:127.0.0.1:45450",
        f"    puretango read tango://127.0.0.1:45450/{device}/State#dbase=no",
        "",
        "In a control system:",
        "",
        f"    puretango add {order.name}/test {order.name} {device}",
    ]
    lines += [
        f"    puretango prop put {device} {one.name} VALUE"
        for one in model.device_properties
        if one.mandatory
    ]
    lines += [
        f"    puretango prop put {device} Driver my_driver:MyDriver",
        f"    {order.name} test",
        "",
        "## Development",
        "",
        f"The work is done by a driver (`src/{package}/driver.py` says what it must do); the device",
        "knows nothing of the equipment, the driver nothing of Tango. Write a driver of your own and",
        "name it in the property `Driver`.",
        "",
        "    pip install -e .[dev]",
        "    pytest",
        "    puretango lint .",
        f"    puretango docs src/{package}/device.py -o docs --check",
        f"    puretango xmi src/{package}/device.py --check {order.name}.xmi",
    ]
    return "\n".join(lines) + "\n"


_PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{project}"
version = "0.1.0"
description = "{title}"
readme = "README.md"
requires-python = ">=3.11"
license = "BSD-3-Clause"
license-files = ["LICENSE"]
authors = [{{ name = "{author}" }}]
keywords = ["tango", "device server"]
dependencies = ["puretango"]

[project.optional-dependencies]
dev = ["pytest>=8", "ruff", "mypy"]

[project.scripts]
{name} = "{package}.device:main"

[tool.hatch.build.targets.wheel]
packages = ["src/{package}"]

[tool.pytest.ini_options]
pythonpath = ["src"]

[tool.ruff]
line-length = 100
src = ["src"]

[tool.puretango.lint]
profile = "guidelines"
"""

_MAIN = '''"""Run the server: `python -m {package} INSTANCE`."""

from {package}.device import main

main()
'''

_CI = """name: CI
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install -e .[dev]
      - run: pytest
      - run: puretango lint . --output-format github
      - run: puretango docs src/{package}/device.py -o docs --check
      - run: puretango xmi src/{package}/device.py --check {name}.xmi
"""

_LICENSE = """Copyright (c) {year}, {author}

Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions
   and the following disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions
   and the following disclaimer in the documentation and/or other materials provided with the
   distribution.
3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse
   or promote products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED
WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A
PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR
ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT
LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS
INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR
TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF
ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""


def _tests(model: ClassModel, package: str) -> str:
    void = [one.name for one in model.own_commands() if one.argin.data_type == "DevVoid"]
    readable = [
        one.name
        for one in model.own_attributes()
        if one.access != "WRITE" and not one.forwarded and not one.dynamic
    ]
    settings = {
        one.name: "localhost" if one.data_type == "DevString" else "1"
        for one in model.device_properties
        if one.mandatory
    }
    properties = f", properties={settings!r}".replace("'", '"') if settings else ""
    return _TESTS.format(
        name=model.name,
        package=package,
        commands=repr(void).replace("'", '"'),
        attributes=repr(readable).replace("'", '"'),
        properties=properties,
    )


_TESTS = '''"""{name} on its simulator."""

from collections.abc import Iterator
from typing import Any

import pytest
from puretango import DevFailed, DevSource, DevState
from puretango.testing import DeviceTestContext

from {package}.device import {name}
from {package}.simulator import Simulator

ATTRIBUTES = {attributes}
COMMANDS = {commands}


@pytest.fixture
def device() -> Iterator[Any]:
    with DeviceTestContext({name}{properties}) as proxy:
        proxy.set_source(DevSource.DEV)  # what the polling keeps is of a moment ago
        yield proxy


def test_it_starts(device: Any) -> None:
    assert device.state() not in (DevState.FAULT, DevState.UNKNOWN)
    assert device.status()


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes_are_read(device: Any, name: str) -> None:
    assert device.read_attribute(name).value is not None


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_are_run(device: Any, name: str) -> None:
    try:
        device.command_inout(name)
    except DevFailed as error:
        assert error.args[0].reason == "API_CommandNotAllowed"


def test_equipment_that_is_off(device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Simulator) -> None:
        raise ConnectionError("the equipment is switched off")

    monkeypatch.setattr(Simulator, "_check", refuse)
    assert device.state() == DevState.UNKNOWN
    assert "switched off" in device.status()
    for name in ATTRIBUTES:
        with pytest.raises(DevFailed):
            device.read_attribute(name)
    monkeypatch.undo()
    assert device.state() != DevState.UNKNOWN  # it comes back by itself


def test_a_driver_that_is_not_there() -> None:
    properties = {{"Driver": "no_such_module:Driver"}}
    with DeviceTestContext({name}, properties=properties) as proxy:
        assert proxy.state() == DevState.FAULT
        assert "no_such_module" in proxy.status()
'''
