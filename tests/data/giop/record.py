"""Records omniORB's GIOP 1.2, fragments included: a PyTango client, a recorder, a PyTango server.

``python tests/data/giop/record.py`` writes ``omniorb-1.2.hex`` beside it. The server is registered in
a puretango database and publishes the recorder's address, so that the client gets an IOR and speaks
GIOP 1.2 to it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

from puretango import Database, DbDevInfo
from puretango.database import DatabaseServer

HERE = Path(__file__).parent

SERVER = """
from tango.server import Device, command, run
class Golden(Device):
    @command(dtype_in=str, dtype_out=str)
    def Echo(self, text):
        return text
run([Golden])
"""

CLIENT = """
import tango
proxy = tango.DeviceProxy("test/golden/1")
proxy.ping()
for size in (10, 9_000, 17_000):
    assert len(proxy.Echo("x" * size)) == size
proxy.read_attribute("State")
"""


def pump(source: socket.socket, sink: socket.socket, record: bytearray) -> None:
    """Pass on and keep."""
    while data := source.recv(65536):
        record += data
        sink.sendall(data)
    sink.shutdown(socket.SHUT_WR)


def serve(listening: socket.socket, port: int, records: list[tuple[bytearray, bytearray]]) -> None:
    """Every connection to the recorder goes on to the server."""
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", port))
        pair = (bytearray(), bytearray())
        records.append(pair)
        for source, sink, record in ((client, server, pair[0]), (server, client, pair[1])):
            threading.Thread(target=pump, args=(source, sink, record), daemon=True).start()


def messages(stream: bytes) -> list[bytes]:
    """A stream's GIOP messages (both sides are little endian)."""
    found = []
    while stream:
        size = 12 + int.from_bytes(stream[8:12], "little")
        found.append(stream[:size])
        stream = stream[size:]
    return found


def main() -> None:
    """Record one session."""
    records: list[tuple[bytearray, bytearray]] = []
    with (
        DatabaseServer(":memory:", "127.0.0.1", 0) as db,
        socket.create_server(("127.0.0.1", 0)) as one,
    ):
        host, port = db.tango_host.split(":")
        info = DbDevInfo()
        info.name, info._class, info.server = "test/golden/1", "Golden", "Golden/test"
        Database(host, int(port)).add_device(info)
        with socket.create_server(("127.0.0.1", 0)) as two:
            real = two.getsockname()[1]
        environment = {**os.environ, "TANGO_HOST": db.tango_host, "ORBclientTransportRule": "* tcp"}
        arguments = ["test", "-ORBendPointNoPublish", f"giop:tcp:127.0.0.1:{real}"]
        arguments += ["-ORBendPointPublish", f"giop:tcp:127.0.0.1:{one.getsockname()[1]}"]
        script = SERVER.replace("run([Golden])", f"run([Golden], args=['Golden', *{arguments!r}])")
        server = subprocess.Popen([sys.executable, "-c", script], env=environment)
        threading.Thread(target=serve, args=(one, real, records), daemon=True).start()
        try:
            time.sleep(3)
            subprocess.run([sys.executable, "-c", CLIENT], env=environment, check=True)
            time.sleep(0.5)
        finally:
            server.kill()
            server.wait()
    blocks = []
    for number, pair in enumerate(records):
        for side, stream in zip(("client", "server"), pair, strict=True):
            blocks += [
                f"# {side} {number}\n" + "\n".join(textwrap.wrap(data.hex(), 96))
                for data in messages(bytes(stream))
            ]
    (HERE / "omniorb-1.2.hex").write_text("\n\n".join(blocks) + "\n")


if __name__ == "__main__":
    main()
