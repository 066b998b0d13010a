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


def test_names_keep_their_spelling(path: Path) -> None:
    PropertyFile(path).write()
    text = path.read_text()
    for name in ("Thing/test/DEVICE/Thing:", "test/thing/1->Names:", "CLASS/Thing->doc:"):
        assert name in text


@pytest.mark.parametrize(
    "text", ["nonsense\n", "a/b: 1\n", 'a/b/c->x: "no end\n', 'a/b/c->x: "1" 2\n']
)
def test_a_line_that_is_none(path: Path, text: str) -> None:
    path.write_text(f"a/b/c->y: 1\n{text}")
    with pytest.raises(DevFailed, match=r"API_DatabaseFileError") as caught:
        PropertyFile(path)
    assert "line 2" in caught.value.args[0].desc or "a property is wanted" in str(caught.value)


TEXTS = [
    *("plain", "with space", "line1\nline2", 'quote"in', "back\\slash", "", "ends\\", "ends \\"),
    *("#hash", "a #hash", "a:b", "->", "a->b: c", "tab\tx", "é", "a\rb", "a\r\nb", "\r", "\n"),
    *("a,b", ",", " lead", "trail ", "\u2028x", "x\x85y", "\x0c", "\x1f", "\\n", "C:\\new dir\\"),
    *(
        "x\\\ny",
        "a\nFREE/x->hacked: 1\n",
        '",\\\n',
        "\n" + "#" * 45 + "\n# FREE OBJECT x\\",
        "\udcff",
    ),
]
"""What a value, or a name, may be."""


@pytest.mark.parametrize("text", TEXTS)
def test_any_value_comes_back(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_text("")
    file = PropertyFile(path)
    with file.changing():
        file.own_properties("device", "a/b/c")["p"] = [text, "and", text]
        file.attribute_properties("class", "Kind", "level")["unit"] = [text]
        file.own_properties("free", "Beam")["keep"] = ["1"]
    again = PropertyFile(path)
    assert again.properties["device"]["a/b/c"] == {"p": [text, "and", text]}
    assert again.attributes["class"]["kind"] == {"level": {"unit": [text]}}
    assert again.properties["free"] == {"beam": {"keep": ["1"]}}


@pytest.mark.parametrize("text", [each for each in TEXTS if each == each.strip() and each])
def test_any_name_comes_back(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_text("")
    file = PropertyFile(path)
    with file.changing():
        file.own_properties("device", "a/b/c")[text] = ["1"]
        file.own_properties("free", text)["p"] = ["2"]
    again = PropertyFile(path)
    assert again.properties["device"] == {"a/b/c": {text.lower(): ["1"]}}
    assert again.properties["free"] == {text.lower(): {"p": ["2"]}}


def test_free_objects_with_slashes_and_devices_called_class(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("FREE/a/b->x: 1\nclass/b/c->y: 2\nclass/Kind->z: 3\nCLASS/Kind/att->u: V\n")
    for _ in range(2):
        file = PropertyFile(path)
        assert file.properties == {
            "free": {"a/b": {"x": ["1"]}},
            "device": {"class/b/c": {"y": ["2"]}},
            "class": {"kind": {"z": ["3"]}},
        }
        assert file.attributes["class"] == {"kind": {"att": {"u": ["V"]}}}
        file.write()


def test_a_change_keeps_what_others_wrote_meanwhile(path: Path) -> None:
    mine, theirs = PropertyFile(path), PropertyFile(path)
    with theirs.changing():
        theirs.own_properties("device", "a/b/c")["theirs"] = ["1"]
    with mine.changing():
        mine.own_properties("device", "a/b/c")["mine"] = ["2"]
    assert PropertyFile(path).properties["device"]["a/b/c"] == {"theirs": ["1"], "mine": ["2"]}


def test_a_change_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    file, before = PropertyFile(path), path.read_text()
    with pytest.raises(KeyError), file.changing():
        file.own_properties("device", "a/b/c")["p"] = ["1"]
        raise KeyError
    assert path.read_text() == before
    assert "a/b/c" not in file.properties["device"]


def test_links_and_permissions_stay(path: Path) -> None:
    path.chmod(0o640)
    link = path.with_name("link")
    link.symlink_to(path)
    PropertyFile(link).write()
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in path.parent.iterdir()) == ["link", "properties"]


def test_nothing_is_there(path: Path) -> None:
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
