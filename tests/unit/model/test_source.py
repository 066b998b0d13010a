"""Models from sources: what is declared, where, and what only running would tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango.model import (
    ClassModel,
    UnreadableSource,
    compare_models,
    import_models,
    model_from_plain,
    model_to_plain,
    read_source,
    read_sources,
)
from puretango.model.source._facts import CONFIGURATION_NAMES
from puretango.server.declaration._attr import CONFIG_NAMES

SUPPLY = '''
from enum import IntEnum
from puretango.server import Device, attribute, command, class_property, device_property
from puretango import AttrWriteType, DevState, DispLevel

LIMIT = 100

class Mode(IntEnum):
    CW = 0
    PULSED = 1

class Supply(Device):
    """A supply.

    States:

    ON: current flows
    OFF: the output is open
    """

    Host = device_property(dtype=str, mandatory=True, doc="Host name")
    Ports = device_property(dtype=(int,), default_value=[1, 2])
    Site = class_property(dtype=str)

    voltage = attribute(dtype=float, unit="V", max_value=LIMIT, access=AttrWriteType.READ_WRITE,
                        min_value=-LIMIT, display_level=DispLevel.EXPERT, memorized=True)
    trace = attribute(dtype=((float,),), max_dim_x=10, max_dim_y=20, doc="All of it")
    mode = attribute(dtype=Mode)

    @attribute(unit="mA", doc=compute())
    def current(self) -> float:
        return 1.0

    @current.write
    def current(self, value: float) -> None:
        self.set_state(DevState.ON)

    @command(doc_in="seconds")
    def Ramp(self, duration: float) -> list[float]:
        """Ramp up.

        :param duration: how long
        :return: what it went through
        """
        self.set_state(DevState.MOVING)
        return []

    def read_voltage(self):
        return 1.0

    def write_voltage(self, value):
        pass

    def read_trace(self): return [[]]
    def read_mode(self): return 0
'''

LOW = """
import PyTango

class Pump(PyTango.Device_4Impl):
    def Start(self):
        "Start it."

class PumpClass(PyTango.DeviceClass):
    device_property_list = {"Port": [PyTango.DevLong, "the port", [5025]]}
    cmd_list = {"Start": [[PyTango.DevVoid, ""], [PyTango.DevBoolean, "done"],
                          {"Polling period": 500}]}
    attr_list = {"speed": [[PyTango.DevDouble, PyTango.SPECTRUM, PyTango.READ_WRITE, 4],
                           {"unit": "Hz", "Memorized": "true", "Polling period": 1000,
                            "Display level": PyTango.DispLevel.EXPERT}]}
