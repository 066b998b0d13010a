"""A property file: what a database would hold of a server, in a text file.

::

    TangoTest/test/DEVICE/TangoTest: "sys/tg_test/1",\\
                                     "sys/tg_test/2"
    sys/tg_test/1->polled: a, b          a device's property
    CLASS/TangoTest->doc: "some text"    a class's
    sys/tg_test/1/ampli->unit: V         an attribute's
    CLASS/TangoTest/ampli->unit: V       an attribute's, in a class
    FREE/Beamline->energy: 12            a free object's

A line that ends in a backslash goes on; ``#`` starts a comment. Names ignore case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from puretango.client.names._caseless import CaselessDict
from puretango.errors import DevFailed

__all__ = ["PropertyFile"]

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,\s]+)')
_PLAIN = re.compile(r"[\w.+/:*-]+")


class PropertyFile:
    """Servers, properties and attribute properties, read from a file and written back."""

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
        self.read()

    # --------------------------------------------------------------------- reading

    def read(self) -> None:
        """Read the file again."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError as exc:
            raise DevFailed.make(
                "API_CannotOpenFile", f"Can't open file {self.path}: {exc}", "FileDatabase"
            ) from exc
        for tables in (self.properties, self.attributes):
            for table in tables.values():
                table.clear()
        self.servers.clear()
        for line in _logical_lines(text):
            name, colon, value = _split(line)
            if not colon:
                raise DevFailed.make(
                    "API_DatabaseFileError",
                    f"{self.path}: a name, a colon and values are wanted, not {line!r}",
                    "FileDatabase",
                )
            self._take(name, [_unquoted(match) for match in _WORD.finditer(value)])

    def _take(self, name: str, values: list[str]) -> None:
        owner, arrow, prop = name.partition("->")
        fields = owner.split("/")
        if not arrow:
            if len(fields) == 4 and fields[2].upper() == "DEVICE":
                server = self.servers.setdefault("/".join(fields[:2]), CaselessDict())
                server[fields[3]] = values
            return
        kind, fields = _kind(fields)
        size = 3 if kind == "device" else 1
        table = self.properties[kind].setdefault("/".join(fields[:size]), CaselessDict())
        if len(fields) > size:
            table = self.attributes[kind].setdefault("/".join(fields[:size]), CaselessDict())
            table = table.setdefault(fields[size], CaselessDict())
        table[prop] = values

    # --------------------------------------------------------------------- writing

    def write(self) -> None:
        """Write the file, all at once: a reader sees the old one or the new one."""
        new = self.path.with_name(f"{self.path.name}.new")
        text = "".join(f"{line}\n" for line in self._lines())
        new.write_text(text, encoding="utf-8", errors="surrogateescape")
        new.replace(self.path)

    def _lines(self) -> Iterator[str]:
        for server, classes in self.servers.items():
            for class_name, devices in classes.items():
                yield f"{server}/DEVICE/{class_name}: {_joined(devices)}"
        for kind, prefix in (("free", "FREE/"), ("class", "CLASS/"), ("device", "")):
            for owner, properties in self.properties[kind].items():
                for name, values in properties.items():
                    yield f"{prefix}{owner}->{name}: {_joined(values)}"
        for kind, prefix in (("class", "CLASS/"), ("device", "")):
            for owner, attributes in self.attributes[kind].items():
                for attribute, properties in attributes.items():
                    for name, values in properties.items():
                        yield f"{prefix}{owner}/{attribute}->{name}: {_joined(values)}"


def _kind(fields: list[str]) -> tuple[str, list[str]]:
    first = fields[0].upper()
    if first in ("CLASS", "FREE") and len(fields) < 4:
        return first.lower(), fields[1:]
    return "device", fields


def _logical_lines(text: str) -> Iterator[str]:
    line = ""
    for part in text.splitlines():
        stripped = part.strip()
        if not line and stripped.startswith("#"):
            continue
        if stripped.endswith("\\"):
            line += stripped[:-1] + " "
            continue
        line += stripped
        if line.strip():
            yield line.strip()
        line = ""
    if line.strip():
        yield line.strip()


def _split(line: str) -> tuple[str, str, str]:
    name, colon, value = line.partition(":")
    return name.strip().strip('"'), colon, value


def _unquoted(match: re.Match[str]) -> str:
    quoted, plain = match.groups()
    if quoted is None:
        return plain
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], quoted)


def _joined(values: list[str]) -> str:
    return ",\\\n    ".join(_quoted(value) for value in values) or '""'


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    text = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'
