"""The pages: 1,000 values at 10 Hz to many browsers, and to a real one."""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from websockets.sync.client import ClientConnection, connect

from benchmarks.harness.process import Peer
from benchmarks.harness.row import OURS, Row, Wanted
from benchmarks.harness.settings import Settings
from benchmarks.peers.programs.webdevices import ATTRIBUTES, DEVICES
from tests.interop.web.browser import Browser, Tab

SUMMARY = "puretango web: 1,000 attributes of 10 devices, each a change event at 10 Hz; 10,000 devices registered"
BY_NAME = True
"""Runs only when it is named: it takes a minute, and a Chromium."""

NAMES = [
    f"bench/web/{device}/value_{attribute:02}"
    for device in range(DEVICES)
    for attribute in range(ATTRIBUTES)
]
BROWSERS = 10
SECONDS = 8.0


def run(settings: Settings) -> Iterator[Row]:
    """On all cores: the devices, the server, and whoever looks are processes of their own."""
    seconds = settings.seconds if settings.seconds >= 1 else SECONDS
    with ExitStack() as stack:
        devices = stack.enter_context(Peer("programs.webdevices"))
        host = devices.read()["tango_host"]
        server = stack.enter_context(Peer("programs.webserver", host))
        port = server.read()["port"]
        yield from _navigator(port)
        yield from _page(port)
        first = stack.enter_context(_socket(port))
        yield row("1,000 attributes subscribed", "s", _look(first, NAMES), 3)
        devices.ask(push=True)
        yield from _server(server, first, port, seconds)
        yield row("memory of the server", "MB", _memory(server), 120)
        yield from _browser(port, devices, seconds)


def row(name: str, unit: str, value: float, most: float) -> Row:
    """A figure of ours alone, and the most it may be."""
    return Row(name, unit, {OURS: value}, cores="all", wanted=Wanted(most=most))


# --------------------------------------------------------------------------- the server


def _get(port: int, path: str) -> float:
    """Milliseconds of a question."""
    begun = time.perf_counter()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/{path}", timeout=30) as answer:
        json.load(answer)
    return (time.perf_counter() - begun) * 1000


def _navigator(port: int) -> Iterator[Row]:
    _get(port, "me")
    cold = _get(port, "level?by=device")
    warm = [
        _get(port, path)
        for path in (
            "level?by=device&path=site03",
            "level?by=class",
            "level?by=server",
            "search?q=section07",
        )
        for _ in range(5)
    ]
    yield Row("first level after the server's start", "ms", {OURS: cold}, cores="all")
    yield row("a level, or a search, of 10,000 devices", "ms", statistics.median(warm), 200)


def _page(port: int) -> Iterator[Row]:
    """What a device page does: the interface, then all its values."""
    found = []
    for device in (8, 9):
        begun = time.perf_counter()
        _get(port, f"device?name=bench/web/{device}")
        with _socket(port) as socket:
            _look(socket, [name for name in NAMES if f"/{device}/" in name])
        found.append((time.perf_counter() - begun) * 1000)
    yield row("first values of a device of 100 attributes", "ms", statistics.median(found), 300)


def _socket(port: int) -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{port}/ws",
        origin=f"http://127.0.0.1:{port}",
        compression=None,
        max_size=None,
    )  # type: ignore[arg-type]  # passed on as they came


def _look(socket: ClientConnection, names: list[str]) -> float:
    """Seconds until each of these has a value."""
    begun = time.perf_counter()
    socket.send(json.dumps({"add": names}))
    seen: set[int] = set()
    while len(seen) < len(names):
        seen |= set(_indices(socket.recv(30)))
    return time.perf_counter() - begun


def _indices(message: Any) -> list[int]:
    if isinstance(message, str) or int.from_bytes(message[:4], "little") != 1:
        return []
    count = int.from_bytes(message[4:8], "little")
    found: list[int] = np.frombuffer(message, "<u4", count, 16 + 24 * count).tolist()
    return found


