"""The journal of changes made through the pages: user, time, old and new; kept in a file, the newest last."""

from __future__ import annotations

import itertools
import json
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Journal"]

_KEPT = 5_000


class Journal:
    """Appends entries to a file of JSON lines; the last ones are kept in memory."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.jsonl"
        self._entries: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._listeners: list[Callable[[dict[str, Any]], None]] = []
        self._load()
        last = self._entries[-1]["id"] if self._entries else 0
        self._ids = itertools.count(last + 1)

    def _load(self) -> None:
        try:
            with self._path.open(encoding="utf-8") as lines:
                for line in lines:
                    try:
                        entry = json.loads(line)
                    except ValueError:
                        continue  # a line left half written by a machine that crashed
                    if isinstance(entry, dict) and isinstance(entry.get("id"), int):
                        self._entries.append(entry)
        except FileNotFoundError:
            return

    def write(self, user: str, what: str, subject: str, **details: Any) -> dict[str, Any]:
        """Add an entry; it is on the disk when this returns. Raises OSError."""
        entry = {
            "id": next(self._ids),
            "time": time.time(),
            "user": user,
            "what": what,
            "subject": subject,
            **details,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        self._entries.append(entry)
        for listener in list(self._listeners):
            listener(entry)
        return entry

    def entry(self, number: int) -> dict[str, Any] | None:
        """The entry of this number; None if it is not in memory."""
        return next((entry for entry in self._entries if entry["id"] == number), None)

    def last(self, count: int, subject: str = "") -> list[dict[str, Any]]:
        """The newest entries first; those of one subject if one is given."""
        wanted = subject.lower()
        found = (
            entry
            for entry in reversed(self._entries)
            if not wanted or str(entry["subject"]).lower().startswith(wanted)
        )
        return list(itertools.islice(found, max(0, count)))

    def listen(self, listener: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
        """Call the listener with each new entry; returns a function that ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
