"""Record golden event messages: the frames that a real server publishes over ZMQ.

Run by hand, with PyTango and pyzmq installed, from this directory::

    python capture_events.py pytango          # starts peer_events.py
    python capture_events.py cpptango DEVICE  # a TangoTest 9.3.4 registered in a database

Each message becomes one block: a line with its topic and sender, then its frames in hex.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import tango
import zmq

HERE = Path(__file__).parent
NAMES = ("d", "l", "l64", "s", "sp", "im", "st", "en", "b", "bad")
POLLED = ("double_scalar", "State", "string_scalar", "short_spectrum", "throw_exception")


class Listener:
    """Subscribes as a client does, and keeps every message."""

    def __init__(self, device: tango.DeviceProxy, admin: tango.DeviceProxy, name: str) -> None:
        self.device, self.admin, self.name = device, admin, name
        self.socket = zmq.Context.instance().socket(zmq.SUB)
        self.socket.setsockopt(zmq.SUBSCRIBE, b"")
        self.connected: set[str] = set()
        self.messages: list[list[bytes]] = []

    def subscribe(self, attribute: str, event: str, idl: str = "6") -> None:
        argument = [self.name, attribute, "subscribe", event, idl]
        _, strings = self.admin.command_inout("ZmqEventSubscriptionChange", argument)
        for endpoint in set(strings[:2]) - self.connected:
            self.connected.add(endpoint)
            self.socket.connect(endpoint)

    def listen(self, seconds: float) -> None:
        end = time.time() + seconds
        while time.time() < end:
            if self.socket.poll(50):
                self.messages.append(self.socket.recv_multipart())


def from_pytango() -> Listener:
    base = "tango://127.0.0.1:21002"
    device = tango.DeviceProxy(f"{base}/test/ev/1#dbase=no")
    listener = Listener(device, tango.DeviceProxy(f"{base}/dserver/Ev/test#dbase=no"), "test/ev/1")
    for name in NAMES:
        for event in ("change", "archive", "alarm"):
            listener.subscribe(name, event)
    for event in ("user_event", "data_ready", "attr_conf"):
        listener.subscribe("d", event)
    listener.subscribe("dummy", "intr_change")
    time.sleep(0.5)
    for command in ("Push", "Conf", "Dyn"):
        device.command_inout(command)
        listener.listen(0.5)
    listener.listen(12)
    return listener


def from_cpptango(name: str) -> Listener:
    device = tango.DeviceProxy(name)
    listener = Listener(device, tango.DeviceProxy(device.adm_name()), name)
    for attribute in POLLED:
        device.poll_attribute(attribute, 200)
        listener.subscribe(attribute, "periodic")
    config = device.get_attribute_config("double_scalar")
    config.events.ch_event.abs_change = "0.01"
    config.events.arch_event.archive_abs_change = "0.01"
    device.set_attribute_config(config)
    for event in ("change", "archive", "attr_conf"):
        listener.subscribe("double_scalar", event)
    for event in ("change", "attr_conf"):
        listener.subscribe("double_scalar", event, "4")
    listener.subscribe("State", "change")
    time.sleep(0.5)
    config.unit = "V"
    device.set_attribute_config(config)
    listener.listen(14)
    return listener


def main(kind: str, *names: str) -> None:
    if kind == "pytango":
        server = subprocess.Popen([sys.executable, str(HERE / "peer_events.py"), "21002"])
        try:
            time.sleep(3)
            listener = from_pytango()
        finally:
            server.kill()
        sender = "PyTango 10.3.1 server"
    else:
        listener = from_cpptango(*names)
        sender = "C++ TangoTest 9.3.4"
    blocks: dict[str, list[str]] = {}
    for topic, *frames in listener.messages:
        if not frames:
            continue  # the dummy message that follows a heartbeat
        lines = [f"# {topic.decode()} from {sender}"]
        for frame in frames:
            lines += ["frame", *textwrap.wrap(frame.hex(), 96)]
        found = blocks.setdefault(topic.decode().rsplit(".", 1)[1], [])
        block = "\n".join(lines) + "\n"
        if block not in found and len(found) < 12:
            found.append(block)
    (HERE / "events").mkdir(exist_ok=True)
    for event, found in blocks.items():
        (HERE / "events" / f"{kind}-{event}.hex").write_text("\n".join(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
