"""The plain name of a device, out of any spelling."""

from __future__ import annotations


def plain_name(name: str) -> str:
    """``domain/family/member`` in lower case, from any way to name a device."""
    lower = name.lower().partition("#")[0]
    if lower.startswith("tango://"):
        lower = lower[len("tango://") :]
        lower = lower.partition("/")[2]
    return lower.strip("/")
