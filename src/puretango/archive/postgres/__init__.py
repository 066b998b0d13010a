"""The PostgreSQL store, in the schema of HDB++'s TimescaleDB library. Needs psycopg (extra ``timescale``)."""

from puretango.archive.postgres._connection import execute
from puretango.archive.postgres._reader import PostgresReader
from puretango.archive.postgres._store import PostgresStore

__all__ = ["PostgresReader", "PostgresStore", "execute"]
