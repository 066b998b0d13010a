"""A simulated EPICS IOC as a process of its own, on a port of its own."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

__all__ = ["SimulatedIoc"]

_RUNNERS = {"busy": "run_busy_ioc", "pilatus": "run_pilatus_ioc"}
_PROGRAM = """
import json, sys
from pathlib import Path
import puretango.sim
runner, prefix, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
if "root" in options:
    options["root"] = Path(options["root"])
getattr(puretango.sim, runner)(prefix, **options)
"""


class SimulatedIoc:
    """``with SimulatedIoc("busy", "prj:") as ioc:`` runs the IOC until the block ends.

    Only clients with the environment variables of `environment` reach it: it
    listens on loopback and on a port that nobody else has. `use` sets them in
    this process; that must happen before a Channel Access library starts.
    """

    def __init__(self, kind: Literal["busy", "pilatus"], prefix: str, **options: Any) -> None:
        self.prefix = prefix
        self.port = _free_port()
        self._command = [sys.executable, "-c", _PROGRAM, _RUNNERS[kind], prefix]
        self._command.append(json.dumps(options, default=str))
        self._process: subprocess.Popen[bytes] | None = None
        self._log: Any = None

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs in its environment."""
        return {
            "EPICS_CA_ADDR_LIST": "127.0.0.1",
            "EPICS_CA_AUTO_ADDR_LIST": "NO",
            "EPICS_CA_SERVER_PORT": str(self.port),
        }

    def use(self) -> Self:
        """Make this process a client of the IOC."""
        os.environ.update(self.environment)
        return self

    def output(self) -> str:
        """What the IOC printed so far."""
        return Path(self._log.name).read_text("utf-8", "replace") if self._log else ""

    def start(self, timeout: float = 30.0) -> Self:
        """Run the IOC; returns when it serves."""
        serving = {
            "EPICS_CAS_SERVER_PORT": str(self.port),
            "EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
            "EPICS_CAS_AUTO_BEACON_ADDR_LIST": "NO",
            "EPICS_CAS_BEACON_ADDR_LIST": "127.0.0.1",
        }
        self._log = tempfile.NamedTemporaryFile(prefix="puretango-ioc-", suffix=".log")  # noqa: SIM115
        self._process = subprocess.Popen(
            self._command,
            env=os.environ | self.environment | serving,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + timeout
        while "PVs ready" not in self.output():
            if self._process.poll() is not None or time.monotonic() > deadline:
                text = self.output()
                self.stop()
                raise RuntimeError(f"the IOC did not start:\n{text}")
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._log is not None:
            self._log.close()
            self._log = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _free_port() -> int:
    """A port that is free for UDP searches and for TCP connections alike."""
    while True:
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            with contextlib.suppress(OSError):
                udp.bind(("127.0.0.1", port))
                return port
