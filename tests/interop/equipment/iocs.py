"""Simulated EPICS IOCs as processes of their own, and programs that talk to them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Ioc:
    """A running IOC: what a client needs to reach it and no other."""

    prefix: str
    port: int
    directory: Path
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """Channel Access on loopback, on this IOC's own port, for clients and servers."""
        return {
            "EPICS_CA_ADDR_LIST": "127.0.0.1",
            "EPICS_CA_AUTO_ADDR_LIST": "NO",
            "EPICS_CA_SERVER_PORT": str(self.port),
            "TMPDIR": str(self.directory),
        }

    def python(self, source: str, *, timeout: float = 50.0, **values: Any) -> Any:
        """Run a program that sees `values` by name; what it puts into `result` comes back."""
        return run_python(source, self.environment, timeout=timeout, **values)


PROLOGUE = """
import json, os, sys
globals().update(json.loads(sys.argv[1]))
os.environ["OPHYD_CONTROL_LAYER"] = "caproto"
result = None
"""
# Client threads of ophyd and caproto do not end by themselves.
EPILOGUE = """
print("RESULT" + json.dumps(result, default=lambda value: value.tolist()))
sys.stdout.flush(); os._exit(0)
"""


def run_python(
    source: str, environment: dict[str, str], *, timeout: float = 50.0, **values: Any
) -> Any:
    """Run `source` in a process of its own and return its `result`."""
    program = PROLOGUE + textwrap.dedent(source) + EPILOGUE
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, json.dumps(values)],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    if done.returncode or not lines:
        pytest.fail(
            f"the program failed:\n{done.stdout[-4000:]}\n{done.stderr[-6000:]}", pytrace=False
        )
    return json.loads(lines[-1].removeprefix("RESULT"))


def free_ca_port() -> int:
    """A port that is free for UDP searches and for TCP connections alike."""
    while True:
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            with contextlib.suppress(OSError):
                udp.bind(("127.0.0.1", port))
                return port


@contextlib.contextmanager
def serve(runner: str, prefix: str, directory: Path, **options: Any) -> Iterator[Ioc]:
    """Run `puretango.sim.<runner>(prefix, **options)` until the context ends."""
    port = free_ca_port()
    log = directory / f"{runner}.{port}.log"
    environment = {
        "EPICS_CA_ADDR_LIST": "127.0.0.1",
        "EPICS_CA_AUTO_ADDR_LIST": "NO",
        "EPICS_CA_SERVER_PORT": str(port),
        "EPICS_CAS_SERVER_PORT": str(port),
        "EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_CAS_AUTO_BEACON_ADDR_LIST": "NO",
        "EPICS_CAS_BEACON_ADDR_LIST": "127.0.0.1",
    }
    program = (
        "import json, sys; from pathlib import Path; import puretango.sim as sim;"
        "options = json.loads(sys.argv[3]);"
        "options = {k: Path(v) if k == 'root' else v for k, v in options.items()};"
        "getattr(sim, sys.argv[1])(sys.argv[2], **options)"
    )
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", program, runner, prefix, json.dumps(options, default=str)],
            env={**os.environ, **environment},
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        deadline = time.monotonic() + 30
        while "PVs ready" not in log.read_text():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{runner} did not start:\n{log.read_text()}", pytrace=False)
            time.sleep(0.05)
        yield Ioc(prefix, port, directory, log, process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
