"""The bytes in ARCHITECTURE.md: what the rooms build, and what a real client and server exchange."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from puretango import DeviceProxy
from puretango.server import Device, attribute
from puretango.testing import DeviceTestContext
from tests.relay import Relay
from tests.unit.docs import conversation

PAGE = (Path(__file__).resolve().parents[3] / "ARCHITECTURE.md").read_text()


def shown(name: str) -> str:
    match = re.search(rf"<!-- dump: {name} -->\n```text\n(.*?)\n```", PAGE, re.DOTALL)
    assert match is not None
    return match.group(1)


@pytest.mark.parametrize("name", ["request", "reply"])
def test_dumps_are_what_the_rooms_build(name: str) -> None:
    data = getattr(conversation, name)()
    assert [line.rstrip() for line in shown(name).splitlines()] == [
        line.rstrip() for line in conversation.dump(data).splitlines()
    ]


@pytest.mark.parametrize("name", ["request", "reply"])
def test_tables_name_octets_that_are_there(name: str) -> None:
    data = getattr(conversation, name)()
    table = PAGE.partition(f"<!-- dump: {name} -->")[2].partition("| --- |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([0-9a-f]{4}) \| `([0-9a-f ]+)`", table, re.MULTILINE)
    assert len(rows) > 10
    for at, octets in rows:
        wanted = bytes.fromhex(octets)
        assert data[int(at, 16) :].startswith(wanted), (at, octets)


class Supply(Device):
    """The attribute of the page."""

    output = conversation.VALUE
    voltage = attribute(dtype=float, fget="get_voltage", fset="set_voltage")

    def get_voltage(self) -> float:
        return self.output

    def set_voltage(self, value: float) -> None:
        self.output = value


def masked(data: bytes, *fields: tuple[int, int]) -> bytes:
    changed = bytearray(data)
    for at, size in fields:
        changed[at : at + size] = bytes(size)
    return bytes(changed)


def test_a_real_conversation_has_these_bytes() -> None:
    context = DeviceTestContext(Supply, device_name=conversation.DEVICE)
    context.start()
    try:
        with Relay(context.port) as relay:
            proxy = DeviceProxy(f"tango://127.0.0.1:{relay.port}/{conversation.DEVICE}#dbase=no")
            proxy.write_attribute("voltage", conversation.VALUE)
            assert proxy.read_attribute("voltage").value == conversation.VALUE
            sent, got = relay.messages(relay.to_server)[-1], relay.messages(relay.to_client)[-1]
            del proxy
    finally:
        context.stop()
    request_fields = ((0x10, 4), (0x5C, 4))  # request id, process id
    assert masked(sent, *request_fields) == masked(conversation.request(), *request_fields)
    reply_fields = ((0x10, 4), (0x44, 12))  # request id, time
    assert masked(got, *reply_fields) == masked(conversation.reply(), *reply_fields)
