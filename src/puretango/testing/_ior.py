"""A server's IOR taken apart as PyTango's test_context does it: fields of its first profile."""

from __future__ import annotations

import struct
from ast import literal_eval
from typing import Any, NamedTuple

__all__ = ["IOR", "ascii_to_bytes", "get_server_host_port", "literal_dict", "parse_ior"]


class IOR(NamedTuple):
    """The fields in their order, under PyTango's names; texts as bytes without the closing zero.

    What PyTango calls major, minor and wtf are the profile's byte order, and its version's two numbers.
    """

    first: int
    dtype_length: int
    dtype: bytes
    nb_profile: int
    tag: int
    length: int
    major: int
    minor: int
    wtf: int
    host_length: int
    host: bytes
    port: int
    body: bytes


def ascii_to_bytes(s: str) -> bytes:
    """The bytes of hexadecimal digits; ValueError for others."""
    return bytes.fromhex(s)


def parse_ior(encoded_ior: str) -> IOR:
    """The fields of ``IOR:…``; ValueError for anything else."""
    if encoded_ior[:4] != "IOR:":
        raise ValueError(f"an IOR begins with 'IOR:', not {encoded_ior[:4]!r}")
    data = ascii_to_bytes(encoded_ior[4:])
    if not data:
        raise ValueError("the IOR is empty")
    order = "<" if data[0] & 1 else ">"
    try:
        return _fields(data, order)
    except (struct.error, IndexError) as error:
        raise ValueError(f"the IOR ends too early: {error}") from error


def _fields(data: bytes, order: str) -> IOR:
    first, size = struct.unpack_from(f"{order}II", data)
    place = 8 + size
    place += -place % 4
    profiles, tag, length = struct.unpack_from(f"{order}III", data, place)
    place += 12
    major, minor, rest, host_size = struct.unpack_from(f"{order}BBHI", data, place)
    place += 8
    host = data[place : place + host_size]
    place += host_size
    place += place % 2
    (port,) = struct.unpack_from(f"{order}H", data, place)
    place += 2
    place += -place % 4
    dtype = data[8 : 8 + size - 1]
    return IOR(
        first, size, dtype, profiles, tag, length, major, minor, rest,
        host_size, host[:-1], port, data[place:],
    )  # fmt: skip


def get_server_host_port() -> tuple[str, int]:
    """The address on which the server of this process listens."""
    from puretango.server import Util

    util: Any = Util.instance()
    ior = parse_ior(util.get_dserver_ior(util.get_dserver_device()))
    return ior.host.decode(), ior.port


def literal_dict(arg: str) -> dict[Any, Any]:
    """A dictionary written as a Python literal."""
    return dict(literal_eval(arg))
