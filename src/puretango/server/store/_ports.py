"""A server with a store, and its devices, as the rooms between them and the store see them."""

from __future__ import annotations

from typing import Protocol

from puretango.server.base._ports import Host, Owner, Parts
from puretango.server.store._store import Store


class StoreHost(Host, Protocol):
    """A server, as rooms that read and write its configuration see it."""

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
