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

CLIENT = {
    "pytango": """
import tango, numpy as np, sys
d = tango.DeviceProxy(sys.argv[1])
d.ping(); d.info(); d.state(); d.status(); d.name(); d.description(); d.adm_name(); d.black_box(5)
d.command_list_query(); d.command_query("LSA"); d.attribute_list_query(); d.get_attribute_list()
cfg = d.get_attribute_config("cfg"); d.get_attribute_config("enum1")
cfg.description = "h\\xe9"; d.set_attribute_config(cfg)
d.read_attributes([a for a in d.get_attribute_list()])
for a in d.get_attribute_list():
    try: d.read_attribute(a)
    except tango.DevFailed: pass
for t in "bool uchar short ushort long ulong long64 ulong64 float double".split():
    d.write_attribute(t + "0", 1); d.write_attribute(t + "1", [1, 0]); d.write_attribute(t + "2", [[1, 0], [0, 1], [1, 1]])
    d.read_attributes([t + "0", t + "1", t + "2"])
    if t != "uchar": d.command_inout("C" + t, 1); d.command_inout("C" + t + "s", [1, 0, 1])
d.write_attribute("string0", "\\xe9t\\xe9"); d.write_attribute("string1", ["a", "", "ccc"]); d.write_attribute("string2", [["a", "b"], ["c", "d"]])
d.write_attribute("state0", tango.DevState.FAULT); d.write_attribute("state1", [tango.DevState.ON])
d.write_attribute("enum0", 2); d.write_attribute("enum1", [0, 1, 2]); d.write_attribute("enc", ("f", b"abcde"))
d.write_attribute("double1", []); d.read_attribute("double1")
d.read_attributes(["string0", "string1", "string2", "state0", "state1", "enum0", "enum1", "enc"])
d.write_attributes([("double0", 1.5), ("long0", 3)])
d.write_read_attribute("double0", 2.5); d.write_read_attributes([("double0", 3.5), ("long0", 4)], ["string0", "double0"])
d.command_inout("Cstring", "x\\xe9"); d.command_inout("Cstrings", ["a", "b\\xe9"])
d.command_inout("LSA", ([1, 2], ["a", "bb"])); d.command_inout("DSA", ([1.5], ["a"])); d.command_inout("Enc", ("fmt", b"\\x00\\x01"))
d.command_inout("St", tango.DevState.MOVING); d.command_inout("Void"); d.command_inout("Lots"); d.State(); d.Status()
for f in (lambda: d.command_inout("Fail"), lambda: d.write_attribute("cfg", 100), lambda: d.write_attributes([("cfg", 100), ("nosuch", 1)]), lambda: d.command_inout("Nope"), lambda: d.read_attributes(["bad", "nosuch"])):
    try: f()
    except tango.DevFailed: pass
d.poll_command("Void", 50); d.poll_attribute("double0", 50); d.poll_attribute("double1", 50); d.poll_attribute("string0", 50); d.poll_attribute("bad", 50); d.poll_command("State", 50)
import time; time.sleep(0.4)
d.set_source(tango.DevSource.CACHE_DEV); d.read_attribute("double0"); d.attribute_history("double0", 4); d.attribute_history("double1", 3); d.attribute_history("string0", 3); d.attribute_history("bad", 3); d.command_history("State", 3)
""",
    "cpptango": """
import tango, sys, time
d = tango.DeviceProxy(sys.argv[1])
d.ping(); d.info(); d.state(); d.status(); d.name(); d.description(); d.adm_name(); d.black_box(5)
d.command_list_query(); d.command_query("DevDouble"); d.attribute_list_query()
d.get_attribute_config("ampli"); d.get_attribute_config("State")
names = [a for a in d.get_attribute_list() if not a.endswith("_image") and a != "wave"]
d.read_attributes(names)
for a in ("double_scalar", "ampli", "State", "Status", "throw_exception", "string_spectrum_ro", "encoded_image", "short_image_ro"):
    try: d.read_attribute(a)
    except tango.DevFailed: pass
d.write_attribute("ampli", 2.0); d.write_read_attribute("ampli", 3.0); d.write_attribute("string_scalar", "abc"); d.write_attribute("boolean_spectrum", [True, False])
for c, v in dict(DevBoolean=True, DevDouble=1.5, DevFloat=1.5, DevLong=-3, DevLong64=-4, DevShort=-5, DevULong=6, DevULong64=7, DevUShort=8, DevString="hello", DevVarDoubleArray=[1.0, 2.0], DevVarFloatArray=[1.0], DevVarLongArray=[1, -2], DevVarLong64Array=[1], DevVarShortArray=[1], DevVarULongArray=[1], DevVarULong64Array=[1], DevVarUShortArray=[1], DevVarCharArray=[1, 2, 3], DevVarStringArray=["a", "bb"], DevVarLongStringArray=([1], ["a"]), DevVarDoubleStringArray=([1.0], ["a"])).items():
    d.command_inout(c, v)
d.command_inout("DevVoid")
for f in (lambda: d.write_attribute("ampli", "x"), lambda: d.command_inout("Nope"), lambda: d.read_attribute("nosuch")):
    try: f()
    except Exception: pass
d.poll_attribute("double_scalar", 100); d.poll_attribute("State", 100); d.poll_command("DevVoid", 100); d.poll_command("State", 100); time.sleep(0.6)
d.attribute_history("double_scalar", 3); d.attribute_history("State", 3); d.command_history("State", 3)
""",
}


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
            threading.Thread(target=self._pump, args=(client, upstream, pair[0]), daemon=True).start()
            threading.Thread(target=self._pump, args=(upstream, client, pair[1]), daemon=True).start()

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
        subprocess.run([sys.executable, "-c", CLIENT[kind], trl], check=True, timeout=60)
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
            if reply is None or (operation, message[body:], reply[24:64]) in seen or len(reply) > 20000:
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
