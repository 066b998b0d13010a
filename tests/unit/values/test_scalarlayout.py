"""Replies of scalars, packed and unpacked by one layout."""

from __future__ import annotations

import pytest

from puretango.cdr import CdrReader
from puretango.idl import (
    OPERATIONS,
    AttrDataFormat,
    AttributeValue_5,
    CmdArgType,
)
from puretango.values import (
    ScalarLayout,
    ScalarReply,
    decode_value,
)
from tests.data.golden_files import golden_messages


@pytest.mark.parametrize("event", [False, True])
@pytest.mark.parametrize("little", [False, True])
@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("data_type", [1, 2, 3, 4, 5, 6, 7, 19, 22, 23, 24, 29])
def test_layouts(data_type: int, written: bool, little: bool, event: bool) -> None:
    name = "n" * (1 + data_type % 5)
    reply = ScalarReply(data_type, name, written, little=little, event=event)
    body = reply.pack2(1, 0, 4, 5, 6, 7) if written else reply.pack(1, 4, 5, 6, 7)
    if event:
        reader = CdrReader(body, little, 4, 4)
        value = AttributeValue_5.codec.decode(reader)
    else:
        reader = CdrReader(body, little)
        (value,) = OPERATIONS["read_attributes_5"].decode_result(reader)
    assert reader.remaining == 0
    found = decode_value(value)
    assert (found.value, found.w_value) == (1, 0 if written else None)
    assert (found.time.tv_sec, found.time.tv_usec, found.time.tv_nsec) == (5, 6, 7)
    layout = ScalarLayout.learn(body, little, found, event)
    assert layout is not None
    again = layout.decode(body)
    assert str(again) == str(found)
    assert layout.decode(body[:-1]) is None
    for place in range(len(body)):
        changed = bytearray(body)
        changed[place] ^= 0xFF
        layout.decode(bytes(changed))  # a value or None, never an exception


def test_layouts_of_real_replies() -> None:
    learned = 0
    for message in golden_messages("read_attributes_5"):
        if message.part != "reply":
            continue
        values = OPERATIONS["read_attributes_5"].decode_result(
            CdrReader(message.data, message.little, message.body)
        )
        if len(values) != 1:
            continue
        found = decode_value(values[0])
        body = message.data[message.body :]
        layout = ScalarLayout.learn(body, message.little, found)
        fixed = found.type not in (CmdArgType.DevString, CmdArgType.DevEncoded)
        if found.value is not None and found.data_format == AttrDataFormat.SCALAR and fixed:
            assert layout is not None
        if layout is not None:
            learned += 1
            assert str(layout.decode(body)) == str(found)
    assert learned > 30
