"""Names of devices and attributes, as the control-system database checks and splits them."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["by_name", "plain_device_name", "split_device_name"]


def plain_device_name(name: str) -> str | None:
    """``domain/family/member`` out of ``[tango:][//instance/]domain/family/member``; else None."""
    if "*" in name:
        return None
    for scheme in ("tango:", "taco:"):
        if name.startswith(scheme):
            name = name[len(scheme) :]
            break
    if name.startswith("//"):
        _, slash, name = name[2:].partition("/")
        if not slash:
            return None
    domain, first, rest = name.partition("/")
    _, second, _ = rest.partition("/")
    return name if domain and first and second else None


def split_device_name(name: str) -> tuple[str, str, str]:
    """Domain, family and member of a plain device name (the member takes the rest)."""
    parts = name.split("/", 2)
    return parts[0], parts[1] if len(parts) > 1 else "", parts[2] if len(parts) > 2 else ""


def by_name(names: Iterable[str]) -> list[str]:
    """Names in the order of MariaDB's case-insensitive collation."""
    return sorted(names, key=str.upper)
