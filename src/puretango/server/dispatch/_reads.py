"""The work of reads in plans: readings, and replies joined from their results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.idl import OPERATIONS, AttributeValue_5, AttributeValueList_5
from puretango.server.access._reader import WIDE, can_be_kept
from puretango.server.access._reading import Reading, read_attributes, wanted_names
from puretango.server.attribute._attribute import Attribute
from puretango.server.base._calling import drive
from puretango.server.base._peer import trace_of
from puretango.server.base._visit import QUESTIONS, READS, Visit
from puretango.server.dispatch._plan import Task
from puretango.server.dispatch._reply import NO_EXCEPTION, body_of, encoded
from puretango.values import DevSource

if TYPE_CHECKING:
    from puretango.giop import Invocation
    from puretango.server.device._deviceimpl import DeviceImpl

MOST_NAMES = 256
"""There are no plans for requests with more names: they would be long."""
_ZEROS = bytes(4)
_ENCODE = AttributeValue_5.codec.encode


def read_task(
    device: DeviceImpl, _request: Invocation, operation: str, arguments: tuple[Any, ...]
) -> Task | None:
    """The task of a read_attributes_5; None for one that is not kept."""
    names, source, identity = arguments
    if not 0 < len(names) <= MOST_NAMES or wanted_names(device, names) != list(names):
        return None
    if trace_of(identity) is not None or device._tango.spans is not None:
        return None  # each traced request has bytes of its own
    polled = device._tango.polled
    is_polled = any(("attribute", one.lower()) in polled for one in names)
    if source == DevSource.CACHE or (source != DevSource.DEV and is_polled):
        visit = Visit(device, QUESTIONS, operation, list(names), int(source))
        return Task(visit, _cache_work(device, operation, list(names), source), identity)
    work = reading_work(device, names)
    if work is None:
        return None
    visit = Visit(device, READS, operation, list(names), int(source))
    return Task(visit, work, identity)


def _cache_work(
    device: DeviceImpl, operation: str, names: list[str], source: int
) -> Callable[[], Any]:
    """A function that answers from the cache, and reads what is not in it."""
    codec = OPERATIONS[operation]

    async def read() -> Any:
        return encoded(codec, await read_attributes(device, names, 5, source))

    if device._tango.is_asyncio:
        return read
    cached = device._tango.server.poller.cached_body

    def read_now() -> Any:
        body = cached(device, names[0]) if len(names) == 1 else None
        return drive(read()) if body is None else (NO_EXCEPTION, body)

    return read_now


def reading_work(device: DeviceImpl, names: Sequence[str]) -> Callable[[], Any] | None:
    """A function that reads these attributes inside the frame and gives the answer; None if they cannot be planned."""
    if not 0 < len(names) <= MOST_NAMES:
        return None
    reading = Reading(device, names, packed=True)
    attributes = [one for one in reading.found if isinstance(one, Attribute) and can_be_kept(one)]
    if len(attributes) != len(names):
        return None
    join = _joiner(attributes)
    if device._tango.is_asyncio:
        read_awaited = reading.read_awaited

        async def work_awaited() -> Any:
            return join(await read_awaited())

        return work_awaited
    only = reading.only()
    if only is not None:

        def work_of_one() -> Any:
            item = only()
            kind = type(item)
            return (NO_EXCEPTION, item) if kind is bytes or kind is list else _alone([item])

        return work_of_one
    read = reading.read
    return lambda: join(read())


def _joiner(attributes: list[Attribute]) -> Callable[[list[Any]], Any]:
    """A function that makes the answer from the values: for several, their parts, one after the other."""
    if len(attributes) == 1:
        return _alone
    count = len(attributes).to_bytes(4, "little")
    wide = [attribute.data_type in WIDE for attribute in attributes]

    def join(items: list[Any]) -> Any:
        parts: list[Any] = [count]
        position = 4
        plain = True
        for index, item in enumerate(items):
            if type(item) is bytes:
                if position % 4:  # after a failure, which ends with a text of any length
                    parts.append(_ZEROS[position % 4 :])
                    position += 4 - position % 4
                # A reply's first element starts at 4 and so has 4 octets of padding in front
                # of an 8-octet value; at a multiple of 8 there is no padding.
                part = item[4:12] + item[16:] if wide[index] and not position % 8 else item[4:]
                parts.append(part)
                position += len(part)
                continue
            plain = False
            writer = CdrWriter(offset=position % 8)
            _ENCODE(writer, item)
            parts += writer.buffers()
            position += writer.tell()
        return NO_EXCEPTION, b"".join(parts) if plain or position < 8192 else parts

    return join


def _alone(items: list[Any]) -> Any:
    item = items[0]
    if type(item) is bytes:
        return NO_EXCEPTION, item
    writer = CdrWriter()
    AttributeValueList_5.encode(writer, [item])
    return NO_EXCEPTION, body_of(writer)
