"""Reading and writing several attributes at once, by a plan from the second time on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._failures import (
    Pair,
    names_of,
    raise_written,
    read_trouble,
    tell_failed,
    write_trouble,
    written_failure,
)
from puretango.client.attributes._plans import (
    ReadSeveralPlan,
    WriteReadPlan,
    WriteSeveralPlan,
    counted_attributes,
    pick_read,
    pick_write,
    pick_write_read,
)
from puretango.client.attributes._types import (
    fresh_values,
    write_read_key,
    write_values,
)
from puretango.client.green._green import quick, run_green
from puretango.client.green._planned import mode_of, submit
from puretango.client.names._names import text_name
from puretango.client.session._plan import Again, carry_out
from puretango.client.session._rights import check_writable
from puretango.client.session._trace import traced
from puretango.errors import DevFailed
from puretango.values import (
    AccessControlType,
    AttributeInfo,
    DeviceAttribute,
    ExtractAs,
    GreenMode,
    extracted_attribute,
)

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._plan import Plan
    from puretango.client.session._session import Session
    from puretango.giop import Reply
    from puretango.idl import Operation

__all__ = ["Attributes", "read_attributes", "several_names", "write_attributes"]

_READ_ONLY = AccessControlType.ACCESS_READ
_NUMPY = ExtractAs.Numpy


def _decoder(count: int, extract_as: ExtractAs) -> Callable[[Operation, Reply], Any]:
    """A function that makes ``count`` attributes of a reply."""
    # Bytes that are not text: the caller has chosen ExtractAs.String, and the server is not at fault.
    form = ExtractAs.Nothing if extract_as == ExtractAs.String else extract_as
    return lambda operation, reply: counted_attributes(operation, reply, form, count)


def _as_texts(attributes: list[DeviceAttribute]) -> list[DeviceAttribute]:
    return [extracted_attribute(attribute, ExtractAs.String) for attribute in attributes]


def several_names(names: Iterable[str]) -> list[str]:
    """The names of several attributes; one text is one name, not its letters."""
    if isinstance(names, str):
        raise TypeError(f"a sequence of attribute names is wanted, not the text {names!r}")
    return list(names)


async def read_attributes(
    io: IO, session: Session, names: list[str], extract_as: ExtractAs, one: bool
) -> list[DeviceAttribute]:
    """Read attributes; of several, each one's failure is in its result, with what was tried."""
    names = [text_name(name) for name in names]
    plan = None if one else _read_plan(session, names, extract_as)
    if plan is not None:
        planned = await carry_out(io, session, plan)
        if type(planned) is not Again:
            return planned  # type: ignore[no-any-return]  # a plan's result is of the type that it was made for
        io = planned.then(io)
    found: list[DeviceAttribute] = await session.request(
        io,
        pick_read(session, names),
        read_trouble(session, names, one),
        _decoder(len(names), extract_as),
    )
    if not one:
        tell_failed(session, found)
        _keep_read(session, names, extract_as)
    return _as_texts(found) if extract_as == ExtractAs.String else found


def _read_plan(session: Session, names: Sequence[Any], extract_as: ExtractAs) -> Plan | None:
    """The plan to read these attributes; None if there is none (yet)."""
    if traced:  # each traced call has a request of its own
        return None
    try:
        plan: Plan | None = session.known.reads.get((extract_as, *names))
    except TypeError:  # these are not names: the long way raises the right error
        return None
    return plan


def _keep_read(session: Session, names: list[str], extract_as: ExtractAs) -> None:
    """Remember how these attributes are read, until the connection or the source changes."""
    if session.idl_version < 5 or not session.connected or extract_as == ExtractAs.String:
        return
    plan = ReadSeveralPlan(session, names, extract_as)
    session.known.reads[(extract_as, *names)] = plan


def _check_writable(session: Session, what: str, pairs: list[Pair]) -> None:
    try:
        check_writable(session)
    except DevFailed as failed:
        raise_written(failed, session, what, pairs)


