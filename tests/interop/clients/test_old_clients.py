"""Old clients: every operation of Device to Device_5 as they send it, to PyTango's server and to ours.

The requests are made here, byte for byte what a client of that release sends; the answers of the two servers must
agree field by field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from puretango import idl
from puretango.cdr import STRING, CdrReader, CdrWriter
from puretango.cdr import Any as CdrAny
from puretango.giop import RequestTemplate
from puretango.idl import OPERATIONS, AttrQuality, CmdArgType, DevSource
from puretango.net import ClientConnection
from puretango.values import COMMAND_CODECS
from tests.interop.conftest import puretango_rich
from tests.interop.peers.fixtures import pytango_rich
from tests.interop.test_matrix import check

Call = Callable[..., Any]
DEVICE = "test/rich/1"
DEV, CACHE, CACHE_DEV = DevSource.DEV, DevSource.CACHE, DevSource.CACHE_DEV
CLIENT = (idl.LockerLanguage.CPP, 4242)
T = CmdArgType


class Raw:
    """One connection on which operations are called by name."""

    def __init__(self, port: int, device: str = DEVICE) -> None:
        self.key = device.encode()
        self.connection = ClientConnection("127.0.0.1", port)

    def __call__(self, operation: str, *args: Any) -> Any:
        """The result, plain; or the exception: kind, errors."""
        template = RequestTemplate(self.key, operation)
        writer = CdrWriter(offset=template.body_offset)
        OPERATIONS[operation].encode_args(writer, *args)
        reply = self.connection.invoke(template, writer.buffers(), 10)
        reader = CdrReader(reply.data, reply.little, reply.body_start)
        if reply.status == 0:
            return seen(OPERATIONS[operation].decode_result(reader))
        if reply.status == 2:
            return ["system exception", STRING.decode(reader)]
        failed = idl.decode_user_exception(reader)
        members = [
            [each.name, each.idx_in_call, seen(each.err_stack)]
            for each in getattr(failed, "err_list", ())
        ]
        return [type(failed).__name__, seen(failed.args), members]


def seen(value: Any) -> Any:
    """A decoded value as plain lists; times, counters and origins, which must differ, only as being there."""
    if isinstance(value, idl.TimeVal):
        return value.tv_sec > 0
    if isinstance(value, CdrAny):
        return ["any", str(value.typecode), seen(value.value)]
    if isinstance(value, memoryview):
        return [value.format, *map(seen, value.tolist())]
    if hasattr(type(value), "__slots__") and hasattr(value, "origin"):
        return [str(value.reason), str(value.severity), str(value.desc)]
    if isinstance(value, idl.Struct):
        found = {name: seen(getattr(value, name)) for name in type(value).__slots__}
        if found.get("err_list"):
            found["time"] = None  # whatever was there before
        return found
    if isinstance(value, (list, tuple)):
        return [seen(item) for item in value]
    if isinstance(value, float):
        return "nan" if value != value else value
    if isinstance(value, bytes | str | bool):
        return value
    return int(value) if isinstance(value, int) else value


def argument(kind: CmdArgType, value: Any) -> CdrAny:
    """An argument of a command, as it travels."""
    codec = COMMAND_CODECS[kind]
    return CdrAny(codec.typecode, value)


NOTHING = argument(T.DevVoid, None)


def written(name: str, kind: CmdArgType, values: list[Any], x: int = 1, y: int = 0) -> Any:
    """A value to write, as a client before release 4 sends it."""
    time = idl.TimeVal(0, 0, 0)
    return idl.AttributeValue(argument(kind, values), AttrQuality.ATTR_VALID, time, name, x, y)


def written_4(name: str, kind: int, values: list[Any], x: int = 1, y: int = 0) -> Any:
    """A value to write, as a client of releases 4 and 5 sends it."""
    return idl.AttributeValue_4(
        (idl.AttributeDataType(kind), values), AttrQuality.ATTR_VALID, idl.AttrDataFormat.SCALAR,
        idl.TimeVal(0, 0, 0), name, idl.AttributeDim(0, 0), idl.AttributeDim(x, y), [],
    )  # fmt: skip


SCALARS = [f"{kind}_scalar" for kind in (
    "DevBoolean", "DevShort", "DevLong", "DevLong64", "DevUShort", "DevULong", "DevULong64",
    "DevUChar", "DevFloat", "DevDouble", "DevString", "DevState")]  # fmt: skip
SHAPES = ["DevLong_spectrum", "DevDouble_image", "DevString_spectrum", "special_image"]
ODD = ["failing", "timed", "invalid", "forbidden", "no_such_attribute", "State", "Status"]
CONFIGURED = ["limited", "alarmed", "kept", "write_only", "expert", "DevDouble_image", "State"]

CASES: dict[str, Callable[[Call], Any]] = {}


def case(function: Callable[[Call], Any]) -> Callable[[Call], Any]:
    """A sequence of operations whose answers both servers must give."""
    CASES[function.__name__] = function
    return function


@case
def what_it_is(call: Call) -> Any:
    found = [call("_get_name"), call("_get_description"), call("_get_state"), call("_get_status"),
             call("_get_adm_name").lower(), call("ping"), call("_non_existent")]  # fmt: skip
    for operation in ("info", "info_3"):
        info = call(operation)
        found.append({name: info[name] for name in info if name not in ("server_host",)})
    names = ("Device", *(f"Device_{number}" for number in range(2, 7)), "DServer")
    return [*found, *(call("_is_a", f"IDL:Tango/{name}:1.0") for name in names)]


@case
def commands_1(call: Call) -> Any:
    return [
        call("command_inout", "EchoDevDouble", argument(T.DevDouble, 1.5)),
        call("command_inout", "EchoDevVarStringArray", argument(T.DevVarStringArray, ["a", "b"])),
        call("command_inout", "State", NOTHING),
        call("command_inout", "Nothing", NOTHING),
        call("command_inout", "FailTwice", NOTHING),
        call("command_inout", "NoSuchCommand", NOTHING),
        call("command_inout", "EchoDevDouble", argument(T.DevString, "text")),
        call("command_inout", "Forbidden", NOTHING),
    ]


@case
def commands_2_and_4(call: Call) -> Any:
    found = []
    for source in (DEV, CACHE, CACHE_DEV):
        found += [
            call("command_inout_2", "EchoDevLong", argument(T.DevLong, 7), source),
            call("command_inout_2", "State", NOTHING, source),
            call("command_inout_4", "EchoDevLong", argument(T.DevLong, 7), source, CLIENT),
            call("command_inout_4", "State", NOTHING, source, CLIENT),
            call("command_inout_4", "Fail", NOTHING, source, CLIENT),
        ]
    return found


@case
def command_lists(call: Call) -> Any:
    found = [sorted(call(operation), key=lambda one: str(one["cmd_name"]))
             for operation in ("command_list_query", "command_list_query_2")]  # fmt: skip
    return [found, *(call(operation, name) for operation in ("command_query", "command_query_2")
                     for name in ("Sleep", "expertTEXT", "NoSuchCommand"))]  # fmt: skip


@case
def reading_1_and_2(call: Call) -> Any:
    found = [call("read_attributes", [name]) for name in (*SCALARS, *SHAPES, *ODD)]
    found += [call("read_attributes_2", SCALARS, source) for source in (DEV, CACHE, CACHE_DEV)]
    return [*found, call("read_attributes", [*SHAPES, "failing"]), call("read_attributes", [])]


@case
def reading_3(call: Call) -> Any:
    found = [
        call("read_attributes_3", [*SCALARS, *SHAPES, *ODD], source)
        for source in (DEV, CACHE, CACHE_DEV)
    ]
    return [*found, call("read_attributes_3", [], DEV), call("read_attributes_3", ["limited"], DEV)]


@case
def reading_4(call: Call) -> Any:
    names = [*SCALARS, *SHAPES, *ODD, "encoded", "DevEnum_scalar"]
    return [call("read_attributes_4", names, source, CLIENT) for source in (DEV, CACHE, CACHE_DEV)]


@case
def reading_5(call: Call) -> Any:
    names = [*SCALARS, *SHAPES, *ODD, "encoded", "DevEnum_scalar"]
    found = [call("read_attributes_5", names, source, CLIENT) for source in (DEV, CACHE, CACHE_DEV)]
    return [*found, *(call("read_attributes_5", [name], DEV, CLIENT) for name in names)]


@case
def writing_1_and_3(call: Call) -> Any:
    wrong = [
        written("limited", T.DevVarDoubleArray, [11.0]),
        written("limited", T.DevVarLongArray, [1]),
        written("expert", T.DevVarLong64Array, [1]),
        written("no_such_attribute", T.DevVarDoubleArray, [1.0]),
    ]
    found = []
    for operation in ("write_attributes", "write_attributes_3"):
        good = [
            written("limited", T.DevVarDoubleArray, [2.5]),
            written("DevString_scalar", T.DevVarStringArray, ["text"]),
            written("DevLong_spectrum", T.DevVarLongArray, [3, 4, 5], 3),
            written("DevShort_image", T.DevVarShortArray, [1, 2, 3, 4], 2, 2),
        ]
        found.append(call(operation, good))
        found.append(call("read_attributes_3", [value.name for value in good], DEV))
        found += [call(operation, [value]) for value in wrong]
        found.append(call(operation, [good[1], *wrong]))
        found.append(call(operation, []))
    return found


@case
def writing_4(call: Call) -> Any:
    kinds = idl.AttributeDataType
    good = [
        written_4("limited", kinds.ATT_DOUBLE, [3.5]),
        written_4("DevString_scalar", kinds.ATT_STRING, ["fourth"]),
        written_4("DevLong_spectrum", kinds.ATT_LONG, [1, 2], 2),
    ]
    wrong = [
        written_4("limited", kinds.ATT_DOUBLE, [-1.0]),
        written_4("limited", kinds.ATT_LONG, [1]),
        written_4("no_such_attribute", kinds.ATT_LONG, [1]),
    ]
    names = [value.name for value in good]
    return [
        call("write_attributes_4", good, CLIENT),
        call("read_attributes_4", names, DEV, CLIENT),
        call("write_attributes_4", [good[0], *wrong], CLIENT),
        *(call("write_attributes_4", [value], CLIENT) for value in wrong),
        call("write_read_attributes_4", [good[0]], CLIENT),
        call("write_read_attributes_4", [wrong[0]], CLIENT),
        call("write_read_attributes_5", [good[0]], ["limited", "DevString_scalar"], CLIENT),
    ]


@case
def configuration(call: Call) -> Any:
    return [
        [call(operation, names) for names in (CONFIGURED, ["no_such_attribute"], [])]
        for operation in (
            "get_attribute_config",
            "get_attribute_config_2",
            "get_attribute_config_3",
            "get_attribute_config_5",
        )
    ]


@case
def histories(call: Call) -> Any:
    found = []
    for operation in ("read_attribute_history_2", "read_attribute_history_3",
                      "read_attribute_history_4", "read_attribute_history_5"):  # fmt: skip
        found += [call(operation, name, 3) for name in ("limited", "no_such_attribute")]
    for operation in ("command_inout_history_2", "command_inout_history_4"):
        found += [call(operation, name, 3) for name in ("Nothing", "NoSuchCommand")]
    return found


@case
def black_box(call: Call) -> Any:
    # The newest comes first; the peers write times, hosts and ports that differ.
    for _ in range(2):
        call(
            "read_attributes_5", ["limited", "kept"], DEV, CLIENT
        )  # PyTango misnames the older ones
        call("command_inout_4", "State", NOTHING, DEV, CLIENT)
        call("info")
        call("_get_state")
    lines = call("black_box", 4)
    return [[line.partition(" : ")[2].partition(" requested from")[0] for line in lines],
            call("black_box", 0), len(call("black_box", 100)) <= 50]  # fmt: skip


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Raw, Raw]]:
    """PyTango's server and ours, to which nobody has written: Init leaves what was set last."""
    directory = tmp_path_factory.mktemp("old-clients")
    with ExitStack() as stack:
        peers = [stack.enter_context(make(directory)) for make in (pytango_rich, puretango_rich)]
        found = []
        for peer in peers:
            peer.wait_for("Ready to accept request")
            assert peer.port is not None
            found.append(Raw(peer.port))
            stack.callback(found[-1].connection.close)
        yield found[0], found[1]


