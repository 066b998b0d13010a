"""Our client against the C++ TangoTest (IDL 5): what PyTango's client sees, ours sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import nodb
from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.plain import plain
from tests.interop.peers.process import Peer
from tests.interop.test_matrix import check

COMMANDS: dict[str, list[Any]] = {
    "DevBoolean": [True, False], "DevShort": [-32768, 32767], "DevLong": [-(2**31), 2**31 - 1],
    "DevLong64": [-(2**63), 2**63 - 1], "DevULong": [0, 2**32 - 1], "DevULong64": [0, 2**64 - 1],
    "DevUShort": [0, 65535], "DevFloat": [1.5, -0.0], "DevDouble": [5e-324, 1.5e308],
    "DevString": ["", "\xb5\xff", "x" * 20_000],
    "DevVarShortArray": [[1], [-32768, 32767], list(range(10_000))], "DevVarLongArray": [[1, -(2**31)]],
    "DevVarFloatArray": [[1.5, 2.5]], "DevVarDoubleArray": [[0.1] * 20_000], "DevVarCharArray": [list(range(256))],
    "DevVarStringArray": [["one", "\xe9", "x" * 10_000]], "DevVarULongArray": [[0, 2**32 - 1]],
    "DevVarUShortArray": [[0, 65535]], "DevVarLong64Array": [[-(2**63)]], "DevVarULong64Array": [[2**64 - 1]],
    "DevVarLongStringArray": [([1, 2], ["a", "\xe9"])], "DevVarDoubleStringArray": [([1.5, 2.5], ["a", "b"])],
}  # fmt: skip


@pytest.fixture(scope="module")
def cpp_tango_test(peer_directory: Path) -> Iterator[Peer]:
    """A TangoTest of these tests' own, which write to it."""
    with cpp.tango_test(peer_directory) as peer:
        peer.wait_for("Ready to accept request")
        yield peer


def reading(tango: Any, device: str, attribute: str) -> Any:
    """What does not change from one reading to the next."""
    answer = tango.DeviceProxy(device).read_attribute(attribute)
    return [answer.name, str(answer.type), str(answer.data_format), str(answer.quality), type(answer.value).__name__,
            answer.dim_y > 0, answer.has_failed]  # fmt: skip


_READING = (
    "answer = tango.DeviceProxy(d).read_attribute(a)\n"
    "return [answer.name, str(answer.type), str(answer.data_format), str(answer.quality),"
    " type(answer.value).__name__, answer.dim_y > 0, answer.has_failed]"
)


def test_every_attribute_reads_as_pytango_reads_it(
    cpp_tango_test: Peer, pytango_client: PyTangoClient
) -> None:
    import puretango

    device = nodb(cpp_tango_test.port, "sys/tg_test/1")
    names = pytango_client.run("return list(tango.DeviceProxy(d).get_attribute_list())", d=device)
    assert list(puretango.DeviceProxy(device).get_attribute_list()) == names
    for name in names:
        if name in {"throw_exception", "no_value"}:
            continue
        expected = pytango_client.run(_READING, d=device, a=name)
        assert reading(puretango, device, name) == expected, name


def test_interface_is_the_recorded_one(cpp_tango_test: Peer, project_root: Path) -> None:
    import puretango

    recorded = project_root / "tests" / "data" / "tangotest-9.3.4.json"
    known = json.loads(recorded.read_text())["attributes"]
    infos = puretango.DeviceProxy(
        nodb(cpp_tango_test.port, "sys/tg_test/1")
    ).attribute_list_query_ex()
    got = {
        info.name: [str(info.data_format), str(info.writable), info.max_dim_x, info.max_dim_y]
        for info in infos
    }
    assert got == {
        name: [one["format"], one["writable"], one["max_dim_x"], one["max_dim_y"]]
        for name, one in known.items()
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_give_back_what_they_take(
    command: str, cpp_tango_test: Peer, pytango_client: PyTangoClient
) -> None:
    import puretango

    device = nodb(cpp_tango_test.port, "sys/tg_test/1")
    proxy = puretango.DeviceProxy(device)
    for value in COMMANDS[command]:
        expected = pytango_client.run(
            "return plain(tango.DeviceProxy(d).command_inout(c, v))", d=device, c=command, v=value
        )
        check(plain(proxy.command_inout(command, value)), expected)


_WRITES: dict[str, list[Any]] = {
    "double_scalar": [1.25, -1e300], "float_scalar": [2.5], "long_scalar": [-(2**31)], "long64_scalar": [2**62],
    "short_scalar": [7], "ushort_scalar": [65535], "ulong64_scalar": [2**64 - 1], "uchar_scalar": [255],
    "boolean_scalar": [True, False], "string_scalar": ["\xe9t\xe9", "y" * 9000],
    "double_spectrum": [[1.0, 2.0]], "string_spectrum": [["a", "b"]], "short_image": [[[1, 2], [3, 4]]],
    "string_image": [[["a", "b"], ["c", "d"]]], "boolean_image": [[[True, False]]],
}  # fmt: skip


@pytest.mark.parametrize("attribute", _WRITES)
def test_what_we_write_pytango_reads(
    attribute: str, cpp_tango_test: Peer, pytango_client: PyTangoClient
) -> None:
    import puretango

    device = nodb(cpp_tango_test.port, "sys/tg_test/1")
    proxy = puretango.DeviceProxy(device)
    for value in _WRITES[attribute]:
        proxy.write_attribute(attribute, value)
        expected = pytango_client.run(
            "return plain(tango.DeviceProxy(d).read_attribute(a).w_value)", d=device, a=attribute
        )
        check(plain(proxy.read_attribute(attribute).w_value), expected)


def test_errors_with_their_stack(cpp_tango_test: Peer, pytango_client: PyTangoClient) -> None:
    import puretango

    device = nodb(cpp_tango_test.port, "sys/tg_test/1")
    for name in ("throw_exception", "no_such_attribute"):
        code = "r = attempt(tango.DeviceProxy(d).read_attribute, a)\nreturn r[:2] + ([e[:2] for e in r[2]],)"
        expected = pytango_client.run(code, d=device, a=name)
        with pytest.raises(puretango.DevFailed) as caught:
            puretango.DeviceProxy(device).read_attribute(name)
        assert [error.reason for error in caught.value.args] == [
            reason for reason, _ in expected[2]
        ]
