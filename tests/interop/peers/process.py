"""Peers run as processes of their own, on loopback ports that nobody else has, ended by whoever started them."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

import pytest

from tests.waiting import until

# Debian puts the C++ servers where no PATH looks.
_PEER_DIRS = ("/usr/lib/tango", "/usr/sbin", "/usr/local/sbin", "/sbin")
_PACKAGES = {
    "TangoTest": "tango-test",
    "DataBaseds": "tango-db",
    "Starter": "tango-starter",
    "TangoAccessControl": "tango-accesscontrol",
    "tango_admin": "libtango-tools",
    "mariadbd": "mariadb-server",
    "mariadb-install-db": "mariadb-server",
    "mariadb": "mariadb-client",
    "tshark": "tshark",
}
_given_out: set[int] = set()
_chance = random.Random(os.getpid())


def free_port() -> int:
    """A TCP port that is free now, and that this process has not given to another peer.

    Not one that the kernel gives to whoever connects or listens anywhere: between this and the
    peer's start, another test may have it.
    """
    while True:
        port = _chance.randrange(10_500, _first_of_the_kernel())
        if port in _given_out:
            continue
        _given_out.add(port)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def _first_of_the_kernel() -> int:
    """Where the ports begin that a kernel gives out by itself."""
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    except OSError:
        return 32_768


def peers_are_mandatory() -> bool:
    """True where continuous integration has installed every peer: a missing one is then a fault."""
    return os.environ.get("PURETANGO_PEERS") == "required"


def missing(reason: str) -> None:
    """Skip the test by name with the reason, or fail it where the peers are mandatory."""
    if peers_are_mandatory():
        pytest.fail(f"{reason}, and PURETANGO_PEERS=required", pytrace=False)
    pytest.skip(reason)


def program(name: str) -> str:
    """The path of a peer's program; skips the test where it is not installed."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *_PEER_DIRS)))
    if found is None:
        missing(f"{name} is not installed (Debian package {_PACKAGES.get(name, name)})")
        raise AssertionError("unreachable")
    return found


def require_pytango() -> None:
    """Skips the test where PyTango is not installed; it is never imported into this process."""
    if find_spec("tango") is None:
        missing("PyTango is not installed (pip install pytango==10.3.1)")


def wait_for_port(port: int, timeout: float = 40.0, process: Peer | None = None) -> None:
    """Returns when something accepts connections there."""

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            if process is not None and process.ended:
                raise RuntimeError(f"{process} ended at its start:\n{process.output()}") from None
            return False
        return True

    try:
        until(listens, timeout, step=0.02)
    except AssertionError:
        raise TimeoutError(f"nobody listens at 127.0.0.1:{port} after {timeout} s") from None


class Peer:
    """One process: started, perhaps killed and restarted, and ended with the context."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        directory: Path,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.port = port
        self._command = list(command)
        self._log = directory / f"{name}.{free_port()}.log"
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        return f"<peer {self.name} {' '.join(self._command)}>"

    def start(self) -> Peer:
        """Start the process; returns when it listens, if it has a port."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                cwd=self._log.parent,
            )
        if self.port is not None:
            try:
                wait_for_port(self.port, process=self)
            except BaseException:
                self.stop()
                raise
        return self

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def ended(self) -> bool:
        """True when the process is no longer there."""
        return self._process is None or self._process.poll() is not None

    def output(self) -> str:
        """All that it printed so far."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def wait_for(self, text: str, timeout: float = 45.0) -> None:
        """Returns when it has printed `text`."""

        def printed() -> bool:
            ended = self.ended
            if text in self.output():
                return True
            assert not ended
            return False

        try:
            until(printed, timeout, step=0.02)
        except AssertionError:
            raise RuntimeError(f"{self} did not print {text!r}:\n{self.output()}") from None

    def stop(self, patience: float = 5.0) -> None:
        """Ask it to end; insist after `patience` seconds."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def __enter__(self) -> Peer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def pytango9() -> str:
    """The Python of an environment with PyTango 9.5, the last one with pipes; skips without it."""
    default = Path(__file__).resolve().parents[3] / ".pytango9" / "bin" / "python"
    found = os.environ.get("PURETANGO_PYTANGO9", str(default))
    if not Path(found).exists():
        pytest.skip("PyTango 9.5 is not installed (pytango==9.5.1; PURETANGO_PYTANGO9=its python)")
    return found


def python(script: str, *arguments: str, interpreter: str = "") -> list[str]:
    """The command line of one of the scripts beside this file."""
    return [interpreter or sys.executable, str(Path(__file__).parent / script), *arguments]


def puretango(*arguments: str) -> list[str]:
    """The command line of the installed `puretango` command."""
    return [str(Path(sys.executable).with_name("puretango")), *arguments]
