"""The commands as functions of a store, against what Tango's C++ database server answered (9.3.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango.database import answer, command_faces, prepare
from puretango.errors import DevFailed
from puretango.store import Store

RECORDED = json.loads(
    (Path(__file__).parents[2] / "data" / "database" / "cpp-answers.json").read_text("utf-8")
)
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d+(st|nd|rd|th) [A-Z][a-z]+ \d{4} at [\d:]{8}")

# MariaDB keeps to the order of insertion where nothing else is asked: which of "Diff" and "diff"
# stands for both, and how the values of several properties, asked for at once, are interleaved.
UNORDERED = {
    ("DbGetDeviceDomainList", "diff*"),
    ("DbGetProperty", "*"),
    ("DbGetProperty", "*a"),
    ("DbGetDeviceProperty", "*"),
}


def ours(store: Store, command: str, argument: Any) -> Any:
    try:
        value = answer(store, command, argument)
    except DevFailed as error:
        first = error.args[0]
        return {"reason": first.reason, "desc": first.desc, "origin": first.origin}
    return [list(part) for part in value] if isinstance(value, tuple) else value


def comparable(command: str, argument: Any, value: Any) -> Any:
    text = DATE.sub("DATE", json.dumps(value))
    if (command, argument if isinstance(argument, str) else argument[-1]) in UNORDERED:
        return sorted(json.loads(text.lower()))
    return json.loads(text)


@pytest.fixture
def store() -> Iterator[Store]:
    """A store as a new database server has it."""
    with Store() as opened:
        prepare(opened)
        yield opened


def test_every_command_is_tried() -> None:
    untried = {"ResetTimingValues", "DbInfo", "DbGetCSDbServerList"}
    assert set(command_faces()) - {command for command, _, _ in RECORDED} == untried


def test_the_answers_are_those_of_the_cpp_server(store: Store) -> None:
    for command, argument, expected in RECORDED:
        found = comparable(command, argument, ours(store, command, argument))
        assert found == comparable(command, argument, expected), (command, argument)


@pytest.mark.parametrize(
    "command",
    [name for name, face in command_faces().items() if face.argin == "DevVarStringArray"],
)
@pytest.mark.parametrize(
    "argument", [[], ["a/b/c"], ["a/b/c", "1"], ["a/b/c", "x", "1"], ["a/b/c", "-1"]]
)
def test_too_few_words_are_an_error_and_change_nothing(
    store: Store, command: str, argument: list[str]
) -> None:
    rows = store.count("property_device"), store.count("devices")
    found = ours(store, command, argument)
    if isinstance(found, dict):
        assert found["reason"].upper().startswith("DB_")
        assert found["desc"]
    assert rows == (store.count("property_device"), store.count("devices"))


def test_a_put_that_ends_too_early_puts_nothing(store: Store) -> None:
    with pytest.raises(DevFailed, match="too few"):
        answer(store, "DbPutDeviceProperty", ["a/b/c", "2", "one", "1", "x", "two", "3", "y"])
    assert store.device_properties.names("a/b/c", "*") == []


def test_info(store: Store) -> None:
    lines = answer(store, "DbInfo")
    assert lines[:4] == ["TANGO Database sys/database/2", " ", "Running since ...", " "]
    assert lines[4:8] == [
        "Devices defined  = 2",
        "Devices exported  = 0",
        "Device servers defined  = 1",
        "Device servers exported  = 0",
    ]
    assert lines[9] == "Device properties defined  = 0 [History lgth = 0]"
    assert len(lines) == 14


def test_database_servers_from_their_iors(store: Store) -> None:
    assert answer(store, "DbGetCSDbServerList") == []
    store.devices.export("sys/database/2", "nonsense", "h", 1, "5")
    with pytest.raises(DevFailed, match="Wrong IOR"):
        answer(store, "DbGetCSDbServerList")


def test_a_store_that_fails_is_a_tango_error(store: Store) -> None:
    store.close()
    with pytest.raises(DevFailed) as caught:
        answer(store, "DbImportDevice", "a/b/c")
    assert caught.value.args[0].reason == "DB_SQLError"
    assert caught.value.args[0].desc == "store :memory:: closed"


def test_a_device_moves_to_the_server_that_claims_it(store: Store) -> None:
    # Tango's own server keeps two definitions, and every answer on the device is then by chance.
    answer(store, "DbAddServer", ["A/1", "x/y/z", "A"])
    answer(store, "DbAddServer", ["B/1", "X/Y/Z", "B"])
    assert answer(store, "DbGetDeviceList", ["A/1", "A"]) == []
    assert answer(store, "DbImportDevice", "x/y/z")[1][3] == "B/1"


def test_preparing_twice_changes_nothing(store: Store) -> None:
    answer(store, "DbDeleteClassProperty", ["DServer", "AllowedAccessCmd"])
    prepare(store)
    assert store.class_properties.names("DServer", "*") == []
