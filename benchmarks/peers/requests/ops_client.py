"""A client of either side for the operations benchmark: ``ops_client SIDE TRL DEVICES``."""

from __future__ import annotations

import asyncio
import itertools
import json
import struct
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.peers._side import module
from benchmarks.peers.requests.client import timed

Call = Callable[[], object]
TCP_INFO = 11
"""The socket option, and where in it the octets sent and received stand (Linux)."""
_ACKED, _RECEIVED = 120, 128


class Calls:
    """What makes each call that is timed, by its name."""

    def __init__(self, tango: Any, trl: str, devices: int) -> None:
        self.tango = tango
        self.trl = trl
        self.devices = devices
        self.proxy = tango.DeviceProxy(trl)
        self.numbers = itertools.count()

    def _next(self) -> float:
        return next(self.numbers) * 0.5

    def table(self) -> dict[str, Callable[[], Call]]:
        """Name → maker of the call."""
        d = self.proxy
        texts = itertools.cycle([f"a text {number}" for number in range(1000)])
        colours, truths = itertools.cycle((0, 1, 2)), itertools.cycle((True, False))
        array = np.arange(1000.0)
        listed = array.tolist()
        image = np.zeros((1024, 1024), np.int32)
        names = [f"value{number}" for number in range(50)]
        read, write, run = d.read_attribute, d.write_attribute, d.command_inout
        return {
            "ping": lambda: d.ping,
            "state()": lambda: d.state,
            "status()": lambda: d.status,
            "read double": lambda: partial(read, "double"),
            "read bool": lambda: partial(read, "boolean"),
            "read with alarms": lambda: partial(read, "guarded"),
            "read string": lambda: partial(read, "text"),
            "read enum": lambda: partial(read, "colour"),
            "read State": lambda: partial(read, "State"),
            "write double": lambda: lambda: write("double", self._next()),
            "write bool": lambda: lambda: write("boolean", next(truths)),
            "write string": lambda: lambda: write("text", next(texts)),
            "write enum": lambda: lambda: write("colour", next(colours)),
            "write_read": lambda: lambda: d.write_read_attribute("double", self._next()),
            "command void": lambda: partial(run, "nothing"),
            "command double, constant": lambda: partial(run, "twice", 2.5),
            "command double, changing": lambda: lambda: run("twice", self._next()),
            "command string": lambda: lambda: run("echo", next(texts)),
            "command, array of 1,000": lambda: partial(run, "echo_array", array),
            "command, list of 1,000": lambda: partial(run, "echo_array", listed),
            "read 1 attribute": lambda: partial(d.read_attributes, names[:1]),
            "read 10 attributes": lambda: partial(d.read_attributes, names[:10]),
            "read 50 attributes": lambda: partial(d.read_attributes, names),
            "spectrum of 1,000 doubles": lambda: partial(read, "spectrum"),
            "spectrum of 1,000 strings": lambda: partial(read, "texts_"),
            "write array of 1,000": lambda: partial(write, "spectrum", array),
            "write list of 1,000": lambda: partial(write, "spectrum", listed),
            "image 4 MiB, read": lambda: partial(read, "image"),
            "image 4 MiB, write": lambda: partial(write, "image", image),
            "encoded 1 MiB": lambda: partial(read, "encoded"),
            "dev.attr": lambda: lambda: d.double,
            "dev.attr = v": lambda: lambda: setattr(d, "double", self._next()),
            "futures read": self._futures,
            "configuration of 1": lambda: partial(d.get_attribute_config, ["double"]),
            "configuration of 50": lambda: partial(d.get_attribute_config, names),
            "info()": lambda: d.info,
            "Group of 20: read": lambda: partial(self._group().read_attribute, "double"),
            "Group of 20: command": lambda: partial(self._group().command_inout, "twice", 2.5),
            "DeviceProxy made": lambda: partial(self.tango.DeviceProxy, self.trl),
            "1,000 attributes in turn": lambda: self._in_turn(1000),
            "5,000 attributes in turn": lambda: self._in_turn(5000),
        }

    def _futures(self) -> Call:
        proxy = module(sys.argv[1], "futures").DeviceProxy(self.trl)
        proxy = proxy.result() if hasattr(proxy, "result") else proxy
        return lambda: proxy.read_attribute("double", wait=False).result()

    def _group(self) -> Any:
        group = self.tango.Group("bench")
        for number in range(self.devices):
            group.add(self.trl.replace("bench/1", f"bench/{number + 1}"))
        return group

    def _in_turn(self, count: int) -> Call:
        names = itertools.cycle([f"value{number}" for number in range(count)])
        read = self.proxy.read_attribute
        for _ in range(count):  # the first round prepares
            read(next(names))
        return lambda: read(next(names))


