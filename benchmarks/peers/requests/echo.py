"""A bare TCP echo: ``echo serve PORT`` answers, ``echo ask PORT`` times questions and answers of given sizes."""

from __future__ import annotations

import json
import socket
import struct
import sys

from benchmarks.peers.requests.client import timed

_HEAD = struct.Struct("<II")


def _receive(sock: socket.socket, view: memoryview, size: int) -> bool:
    got = 0
    while got < size:
        count = sock.recv_into(view[got:size], 0, socket.MSG_WAITALL)
        if not count:
            return False
        got += count
    return True


def serve(port: int) -> None:
    """Answer one client until it leaves: each question says how long it and its answer are."""
    listener = socket.create_server(("127.0.0.1", port))
    print(json.dumps({"ready": True}), flush=True)
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = memoryview(bytearray(16 << 20))
        answer = memoryview(bytes(16 << 20))
        while (first := sock.recv_into(buffer)) != 0:
            size, wanted = _HEAD.unpack_from(buffer)
            if first < size and not _receive(sock, buffer[first:], size - first):
                break
            sock.sendall(answer[:wanted])


def ask(port: int) -> None:
    """Time questions until the input ends."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = memoryview(bytearray(16 << 20))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        size, wanted = max(request["sizes"][0], _HEAD.size), request["sizes"][1]
        question = _HEAD.pack(size, wanted) + bytes(size - _HEAD.size)

        def call(question: bytes = question, wanted: int = wanted) -> None:
            sock.sendall(question)
            first = sock.recv_into(buffer)
            if first < wanted:
                _receive(sock, buffer, wanted - first)

        print(json.dumps({"us": timed(call, request["seconds"])}), flush=True)


if __name__ == "__main__":
    {"serve": serve, "ask": ask}[sys.argv[1]](int(sys.argv[2]))
