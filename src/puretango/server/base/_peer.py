"""The client of a request."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from puretango.net import name_of

CPP, JAVA, CPP_6, JAVA_6 = range(4)


@lru_cache(maxsize=256)
def host_name(address: str) -> str:
    """The name of a host, as the black box and the lock messages show it."""
    return name_of(address)


def client_at(peer: Any) -> Client:
    """The client of a connection whose requests do not carry an identity."""
    return client_with(peer, None, _UNIDENTIFIED)


def client_with(peer: Any, identity: Any, key: tuple[Any, ...]) -> Client:
    """The client of that identity at the other end of a connection; the same object each time."""
    clients: dict[Any, Client] | None = peer.state
    if clients is None:
        clients = peer.state = {}
    found = clients.get(key)
    if found is None:
        found = clients[key] = Client(peer.host, identity, peer.port)
    return found


def trace_of(identity: Any) -> Any:
    """W3C's Trace Context in an identity of IDL 6; None if the client does not trace."""
    if identity is None or int(identity[0]) not in (CPP_6, JAVA_6):
        return None
    context = identity[1].trace_context[1]
    return context if context.trace_parent else None


class Client:
    """One client: its address and the identity that it sends from IDL 4 on."""

    __slots__ = ("address", "identity", "port")

    def __init__(self, address: str, identity: Any = None, port: int = 0) -> None:
        self.address = address
        self.identity = identity
        self.port = port

    @property
    def endpoint(self) -> str:
        """Address and port as omniORB writes them: other clients take them apart."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"giop:tcp:{address}:{self.port}"

    @property
    def pid(self) -> int:
        """The client's process id, 0 if the request did not give one."""
        if self.identity is None:
            return 0
        kind, value = self.identity
        if kind == CPP:
            return int(value)
        if kind == CPP_6:
            return int(value.cpp_clnt)
        return 0

    @property
    def is_java(self) -> bool:
        """True for a Java client."""
        return self.identity is not None and int(self.identity[0]) in (JAVA, JAVA_6)

    @property
    def java(self) -> Any:
        """The identity of a Java client: main class and uuid."""
        value = self.identity[1]
        return value.java_clnt if int(self.identity[0]) == JAVA_6 else value

    @property
    def java_class(self) -> str:
        """The main class of a Java client."""
        return str(self.java.MainClass) if self.is_java else ""

    def key(self) -> tuple[Any, ...]:
        """What identifies a client: equal for all its requests."""
        if self.identity is None:
            return (self.address,)
        if self.is_java:
            uuid = self.java.uuid
            return (self.address, "java", tuple(int(part) for part in uuid))
        return (self.address, "cpp", self.pid)

    def describe(self) -> str:
        """In words, for the black box."""
        host = host_name(self.address)
        if self.identity is None:
            return host
        if self.is_java:
            return f"{host} (Java client with main class {self.java_class})"
        return f"{host} (CPP/Python client with PID {self.pid})"


_UNIDENTIFIED = Client("").key()