def threads(proxy: Any, count: int, seconds: float) -> list[float]:
    """Microseconds per read of some threads that share a proxy, all in all."""
    counts = [0] * count
    end = time.perf_counter() + seconds

    def work(index: int) -> None:
        while time.perf_counter() < end:
            for _ in range(20):
                proxy.read_attribute("double")
            counts[index] += 20

    started = time.perf_counter()
    running = [threading.Thread(target=work, args=(index,)) for index in range(count)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return [(time.perf_counter() - started) / sum(counts) * 1e6]


def written(proxy: Any, start: float, seconds: float) -> float:
    """How many writes are made from a moment on."""
    time.sleep(max(0.0, start - time.time()))
    count, end = 0, start + seconds
    while time.time() < end:
        proxy.write_attribute("double", float(count))
        count += 1
    return count


ASYNC: dict[str, tuple[int, Callable[[Any, Any], Awaitable[object]]]] = {
    "asyncio read": (1, lambda proxy, value: proxy.read_attribute("double")),
    "asyncio write": (1, lambda proxy, value: proxy.write_attribute("double", value)),
    "asyncio command": (1, lambda proxy, value: proxy.command_inout("twice", value)),
    "20 asyncio reads gathered": (
        20,
        lambda proxy, value: asyncio.gather(*(proxy.read_attribute("double") for _ in range(20))),
    ),
}


async def awaited(proxies: Any, trl: str, case: str, seconds: float) -> list[float]:
    """The same on a loop, awaited one by one."""
    many, call = ASYNC[case]
    proxy = await proxies.DeviceProxy(trl)
    clock = time.perf_counter
    for _ in range(3):
        await call(proxy, 0.25)
    turns = max(1, 20 // many)
    found, end, numbers = [], clock() + seconds, itertools.count()
    while clock() < end or not found:
        started = clock()
        for _ in range(turns):
            await call(proxy, next(numbers) * 0.5)
        found.append((clock() - started) / turns * 1e6)
    return found


def sizes(calls: Calls, call: Call) -> list[int]:
    """Octets that our client sends and receives for a call: what an echo has to carry."""
    for _ in range(3):
        call()
    sock = calls.proxy._session.link._stream._sock

    def counted() -> tuple[int, int]:
        time.sleep(0.05)  # until the last ones are acknowledged
        info = sock.getsockopt(6, TCP_INFO, 192)
        return struct.unpack_from("<Q", info, _ACKED)[0], struct.unpack_from("<Q", info, _RECEIVED)[
            0
        ]

    before = counted()
    call()
    after = counted()
    return [after[0] - before[0], after[1] - before[1]]


def main() -> None:
    """Answer until the input ends."""
    side, trl, devices = sys.argv[1:4]
    calls = Calls(module(side), trl, int(devices))
    known = calls.table()
    ready: dict[str, Call] = {}
    runner = asyncio.Runner()  # PyTango's asyncio side knows one loop per process
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        case, seconds = request["case"], request["seconds"]
        try:
            if case in ASYNC:
                found = runner.run(awaited(module(side, "asyncio"), trl, case, seconds))
            elif case == "rate":
                found = [written(calls.proxy, request["start"], seconds)]
            elif case.endswith("threads"):
                found = threads(calls.proxy, int(case.split()[0]), seconds)
            else:
                call = ready.get(case) or ready.setdefault(case, known[case]())
                found = sizes(calls, call) if request.get("sizes") else timed(call, seconds)
            answer: dict[str, Any] = {"us": found}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
