"""Two hosts with a router between them, as network namespaces; the router stops passing anything on, in silence.

`partition.py serve MODULE …` is the server on the one host, `partition.py watch MODULE` a client on the other;
`partition.py first MODULE WAY` makes one call when it is told, and tells how long that took.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SERVER, PORT = "10.213.2.2", 10999
DEVICE = f"tango://{SERVER}:{PORT}/far/away/1#dbase=no"
DEVICES = [DEVICE.replace("/1#", f"/{number}#") for number in range(1, 21)]
TIMEOUT = 1.5
"""Seconds that a client gives its calls."""
NUMBERS = itertools.count()


class Network:
    """The namespaces `…a` (the client's) and `…b` (the server's), and `…r` between them."""

    def __init__(self, name: str) -> None:
        self.name = name

    def command(self, host: str, *words: str) -> list[str]:
        """A command line that runs on a host."""
        return ["ip", "netns", "exec", self.name + host, *words]

    def pass_on(self, passing: bool) -> None:
        """Let the router pass on, or drop everything: no host notices anything but silence."""
        script = f"echo {int(passing)} > /proc/sys/net/ipv4/ip_forward"
        subprocess.run(self.command("r", "sh", "-c", script), check=True)

    def make(self) -> None:
        """Build it; CalledProcessError without the rights."""
        for host in "arb":
            _ip("netns", "add", self.name + host)
            _ip("-n", self.name + host, "link", "set", "lo", "up")
        for number, host in enumerate("ab", 1):
            near, far = f"10.213.{number}.1", f"10.213.{number}.2"
            ends = ("link", "add", f"to_{host}", "type", "veth", "peer", "name", "eth0")
            _ip("-n", self.name + "r", *ends, "netns", self.name + host)
            for place, end, address in (("r", f"to_{host}", near), (host, "eth0", far)):
                _ip("-n", self.name + place, "addr", "add", f"{address}/24", "dev", end)
                _ip("-n", self.name + place, "link", "set", end, "up")
            _ip("-n", self.name + host, "route", "add", "default", "via", near)
        self.pass_on(True)

    def remove(self) -> None:
        """Take away what is there of it."""
        for host in "arb":
            subprocess.run(
                ["ip", "netns", "del", self.name + host], check=False, capture_output=True
            )


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@contextmanager
def network() -> Iterator[Network | None]:
    """A network until the block ends; None where namespaces cannot be made."""
    made = Network(f"pt{os.getpid()}n{next(NUMBERS)}")
    try:
        if shutil.which("ip") is None or os.geteuid() != 0:
            yield None
            return
        try:
            made.make()
        except (OSError, subprocess.CalledProcessError):
            yield None
            return
        yield made
    finally:
        if shutil.which("ip") is not None:
            made.remove()


def serve(module: str, words: list[str]) -> None:
    """A device whose attribute counts."""
    server: Any = importlib.import_module(f"{module}.server")

    class Far(server.Device):  # type: ignore[misc, name-defined]  # the module is chosen at run time
        number = 0

        @server.attribute(dtype=int, polling_period=50, abs_change=1)  # type: ignore[untyped-decorator]  # the module is chosen at run time
        def count(self) -> int:
            self.number += 1
            return self.number

        @server.attribute(dtype=float)  # type: ignore[untyped-decorator]  # the module is chosen at run time
        def level(self) -> float:
            return 1.0

        @level.write  # type: ignore[untyped-decorator]  # the module is chosen at run time
        def level(self, value: float) -> None:
            pass

        @server.command(dtype_in=float, dtype_out=float)  # type: ignore[untyped-decorator]  # the module is chosen at run time
        def Echo(self, value: Any) -> Any:
            return value

    Far.run_server([Far.__name__, *words])


def watch(module: str) -> None:
    """Subscribe; then, with each line of input: a call, and how long until a call and an event go through."""
    tango = importlib.import_module(module)
    proxy = tango.DeviceProxy(DEVICE)
    proxy.set_timeout_millis(int(TIMEOUT * 1000))
    values: list[float] = []
    told: list[str] = []

    def note(event: Any) -> None:
        if event.err:
            told.append(event.errors[0].reason)
        else:
            values.append(time.monotonic())

    proxy.subscribe_event("count", tango.EventType.CHANGE_EVENT, note)
    while len(values) < 5:
        time.sleep(0.02)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        proxy.read_attribute("count")
        during = "went through"
    except tango.DevFailed as failed:
        during = failed.args[0].reason
    print("failed", flush=True)
    sys.stdin.readline()
    healed, before = time.monotonic(), len(values)
    call = _first(tango, proxy, healed)
    while len(values) == before and time.monotonic() < healed + 60:
        time.sleep(0.01)
    event = values[before] - healed if len(values) > before else None
    print(json.dumps({"during": during, "call": call, "event": event, "told": told}), flush=True)
    os._exit(0)


def _first(tango: Any, proxy: Any, since: float) -> float | None:
    while time.monotonic() < since + 60:
        try:
            proxy.read_attribute("count")
            return time.monotonic() - since
        except tango.DevFailed:
            pass
    return None


WAYS = (
    "read",
    "several",
    "write",
    "command",
    "asynch",
    "known",
    "subscribe",
    "fresh",
    "group",
    "futures",
    "asyncio",
)
"""Ways to make a call, each by a client of its own; `known` is a read that was made before."""


def first(module: str, way: str) -> None:
    """Connect; then, with a line of input, one call: how long it took, and its error's reasons."""
    tango = importlib.import_module(module)
    if way == "asyncio":
        asyncio.run(_first_on_a_loop(importlib.import_module(f"{module}.asyncio")))
        return
    importlib.import_module("zmq")  # or a busy machine's first subscription waits for the import
    proxy = tango.DeviceProxy(DEVICE)
    if way == "futures":
        proxy = importlib.import_module(f"{module}.futures").DeviceProxy(DEVICE)
    proxy.set_timeout_millis(int(TIMEOUT * 1000))
    proxy.ping()
    if way == "known":
        proxy.read_attribute("level")
    group = tango.Group("far")
    group.add(DEVICES, timeout_ms=int(TIMEOUT * 1000))
    group.ping()
    ways: dict[str, Callable[[], Any]] = {
        "read": lambda: proxy.read_attribute("level"),
        "known": lambda: proxy.read_attribute("level"),
        "futures": lambda: proxy.read_attribute("level"),
        "several": lambda: proxy.read_attributes(["level", "State"]),
        "write": lambda: proxy.write_attribute("level", 1.0),
        "command": lambda: proxy.command_inout("Echo", 1.0),
        "asynch": lambda: proxy.read_attribute_reply(
            proxy.read_attribute_asynch("level"), int(TIMEOUT * 1000)
        ),
        "subscribe": lambda: proxy.subscribe_event(
            "count", tango.EventType.CHANGE_EVENT, lambda _: None
        ),
        "fresh": lambda: tango.DeviceProxy(DEVICE),
        "group": lambda: _raise_failure(group.read_attribute("level")),
    }
    _wait_for_the_word()
    began = time.monotonic()
    reasons: list[str] = []
    try:
        ways[way]()
    except Exception as failed:  # of PyTango a TypeError of what it does not know
        reasons = _reasons(failed)
    _tell(began, reasons)


def _reasons(failed: BaseException) -> list[str]:
    return [getattr(each, "reason", type(failed).__name__) for each in failed.args]


def _raise_failure(replies: Any) -> None:
    for reply in replies:
        reply.get_data()


async def _first_on_a_loop(front: Any) -> None:
    proxy = await front.DeviceProxy(DEVICE)
    proxy.set_timeout_millis(int(TIMEOUT * 1000))
    await proxy.ping()
    _wait_for_the_word()
    began = time.monotonic()
    calls = [
        proxy.read_attribute("level"),
        proxy.write_attribute("level", 1.0),
        proxy.command_inout("Echo", 1.0),
    ]
    found = await asyncio.gather(*calls, return_exceptions=True)
    _tell(
        began,
        [reason for each in found if isinstance(each, Exception) for reason in _reasons(each)],
    )


def _wait_for_the_word() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def _tell(began: float, reasons: list[str]) -> None:
    print(json.dumps({"took": time.monotonic() - began, "reasons": reasons}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    elif sys.argv[1] == "first":
        first(*sys.argv[2:])
    else:
        watch(sys.argv[2])
