"""The settings that say which control system a client belongs to.

A setting is looked for in the process environment, then in ``~/.tangorc``, then in
``/etc/tangorc`` (lines ``NAME=value``, ``#`` starts a comment), in this order.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import NamedTuple

from puretango.errors import ConnectionFailed, DevError, DevFailed, ErrSeverity

__all__ = [
    "TangoHost",
    "environment_number",
    "environment_variable",
    "host_name",
    "parse_tango_host",
    "tango_host",
]

SYSTEM_FILE = Path("/etc/tangorc")


class TangoHost(NamedTuple):
    """The address of one database server."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def _settings_of(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="latin-1")
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        name, equals, value = line.partition("=")
        if equals:
            found[name.strip().upper()] = value.strip().strip('"').strip()
    return found


def environment_variable(name: str) -> str | None:
    """The value of a Tango setting from the environment or the tangorc files, or None."""
    value = os.environ.get(name)
    if value is not None:
        return value
    for path in (Path.home() / ".tangorc", SYSTEM_FILE):
        value = _settings_of(path).get(name.upper())
        if value is not None:
            return value
    return None


def environment_number(name: str, default: int) -> int:
    """A Tango setting that is a number of at least 1; the default if it is missing or not such a number."""
    text = (environment_variable(name) or "").strip()
    return int(text) if text.isdecimal() and int(text) > 0 else default


def parse_tango_host(text: str) -> list[TangoHost]:
    """The servers of a TANGO_HOST text ``host:port[,host:port…]``, in order."""
    hosts: list[TangoHost] = []
    parts = text.split(",")
    for part in parts:
        host, colon, port = _split_host(part.strip())
        if not colon or not host or not port:
            example = ",".join(["<host>:<port>"] * min(len(parts), 2))
            raise ConnectionFailed(
                DevError(
                    "API_TangoHostNotSet",
                    ErrSeverity.ERR,
                    f"TANGO_HOST env. variable syntax incorrect (e.g. TANGO_HOST={example})",
                    "Database::check_tango_host()",
                )
            )
        if not (port.isascii() and port.isdigit()):
            raise DevFailed.make(
                "API_InvalidArgs",
                f'"{port}" cannot be entirely parsed into int',
                "Database::check_tango_host()",
            )
        hosts.append(TangoHost(host, int(port)))
    return hosts


def host_name(host: str) -> str:
    """A host of TANGO_HOST by the name that Tango uses: localhost becomes this machine's name."""
    return socket.getfqdn() if host.lower() == "localhost" else host


def _split_host(part: str) -> tuple[str, str, str]:
    """``host``, ``:`` and ``port``; an IPv6 address stands in brackets."""
    if part.startswith("["):
        return part.rpartition(":")
    return part.partition(":")


def tango_host() -> list[TangoHost]:
    """The database servers of this process's control system."""
    text = environment_variable("TANGO_HOST")
    if text is None:
        raise DevFailed.make(
            "API_TangoHostNotSet",
            "TANGO_HOST env. variable not set, set it and retry (e.g. TANGO_HOST=<host>:<port>)",
            "Database::Database",
        )
    return parse_tango_host(text)
