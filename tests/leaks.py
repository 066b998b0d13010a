"""What a test may not leave behind: threads, asyncio tasks, file descriptors, child processes, temporary files.

A server, a database or a client context that is stopped is gone without a trace; this is where that promise is held.
"""

from __future__ import annotations

import asyncio
import asyncio.runners
import gc
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# How long things that were told to stop may take: a closed peer's thread sees it only when scheduled.
GRACE = 20.0
_FD_DIR = Path("/proc/self/fd")

_pending_tasks: list[str] = []


def _recording(original: Callable[[asyncio.AbstractEventLoop], None]) -> Callable[..., None]:
    def cancel_all(loop: asyncio.AbstractEventLoop) -> None:
        """Notes the tasks that a loop still has when its runner closes it, then lets asyncio cancel them."""
        _pending_tasks.extend(
            repr(task.get_coro()) for task in asyncio.all_tasks(loop) if not task.done()
        )
        original(loop)

    return cancel_all


def watch_tasks() -> None:
    """From now on, tasks left at the end of any `asyncio.run` or test loop are noted."""
    runners: Any = asyncio.runners
    if not hasattr(runners._cancel_all_tasks, "original"):
        original = runners._cancel_all_tasks
        runners._cancel_all_tasks = _recording(original)
        runners._cancel_all_tasks.original = original


def _descriptors() -> dict[int, str]:
    found: dict[int, str] = {}
    if not _FD_DIR.is_dir():  # macOS, Windows: threads, tasks and files are still checked
        return found
    for name in os.listdir(_FD_DIR):
        try:
            found[int(name)] = os.readlink(_FD_DIR / name)
        except OSError:
            continue  # the descriptor of this very listing
    return found


def _children() -> set[int]:
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    try:
        return {int(pid) for pid in path.read_text().split()}
    except OSError:
        return set()


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@dataclass(frozen=True)
class Belongings:
    """What the process owns at one moment."""

    threads: frozenset[int]
    descriptors: dict[int, str]
    children: set[int]
    files: set[str]

    @classmethod
    def now(cls) -> Belongings:
        return cls(
            frozenset(id(thread) for thread in threading.enumerate()),
            _descriptors(),
            _children(),
            set(os.listdir(tempfile.gettempdir())),
        )

    def left_over(self) -> list[str]:
        """What is there now and was not at this moment; empty is good."""
        found = [
            f"thread {thread.name!r}{' (daemon)' if thread.daemon else ''}"
            for thread in threading.enumerate()
            if id(thread) not in self.threads and thread.is_alive()
        ]
        found += [
            f"descriptor {number} -> {target}"
            for number, target in _descriptors().items()
            if self.descriptors.get(number) != target and not _harmless(target)
        ]
        found += [f"child process {pid}" for pid in _children() - self.children if _alive(pid)]
        found += [
            f"temporary file {name}"
            for name in sorted(set(os.listdir(tempfile.gettempdir())) - self.files)
            if not name.startswith("pytest-of-")
        ]
        return found

    def leaks(self, grace: float = GRACE) -> list[str]:
        """`left_over`, after those that are on their way out had `grace` seconds to go."""
        found = self.left_over()
        if not found:
            return found
        gc.collect()
        deadline = time.monotonic() + grace
        while (found := self.left_over()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return found


def _harmless(target: str) -> bool:
    # Opened once per process by the standard library or numpy, and kept.
    return target in {"/dev/urandom", "/dev/null"} or target.endswith((".so", ".pyc", ".py"))


def pending_tasks() -> list[str]:
    """The tasks noted since the last call."""
    found = [f"asyncio task {name}" for name in _pending_tasks]
    _pending_tasks.clear()
    return found
