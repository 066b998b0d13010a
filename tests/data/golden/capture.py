"""Record golden GIOP messages: a PyTango client talking through a proxy to a real server.

Run by hand, with PyTango installed, from this directory::

    python capture.py pytango      # against peer_server.py
    python capture.py cpptango     # against Debian's TangoTest

Each operation becomes one readable file: for each message a line that says what it is, where
its body starts and who sent it, then its bytes in hex, then an empty line.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
DEVICES = {"pytango": "test/dev/1", "cpptango": "sys/tg_test/1"}


def server(kind: str, port: int) -> subprocess.Popen[bytes]:
    import os

    env = dict(os.environ, TANGO_HOST="127.0.0.1:1")
    if kind == "pytango":
        command = [sys.executable, str(HERE / "peer_server.py"), str(port)]
    else:
        command = ["/usr/lib/tango/TangoTest", "test", "-nodb", "-dlist", DEVICES[kind]]
        command += ["-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Proxy:
    """Forwards one port to another and keeps what passed, by connection and direction."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.streams: list[tuple[bytearray, bytearray]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self.listener.accept()
            upstream = socket.create_connection(("127.0.0.1", self.target))
            pair = (bytearray(), bytearray())
            self.streams.append(pair)
            threading.Thread(
                target=self._pump, args=(client, upstream, pair[0]), daemon=True
            ).start()
            threading.Thread(
                target=self._pump, args=(upstream, client, pair[1]), daemon=True
            ).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket, record: bytearray) -> None:
        while data := source.recv(65536):
            record += data
            sink.sendall(data)
        sink.close()


def messages(stream: bytes) -> list[bytes]:
    found, place = [], 0
    while place + 12 <= len(stream):
        order = "little" if stream[place + 6] & 1 else "big"
        size = 12 + int.from_bytes(stream[place + 8 : place + 12], order)
        found.append(bytes(stream[place : place + size]))
        place += size
    return found


def header(message: bytes) -> tuple[int, str, int]:
    """(request id, operation, where the body starts) of an unfragmented GIOP 1.0/1.1 request,
    or (request id, reply status, where the body starts) of a reply."""
    order = "little" if message[6] & 1 else "big"

    def ulong(at: int) -> int:
        return int.from_bytes(message[at : at + 4], order)

    place = 12
    for _ in range(ulong(place)):
        raise SystemExit("service contexts in a GIOP 1.0 message: teach me")
    request_id = ulong(16)
    if message[7] == 1:
        return request_id, str(ulong(20)), 24
    place = 20 + 1
    place += -place % 4
    place += 4 + ulong(place)
    place += -place % 4
    size = ulong(place)
    operation = message[place + 4 : place + 3 + size].decode()
    place += 4 + size
    place += -place % 4
    place += 4 + ulong(place)
    return request_id, operation, place


def block(kind: str, operation: str, part: str, message: bytes, body: int) -> str:
    sender = "PyTango 10.3.1 client" if part == "request" else f"{kind} server"
    lines = textwrap.wrap(message.hex(), 96)
    return "\n".join([f"# {operation} {part} body={body} from {sender}", *lines]) + "\n"


def main(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = server(kind, port)
    try:
        time.sleep(4)
        proxy = Proxy(port)
        trl = f"tango://127.0.0.1:{proxy.port}/{DEVICES[kind]}#dbase=no"
        subprocess.run(
            [sys.executable, str(HERE / f"client_{kind}.py"), trl], check=True, timeout=60
        )
    finally:
        process.kill()
    seen: set[object] = set()
    blocks: dict[str, list[str]] = {}
    for sent, received in proxy.streams:
        replies = {}
        for message in messages(received):
            if message[7] == 1:
                replies[header(message)[0]] = message
        for message in messages(sent):
            if message[7] != 0:
                continue
            request_id, operation, body = header(message)
            reply = replies.get(request_id)
            if (
                reply is None
                or (operation, message[body:], reply[24:64]) in seen
                or len(reply) > 20000
            ):
                continue
            seen.add((operation, message[body:], reply[24:64]))
            found = blocks.setdefault(operation, [])
            found.append(block(kind, operation, "request", message, body))
            part = ("reply", "user-exception", "system-exception")[int(header(reply)[1])]
            found.append(block(kind, operation, part, reply, 24))
    (HERE / kind).mkdir(exist_ok=True)
    for operation, found in blocks.items():
        (HERE / kind / f"{operation}.hex").write_text("\n".join(found))


if __name__ == "__main__":
    main(sys.argv[1])
