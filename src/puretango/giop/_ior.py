"""Interoperable object references: ``IOR:…`` and what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from puretango.errors import ProtocolError
from puretango.giop._header import V1_2, Version
from puretango.giop._messages import Reply
from puretango.giop._octets import OctetReader, OctetWriter

TAG_INTERNET_IOP: Final = 0
TAG_MULTIPLE_COMPONENTS: Final = 1

TAG_ORB_TYPE: Final = 0
TAG_CODE_SETS: Final = 1
TAG_ALTERNATE_IIOP_ADDRESS: Final = 3
TAG_OMNIORB_UNIX_TRANS: Final = 0x41545402

OMNIORB_TYPE: Final = 0x41545400
LATIN_1: Final = 0x00010001
UTF_8: Final = 0x05010001
UTF_16: Final = 0x00010109


class Component(NamedTuple):
    """A tagged component of a profile, its data as it came."""

    tag: int
    data: bytes


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int


class UnixAddress(NamedTuple):
    """omniORB's Unix socket: usable on this ``host`` only."""

    host: str
    path: str


class CodeSets(NamedTuple):
    """Code sets of a server: native char and wchar sets, then those it converts."""

    char: int
    wchar: int
    char_conversions: tuple[int, ...] = ()
    wchar_conversions: tuple[int, ...] = ()


def _encapsulation() -> OctetWriter:
    writer = OctetWriter()
    writer.octet(1)
    return writer


def _open(data: bytes) -> OctetReader:
    if not data:
        raise ProtocolError("an encapsulation without its byte order")
    return OctetReader(data, little=bool(data[0] & 1), pos=1)


def orb_type(value: int = OMNIORB_TYPE) -> Component:
    """The component that names the kind of ORB."""
    writer = _encapsulation()
    writer.ulong(value)
    return Component(TAG_ORB_TYPE, writer.getvalue())


def code_sets(sets: CodeSets) -> Component:
    """The component that gives the server's code sets."""
    writer = _encapsulation()
    for native, conversions in (
        (sets.char, sets.char_conversions),
        (sets.wchar, sets.wchar_conversions),
    ):
        writer.ulong(native)
        writer.ulong(len(conversions))
        for value in conversions:
            writer.ulong(value)
    return Component(TAG_CODE_SETS, writer.getvalue())


def alternate_address(address: Address) -> Component:
    """The component with one more address of the same server."""
    writer = _encapsulation()
    writer.string(address.host)
    writer.ushort(address.port)
    return Component(TAG_ALTERNATE_IIOP_ADDRESS, writer.getvalue())


@dataclass(slots=True)
class IIOPProfile:
    """Host, port and key of an object, with its components."""

    host: str
    port: int
    object_key: bytes
    version: Version = V1_2
    components: list[Component] = field(default_factory=list)

    def component(self, tag: int) -> bytes | None:
        """The data of the first component with this tag."""
        return next((item.data for item in self.components if item.tag == tag), None)

    @property
    def addresses(self) -> list[Address]:
        """Every TCP address of the object, the profile's own first."""
        found = [Address(self.host, self.port)]
        for item in self.components:
            if item.tag == TAG_ALTERNATE_IIOP_ADDRESS:
                reader = _open(item.data)
                found.append(Address(reader.string(), reader.ushort()))
        return found

    @property
    def orb_type(self) -> int | None:
        """The kind of ORB, if given."""
        data = self.component(TAG_ORB_TYPE)
        return None if data is None else _open(data).ulong()

    @property
    def code_sets(self) -> CodeSets | None:
        """The server's code sets, if given."""
        data = self.component(TAG_CODE_SETS)
        if data is None:
            return None
        reader = _open(data)
        char, char_conversions = reader.ulong(), _ulongs(reader)
        wchar, wchar_conversions = reader.ulong(), _ulongs(reader)
        return CodeSets(char, wchar, char_conversions, wchar_conversions)

    @property
    def unix_address(self) -> UnixAddress | None:
        """omniORB's Unix socket, if given."""
        data = self.component(TAG_OMNIORB_UNIX_TRANS)
        if data is None:
            return None
        reader = _open(data)
        return UnixAddress(reader.string(), reader.string())