class _Reader(threading.Thread):
    """A browser that only takes."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__(daemon=True)
        self.socket = socket
        self.values = 0
        self.start()

    def run(self) -> None:
        try:
            while True:
                message = self.socket.recv()
                if not isinstance(message, str):
                    self.values += int.from_bytes(message[4:8], "little")
        except Exception:
            return  # closed


def _server(server: Peer, first: ClientConnection, port: int, seconds: float) -> Iterator[Row]:
    reader = _Reader(first)
    time.sleep(2)
    one, rate = _load(server, reader, seconds)
    with ExitStack() as stack:
        sockets = [stack.enter_context(_socket(port)) for _ in range(BROWSERS)]
        for socket in sockets:
            _look(socket, NAMES)
            _Reader(socket)
        time.sleep(1)
        many, _ = _load(server, reader, seconds)
    first.close()
    per_browser = max(0.0, (many - one) / BROWSERS)
    yield Row(
        "values that reach a browser",
        "1/s",
        {OURS: rate},
        cores="all",
        less_is_better=False,
        wanted=Wanted(least=9_000),
    )
    yield row("server per browser", "% of a core", per_browser, 2)
    yield row("server for the events, once", "% of a core", max(0.0, one - per_browser), 30)


def _load(server: Peer, reader: _Reader, seconds: float) -> tuple[float, float]:
    before, values, begun = server.processor(), reader.values, time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - begun
    return 100 * (server.processor() - before) / took, (reader.values - values) / took


def _memory(server: Peer) -> float:
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


# -------------------------------------------------------------------------- the browser


def _browser(port: int, devices: Peer, seconds: float) -> Iterator[Row]:
    order = json.dumps({"name": "bench", "attributes": NAMES, "plotted": NAMES[:4]}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/watch-list/save", order, {"X-Puretango": "1"}
    )
    urllib.request.urlopen(request, timeout=30).close()
    with tempfile.TemporaryDirectory() as directory, Browser(Path(directory)) as browser:
        tab = browser.tab(f"http://127.0.0.1:{port}/w/bench", 1400, 900)
        tab.until(
            "window.puretango.stats.values > 5000 && document.querySelector('.plot canvas')", 60
        )
        time.sleep(3)
        tab.ask("Performance.enable")
        tab.js("window.puretango.stats.measure = true")
        before, spent, begun = _metrics(tab), _renderers(browser), time.monotonic()
        time.sleep(seconds)
        after, took = _metrics(tab), time.monotonic() - begun
        share = lambda name: 100 * (after[name] - before[name]) / took  # noqa: E731
        yield row("script in the browser", "% of a core", share("ScriptDuration"), 20)
        yield Row(
            "layout in the browser",
            "% of a core",
            {OURS: share("LayoutDuration") + share("RecalcStyleDuration")},
            cores="all",
        )
        yield row(
            "the whole renderer", "% of a core", 100 * (_renderers(browser) - spent) / took, 50
        )
        latency = sorted(tab.js("window.puretango.stats.latency"))
        yield Row(
            "event to pixel, median", "ms", {OURS: 1000 * statistics.median(latency)}, cores="all"
        )
        yield row(
            "event to pixel, 95th percentile", "ms", 1000 * latency[int(0.95 * len(latency))], 150
        )
        yield from _first_values(tab, port)
        tab.open(f"http://127.0.0.1:{port}/w/bench")
        devices.ask(push=False)
        time.sleep(2)
        idle = tab.js("window.puretango.stats.paints")
        time.sleep(3)
        yield row(
            "frames of an idle page", "in 3 s", tab.js("window.puretango.stats.paints") - idle, 0
        )


def _first_values(tab: Tab, port: int) -> Iterator[Row]:
    """From a typed address to painted values: all files (kept by the browser), the interface, the subscriptions."""
    found = []
    for device in (1, 2, 3, 4, 5):
        tab.open(f"http://127.0.0.1:{port}/d/bench/web/{device}")
        found.append(tab.until("window.puretango.stats.first"))
    yield row(
        "a device page in Chromium, address to first values", "ms", statistics.median(found), 300
    )


def _metrics(tab: Tab) -> dict[str, float]:
    return {each["name"]: each["value"] for each in tab.ask("Performance.getMetrics")["metrics"]}


def _renderers(browser: Browser) -> float:
    """Seconds of processor time of the browser's renderers."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            command = (path / "cmdline").read_bytes()
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if b"--type=renderer" in command and int(fields[2]) == browser.pid:
            total += (int(fields[11]) + int(fields[12])) / 100
    return total
