"""What the acts share: devices registered, servers started and ended; only names that PyTango has too."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tango

HERE = Path(__file__).parent


def define(server: str, cls: str, *devices: str) -> tango.Database:
    """Put a server with its devices into the database."""
    database = tango.Database()
    for name, kind in [*((device, cls) for device in devices), (f"dserver/{server}", "DServer")]:
        info = tango.DbDevInfo()
        info.name, info.server, info._class = name, server, kind
        database.add_device(info)
    return database


def until(found: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """The first true answer; AssertionError after the time is up."""
    deadline = time.monotonic() + seconds
    error: object = None
    while time.monotonic() < deadline:
        try:
            if answer := found():
                return answer
        except (tango.DevFailed, AssertionError) as failure:
            error = failure
        time.sleep(0.1)
    raise AssertionError(f"never: {what} ({error})")


@contextmanager
def serving(device: str, command: Sequence[str]) -> Iterator[tango.DeviceProxy]:
    """A server as a process of its own, until the block ends; its device when it answers."""
    with open(f"{command[-1].replace('/', '_')}.log", "ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:

        def answering() -> tango.DeviceProxy:
            if process.poll() is not None:
                raise RuntimeError(f"{command} ended: {Path(log.name).read_text()[-800:]}")
            # A new one each time: one that has failed waits for a second before it tries again.
            proxy = tango.DeviceProxy(device)
            proxy.ping()
            return proxy

        yield until(answering, f"{device} answers", 90.0)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # FastCS' loop goes on, with PyTango too
            process.kill()
            process.wait(30)


def script(name: str) -> str:
    """A console command of this environment."""
    return os.path.join(os.path.dirname(sys.executable), name)


def author(name: str, instance: str) -> list[str]:
    """The command line of a server in one of the acts' folders."""
    (file,) = HERE.rglob(f"{name}.py")
    return [sys.executable, str(file), instance]


def free_port() -> int:
    """A TCP port that nobody listens at."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
