"""Models of running devices: the same facts as their declarations, and nothing but questions."""

from __future__ import annotations

from puretango.model import compare_models, model_of_class, model_of_device
from puretango.server import AttrWriteType, Device, attribute, command, device_property
from puretango.testing import DeviceTestContext


class Heater(Device):
    """Heats."""

    Host = device_property(dtype=str, default_value="localhost", doc="Host name")
    temperature = attribute(
        dtype=float,
        access=AttrWriteType.READ_WRITE,
        unit="K",
        label="Temperature",
        doc="Of the stage",
        format="%4.1f",
        min_value=0,
        max_value=300,
        max_alarm=280,
        abs_change=0.5,
        archive_abs_change=1,
        memorized=True,
    )
    trace = attribute(dtype=(float,), max_dim_x=128)

    def read_temperature(self) -> float:
        return 1.0

    def write_temperature(self, value: float) -> None:
        pass

    def read_trace(self) -> list[float]:
        return []

    @command(doc_in="seconds", doc_out="degrees")
    def Ramp(self, duration: float) -> float:
        """Ramp up."""
        return duration


def test_a_running_device_tells_what_it_declares() -> None:
    declared = model_of_class(Heater)
    with DeviceTestContext(Heater) as proxy:
        live = model_of_device(proxy)
        asked = proxy.black_box(50)
    assert not [line for line in asked if "command_inout" in line or "read_attr" in line]
    assert (live.name, live.origin) == ("Heater", "live")
    different = compare_models(declared, live)
    assert [str(one) for one in different if one.field not in _LIVE_CANNOT] == []
    assert {one.field for one in different} <= _LIVE_CANNOT


_LIVE_CANNOT = {"hw_memorized", "description", "data_type"}
"""Of a command its description, of a property its type: no client is told."""


def test_a_low_level_class_is_described_too() -> None:
    from puretango.server import DeviceClass, DeviceImpl
    from puretango.values import AttrDataFormat, AttrWriteType, CmdArgType

    class PumpClass(DeviceClass):
        attr_list = {"speed": [[CmdArgType.DevDouble, AttrDataFormat.SCALAR, AttrWriteType.READ]]}

    class Pump(DeviceImpl):
        """A pump."""

    model = model_of_class(Pump, PumpClass)
    assert (model.name, model.attributes[0].name, model.description) == (
        "Pump",
        "speed",
        "A pump.",
    )
