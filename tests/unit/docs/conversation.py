"""The conversation that ARCHITECTURE.md shows: built by the rooms, with the values that change held still."""

from __future__ import annotations

from puretango.cdr import CdrWriter
from puretango.giop import V1_0, RequestTemplate, build_reply
from puretango.idl import (
    OPERATIONS,
    AttrDataFormat,
    AttributeDataType,
    AttributeDim,
    AttributeValue_5,
    AttrQuality,
    CmdArgType,
    CppClntIdent_6,
    DevSource,
    LockerLanguage,
    TimeVal,
    TraceContextVersion,
    TraceContextW3C,
)

DEVICE, ATTRIBUTE, VALUE = "lab/supply/1", "voltage", 12.0
REQUEST_ID, PID = 4, 4711
TIME = (1_700_000_000, 250_000)


def dump(data: bytes) -> str:
    """Offset, sixteen octets, and the text that they would be."""
    lines = []
    for start in range(0, len(data), 16):
        part = data[start : start + 16]
        text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in part)
        lines.append(f"{start:04x}  {part.hex(' '):47}  {text}")
    return "\n".join(lines)


def request() -> bytes:
    """`read_attributes_5(["voltage"], CACHE_DEV, this client)` on a device without database."""
    template = RequestTemplate(DEVICE.encode(), "read_attributes_5", V1_0)
    writer = CdrWriter(offset=template.body_offset)
    identity = CppClntIdent_6(PID, (TraceContextVersion.W3C_TC_V0, TraceContextW3C("", "")))
    OPERATIONS["read_attributes_5"].encode_args(
        writer, [ATTRIBUTE], DevSource.CACHE_DEV, (LockerLanguage.CPP_6, identity)
    )
    return b"".join(bytes(one) for one in template.build(REQUEST_ID, writer.buffers()))


def reply() -> bytes:
    """One attribute with its read and set values, as the server answers."""
    value = AttributeValue_5(
        value=(AttributeDataType.ATT_DOUBLE, [VALUE, VALUE]),
        quality=AttrQuality.ATTR_VALID,
        data_format=AttrDataFormat.SCALAR,
        data_type=CmdArgType.DevDouble,
        time=TimeVal(*TIME, 0),
        name=ATTRIBUTE,
        r_dim=AttributeDim(1, 0),
        w_dim=AttributeDim(1, 0),
        err_list=[],
    )
    writer = CdrWriter()
    OPERATIONS["read_attributes_5"].encode_result(writer, [value])
    return b"".join(bytes(one) for one in build_reply(REQUEST_ID, 0, writer.buffers(), V1_0.minor))
