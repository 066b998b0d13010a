"""HDB++'s texts: LibConfiguration, ContextsList, and the lines of the AttributeList property."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from puretango.archive.collecting import ALWAYS, Settings
from puretango.archive.sample import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DEFAULT_CONTEXTS",
    "contexts_of",
    "line_of",
    "settings_of_line",
    "store_address",
    "strategy_of",
]

DEFAULT_CONTEXTS = (
    "ALWAYS:always stored",
    "RUN:stored during run",
    "SHUTDOWN:stored during shutdown",
    "SERVICE:stored during maintenance activities",
)


def contexts_of(lines: Sequence[str]) -> dict[str, str]:
    """Names, in upper case, and descriptions of contexts; ALWAYS is always one of them."""
    found = {}
    for line in lines:
        name, colon, description = line.partition(":")
        if colon and name.strip():
            found[name.strip().upper()] = description.strip()
    found.setdefault(ALWAYS, "always stored")
    return found


def strategy_of(text: str, contexts: Sequence[str]) -> tuple[str, ...]:
    """The contexts of a strategy, as ``RUN|SHUTDOWN``.

    Raises:
        ArchiveError: One is not a context.
    """
    names = tuple(name.strip().upper() for name in text.split("|") if name.strip())
    unknown = [name for name in names if name not in contexts]
    if unknown or not names:
        wrong = unknown[0] if unknown else text
        raise ArchiveError(f"strategy {wrong!r} is none of {', '.join(contexts)}")
    return names


def settings_of_line(line: str, default: Settings, contexts: Sequence[str]) -> tuple[str, Settings]:
    """Name and settings of a line ``name;strategy=RUN|SHUTDOWN;ttl=240``.

    Beside HDB++'s own fields (``strategy``, before 2.0 ``context``; ``ttl`` in hours) there are
    ``poll`` (seconds), ``rate`` (the rate guard's limit per second) and ``period`` (seconds within which
    an event is expected).

    Raises:
        ArchiveError: A field makes no sense.
    """
    name, *fields = (part.strip() for part in line.split(";"))
    settings = default
    for field in fields:
        key, _, value = field.partition("=")
        try:
            settings = _with_field(settings, key.strip().lower(), value.strip(), contexts)
        except ValueError as error:
            raise ArchiveError(f"{line}: {error}") from error
    return name, settings


def _with_field(settings: Settings, key: str, value: str, contexts: Sequence[str]) -> Settings:
    if key in {"strategy", "context"}:
        return replace(settings, strategy=strategy_of(value, contexts))
    if key == "ttl":
        return replace(settings, ttl=int(value))
    if key == "poll":
        return replace(settings, poll_period=float(value))
    if key == "rate":
        return replace(settings, max_rate=float(value))
    if key == "period":
        return replace(settings, period=float(value))
    return settings if not key else _unknown(key)


def _unknown(key: str) -> Settings:
    raise ValueError(f"no field {key} (strategy, ttl, poll, rate, period)")


def line_of(name: str, settings: Settings) -> str:
    """The line of an attribute."""
    default = Settings()
    parts = [name, f"strategy={'|'.join(settings.strategy)}", f"ttl={settings.ttl}"]
    if settings.poll_period is not None:
        parts.append(f"poll={settings.poll_period:g}")
    if settings.max_rate != default.max_rate:
        parts.append(f"rate={settings.max_rate:g}")
    if settings.period:
        parts.append(f"period={settings.period:g}")
    return ";".join(parts)


def store_address(lines: Sequence[str]) -> str:
    """The store that a LibConfiguration names.

    ``store=ADDRESS`` names ours; HDB++'s own lines for its TimescaleDB library (``libname``, ``host``,
    ``port``, ``user``, ``password``, ``dbname``, or ``connect_string``) the same database.

    Raises:
        ArchiveError: They name no store, or a library whose database cannot be written here.
    """
    known: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition("=")
        known[key.strip()] = value.strip()
    if "store" in known:
        return known["store"]
    library = known.get("libname", "")
    if library and "timescale" not in library and "postgres" not in library:
        raise ArchiveError(
            f"libname={library}: puretango archives to file: and to libhdb++timescale's schema"
        )
    if "connect_string" in known:
        return "postgresql:" + known["connect_string"]
    if "dbname" not in known:
        raise ArchiveError(
            "LibConfiguration names no store: store=file:/var/lib/archive, or host=, user=,"
            " password=, dbname= and port= of PostgreSQL"
        )
    user, password = (quote(known.get(key, ""), "") for key in ("user", "password"))
    host, port = known.get("host", "localhost"), known.get("port", "5432")
    return f"postgresql://{user}:{password}@{host}:{port}/{quote(known['dbname'], '')}"
