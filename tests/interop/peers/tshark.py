"""tshark, the neutral judge of what is on the wire."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.interop.peers.process import missing, program
from tests.waiting import until


@dataclass
class Capture:
    """The packets of some TCP ports on the loopback interface; filled when the capture has ended."""

    file: Path
    ports: tuple[int, ...]
    protocol: str = "giop"
    _errors: str = field(default="", repr=False)

    def decode(self, *arguments: str) -> str:
        """What tshark prints when it reads the capture with these arguments."""
        command = [program("tshark"), "-n", "-r", str(self.file), "-o", "tcp.desegment_tcp_streams:TRUE",
                   "-o", "giop.desegment_giop_messages:TRUE"]  # fmt: skip
        for port in self.ports:
            command += ["-d", f"tcp.port=={port},{self.protocol}"]
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, check=True, timeout=120
        )
        return done.stdout

    @property
    def messages(self) -> list[str]:
        """One line per GIOP message: version, type, flags."""
        lines = self.decode(
            "-Y", "giop", "-T", "fields", "-e", "giop.type", "-e", "giop.request_op"
        )
        return lines.splitlines()

    @property
    def operations(self) -> set[str]:
        """The operations that were called."""
        lines = self.decode("-Y", "giop.request_op", "-T", "fields", "-e", "giop.request_op")
        return {name.strip('"') for line in lines.splitlines() for name in line.split(",")}

    @property
    def malformed(self) -> list[str]:
        """The packets that tshark cannot make sense of."""
        wrong = '_ws.malformed || giop.too_large || _ws.expert.group == "Malformed"'
        try:
            return self.decode("-Y", wrong, "-V").splitlines()
        except subprocess.CalledProcessError:
            return self.decode("-Y", "_ws.malformed", "-V").splitlines()


@contextmanager
def capture(directory: Path, *ports: int, protocol: str = "giop") -> Iterator[Capture]:
    """Capture these ports on loopback while the context lasts."""
    file = directory / f"capture-{ports[0]}-{time.monotonic_ns()}.pcapng"
    log = file.with_suffix(".log")
    wanted = " or ".join(f"tcp port {port}" for port in ports)
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [program("tshark"), "-n", "-q", "-i", "lo", "-w", str(file), "-f", wanted],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
    try:
        said = lambda: log.read_text("utf-8", "replace")  # noqa: E731
        until(lambda: "Capturing on" in said() or process.poll() is not None)
        if "Capturing on" not in said():
            missing(f"tshark cannot capture on loopback: {said().strip()}")
        time.sleep(0.3)  # dumpcap prints before its filter is in place
        yield Capture(file, ports, protocol)
        time.sleep(0.3)  # what is still in the kernel's ring
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
