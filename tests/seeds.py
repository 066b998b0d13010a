"""Seeds of random tests: a few every day, as many as wanted by hand."""

from __future__ import annotations

import os


def seeds(count: int) -> list[int]:
    """So many seeds, or those that PURETANGO_SEEDS says: `100` begins at 0, `100:40` are forty from 100 on."""
    first, sep, more = os.environ.get("PURETANGO_SEEDS", "").partition(":")
    if sep:
        return list(range(int(first), int(first) + int(more)))
    return list(range(int(first) if first else count))
