"""A Pogo file all the way: read, made a module and a package, started, written again, compared.

`PURETANGO_POGO_FILES=FOLDER pytest tests/unit/authoring/test_public_pogo.py` does it with public
files, whose licences differ; without, with a class that has what they were found to have.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from puretango.authoring.package import (
    Author,
    package_name,
    plain_template,
    project_files,
    write_files,
)
from puretango.authoring.pogo import generate, to_xmi
from puretango.model import (
    ArgumentModel,
    AttributeModel,
    ClassModel,
    CommandModel,
    PipeModel,
    PropertyModel,
    compare_models,
    model_of_class,
    parse_xmi,
    read_xmi,
    write_xmi,
)
from puretango.server import Device
from puretango.testing import DeviceTestContext

PUBLIC = os.environ.get("PURETANGO_POGO_FILES", "")
FILES_ONLY = frozenset(
    ("language", "license", "copyright", "library", "origin", "complete", "title")
)
IN_CODE = {
    "excluded_states", "read_excluded_states", "write_excluded_states", "change_event",
    "archive_event", "data_ready_event",
}  # fmt: skip
"""What a class says in its methods: no declaration tells it."""
AWKWARD = ClassModel(
    name="Awkward",
    description='Says "it", with a \\ and two\nlines.',
    title="Awkward",
    attributes=(
        AttributeModel(name="Channels", data_type="DevString", abs_change="0.1"),
        AttributeModel(name="modes", data_type="DevEnum", data_format="SPECTRUM", max_dim_x=4,
                       enum_labels=("FAST", "SLOW")),
        AttributeModel(name="setPoint", access="READ_WRITE", min_value="1", max_value="5"),
    ),
    commands=(
        CommandModel(name="Send", argin=ArgumentModel("DevVarCharArray", "Octets"),
                     argout=ArgumentModel("DevVarCharArray", "Octets"),
                     description='Without \\n; such as "*IDN?"'),
        CommandModel(name="On", description=""),
        CommandModel(name="Load", argout=ArgumentModel("DevVoid", "none"), description="Load."),
    ),
    class_properties=(PropertyModel(name="Port", data_type="DevUShort", default=("0x0925",)),
                      PropertyModel(name="Site", description="Where it stands")),
    device_properties=(PropertyModel(name="Port", data_type="DevUShort", default=("0x0925",)),
                       PropertyModel(name="Channels", data_type="DevVarStringArray",
                                     default=("a", "b"))),
    pipes=(PipeModel(name="Region", access="READ_WRITE", label="Region of interest"),),
)  # fmt: skip


def _paths(folder: Path) -> list[Path]:
    if PUBLIC:
        return sorted(Path(PUBLIC).glob("**/*.xmi"))
    path = folder / "Awkward.xmi"
    path.write_bytes(write_xmi(AWKWARD))
    return [path]


def _bases(model: ClassModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins for the classes that a class inherits from, which are in files of their own."""
    for base in model.bases:
        if not base.class_name.startswith("Device"):
            module = ModuleType(base.class_name)
            setattr(module, base.class_name, type(base.class_name, (Device,), {}))
            monkeypatch.setitem(sys.modules, base.class_name, module)


def _differences(left: ClassModel, right: ClassModel) -> list[str]:
    """What was lost: not the texts that were put in the place of none, nor what Tango refuses."""
    forwarded = {f"attribute {one.name}" for one in left.attributes if one.forwarded}
    texts = {f"attribute {one.name}" for one in left.attributes if one.data_type == "DevString"}
    found = []
    for one in compare_models(left, right, FILES_ONLY):
        filled = not one.left or one.left.endswith(", '')") or "only on the right" in one.right
        refused = one.member in texts and one.field.endswith("_change")
        state = one.member.startswith("state ")
        if not (one.field in IN_CODE or one.member in forwarded or filled or refused or state):
            found.append(str(one))
    return found


def _start(cls: type, model: ClassModel) -> None:
    wanted = {one.name: "1" for one in model.device_properties if one.mandatory}
    with DeviceTestContext(cls, properties=wanted) as proxy:
        names = {one.lower() for one in proxy.get_attribute_list()}
        assert {one.name.lower() for one in model.attributes if not one.forwarded} <= names
        commands = {one.cmd_name.lower() for one in proxy.command_list_query()}
        assert {one.name.lower() for one in model.commands} <= commands
        proxy.state()


def _as_module(path: Path, model: ClassModel) -> None:
    text = generate(path)[f"{model.name}.py"]
    space: dict[str, object] = {"__name__": "generated"}
    exec(compile(text, f"{model.name}.py", "exec"), space)
    cls = space[model.name]
    assert isinstance(cls, type)
    assert _differences(model, model_of_class(cls)) == [], path
    _start(cls, model)


def _as_package(model: ClassModel, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(folder, project_files(plain_template(model), Author()))
    name = package_name(model.name)
    for known in [one for one in sys.modules if one.partition(".")[0] == name]:
        monkeypatch.delitem(sys.modules, known)
    with monkeypatch.context() as paths:
        paths.syspath_prepend(str(folder / "src"))
        cls = getattr(importlib.import_module(f"{name}.device"), model.name)
    _start(cls, model)
    out = folder / "again.xmi"
    out.write_bytes(to_xmi(str(folder / "src" / name / "device.py")))
    own = {one.name for one in model.device_properties}
    lost = [
        one
        for one in _differences(model, read_xmi(out).model)
        if not ((shared := re.match(r"class property (\w+):", one)) and shared[1] in own)
    ]
    assert lost == [], model.name


@pytest.mark.timeout(3600 if PUBLIC else 60)
def test_a_file_becomes_a_module_and_a_package_and_itself_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = _paths(tmp_path)
    assert len(paths) >= (20 if PUBLIC else 1)
    for number, path in enumerate(paths):
        file = read_xmi(path)
        for model in file.models:
            assert parse_xmi(write_xmi(model, file)).models == parse_xmi(path.read_bytes()).models
            assert compare_models(model, parse_xmi(write_xmi(model)).model) == [], path
            _bases(model, monkeypatch)
            _as_module(path, model)
            _as_package(model, tmp_path / str(number), monkeypatch)
