"""The types of attributes: given, remembered, or asked of the device; values in the form of their type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._failures import Pair, names_of
from puretango.client.commands._asked import attribute_infos
from puretango.client.names._names import text_name
from puretango.client.session._plan import MISFITS
from puretango.values import AttributeInfo, encode_value

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session
    from puretango.errors import DevFailed

__all__ = [
    "attribute_info",
    "forget_attribute",
    "forget_attributes",
    "fresh_values",
    "known_types",
    "write_group_key",
    "write_read_key",
    "write_values",
]


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


async def write_values(io: IO, session: Session, pairs: Sequence[Pair]) -> list[Any]:
    """The values to write, as the device wants them.

    Where a value does not fit a type that is remembered, the device is asked for the type again.
    """
    before = known_types(session, pairs)
    infos = [await attribute_info(io, session, attribute) for attribute, _ in pairs]
    try:
        return _encoded(pairs, infos)
    except MISFITS:
        if not any(before):
            raise
        forget_attributes(session, pairs)
        infos = [await attribute_info(io, session, attribute) for attribute, _ in pairs]
        if known_types(session, pairs) == before:
            raise
    return _encoded(pairs, infos)


async def fresh_values(
    io: IO, session: Session, pairs: Sequence[Pair], refused: DevFailed
) -> list[Any]:
    """The values in the form of the types that the attributes have now.

    Raises the refusal if those are the same as before: they were not its reason.
    """
    before = known_types(session, pairs)
    forget_attributes(session, pairs)
    infos = [await attribute_info(io, session, attribute) for attribute, _ in pairs]
    if known_types(session, pairs) == before:
        raise refused
    return _encoded(pairs, infos)


def _encoded(pairs: Sequence[Pair], infos: Sequence[Any]) -> list[Any]:
    return [
        encode_value(name, value, info.data_type, info.data_format)
        for name, (_, value), info in zip(names_of(pairs), pairs, infos, strict=True)
    ]


def forget_attributes(session: Session, pairs: Sequence[Pair]) -> None:
    """Forget the types of attributes that are named, and how they are written."""
    for name in names_of(pairs):
        forget_attribute(session, name)


def forget_attribute(session: Session, name: str) -> None:
    """Forget an attribute's type, and how it is written."""
    known = session.known
    known.writes.pop(name, None)
    known.writes.pop(write_read_key(name), None)
    known.writes.pop(write_group_key(name), None)
    known.infos.pop(name.lower(), None)


def write_read_key(name: str) -> tuple[str, str]:
    """The key under which a plan to write and read an attribute is kept."""
    return "write_read", name


def write_group_key(name: str) -> tuple[str, str]:
    """The key under which a group's plan to write an attribute is kept."""
    return "group", name


def known_types(session: Session, pairs: Sequence[Pair]) -> list[tuple[int, int] | None]:
    """Type and format of each attribute as far as they are remembered."""
    # Something that is not a name is refused when its type is asked for.
    infos = [session.known.infos.get(str(name).lower()) for name in names_of(pairs)]
    return [None if info is None else (info.data_type, int(info.data_format)) for info in infos]
