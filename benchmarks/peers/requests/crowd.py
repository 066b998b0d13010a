"""Many connections that all ask at once, each as soon as it is answered: ``crowd PORT DEVICE ATTRIBUTE COUNT``.

Not a client of either side: bare sockets in one thread, so that the server is what is measured. Each line of JSON
asks for some seconds; the answer is requests per second, and how long their answers took.
"""

from __future__ import annotations

import json
import selectors
import socket
import statistics
import struct
import sys
import time

from puretango import idl
from puretango.cdr import CdrWriter
from puretango.giop import RequestTemplate
from puretango.idl import OPERATIONS
from puretango.values import DevSource

_SIZE = struct.Struct("<I").unpack_from
_HEADER = 12


def request(device: str, attribute: str) -> bytes:
    """A read of an attribute, as a C++ client sends it."""
    template = RequestTemplate(device.encode(), "read_attributes_5")
    writer = CdrWriter(offset=template.body_offset)
    trace = (0, idl.TraceContextW3C("", ""))
    identity = (idl.LockerLanguage.CPP_6, idl.CppClntIdent_6(1, trace))
    arguments = [attribute], DevSource.DEV, identity
    OPERATIONS["read_attributes_5"].encode_args(writer, *arguments)
    return b"".join(map(bytes, template.build(1, writer.buffers())))


class Asker:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = 0.0
        self.took: list[float] = []
        self._found = b""

    def ask(self, message: bytes) -> None:
        """Send the request."""
        self.asked = time.perf_counter()
        self.sock.sendall(message)

    def answered(self) -> bool:
        """Take what has come; True if the answer is whole."""
        self._found += self.sock.recv(4096)
        if not self._found:
            raise ConnectionError("the server has closed a connection")
        if len(self._found) < _HEADER or len(self._found) < _HEADER + _SIZE(self._found, 8)[0]:
            return False
        self._found = b""
        self.took.append(time.perf_counter() - self.asked)
        return True


def crowd(askers: list[Asker], message: bytes, seconds: float) -> dict[str, float]:
    """Let all of them ask for some seconds."""
    with selectors.DefaultSelector() as selector:
        for one in askers:
            one.took = []
            selector.register(one.sock, selectors.EVENT_READ, one)
        began = time.perf_counter()
        for one in askers:
            one.ask(message)
        waiting = len(askers)
        while waiting:
            for key, _ in selector.select(30):
                if key.data.answered():
                    if time.perf_counter() - began < seconds:
                        key.data.ask(message)
                    else:
                        waiting -= 1
    took = sorted(each for one in askers for each in one.took)
    counts = [len(one.took) for one in askers]
    return {
        "rate": len(took) / (time.perf_counter() - began),
        "median": statistics.median(took) * 1e3,
        "p99": took[int(len(took) * 0.99)] * 1e3,
        "longest": took[-1] * 1e3,
        "fewest": min(counts) / statistics.fmean(counts),
    }


def main() -> None:
    """Answer until the input ends."""
    port, device, attribute, count = sys.argv[1:5]
    message = request(device, attribute)
    askers = [Asker(int(port)) for _ in range(int(count))]
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(crowd(askers, message, json.loads(line)["seconds"])), flush=True)


if __name__ == "__main__":
    main()