def _ulongs(reader: OctetReader) -> tuple[int, ...]:
    count = reader.ulong()
    if count * 4 > reader.end - reader.pos:
        raise ProtocolError(f"{count} code sets announced in a shorter component")
    return tuple(reader.ulong() for _ in range(count))


def parse_profile(data: bytes) -> IIOPProfile:
    """Take the body of a TAG_INTERNET_IOP profile apart."""
    reader = _open(data)
    version = Version(reader.octet(), reader.octet())
    if version.major != 1:
        raise ProtocolError(f"IIOP {version.major}.{version.minor} is not known")
    host, port, key = reader.string(), reader.ushort(), reader.octets()
    components = []
    if version.minor > 0:
        count = reader.ulong()
        if count * 8 > reader.end - reader.pos:
            raise ProtocolError(f"{count} components announced in a shorter profile")
        components = [Component(reader.ulong(), reader.octets()) for _ in range(count)]
    return IIOPProfile(host, port, key, version, components)


def build_profile(profile: IIOPProfile) -> bytes:
    """The body of a TAG_INTERNET_IOP profile."""
    writer = _encapsulation()
    writer.octet(profile.version.major)
    writer.octet(profile.version.minor)
    writer.string(profile.host)
    writer.ushort(profile.port)
    writer.octets(profile.object_key)
    if profile.version.minor > 0:
        writer.ulong(len(profile.components))
        for component in profile.components:
            writer.ulong(component.tag)
            writer.octets(component.data)
    return writer.getvalue()


@dataclass(slots=True)
class IOR:
    """An object reference: the type of the object and its profiles."""

    type_id: str
    profiles: list[IIOPProfile] = field(default_factory=list)
    others: list[Component] = field(default_factory=list)
    """Profiles of other protocols, as they came."""

    @property
    def is_nil(self) -> bool:
        """True for the reference to no object."""
        return not self.profiles and not self.others

    @property
    def profile(self) -> IIOPProfile:
        """The first IIOP profile."""
        if not self.profiles:
            raise ProtocolError("the object reference has no IIOP profile")
        return self.profiles[0]

    def __str__(self) -> str:
        return "IOR:" + build_ior(self).hex()


def parse_ior(text: str) -> IOR:
    """Take a stringified ``IOR:…`` apart."""
    if text[:4].upper() != "IOR:":
        raise ProtocolError(f"an object reference starts with IOR:, not {text[:16]!r}")
    try:
        data = bytes.fromhex(text[4:].rstrip("\0 \n"))
    except ValueError as error:
        raise ProtocolError("an object reference holds more than hexadecimal digits") from error
    return _read_ior(_open(data))


def forwarded_to(reply: Reply) -> IOR:
    """The reference to which a reply with status LOCATION_FORWARD sends the client."""
    return _read_ior(OctetReader(reply.data, little=reply.little, pos=reply.body_start))


def _read_ior(reader: OctetReader) -> IOR:
    type_id = reader.string()
    count = reader.ulong()
    if count * 8 > reader.end - reader.pos:
        raise ProtocolError(f"{count} profiles announced in a shorter object reference")
    ior = IOR(type_id)
    for _ in range(count):
        tag, body = reader.ulong(), reader.octets()
        if tag == TAG_INTERNET_IOP:
            ior.profiles.append(parse_profile(body))
        else:
            ior.others.append(Component(tag, body))
    return ior


def build_ior(ior: IOR) -> bytes:
    """The encapsulation after ``IOR:``, before it becomes hexadecimal."""
    writer = _encapsulation()
    writer.string(ior.type_id)
    writer.ulong(len(ior.profiles) + len(ior.others))
    for profile in ior.profiles:
        writer.ulong(TAG_INTERNET_IOP)
        writer.octets(build_profile(profile))
    for other in ior.others:
        writer.ulong(other.tag)
        writer.octets(other.data)
    return writer.getvalue()


def make_ior(type_id: str, addresses: Iterable[tuple[str, int]], object_key: bytes) -> IOR:
    """The reference that a server gives out for one of its objects."""
    first, *others = (Address(*address) for address in addresses)
    sets = CodeSets(LATIN_1, UTF_16, (LATIN_1,), (UTF_16,))
    components = [orb_type(), code_sets(sets), *map(alternate_address, others)]
    return IOR(type_id, [IIOPProfile(*first, object_key, V1_2, components)])
