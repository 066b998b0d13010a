"""Reads the golden files: one message per block of a line of text and lines of hex."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

GOLDEN = Path(__file__).parent / "golden"


class Golden(NamedTuple):
    """One recorded GIOP message."""

    peer: str
    operation: str
    part: str
    body: int
    data: bytes

    @property
    def little(self) -> bool:
        """The sender's byte order."""
        return bool(self.data[6] & 1)


def golden_messages(*operations: str) -> Iterator[Golden]:
    """All recorded GIOP messages, or those of some operations."""
    for path in sorted(GOLDEN.glob("*tango/*.hex")):
        if operations and path.stem not in operations:
            continue
        for block in path.read_text().split("\n\n"):
            title, *lines = block.strip().splitlines()
            match = re.match(r"# (\S+) (\S+) body=(\d+)", title)
            if match:
                data = bytes.fromhex("".join(lines))
                yield Golden(path.parent.name, match[1], match[2], int(match[3]), data)
