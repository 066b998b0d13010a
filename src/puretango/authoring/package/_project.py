"""The files of a new package around its code: project, tests, continuous integration, pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from puretango.authoring.package._device import device_source
from puretango.authoring.package._driver import driver_source, simulator_source
from puretango.authoring.package._names import method_name, package_name
from puretango.authoring.package._simulated import Template
from puretango.authoring.package._types import default_of, python_type
from puretango.authoring.pages import markdown_of, page_of
from puretango.model import (
    AttributeModel,
    ClassModel,
    PropertyModel,
    read_source,
    resolve_bases,
)

__all__ = ["Author", "project_files"]


@dataclass(frozen=True, slots=True)
class Author:
    """The author of the package."""

    name: str = "The controls group"
    email: str = "controls@example.org"
    license: str = "BSD-3-Clause"


def project_files(template: Template, author: Author) -> dict[str, str]:
    """The files of the package, by their paths in its folder."""
    model = template.model
    package = package_name(model.name)
    source = f"src/{package}"
    code = device_source(model)
    return {
        "pyproject.toml": _pyproject(model, author),
        "README.md": _readme(model),
        ".gitignore": ".venv/\n__pycache__/\n*.egg-info/\n.pytest_cache/\ndist/\n",
        ".github/workflows/ci.yml": _ci(model),
        f"{source}/__init__.py": (
            f'"""The Tango device class {model.name}."""\n\n'
            f'from .device import {model.name}\n\n__all__ = ["{model.name}"]\n'
        ),
        f"{source}/__main__.py": (
            f'"""``python -m {package} INSTANCE``."""\n\nfrom .device import main\n\nmain()\n'
        ),
        f"{source}/py.typed": "",
        f"{source}/device.py": code,
        f"{source}/driver.py": driver_source(model),
        f"{source}/simulator.py": simulator_source(template),
        "tests/test_device.py": _tests(template),
        f"docs/{model.name}.md": markdown_of(page_of(_as_written(source, code))),
    }


def _as_written(folder: str, code: str) -> ClassModel:
    """The model of the generated source, whose page `puretango docs --check` will look for."""
    file = read_source(f"{folder}/device.py", code)
    resolve_bases([file])
    return file.classes[-1].model


def _pyproject(model: ClassModel, author: Author) -> str:
    package = package_name(model.name)
    first = (model.description.splitlines() or [model.name])[0]
    text = " ".join(first.replace('"', "'").replace("\\", "/").split())
    return f"""\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{package.replace("_", "-")}"
version = "0.1.0"
description = "{text}"
readme = "README.md"
requires-python = ">=3.11"
license = "{author.license}"
authors = [{{ name = "{author.name}", email = "{author.email}" }}]
keywords = ["tango", "device server"]
dependencies = ["puretango"]

[project.optional-dependencies]
dev = ["pytest"]

[project.scripts]
{model.name} = "{package}.device:main"

