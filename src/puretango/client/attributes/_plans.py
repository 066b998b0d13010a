"""How attributes are read and written over the present connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from puretango.cdr import CdrReader, CdrWriter
from puretango.client.attributes._failures import (
    check_read,
    read_trouble,
    tell_failed,
    write_trouble,
    written_failure,
)
from puretango.client.session._faults import not_supported, with_added
from puretango.client.session._identity import client_identity
from puretango.client.session._plan import BODY, Plan
from puretango.client.session._replies import result_of
from puretango.errors import DevFailed, MarshalError
from puretango.giop import ReplyStatus
from puretango.idl import OPERATIONS, Operation
from puretango.values import (
    ArrayLayout,
    AttrDataFormat,
    AttributeInfo,
    CmdArgType,
    DeviceAttribute,
    ExtractAs,
    RowsLayout,
    ScalarLayout,
    TextLayout,
    decode_value,
    decode_values,
    encode_value,
    write_body,
)

if TYPE_CHECKING:
    from puretango.client.session._faults import Trouble
    from puretango.client.session._session import Session
    from puretango.giop import PreparedRequest, Reply

__all__ = [
    "ReadPlan",
    "ReadSeveralPlan",
    "WritePlan",
    "WriteReadPlan",
    "WriteSeveralPlan",
    "attributes_of",
    "counted_attributes",
    "pick_read",
    "pick_write",
    "pick_write_read",
    "read_request",
]

_READ = OPERATIONS["read_attributes_5"]
_WRITE = OPERATIONS["write_attributes_4"]
_WRITE_READ = OPERATIONS["write_read_attributes_5"]
_NUMPY = ExtractAs.Numpy
_TRIES = 3
"""After so many replies without a scalar, a layout is no longer looked for."""


def pick_read(session: Session, names: list[str]) -> Any:
    """The operation that reads attributes, for each IDL version."""

    def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
        if version >= 5:
            args = (names, session.source, client_identity(version))
            return OPERATIONS["read_attributes_5"], args
        if version == 4:
            args = (names, session.source, client_identity(version))
            return OPERATIONS["read_attributes_4"], args
        if version >= 2:
            return OPERATIONS[f"read_attributes_{version}"], (names, session.source)
        return OPERATIONS["read_attributes"], (names,)

    return pick


def pick_write_read(session: Session, values: list[Any], names: list[str], what: str) -> Any:
    """The operation that writes attributes and reads some, for each IDL version that has it."""

    def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
        if version >= 5:
            args: tuple[Any, ...] = (values, names, client_identity(version))
            return OPERATIONS["write_read_attributes_5"], args
        if version == 4:
            return OPERATIONS["write_read_attributes_4"], (values, client_identity(version))
        raise not_supported(session, what)

    return pick


def pick_write(values: list[Any]) -> Any:
    """The operation that writes attributes, for each IDL version."""

    def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
        if version >= 4:
            return OPERATIONS["write_attributes_4"], (values, client_identity(version))
        name = "write_attributes_3" if version == 3 else "write_attributes"
        return OPERATIONS[name], (values,)

    return pick


def attributes_of(
    operation: Operation, reply: Reply, extract_as: ExtractAs
) -> list[DeviceAttribute]:
    """The attributes in a reply of any IDL version."""
    if reply.status != ReplyStatus.NO_EXCEPTION or not operation.name.endswith("_5"):
        return [decode_value(value, extract_as) for value in result_of(operation, reply)]
    reader = CdrReader(reply.data, reply.little, reply.body_start)
    return decode_values(reader, extract_as)


def counted_attributes(
    operation: Operation,
    reply: Reply,
    extract_as: ExtractAs,
    count: int,
) -> list[DeviceAttribute]:
    """As many attributes as were asked for; any other number is an error of the server."""
    found = attributes_of(operation, reply, extract_as)
    if len(found) != count:
        raise MarshalError(f"{len(found)} attributes where {count} were asked for")
    return found


class _Layout:
    """The layout of a reply with one scalar, once it was seen: read by one unpacking."""

    __slots__ = ("_decode", "_tries")

    def __init__(self) -> None:
        self._decode: Any = None
        self._tries = _TRIES

    def read(self, reply: Reply) -> DeviceAttribute | None:
        """The attribute in a reply of the known layout; None if there is none."""
        if self._decode is None or reply.body_start != BODY:
            return None
        found: DeviceAttribute | None = self._decode(reply.data[BODY:])
        return found

    @property
    def wanted(self) -> bool:
        """True while a layout is still looked for."""
        return self._decode is None and self._tries > 0

    def learn(self, reply: Reply, attribute: DeviceAttribute) -> None:
        """Look whether the reply has a layout that the next ones will have too."""
        self._tries -= 1
        if reply.body_start == BODY:
            learnt = _kind_of(attribute).learn(reply.data[BODY:], reply.little, attribute)
            if learnt is not None:
                self._decode = learnt.decode


def _kind_of(attribute: DeviceAttribute) -> Any:
    if attribute.data_format != AttrDataFormat.SCALAR:
        return ArrayLayout
    return TextLayout if attribute.type == CmdArgType.DevString else ScalarLayout


class ReadPlan(Plan):
    """How one attribute is read."""

    __slots__ = ("_layout", "_name", "_request")
    operation = "read_attributes_5"

    def __init__(self, session: Session, name: str) -> None:
        self._name = name
        self._request = read_request(session, [name])
        self._layout = _Layout()

    def request(self, value: Any) -> PreparedRequest:
        """The request, which is the same each time."""
        return self._request

    def decode(self, session: Session, reply: Reply) -> DeviceAttribute:
        """The attribute; its failure is raised."""
        found = self._layout.read(reply)
        if found is not None:
            return found
        (attribute,) = counted_attributes(_READ, reply, _NUMPY, 1)
        check_read(attribute, session)
        if self._layout.wanted:
            self._layout.learn(reply, attribute)
        return attribute

    def trouble(self, session: Session) -> Trouble:
        """What the errors of a read say."""
        return read_trouble(session, [self._name], one=True)

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        """The server's refusal of the whole read, with what was tried on top."""
        return with_added(failed, self.trouble(session))


