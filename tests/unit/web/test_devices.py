"""A device over HTTP: what it has, reading, writing, commands."""

from __future__ import annotations

from typing import Any

import pytest

from puretango.testing import TangoSystem
from tests.unit.web.client import Client


def test_a_device_tells_what_it_has(viewer: Client) -> None:
    about = viewer.ask("device", name="sys/tg_test/1")
    assert about["class"] == "TangoTest"
    assert about["server"] == "TestServer/test"
    by_name = {each["name"]: each for each in about["attributes"]}
    assert by_name["ampli"]["writable"]
    assert by_name["wave"]["format"] == "SPECTRUM"
    assert by_name["State"]["type"] == "DevState"
    commands = {each["name"]: each for each in about["commands"]}
    assert commands["DevDouble"]["in"] == "DevDouble"
    missing = (
        viewer.ask("device", name="sys/tg_test/1x") if False else viewer.get("device", name="a/b/c")
    )
    assert missing.status == 502
    assert missing.body["reason"] in ("DB_DeviceNotDefined", "API_DeviceNotDefined")


@pytest.mark.parametrize("source", ["device", "cache-device"])
def test_reading_once_tells_the_time(viewer: Client, source: str) -> None:
    found = viewer.ask("read", device="lab/push/1", attribute="large", source=source)
    assert found["value"] == "9007199254740993"  # no double holds it
    assert found["took"] > 0
    failed = viewer.get("read", device="lab/push/1", attribute="broken", source=source)
    assert failed.status == 502
    assert "the cable is out" in failed.body["error"]
    assert failed.body["stack"]


@pytest.mark.parametrize(
    ("attribute", "given", "read"),
    [
        ("double_scalar", "1e-3", 0.001),
        ("long64_scalar", "9007199254740993", "9007199254740993"),
        ("long64_scalar", "-9223372036854775808", "-9223372036854775808"),
        ("ulong64_scalar", "18446744073709551615", "18446744073709551615"),
        ("short_scalar", "0x10", 16),
        ("boolean_scalar", "false", False),
        ("string_scalar", "naïve \u00b5m", "naïve \u00b5m"),
        ("double_spectrum", ["1.5", "2e3"], [1.5, 2000.0]),
        ("string_spectrum", ["a", "b c"], ["a", "b c"]),
        ("long_image", [["1", "2"], ["3", "4"]], [[1, 2], [3, 4]]),
    ],
)
def test_writing_takes_every_type(
    operator: Client, system: TangoSystem, attribute: str, given: Any, read: Any
) -> None:
    operator.order("write", device="sys/tg_test/1", attribute=attribute, value=given)
    data = system.get_device("sys/tg_test/1").read_attribute(attribute)
    written = data.w_value
    plain = written.tolist() if hasattr(written, "tolist") else written
    assert str(list(plain) if isinstance(plain, tuple) else plain) == str(read)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("double_scalar", "abc"), ("long_scalar", 1.5), ("boolean_scalar", "maybe"), ("double_spectrum", 1),
     ("long_image", [[1, 2], [3]]), ("wave", [1]), ("no_such", 1), ("short_scalar", "99999"), ("double_scalar", "NaN")],
)  # fmt: skip
def test_what_does_not_fit_is_one_line(operator: Client, attribute: str, value: Any) -> None:
    answer = operator.post("write", device="sys/tg_test/1", attribute=attribute, value=value)
    assert answer.status in (400, 409, 502)
    assert answer.body["error"]


def test_commands_take_and_give_every_type(operator: Client) -> None:
    run = lambda command, argument=None: operator.order(  # noqa: E731
        "command", device="sys/tg_test/1", command=command, argument=argument
    )["result"]
    assert run("DevDouble", "2.5") == 2.5
    assert run("DevLong64", "9007199254740993") == "9007199254740993"
    assert run("DevVarStringArray", ["a", "é"]) == ["a", "é"]
    assert run("DevVarLongStringArray", [["1", "2"], ["x"]]) == [[1, 2], ["x"]]
    assert run("DevBoolean", "true") is True
    assert isinstance(run("State"), (int, str))
    failed = operator.post("command", device="sys/tg_test/1", command="DevDouble", argument="x")
    assert failed.status == 502


def test_an_operator_does_not_end_servers(operator: Client) -> None:
    answer = operator.post("command", device="dserver/TestServer/test", command="Kill")
    assert answer.status == 403
