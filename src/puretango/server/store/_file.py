"""A server's configuration in a property file (``-file=PATH``), as Tango's tools write them.

::

    PowerSupply/test/DEVICE/PowerSupply: "a/power/1",\\
                                         "a/power/2"
    a/power/1->host: "ps1"
    a/power/1/current->unit: "A"
    CLASS/PowerSupply->timeout: 3
    CLASS/PowerSupply/current->label: "Current"
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from puretango.server.base._failure import throw
from puretango.server.store._store import Store, Texts

if TYPE_CHECKING:
    from puretango.server.base._ports import Host

_WORD = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,"]*[^,"\s]))\s*')


def parse(text: str) -> Iterator[tuple[str, Texts]]:
    """The entries of a property file: name and values."""
    lines = text.replace("\\\r\n", "\\\n").replace("\\\n", " ").splitlines()
    for line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, colon, rest = _split(stripped)
        if colon:
            yield name, list(_values(rest))


def _split(line: str) -> tuple[str, str, str]:
    """At the first colon behind the name, which may itself hold colons before its arrow."""
    start = line.find("->")
    place = line.find(":", start if start >= 0 else 0)
    if place < 0:
        return line, "", ""
    return line[:place].strip(), ":", line[place + 1 :]


def _values(rest: str) -> Iterator[str]:
    place = 0
    while place < len(rest):
        found = _WORD.match(rest, place)
        if found is None or found.end() == place:
            return
        quoted, bare = found.groups()
        yield re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare
        place = found.end()
        if place < len(rest) and rest[place] == ",":
            place += 1


class FileStore(Store):
    """Reads a property file at the server's start, and writes it back when something changes."""

    lists_devices = True

    def __init__(self, server: Host, path: str) -> None:
        super().__init__()
        self._server = server
        self._path = path
        self._names: dict[str, Texts] = {}
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Read the file."""
        try:
            with open(self._path, encoding="utf-8") as stream:
                text = stream.read()
        except OSError as error:
            raise throw(
                "API_DatabaseFileError",
                f"FILEDATABASE could not open file {self._path}: {error}",
                "FileDatabase::FileDatabase",
            ) from error
        with self._lock:
            for name, values in parse(text):
                self._take(name, values)

    def _take(self, name: str, values: Texts) -> None:
        owner, arrow, prop = name.partition("->")
        parts = owner.split("/")
        if not arrow:
            server = self._server.server_id.lower().split("/")
            if len(parts) == 4 and [p.lower() for p in parts[:2]] == server:
                self._names[parts[3].lower()] = values
            return
        prop = prop.strip()
        key = prop if prop.startswith("__") else prop.lower()
        lower = [part.lower() for part in parts]
        if lower[0] == "class" and len(parts) == 2:
            self._class.setdefault(lower[1], {})[key] = values
        elif lower[0] == "class" and len(parts) == 3:
            self._class_attribute.setdefault(lower[1], {}).setdefault(lower[2], {})[key] = values
        elif len(parts) == 3:
            self._device.setdefault(owner.lower(), {})[key] = values
        elif len(parts) == 4:
            device = "/".join(lower[:3])
            self._attribute.setdefault(device, {}).setdefault(lower[3], {})[key] = values

    def device_names(self, class_name: str) -> Texts:
        return self._names.get(class_name.lower(), [])

    # -- writing -----------------------------------------------------------------------------------------

    def put_device_property(self, device: str, name: str, value: Any) -> None:
        super().put_device_property(device, name, value)
        self._write()

    def delete_device_property(self, device: str, name: str) -> None:
        super().delete_device_property(device, name)
        self._write()

    def put_attribute_properties(
        self,
        device: str,
        attribute: str,
        put: Mapping[str, Sequence[str]],
        delete: Sequence[str] = (),
    ) -> None:
        super().put_attribute_properties(device, attribute, put, delete)
        self._write()

    def delete_attribute(self, device: str, attribute: str) -> None:
        super().delete_attribute(device, attribute)
        self._write()

    def _write(self) -> None:
        with self._lock, open(self._path, "w", encoding="utf-8") as stream:
            stream.writelines(f"{name}: {_joined(values)}\n" for name, values in self._entries())

    def _entries(self) -> Iterator[tuple[str, Texts]]:
        for name, devices in self._names.items():
            yield f"{self._server.server_id}/DEVICE/{name}", devices
        for owner, table in self._class.items():
            yield from ((f"CLASS/{owner}->{name}", values) for name, values in table.items())
        for owner, members in self._class_attribute.items():
            for member, table in members.items():
                for name, values in table.items():
                    yield f"CLASS/{owner}/{member}->{name}", values
        for owner, table in self._device.items():
            yield from ((f"{owner}->{name}", values) for name, values in table.items())
        for owner, members in self._attribute.items():
            for member, table in members.items():
                for name, values in table.items():
                    yield f"{owner}/{member}->{name}", values


def _joined(values: Texts) -> str:
    quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
    return ",\\\n  ".join(quoted)