class ReadSeveralPlan(Plan):
    """How several attributes are read in one request."""

    __slots__ = ("_form", "_layout", "_names", "_request", "_tries")
    operation = "read_attributes_5"

    def __init__(self, session: Session, names: list[str], form: ExtractAs) -> None:
        self._names = names
        self._form = form
        self._request = read_request(session, names)
        self._layout: RowsLayout | None = None
        self._tries = 0 if form is ExtractAs.Nothing else _TRIES

    def request(self, value: Any) -> PreparedRequest:
        """The request, which is the same each time."""
        return self._request

    def decode(self, session: Session, reply: Reply) -> list[DeviceAttribute]:
        """The attributes; each one's failure is in it."""
        usual = reply.body_start == BODY and reply.little
        if self._layout is not None and usual:
            rows = self._layout.decode(reply.data[BODY:])
            if rows is not None:
                return rows
        found = counted_attributes(_READ, reply, self._form, len(self._names))
        if self._tries and usual:
            self._tries -= 1
            self._layout = RowsLayout.learn(reply.data[BODY:], found) or self._layout
        tell_failed(session, found)
        return found

    def trouble(self, session: Session) -> Trouble:
        """What the errors of a read say."""
        return read_trouble(session, self._names, one=False)

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        """The server's refusal of the whole read, with what was tried on top."""
        return with_added(failed, self.trouble(session))


def read_request(session: Session, names: list[str]) -> PreparedRequest:
    """The request that reads attributes."""
    template = session.template("read_attributes_5")
    writer = CdrWriter(True, template.body_offset)
    _, args = pick_read(session, names)(session.idl_version)
    _READ.encode_args(writer, *args)
    return template.prepare(writer.getvalue())


