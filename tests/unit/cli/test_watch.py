"""``puretango watch`` as a process: the server's restart under it, JSON and text, and Ctrl-C."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.unit.client.events.test_event_supervision import NAME, push, served

# The command with a supervision that takes tenths of seconds.
_QUICK = """
import sys
from puretango.cli import main
from puretango.client import default_context, events_of
from puretango.events import Timing
events_of(default_context()).book.timing = Timing(patience=0.5, retry=0.4, first_retry=0.1)
sys.argv = ["puretango", *sys.argv[1:]]
main()
"""


class Watching:
    """The running command and the lines that it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def line_with(self, text: str) -> str:
        """The next line that has this text."""
        while True:
            line = self._lines.get(timeout=30)
            if text in line:
                return line

    def interrupt(self) -> tuple[int, str]:
        """Ctrl-C: the exit code, and what it complains of."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self._reader.join()
        assert self.process.stderr is not None
        return code, self.process.stderr.read()


@contextmanager
def watching(*arguments: str) -> Iterator[Watching]:
    command = [sys.executable, "-c", _QUICK, "watch", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        try:
            yield Watching(process)
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("as_json", [True, False], ids=["for programs", "for people"])
def test_a_restart_under_the_watcher_and_ctrl_c(as_json: bool) -> None:
    with served() as server:
        port = server.port
        base, sign, modifier = server.access(NAME).partition("#")
        name = f"{base}/pushed{sign}{modifier}"
        stack = watching(name, *(["--json"] if as_json else []))
        watcher = stack.__enter__()
        first = watcher.line_with("pushed")
        assert ("-1.0" in first) if not as_json else (json.loads(first)["value"] == -1.0)
        push(server, 5.0)
        watcher.line_with("5.0")
    try:
        lost = watcher.line_with("error")
        assert "Event channel is not responding anymore" in lost
        if as_json:
            record: dict[str, Any] = json.loads(lost)
            assert (record["name"], record["reason"]) == (name, "API_EventTimeout")
        with served(port) as server:
            watcher.line_with("-1.0")  # read by the library
            push(server, 6.0)
            watcher.line_with("6.0")
            code, complaint = watcher.interrupt()
        assert (code, complaint) in {(0, ""), (130, "")}
    finally:
        stack.__exit__(None, None, None)
