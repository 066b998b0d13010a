"""The operations of Device … Device_6, as a table."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from puretango.cdr import ANY, BOOLEAN, LONG, VOID, CdrReader, CdrWriter, Codec
from puretango.cdr._struct import TupleStructCodec
from puretango.cdr._typecode import TCKind, TypeCode
from puretango.idl import _attribute as att
from puretango.idl import _device as dev
from puretango.idl._enum import DevSource, DevState
from puretango.idl._exception import DEV_FAILED_ID, MULTI_DEV_FAILED_ID
from puretango.idl._text import TEXT, TEXTS
from puretango.idl._types import ClntIdent


class Operation:
    """One operation: its parameters, its result, the exceptions that it may raise."""

    def __init__(
        self,
        name: str,
        params: tuple[tuple[str, Codec[Any]], ...],
        result: Codec[Any],
        raises: tuple[str, ...],
    ) -> None:
        self.name = name
        self.params = params
        self.result = result
        self.raises = raises

    def __repr__(self) -> str:
        params = ", ".join(f"{codec.what} {name}" for name, codec in self.params)
        return f"<Operation {self.result.what} {self.name}({params})>"

    @cached_property
    def arguments(self) -> TupleStructCodec:
        """The codec of all arguments as one tuple."""
        return TupleStructCodec(TypeCode(TCKind.STRUCT, name=self.name), self.params)

    def encode_args(self, writer: CdrWriter, *args: Any) -> None:
        """Append a request's body."""
        self.arguments.encode(writer, args)

    def decode_args(self, reader: CdrReader) -> tuple[Any, ...]:
        """The arguments in a request's body."""
        return self.arguments.decode(reader)

    def encode_result(self, writer: CdrWriter, value: Any) -> None:
        """Append the body of a reply without exception."""
        self.result.encode(writer, value)

    def decode_result(self, reader: CdrReader) -> Any:
        """The result in the body of a reply without exception."""
        return self.result.decode(reader)


OPERATIONS: dict[str, Operation] = {}
"""Every operation by its name on the wire."""

INTERFACES: dict[str, tuple[str, ...]] = {}
"""The operations that each interface adds to its base, by the interface's name."""

_ONE = (DEV_FAILED_ID,)
_MULTI = (DEV_FAILED_ID, MULTI_DEV_FAILED_ID)
_NONE: tuple[str, ...] = ()


def _operation(
    name: str,
    result: Codec[Any] = VOID,
    raises: tuple[str, ...] = _ONE,
    /,
    **params: Codec[Any],
) -> Operation:
    return Operation(name, tuple(params.items()), result, raises)


def _interface(name: str, *operations: Operation) -> None:
    INTERFACES[name] = tuple(operation.name for operation in operations)
    for operation in operations:
        OPERATIONS[operation.name] = operation


_names = TEXTS
_source = DevSource.codec

