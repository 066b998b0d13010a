"""The structs about devices, commands, pipes and events."""

from typing import Annotated, Any, TypeAlias

from puretango.cdr import Lazy, Sequence
from puretango.idl._attribute import (
    AnyValue,
    AttributeConfig_5,
    AttributeConfigList_5,
    Dims,
    ErrorLists,
    Runs,
    Times,
)
from puretango.idl._enum import DispLevel, PipeWriteType
from puretango.idl._struct import Struct
from puretango.idl._text import Text, Texts
from puretango.idl._types import (
    Bool,
    Errors,
    Long,
    Octets,
    TimeVal,
    ULong,
    UnionValue,
)


class DevCmdInfo(Struct):
    """A command's description, first release."""

    cmd_name: Text
    cmd_tag: Long
    in_type: Long
    out_type: Long
    in_type_desc: Text
    out_type_desc: Text


class DevCmdInfo_2(Struct):
    """A command's description with its display level."""

    cmd_name: Text
    level: DispLevel
    cmd_tag: Long
    in_type: Long
    out_type: Long
    in_type_desc: Text
    out_type_desc: Text


DevCmdInfoList = Sequence[list[DevCmdInfo]](DevCmdInfo.codec)
DevCmdInfoList_2 = Sequence[list[DevCmdInfo_2]](DevCmdInfo_2.codec)


class NamedDevError(Struct):
    """The errors of one member of a multi-attribute write."""

    name: Text
    index_in_call: Long
    err_list: Errors


NamedDevErrorList = Sequence[list[NamedDevError]](NamedDevError.codec)


class PipeConfig(Struct):
    """A pipe's configuration."""

    name: Text
    description: Text
    label: Text
    level: DispLevel
    writable: PipeWriteType
    extensions: Texts


PipeConfigList = Sequence[list[PipeConfig]](PipeConfig.codec)


def _pipe_element() -> Any:
    return DevPipeDataElt.codec


DevVarPipeDataEltArray = Sequence[list[Any]](Lazy(_pipe_element, min_size=16))


class DevPipeDataElt(Struct):
    """One element of a blob: a value, or a blob inside the blob."""

    name: Text
    value: UnionValue
    inner_blob: Annotated[list[Any], DevVarPipeDataEltArray]
    inner_blob_name: Text


class DevPipeBlob(Struct):
    """A named tree of values."""

    name: Text
    blob_data: Annotated[list[DevPipeDataElt], DevVarPipeDataEltArray]


class DevPipeData(Struct):
    """A pipe's value."""

    name: Text
    time: TimeVal
    data_blob: DevPipeBlob


class AttDataReady(Struct):
    """The payload of a data-ready event."""

    name: Text
    data_type: Long
    ctr: Long


class DevIntrChange(Struct):
    """The payload of an interface-change event."""

    dev_started: Bool
    cmds: Annotated[list[DevCmdInfo_2], DevCmdInfoList_2]
    atts: Annotated[list[AttributeConfig_5], AttributeConfigList_5]


class DevInfo(Struct):
    """A device's description of itself, first release."""

    dev_class: Text
    server_id: Text
    server_host: Text
    server_version: Long
    doc_url: Text


class DevInfo_3(Struct):
    """A device's description of itself, with its type."""

    dev_class: Text
    server_id: Text
    server_host: Text
    server_version: Long
    doc_url: Text
    dev_type: Text


class DevVersionInfo(Struct):
    """The version of one thing that a server is made of."""

    key: Text
    value: Text


DevVersionInfoList: TypeAlias = Annotated[list[DevVersionInfo], Sequence(DevVersionInfo.codec)]


class DevInfo_6(Struct):
    """A device's description of itself, with the versions of its parts."""

    dev_class: Text
    server_id: Text
    server_host: Text
    server_version: Long
    doc_url: Text
    dev_type: Text
    version_info: DevVersionInfoList


class DevCmdHistory(Struct):
    """One record of a command's history."""

    time: TimeVal
    cmd_failed: Bool
    value: AnyValue
    errors: Errors


DevCmdHistoryList = Sequence[list[DevCmdHistory]](DevCmdHistory.codec)


class DevCmdHistory_4(Struct):
    """A whole history of a command, run-length coded."""

    dates: Times
    value: AnyValue
    dims: Dims
    dims_array: Runs
    errors: ErrorLists
    errors_array: Runs
    cmd_type: Long


class ZmqCallInfo(Struct):
    """The third frame of an event message."""

    version: Long
    ctr: ULong
    method_name: Text
    oid: Octets
    call_is_except: Bool
