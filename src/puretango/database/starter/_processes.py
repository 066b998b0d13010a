"""Device servers as processes of this host: started with a log file, found again, killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from puretango.database.starter._evidence import MARK, Evidence
from puretango.errors import DevFailed

__all__ = ["Processes", "find_program", "log_text"]

_INSTANCE = re.compile(r"[^-\s/*?\[\]\x00-\x1f][^\s/*?\[\]\x00-\x1f]*")
"""An instance's name: one word, no option, no wildcard."""

_STAMP = r"_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.log"


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
    evidence: Evidence = field(default_factory=Evidence)
    _started: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def log_file(self, server: str) -> Path:
        """The file for a server's output."""
        return self.log_home / f"{server.replace('/', '_')}.log"

    def start(self, server: str, paths: Sequence[str], tango_host: str) -> None:
        """Start a server, detached: it outlives its Starter."""
        program, _, instance = server.partition("/")
        if not _INSTANCE.fullmatch(instance):
            raise DevFailed.make(
                "BAD_SERVER_NAME",
                f"{server!r} is not EXECUTABLE/INSTANCE, with one word for an instance",
                "Starter::dev_start()",
            )
        command = [*find_program(program, paths), instance]
        file = self.log_file(server)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._rotate(file)
        with open(file, "ab", opener=_no_link) as log:
            self._started[server.lower()] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=file.parent,
                env={**os.environ, "TANGO_HOST": tango_host, MARK: server},
                start_new_session=True,
            )

    def _rotate(self, file: Path) -> None:
        """Rename the former log file by its date, and keep the last few of them."""
        if file.exists():
            stamp = time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(file.stat().st_mtime))
            file.rename(file.with_name(f"{file.stem}_{stamp}.log"))
        mine = re.compile(re.escape(file.stem) + _STAMP)
        former = sorted(each for each in file.parent.iterdir() if mine.fullmatch(each.name))
        for old in former[: max(0, len(former) - self.keep_log_files)]:
            old.unlink(missing_ok=True)

    def reap(self) -> None:
        """Collect processes that have ended."""
        for server, process in list(self._started.items()):
            if process.poll() is not None:
                del self._started[server]

    def running(self, servers: Iterable[str]) -> dict[str, list[int]]:
        """Process ids of the servers that run on this host."""
        self.reap()
        servers = list(servers)
        found = self.evidence.running(servers)
        for server in servers:
            started = self._started.get(server.lower())
            if started is not None and server not in found:
                found[server] = [started.pid]
        return found

    def kill(self, server: str) -> bool:
        """kill -9; False if no such process runs."""
        started = self._started.pop(server.lower(), None)
        pids = self.evidence.running([server]).get(server, [])
        if started is not None and started.poll() is None:
            started.kill()
            started.wait(5.0)
            pids = [pid for pid in pids if pid != started.pid]
            self._kill_all(pids, server)
            return True
        return self._kill_all(pids, server)

    def _kill_all(self, pids: Sequence[int], server: str) -> bool:
        return sum(_kill(pid, lambda pid: self.evidence.belongs(pid, server)) for pid in pids) > 0


def _no_link(path: str, flags: int) -> int:
    """An opener for log files that refuses a link to another file."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o644)


def _kill(pid: int, is_meant: Callable[[int], bool]) -> bool:
    """kill -9 of the process that was seen, not of another one that has got its pid meanwhile."""
    try:
        handle = os.pidfd_open(pid) if sys.platform == "linux" else -1
    except OSError:
        return False
    try:
        if not is_meant(pid):
            return False
        if sys.platform == "linux":
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        else:
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    except ProcessLookupError:
        return False
    finally:
        if handle >= 0:
            os.close(handle)
    return True