async def write_attributes(io: IO, session: Session, pairs: list[Pair], what: str) -> None:
    """Write attributes; their types are asked for again if they seem to have changed."""
    _check_writable(session, what, pairs)
    refused = io.refused
    if refused is None:
        values = await write_values(io, session, pairs)
        try:
            await session.request(io, pick_write(values), write_trouble(what))
            return
        except DevFailed as failed:
            refused = written_failure(failed, session, what, pairs)
            if not session.is_stale(failed):
                raise refused from failed.__cause__
    values = await fresh_values(io, session, pairs, refused)
    try:
        await session.request(io, pick_write(values), write_trouble(what))
    except DevFailed as failed:
        raise_written(failed, session, what, pairs)


def _write_plan(
    session: Session, pairs: list[Pair], reads: list[str] | None, form: ExtractAs
) -> Plan | None:
    """The plan to write these attributes, and read those; None if there is none (yet)."""
    if (
        traced
        or not pairs
        or session.access is _READ_ONLY
        or not session.connected
        or session.idl_version < (4 if reads is None else 5)
        or form == ExtractAs.String
    ):
        return None
    names = [name for name, _ in pairs]
    if not all(type(name) is str for name in (*names, *(reads or ()))):
        return None
    key = ("several", form, *names, None, *([None] if reads is None else reads))
    plan: Plan | None = session.known.writes.get(key)
    if plan is None and all(name.lower() in session.known.infos for name in names):
        plan = session.known.writes[key] = WriteSeveralPlan(session, names, reads, form)
    return plan


def _write_read_plan(session: Session, name: str) -> Plan | None:
    """The plan to write an attribute and read it; None if there is none (yet)."""
    if session.access is _READ_ONLY or not session.connected or session.idl_version < 5:
        return None
    key = write_read_key(name)
    plan: Plan | None = session.known.writes.get(key)
    if plan is None:
        info = session.known.infos.get(name.lower())
        if info is not None:
            plan = session.known.writes[key] = WriteReadPlan(session, name, info)
    return plan