"""


def _model(text: str) -> ClassModel:
    file = read_source("x.py", text)
    return file.classes[-1].model


def test_a_high_level_class() -> None:
    model = _model(SUPPLY)
    assert (model.name, model.library, model.complete) == ("Supply", "puretango", True)
    voltage, current = model.attribute("voltage"), model.attribute("current")
    assert voltage is not None
    assert (voltage.data_type, voltage.unit, voltage.access) == ("DevDouble", "V", "READ_WRITE")
    assert (voltage.min_value, voltage.max_value) == ("-100", "100")
    assert (voltage.display_level, voltage.memorized) == ("EXPERT", True)
    assert voltage.place.line == 25
    assert current is not None
    assert (current.access, current.write_method) == ("READ_WRITE", "current")
    assert "description" in current.unknown
    trace, mode = model.attribute("trace"), model.attribute("mode")
    assert trace is not None
    assert (trace.data_format, trace.max_dim_x, trace.max_dim_y) == ("IMAGE", 10, 20)
    assert mode is not None
    assert (mode.data_type, mode.enum_labels) == ("DevEnum", ("CW", "PULSED"))
    ramp = model.command("ramp")
    assert ramp is not None
    assert (ramp.argin.data_type, ramp.argin.description) == ("DevDouble", "seconds")
    assert (ramp.argout.data_type, ramp.argout.description) == (
        "DevVarDoubleArray",
        "what it went through",
    )
    host, ports = model.device_properties
    assert host.mandatory
    assert (ports.data_type, ports.default) == ("DevVarLong64Array", ("1", "2"))
    assert {one.name: one.description for one in model.states} == {
        "ON": "current flows",
        "OFF": "the output is open",
        "MOVING": "",
    }
    assert ("*", "MOVING", "Ramp") in model.transitions


def test_a_low_level_class() -> None:
    model = _model(LOW)
    assert (model.name, model.library) == ("Pump", "pytango")
    speed, start = model.attributes[0], model.commands[0]
    assert (speed.data_format, speed.access, speed.max_dim_x) == ("SPECTRUM", "READ_WRITE", 4)
    assert (speed.unit, speed.hw_memorized, speed.polling_period) == ("Hz", True, 1000)
    assert speed.display_level == "EXPERT"
    assert (start.argout.data_type, start.polling_period) == ("DevBoolean", 500)
    assert start.description == "Start it."
    assert model.device_properties[0].default == ("5025",)


def test_source_and_import_agree(tmp_path: Path) -> None:
    path = tmp_path / "supply.py"
    path.write_text(SUPPLY.replace("doc=compute()", 'doc="The current"'))
    (imported,) = import_models(str(path))
    read = read_source(path).classes[-1].model
    assert [str(one) for one in compare_models(read, imported)] == [
        "state MOVING: only on the left"  # its code says so, its declaration does not
    ]


def test_a_model_survives_json() -> None:
    model = _model(SUPPLY)
    assert model_from_plain(model_to_plain(model)) == model


@pytest.mark.parametrize("plain", [{}, {"name": "A", "attributes": [1]}, {"name": "A", "x": 1}])
def test_other_json_is_a_value_error(plain: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a class model"):
        model_from_plain(plain)


def test_what_is_inherited_from_another_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(SUPPLY)
    (tmp_path / "own.py").write_text(
        "from puretango.server import attribute\nfrom base import Supply\n"
        "class Big(Supply):\n    size = attribute(dtype=int)\n"
    )
    files, broken = read_sources([tmp_path / "own.py", tmp_path / "base.py"])
    assert broken == []
    big = files[0].classes[0]
    assert big.complete
    assert [one.name for one in big.model.attributes] == [
        "voltage",
        "trace",
        "mode",
        "current",
        "size",
    ]


def test_a_base_out_of_sight_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    head = "from tango.server import attribute\nfrom site_base import Base\n"
    path.write_text(head + "class A(Base):\n    size = attribute()\n")
    files, _ = read_sources([path])
    one = files[0].classes[0]
    assert (one.complete, one.unresolved, one.model.complete) == (False, ["Base"], False)


def test_a_circle_of_bases_ends(tmp_path: Path) -> None:
    head = "from tango.server import Device, attribute\n"
    (tmp_path / "a.py").write_text(head + "from b import B\nclass A(B):\n    x = attribute()\n")
    (tmp_path / "b.py").write_text(head + "from a import A\nclass B(A):\n    y = attribute()\n")
    files, _ = read_sources([tmp_path / "a.py", tmp_path / "b.py"])
    a = files[0].classes[0]
    assert a.cycle
    assert not a.complete
    assert {one.name for one in a.model.attributes} == {"x", "y"}


def test_what_cannot_be_parsed_is_told_beside_the_rest(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(SUPPLY)
    (tmp_path / "bad.py").write_text("def f(:\n")
    (tmp_path / "nul.py").write_bytes(b"a = 1\0")
    (tmp_path / "latin.py").write_bytes("# -*- coding: ascii -*-\nx = 'é'\n".encode("latin-1"))
    files, broken = read_sources([*sorted(tmp_path.glob("*.py")), tmp_path / "none.py"])
    assert [Path(one.path).name for one in files] == ["good.py"]
    assert sorted(Path(one.path).name for one in broken) == [
        "bad.py",
        "latin.py",
        "none.py",
        "nul.py",
    ]
    assert next(one for one in broken if one.path.endswith("bad.py")).line == 1


def test_deeply_nested_source_is_one_error() -> None:
    with pytest.raises(UnreadableSource):
        read_source("x.py", "(" * 5000 + ")" * 5000)


def test_the_names_of_attribute_properties_are_the_server_s() -> None:
    assert CONFIGURATION_NAMES == CONFIG_NAMES
