"""Small documents with names chosen by users, each a JSON file."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from puretango.web._call import BadRequest

__all__ = ["Store"]

_NAME = re.compile(r"[\w][\w .+-]{0,59}")


class Store:
    """A folder of named documents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[dict[str, Any]]:
        """The documents by name, each with its ``name``."""
        found = []
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            document = self._read(path)
            if document is not None:
                found.append({**document, "name": path.stem})
        return found

    def get(self, name: str) -> dict[str, Any]:
        """A document; BadRequest (404) if there is none."""
        document = self._read(self._path(name))
        if document is None:
            raise BadRequest(f"there is no {name!r}", 404)
        return {**document, "name": name}

    def save(self, name: str, document: dict[str, Any]) -> None:
        """Write a document, replacing an older one: completely, or not at all."""
        path = self._path(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        os.replace(new, path)

    def delete(self, name: str) -> None:
        """Remove a document; BadRequest (404) if there is none."""
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            raise BadRequest(f"there is no {name!r}", 404) from None

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BadRequest(f"{name[:60]!r} is not a name: letters, digits, space, . + - _")
        return self._folder / f"{name}.json"

    @staticmethod
    def _read(path: Path) -> dict[str, Any] | None:
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return document if isinstance(document, dict) else None
