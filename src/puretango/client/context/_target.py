"""Where an object is: addresses, object key, GIOP version, and the interface it has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from puretango.errors import ProtocolError, SystemException, system_exception
from puretango.giop import V1_0, V1_2, Address, Version, parse_ior

__all__ = ["Target", "corbaloc_target", "ior_target"]

_HIGHEST = 6


@dataclass(frozen=True, slots=True)
class Target:
    """One CORBA object; ``idl_version`` is 0 if only the object itself knows it."""

    addresses: tuple[Address, ...]
    object_key: bytes
    version: Version
    idl_version: int = 0
    corba_name: str = ""


@lru_cache(maxsize=256)
def corbaloc_target(host: str, port: int, key: str) -> Target:
    """An object known by address and name alone: the database, or a device without one."""
    return Target(
        (Address(host, port),),
        key.encode(),
        V1_0,
        corba_name=f"corbaloc:iiop:{host}:{port}/{key}",
    )


def _idl_version_of(type_id: str) -> int:
    if type_id == "IDL:Tango/Device:1.0":
        return 1
    head, _, tail = type_id.partition("IDL:Tango/Device_")
    number = tail.partition(":")[0]
    if head or not number.isdigit():
        return 0
    return min(int(number), _HIGHEST)


def ior_target(text: str) -> Target:
    """The object that a stringified IOR names."""
    try:
        ior = parse_ior(text)
        profile = ior.profile
    except ProtocolError as exc:
        raise _bad_reference(str(exc)) from exc
    version = profile.version if profile.version <= V1_2 else V1_2
    return Target(
        tuple(profile.addresses),
        profile.object_key,
        version,
        _idl_version_of(ior.type_id),
        text,
    )


def _bad_reference(text: str) -> SystemException:
    return system_exception("IDL:omg.org/CORBA/TRANSIENT:1.0", 0x4F4D0002, 1, text)
