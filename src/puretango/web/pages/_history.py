"""The archive, for the pages: its attributes, and their samples of a time range."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from puretango.archive import ArchiveError, ArchiveReader, UnknownAttribute, archive_data
from puretango.web._call import BadRequest, Call, Rule, get
from puretango.web._site import Site, bare_name

__all__ = ["History"]

T = TypeVar("T")

_AT_ONCE = 4
"""The most readers at a time: each may hold a year of samples."""
_MOST_NAMES = 500


class History:
    """Reads an archive; with one reader per request, so that no request waits for another."""

    def __init__(self, site: Site, address: str) -> None:
        self._site = site
        self._address = address
        self._readers = asyncio.Semaphore(_AT_ONCE)

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [get("archive/data", self.data), get("archive/names", self.names)]

    async def data(self, call: Call) -> Any:
        """Samples, or bins, of an attribute: the fields of `archive_data`."""
        fields = {key: call.text(key) for key in call.fields}
        status, body = await self._read(lambda archive: self._data(archive, fields))
        answer = json.loads(body)
        if status != 200:
            raise BadRequest(answer["error"], status)
        return answer

    def _data(self, archive: ArchiveReader, fields: dict[str, str]) -> tuple[int, bytes]:
        if fields.get("name"):
            fields["name"] = self._full_name(archive, fields["name"])
        return archive_data(archive, urlencode(fields))

    def _full_name(self, archive: ArchiveReader, name: str) -> str:
        """The attribute of this control system, if the archive has attributes of several."""
        try:
            return archive.full_name(self._site.full_attribute(name))
        except UnknownAttribute:
            # It may be archived under another name of the same database's host.
            device, _, attribute = name.partition("#")[0].rpartition("/")
            return archive.full_name(f"{bare_name(device)}/{attribute}")

    async def names(self, call: Call) -> Any:
        """Archived attributes whose names contain a text, and the archive's address."""
        text = call.text("text", "").strip().lower()
        found = await self._read(lambda archive: archive.attributes())
        fitting = [name for name in found if text in name]
        return {"names": fitting[:_MOST_NAMES], "count": len(fitting), "all": len(found)}

    async def _read(self, work: Callable[[ArchiveReader], T]) -> T:
        if not self._address:
            raise BadRequest("these pages have no archive (puretango web --archive ADDRESS)", 404)
        async with self._readers:
            return await asyncio.to_thread(self._with_reader, work)

    def _with_reader(self, work: Callable[[ArchiveReader], T]) -> T:
        try:
            with ArchiveReader(self._address) as archive:
                return work(archive)
        except UnknownAttribute as error:
            raise BadRequest(str(error), 404) from error
        except ArchiveError as error:
            raise BadRequest(str(error), 503) from error
