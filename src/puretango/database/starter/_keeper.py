"""A Starter's knowledge of its host's servers, and its decisions about them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from puretango.database.starter._processes import Processes
from puretango.errors import DevFailed, PuretangoError
from puretango.idl import texts_in_value, texts_of_value
from puretango.values import DevState

if TYPE_CHECKING:
    from puretango.client import Database

__all__ = ["Keeper", "Settings", "Watched"]

PING_MILLISECONDS = 1000
"""Seconds that a server's admin device may take to answer."""


@dataclass
class Watched:
    """One server of the host."""

    name: str
    controlled: bool = False
    level: int = 0
    state: DevState = DevState.FAULT
    instances: int = 0
    moving_since: float | None = None
    running_since: float | None = None
    stopped_on_purpose: bool = False

    def line(self) -> str:
        """The server's line in the attribute Servers."""
        return "\t".join(
            (
                self.name,
                self.state.name,
                str(int(self.controlled)),
                str(self.level),
                str(self.instances),
            )
        )


@dataclass
class Settings:
    """The Starter's properties."""

    paths: Sequence[str] = ()
    startup_levels: int = 5
    level_wait: float = 1.0
    auto_restart_minutes: int = 0
    moving_max: float = 120.0
    start_timeout: float = 5.0


class Keeper:
    """Watches the servers that the database gives to one host, starts and stops them."""

    def __init__(
        self,
        database: Database,
        tango_host: str,
        host: str,
        settings: Settings,
        processes: Processes,
        ping: Callable[[str], bool],
        stop_server: Callable[[str], None],
    ) -> None:
        self._database = database
        self._tango_host = tango_host
        self._host = host
        self.settings = settings
        self.processes = processes
        self._ping = ping
        self._stop_server = stop_server
        self._lock = threading.Lock()
        self._servers: dict[str, Watched] = {}

    # knowledge ----------------------------------------------------------------------------

    def update(self) -> None:
        """Ask the database which servers the host has."""
        words: Any = texts_of_value(
            self._database.command_inout("DbGetHostServersInfo", texts_in_value(self._host))
        )
        seen: set[str] = set()
        with self._lock:
            for name, controlled, level in zip(words[::3], words[1::3], words[2::3], strict=True):
                if name.lower().startswith(("starter/", "databaseds/", "tangoaccesscontrol/")):
                    continue
                seen.add(name.lower())
                server = self._servers.setdefault(name.lower(), Watched(name))
                server.controlled = controlled.strip() not in ("", "0")
                server.level = int(level) if level.strip() else 0
            for name in set(self._servers) - seen:
                del self._servers[name]

    def look(self) -> None:
        """Find out which servers run and answer."""
        servers = self.servers()
        running = self.processes.running(server.name for server in servers)
        now = time.monotonic()
        for server in servers:
            pids = running.get(server.name, [])
            alive = self._ping(f"dserver/{server.name}")
            server.instances = max(len(pids), int(alive))
            if alive:
                server.state, server.moving_since = DevState.ON, None
                server.running_since = server.running_since or now
            elif pids:
                # There is a process, but it does not answer: it is starting, or it hangs.
                server.moving_since = server.moving_since or now
                server.state = DevState.MOVING
            else:
                server.state, server.moving_since = DevState.FAULT, None
                self._restart(server, now)
                server.running_since = None

    def _restart(self, server: Watched, now: float) -> None:
        """Restart a controlled server that ran long enough and then failed."""
        minutes = self.settings.auto_restart_minutes
        since = server.running_since
        if not (minutes and server.controlled and since) or server.stopped_on_purpose:
            return
        if now - since >= minutes * 60:
            self._launch(server)

    def servers(self, *, all_of_them: bool = True) -> list[Watched]:
        """The host's servers, or the controlled ones only."""
        with self._lock:
            found = list(self._servers.values())
        return [server for server in found if all_of_them or server.controlled]

    def host_state(self) -> DevState:
        """One state for all the controlled servers."""
        servers = self.servers(all_of_them=False)
        states = [server.state for server in servers]
        if not states or all(state == DevState.ON for state in states):
            return DevState.ON
        now = time.monotonic()
        moving = [server for server in servers if server.moving_since is not None]
        if moving:
            longest = max(now - (server.moving_since or now) for server in moving)
            return DevState.STANDBY if longest > self.settings.moving_max else DevState.MOVING
        return DevState.ALARM if DevState.ON in states else DevState.OFF

    def host_status(self) -> str:
        """The state in words."""
        state = self.host_state()
        if state == DevState.ON:
            return "All controlled servers are running"
        if state == DevState.OFF:
            return "All controlled servers are not running"
        if state == DevState.ALARM:
            stopped = [
                server.name
                for server in self.servers(all_of_them=False)
                if server.state != DevState.ON
            ]
            return "\n".join(["At least one of the controlled servers is not running", *stopped])
        return "At least one of the controlled servers is running but not responding"

    # actions ------------------------------------------------------------------------------

    def _find(self, name: str, origin: str) -> Watched:
        with self._lock:
            found = self._servers.get(name.lower())
        if found is None:
            unknown = f"{name}: Unknown Server !"
            raise DevFailed.make(unknown, unknown, f"Starter::{origin}()")
        return found

    def start(self, name: str) -> None:
        """Start a server of this host, or one that has never run."""
        with self._lock:
            server = self._servers.get(name.lower())
        if server is not None and (
            server.state != DevState.FAULT or self.processes.running([server.name])
        ):
            raise DevFailed.make(
                "ALREADY_RUNNING", f"{name} is already running !", "Starter::dev_start()"
            )
        server = server or Watched(name)
        self._launch(server)
        with self._lock:
            self._servers.setdefault(name.lower(), server)

    def _launch(self, server: Watched) -> None:
        self.processes.start(server.name, self.settings.paths, self._tango_host)
        server.state, server.moving_since = DevState.MOVING, time.monotonic()
        server.stopped_on_purpose = False

    def stop(self, name: str) -> None:
        """Ask a server to end."""
        server = self._find(name, "dev_stop")
        if server.state != DevState.ON:
            raise DevFailed.make(
                "SERVER_NOT_RUNNING", f"{name} is NOT running !", "Starter::dev_stop()"
            )
        server.stopped_on_purpose = True
        self._stop_server(f"dserver/{server.name}")

    def start_level(self, level: int, wait: Callable[[float], bool]) -> None:
        """Start the controlled servers of a level; ``wait(seconds)`` is True if it is to stop early."""
        servers = self.servers(all_of_them=False)
        for server in servers:
            if server.level == level and server.state == DevState.FAULT:
                self._launch(server)
                if wait(0.0):
                    return

    def stop_level(self, level: int) -> None:
        """Ask the controlled servers of a level to end."""
        for server in self.servers(all_of_them=False):
            if server.level == level and server.state == DevState.ON:
                server.stopped_on_purpose = True
                try:
                    self._stop_server(f"dserver/{server.name}")
                except PuretangoError:
                    continue  # it has just ended by itself

    def kill(self, name: str) -> None:
        """kill -9."""
        with self._lock:
            server = self._servers.get(name.lower())
        if not self.processes.kill(server.name if server else name):
            raise DevFailed.make(
                "SERVER_NOT_RUNNING",
                f"Server {name} is not running !",
                "Starter::hard_kill_server()",
            )
        if server is not None:
            server.stopped_on_purpose = True
            server.state, server.moving_since = DevState.FAULT, None
