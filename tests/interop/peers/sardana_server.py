"""Sardana as a peer: its server, with the elements of its demo."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from puretango.client import Database, DeviceProxy
from tests.waiting import until

_TOO_EARLY = "This is not a valid sardana demonstration system"


def sardana_program() -> str:
    """Sardana's server; skips where it is not installed."""
    found = os.environ.get("PURETANGO_SARDANA") or shutil.which("Sardana")
    if not found:
        reason = "Sardana is not installed (pip install sardana; PURETANGO_SARDANA=path)"
        pytest.skip(reason)
    return found


def sardana_on_puretango() -> list[str]:
    """The same server with the name ``tango`` served by puretango; skips where its Python has no puretango."""
    program = sardana_program()
    python = str(Path(program).with_name("python"))
    found = subprocess.run([python, "-c", "import puretango"], capture_output=True, check=False)
    if found.returncode:
        pytest.skip(f"puretango is not installed beside Sardana ({python} -m pip install .)")
    return [python, "-m", "puretango.compat", program]


class Sardana:
    """A Sardana server with the elements of its demo, in the control system at ``tango_host``."""

    def __init__(
        self, tango_host: str, directory: Path, command: Sequence[str] | None = None
    ) -> None:
        self.tango_host = tango_host
        self.command = command or [sardana_program()]
        self.log = directory / "sardana.log"
        # It remembers in /tmp, by this name, that it has made its demo's elements before.
        self.instance = f"test{uuid.uuid4().hex[:8]}"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sardana:
        environment = {**os.environ, "TANGO_HOST": self.tango_host}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self.command, self.instance],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.log.parent,
            )
        assert self.process.stdin is not None
        try:
            # It asks whether to register itself in this new database.
            self.process.stdin.write(b"y\n" * 4)
            self.process.stdin.flush()
            self._make_elements()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _make_elements(self) -> None:
        # The door opens before its MacroServer has heard of the Pool's elements: then the macro has nothing to do.
        complaints = 0

        def made() -> bool:
            nonlocal complaints
            found = self.log.read_text().count(_TOO_EARLY)
            if found > complaints:
                complaints = found
                self._door().RunMacro(["sar_demo"])
            return "DONE!" in self._said()

        self._wait(lambda: self._door()).RunMacro(["sar_demo"])
        self._wait(made)

    def macro(self, *words: str, until: str) -> list[str]:
        """Run a macro; what it has said when a line begins so."""
        self._door().RunMacro(list(words))
        return self._wait(
            lambda: (
                [line for line in self._said() if line.lstrip().startswith(until)] and self._said()
            )
        )

    def _said(self) -> list[str]:
        return list(self._door().read_attribute("Output").value or ())

    def _door(self) -> Any:
        names = self.database.get_device_exported("*door*")
        if not len(names):
            raise LookupError("no door yet")
        door = DeviceProxy(f"tango://{self.tango_host}/{names[0]}")
        door.ping()
        return door

    def _wait(self, condition: Any, timeout: float = 90.0) -> Any:
        trouble: Exception | None = None

        def holds() -> Any:
            nonlocal trouble
            try:
                return condition()
            except Exception as error:
                trouble = error
                return None

        try:
            return until(holds, timeout, step=0.2)
        except AssertionError:
            raise AssertionError(self.log.read_text()[-2000:]) from trouble

    @property
    def database(self) -> Any:
        """The database that it is in."""
        host, _, port = self.tango_host.rpartition(":")
        return Database(host, int(port))

    def trl(self, name: str) -> str:
        """The locator of an element."""
        return f"tango://{self.tango_host}/{name}"

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        self.process.stdin.close()
        memory = Path(f"/tmp/tango-{getpass.getuser()}", "Sardana", self.instance)
        shutil.rmtree(memory, ignore_errors=True)
