"""The answer to DbGetDataForServerCache: everything that a database holds for a server."""

from __future__ import annotations

from puretango.server.base._failure import throw

NOT_FOUND = "Not Found"
Texts = list[str]


class ServerCache:
    """The tables in that answer, with lower-case keys.

    The answer is one flat list, in which counts give the lengths of the parts: the admin device, two event
    channels, properties of DServer, Default and the admin device; then for each class its
    properties, those of its attributes, and its devices with theirs.
    """

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._place = 0
        self.device_properties: dict[str, dict[str, Texts]] = {}
        self.class_properties: dict[str, dict[str, Texts]] = {}
        self.device_attributes: dict[str, dict[str, dict[str, Texts]]] = {}
        self.class_attributes: dict[str, dict[str, dict[str, Texts]]] = {}
        self.devices: dict[str, Texts] = {}
        self.admin_is_exported = False
        try:
            self._parse()
        except (IndexError, ValueError) as error:
            raise throw(
                "API_DatabaseCacheAccess",
                f"the database's answer about the server makes no sense: {error}",
                "DbServerCache::DbServerCache",
            ) from error

    def _next(self) -> str:
        text = self._texts[self._place]
        self._place += 1
        return text

    def _count(self) -> int:
        return int(self._next())

    def _parse(self) -> None:
        self.is_defined = self._admin()
        if not self.is_defined:
            return
        self._event()
        self._event()
        for _ in range(2):
            owner, table = self._properties()
            self.class_properties[owner] = table
        owner, table = self._properties()
        self.device_properties[owner] = table
        self._next()  # the server's name
        for _ in range(self._count()):
            self._class()

    def _admin(self) -> bool:
        self._next()
        second = self._next()
        if second == NOT_FOUND:
            return False
        self._place += 3  # version, server, host
        self.admin_is_exported = self._next() == "1"
        self._place += 2  # pid, class
        return True

    def _event(self) -> None:
        self._next()
        if self._next() != NOT_FOUND:
            self._place += 4

    def _properties(self) -> tuple[str, dict[str, Texts]]:
        owner = self._next().lower()
        return owner, self._table(self._count())

    def _table(self, count: int) -> dict[str, Texts]:
        table: dict[str, Texts] = {}
        for _ in range(count):
            name = self._next().lower()
            size = self._count()
            table[name] = self._texts[self._place : self._place + size]
            if len(table[name]) != size:
                raise IndexError("it ends too early")
            self._place += size
        return table

    def _members(self) -> dict[str, dict[str, Texts]]:
        self._next()
        members: dict[str, dict[str, Texts]] = {}
        for _ in range(self._count()):
            name = self._next().lower()
            members[name] = self._table(self._count())
        return members

    def _class(self) -> None:
        owner, table = self._properties()
        self.class_properties[owner] = table
        self.class_attributes[owner] = self._members()
        name = self._next().lower()
        count = self._count()
        devices = self._texts[self._place : self._place + count]
        self._place += count
        self.devices[name] = devices
        for _ in devices:
            device, properties = self._properties()
            self.device_properties[device] = properties
            self.device_attributes[device] = self._members()
