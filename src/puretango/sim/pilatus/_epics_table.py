"""Channels of the simulated Pilatus IOC, made from the list in `pilatus.pvs`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from caproto import (
    AccessRights,
    ChannelChar,
    ChannelDouble,
    ChannelEnum,
    ChannelInteger,
    ChannelString,
)

__all__ = ["Channel", "PvLine", "channels_for", "read_table"]

Put = Callable[["Channel", Any], Awaitable[Any]]

#: Bytes of a path or message, and values of a small array.
PATH_LENGTH, SMALL_ARRAY = 256, 10


@dataclass(frozen=True, slots=True)
class PvLine:
    """One line of the list."""

    access: str
    kind: str
    name: str
    value: str
    menu: tuple[str, ...] = ()

    @property
    def names(self) -> list[tuple[str, bool]]:
        """PV names, each with whether clients may write it."""
        if self.access == "pair":
            return [(self.name, True), (self.name + "_RBV", False)]
        return [(self.name, self.access == "rw")]


def read_table(text: str | None = None) -> Iterator[PvLine]:
    """The lines of `pilatus.pvs` (or of `text`)."""
    if text is None:
        text = files(__package__).joinpath("pilatus.pvs").read_text("utf-8")
    menus: dict[str, tuple[str, ...]] = {}
    section = ""
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("menu "):
            name, _, strings = line.removeprefix("menu ").partition(" = ")
            menus[name] = tuple(strings.split("|"))
        elif line.startswith("["):
            section = line.strip("[]")
        else:
            head, _, value = line.partition(" = ")
            access, kind, name = head.split()
            menu = menus[kind[1:]] if kind.startswith("@") else ()
            yield PvLine(access, kind, section + name, value, menu)


class Channel:
    """Mixed into caproto's channels: a hook for puts, and read-only channels."""

    on_put: Put | None = None
    writable: bool = True
    pv: str = ""
    kind: str = ""
    value: Any
    write: Callable[..., Awaitable[None]]
    enum_strings: tuple[str, ...]

    def check_access(self, hostname: str, username: str) -> AccessRights:
        """Readbacks can be read only."""
        return AccessRights.READ | AccessRights.WRITE if self.writable else AccessRights.READ

    async def verify_value(self, value: Any) -> Any:
        """Run the hook; its result is stored."""
        value = await super().verify_value(value)  # type: ignore[misc]  # caproto is untyped
        if self.on_put is None:
            return value
        return await self.on_put(self, value)

    async def publish_value(self, value: Any) -> None:
        """Store and send `value`, even on read-only channels."""
        if isinstance(value, str):
            # Channel Access has Latin-1; a value that does not fit could never be read.
            value = value.encode("latin-1", "replace").decode("latin-1")
        await self.write(value, verify_value=False)

    def as_python(self, value: Any) -> Any:
        """A put value as int (menus by index), float, str or list."""
        if self.kind.startswith("@"):
            return self.enum_strings.index(value) if isinstance(value, str) else int(value)
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if self.kind in ("string", "path"):
            if not isinstance(value, str):
                value = (
                    value[0]
                    if value and isinstance(value[0], str)
                    else bytes(value).decode("latin-1")
                )
            return value.rstrip("\0")
        return value


class _Int(Channel, ChannelInteger): ...


class _Double(Channel, ChannelDouble): ...


class _String(Channel, ChannelString): ...


class _Enum(Channel, ChannelEnum): ...


class _Path(Channel, ChannelChar): ...


def channels_for(prefix: str, pixels: int) -> dict[str, Channel]:
    """Every channel of the table by its name without the prefix; `pixels` sizes the image."""
    channels: dict[str, Channel] = {}
    for line in read_table():
        for name, writable in line.names:
            channel = _make(line, pixels)
            channel.pv, channel.kind, channel.writable = prefix + name, line.kind, writable
            channels[name] = channel
    return channels


def _make(line: PvLine, pixels: int) -> Channel:
    common = {"reported_record_type": _record_type(line)}
    match line.kind:
        case "int":
            return _Int(value=int(line.value), **common)
        case "double":
            return _Double(value=float(line.value), precision=6, **common)
        case "string":
            return _String(value=line.value, **common)
        case "path":
            return _Path(value=line.value, max_length=PATH_LENGTH, **common)
        case "ints":
            return _Int(value=[0] * SMALL_ARRAY, max_length=SMALL_ARRAY, **common)
        case "image":
            return _Int(value=[], max_length=pixels, **common)
        case _:
            return _Enum(value=line.value, enum_strings=list(line.menu), **common)


def _record_type(line: PvLine) -> str:
    if line.kind.startswith("@"):
        return "bo" if len(line.menu) == 2 else "mbbo"
    return {"int": "longout", "double": "ao", "string": "stringout"}.get(line.kind, "waveform")
