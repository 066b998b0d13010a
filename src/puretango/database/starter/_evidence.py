"""Which process of this host is a device server, by more evidence than its command line.

Any program may be called with such arguments. A process counts as the server NAME/INSTANCE if its command
line says so, and if besides a Starter has started it as that (its environment says so), or it runs a
program out of the Starter's own folders, or the database knows its pid as that server's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MARK", "Evidence", "server_of"]

MARK = "PURETANGO_STARTED_AS"
"""The variable in which a Starter notes for a server, and for itself after a restart, what it was started as."""

PROC = Path("/proc")


@dataclass
class Evidence:
    """The evidence by which a Starter recognises its servers' processes."""

    paths: Sequence[str] = ()
    """The Starter's folders of programs."""
    registered_pid: Callable[[str], int] = lambda server: 0
    """The pid that the database has for a server of this host; 0 if none."""

    def running(self, servers: Iterable[str]) -> dict[str, list[int]]:
        """Process ids of the servers (executable/instance) that run on this host.

        Without /proc (macOS, Windows) only the servers started by this Starter are known.
        """
        wanted = {server.lower(): server for server in servers}
        found: dict[str, list[int]] = {}
        if not PROC.is_dir():
            return found
        for entry in PROC.iterdir():
            if not entry.name.isdigit():
                continue
            pid = int(entry.name)
            server = server_of(_words(pid))
            if server is None or server.lower() not in wanted:
                continue
            name = wanted[server.lower()]
            if self.belongs(pid, name):
                found.setdefault(name, []).append(pid)
        return found

    def belongs(self, pid: int, server: str) -> bool:
        """True if the process is that server by evidence beyond its command line."""
        return (
            _mark(pid) == server.lower()
            or self._runs_own_program(pid)
            or self.registered_pid(server) == pid
        )

    def _runs_own_program(self, pid: int) -> bool:
        folders = [os.path.realpath(path) for path in self.paths]
        try:
            where = os.readlink(PROC / str(pid) / "cwd")
        except OSError:
            where = "/"
        for word in _words(pid)[:4]:
            program = os.path.realpath(os.path.join(where, word))
            if os.path.dirname(program) in folders and os.path.isfile(program):
                return True
        return False


def _words(pid: int) -> list[str]:
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []  # it has ended meanwhile, or belongs to another user
    return [word.decode("utf-8", "replace") for word in words if word]


def _mark(pid: int) -> str:
    try:
        variables = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    wanted = f"{MARK}=".encode()
    for each in variables:
        if each.startswith(wanted):
            return each[len(wanted) :].decode("utf-8", "replace").lower()
    return ""


def server_of(words: Sequence[str]) -> str | None:
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
