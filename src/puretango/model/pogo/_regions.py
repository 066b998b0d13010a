"""Protected regions: the parts of a generated file that belong to the author.

Pogo marks them ``PROTECTED REGION ID(Class.name) ENABLED START`` … ``PROTECTED REGION END`` in a
comment of any language. When a file is generated again, their contents are kept.
"""

from __future__ import annotations

import re

__all__ = ["keep_regions", "read_regions"]

_START = re.compile(r"PROTECTED REGION ID\(([^)]*)\)\s+ENABLED START")
_END = re.compile(r"PROTECTED REGION END")


def read_regions(text: str) -> dict[str, str]:
    """The lines inside each region, by its name.

    Raises ValueError for a region that is begun twice, inside another, or never ended.
    """
    found: dict[str, str] = {}
    name: str | None = None
    inside: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        start = _START.search(line)
        if start:
            if name is not None:
                raise ValueError(f"line {number}: region {start[1]} begins inside {name}")
            name, inside = start[1], []
            if name in found:
                raise ValueError(f"line {number}: a second region {name}")
        elif _END.search(line) and name is not None:
            found[name] = "".join(inside)
            name = None
        elif name is not None:
            inside.append(line)
    if name is not None:
        raise ValueError(f"region {name} is never ended")
    return found


def keep_regions(generated: str, old: str) -> tuple[str, dict[str, str]]:
    """The generated text with the old text's regions in it, and the regions that have no place there."""
    kept = read_regions(old)
    lines: list[str] = []
    skipping = False
    for line in generated.splitlines(keepends=True):
        start = _START.search(line)
        if start and start[1] in kept:
            lines += [line, kept.pop(start[1])]
            skipping = True
        elif _END.search(line):
            skipping = False
            lines.append(line)
        elif not skipping:
            lines.append(line)
    return "".join(lines), {name: text for name, text in kept.items() if text.strip()}
