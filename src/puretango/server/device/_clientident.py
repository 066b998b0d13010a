"""The client of a request, as get_client_ident tells it."""

from __future__ import annotations

import os
from contextvars import ContextVar

from puretango.server.base._peer import Client
from puretango.values import LockerLanguage

COLLOCATED = "collocated client (c++ to c++ call)"
"""What cppTango says of a client in the same process."""


served: ContextVar[Client | None] = ContextVar("puretango_traced_client", default=None)
"""The client of the running request, for spans; kept while a device's telemetry is on."""


class ClientIdent:
    """Who the client of the running request is: what get_client_ident gives."""

    __slots__ = ("client_ident", "client_ip", "client_lang", "client_pid", "java_main_class")

    def __init__(self, client: Client) -> None:
        identity = client.identity
        self.client_ident = identity is not None
        lang = int(identity[0]) if identity is not None else 0
        self.client_lang = LockerLanguage(lang)
        self.client_pid = client.pid
        self.client_ip = COLLOCATED if client.pid == os.getpid() else client.endpoint
        self.java_main_class = client.java_class

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ClientIdent):
            return NotImplemented
        return all(getattr(self, n) == getattr(other, n) for n in ClientIdent.__slots__)

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        if not self.client_ident:
            return "Unknown client"
        if self.client_lang == LockerLanguage.JAVA:
            return f"Java client with main class {self.java_main_class} from host {self.client_ip}"
        return f"CPP or Python client with PID {self.client_pid} from host {self.client_ip}"


def traced_client() -> ClientIdent | None:
    """The client of the running request, in the thread or task that serves it."""
    client = served.get()
    return None if client is None else ClientIdent(client)
