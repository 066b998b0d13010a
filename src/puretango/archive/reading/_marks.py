"""Marks of bluesky runs: when each began and ended, kept beside the archive, for plots and for links to it.

They are in ``runs.jsonl`` in a file store's directory, to which any process may append, beside the archiver;
in PostgreSQL in a table of our own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from puretango.archive.files import FileReader
from puretango.archive.postgres import PostgresReader
from puretango.archive.reading._open import directory_of, is_database
from puretango.archive.sample import ArchiveError, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Mark", "RunMarks", "marks_of", "page_of_run", "period_of_run"]

_FILE = "runs.jsonl"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS puretango.run (uid text PRIMARY KEY, start double precision NOT NULL,"
    ' "end" double precision, text text NOT NULL)'
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A run.

    Attributes:
        uid: Its uid, by which tiled and databroker find it.
        start, end: Seconds since 1970; `end` is None while it is running, or if it was killed.
        text: Scan number, plan and how it ended.
    """

    uid: str
    start: float
    end: float | None
    text: str


class RunMarks:
    """A bluesky callback: ``RE.subscribe(RunMarks("file:/var/lib/archive"))``."""

    def __init__(self, address: str) -> None:
        """Note runs beside the archive at an address.

        Raises:
            ArchiveError: It cannot be reached, or there is no such directory.
        """
        self._address = address
        self._open: dict[str, Mark] = {}
        if not is_database(address):
            self._path = Path(directory_of(address)) / _FILE
            if not self._path.parent.is_dir():
                raise ArchiveError(f"there is no archive in {self._path.parent}")

    def __call__(self, name: str, document: dict[str, Any]) -> None:
        """Take a document of a run."""
        if name == "start":
            told = f"#{document['scan_id']} " if "scan_id" in document else ""
            text = told + str(document.get("plan_name", "run"))
            mark = Mark(document["uid"], float(document["time"]), None, text)
            self._open[mark.uid] = mark
            self._write(mark)
        elif name == "stop":
            known = self._open.pop(document["run_start"], None)
            if known is not None:
                text = f"{known.text}: {document.get('exit_status', '')}"
                self._write(Mark(known.uid, known.start, float(document["time"]), text))

    def _write(self, mark: Mark) -> None:
        if is_database(self._address):
            self._insert(mark)
            return
        line = json.dumps([mark.uid, mark.start, mark.end, mark.text])
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _insert(self, mark: Mark) -> None:
        from puretango.archive.postgres import execute

        execute(self._address, _TABLE)
        execute(
            self._address,
            "INSERT INTO puretango.run VALUES (%s, %s, %s, %s) ON CONFLICT (uid) DO UPDATE"
            ' SET "end" = excluded."end", text = excluded.text',
            (mark.uid, mark.start, mark.end, mark.text),
        )


def marks_of(store: Reading, start: float, end: float) -> list[Mark]:
    """Runs that overlap a time range (seconds since 1970), the oldest first."""
    found: dict[str, Mark] = {}
    if isinstance(store, FileReader):
        for told in _lines(store.directory / _FILE):
            found[told.uid] = told
    elif isinstance(store, PostgresReader):
        rows = store.rows_if_there(
            "puretango.run", 'SELECT uid, start, "end", text FROM puretango.run'
        )
        found = {row[0]: Mark(*row) for row in rows}
    inside = [m for m in found.values() if m.start <= end and (m.end is None or m.end >= start)]
    return sorted(inside, key=lambda mark: mark.start)


def _lines(path: Path) -> list[Mark]:
    if not path.exists():
        return []
    found = []
    for line in path.read_text("utf-8").splitlines():
        try:
            found.append(Mark(*json.loads(line)))
        except (ValueError, TypeError):
            continue  # a line that was being written when its process was killed
    return found


def period_of_run(run: Any) -> tuple[float, float | None]:
    """When a run began and ended, seconds since 1970: the time range to ask the archive for.

    Args:
        run: A run of tiled or databroker (with ``metadata``, or ``start`` and ``stop``), or its start document.

    Raises:
        ArchiveError: It is not a run.
    """
    documents = run.metadata if hasattr(run, "metadata") else run
    start = _part(documents, "start")
    if start is None:
        start = documents
    stop = _part(documents, "stop")
    try:
        return float(start["time"]), float(stop["time"]) if stop else None
    except (KeyError, TypeError) as error:
        raise ArchiveError(f"{type(run).__name__} is not a run: it has no time") from error


def page_of_run(run: Any, web: str, names: Sequence[str] = ()) -> str:
    """The address of a page of `puretango web` that shows the archive during a run.

    Args:
        run: As `period_of_run` takes it.
        web: The address of the server: ``http://host:8000``.
        names: The attributes to show; without any the page offers those that are archived.

    Raises:
        ArchiveError: It is not a run.
    """
    start, stop = period_of_run(run)
    query = [("a", name) for name in names] + [("from", f"{start:.3f}")]
    query += [] if stop is None else [("to", f"{stop:.3f}")]
    return f"{web.rstrip('/')}/a?{urlencode(query)}"


def _part(documents: Any, name: str) -> Any:
    if hasattr(documents, "get"):
        return documents.get(name)
    return getattr(documents, name, None)
