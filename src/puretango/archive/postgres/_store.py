"""The PostgreSQL store: HDB++'s tables, filled by COPY."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from zlib import crc32

from puretango.archive.postgres._connection import connected, parameters_of
from puretango.archive.postgres._names import Names
from puretango.archive.postgres._schema import create, table_of
from puretango.archive.postgres._text import columns_of, instant, line_of
from puretango.archive.sample import (
    ArchiveError,
    Gap,
    GapKind,
    Generation,
    Kind,
    Row,
    StoreInUse,
    cell_of,
)

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["PostgresStore"]

_TIDY = 900.0  # seconds between two searches for samples that are too old
_HISTORY = {GapKind.STOPPED: "stop", GapKind.PAUSED: "pause", GapKind.ARCHIVER_DOWN: "crash"}


class PostgresStore:
    """An archive in a PostgreSQL database, open for writing by one archiver of a name.

    A row is durable when `write` returns: PostgreSQL's own ``synchronous_commit``.
    """

    def __init__(
        self, address: str, *, archiver: str = "puretango", clock: Callable[[], float] = time.time
    ) -> None:
        """Connect, and make the missing tables.

        Args:
            address: ``postgresql://user:password@host:port/database`` or ``postgresql:`` and libpq's
                parameters. ``archiver=NAME`` in it lets several archivers share a database, each with
                attributes of its own.
            archiver: This archiver's name.
            clock: Seconds since 1970.

        Raises:
            StoreInUse: Another archiver of this name writes to it.
            StoreTooNew: A later release has made it.
            ArchiveError: It cannot be reached, or psycopg is not installed.
        """
        self._conninfo, named = parameters_of(address)
        self._archiver = named or archiver
        self._clock = clock
        self._connection: Any = None
        self._guard = threading.Lock()  # for callers in several threads
        self._names = Names()
        self._tidied = clock()
        self.trouble = ""
        connection = connected(self._conninfo)
        try:
            create(connection)
            self._lock(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        with self._working():
            self._names.load(connection)

    def _lock(self, connection: Any) -> None:
        """Take an advisory lock of the session, which ends with the connection, however that ends."""
        key = crc32(f"puretango archiver {self._archiver}".encode())
        got = connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()[0]
        if not got:
            raise StoreInUse(f"another archiver {self._archiver!r} writes to this database")

    @contextmanager
    def _working(self) -> Iterator[Any]:
        """A transaction; connects again if the connection is gone. psycopg's errors become the archive's."""
        import psycopg

        with self._guard:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = self._connected_again()
                with self._connection.transaction():
                    yield self._connection
            except psycopg.Error as error:
                if isinstance(error, psycopg.OperationalError) and self._connection is not None:
                    self._connection.close()
                text = str(error).strip().splitlines() or [type(error).__name__]
                raise ArchiveError(f"PostgreSQL: {text[0]}") from error

    def _connected_again(self) -> Any:
        connection = connected(self._conninfo)
        try:
            self._lock(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    # ── names ──

    def generation(self, name: str, kind: Kind, since: int) -> Generation:
        """The generation of one attribute: see `generations`."""
        return self.generations([(name, kind, since)])[0]

    def generations(self, wanted: Sequence[tuple[str, Kind, int]]) -> list[Generation]:
        """The generations of attributes to write to; new ones where the kind has changed.

        HDB++ has one row of att_conf per name: after a change it holds the new type and table, and the old
        samples stay in their table under the same att_conf_id.

        Args:
            wanted: Names, kinds, and since when they have these kinds, ns since 1970.

        Raises:
            ArchiveError: The database cannot do it; none was made.
        """
        new = [(n, kind, since) for n, kind, since in wanted if not self._is_known(n, kind)]
        made: list[tuple[Generation, int]] = []
        if new:
            with self._working() as connection:
                for name, kind, since in new:
                    found, attribute, before = self._names.add(connection, name, kind, since)
                    made.append((found, attribute))
                    if before is not None:
                        text = f"from {before.kind} to {kind}"
                        gap = Gap(name, GapKind.TYPE_CHANGE, since, since, 0, text)
                        self._add_gaps(connection, [gap])
        for found, attribute in made:
            self._names.keep(found, attribute)
        return [self._names.newest[name] for name, _, _ in wanted]

    def _is_known(self, name: str, kind: Kind) -> bool:
        known = self._names.newest.get(name)
        return known is not None and known.kind == kind

    def last_rows(self) -> dict[str, Row]:
        """The newest row of each attribute's newest generation."""
        from puretango.archive.postgres._reader import PostgresReader

        found = {}
        with PostgresReader.of(self._conninfo) as reader:
            for generation in self._names.newest.values():
                series = reader.last(generation.name)
                if not series or series[-1].kind != generation.kind:
                    continue
                one = series[-1]
                value, set_value = one.values_or_none()[-1], one.set_values_or_none()[-1]
                received = 0 if one.received is None else int(one.received[-1])
                quality = 0 if one.quality is None else int(one.quality[-1])
                cells = (cell_of(generation.kind, value), cell_of(generation.kind, set_value))
                at = int(one.time[-1])
                found[generation.name] = Row(generation.id, at, received, quality, *cells)
        return found

    # ── writing ──

    def write(self, rows: Sequence[Row], gaps: Iterable[Gap] = ()) -> None:
        """Store rows and gaps, all or none; durable when this returns. Rows already there are not stored twice.

        Raises:
            ArchiveError: The database cannot do it, or cannot be reached: nothing was stored, or that is not
                known; the same rows may be written again.
        """
        told = list(gaps)
        lines = self._lines(rows)
        try:
            self._write(lines, told, quick=True)
        except ArchiveError as error:
            import psycopg

            if not isinstance(error.__cause__, psycopg.errors.UniqueViolation):
                raise
            self._write(lines, told, quick=False)
        now = self._clock()
        if now - self._tidied > _TIDY:
            self._tidied = now
            self.tidy(now)

    def _write(self, lines: dict[Kind, list[str]], gaps: list[Gap], *, quick: bool) -> None:
        with self._working() as connection:
            for kind, texts in lines.items():
                _copy(connection, kind, texts, quick=quick)
            self._add_gaps(connection, gaps)
            self._note(connection, "alive", int(self._clock() * 1e6) * 1000)
            self._note(connection, "closed", 0)

    def _lines(self, rows: Sequence[Row]) -> dict[Kind, list[str]]:
        """Lines by table. PostgreSQL counts µs: of two samples in the same one, the second is stored a µs later."""
        lines: dict[str, tuple[Kind, list[str]]] = {}
        taken: set[tuple[int, int]] = set()
        for row in rows:
            generation, attribute = self._names.by_id[row.generation]
            at = row.time // 1000
            while (attribute, at) in taken:
                at += 1
            taken.add((attribute, at))
            kind = generation.kind
            _, texts = lines.setdefault(table_of(kind), (kind, []))
            texts.append(line_of(kind, attribute, row, at))
        return dict(lines.values())

    def _add_gaps(self, connection: Any, gaps: Iterable[Gap]) -> None:
        for gap in gaps:
            connection.execute(
                'INSERT INTO puretango.gap (name, kind, start, "end", count, text)'
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (name, kind, start)"
                ' DO UPDATE SET "end" = excluded."end", count = excluded.count',
                (gap.name, gap.kind, gap.start, gap.end, gap.count, gap.text),
            )
            if gap.end is None or gap.kind in {GapKind.OVERFLOW, GapKind.ARCHIVER_DOWN}:
                self._add_null(connection, gap)

    def _add_null(self, connection: Any, gap: Gap) -> None:
        """Write what HDB++'s readers see of a gap: a row without a value, its error, and a line of the history."""
        attribute = self._names.attributes.get(gap.name)
        newest = self._names.newest.get(gap.name)
        if attribute is None or newest is None:
            return
        text = f"{gap.kind}: {gap.text}" if gap.text else gap.kind
        error = connection.execute(
            "INSERT INTO att_error_desc (error_desc) VALUES (%s) ON CONFLICT (error_desc)"
            " DO UPDATE SET error_desc = excluded.error_desc RETURNING att_error_desc_id",
            (text,),
        ).fetchone()[0]
        at = instant(gap.start // 1000)
        connection.execute(
            f"INSERT INTO {table_of(newest.kind)} (att_conf_id, data_time, quality,"
            " att_error_desc_id) VALUES (%s, %s, 1, %s) ON CONFLICT DO NOTHING",
            (attribute, at, error),
        )
        if gap.kind in _HISTORY:
            self._names.history(connection, attribute, _HISTORY[gap.kind], gap.start)

    def _note(self, connection: Any, key: str, value: int) -> None:
        connection.execute(
            "INSERT INTO puretango.meta VALUES (%s, %s) ON CONFLICT (key)"
            " DO UPDATE SET value = excluded.value",
            (f"{self._archiver} {key}", value),
        )

    def resume(self, names: Sequence[str], now: int) -> None:
        """Note that an archiver begins to archive these attributes: their open gaps end."""
        with self._working() as connection:
            known = dict(
                connection.execute(
                    "SELECT key, value FROM puretango.meta WHERE key IN (%s, %s)",
                    (f"{self._archiver} alive", f"{self._archiver} closed"),
                ).fetchall()
            )
            alive = min(known.get(f"{self._archiver} alive", now), now)
            sudden = bool(known) and not known.get(f"{self._archiver} closed")
            connection.execute(
                'UPDATE puretango.gap SET "end" = greatest(start, %s)'
                ' WHERE "end" IS NULL AND name = ANY(%s)',
                (alive if sudden else now, list(names)),
            )
            if sudden:
                active = connection.execute(
                    "SELECT name FROM puretango.attribute WHERE archiver = %s AND name = ANY(%s)",
                    (self._archiver, list(names)),
                ).fetchall()
                text = "the archiver ended without closing its store"
                self._add_gaps(
                    connection,
                    [Gap(n, GapKind.ARCHIVER_DOWN, alive, now, 0, text) for (n,) in active],
                )
            self._set_active(connection, names, True)
            for name in names:
                attribute = self._names.attributes.get(name)
                if attribute is not None:
                    self._names.history(connection, attribute, "start", now)

    def closing(self, gaps: Iterable[Gap], now: int) -> None:
        """Note that an archiver ends properly."""
        with self._working() as connection:
            self._add_gaps(connection, gaps)
            self._note(connection, "alive", now)
            self._note(connection, "closed", 1)

    def set_active(self, names: Sequence[str], active: bool) -> None:
        """Note whether attributes are being archived."""
        with self._working() as connection:
            self._set_active(connection, names, active)

    def _set_active(self, connection: Any, names: Sequence[str], active: bool) -> None:
        archiver = self._archiver if active else ""
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO puretango.attribute (name, archiver) VALUES (%s, %s)"
                " ON CONFLICT (name) DO UPDATE SET archiver = excluded.archiver",
                [(name, archiver) for name in names],
            )

    def set_ttl(self, name: str, hours: int) -> None:
        """Set for how many hours an attribute's samples are kept; 0 keeps them for ever."""
        with self._working() as connection:
            connection.execute(
                "INSERT INTO puretango.attribute (name, ttl) VALUES (%s, %s)"
                " ON CONFLICT (name) DO UPDATE SET ttl = excluded.ttl",
                (name, hours),
            )
            connection.execute("UPDATE att_conf SET ttl = %s WHERE att_name = %s", (hours, name))

    def ttl(self, name: str) -> int:
        """Hours for which an attribute's samples are kept; 0 for ever."""
        with self._working() as connection:
            row = connection.execute(
                "SELECT ttl FROM puretango.attribute WHERE name = %s", (name,)
            ).fetchone()
        return int(row[0]) if row else 0

    def tidy(self, now: float | None = None) -> None:
        """Drop samples that are older than their attribute's time to live."""
        moment = self._clock() if now is None else now
        with self._working() as connection:
            rows = connection.execute(
                "SELECT g.id, a.ttl FROM puretango.generation g JOIN att_conf c USING (att_conf_id)"
                " JOIN puretango.attribute a ON a.name = c.att_name WHERE a.ttl > 0"
            ).fetchall()
            for number, hours in rows:
                generation, attribute = self._names.by_id[number]
                connection.execute(
                    f"DELETE FROM {table_of(generation.kind)}"
                    " WHERE att_conf_id = %s AND data_time < %s",
                    (attribute, instant(int((moment - hours * 3600) * 1e6))),
                )

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def __enter__(self) -> PostgresStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _copy(connection: Any, kind: Kind, texts: list[str], *, quick: bool) -> None:
    """COPY straight into the table, or through a temporary one if some of the rows are there already."""
    table, columns = table_of(kind), columns_of(kind)
    target = table if quick else "pg_temp.incoming"
    if not quick:
        connection.execute(
            f"CREATE TEMPORARY TABLE incoming (LIKE {table} INCLUDING DEFAULTS) ON COMMIT DROP"
        )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {target} ({columns}) FROM STDIN") as copy,
    ):
        copy.write("".join(texts))
    if not quick:
        connection.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM pg_temp.incoming"
            " ON CONFLICT DO NOTHING"
        )
        connection.execute("DROP TABLE pg_temp.incoming")
