"""Pogo's files: Python from them runs and is the class that they describe; regions are never lost."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from puretango.authoring import BadTarget, find_model
from puretango.authoring.package import TEMPLATES
from puretango.authoring.pogo import LostRegions, differences, generate, to_xmi
from puretango.model import compare_models, model_of_class, read_xmi
from puretango.server import Device
from puretango.testing import DeviceTestContext

IN_CODE = {
    "excluded_states", "read_excluded_states", "write_excluded_states", "change_event",
    "archive_event", "data_ready_event",
}  # fmt: skip
"""What a class says in its methods: no declaration tells it."""
DATA = Path(__file__).parents[2] / "data" / "xmi"


def loaded(text: str, name: str) -> type:
    """The class of a generated module."""
    space: dict[str, object] = {"__name__": "generated"}
    exec(compile(text, f"{name}.py", "exec"), space)
    found = space[name]
    assert isinstance(found, type)
    return found


@pytest.fixture
def parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The class that HeatingUnit inherits from, which stands in a module of its own."""
    module = ModuleType("Regulator")
    module.Regulator = type("Regulator", (Device,), {})  # type: ignore[attr-defined]  # a module made by the test
    monkeypatch.setitem(sys.modules, "Regulator", module)


@pytest.mark.usefixtures("parent")
def test_what_is_generated_starts_and_is_what_the_file_says() -> None:
    modules = generate(DATA / "HeatingUnit.xmi")
    cls = loaded(modules["HeatingUnit.py"], "HeatingUnit")
    model = read_xmi(DATA / "HeatingUnit.xmi").models[0]
    ignored = frozenset(("language", "license", "copyright", "library", "origin", "complete"))
    wrong = [
        str(one)
        for one in compare_models(model, model_of_class(cls), ignored)
        if one.member.startswith(("attribute ", "command ", "device property "))
        and one.field not in IN_CODE
        and one.member != "attribute ambient"  # forwarded: its root says what it is
    ]
    assert wrong == []
    wanted = {one.name: "1" for one in model.device_properties if one.mandatory}
    with DeviceTestContext(cls, properties=wanted) as proxy:
        names = {one.lower() for one in proxy.get_attribute_list()}
        own = {one.name.lower() for one in model.attributes if not one.forwarded}
        assert own <= names


def test_a_source_and_the_file_that_it_came_from_agree(tmp_path: Path) -> None:
    (tmp_path / "HeatingUnit.py").write_text(generate(DATA / "HeatingUnit.xmi")["HeatingUnit.py"])
    found = differences(DATA / "HeatingUnit.xmi", str(tmp_path / "HeatingUnit.py"))
    told = [one for one in found if one.member.startswith(("attribute ", "command "))]
    own = [one for one in told if one.member != "attribute ambient"]
    assert [str(one) for one in own if one.field not in IN_CODE] == []


def test_the_author_s_code_stays() -> None:
    first = generate(DATA / "HeatingUnit.xmi")["HeatingUnit.py"]
    mark = "# PROTECTED REGION ID(HeatingUnit.init_device) ENABLED START #\n"
    assert mark in first
    old = first.replace(mark, mark + "        self.mine = 'kept'\n")
    again = generate(DATA / "HeatingUnit.xmi", {"HeatingUnit.py": old})["HeatingUnit.py"]
    assert again == old
    lost = first.replace("HeatingUnit.init_device", "HeatingUnit.gone").replace(
        "ID(HeatingUnit.gone) ENABLED START #\n",
        "ID(HeatingUnit.gone) ENABLED START #\n    x = 1\n",
    )
    with pytest.raises(LostRegions, match=r"HeatingUnit\.gone"):
        generate(DATA / "HeatingUnit.xmi", {"HeatingUnit.py": lost})


@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_a_class_goes_out_and_comes_back(kind: str, tmp_path: Path) -> None:
    from puretango.authoring.package import device_source

    model = TEMPLATES[kind].model
    source = tmp_path / "device.py"
    source.write_text(device_source(model))
    path = tmp_path / "class.xmi"
    path.write_bytes(to_xmi(str(source)))
    read = read_xmi(path).models[0]
    direct = find_model(str(source))
    told = [
        str(one)
        for one in compare_models(direct, read)
        if one.member.startswith(("attribute ", "command ", "device property ", "state "))
    ]
    assert told == []
    # Written over itself it is the same file.
    assert to_xmi(str(source), path) == path.read_bytes()


def test_what_is_no_pogo_file(tmp_path: Path) -> None:
    for text in ("", "<a>", "<!DOCTYPE a><a/>", "<a/>"):
        path = tmp_path / "x.xmi"
        path.write_text(text)
        with pytest.raises(BadTarget, match=r"x\.xmi"):
            generate(path)
            raise BadTarget(f"{path} had no class")
    with pytest.raises(BadTarget):
        generate(tmp_path / "missing.xmi")
