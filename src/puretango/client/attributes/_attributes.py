"""Reading and writing attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from puretango.cdr import CdrReader
from puretango.client.commands._infos import attribute_infos
from puretango.client.green._green import green_core
from puretango.client.names._names import text_name
from puretango.client.session._faults import Trouble, not_supported
from puretango.client.session._identity import client_identity
from puretango.client.session._replies import result_of
from puretango.client.session._rights import check_writable
from puretango.errors import (
    DevError,
    DevFailed,
    ErrSeverity,
    MarshalError,
    NamedDevFailedList,
)
from puretango.giop import Reply, ReplyStatus
from puretango.idl import OPERATIONS, Operation
from puretango.values import (
    AttributeInfo,
    DeviceAttribute,
    ExtractAs,
    decode_value,
    decode_values,
    encode_value,
    extracted_attribute,
)

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = [
    "Attributes",
    "check_read",
    "forget_attribute",
    "pick_read",
    "pick_write",
    "read_attributes",
    "read_trouble",
    "tell_failed",
    "write_attributes",
    "write_trouble",
    "write_values",
    "written_failure",
]

Pair = tuple[Any, Any]


def read_trouble(session: Session, names: Sequence[str], one: bool) -> Trouble:
    """What the errors of a read say."""
    device = session.device_name
    if one:
        added = f"Failed to read_attribute on device {device}, attribute {names[0]}"
        return Trouble("read_attribute", "DeviceProxy:read_attribute", "", (_FAILED, added), True)
    added = f"Failed to read_attributes on device {device}, attributes {', '.join(names)}"
    return Trouble("read_attributes", "DeviceProxy:read_attributes", "", (_FAILED, added), True)


_FAILED = "API_AttributeFailed"


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


def _decoder(count: int, extract_as: ExtractAs) -> Callable[[Operation, Reply], Any]:
    """What makes as many attributes of a reply; any other number is nonsense."""
    # Bytes that are no text are the caller's choice of ExtractAs.String, not the server's fault.
    form = ExtractAs.Nothing if extract_as == ExtractAs.String else extract_as

    def decode(operation: Operation, reply: Reply) -> list[DeviceAttribute]:
        found = attributes_of(operation, reply, form)
        if len(found) != count:
            raise MarshalError(f"{len(found)} attributes where {count} were asked for")
        return found

    return decode


def _as_texts(attributes: list[DeviceAttribute]) -> list[DeviceAttribute]:
    return [extracted_attribute(attribute, ExtractAs.String) for attribute in attributes]


def check_read(attribute: DeviceAttribute, session: Session) -> DeviceAttribute:
    """The attribute, or its own failure raised as of one read."""
    if attribute.has_failed:
        desc = (
            f"Failed to read_attribute on device {session.device_name}, attribute {attribute.name}"
        )
        added = DevError(_FAILED, ErrSeverity.ERR, desc, "DeviceProxy::read_attribute()")
        raise DevFailed(*attribute.get_err_stack(), added)
    return attribute


def tell_failed(
    session: Session, attributes: list[DeviceAttribute], what: str = "read_attributes"
) -> None:
    """Put on top of each failed attribute's errors what was tried."""
    for attribute in attributes:
        if attribute.has_failed:
            desc = f"Failed to {what} on device {session.device_name}, attribute {attribute.name}"
            added = DevError(_FAILED, ErrSeverity.ERR, desc, f"DeviceProxy::{what}()")
            attribute._errors = (*attribute._errors, added)


async def attribute_info(io: IO, session: Session, attribute: Any) -> Any:
    """An attribute's type and format: given, remembered, or asked of the device."""
    if isinstance(attribute, AttributeInfo):
        return attribute
    attribute = text_name(attribute)
    if not isinstance(attribute, str):
        raise TypeError(f"an attribute's name or AttributeInfoEx is wanted, not {attribute!r}")
    key = attribute.lower()
    info = session.known.infos.get(key)
    if info is None:
        info = (await attribute_infos(io, session, [attribute]))[0]
        session.known.infos[key] = info
    return info


async def write_values(io: IO, session: Session, pairs: Iterable[Pair]) -> list[Any]:
    """The values to write, as the device wants them."""
    values = []
    for attribute, value in pairs:
        info = await attribute_info(io, session, attribute)
        name = info.name if isinstance(attribute, AttributeInfo) else text_name(attribute)
        values.append(encode_value(name, value, info.data_type, info.data_format))
    return values


def forget_attribute(session: Session, name: str) -> bool:
    """Forget an attribute's type, and how it is written; True if the type was known."""
    session.known.writes.pop(name, None)
    return session.known.infos.pop(name.lower(), None) is not None


def _forget(session: Session, names: Iterable[str]) -> bool:
    """Forget what is remembered of attributes; True if anything was."""
    forgotten = [forget_attribute(session, name) for name in names]
    return any(forgotten)


def several_names(names: Iterable[str]) -> list[str]:
    """The names of several attributes; one text is one name, not its letters."""
    if isinstance(names, str):
        raise TypeError(f"a sequence of attribute names is wanted, not the text {names!r}")
    return list(names)


def _names_of(pairs: Sequence[Pair]) -> list[str]:
    return [
        attribute.name if isinstance(attribute, AttributeInfo) else text_name(attribute)
        for attribute, _ in pairs
    ]


async def read_attributes(
    io: IO, session: Session, names: list[str], extract_as: ExtractAs, one: bool
) -> list[DeviceAttribute]:
    """Read attributes; of several, each one's failure is in its result with what was tried."""
    names = [text_name(name) for name in names]

    found: list[DeviceAttribute] = await session.request(
        io,
        pick_read(session, names),
        read_trouble(session, names, one),
        _decoder(len(names), extract_as),
    )
    if not one:
        tell_failed(session, found)
    return _as_texts(found) if extract_as == ExtractAs.String else found