class WritePlan(Plan):
    """How one attribute is written: all of the request but the value is kept."""

    __slots__ = ("_body", "_name", "_prepare")
    operation = "write_attributes_4"
    what: ClassVar[str] = "write_attribute"
    rests_on_type = True

    def __init__(self, session: Session, name: str, info: AttributeInfo) -> None:
        template = session.template(self.operation)
        self._name = name
        self._prepare = template.prepare
        self._body = write_body(
            info.data_type,
            info.data_format,
            name,
            client_identity(session.idl_version),
            template.body_offset,
            self.reads(),
        )

    def reads(self) -> list[str] | None:
        """What is read with it."""
        return None

    def request(self, value: Any) -> PreparedRequest:
        """The request with a value in it."""
        return self._prepare(self._body(value))

    def decode(self, session: Session, reply: Reply) -> Any:
        """There is nothing in the reply."""

    def trouble(self, session: Session) -> Trouble:
        """What the errors of a write say."""
        return write_trouble(self.what)

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        """The attribute's own errors, and on top what was tried."""
        return written_failure(failed, session, self.what, [(self._name, None)])


class WriteReadPlan(WritePlan):
    """How one attribute is written and read."""

    __slots__ = ("_layout",)
    operation = "write_read_attributes_5"
    what = "write_read_attribute"

    def __init__(self, session: Session, name: str, info: AttributeInfo) -> None:
        super().__init__(session, name, info)
        self._layout = _Layout()

    def reads(self) -> list[str] | None:
        """The attribute itself."""
        return [self._name]

    def decode(self, session: Session, reply: Reply) -> DeviceAttribute:
        """The attribute; its failure is raised."""
        found = self._layout.read(reply)
        if found is not None:
            return found
        (attribute,) = counted_attributes(_WRITE_READ, reply, _NUMPY, 1)
        if attribute.has_failed:
            raise self.failure(session, DevFailed(*attribute.get_err_stack()))
        if self._layout.wanted:
            self._layout.learn(reply, attribute)
        return attribute


class WriteSeveralPlan(Plan):
    """How several attributes are written, and some read, in one request."""

    __slots__ = ("_form", "_identity", "_infos", "_keys", "_names", "_reads", "_template")
    rests_on_type = True

    def __init__(
        self, session: Session, names: list[str], reads: list[str] | None, form: ExtractAs
    ) -> None:
        self._names = names
        self._reads = reads
        self._form = form
        self._keys = [name.lower() for name in names]
        self._infos = session.known.infos
        self._identity = client_identity(session.idl_version)
        self._template = session.template(self.named())

    def named(self) -> str:
        """The operation's name, for errors."""
        return "write_attributes_4" if self._reads is None else "write_read_attributes_5"

    def request(self, value: Any) -> PreparedRequest:
        """The request with these values in it; LookupError if a type is not known (any more)."""
        values = []
        for name, key, each in zip(self._names, self._keys, value, strict=True):
            info = self._infos[key]
            values.append(encode_value(name, each, info.data_type, info.data_format))
        writer = CdrWriter(True, self._template.body_offset)
        if self._reads is None:
            _WRITE.encode_args(writer, values, self._identity)
        else:
            _WRITE_READ.encode_args(writer, values, self._reads, self._identity)
        return self._template.prepare(writer.buffers())

    def decode(self, session: Session, reply: Reply) -> list[DeviceAttribute] | None:
        """The attributes that were read; each one's failure is in it."""
        if self._reads is None:
            return None
        found = counted_attributes(_WRITE_READ, reply, self._form, len(self._reads))
        tell_failed(session, found, "write_read_attribute")
        return found

    def _what(self) -> str:
        return "write_attributes" if self._reads is None else "write_read_attributes"

    def trouble(self, session: Session) -> Trouble:
        """What the errors of a write say."""
        return write_trouble(self._what())

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        """The attributes' own errors, and on top what was tried."""
        pairs = [(name, None) for name in self._names]
        return written_failure(failed, session, self._what(), pairs)
