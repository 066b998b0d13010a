"""New packages: lint-clean, green, documented from the first minute; nothing is overwritten."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango.authoring import (
    TEMPLATES,
    AlreadyThere,
    Order,
    check_docs,
    differences_from_xmi,
    load_models,
    write_package,
)
from puretango.errors import DevFailed
from puretango.lint import lint_paths, read_settings
from puretango.model import compare_models, read_xmi
from puretango.testing import DeviceTestContext
from puretango.values import DevSource, DevState

UNIT = Path(__file__).resolve().parents[2] / "data" / "xmi" / "HeatingUnit.xmi"
NAMES = {
    "power-supply": ("MagnetSupply", "magnet_supply"),
    "motor": ("SlitMotor", "slit_motor"),
    "valve": ("GateValve", "gate_valve"),
    "gauge": ("PiraniGauge", "pirani_gauge"),
    "detector": ("BeamCamera", "beam_camera"),
}


def _order(kind: str) -> Order:
    return Order(NAMES[kind][0], TEMPLATES[kind], "Ada", "ada at example.org")


@pytest.fixture
def imported(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Imports a package's device class; the package is forgotten afterwards."""
    taken: list[str] = []

    def load(folder: Path, package: str, name: str) -> Any:
        monkeypatch.syspath_prepend(str(folder / "src"))
        taken.append(package)
        return getattr(importlib.import_module(f"{package}.device"), name)

    yield load
    for name in [one for one in sys.modules if one.partition(".")[0] in taken]:
        del sys.modules[name]


@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_a_template_is_lint_clean_and_documented(kind: str, tmp_path: Path) -> None:
    write_package(_order(kind), tmp_path)
    name, package = NAMES[kind]
    found = lint_paths([tmp_path], read_settings(tmp_path)).sorted()
    assert [str(one) for one in found] == []
    device = tmp_path / "src" / package / "device.py"
    models = load_models(str(device))
    assert check_docs(models, tmp_path / "docs") == []
    assert differences_from_xmi(models[0], tmp_path / f"{name}.xmi") == []


@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_a_template_works_on_its_simulator(kind: str, tmp_path: Path, imported: Any) -> None:
    write_package(_order(kind), tmp_path)
    name, package = NAMES[kind]
    cls = imported(tmp_path, package, name)
    with DeviceTestContext(cls) as proxy:
        assert proxy.state() not in (DevState.FAULT, DevState.UNKNOWN)
        for attribute in proxy.get_attribute_list():
            proxy.read_attribute(attribute)
        proxy.command_inout("Reset")


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_its_own_tests_and_checks_pass(kind: str, tmp_path: Path) -> None:
    write_package(_order(kind), tmp_path)
    for command in (
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        [sys.executable, "-m", "mypy", "--strict", "src"],
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(AlreadyThere, match=r"README\.md is there already; nothing was written"):
        write_package(_order("valve"), tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "mine"


def test_a_pogo_file_becomes_a_device_and_is_exported_again(tmp_path: Path, imported: Any) -> None:
    model = read_xmi(UNIT).model
    write_package(Order("HeatingUnit", model), tmp_path)
    again = read_xmi(tmp_path / "HeatingUnit.xmi").model
    added = {"attribute log", "device property Driver", "command Reset", "state UNKNOWN"}
    different = compare_models(model, again, frozenset({"label"}))  # all get a label
    assert [str(one) for one in different if one.member not in added] == []
    cls = imported(tmp_path, "heating_unit", "HeatingUnit")
    with DeviceTestContext(cls, properties={"Host": "oven1"}) as proxy:
        proxy.set_source(DevSource.DEV)  # temperature is polled
        proxy.write_attribute("temperature", 120.0)
        assert proxy.temperature == 120.0
        assert proxy.mode.name == "RAMP"


def test_excluded_states_are_refused(tmp_path: Path, imported: Any) -> None:
    write_package(Order("HeatingUnit", read_xmi(UNIT).model), tmp_path)
    cls = imported(tmp_path, "heating_unit", "HeatingUnit")
    properties = {"Host": "oven1", "Driver": "no_such_module:Driver"}
    with DeviceTestContext(cls, properties=properties) as proxy:
        assert proxy.state() == DevState.FAULT
        with pytest.raises(DevFailed, match="Heat not allowed"):
            proxy.command_inout("Heat")
        with pytest.raises(DevFailed, match="not allowed"):
            proxy.write_attribute("temperature", 1.0)


def test_names_that_python_keeps_for_itself(tmp_path: Path, imported: Any) -> None:
    text = UNIT.read_text().replace('name="Heat"', 'name="Continue"')
    path = tmp_path / "x.xmi"
    path.write_text(text)
    write_package(Order("HeatingUnit", read_xmi(path).model), tmp_path / "p")
    cls = imported(tmp_path / "p", "heating_unit", "HeatingUnit")
    with DeviceTestContext(cls, properties={"Host": "oven1"}) as proxy:
        proxy.command_inout("Continue")