@pytest.mark.parametrize("name", CASES)
def test_same_answers(name: str, servers: tuple[Raw, Raw]) -> None:
    theirs, ours = (CASES[name](raw) for raw in servers)
    check(ours, theirs)


@pytest.mark.parametrize("operation", ["set_attribute_config", "set_attribute_config_3",
                                       "set_attribute_config_4", "set_attribute_config_5"])  # fmt: skip
def test_configuration_is_set_by_each_release(operation: str, servers: tuple[Raw, Raw]) -> None:
    release = operation.removeprefix("set_attribute_config").lstrip("_")
    get = f"get_attribute_config{'_' if release else ''}{'3' if release == '4' else release}"
    client = (CLIENT,) if release in ("4", "5") else ()
    answers = []
    for raw in servers:
        template = RequestTemplate(DEVICE.encode(), get)
        writer = CdrWriter(offset=template.body_offset)
        OPERATIONS[get].encode_args(writer, ["limited"])
        reply = raw.connection.invoke(template, writer.buffers(), 10)
        (before,) = OPERATIONS[get].decode_result(
            CdrReader(reply.data, reply.little, reply.body_start)
        )
        kept = (before.label, before.max_value)
        before.label, before.max_value = f"Release {release or 1}", "8"
        found = [raw(operation, [before], *client), raw("get_attribute_config_5", ["limited"])]
        found.append(raw("write_attributes", [written("limited", T.DevVarDoubleArray, [9.0])]))
        before.max_value = "words"
        found.append(raw(operation, [before], *client))
        before.label, before.max_value = kept
        found += [raw(operation, [before], *client), raw("get_attribute_config_5", ["limited"])]
        before.name = "no_such_attribute"
        answers.append([*found, raw(operation, [before], *client)])
    check(answers[1], answers[0])