class Attributes:
    """Calls of a DeviceProxy for several attributes, and those that write and read."""

    _session: Session

    async def _read(
        self, io: IO, names: list[str], extract_as: ExtractAs, one: bool
    ) -> list[DeviceAttribute]:
        return await read_attributes(io, self._session, names, extract_as, one)

    async def _read_attributes(
        self, io: IO, attr_names: Sequence[str], extract_as: ExtractAs = _NUMPY
    ) -> list[DeviceAttribute]:
        """Read several attributes in one request; each one's failure is in its result."""
        names = several_names(attr_names)
        return await read_attributes(io, self._session, names, extract_as, one=False)

    @quick(_read_attributes)
    def read_attributes(
        self,
        attr_names: Sequence[str],
        extract_as: ExtractAs = _NUMPY,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        mode = mode_of(self, green_mode)
        long_way = partial(self._read_attributes, attr_names=attr_names, extract_as=extract_as)
        if type(attr_names) in _LISTS:
            plan = _read_plan(self._session, attr_names, extract_as)
            if plan is not None:
                return submit(self, plan, None, long_way, mode, wait, timeout)
        return run_green(self, long_way, (), {}, mode, wait, timeout)

    async def _write_attributes(self, io: IO, attr_values: Sequence[Pair]) -> None:
        """Write several attributes in one request."""
        pairs = [(attribute, value) for attribute, value in attr_values]
        await write_attributes(io, self._session, pairs, "write_attributes")

    @quick(_write_attributes)
    def write_attributes(
        self,
        attr_values: Sequence[Pair],
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        mode = mode_of(self, green_mode)
        long_way = partial(self._write_attributes, attr_values=attr_values)
        pairs = _plain_pairs(attr_values)
        plan = _write_plan(self._session, pairs, None, _NUMPY)
        if plan is not None:
            values = [value for _, value in pairs]
            return submit(self, plan, values, long_way, mode, wait, timeout)
        return run_green(self, long_way, (), {}, mode, wait, timeout)

    async def _write_read(
        self, io: IO, pairs: list[Pair], names: list[str], extract_as: ExtractAs, what: str
    ) -> list[DeviceAttribute]:
        session = self._session
        _check_writable(session, what, pairs)
        refused = io.refused
        if refused is None:
            values = await write_values(io, session, pairs)
        else:
            values = await fresh_values(io, session, pairs, refused)
        found: list[DeviceAttribute]
        pick = pick_write_read(session, values, names, what)
        decode = _decoder(len(names), extract_as)
        try:
            found = await session.request(io, pick, write_trouble(what), decode)
        except DevFailed as failed:
            raise_written(failed, session, what, pairs)
        return _as_texts(found) if extract_as == ExtractAs.String else found

    async def _write_read_attribute(
        self,
        io: IO,
        attr: str | AttributeInfo,
        value: Any,
        extract_as: ExtractAs = _NUMPY,
    ) -> DeviceAttribute:
        """Write one attribute and read it, with no other request between."""
        pair = (attr, value)
        what = "write_read_attribute"
        names = names_of([pair])
        (attribute,) = await self._write_read(io, [pair], names, extract_as, what)
        if attribute.has_failed:
            failed = DevFailed(*attribute.get_err_stack())
            raise_written(failed, self._session, what, [pair])
        return attribute

    @quick(_write_read_attribute)
    def write_read_attribute(
        self,
        attr: str | AttributeInfo,
        value: Any,
        extract_as: ExtractAs = _NUMPY,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        mode = mode_of(self, green_mode)
        long_way = partial(
            self._write_read_attribute, attr=attr, value=value, extract_as=extract_as
        )
        if type(attr) is str and extract_as is _NUMPY and not traced:
            plan = _write_read_plan(self._session, attr)
            if plan is not None:
                return submit(self, plan, value, long_way, mode, wait, timeout)
        return run_green(self, long_way, (), {}, mode, wait, timeout)

    async def _write_read_attributes(
        self,
        io: IO,
        attr_values: Sequence[Pair],
        attr_read_names: Sequence[str],
        extract_as: ExtractAs = _NUMPY,
    ) -> list[DeviceAttribute]:
        """Write some attributes and read some, with no other request between."""
        pairs = [(attribute, value) for attribute, value in attr_values]
        names = list(attr_read_names)
        found = await self._write_read(io, pairs, names, extract_as, "write_read_attributes")
        tell_failed(self._session, found, "write_read_attribute")
        return found

    @quick(_write_read_attributes)
    def write_read_attributes(
        self,
        attr_values: Sequence[Pair],
        attr_read_names: Sequence[str],
        extract_as: ExtractAs = _NUMPY,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        mode = mode_of(self, green_mode)
        long_way = partial(
            self._write_read_attributes,
            attr_values=attr_values,
            attr_read_names=attr_read_names,
            extract_as=extract_as,
        )
        if type(attr_read_names) in _LISTS:
            pairs = _plain_pairs(attr_values)
            plan = _write_plan(self._session, pairs, list(attr_read_names), extract_as)
            if plan is not None:
                values = [value for _, value in pairs]
                return submit(self, plan, values, long_way, mode, wait, timeout)
        return run_green(self, long_way, (), {}, mode, wait, timeout)


_LISTS = (list, tuple)


def _plain_pairs(attr_values: Any) -> list[Pair]:
    """The pairs, if the argument is a plain list of them; else none, so that the call goes the long way."""
    if type(attr_values) not in _LISTS:
        return []
    if not all(type(pair) in _LISTS and len(pair) == 2 for pair in attr_values):
        return []
    return [(attribute, value) for attribute, value in attr_values]
