"""The navigator: all entries of the database, level by level, and one search over all of them."""

from __future__ import annotations

import asyncio
import time
from typing import Any, NamedTuple

from puretango.errors import DevFailed
from puretango.web._call import BadRequest, Call, Rule, get
from puretango.web._site import Site

__all__ = ["Navigator"]

_FRESH = 2.0
"""Seconds for which the database's last answer is shown without asking again."""
_PATIENCE = 0.12
"""Seconds to wait for a new answer if an older one is known."""
_MOST = 500
"""How many entries of a level are sent at a time."""
_HITS = 60


class _Entry(NamedTuple):
    name: str
    alias: str
    server: str
    cls: str
    host: str
    exported: bool


class _Index:
    """All devices of the database, from one request."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._asked = 0.0
        self._pause = _FRESH
        self._asking: asyncio.Task[None] | None = None
        self.error = ""
        self.failed: DevFailed | BadRequest | None = None
        self.entries: list[_Entry] = []
        self.classes: list[str] = []
        self.objects: list[str] = []

    async def fresh(self) -> None:
        """Ask the database, unless that was just done.

        The last answer is kept if the database does not answer, and shown at once if it is slow:
        the next call has the new state. Raises DevFailed if there is no answer yet.
        """
        if self._asking is None and time.monotonic() - self._asked >= self._pause:
            self._asking = asyncio.create_task(self._ask(), name="navigator")
        if self._asking is not None:
            await asyncio.wait([self._asking], timeout=_PATIENCE if self.entries else None)
            if not self.entries and self.failed is not None:
                raise self.failed

    async def _ask(self) -> None:
        begun = time.monotonic()
        try:
            rows = await self._site.select(
                "SELECT name,alias,server,class,host,exported FROM device ORDER BY name"
            )
            objects = await self._site.ask("get_object_list", "*")
            classes = await self._site.ask("get_class_list", "*")
            entries = await asyncio.to_thread(_entries, rows)
        except DevFailed as failed:
            self.failed = failed
            self.error = f"the database does not answer: {failed.args[0].desc.strip()}"
        except BadRequest as bad:
            self.failed = bad
        else:
            self.failed, self.error = None, ""
            self.entries = entries
            self.objects = [str(name) for name in objects]
            self.classes = [str(name) for name in classes]
        finally:
            self._asked, self._asking = time.monotonic(), None
            # A large database is asked less often: a twentieth of the time at most.
            self._pause = max(_FRESH, min(20 * (self._asked - begun), 30.0))

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])


def _entries(rows: list[list[str]]) -> list[_Entry]:
    # "nada" is what C++'s database calls the host of a server that has never run.
    return [
        _Entry(name, alias, server, cls, host if host != "nada" else "", exported == "1")
        for name, alias, server, cls, host, exported in rows
    ]


class Navigator:
    """Levels and the search."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._index = _Index(site)

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [get("level", self.level), get("search", self.search)]

    async def begin(self) -> None:
        """Read the state before the first request."""
        if self._site.tango_host:
            try:
                await self._index.fresh()
            except (DevFailed, BadRequest):
                return  # the next request gets the error

    async def close(self) -> None:
        """End what is under way."""
        await self._index.close()

    async def level(self, call: Call) -> Any:
        """The entries below a path of one of the six trees, ``start`` at a time."""
        by, path = call.text("by"), call.text("path", "")
        trees = {
            "device": self._devices,
            "server": self._servers,
            "class": self._classes,
            "host": self._hosts,
            "alias": self._aliases,
            "property": self._objects,
        }
        if by not in trees:
            raise BadRequest(f"no tree {by!r}: {', '.join(trees)}")
        await self._index.fresh()
        found = trees[by](path)
        start = max(0, call.number("start", 0))
        return {
            "entries": found[start : start + _MOST],
            "total": len(found),
            "error": self._index.error,
        }

    async def search(self, call: Call) -> Any:
        """All entries whose names contain all the words, the best matches first."""
        words = call.text("q").lower().split()
        if not words:
            return {"hits": [], "error": ""}
        await self._index.fresh()
        hits = [
            (rank, kind, name, detail)
            for kind, name, detail in self._everything()
            if (rank := _rank(words, name.lower(), detail.lower())) is not None
        ]
        hits.sort(key=lambda hit: (hit[0], hit[2].lower()))
        return {
            "hits": [
                {"kind": kind, "name": name, "detail": detail}
                for _, kind, name, detail in hits[:_HITS]
            ],
            "total": len(hits),
            "error": self._index.error,
        }

    def _everything(self) -> list[tuple[str, str, str]]:
        index = self._index
        found = [("device", entry.name, entry.cls) for entry in index.entries]
        found += [("alias", entry.alias, entry.name) for entry in index.entries if entry.alias]
        servers = {entry.server: entry.host for entry in index.entries}
        found += [("server", server, host) for server, host in servers.items()]
        found += [("class", name, "") for name in index.classes]
        found += [
            ("host", host, "") for host in {entry.host for entry in index.entries if entry.host}
        ]
        found += [("property", name, "") for name in index.objects]
        return found

    # ------------------------------------------------------------------------- trees

    def _devices(self, path: str) -> list[dict[str, Any]]:
        parts = [part for part in path.lower().split("/") if part]
        below: dict[str, list[_Entry]] = {}
        for entry in self._index.entries:
            fields = entry.name.split("/")
            if len(fields) != 3 or [field.lower() for field in fields[: len(parts)]] != parts:
                continue
            if len(parts) < 3:
                below.setdefault(fields[len(parts)].lower(), []).append(entry)
        depth = len(parts)
        found = []
        for entries in below.values():
            label = entries[0].name.split("/")[depth]
            if depth == 2:
                found.append(_device(entries[0], label))
            else:
                full = "/".join(entries[0].name.split("/")[: depth + 1])
                found.append(_branch(label, full, len(entries), entries))
        return found

    def _servers(self, path: str) -> list[dict[str, Any]]:
        parts = [part for part in path.split("/") if part]
        chosen = [
            entry
            for entry in self._index.entries
            if [part.lower() for part in entry.server.split("/")[: len(parts)]]
            == [part.lower() for part in parts]
        ]
        if len(parts) == 2:
            return [_device(entry, entry.name) for entry in chosen]
        below: dict[str, list[_Entry]] = {}
        for entry in chosen:
            fields = entry.server.split("/")
            if len(fields) == 2:
                below.setdefault(fields[len(parts)], []).append(entry)
        return [
            _branch(
                label,
                "/".join([*parts, label]),
                len({entry.server for entry in entries}) if not parts else len(entries),
                entries,
                page="server" if parts else "",
            )
            for label, entries in sorted(below.items(), key=lambda item: item[0].lower())
        ]

    def _classes(self, path: str) -> list[dict[str, Any]]:
        if path:
            return [
                _device(entry, entry.name)
                for entry in self._index.entries
                if entry.cls.lower() == path.lower()
            ]
        counts: dict[str, int] = dict.fromkeys(self._index.classes, 0)
        for entry in self._index.entries:
            counts[entry.cls] = counts.get(entry.cls, 0) + 1
        return [
            {"label": name, "path": name, "count": count, "page": "class"}
            for name, count in sorted(counts.items(), key=lambda item: item[0].lower())
        ]

    def _hosts(self, path: str) -> list[dict[str, Any]]:
        if path:
            servers: dict[str, list[_Entry]] = {}
            for entry in self._index.entries:
                if entry.host.lower() == path.lower():
                    servers.setdefault(entry.server, []).append(entry)
            return [
                _branch(server, server, 0, entries, page="server")
                for server, entries in sorted(servers.items())
            ]
        hosts: dict[str, set[str]] = {}
        for entry in self._index.entries:
            if entry.host:
                hosts.setdefault(entry.host, set()).add(entry.server)
        return [
            {"label": host, "path": host, "count": len(servers_of), "page": "host"}
            for host, servers_of in sorted(hosts.items())
        ]

    def _aliases(self, path: str) -> list[dict[str, Any]]:
        del path  # one level
        return [
            _device(entry, entry.alias)
            for entry in sorted(self._index.entries, key=lambda entry: entry.alias.lower())
            if entry.alias
        ]

    def _objects(self, path: str) -> list[dict[str, Any]]:
        del path  # one level
        return [
            {"label": name, "path": name, "count": 0, "page": "property"}
            for name in sorted(self._index.objects, key=str.lower)
        ]


def _device(entry: _Entry, label: str) -> dict[str, Any]:
    return {
        "label": label,
        "path": entry.name,
        "page": "device",
        "exported": entry.exported,
        "detail": entry.cls,
    }


def _branch(
    label: str, path: str, count: int, entries: list[_Entry], page: str = ""
) -> dict[str, Any]:
    return {
        "label": label,
        "path": path,
        "count": count,
        "page": page,
        "exported": any(entry.exported for entry in entries),
    }


def _rank(words: list[str], name: str, detail: str) -> int | None:
    """0 for the name itself, 1 for its beginning, 2 for one of its parts' beginning, 3 within; None for no hit."""
    if not all(word in name or word in detail for word in words):
        return None
    first = words[0]
    if name == first:
        return 0
    if name.startswith(first):
        return 1
    if f"/{first}" in name:
        return 2
    return 3 if first in name else 4
