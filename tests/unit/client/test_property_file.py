"""Property files, and the database that reads one."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango import Database, DevFailed
from puretango.client import PropertyFile

TEXT = """# a file
Thing/test/DEVICE/Thing: "test/thing/1",\\
                         "test/thing/2"
test/thing/1->Names: "a b", c, "say \\"hi\\""
CLASS/Thing->doc: "two\\nlines"
test/thing/1/number->unit: mm
CLASS/Thing/number->label: Number
FREE/Beamline->energy: 12.5
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file."""
    file = tmp_path / "properties"
    file.write_text(TEXT)
    return file


def test_reading(path: Path) -> None:
    file = PropertyFile(path)
    assert file.servers["thing/TEST"]["thing"] == ["test/thing/1", "test/thing/2"]
    assert file.properties["device"]["TEST/thing/1"]["names"] == ["a b", "c", 'say "hi"']
    assert file.properties["class"]["Thing"]["doc"] == ["two\nlines"]
    assert file.properties["free"]["beamline"]["Energy"] == ["12.5"]
    assert file.attributes["device"]["test/thing/1"]["Number"]["unit"] == ["mm"]
    assert file.attributes["class"]["thing"]["number"]["label"] == ["Number"]


def test_writing_keeps_everything(path: Path) -> None:
    before = PropertyFile(path)
    before.write()
    after = PropertyFile(path)
    for name in ("servers", "properties", "attributes"):
        assert getattr(after, name) == getattr(before, name)


def test_a_line_that_is_none(path: Path) -> None:
    path.write_text("nonsense\n")
    with pytest.raises(DevFailed, match="API_DatabaseFileError"):
        PropertyFile(path)
    with pytest.raises(DevFailed, match="API_CannotOpenFile"):
        PropertyFile(path.parent / "nothing")


def test_database_on_a_file(path: Path) -> None:
    database = Database(str(path))
    assert database.get_file_name() == str(path)
    assert list(database.get_device_name("Thing/test", "Thing")) == ["test/thing/1", "test/thing/2"]
    database.put_device_property("test/thing/1", {"speed": [1, 2]})
    assert Database(str(path)).get_device_property("test/thing/1", ["speed", "none"]) == {
        "speed": ["1", "2"],
        "none": [],
    }
    database.delete_device_property("test/thing/1", "speed")
    assert database.get_device_property("test/thing/1", "speed") == {"speed": []}
    database.put_device_attribute_property("test/thing/1", {"number": {"format": "%d"}})
    database.delete_device_attribute_property("test/thing/1", {"number": ["unit"]})
    assert database.get_device_attribute_property("test/thing/1", "number") == {
        "number": {"format": ["%d"]}
    }
    assert database.get_property("Beamline", "energy") == {"energy": ["12.5"]}
    with pytest.raises(DevFailed, match="API_NotSupportedFeature"):
        database.get_host_list()
