"""The control system of mixed_load.py: a database and two servers, as processes that can be killed and restarted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

import puretango
from puretango.server import Device, attribute, command, run
from puretango.values import GreenMode

SERVERS = ("one", "two")
DEVICES = tuple(f"mixed/{server}/{kind}" for server in SERVERS for kind in ("plain", "tasks"))
START = 240.0
_PAUSE = 2.0
"""Seconds for which a process is stopped."""


class MixedPlain(Device):
    """Counts, keeps a value, answers."""

    def init_device(self) -> None:
        super().init_device()
        self.count = 0
        self.level = 0.0
        self.set_state(puretango.DevState.ON)

    @attribute(dtype=int, polling_period=100, abs_change=1)
    def counter(self) -> int:
        self.count += 1
        return self.count

    @attribute(dtype=str)
    def who(self) -> str:
        return str(self.get_name())

    @attribute(dtype=(float,), max_dim_x=2000)
    def wave(self) -> list[float]:
        return [1.0] * 2000

    setting = attribute(dtype=float, fget="read_setting", fset="write_setting", memorized=True)

    def read_setting(self) -> float:
        return self.level

    def write_setting(self, value: float) -> None:
        self.level = value

    @command
    def Echo(self, numbers: list[float]) -> list[float]:
        return numbers

    @command
    def Refuse(self) -> None:
        puretango.Except.throw_exception("Refused", "as asked", "Refuse")


class MixedTasks(Device):
    """The same on a loop."""

    green_mode = GreenMode.Asyncio

    async def init_device(self) -> None:
        await super().init_device()  # type: ignore[misc]  # of a device on a loop it can be awaited
        self.count = 0
        self.level = 0.0
        self.set_state(puretango.DevState.ON)

    @attribute(dtype=int, polling_period=100, abs_change=1)
    async def counter(self) -> int:
        self.count += 1
        return self.count

    @attribute(dtype=str)
    async def who(self) -> str:
        return str(self.get_name())

    @attribute(dtype=(float,), max_dim_x=2000)
    async def wave(self) -> list[float]:
        return [1.0] * 2000

    setting = attribute(dtype=float, fget="read_setting", fset="write_setting")

    async def read_setting(self) -> float:
        return self.level

    async def write_setting(self, value: float) -> None:
        self.level = value

    @command
    async def Echo(self, numbers: list[float]) -> list[float]:
        return numbers

    @command
    async def Refuse(self) -> None:
        puretango.Except.throw_exception("Refused", "as asked", "Refuse")


class _Program:
    """One process, and what it says."""

    def __init__(self, command: list[str], ready: str, environment: dict[str, str]) -> None:
        self.command, self.ready, self.environment = command, ready, environment
        self.said: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start it; what its line of readiness says."""
        self.process = subprocess.Popen(
            self.command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **self.environment},
        )
        found: list[str] = []
        told = threading.Event()

        def listen(process: subprocess.Popen[str]) -> None:
            assert process.stdout is not None
            for line in process.stdout:
                self.said.append(line.rstrip())
                if self.ready in line and not found:
                    found.append(line)
                    told.set()
            told.set()

        threading.Thread(target=listen, args=(self.process,), daemon=True).start()
        if not told.wait(START) or not found:
            raise RuntimeError(f"{self.command} did not start: {self.said[-20:]}")
        return found[0]

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def memory(self) -> float:
        """Resident MiB."""
        return resident(self.process.pid) if self.process is not None else 0.0


def resident(pid: int) -> float:
    """MiB of a process in memory; 0 where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+)", text)
    return round(int(found[1]) / 1024, 1) if found else 0.0


class Plant:
    """The processes; a context."""

    def __init__(self, folder: Path) -> None:
        store = ["--store", str(folder / "mixed.sqlite")]
        program = [sys.executable, "-m", "puretango", "db", "--host", "127.0.0.1"]
        self._database = _Program([*program, "--port", "0", *store], "TANGO_HOST=", {})
        found = re.search(r"TANGO_HOST=(\S+)", self._database.start())
        assert found is not None
        self.tango_host = found[1]
        self._database.command = [*program, "--port", self.tango_host.split(":")[1], *store]
        here = str(Path(__file__).resolve())
        environment = {"TANGO_HOST": self.tango_host}
        self._servers = {
            name: _Program([sys.executable, here, name], "Ready to accept request", environment)
            for name in SERVERS
        }
        self.disturbances = 0
        self._calm_since = 0.0
        self._under_way = False

    def __enter__(self) -> Plant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in (*self._servers.values(), self._database):
            each.end()

    def full(self, device: str) -> str:
        """The device's full name."""
        return f"tango://{self.tango_host}/{device}"

    def database_client(self) -> puretango.Database:
        """A client of the database."""
        host, port = self.tango_host.split(":")
        return puretango.Database(host, int(port))

    def start_servers(self) -> None:
        """Start those that do not run."""
        for each in self._servers.values():
            each.start()

    def disturbed(self, moment: float, aftermath: float) -> bool:
        """True if something that was begun at a moment may have met a disturbance."""
        return self._under_way or moment < self._calm_since + aftermath

    def _disturb(self, program: _Program, harm: signal.Signals) -> None:
        self._under_way = True
        self.disturbances += 1
        try:
            assert program.process is not None
            program.process.send_signal(harm)
            if harm == signal.SIGKILL:
                program.process.wait()
                program.start()
            else:
                time.sleep(_PAUSE)
                program.process.send_signal(signal.SIGCONT)
        finally:
            self._calm_since = time.monotonic()
            self._under_way = False

    def kill_server(self) -> None:
        """Kill -9, and start it again."""
        self._disturb(self._servers[SERVERS[self.disturbances % 2]], signal.SIGKILL)

    def stop_server(self) -> None:
        """Let a server stand still for seconds."""
        self._disturb(self._servers[SERVERS[self.disturbances % 2]], signal.SIGSTOP)

    def kill_database(self) -> None:
        """Kill -9, and start it again at its port."""
        self._disturb(self._database, signal.SIGKILL)

    def memory(self) -> dict[str, float]:
        """Resident MiB of each process."""
        found = {name: each.memory() for name, each in self._servers.items()}
        return {**found, "database": self._database.memory(), "clients": resident(os.getpid())}

    def fatal(self) -> list[str]:
        """Lines that a process must not write."""
        lines = [line for each in (*self._servers.values(), self._database) for line in each.said]
        return [line for line in lines if "Traceback" in line or "Fatal" in line][:5]


def registered(plant: Plant) -> None:
    """Put the devices into the database, and start their servers."""
    base = plant.database_client()
    for name in DEVICES:
        _, server, kind = name.split("/")
        info = puretango.DbDevInfo()
        info.name, info.server = name, f"Mixed/{server}"
        info._class = "MixedPlain" if kind == "plain" else "MixedTasks"
        base.add_device(info)
    plant.start_servers()


if __name__ == "__main__":
    run([MixedPlain, MixedTasks], args=["Mixed", sys.argv[1]])
