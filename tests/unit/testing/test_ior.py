"""An IOR taken apart under PyTango's names."""

from __future__ import annotations

import pytest

from puretango.server import Device, Util
from puretango.test_context import (
    DeviceTestContext,
    ascii_to_bytes,
    get_server_host_port,
    parse_ior,
)

OMNIORB = (
    "IOR:010000001700000049444c3a54616e676f2f4465766963655f363a312e30000001000000000000005600000001"
    "0102000a0000003132372e302e302e3100e7520e000000feb1a00a6a000004be0000000000000002000000000000000"
    "80000000100000000545441010000001c00000001000000010001000100000001000105090101000100000009010100"
)
"""Of a PyTango server."""

WANTED = (1, 23, b"IDL:Tango/Device_6:1.0", 1, 0, 86, 1, 1, 2, 10, b"127.0.0.1", 21223)
"""What PyTango's parse_ior makes of it."""


def test_the_fields_are_pytangos() -> None:
    found = parse_ior(OMNIORB)
    assert tuple(found)[:12] == WANTED
    assert found.body[:4] == b"\x0e\0\0\0"
    assert ascii_to_bytes(OMNIORB[4:]).endswith(found.body)


def test_our_own() -> None:
    with DeviceTestContext(Device, port=0, process=False) as proxy:
        util = Util.instance()
        found = parse_ior(util.get_dserver_ior(util.get_dserver_device()))
        assert (found.host.decode(), found.port) == get_server_host_port()
        assert str(found.port) == proxy.get_dev_port()


@pytest.mark.parametrize("text", ["", "IOR:", "ior:00", "IOR:zz", OMNIORB[:60], OMNIORB[:120]])
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_ior(text)