[tool.hatch.build.targets.wheel]
packages = ["src/{package}"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["src"]

[tool.puretango.lint]
profile = "guidelines"
"""


def _readme(model: ClassModel) -> str:
    package = package_name(model.name)
    return f"""\
# {package}

{model.description.strip()}

    pip install -e ".[dev]"
    pytest                                        # with the simulator, no equipment wanted
    {model.name} test -nodb -port 45678 -dlist lab/{method_name(model.name)}/1    # a server without a database
    puretango info tango://localhost:45678/lab/{method_name(model.name)}/1#dbase=no    # … and a client

The device is in `src/{package}/device.py`, what it asks of the equipment in `driver.py`: write the driver of your
equipment there (`open_driver`), the device needs no change. The property `Address` is `sim` until then.

The class's page is [docs/{model.name}.md](docs/{model.name}.md):
`puretango docs src/{package}/device.py --out docs/{model.name}.md`. `puretango lint src` holds the class to the
guidelines for device servers.
"""


def _ci(model: ClassModel) -> str:
    package = package_name(model.name)
    return f"""\
name: CI
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install -e ".[dev]"
      - run: pytest
      - run: puretango lint src
      - run: puretango docs src/{package}/device.py --check docs/{model.name}.md
"""


def _tests(template: Template) -> str:
    return "\n".join(_test_lines(template)).rstrip() + "\n"


def _test_lines(template: Template) -> Iterator[str]:
    model = template.model
    package = package_name(model.name)
    yield f'"""The {model.name} with its simulator, in this process."""'
    yield ""
    yield "import pytest"
    yield "from puretango import DevFailed, DevSource, DevState"
    yield "from puretango.testing import DeviceTestContext"
    yield ""
    yield f"from {package} import {model.name}, device"
    yield f"from {package}.simulator import Simulated{model.name}"
    yield ""
    yield ""
    yield "@pytest.fixture"
    yield "def simulator(monkeypatch):"
    yield '    """The equipment that the device finds at any address."""'
    yield f"    found = Simulated{model.name}()"
    yield '    monkeypatch.setattr(device, "open_driver", lambda _address: found)'
    yield "    return found"
    yield ""
    yield ""
    yield "@pytest.fixture"
    yield "def proxy(simulator):"
    wanted = [one for one in model.device_properties if one.mandatory]
    values = ", ".join(f'"{one.name}": {_some(one)}' for one in wanted)
    given = f", properties={{{values}}}" if wanted else ""
    yield f"    with DeviceTestContext({model.name}{given}) as found:"
    yield "        found.set_source(DevSource.DEV)  # not what polling has kept"
    yield "        yield found"
    yield ""
    yield ""
    yield "def test_it_starts(proxy):"
    yield f"    assert proxy.State() == DevState.{template.rest}"
    yield f'    assert proxy.Status().startswith("{template.rest}")'
    yield ""
    yield ""
    yield "def test_everything_can_be_read(proxy):"
    for one in model.own_attributes():
        if one.access != "WRITE":
            yield f'    proxy.read_attribute("{one.name}")'
    yield '    assert proxy.read_attribute("log").value'
    yield ""
    for one in model.own_attributes():
        if one.is_writable and one.access != "WRITE" and _is_scalar_number(one):
            yield ""
            yield f"def test_{method_name(one.name)}_is_set(proxy):"
            yield f'    proxy.write_attribute("{one.name}", {_other(one)})'
            yield f'    assert proxy.read_attribute("{one.name}").value == {_other(one)}'
            yield ""
    yield ""
    yield "def test_equipment_that_does_not_answer_is_told_and_comes_back(proxy, simulator):"
    yield "    simulator.broken = True"
    yield "    assert proxy.State() == DevState.UNKNOWN"
    yield '    assert "Reset" in proxy.Status()'
    reading = next((one for one in model.own_attributes() if one.access != "WRITE"), None)
    if reading is not None:
        yield "    with pytest.raises(DevFailed) as failed:"
        yield f'        proxy.read_attribute("{reading.name}")'
        yield "    reasons = [error.reason for error in failed.value.args]"
        yield '    assert "COMMUNICATION_BROKEN" in reasons'
    yield "    simulator.broken = False"
    yield '    proxy.command_inout("Reset")'
    yield f"    assert proxy.State() == DevState.{template.rest}"


def _some(one: PropertyModel) -> str:
    """A value for a mandatory property, of its type."""
    kind = python_type(one.data_type)
    if kind.startswith("list"):
        return "[]"
    return {"str": '"sim"', "bool": "True", "float": "1.0"}.get(kind, "1")


def _is_scalar_number(one: AttributeModel) -> bool:
    return python_type(one.data_type, one.data_format) in ("int", "float")


def _other(one: AttributeModel) -> str:
    """A second value within the limits, different from the first one."""
    first = float(default_of(one))
    high = one.max_value
    value = min(first + 1, float(high)) if high else first + 1
    return repr(value) if python_type(one.data_type) == "float" else str(int(value))
