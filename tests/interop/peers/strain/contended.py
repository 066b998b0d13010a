"""contended.py SECONDS: load on one server whose devices call each other, and what became of it.

Blocking devices, asyncio ones and blocking ones on the asyncio server's loop call themselves and
one another while clients read, write, subscribe, send nonsense and leave in mid-request; garbage is
made all the while. Prints one line of JSON: whether the server lives, the rounds of each kind of
load, and the errors that are not to be.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import puretango
from puretango.asyncio import DeviceProxy as AsyncProxy
from puretango.client import ClientContext
from puretango.server import Device, Server, attribute, command
from puretango.values import GreenMode

CHAINS = ("s", "ts", "sts", "lsl", "us", "su", "tslu")
"""What the device s calls, one behind the other."""


class Noisy(Device):
    """Counts, pushes, makes garbage, and calls others."""

    level = 0.0

    def init_device(self) -> None:
        super().init_device()
        self.count = 0
        self.set_change_event("pushed", True, False)

    @attribute(dtype=int, polling_period=50, abs_change=1)
    def polled(self) -> int:
        self.count += 1
        return self.count

    @attribute(dtype=int)
    def pushed(self) -> int:
        return self.count

    w = attribute(dtype=float, fget="read_w", fset="write_w")

    def read_w(self) -> float:
        return self.level

    def write_w(self, value: float) -> None:
        self.level = value

    @attribute(dtype=(float,), max_dim_x=200_000)
    def big(self) -> list[float]:
        return [1.0] * 20_000

    @command
    def Push(self) -> None:
        self.count += 1
        self.push_change_event("pushed", self.count)
        circle: list[Any] = []
        circle.append(circle)

    @command
    def Hold(self, seconds: float) -> None:
        time.sleep(seconds)

    @command
    def Call(self, names: list[str]) -> str:
        if not names:
            return str(self.get_name())
        return str(puretango.DeviceProxy(names[0]).command_inout("Call", names[1:]))


class Quiet(Device):
    """The same on a loop."""

    green_mode = GreenMode.Asyncio

    @command
    async def Call(self, names: list[str]) -> str:
        if not names:
            return str(self.get_name())
        proxy = await AsyncProxy(names[0])
        return str(await proxy.command_inout("Call", names[1:]))


def serve() -> None:
    """The server process: one blocking server and one with a loop, until its input ends."""
    faulthandler.enable()
    gc.set_threshold(50)
    with (
        Server("one", [Noisy], devices={"Noisy": ["x/x/s", "x/x/t"]}) as one,
        Server("two", [Noisy, Quiet], devices={"Noisy": ["x/x/u"], "Quiet": ["x/x/l"]}) as two,
    ):
        servers = {"s": one, "t": one, "u": two, "l": two}
        print(json.dumps({k: v.access(f"x/x/{k}") for k, v in servers.items()}), flush=True)
        sys.stdin.read()


class Load:
    """The clients, each in a thread of its own."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names
        self.over = threading.Event()
        self.rounds: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        place = names["s"].split("/")[2].split(":")
        self.place = (place[0], int(place[1]))

    def begin(self) -> None:
        """Start the clients."""
        for act in (*[self.calls] * 2, *[self.chains] * 2, *[self.subscribe] * 2, self.nonsense):
            threading.Thread(target=self._repeat, args=(act,), daemon=True).start()
        threading.Thread(target=self._repeat, args=(self.leave,), daemon=True).start()

    def _repeat(self, act: Callable[[], None]) -> None:
        while not self.over.is_set():
            try:
                act()
            except puretango.DevFailed as failed:
                if not self.over.is_set():
                    self.wrong[f"{act.__name__}: {failed.args[0].reason}"] += 1
            except OSError:
                self.rounds["refused"] += 1
            self.rounds[act.__name__] += 1

    def calls(self) -> None:
        proxy = puretango.DeviceProxy(self.names["s"])
        proxy.write_attribute("w", 1.0)
        proxy.read_attributes(["w", "polled", "State"])
        proxy.read_attribute("big")
        proxy.command_inout("Hold", 0.003)

    def chains(self) -> None:
        chain = random.choice(CHAINS)
        found = puretango.DeviceProxy(self.names["s"]).command_inout(
            "Call", [self.names[one] for one in chain]
        )
        if found != f"x/x/{chain[-1]}":
            self.wrong[f"{chain}: {found}"] += 1

    def subscribe(self) -> None:
        proxy = puretango.DeviceProxy(self.names["s"])
        kind = puretango.EventType.CHANGE_EVENT
        ids = [proxy.subscribe_event(name, kind, lambda _: None) for name in ("polled", "pushed")]
        proxy.command_inout("Push")
        for one in ids:
            proxy.unsubscribe_event(one)

    def nonsense(self) -> None:
        with socket.create_connection(self.place, 3) as sock:
            sock.sendall(b"GIOP\x01\x02\x01\x00\x10\0\0\0" + os.urandom(16))
        self.over.wait(0.01)

    def leave(self) -> None:
        """Ask, and be gone before the reply."""
        with closing(ClientContext()) as context:
            puretango.DeviceProxy(self.names["t"], context=context).command_inout_asynch(
                "Hold", 0.002
            )
        self.over.wait(0.03)


def main(seconds: float) -> int:
    """Start the server, load it, and tell."""
    program = [sys.executable, str(Path(__file__).resolve()), "serve"]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        errors: list[str] = []
        reading = threading.Thread(target=lambda: errors.extend(server.stderr or ()), daemon=True)
        reading.start()
        load = Load(json.loads(server.stdout.readline()))
        load.begin()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and server.poll() is None:
            load.over.wait(0.2)
        load.over.set()
        lives = server.poll() is None
        answers = lives and _answers(load.names["s"])
        server.kill()
        reading.join(5)
    fatal = [line for line in errors if "Fatal" in line or "Traceback" in line]
    told = {
        "python": sys.version.split()[0],
        "lives": lives,
        "answers": answers,
        "rounds": dict(load.rounds),
        "wrong": dict(load.wrong),
        "fatal": fatal[:5],
        "last words": [] if lives else errors[-20:],
    }
    print(json.dumps(told), flush=True)
    return 0 if lives and answers and not load.wrong and not fatal else 1


def _answers(name: str) -> bool:
    """True if the server still does what it is asked, itself among its clients."""
    try:
        return bool(puretango.DeviceProxy(name).command_inout("Call", [name]) == "x/x/s")
    except puretango.DevFailed:
        return False


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        code = main(float(sys.argv[1]))
        sys.stdout.flush()
        os._exit(code)  # the clients' threads are in mid-call
