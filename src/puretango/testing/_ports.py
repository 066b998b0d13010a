"""The port on which another process listens for GIOP."""

from __future__ import annotations

import socket
import time
from pathlib import Path

__all__ = ["get_server_port_via_pid"]

_CLOSE_CONNECTION = b"GIOP\x01\x02\x01\x05\x00\x00\x00\x00"
_LISTENING = "0A"


def get_server_port_via_pid(pid: int, host: str, retries: int = 400, delay: float = 0.03) -> int:
    """The TCP port of the device server with this process id; RuntimeError if none shows up."""
    for _ in range(retries):
        for port in _listening(pid):
            if _speaks_giop(host, port):
                return port
        time.sleep(delay)
    raise RuntimeError(f"Failed to get GIOP TCP port within {retries * delay:.1f} sec")


def _listening(pid: int) -> list[int]:
    try:
        names = [entry.readlink().name for entry in Path(f"/proc/{pid}/fd").iterdir()]
        table = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    except OSError:
        return []
    inodes = {name[8:-1] for name in names if name.startswith("socket:[")}
    rows = (line.split() for line in table)
    return [
        int(row[1].rpartition(":")[2], 16)
        for row in rows
        if row[3] == _LISTENING and row[9] in inodes
    ]


def _speaks_giop(host: str, port: int) -> bool:
    """ZMQ greets first; a GIOP server waits, and hangs up when told to close."""
    try:
        with socket.create_connection((host, port), 0.2) as peer:
            peer.settimeout(0.02)
            try:
                if peer.recv(1):
                    return False
            except TimeoutError:
                pass
            peer.settimeout(1.0)
            peer.sendall(_CLOSE_CONNECTION)
            return peer.recv(1) == b""
    except OSError:
        return False
