"""A device class served in this process, and a proxy to its device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from puretango.client import DeviceProxy
from puretango.server import Server

Serve = Callable[..., Any]


class Served:
    """A server with one device, the device, and a proxy to it."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name

    @property
    def device(self) -> Any:
        """The device itself: another one after a restart."""
        return self.server.find_device(self.name)

    def proxy(self, name: str | None = None) -> Any:
        """A new proxy to the device, or to another one of the server."""
        return DeviceProxy(self.server.access(name or self.name))

    def admin(self) -> Any:
        """A proxy to the admin device."""
        return DeviceProxy(self.server.access(self.server.admin_name))


@pytest.fixture
def serve(patient_publishers: None) -> Iterator[Serve]:
    """``serve(Class, **options)`` gives a :class:`Served`; all end with the test."""
    with ExitStack() as stack:

        def start(cls: Any, *others: Any, name: str = "test/unit/1", **options: Any) -> Served:
            options.setdefault("devices", {cls.__name__: [name]})
            server = stack.enter_context(Server("unit", [cls, *others], **options))
            return Served(server, name)

        yield start
