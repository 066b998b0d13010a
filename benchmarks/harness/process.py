"""Peers in processes of their own, spoken to in lines of JSON."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness.environment import peer_python
from benchmarks.harness.row import THEIRS

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 60.0


class PeerError(RuntimeError):
    """A peer could not do what it was asked."""


def free_port() -> int:
    """A port where nobody listens now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def python_of(args: Sequence[str]) -> str:
    """The Python executable of the side that is named: PyTango has an environment of its own."""
    return peer_python() if THEIRS in args else sys.executable


class Peer:
    """A process that answers each line of JSON with one."""

    def __init__(
        self,
        module: str,
        *args: str,
        cores: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
        python: str = "",
    ) -> None:
        environment = {
            **os.environ,
            "TANGO_HOST": "127.0.0.1:1",
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        }
        self.process = subprocess.Popen(
            [python or python_of(args), "-m", f"benchmarks.peers.{module}", *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        if cores:
            os.sched_setaffinity(self.process.pid, cores)
        self.patience = TIMEOUT
        """Seconds that an answer may take."""
        self._errors: list[str] = []
        self._reading = threading.Thread(target=self._read_errors, daemon=True)
        self._reading.start()

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self._errors.extend(self.process.stderr)

    def read(self) -> Any:
        """The next answer."""
        assert self.process.stdout is not None
        watch = threading.Timer(self.patience, self.process.kill)
        watch.start()
        try:
            for line in self.process.stdout:
                # C++ Tango prints words of its own on the same stream.
                if line.startswith("{"):
                    answer = json.loads(line)
                    if "error" in answer:
                        raise PeerError(answer["error"])
                    return answer
        finally:
            watch.cancel()
        self.process.wait()
        self._reading.join(1)
        last = self._errors[-1].strip() if self._errors else "it ended"
        raise PeerError(last)

    def send(self, **request: Any) -> None:
        """Ask without waiting for the answer."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self._reading.join(1)
            last = self._errors[-1].strip() if self._errors else "it ended"
            raise PeerError(last) from None

    def ask(self, **request: Any) -> Any:
        """Ask and return the answer."""
        self.send(**request)
        return self.read()

    def processor(self) -> float:
        """Seconds of processor time that the process has taken (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the process."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reading.join(2)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class Server(Peer):
    """A device server of one side; ``devices`` of them, named test/bench/1 and on."""

    def __init__(
        self,
        side: str,
        cores: Sequence[int] = (),
        *,
        kind: str = "sync",
        devices: int = 1,
        module: str = "requests.server",
    ) -> None:
        self.port = free_port()
        args = (side, kind, str(self.port), str(devices))
        super().__init__(module, *args, cores=cores)
        try:
            self.ready = self.read()
        except PeerError:
            self.close()
            raise

    @property
    def trl(self) -> str:
        """Of the first device."""
        return f"tango://127.0.0.1:{self.port}/test/bench/1#dbase=no"


class Client(Peer):
    """A client of one side."""

    def __init__(
        self,
        side: str,
        trl: str,
        cores: Sequence[int] = (),
        *args: str,
        module: str = "requests.client",
    ) -> None:
        super().__init__(module, side, trl, *args, cores=cores)
        try:
            self.read()
        except PeerError:
            self.close()
            raise

    def time(self, case: str, seconds: float) -> list[float]:
        """Microseconds per call, batch by batch."""
        found: list[float] = self.ask(case=case, seconds=seconds)["us"]
        return found
