"""The client of a request, as servers report it."""

from __future__ import annotations

import socket

from puretango.net import name_of
from puretango.values import LockerLanguage, Printable

__all__ = ["ClientAddr"]


class ClientAddr(Printable):
    """A client: its address, its language, its process."""

    def __init__(self, addr: str | ClientAddr = "") -> None:
        if isinstance(addr, ClientAddr):
            self.__dict__.update(addr.__dict__)
            return
        self.client_ident = False
        self.client_ip = addr
        self.client_lang = LockerLanguage.CPP
        self.client_pid = 0
        self.java_ident = (0, 0)
        self.java_main_class = ""

    def get_client_hostname(self) -> str:
        """The name of the client's host, or its address if it has no name."""
        address = self.client_ip
        if "giop:unix" in address:
            return socket.gethostname()
        host = address.rpartition("giop:tcp:")[2]
        host = (host.rpartition(":")[0] or host).strip("[]")
        return name_of(host)

    def __str__(self) -> str:
        if not self.client_ident:
            return "Client identification not available"
        if self.client_lang in (LockerLanguage.CPP, LockerLanguage.CPP_6):
            who = f"CPP or Python client with PID {self.client_pid}"
        else:
            who = f"JAVA client with main class {self.java_main_class}"
        return f"{who} from host {self.get_client_hostname()}"
