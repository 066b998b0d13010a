"""UserDefaultAttrProp: what is set as a member is what set_… sets, and reaches the clients."""

from __future__ import annotations

import pytest

from puretango import Attr, AttrWriteType, CmdArgType, UserDefaultAttrProp
from puretango.server import Device
from puretango.server.declaration._attr import CONFIG_NAMES
from puretango.testing import DeviceTestContext


@pytest.mark.parametrize("name", CONFIG_NAMES)
def test_members_and_setters_are_one(name: str) -> None:
    one, other = UserDefaultAttrProp(), UserDefaultAttrProp()
    setattr(one, name, "5")
    getattr(other, f"set_{name}")("5")
    assert one.values == other.values == {name: "5"}
    assert getattr(one, name) == "5"
    with pytest.raises(TypeError):
        setattr(one, name, 5)


class Weather(Device):
    def initialize_dynamic_attributes(self) -> None:
        defaults = UserDefaultAttrProp()
        defaults.label, defaults.unit, defaults.max_value = "Outside", "K", "400"
        wind = Attr("wind", CmdArgType.DevDouble, AttrWriteType.READ)
        wind.set_default_properties(defaults)
        self.add_attribute(wind, self.read_wind)
        side = Attr("side", CmdArgType.DevEnum, AttrWriteType.READ)
        labels = UserDefaultAttrProp()
        labels.enum_labels = "left,right"
        side.set_default_properties(labels)
        self.add_attribute(side, self.read_wind)

    def read_wind(self, attr: object) -> int:
        return 1


def test_they_reach_the_clients() -> None:
    with DeviceTestContext(Weather) as proxy:
        config = proxy.get_attribute_config("wind")
        assert (config.label, config.unit, config.max_value) == ("Outside", "K", "400")
        assert list(proxy.get_attribute_config("side").enum_labels) == ["left", "right"]
