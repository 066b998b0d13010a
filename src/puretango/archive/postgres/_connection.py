"""Connecting to PostgreSQL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from puretango.archive.sample import ArchiveError

__all__ = ["connected", "execute", "parameters_of"]


def parameters_of(address: str) -> tuple[str, str]:
    """libpq's connection text of an address, and the archiver's name in it ("" if none)."""
    for scheme in ("timescale:", "postgres:"):
        if address.startswith(scheme):
            address = "postgresql:" + address.removeprefix(scheme)
    if not address.startswith("postgresql://"):
        words = address.removeprefix("postgresql:").split()
        named = [word.removeprefix("archiver=") for word in words if word.startswith("archiver=")]
        kept = [word for word in words if not word.startswith("archiver=")]
        return " ".join(kept), named[-1] if named else ""
    parts = urlsplit(address)
    query = parse_qsl(parts.query, keep_blank_values=True)
    named = [value for key, value in query if key == "archiver"]
    rest = urlencode([(key, value) for key, value in query if key != "archiver"])
    return urlunsplit(parts._replace(query=rest)), named[-1] if named else ""


def execute(address: str, statement: str, values: tuple[Any, ...] = ()) -> None:
    """One statement on a connection of its own.

    Raises:
        ArchiveError: The database cannot be reached, or refuses.
    """
    connection = connected(parameters_of(address)[0])
    try:
        import psycopg

        connection.execute(statement, values)
    except psycopg.Error as error:
        raise ArchiveError(f"PostgreSQL: {error}") from error
    finally:
        connection.close()


def connected(conninfo: str) -> Any:
    """A connection in autocommit mode: transactions are explicit.

    Raises:
        ArchiveError: psycopg is not installed, or the database cannot be reached.
    """
    try:
        import psycopg
    except ImportError as error:
        raise ArchiveError(
            "a store in PostgreSQL needs psycopg: pip install 'puretango[timescale]'"
        ) from error
    try:
        return psycopg.connect(
            conninfo, autocommit=True, connect_timeout=10, application_name="puretango archive"
        )
    except psycopg.Error as error:
        text = str(error).strip().splitlines() or [type(error).__name__]
        raise ArchiveError(f"PostgreSQL: {text[0]}") from error
