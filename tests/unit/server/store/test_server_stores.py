"""Where a server's configuration comes from: property file, database answer; forwarded roots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from puretango.client import DeviceProxy, PropertyFile
from puretango.errors import DevFailed
from puretango.server import Device, Server, attribute, device_property
from puretango.server.store._cache import ServerCache
from puretango.values import AttReqType, DevState
from tests.unit.server.conftest import Serve

FILE = """\
# a comment
Root/unit/DEVICE/Root: "r/r/1",\\
  "r/r/2"
r/r/1->number: 7
r/r/1/r->label: "From \\"file\\""
CLASS/Root->number: 8
"""


class Root(Device):
    kept = 1.0
    number = device_property(dtype=int, default_value=3)

    @attribute(max_value=10, unit="mm")
    def r(self) -> float:
        return self.kept

    @r.setter
    def r(self, value: float) -> None:
        self.kept = value


def test_a_property_file_is_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "server.db"
    path.write_text(FILE)
    with Server("unit", [Root], file=str(path)) as server:
        assert [device._tango.name for device in server.devices] == ["r/r/1", "r/r/2"]
        assert [device.number for device in server.devices] == [7, 3]
        proxy = DeviceProxy(server.access("r/r/1"))
        info = proxy.get_attribute_config("r")
        assert info.label == 'From "file"'
        info.label = "New, and \\odd"
        proxy.set_attribute_config(info)
    with Server("unit", [Root], file=str(path)) as server:
        proxy = DeviceProxy(server.access("r/r/1"))
        assert proxy.get_attribute_config("r").label == "New, and \\odd"


ODD = 'line one\nCLASS/Root->hacked: 1\nline "three" \\ \r\u0085\u2028 é,'


def test_any_text_survives_in_the_file_and_what_others_keep_there_too(tmp_path: Path) -> None:
    path = tmp_path / "server.db"
    other = 'Other/x/DEVICE/Other: "o/o/1"\nFREE/Beam line->energy: 12\no/o/1->keep: precious\n'
    path.write_text(FILE + other)
    with Server("unit", [Root], file=str(path)) as server:
        proxy = DeviceProxy(server.access("r/r/1"))
        info = proxy.get_attribute_config("r")
        info.description = ODD.encode("latin-1", "ignore").decode("latin-1")
        proxy.set_attribute_config(info)
        server.store.put_device_property("r/r/2", "text", [ODD, "", "#"])
    file = PropertyFile(path)
    assert file.properties["device"]["r/r/2"]["text"] == [ODD, "", "#"]
    assert file.properties["device"]["o/o/1"]["keep"] == ["precious"]
    assert file.properties["free"]["beam line"]["energy"] == ["12"]
    assert file.servers["other/x"] == {"other": ["o/o/1"]}
    assert "hacked" not in file.properties["class"]["root"]
    assert "\nRoot/unit/DEVICE/Root:" in path.read_text()
    with Server("unit", [Root], file=str(path)) as server:
        proxy = DeviceProxy(server.access("r/r/1"))
        assert proxy.get_attribute_config("r").description == info.description


def test_a_file_that_cannot_be_written_is_told_and_nothing_shows(tmp_path: Path) -> None:
    path = tmp_path / "there" / "server.db"
    path.parent.mkdir()
    path.write_text(FILE)
    with Server("unit", [Root], file=str(path)) as server:
        proxy = DeviceProxy(server.access("r/r/1"))
        path.parent.rename(tmp_path / "gone")
        with pytest.raises(DevFailed, match=r"server\.db"):
            server.store.put_device_property("r/r/1", "number", 9)
        assert server.store.device_properties("r/r/1", ["number"]) == {"number": ["7"]}
        assert proxy.state() is not None


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DevFailed, match="could not open"):
        Server("unit", [Root], file=str(tmp_path / "none")).start()


ANSWER = (  # noqa: SIM905 - a list of sixty texts would hide its structure
    "dserver/s/i|ior|5|s/i|host|1|99|DServer|notifd/factory/host|Not Found|"
    "dserver/s/i|Not Found|DServer|0|Default|1|p|1|x|dserver/s/i|0|s/i|1|"
    "C|1|prop|2|a|b|C|1|att|1|label|1|L|C|2|a/b/1|a/b/2|"
    "a/b/1|1|Prop|1|v|a/b/1|0|a/b/2|0|a/b/2|1|Att|1|unit|1|mm|CtrlSystem|0"
).split("|")


def test_the_databases_answer() -> None:
    cache = ServerCache(ANSWER)
    assert cache.is_defined
    assert cache.admin_is_exported
    assert cache.devices == {"c": ["a/b/1", "a/b/2"]}
    assert cache.class_properties["c"] == {"prop": ["a", "b"]}
    assert cache.class_attributes["c"] == {"att": {"label": ["L"]}}
    assert cache.device_properties["a/b/1"] == {"prop": ["v"]}
    assert cache.device_attributes["a/b/2"] == {"att": {"unit": ["mm"]}}
    assert not ServerCache(["dserver/s/i", "Not Found"]).is_defined
    for end in (10, 30, 45):
        with pytest.raises(DevFailed, match="makes no sense"):
            ServerCache(ANSWER[:end])


class Forward(Device):
    f = attribute(name="f", label="Mine", forwarded=True)
    g = attribute(name="g", forwarded=True)


def test_forwarded_attributes() -> None:
    with Server("root", [Root], devices={"Root": ["r/r/r"]}) as roots:
        root = roots.access("r/r/r").replace("#dbase=no", "/r#dbase=no")
        table: Any = {"f/f/f": {"f": {"__root_att": [root]}}}
        with Server(
            "fwd", [Forward], devices={"Forward": ["f/f/f"]}, attribute_properties=table
        ) as server:
            proxy = DeviceProxy(server.access("f/f/f"))
            info = proxy.get_attribute_config("f")
            assert (info.label, info.unit, info.root_attr_name) == ("Mine", "mm", root)
            proxy.f = 4.0
            got = proxy.read_attribute("f")
            assert (got.value, got.w_value, roots.devices[0].kept) == (4.0, 4.0, 4.0)
            with pytest.raises(DevFailed) as caught:
                proxy.f = 11.0
            assert caught.value.args[0].reason == "API_WAttrOutsideLimit"
            with pytest.raises(DevFailed) as caught:
                proxy.read_attribute("g")
            assert [e.reason for e in caught.value.args[:2]] == [
                "API_AttrNotFound",
                "API_AttrConfig",
            ]
            assert proxy.state() is DevState.ALARM
            info.unit = "km"
            proxy.set_attribute_config(info)
            assert DeviceProxy(roots.access("r/r/r")).get_attribute_config("r").unit == "km"
            device = server.find_device("f/f/f")
            forwarded = device.get_device_attr().get("f")
            forwarded.subscribe_root("attr_conf")
            device.remove_attribute("f")
            assert not forwarded._subscriptions


def test_a_memorized_value_is_written_as_a_client_would(serve: Serve) -> None:
    class Careful(Device):
        steps: list[Any]

        def init_device(self) -> None:
            super().init_device()
            self.steps = []

        def always_executed_hook(self) -> None:
            self.steps.append("hook")

        def write_attr_hardware(self, indexes: list[int]) -> None:
            self.steps.append(list(indexes))

        @attribute(memorized=True, hw_memorized=True)
        def level(self) -> float:
            return 1.0

        @level.setter
        def level(self, value: float) -> None:
            self.steps.append(value)

        @level.is_allowed
        def level(self, request: AttReqType) -> bool:
            self.steps.append(request.name)
            return len(self.steps) > 1

    kept = {"test/unit/1": {"level": {"__value": ["2.5"]}}}
    served = serve(Careful, attribute_properties=kept)
    assert served.device.steps == ["hook", "WRITE_REQ", 2.5, [0]]
