"""PyTango as a client, in a process of its own, told what to do by the tests."""

from __future__ import annotations

import os
import pickle
import select
import signal
import struct
import subprocess
import tempfile
from types import TracebackType
from typing import Any

from tests.interop.peers.process import python, require_pytango


class PeerError(Exception):
    """What went wrong over there: the exception's name, the stack of DevErrors, the traceback."""

    def __init__(self, name: str, stack: list[tuple[str, str, str, str]], text: str) -> None:
        super().__init__(text)
        self.name = name
        self.stack = stack
        self.text = text

    @property
    def reasons(self) -> list[str]:
        """The reason of each DevError, first cause first."""
        return [reason for reason, _, _, _ in self.stack]


class HangsError(RuntimeError):
    """The client has not answered in time; it is no more."""


class PyTangoClient:
    """Runs Python code in a process that has `tango` and `np`; names stay from one call to the next if global."""

    def __init__(
        self,
        tango_host: str = "127.0.0.1:1",
        interpreter: str = "",
        patience: float = 45.0,
        **environment: str,
    ) -> None:
        self.patience = patience
        if not interpreter:
            require_pytango()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            python("worker.py", interpreter=interpreter),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "TANGO_HOST": tango_host, **environment},
        )

    def run(self, code: str, **arguments: Any) -> Any:
        """Run `code` as the body of a function with these arguments; what it returns, or PeerError.

        One that gives no answer within `patience` seconds is killed: HangsError tells where it was.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        data = pickle.dumps((code, arguments))
        self._process.stdin.write(struct.pack("<I", len(data)) + data)
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], self.patience)[0]:
            self._process.send_signal(signal.SIGABRT)  # faulthandler writes where each thread is
            self._process.wait(10)
            raise HangsError(f"the PyTango client hangs in {code}{arguments}: {self._said()}")
        header = self._process.stdout.read(4)
        if len(header) < 4:
            raise RuntimeError("the PyTango client died: " + self._said())
        kind, answer = pickle.loads(self._process.stdout.read(*struct.unpack("<I", header)))
        if kind == "error":
            raise PeerError(*answer)
        return answer

    def _said(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def kill(self) -> None:
        """kill -9: a client that dies in the middle."""
        self._process.kill()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def __enter__(self) -> PyTangoClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
