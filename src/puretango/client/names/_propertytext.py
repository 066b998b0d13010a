"""The text of a property file: entries to text and back, any value kept as it was.

An entry is a name, a colon and values with commas between them; a backslash at the end of a line
goes on in the next one; ``#`` starts a comment. A value is bare or in double quotes, where a
backslash takes the next character as it is and a line's end is part of the value: so
C++ Tango reads what is written here.

C++ Tango itself writes each value on a line of its own, quoted if it has a space, a quote or a
line's end in it, and escapes quotes alone: what it wrote (its section comments tell) is read by
these rules, so that a backslash or a comma in a value comes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

__all__ = ["Entry", "FileSyntaxError", "entries_of", "text_of"]

_HEAD = "# Tango property file\n"
"""The first line of files written here: in these no value is taken for a section comment of C++ Tango's."""

_TANGO_WROTE = re.compile(r"^#{45}\n# (?:CLASS |FREE OBJECT )", re.MULTILINE)
_SERVER = re.compile(r'[^/:"\n]+/[^/:"\n]+/DEVICE/[^/:"\n]+(?=:)', re.IGNORECASE)
_SAFE = re.compile(r"[^\s\"\\:#,]+")
_PLAIN = re.compile(r"[\w.+*][\w.+/:*-]*", re.ASCII)
_BLANK = " \t\r"
_GOES_ON = re.compile(r"\\\r?\n")
_BARE = re.compile(r"(?:(?!\\\r?\n|,|\n|\s#).)*", re.DOTALL)


class Entry(NamedTuple):
    """One entry: the parts of its owner (``a/b/c`` has three), its property, its values.

    The property of a line that lists a server's devices is None.
    """

    owner: list[str]
    prop: str | None
    values: list[str]


class FileSyntaxError(ValueError):
    """The text is not a property file; the number of the line is in the message."""


def entries_of(text: str) -> Iterator[Entry]:
    """The entries of a file's text; FileSyntaxError if it is malformed."""
    theirs = not text.startswith(_HEAD) and _TANGO_WROTE.search(text) is not None
    yield from _Reader(text, tango_wrote=theirs).entries()


def text_of(entries: Iterable[Entry]) -> str:
    """The text of a file with these entries; those without a value are left out, as a database does."""
    return _HEAD + "".join(_line(entry) for entry in entries if entry.values)


class _Reader:
    """Steps over the text of a file."""

    def __init__(self, text: str, *, tango_wrote: bool) -> None:
        self.text = text
        self.place = 0
        self.tango_wrote = tango_wrote

    def entries(self) -> Iterator[Entry]:
        while self._to_entry():
            start = self.place
            owner, prop = self._name()
            if self._peek() != ":":
                self._fail(start, "a name, a colon and values are wanted")
            self.place += 1
            yield Entry(owner, prop, list(self._values(whole=prop is not None)))

    def _to_entry(self) -> bool:
        while self.place < len(self.text):
            here = self.text[self.place]
            if here == "#":
                self._skip_line()
            elif here.isspace():
                self.place += 1
            elif goes_on := _GOES_ON.match(self.text, self.place):
                self.place = goes_on.end()
            else:
                return True
        return False

    def _skip_line(self) -> None:
        end = self.text.find("\n", self.place)
        self.place = len(self.text) if end < 0 else end

    def _fail(self, place: int, why: str) -> None:
        number = self.text.count("\n", 0, place) + 1
        line = self.text[place:].partition("\n")[0][:80]
        raise FileSyntaxError(f"line {number}: {why}, not {line!r}")

    def _peek(self) -> str:
        return self.text[self.place : self.place + 1]

    # names --------------------------------------------------------------------------------

    def _name(self) -> tuple[list[str], str | None]:
        server = _SERVER.match(self.text, self.place)
        if server is not None:
            self.place = server.end()
            return [part.strip() for part in server[0].split("/")], None
        owner = self._words("/")
        if not self.text.startswith("->", self.place):
            return owner, None
        self.place += 2
        return owner, "/".join(self._words(""))

    def _words(self, separator: str) -> list[str]:
        """The parts of a name, up to an arrow or to the colon after the arrow."""
        words = [""]
        ends = "->" if separator else ":"
        while here := self._peek():
            if here == "\n" or self.text.startswith(ends, self.place):
                break
            if here == '"':
                words[-1] += self._quoted()
                continue
            self.place += 1
            if here == separator:
                words.append("")
            else:
                words[-1] += here
        return [word.strip() for word in words]

    # values -------------------------------------------------------------------------------

    def _values(self, *, whole: bool) -> Iterator[str]:
        """The values up to the line's end; with ``whole`` a bare value of C++ Tango's takes the whole line."""
        whole = whole and self.tango_wrote
        going = self._to_value()
        while going:
            if self._peek() == '"':
                yield self._quoted()
            else:
                yield self._line_value() if whole else self._bare()
            going = self._next_value()

    def _to_value(self) -> bool:
        """Skip blanks and continued lines; True if a value or a comma comes before the line's end."""
        while here := self._peek():
            if goes_on := _GOES_ON.match(self.text, self.place):
                self.place = goes_on.end()
            elif here in _BLANK:
                self.place += 1
            else:
                return here != "\n"
        return False

    def _next_value(self) -> bool:
        start = self.place
        if not self._to_value():
            return False
        if self._peek() == "#":
            self._skip_line()
            return False
        if self._peek() != ",":
            self._fail(start, "a comma or the line's end is wanted behind a value")
        self.place += 1
        return self._to_value()

    def _quoted(self) -> str:
        start = self.place
        self.place += 1
        found: list[str] = []
        while (here := self._peek()) != '"':
            if not here:
                self._fail(start, "a quote has no end")
            self.place += 1
            found.append(self._escaped() if here == "\\" else here)
        self.place += 1
        return "".join(found)

    def _escaped(self) -> str:
        here = self._peek()
        if self.tango_wrote and here != '"':
            return "\\"
        self.place += len(here)
        return "\n" if here == "n" else here

    def _bare(self) -> str:
        """Up to a comma, a comment or the line's end."""
        found = _BARE.match(self.text, self.place)
        assert found is not None  # it matches the empty text too
        self.place = found.end()
        return found[0].strip()

    def _line_value(self) -> str:
        """The rest of a line without the comma and backslash that end it; or one of `1, 2` written by hand."""
        end = self.text.find("\n", self.place)
        line = self.text[self.place : len(self.text) if end < 0 else end]
        value = line.removesuffix(",\\")
        if re.search(r"[, ] ", value):
            return self._bare()
        self.place += len(value)
        return value


def _line(entry: Entry) -> str:
    name = "/".join(_name_part(part) for part in entry.owner)
    if entry.prop is not None:
        name = f"{name}->{_name_part(entry.prop)}"
    return f"{name}: " + ",\\\n    ".join(map(_value, entry.values)) + "\n"


def _name_part(part: str) -> str:
    safe = _SAFE.fullmatch(part) and "/" not in part and "->" not in part
    return part if safe else _in_quotes(part)


def _value(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else _in_quotes(value)


def _in_quotes(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