def _check_writable(session: Session, what: str, pairs: list[Pair]) -> None:
    try:
        check_writable(session)
    except DevFailed as failed:
        raise_written(failed, session, what, pairs)


async def write_attributes(io: IO, session: Session, pairs: list[Pair], what: str) -> None:
    """Write attributes; their types are asked for again if they seem to have changed."""
    _check_writable(session, what, pairs)
    values = await write_values(io, session, pairs)
    trouble = write_trouble(what)
    try:
        await session.request(io, pick_write(values), trouble)
        return
    except DevFailed as failed:
        if not session.is_stale(failed) or not _forget(session, _names_of(pairs)):
            raise_written(failed, session, what, pairs)
    values = await write_values(io, session, pairs)
    try:
        await session.request(io, pick_write(values), trouble)
    except DevFailed as failed:
        raise_written(failed, session, what, pairs)


class Attributes:
    """Attribute calls of a DeviceProxy."""

    _session: Session

    async def _read(
        self, io: IO, names: list[str], extract_as: ExtractAs, one: bool
    ) -> list[DeviceAttribute]:
        return await read_attributes(io, self._session, names, extract_as, one)

    @green_core
    async def read_attributes(
        self, io: IO, attr_names: Sequence[str], extract_as: ExtractAs = ExtractAs.Numpy
    ) -> list[DeviceAttribute]:
        """Read several attributes in one request; each one's failure is in its result."""
        return await self._read(io, several_names(attr_names), extract_as, one=False)

    @green_core
    async def write_attributes(self, io: IO, attr_values: Sequence[Pair]) -> None:
        """Write several attributes in one request."""
        pairs = [(attribute, value) for attribute, value in attr_values]
        await write_attributes(io, self._session, pairs, "write_attributes")

    async def _write_read(
        self, io: IO, pairs: list[Pair], names: list[str], extract_as: ExtractAs, what: str
    ) -> list[DeviceAttribute]:
        session = self._session
        _check_writable(session, what, pairs)
        values = await write_values(io, session, pairs)

        def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
            if version >= 5:
                args: tuple[Any, ...] = (values, names, client_identity(version))
                return OPERATIONS["write_read_attributes_5"], args
            if version == 4:
                args = (values, client_identity(version))
                return OPERATIONS["write_read_attributes_4"], args
            raise not_supported(session, what)

        found: list[DeviceAttribute]
        decode = _decoder(len(names), extract_as)
        try:
            found = await session.request(io, pick, write_trouble(what), decode)
        except DevFailed as failed:
            raise_written(failed, session, what, pairs)
        return _as_texts(found) if extract_as == ExtractAs.String else found

    @green_core
    async def write_read_attribute(
        self,
        io: IO,
        attr: str | AttributeInfo,
        value: Any,
        extract_as: ExtractAs = ExtractAs.Numpy,
    ) -> DeviceAttribute:
        """Write one attribute and read it, with nobody between."""
        pair = (attr, value)
        what = "write_read_attribute"
        names = _names_of([pair])
        (attribute,) = await self._write_read(io, [pair], names, extract_as, what)
        if attribute.has_failed:
            failed = DevFailed(*attribute.get_err_stack())
            raise_written(failed, self._session, what, [pair])
        return attribute

    @green_core
    async def write_read_attributes(
        self,
        io: IO,
        attr_values: Sequence[Pair],
        attr_read_names: Sequence[str],
        extract_as: ExtractAs = ExtractAs.Numpy,
    ) -> list[DeviceAttribute]:
        """Write some attributes and read some, with nobody between."""
        pairs = [(attribute, value) for attribute, value in attr_values]
        names = list(attr_read_names)
        found = await self._write_read(io, pairs, names, extract_as, "write_read_attributes")
        tell_failed(self._session, found, "write_read_attribute")
        return found


def write_trouble(what: str) -> Trouble:
    """What the errors of a write say: of one attribute, or of several."""
    one = what.endswith("attribute")
    return Trouble(what, f"DeviceProxy:{what}{'()' if one else ''}")


def raise_written(
    failed: DevFailed, session: Session, what: str, pairs: Sequence[Pair]
) -> NoReturn:
    """Raise the failure of a write, its own errors first."""
    raise written_failure(failed, session, what, pairs) from failed.__cause__


def written_failure(
    failed: DevFailed, session: Session, what: str, pairs: Sequence[Pair]
) -> DevFailed:
    """The failure of a write as the user is told it, its own errors first."""
    device = session.device_name
    if failed.args and failed.args[-1].reason in _COMPLETE:
        return failed
    named = getattr(failed, "err_list", [])
    if what.endswith("attribute") or (named and what.startswith("write_read")):
        name = named[0].name if named else _names_of(pairs)[0]
        if named:
            failed = DevFailed(*named[0].err_stack)
        desc = f"Failed to {what} on device {device}, attribute {name}"
        return failed.add(_FAILED, desc, f"DeviceProxy::{what}()")
    if named:
        names = ", ".join(item.name for item in named)
        desc = f"Failed to execute DeviceProxy::{what} on device {device}, object(s) {names}"
        error = DevError(_FAILED, ErrSeverity.ERR, desc, f"DeviceProxy::{what}")
        return NamedDevFailedList(error, err_list=named)
    desc = f"Failed to {what} on device {device}, attributes "
    return failed.add(_FAILED, desc, f"DeviceProxy::{what}()")


_COMPLETE = ("API_DeviceTimedOut", "API_CommunicationFailed")
"""Reasons of errors that say all by themselves."""
