"""Where subscribers find a server's event sockets."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puretango.server.store._ports import StoreHost

_ANY = ("0.0.0.0", "::", "")


def own_addresses(host_name: str) -> list[str]:
    """The addresses of this machine: the one that its name resolves to, then loopback."""
    found: list[str] = []
    try:
        for info in socket.getaddrinfo(host_name, None, socket.AF_INET, socket.SOCK_STREAM):
            address = str(info[4][0])
            if address not in found:
                found.append(address)
    except OSError:
        pass
    # A name that resolves to a loopback address helps only clients on this machine.
    found.sort(key=lambda address: address.startswith("127."))
    if "127.0.0.1" not in found:
        found.append("127.0.0.1")
    return found


def endpoints(server: StoreHost, heartbeat: str, event: str) -> tuple[tuple[str, str], ...]:
    """(heartbeat, event) for each address that a client may try."""
    if server.host not in _ANY:
        return ((heartbeat, event),)
    heartbeat_port = heartbeat.rpartition(":")[2]
    event_port = event.rpartition(":")[2]
    return tuple(
        (f"tcp://{address}:{heartbeat_port}", f"tcp://{address}:{event_port}")
        for address in own_addresses(server.host_name)
    )