_interface(
    "Object",
    _operation("_is_a", BOOLEAN, _NONE, repo_id=TEXT),
    _operation("_non_existent", BOOLEAN, _NONE),
)
_interface(
    "Device",
    _operation("_get_name", TEXT, _NONE),
    _operation("_get_description", TEXT, _NONE),
    _operation("_get_state", DevState.codec, _NONE),
    _operation("_get_status", TEXT, _NONE),
    _operation("_get_adm_name", TEXT, _NONE),
    _operation("command_inout", ANY, command=TEXT, argin=ANY),
    _operation("get_attribute_config", att.AttributeConfigList, names=_names),
    _operation("set_attribute_config", new_conf=att.AttributeConfigList),
    _operation("read_attributes", att.AttributeValueList, names=_names),
    _operation("write_attributes", values=att.AttributeValueList),
    _operation("ping"),
    _operation("black_box", TEXTS, n=LONG),
    _operation("info", dev.DevInfo.codec),
    _operation("command_list_query", dev.DevCmdInfoList),
    _operation("command_query", dev.DevCmdInfo.codec, command=TEXT),
)
_interface(
    "Device_2",
    _operation("command_inout_2", ANY, command=TEXT, argin=ANY, source=_source),
    _operation("read_attributes_2", att.AttributeValueList, names=_names, source=_source),
    _operation("get_attribute_config_2", att.AttributeConfigList_2, names=_names),
    _operation("command_list_query_2", dev.DevCmdInfoList_2),
    _operation("command_query_2", dev.DevCmdInfo_2.codec, command=TEXT),
    _operation("command_inout_history_2", dev.DevCmdHistoryList, command=TEXT, n=LONG),
    _operation("read_attribute_history_2", att.DevAttrHistoryList, name=TEXT, n=LONG),
)
_interface(
    "Device_3",
    _operation("read_attributes_3", att.AttributeValueList_3, names=_names, source=_source),
    _operation("write_attributes_3", VOID, _MULTI, values=att.AttributeValueList),
    _operation("read_attribute_history_3", att.DevAttrHistoryList_3, name=TEXT, n=LONG),
    _operation("info_3", dev.DevInfo_3.codec),
    _operation("get_attribute_config_3", att.AttributeConfigList_3, names=_names),
    _operation("set_attribute_config_3", new_conf=att.AttributeConfigList_3),
)
_interface(
    "Device_4",
    _operation("read_attribute_history_4", att.DevAttrHistory_4.codec, name=TEXT, n=LONG),
    _operation("command_inout_history_4", dev.DevCmdHistory_4.codec, command=TEXT, n=LONG),
    _operation("command_inout_4", ANY, command=TEXT, argin=ANY, source=_source, cl_ident=ClntIdent),
    _operation(
        "read_attributes_4",
        att.AttributeValueList_4,
        names=_names,
        source=_source,
        cl_ident=ClntIdent,
    ),
    _operation(
        "write_attributes_4",
        VOID,
        _MULTI,
        values=att.AttributeValueList_4,
        cl_ident=ClntIdent,
    ),
    _operation("set_attribute_config_4", new_conf=att.AttributeConfigList_3, cl_ident=ClntIdent),
    _operation(
        "write_read_attributes_4",
        att.AttributeValueList_4,
        _MULTI,
        values=att.AttributeValueList_4,
        cl_ident=ClntIdent,
    ),
)
_interface(
    "Device_5",
    _operation("get_attribute_config_5", att.AttributeConfigList_5, names=_names),
    _operation("set_attribute_config_5", new_conf=att.AttributeConfigList_5, cl_ident=ClntIdent),
    _operation(
        "read_attributes_5",
        att.AttributeValueList_5,
        names=_names,
        source=_source,
        cl_ident=ClntIdent,
    ),
    _operation(
        "write_read_attributes_5",
        att.AttributeValueList_5,
        _MULTI,
        values=att.AttributeValueList_4,
        r_names=_names,
        cl_ident=ClntIdent,
    ),
    _operation("read_attribute_history_5", att.DevAttrHistory_5.codec, name=TEXT, n=LONG),
    _operation("get_pipe_config_5", dev.PipeConfigList, names=_names),
    _operation("set_pipe_config_5", new_conf=dev.PipeConfigList, cl_ident=ClntIdent),
    _operation("read_pipe_5", dev.DevPipeData.codec, name=TEXT, cl_ident=ClntIdent),
    _operation("write_pipe_5", value=dev.DevPipeData.codec, cl_ident=ClntIdent),
    _operation(
        "write_read_pipe_5",
        dev.DevPipeData.codec,
        value=dev.DevPipeData.codec,
        cl_ident=ClntIdent,
    ),
)
_interface("Device_6", _operation("info_6", dev.DevInfo_6.codec))

DEVICE_REPO_IDS: tuple[str, ...] = (
    *(f"IDL:Tango/{name}:1.0" for name in reversed(INTERFACES) if name != "Object"),
    "IDL:omg.org/CORBA/Object:1.0",
)
"""What ``_is_a`` answers yes to, the newest interface first."""
