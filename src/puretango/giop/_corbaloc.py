"""``corbaloc:iiop:…`` addresses."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote_to_bytes

from puretango.errors import ProtocolError
from puretango.giop._header import V1_0, Version
from puretango.giop._ior import Address, IIOPProfile

DEFAULT_PORT: Final = 2809
_KEY_SAFE: Final = ";/:?@&=+$,-_.!~*'()"


def parse_corbaloc(text: str) -> list[IIOPProfile]:
    """The profiles, one per address, that a ``corbaloc`` names.

    ``corbaloc:iiop:[1.n@]host[:port][,…]/key``; without a version it is IIOP 1.0.
    """
    scheme, _, rest = text.partition(":")
    addresses, slash, key = rest.partition("/")
    if scheme.lower() != "corbaloc" or not slash or not addresses:
        raise ProtocolError(f"{text!r} is not corbaloc:iiop:host:port/key")
    object_key = unquote_to_bytes(key)
    profiles = []
    for item in addresses.split(","):
        protocol, _, address = item.partition(":")
        if protocol.lower() not in {"iiop", ""}:
            raise ProtocolError(f"{text!r} asks for the protocol {protocol!r}; iiop is known")
        number, at, place = address.rpartition("@")
        version = _version(number, text) if at else V1_0
        host, port = _place(place, text)
        profiles.append(IIOPProfile(host, port, object_key, version))
    return profiles


def _version(number: str, text: str) -> Version:
    if number not in {"1.0", "1.1", "1.2"}:
        raise ProtocolError(f"{text!r} asks for IIOP {number}; 1.0 to 1.2 are known")
    return Version(1, int(number[2:]))


def _place(place: str, text: str) -> Address:
    if place.startswith("["):  # an IPv6 address
        host, bracket, port = place[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise ProtocolError(f"{text!r} has a malformed IPv6 address")
        port = port[1:]
    else:
        host, _, port = place.partition(":")
    if not host or (port and not (port.isascii() and port.isdigit() and int(port) < 65536)):
        raise ProtocolError(f"{text!r} has a malformed host or port")
    return Address(host, int(port) if port else DEFAULT_PORT)


def build_corbaloc(profile: IIOPProfile) -> str:
    """The ``corbaloc`` of a profile."""
    host = f"[{profile.host}]" if ":" in profile.host else profile.host
    number = "" if profile.version == V1_0 else f"1.{profile.version.minor}@"
    return f"corbaloc:iiop:{number}{host}:{profile.port}/{quote(profile.object_key, _KEY_SAFE)}"
