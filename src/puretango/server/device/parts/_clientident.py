"""The client of a request, as get_client_ident gives it."""

from __future__ import annotations

import os

from puretango.server.base._peer import Client
from puretango.values import LockerLanguage

COLLOCATED = "collocated client (c++ to c++ call)"
"""cppTango's text for a client in the same process."""


class ClientIdent:
    """The client of the running request, as get_client_ident gives it."""

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

    __hash__ = None  # type: ignore[assignment]  # the fields may change

    def __str__(self) -> str:
        if not self.client_ident:
            return "Unknown client"
        if self.client_lang == LockerLanguage.JAVA:
            return f"Java client with main class {self.java_main_class} from host {self.client_ip}"
        return f"CPP or Python client with PID {self.client_pid} from host {self.client_ip}"
