"""Device servers as processes of this host: started with a log file, found again, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from puretango.errors import DevFailed

__all__ = ["Processes", "find_program", "log_text", "running_processes"]


def find_program(name: str, paths: Sequence[str]) -> list[str]:
    """The command line that starts the server program ``name``; DevFailed if there is none."""
    for path in paths:
        for file in (Path(path) / name, Path(path) / f"{name}.py"):
            if file.is_file() and os.access(file, os.X_OK):
                return [str(file)]
            if file.is_file() and file.suffix == ".py":
                return [sys.executable, str(file)]
    listed = "".join(f" - {path}\n" for path in paths)
    raise DevFailed.make(
        "CANNOT_RUN_FILE",
        f"{name} :  not found in 'StartDsPath' property:\n{listed}",
        "StarterUtil::check_exe_file()",
    )


def running_processes(servers: Iterable[str]) -> dict[str, list[int]]:
    """Process ids of the servers (executable/instance) that run on this host.

    Told from the command lines in /proc; where there is none (macOS, Windows), only the servers
    started by this Starter are known.
    """
    wanted = {server.lower(): server for server in servers}
    found: dict[str, list[int]] = {}
    proc = Path("/proc")
    if not proc.is_dir():
        return found
    for entry in proc.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it ended meanwhile, or is another user's
        server = _server_of([word.decode("utf-8", "replace") for word in words if word])
        if server is not None and server.lower() in wanted:
            found.setdefault(wanted[server.lower()], []).append(int(entry.name))
    return found


def _server_of(words: Sequence[str]) -> str | None:
    """``executable/instance`` of a command line; an interpreter or a launcher may come first."""
    plain = [word for word in words[:8] if not word.startswith("-")]
    while plain:
        name = Path(plain[0]).name.removesuffix(".py")
        if name != "serve" and not name.startswith(("python", "puretango")):
            break
        del plain[0]
    if len(plain) < 2:
        return None
    # module:Class, as `puretango serve` takes it, is the server Class.
    return f"{name.rpartition(':')[2]}/{plain[1]}"


def log_text(file: Path) -> str:
    """A log file as DevReadLog answers it: its name, the date of the last change, the text."""
    try:
        changed = time.strftime("%d/%m/%y   %H:%M:%S", time.localtime(file.stat().st_mtime))
        text = file.read_text("utf-8", "replace")
    except OSError as error:
        raise DevFailed.make(
            f"Cannot open {file}", error.strerror or str(error), "Starter::dev_read_log"
        ) from error
    return f"{file}\n{changed}\n\n{text}"


@dataclass
class Processes:
    """The servers that one Starter has started."""

    log_home: Path
    keep_log_files: int = 3
    _started: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def log_file(self, server: str) -> Path:
        """Where a server's output goes."""
        return self.log_home / f"{server.replace('/', '_')}.log"

    def start(self, server: str, paths: Sequence[str], tango_host: str) -> None:
        """Start a server, detached: it outlives its Starter."""
        program, _, instance = server.partition("/")
        command = [*find_program(program, paths), instance]
        file = self.log_file(server)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._rotate(file)
        with file.open("ab") as log:
            self._started[server.lower()] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=file.parent,
                env={**os.environ, "TANGO_HOST": tango_host},
                start_new_session=True,
            )

    def _rotate(self, file: Path) -> None:
        """Keep the former log files under their date, the last few of them."""
        if file.exists():
            stamp = time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(file.stat().st_mtime))
            file.rename(file.with_name(f"{file.stem}_{stamp}.log"))
        former = sorted(file.parent.glob(f"{file.stem}_????-??-??_*.log"))
        for old in former[: max(0, len(former) - self.keep_log_files)]:
            old.unlink(missing_ok=True)

    def reap(self) -> None:
        """Let the ended ones go."""
        for server, process in list(self._started.items()):
            if process.poll() is not None:
                del self._started[server]

    def running(self, servers: Iterable[str]) -> dict[str, list[int]]:
        """Process ids of the servers that run on this host."""
        self.reap()
        servers = list(servers)
        found = running_processes(servers)
        for server in servers:
            started = self._started.get(server.lower())
            if started is not None and server not in found:
                found[server] = [started.pid]
        return found

    def kill(self, server: str) -> bool:
        """kill -9; False if no such process runs."""
        pids = self.running([server]).get(server, [])
        for pid in pids:
            try:
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            except ProcessLookupError:
                continue
        started = self._started.pop(server.lower(), None)
        if started is not None:
            started.wait(5.0)
        return bool(pids)
