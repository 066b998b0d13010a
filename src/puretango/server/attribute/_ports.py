"""What attributes need of the device that they belong to."""

from __future__ import annotations

from typing import Any, Protocol

from puretango.server.base._ports import Named
from puretango.server.declaration._attr import Attr
from puretango.server.declaration.settings._settings import Settings, Sources
from puretango.server.store._ports import StoreOwner, StoreParts


class Configurable(Protocol):
    """An attribute, as the code of its configuration sees it."""

    name: str
    spec: Attr
    settings: Settings

    @property
    def data_type(self) -> Any: ...
    @property
    def data_format(self) -> Any: ...
    @property
    def writable(self) -> Any: ...
    @property
    def device(self) -> Named: ...
    def get_assoc_name(self) -> str: ...
    def change_settings(self, texts: dict[str, str], labels: Any = ...) -> None: ...


class Sibling(Protocol):
    """Another attribute of the same device."""

    def set_part(self) -> tuple[Any, int, int] | None: ...


class Siblings(Protocol):
    """The attributes of the same device."""

    def index_of(self, name: str) -> int: ...
    def find(self, name: str) -> Sibling | None: ...
    def note_raised(self, attribute: Any) -> None: ...


class Access(Protocol):
    """Making attributes, and calling the author's methods of each."""

    def settings_for(self, spec: Attr, ignore_device: bool = False) -> Settings: ...
    def sources(self, spec: Attr) -> Sources: ...
    def kind_of(self, spec: Attr) -> Any: ...
    def configuration_changed(self, attribute: Any) -> None: ...
    async def ask_allowed(self, found: Any, kind: Any) -> bool: ...
    async def call_read(self, found: Any) -> None: ...
    async def call_write(self, found: Any) -> None: ...


class AttributeParts(StoreParts, Protocol):
    """The parts of a device, as one of its attributes sees them."""

    @property
    def access(self) -> Access: ...


class AttributeOwner(StoreOwner, Protocol):
    """A device, as one of its attributes sees it."""

    @property
    def _tango(self) -> AttributeParts: ...
    def get_device_attr(self) -> Siblings: ...
