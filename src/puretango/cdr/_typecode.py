"""TypeCodes: descriptions of IDL types that travel with the values in an Any."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from typing import Any

from puretango.cdr._stream import MAX_DEPTH, CdrReader, CdrWriter
from puretango.errors import MarshalError


class TCKind(IntEnum):
    """The kinds of TypeCode that CORBA numbers."""

    NULL = 0
    VOID = 1
    SHORT = 2
    LONG = 3
    USHORT = 4
    ULONG = 5
    FLOAT = 6
    DOUBLE = 7
    BOOLEAN = 8
    CHAR = 9
    OCTET = 10
    ANY = 11
    TYPECODE = 12
    OBJREF = 14
    STRUCT = 15
    UNION = 16
    ENUM = 17
    STRING = 18
    SEQUENCE = 19
    ARRAY = 20
    ALIAS = 21
    EXCEPT = 22
    LONGLONG = 23
    ULONGLONG = 24


_SIMPLE = frozenset(range(TCKind.ANY + 2)) | {TCKind.LONGLONG, TCKind.ULONGLONG}
_COMPLEX = frozenset((14, 15, 16, 17, 19, 20, 21, 22))
_LABELS = {
    TCKind.SHORT: ("ushort", 16),
    TCKind.LONG: ("ulong", 32),
    TCKind.USHORT: ("ushort", 0),
    TCKind.ULONG: ("ulong", 0),
    TCKind.ENUM: ("ulong", 0),
    TCKind.BOOLEAN: ("octet", 0),
    TCKind.CHAR: ("octet", 0),
    TCKind.LONGLONG: ("ulonglong", 64),
    TCKind.ULONGLONG: ("ulonglong", 0),
}


class TypeCode:
    """An immutable, hashable description of a type."""

    def __init__(
        self,
        kind: int,
        repo_id: str = "",
        name: str = "",
        *,
        content: TypeCode | None = None,
        length: int = 0,
        members: tuple[tuple[str, TypeCode | None], ...] = (),
        labels: tuple[int, ...] = (),
        default_index: int = -1,
    ) -> None:
        self.kind = TCKind(kind)
        self.repo_id = repo_id
        self.name = name
        self.content = content
        self.length = length
        self.members = members
        self.labels = labels
        self.default_index = default_index
        self._key = (kind, repo_id, name, content, length, members, labels, default_index)
        self._hash = hash(self._key)
        self.codec: Any = None
        """The codec of the described type, once it has been looked up."""

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, TypeCode) and self._key == other._key)

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        detail = f" {self.name}" if self.name else ""
        inner = f" of {self.content!r}" if self.content is not None else ""
        return f"<TypeCode {self.kind.name.lower()}{detail}{inner}>"

    @property
    def unaliased(self) -> TypeCode:
        """The type behind any typedefs."""
        typecode = self
        while typecode.kind is TCKind.ALIAS and typecode.content is not None:
            typecode = typecode.content
        return typecode

    @cached_property
    def wire(self) -> tuple[bytes, bytes]:
        """The encoded forms, (big endian, little endian), for any 4-aligned place."""
        forms = []
        for little in (False, True):
            writer = CdrWriter(little)
            _write(writer, self)
            forms.append(writer.getvalue())
        return forms[0], forms[1]

    def encode(self, writer: CdrWriter) -> None:
        """Append the TypeCode."""
        writer.align(4)
        writer.buf += self.wire[writer.little]

    @staticmethod
    def decode(reader: CdrReader) -> TypeCode:
        """Read a TypeCode; forms met before come from a cache keyed on their bytes."""
        kind = reader.ulong()
        simple = _BY_KIND.get(kind)
        if simple is not None:
            return simple
        if kind == TCKind.STRING:
            bound = reader.ulong()
            return TypeCode(TCKind.STRING, length=bound) if bound else _STRING
        if kind not in _COMPLEX:
            raise MarshalError(f"a TypeCode of kind {kind}")
        start = reader.pos
        body = reader.encapsulation()
        key = (kind, bytes(reader.data[start : reader.pos]), reader.little)
        known = _CACHE.get(key)
        if known is None:
            known = _read_body(TCKind(kind), body)
            # Padding may hold garbage, so one type can have many forms: keep a bounded number, and
            # start afresh when there are many, or a peer's nonsense would keep the real ones out.
            if len(key[1]) < 4096:
                if len(_CACHE) >= _CACHED:
                    _CACHE.clear()
                _CACHE[key] = known
        return known


_BY_KIND = {kind: TypeCode(kind) for kind in sorted(_SIMPLE)}
_STRING = TypeCode(TCKind.STRING)
_CACHED = 512
_CACHE: dict[tuple[int, bytes, bool], TypeCode] = {}


def _read_body(kind: TCKind, body: CdrReader) -> TypeCode:
    if kind is TCKind.SEQUENCE or kind is TCKind.ARRAY:
        content = TypeCode.decode(body)
        return TypeCode(kind, content=content, length=body.ulong())
    repo_id = body.string()
    name = body.string()
    if kind is TCKind.OBJREF:
        return TypeCode(kind, repo_id, name)
    if kind is TCKind.ALIAS:
        return TypeCode(kind, repo_id, name, content=TypeCode.decode(body))
    if kind is TCKind.UNION:
        return _read_union(body, repo_id, name)
    count = body.ulong()
    if count * 5 > body.remaining + 3:
        raise MarshalError(f"a TypeCode with {count} members in {body.remaining} bytes")
    members: list[tuple[str, TypeCode | None]] = []
    for _ in range(count):
        member = body.string()
        members.append((member, None if kind is TCKind.ENUM else TypeCode.decode(body)))
    return TypeCode(kind, repo_id, name, members=tuple(members))


def _read_union(body: CdrReader, repo_id: str, name: str) -> TypeCode:
    content = TypeCode.decode(body)
    label = _LABELS.get(content.unaliased.kind)
    if label is None:
        raise MarshalError(f"a union over {content!r}")
    default_index = body.ulong()
    count = body.ulong()
    if count * 10 > body.remaining + 16:
        raise MarshalError(f"a union of {count} members in {body.remaining} bytes")
    labels, members = [], []
    for _ in range(count):
        value: int = getattr(body, label[0])()
        if label[1] and value >> (label[1] - 1):
            value -= 1 << label[1]
        labels.append(value)
        member = body.string()
        members.append((member, TypeCode.decode(body)))
    if default_index >> 31:
        default_index -= 1 << 32
    return TypeCode(
        TCKind.UNION,
        repo_id,
        name,
        content=content,
        members=tuple(members),
        labels=tuple(labels),
        default_index=default_index,
    )


def _write(writer: CdrWriter, typecode: TypeCode) -> None:
    kind = typecode.kind
    writer.ulong(kind)
    if kind is TCKind.STRING:
        writer.ulong(typecode.length)
    if kind not in _COMPLEX:
        return
    writer.depth += 1
    if writer.depth > MAX_DEPTH:
        raise MarshalError("a TypeCode nested too deeply")
    body = CdrWriter(writer.little)
    body.depth = writer.depth
    body.octet(writer.little)
    if kind is TCKind.SEQUENCE or kind is TCKind.ARRAY:
        _write(body, _content(typecode))
        body.ulong(typecode.length)
    else:
        body.string(typecode.repo_id)
        body.string(typecode.name)
        if kind is TCKind.ALIAS:
            _write(body, _content(typecode))
        elif kind is not TCKind.OBJREF:
            _write_members(body, typecode)
    writer.octets(body.getvalue())
    writer.depth -= 1


def _write_members(body: CdrWriter, typecode: TypeCode) -> None:
    put_label, bits = "ulong", 0
    if typecode.kind is TCKind.UNION:
        content = _content(typecode)
        _write(body, content)
        body.ulong(typecode.default_index & 0xFFFFFFFF)
        put_label, bits = _LABELS[content.unaliased.kind]
    body.ulong(len(typecode.members))
    for index, (name, member) in enumerate(typecode.members):
        if typecode.kind is TCKind.UNION:
            label = typecode.labels[index]
            getattr(body, put_label)(label & ((1 << bits) - 1) if bits else label)
        body.string(name)
        if member is not None:
            _write(body, member)


def _content(typecode: TypeCode) -> TypeCode:
    if typecode.content is None:
        raise MarshalError(f"{typecode!r} lacks its content type")
    return typecode.content
