"""A server with a store, and its devices, to the rooms between them and the store."""

from __future__ import annotations

from typing import Protocol

from puretango.server.base._ports import Host, Owner, Parts
from puretango.server.store._store import Store


class StoreHost(Host, Protocol):
    """A server, to rooms that read and write its configuration."""

    @property
    def store(self) -> Store: ...


class StoreParts(Parts, Protocol):
    """The parts of a device of such a server."""

    @property
    def server(self) -> StoreHost: ...


class StoreOwner(Owner, Protocol):
    """A device of such a server."""

    @property
    def _tango(self) -> StoreParts: ...
