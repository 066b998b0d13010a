"""TangoTest as a client sees it, beside what C++ TangoTest 9.3.4 shows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.idl import AttrQuality, DevState
from puretango.server import Server
from puretango.sim import TangoTest
from tests.waiting import until

GOLDEN = Path(__file__).resolve().parents[2] / "data" / "tangotest-9.3.4.json"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(
        "test", [TangoTest], server_name="TangoTest", devices={"TangoTest": ["sys/tg_test/1"]}
    ) as started:
        yield started


@pytest.fixture
def proxy(server: Server) -> Any:
    return DeviceProxy(f"tango://127.0.0.1:{server.port}/sys/tg_test/1#dbase=no")


def test_attributes(proxy: Any) -> None:
    golden = json.loads(GOLDEN.read_text())["attributes"]
    shown = {
        info.name: {
            "description": info.description,
            "display_format": info.format,
            "enum_labels": list(info.enum_labels),
            "format": info.data_format.name,
            "label": info.label,
            "level": info.disp_level.name,
            "max_dim_x": info.max_dim_x,
            "max_dim_y": info.max_dim_y,
            "max_value": info.max_value,
            "memorized": "NONE",
            "min_value": info.min_value,
            "type": info.data_type.name if hasattr(info.data_type, "name") else info.data_type,
            "unit": info.unit,
            "writable": _writable(info),
        }
        for info in proxy.attribute_list_query_ex()
    }
    for name, expected in golden.items():
        expected["type"] = _number(expected["type"])
        shown[name]["type"] = _number(shown[name]["type"])
        # PyTango's names of the access: WT_ is not told in the golden data.
        expected["writable"] = expected["writable"].removeprefix("WT_")
    assert shown == golden


def _number(kind: Any) -> int:
    from puretango.idl import CmdArgType

    return int(CmdArgType[kind]) if isinstance(kind, str) else int(kind)


def _writable(info: Any) -> str:
    name = info.writable.name
    return {"WT_UNKNOWN": "WT_UNKNOWN"}.get(name, str(name))


def test_commands(proxy: Any) -> None:
    golden = json.loads(GOLDEN.read_text())["commands"]
    shown = {
        info.cmd_name: {
            "in_desc": info.in_type_desc,
            "in_type": str(info.in_type),
            "level": info.disp_level.name,
            "out_desc": info.out_type_desc,
            "out_type": str(info.out_type),
        }
        for info in proxy.command_list_query()
    }
    assert shown == golden


def test_state(proxy: Any) -> None:
    assert proxy.state() == DevState.RUNNING
    assert proxy.status() == "The device is in RUNNING state."
    proxy.SwitchStates()
    assert proxy.state() == DevState.FAULT
    assert proxy.status() == "The device is in FAULT state."
    proxy.SwitchStates()
    assert proxy.state() == DevState.RUNNING


def test_info(proxy: Any) -> None:
    info = proxy.info()
    assert (info.dev_class, info.server_id) == ("TangoTest", "TangoTest/test")


@pytest.mark.parametrize(
    ("name", "reason", "text"),
    [
        ("throw_exception", "exception test", "here is the exception you requested"),
        ("no_value", "API_AttrValueNotSet", "no_value has not been updated"),
    ],
)
def test_failures(proxy: Any, name: str, reason: str, text: str) -> None:
    with pytest.raises(DevFailed) as caught:
        proxy.read_attribute(name)
    assert caught.value.args[0].reason == reason
    assert text in caught.value.args[0].desc


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("DevBoolean", True),
        ("DevDouble", math.pi),
        ("DevFloat", 0.5),
        ("DevLong", -(2**31)),
        ("DevLong64", 2**62),
        ("DevShort", -7),
        ("DevString", "déjà vu"),
        ("DevULong", 2**32 - 1),
        ("DevULong64", 2**64 - 1),
        ("DevUShort", 65535),
        ("DevVarStringArray", ["a", ""]),
        ("DevVarLongArray", [1, -2]),
        ("DevVarDoubleArray", [0.5, -0.25]),
        ("DevVarCharArray", [0, 255]),
        ("DevVarULong64Array", [0, 2**64 - 1]),
    ],
)
def test_echoes(proxy: Any, command: str, value: Any) -> None:
    answer = proxy.command_inout(command, value)
    assert (list(answer) if isinstance(value, list) else answer) == value


def test_pairs_are_echoed(proxy: Any) -> None:
    numbers, texts = proxy.DevVarLongStringArray([[1, 2], ["a"]])
    assert (list(numbers), list(texts)) == ([1, 2], ["a"])
    numbers, texts = proxy.DevVarDoubleStringArray([[0.5], ["a", "b"]])
    assert (list(numbers), list(texts)) == ([0.5], ["a", "b"])


def test_what_is_written_is_read(proxy: Any) -> None:
    proxy.write_attribute("boolean_scalar", False)
    assert proxy.read_attribute("boolean_scalar").value is False
    proxy.write_attribute("string_scalar", "text")
    assert proxy.read_attribute("string_scalar").value == "text"
    proxy.write_attribute("short_spectrum", range(300))
    found = proxy.read_attribute("short_spectrum")
    assert found.value.tolist() == list(range(256))
    assert len(found.w_value) == 300
    proxy.write_attribute("long_image", np.arange(6, dtype=np.int32).reshape(2, 3))
    assert proxy.read_attribute("long_image").value.tolist() == [[0, 1, 2], [3, 4, 5]]
    proxy.write_attribute("string_image", [["a", "b"], ["c", "d"]])
    assert [list(row) for row in proxy.read_attribute("string_image").value] == [
        ["a", "b"],
        ["c", "d"],
    ]
    proxy.Init()
    assert proxy.read_attribute("boolean_scalar").value is True
    assert proxy.read_attribute("string_scalar").value == "Default string"
    assert proxy.read_attribute("short_spectrum").value.tolist() == [0] * 256


def test_read_with_write(proxy: Any) -> None:
    proxy.write_attribute("double_scalar_w", 5.0)
    assert proxy.read_attribute("double_scalar_rww").w_value == 5.0
    with pytest.raises(DevFailed) as caught:
        proxy.write_attribute("double_scalar_rww", 3.0)
    assert caught.value.args[0].reason == "API_AttrNotWritable"


def test_everything_is_valid(proxy: Any) -> None:
    names = [
        name for name in proxy.get_attribute_list() if name not in ("no_value", "throw_exception")
    ]
    for answer in proxy.read_attributes(names):
        assert not answer.has_failed, answer.name
        assert answer.quality == AttrQuality.ATTR_VALID
        if answer.name.endswith("_spectrum_ro"):
            assert answer.dim_x == 256
        elif answer.name.endswith("_image_ro"):
            assert (answer.dim_x, answer.dim_y) == (251, 251)


def served(**properties: str) -> Server:
    return Server(
        "test",
        [TangoTest],
        server_name="TangoTest",
        devices={"TangoTest": ["sys/tg_test/1"]},
        properties={"sys/tg_test/1": properties},
    )


def test_properties() -> None:
    with served(UShort_image_ro_size="17", Sleep_period="20") as server:
        proxy = DeviceProxy(f"tango://127.0.0.1:{server.port}/sys/tg_test/1#dbase=no")
        assert proxy.read_attribute("ushort_image_ro").dim_x == 17
        first = proxy.read_attribute("double_scalar").value
        until(lambda: proxy.read_attribute("double_scalar").value > first)


def test_without_the_generator_each_request_makes_data() -> None:
    with served(Mthreaded_impl="0") as server:
        proxy = DeviceProxy(f"tango://127.0.0.1:{server.port}/sys/tg_test/1#dbase=no")
        assert proxy.state() == DevState.UNKNOWN
        values = [proxy.read_attribute("double_scalar").value for _ in range(3)]
        assert values == sorted(set(values))
