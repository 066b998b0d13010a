"""The Starter: a device per host that starts, stops and watches the host's servers."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import Any

from puretango.database.starter._evidence import Evidence
from puretango.database.starter._keeper import PING_MILLISECONDS, Keeper, Settings
from puretango.database.starter._processes import Processes, log_text
from puretango.errors import PuretangoError
from puretango.server import Device, attribute, command, device_property
from puretango.values import CmdArgType, DevState, DispLevel

__all__ = ["Starter"]

LOOK_SECONDS = 1.0
"""The period in which the servers are checked."""

MOST_SERVERS = 1024


class Starter(Device):
    """Starts, stops and watches the device servers of one host (``tango/admin/HOST``)."""

    StartDsPath = device_property(
        dtype=(str,), default_value=[], doc="Directories of the programs of device servers"
    )
    NbStartupLevels = device_property(
        dtype=int, default_value=5, doc="Number of startup levels managed by starter."
    )
    InterStartupLevelWait = device_property(
        dtype=int, default_value=1, doc="Time to wait before two startup levels in seconds."
    )
    AutoRestartDuration = device_property(
        dtype=int,
        default_value=0,
        doc="If greater than 0, a server that has been running for more minutes than this, and "
        "has failed, is started again.",
    )
    KeepLogFiles = device_property(dtype=int, default_value=3, doc="Number of log file kept.")
    LogFileHome = device_property(
        dtype=str, default_value="/var/tmp", doc="The home directory to log servers traces."
    )
    StartServersAtStartup = device_property(
        dtype=bool, default_value=True, doc="Skip starting servers at startup if false."
    )
    MovingMaxDuration = device_property(
        dtype=int,
        default_value=120,
        doc="If a server is moving for longer than this (seconds), the Starter is STANDBY.",
    )

    NotifdState = attribute(
        dtype=DevState,
        label="Notifd State",
        doc="return ON or FAULT if notify daemon is running or not.",
    )
    HostState = attribute(dtype="DevShort")
    RunningServers = attribute(dtype=(str,), max_dim_x=MOST_SERVERS)
    StoppedServers = attribute(
        dtype=(str,),
        max_dim_x=MOST_SERVERS,
        label="All Stopped Servers",
        doc="Return all the Stopped servers.",
    )
    Servers = attribute(
        dtype=(str,),
        max_dim_x=MOST_SERVERS,
        doc="Return all registered servers for this host.\nServer names are followed by:   "
        "[states] [controlled] [level] [nb instances]\n"
        "If nb instances >1 a warning will be displayed in Astor",
    )

    def init_device(self) -> None:
        """Take over the host's servers and, once, start the controlled ones."""
        super().init_device()
        from puretango.client import Database

        self._database = Database()
        host = self.get_name().rpartition("/")[2] or socket.gethostname()
        where = f"{self._database.get_db_host()}:{self._database.get_db_port()}"
        self._home = Path(str(self.LogFileHome)) / "ds.log"
        self._keeper = Keeper(
            self._database,
            where,
            host,
            Settings(
                [str(path) for path in self.StartDsPath],
                int(self.NbStartupLevels),
                float(self.InterStartupLevelWait),
                int(self.AutoRestartDuration),
                float(self.MovingMaxDuration),
            ),
            Processes(
                self._home,
                int(self.KeepLogFiles),
                Evidence([str(path) for path in self.StartDsPath], self._registered_pid),
            ),
            self._answers,
            self._end,
        )
        self._over = threading.Event()
        self._due = threading.Event()
        self._keeper.update()
        self._keeper.look()
        self.set_state(self._keeper.host_state())
        self.set_status(self._keeper.host_status())
        self._watcher = threading.Thread(target=self._watch, name="Starter", daemon=True)
        self._watcher.start()

    def delete_device(self) -> None:
        """Stop watching; the servers go on."""
        self._over.set()
        self._due.set()
        if threading.current_thread() is not self._watcher:
            self._watcher.join(10.0)
        super().delete_device()

    # watching -----------------------------------------------------------------------------

    def _answers(self, admin: str) -> bool:
        from puretango.client import DeviceProxy

        try:
            info = self._database.get_device_info(admin)
            if not info.exported:
                return False
            proxy = DeviceProxy(admin)
            proxy.set_timeout_millis(PING_MILLISECONDS)
            proxy.ping()
        except PuretangoError:
            return False
        return True

    def _registered_pid(self, server: str) -> int:
        """The pid under which the database knows a server of this host; 0 if it does not."""
        try:
            info = self._database.get_device_info(f"dserver/{server}")
        except PuretangoError:
            return 0
        return int(info.pid) if info.exported else 0

    def _end(self, admin: str) -> None:
        from puretango.client import DeviceProxy

        DeviceProxy(admin).command_inout("Kill")

    def _watch(self) -> None:
        if self.StartServersAtStartup:
            for level in range(1, self._keeper.settings.startup_levels + 1):
                self._attempt(lambda level=level: self._keeper.start_level(level, self._over.wait))
                if self._has_level(level) and self._over.wait(self._keeper.settings.level_wait):
                    return
        while not self._over.is_set():
            self._due.wait(LOOK_SECONDS)
            if self._over.is_set():
                return
            if self._due.is_set():
                self._due.clear()
                self._attempt(self._keeper.update)
            self._attempt(self._keeper.look)
            self.set_state(self._keeper.host_state())
            self.set_status(self._keeper.host_status())

    def _has_level(self, level: int) -> bool:
        return any(server.level == level for server in self._keeper.servers(all_of_them=False))

    def _attempt(self, work: Any) -> None:
        try:
            work()
        except (PuretangoError, OSError) as error:
            self.warn_stream(" ".join(str(error).split()))

    # attributes ---------------------------------------------------------------------------

    def read_NotifdState(self) -> DevState:
        """The notification service no longer exists; old clients expect it to be well."""
        return DevState.ON

    def read_HostState(self) -> int:
        """The state as a number."""
        return int(self._keeper.host_state())

    def read_RunningServers(self) -> list[str]:
        """Names of the servers that answer."""
        return self._names(running=True)

    def read_StoppedServers(self) -> list[str]:
        """Names of the servers that do not."""
        return self._names(running=False)

    def read_Servers(self) -> list[str]:
        """Name, state, controlled, level, instances of each."""
        return [server.line() for server in self._keeper.servers()]

    def _names(self, *, running: bool, all_of_them: bool = True) -> list[str]:
        return [
            server.name
            for server in self._keeper.servers(all_of_them=all_of_them)
            if (server.state == DevState.ON) is running
        ]

    # commands -----------------------------------------------------------------------------

    @command(dtype_in=str, doc_in="Server to be started.")
    def DevStart(self, server: str) -> None:
        """Start one server."""
        self._keeper.start(server)

    @command(dtype_in=str, doc_in="Servero be stopped.")
    def DevStop(self, server: str) -> None:
        """Ask one server to end."""
        self._keeper.stop(server)
        self._due.set()

    @command(dtype_in=CmdArgType.DevShort, doc_in="Startup level.")
    def DevStartAll(self, level: int) -> None:
        """Start the controlled servers of a level."""
        self._keeper.start_level(level, self._over.wait)

    @command(dtype_in=CmdArgType.DevShort, doc_in="Startup Level.")
    def DevStopAll(self, level: int) -> None:
        """Ask the controlled servers of a level to end."""
        self._keeper.stop_level(level)
        self._due.set()

    @command(
        dtype_in=bool,
        doc_in="True for all servers. False for controlled servers only.",
        dtype_out=(str,),
        doc_out="List of the processes which are running.",
    )
    def DevGetRunningServers(self, all_of_them: bool) -> list[str]:
        """Names of the servers that answer."""
        return self._names(running=True, all_of_them=all_of_them)

    @command(
        dtype_in=bool,
        doc_in="True for all servers. False for controlled servers only.",
        dtype_out=(str,),
        doc_out="List of the processes which are not running.",
    )
    def DevGetStopServers(self, all_of_them: bool) -> list[str]:
        """Names of the servers that do not answer."""
        return self._names(running=False, all_of_them=all_of_them)

    @command(
        dtype_in=str,
        doc_in="server name and domain (e.g. Starter/corvus)\nIf argin ==``Starter``     -> "
        "return Starter logg file content.\nIf argin ==``Statistics``  -> "
        "return Starter statistics file content.",
        dtype_out=str,
        doc_out="String found in log file.",
    )
    def DevReadLog(self, server: str) -> str:
        """A server's log file."""
        if server == "Statistics":
            now = int(time.time())
            return "".join(
                f"{each.name}\t{each.state.name}\t{now}\t-1\tfalse\n"
                for each in self._keeper.servers(all_of_them=False)
            )
        return log_text(self._keeper.processes.log_file(server))

    @command(dtype_in=str, doc_in="Server name")
    def HardKillServer(self, server: str) -> None:
        """kill -9 of a server."""
        self._keeper.kill(server)
        self._due.set()

    @command
    def UpdateServersInfo(self) -> None:
        """Ask the database again: it sends this when something about the host has changed."""
        self._due.set()

    @command(display_level=DispLevel.EXPERT)
    def ResetStatistics(self) -> None:
        """Forget when the servers were started."""
        for server in self._keeper.servers():
            server.running_since = None

    @command(dtype_out=DevState, doc_out="Tango::ON if Notify daemon is running else Tango::FAULT.")
    def NotifyDaemonState(self) -> DevState:
        """The notification service no longer exists; old clients expect it to be well."""
        return DevState.ON
