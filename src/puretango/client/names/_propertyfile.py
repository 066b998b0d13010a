"""A property file: the entries that a database would hold for a server, in a text file.

::

    TangoTest/test/DEVICE/TangoTest: "sys/tg_test/1",\\
                                     "sys/tg_test/2"
    sys/tg_test/1->polled: a, b          a device's property
    CLASS/TangoTest->doc: "some text"    a class's
    sys/tg_test/1/ampli->unit: V         an attribute's
    CLASS/TangoTest/ampli->unit: V       an attribute's, in a class
    FREE/Beamline->energy: 12            a free object's

Names ignore case, and are written back as they were spelled first. Comments are not kept.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from puretango.client.names._caseless import CaselessDict
from puretango.client.names._propertytext import Entry, FileSyntaxError, entries_of, text_of
from puretango.client.names._safefile import locked, replace_text
from puretango.errors import DevFailed

__all__ = ["PropertyFile"]


class PropertyFile:
    """Servers, properties and attribute properties, read from a file and written back.

    Reading and writing raise DevFailed: API_CannotOpenFile, API_DatabaseFileError.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.servers = CaselessDict()
        """``server/instance`` → class → devices."""
        self.properties: dict[str, CaselessDict] = {
            "device": CaselessDict(),
            "class": CaselessDict(),
            "free": CaselessDict(),
        }
        """Owner → property → texts, for each kind of owner."""
        self.attributes: dict[str, CaselessDict] = {
            "device": CaselessDict(),
            "class": CaselessDict(),
        }
        """Owner → attribute → property → texts."""
        self._spelling: dict[str, tuple[list[str], str | None]] = {}
        self._seen: tuple[int, int, int] | None = None
        self._lock = threading.RLock()
        self.read()

    # --------------------------------------------------------------------- reading

    def read(self) -> None:
        """Read the file again."""
        with self._lock:
            seen, text = self._text()
            try:
                entries = list(entries_of(text))
            except FileSyntaxError as exc:
                raise _unreadable(f"{self.path}: {exc}") from exc
            self._fill(entries)
            self._seen = seen

    def _fill(self, entries: list[Entry]) -> None:
        for tables in (self.properties, self.attributes):
            for table in tables.values():
                table.clear()
        self.servers.clear()
        self._spelling.clear()
        for entry in entries:
            self._take(entry)

    def _text(self) -> tuple[tuple[int, int, int] | None, str]:
        seen = self._state()
        try:
            # Bytes that are not UTF-8 are written back as they came.
            with self.path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
                return seen, stream.read()
        except OSError as exc:
            raise DevFailed.make(
                "API_CannotOpenFile", f"Can't open file {self.path}: {exc}", "FileDatabase"
            ) from exc

    def _state(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _take(self, entry: Entry) -> None:
        owner, prop, values = entry
        self._spelling.setdefault(_key(owner, prop), (owner, prop))
        if prop is None:
            if len(owner) != 4 or owner[2].upper() != "DEVICE":
                raise _unreadable(f"{self.path}: a property is wanted, not {'/'.join(owner)!r}")
            server = self.servers.setdefault("/".join(owner[:2]), CaselessDict())
            server[owner[3]] = values
            return
        kind, names = _kind(owner)
        if kind != "free" and len(names) > (size := 3 if kind == "device" else 1):
            table = self.attributes[kind].setdefault("/".join(names[:size]), CaselessDict())
            table = table.setdefault("/".join(names[size:]), CaselessDict())
        else:
            table = self.properties[kind].setdefault("/".join(names), CaselessDict())
        table[prop] = values

    # --------------------------------------------------------------------- writing

    def own_properties(self, kind: str, owner: str) -> CaselessDict:
        """The properties of a device, class or free object, to be changed within `changing`."""
        found: CaselessDict = self.properties[kind].setdefault(owner, CaselessDict())
        return found

    def attribute_properties(self, kind: str, owner: str, attribute: str) -> CaselessDict:
        """The properties of an attribute, to be changed within `changing`."""
        members: CaselessDict = self.attributes[kind].setdefault(owner, CaselessDict())
        found: CaselessDict = members.setdefault(attribute, CaselessDict())
        return found

    @contextmanager
    def changing(self) -> Iterator[None]:
        """A context around a change: what other programs have written is read first; afterwards the file is written.

        A file that was deleted meanwhile is written again.
        """
        with self._lock, locked(self.path):
            if self._state() not in (self._seen, None):
                self.read()
            before = list(self._entries())
            try:
                yield
                self._write()
            except BaseException:
                self._fill(before)  # a change that could not be written is undone
                raise

    def write(self) -> None:
        """Write the file, all at once and durably: a reader sees the old one or the new one."""
        with self._lock, locked(self.path):
            self._write()

    def _write(self) -> None:
        try:
            replace_text(self.path, text_of(self._entries()))
        except OSError as exc:
            raise _unreadable(f"Can't write file {self.path}: {exc}") from exc
        self._seen = self._state()

    def _entries(self) -> Iterator[Entry]:
        for server, classes in self.servers.items():
            for class_name, devices in classes.items():
                yield self._spelled([*server.split("/"), "DEVICE", class_name], None, devices)
        for kind, prefix in _PREFIXES:
            for name, properties in self.properties[kind].items():
                owner = prefix + _owner(kind, name)
                for prop, values in properties.items():
                    yield self._spelled(owner, prop, values)
        for kind, prefix in _PREFIXES[1:]:
            for name, attributes in self.attributes[kind].items():
                for attribute, properties in attributes.items():
                    owner = [*prefix, *_owner(kind, name), attribute]
                    for prop, values in properties.items():
                        yield self._spelled(owner, prop, values)

    def _spelled(self, owner: list[str], prop: str | None, values: list[str]) -> Entry:
        return Entry(*self._spelling.get(_key(owner, prop), (owner, prop)), values)


_PREFIXES: list[tuple[str, list[str]]] = [("free", ["FREE"]), ("class", ["CLASS"]), ("device", [])]


def _owner(kind: str, name: str) -> list[str]:
    return name.split("/") if kind == "device" else [name]


def _key(owner: list[str], prop: str | None) -> str:
    return "\0".join((*owner, "->", prop or "")).lower()


def _unreadable(desc: str) -> DevFailed:
    return DevFailed.make("API_DatabaseFileError", desc, "FileDatabase")


def _kind(owner: list[str]) -> tuple[str, list[str]]:
    """The kind of an owner, and its names; `class/x/y` in lower case is a device."""
    first = owner[0]
    if first in ("CLASS", "FREE") or (len(owner) == 2 and first.upper() in ("CLASS", "FREE")):
        names = owner[1:]
        return first.lower(), names if first.upper() == "CLASS" else ["/".join(names)]
    return "device", owner
