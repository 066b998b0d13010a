"""The logging service of a server: each device's level and targets."""

from __future__ import annotations

import getpass
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.server.base._failure import throw
from puretango.server.logs._target import (
    LEVEL_NAMES,
    ConsoleTarget,
    DeviceTarget,
    FileTarget,
    Message,
    Target,
)

if TYPE_CHECKING:
    from puretango.server.store._ports import StoreHost, StoreOwner

OFF, FATAL, ERROR, WARN, INFO, DEBUG = range(6)
DEFAULT_FILE_SIZE = 20480
"""Kilobytes of a log file before it rolls: the property logging_rft."""
DEFAULT_NAME = "default"
CORE_LEVEL = 5
"""The -v level from which the admin device logs what the library does."""


class LogService:
    """The targets of one server's loggers, shared where they are the same."""

    def __init__(self, server: StoreHost, verbose: int | None = None) -> None:
        self._server = server
        self.verbose = verbose
        self._lock = threading.Lock()
        self._targets: dict[str, tuple[Target, int]] = {}

    def first_level(self, device: StoreOwner) -> tuple[int, bool]:
        """The level at the start, and whether the command line gave it (-v gives a console too)."""
        verbose = self.verbose or 0
        if device._tango.name == self._server.admin_name:
            if verbose >= CORE_LEVEL:
                return DEBUG, True
            return WARN if self._server.store.is_database else ERROR, False
        if verbose > 0:
            return INFO if verbose <= 2 else DEBUG, True
        if self.verbose is not None:  # a test context's debug=0
            return OFF, False
        return OFF if self._server.store.is_database else WARN, False

    def take(self, kind: str, where: str, device: StoreOwner) -> Target:
        """The target ``kind::where``; each take wants a give_back."""
        name = self.full_name(kind, where, device)
        with self._lock:
            known = self._targets.get(name)
            if known is not None:
                self._targets[name] = (known[0], known[1] + 1)
                return known[0]
        target = self._make(name, device)
        with self._lock:
            self._targets[name] = (target, 1)
        return target

    def full_name(self, kind: str, where: str, device: StoreOwner) -> str:
        """The whole name of a target: ``file`` alone is a file of the device's name."""
        where = where or DEFAULT_NAME
        if kind == "console":
            return "console::cout"
        if kind == "file":
            if where == DEFAULT_NAME:
                where = device._tango.lower_name.replace("/", "_") + ".log"
            return f"file::{os.path.join(self.directory(), where) if '/' not in where else where}"
        if kind != "device":
            raise throw(
                "API_MethodArgument",
                f"Invalid logging target type specified ({kind})",
                "Logging::add_logging_target",
            )
        if where == DEFAULT_NAME:
            raise throw(
                "API_MethodArgument",
                "Device target name must be specified (no default value)",
                "Logging::add_logging_target",
            )
        return f"device::{where.lower()}"

    def directory(self) -> str:
        """Where log files go if no path says otherwise.

        The admin device's property logging_path, or TANGO_LOG_PATH, or /tmp/tango-USER; in it
        the server's name.
        """
        store = self._server.store
        texts = store.read_device(self._server.admin_name).get("logging_path")
        base = texts[0] if texts else os.environ.get("TANGO_LOG_PATH")
        if not base:
            base = os.path.join(tempfile.gettempdir(), f"tango-{getpass.getuser()}")
        return os.path.join(base, *self._server.server_id.split("/"))

    def _make(self, name: str, device: StoreOwner) -> Target:
        kind, _, where = name.partition("::")
        if kind == "console":
            return ConsoleTarget()
        if kind == "device":
            return DeviceTarget(self._server, where)
        if os.path.dirname(where) == self.directory():
            os.makedirs(self.directory(), exist_ok=True)
        size = self._server.store.number(device, "logging_rft", DEFAULT_FILE_SIZE)
        return FileTarget(where, max(500, min(size, 1_000_000)))

    def give_back(self, target: Target) -> None:
        """One logger fewer uses the target."""
        with self._lock:
            known = self._targets.get(target.name)
            if known is None:
                return
            if known[1] > 1:
                self._targets[target.name] = (known[0], known[1] - 1)
                return
            del self._targets[target.name]
        target.close()

    def close(self) -> None:
        """The server stops."""
        with self._lock:
            targets = [target for target, _ in self._targets.values()]
            self._targets.clear()
        for target in targets:
            target.close()


class DeviceLogger:
    """The logger of one device."""

    def __init__(self, service: LogService, device: StoreOwner) -> None:
        self._service = service
        self._device = device
        self.level = self._wanted = WARN
        self._targets: list[Target] = []
        self._telemetry: list[Target] = []
        self.configure()

    def configure(self) -> None:
        """Level and targets from the command line and the properties."""
        store = self._device._tango.server.store
        level, from_command_line = self._service.first_level(self._device)
        if not from_command_line:
            texts = store.own_property(self._device, "logging_level")
            if texts:
                name = texts[0].strip().upper()
                level = LEVEL_NAMES.index(name) if name in LEVEL_NAMES else WARN
        self.set_level(level)
        wanted = list(store.own_property(self._device, "logging_target") or ())
        if from_command_line:
            wanted.insert(0, "console::cout")
        for target in list(self._targets):
            self._drop(target)
        for each in wanted:
            kind, _, where = each.partition("::")
            try:
                self.add_target(kind, where)
            except Exception as error:
                sys.stderr.write(f"{self._device._tango.name}: logging target {each}: {error}\n")

    # -- targets -----------------------------------------------------------------------------------

    def add_target(self, kind: str, where: str) -> None:
        """Send messages there too."""
        target = self._service.take(kind.lower(), where, self._device)
        if target in self._targets:
            self._service.give_back(target)
        else:
            self._targets = sorted([*self._targets, target], key=lambda each: each.name)

    def remove_target(self, kind: str, where: str) -> None:
        """Stop sending messages there; ``*`` stands for all of a kind."""
        kind = kind.lower()
        if kind not in ("console", "file", "device"):
            raise throw(
                "API_MethodArgument",
                f"Logging target type <{kind}> not supported",
                "Logging::remove_logging_target",
            )
        name = "" if where == "*" else self._service.full_name(kind, where, self._device)
        for target in list(self._targets):
            if target.name == name or (where == "*" and target.name.startswith(f"{kind}::")):
                self._drop(target)

    def _drop(self, target: Target) -> None:
        self._targets = [each for each in self._targets if each is not target]
        self._service.give_back(target)

    def targets(self) -> list[str]:
        """The names of the targets."""
        return [target.name for target in self._targets]

    def close(self) -> None:
        """The device goes away."""
        for target in list(self._targets):
            self._drop(target)

    # -- levels ------------------------------------------------------------------------------------

    def set_level(self, level: int) -> None:
        """Log messages up to that level."""
        self._wanted = self.level = int(level)

    def get_level(self) -> Any:
        """The level up to which messages are logged."""
        from puretango.values import LogLevel

        return LogLevel(self.level)

    def stop(self) -> None:
        """Log nothing until start."""
        self.level = OFF

    def start(self) -> None:
        """Log again."""
        self.level = self._wanted

    def get_name(self) -> str:
        """The device's name."""
        return self._device._tango.lower_name

    def is_level_enabled(self, level: int) -> bool:
        """True if messages of that level are logged."""
        return int(level) <= self.level

    def is_debug_enabled(self) -> bool:
        """True if messages of level DEBUG are logged."""
        return self.level >= DEBUG

    def is_info_enabled(self) -> bool:
        """True if messages of level INFO are logged."""
        return self.level >= INFO

    def is_warn_enabled(self) -> bool:
        """True if messages of level WARN are logged."""
        return self.level >= WARN

    def is_error_enabled(self) -> bool:
        """True if messages of level ERROR are logged."""
        return self.level >= ERROR

    def is_fatal_enabled(self) -> bool:
        """True if messages of level FATAL are logged."""
        return self.level >= FATAL

    # -- telemetry ---------------------------------------------------------------------------------

    def add_telemetry(self, target: Target) -> None:
        """Send messages there too; telemetry's target is not shared, and not listed."""
        self._telemetry.append(target)

    def remove_telemetry(self, target: Target) -> None:
        """Stop sending messages there."""
        self._telemetry.remove(target)

    # -- messages ----------------------------------------------------------------------------------

    def write(self, level: int, text: str, file: str, line: int) -> None:
        """Send a message to all targets."""
        message = Message(self._device._tango.lower_name, level, text, file, line)
        keep = getattr(self._device, "note_message", None)
        if keep is not None:
            keep(message)
        for target in [*self._targets, *self._telemetry]:
            try:
                target.write(message)
            except Exception as error:
                sys.stderr.write(f"logging target {target.name}: {error}\n")

    def log(self, level: int, msg: str, *args: Any) -> None:
        """Log at some level."""
        if int(level) <= self.level:
            self.log_unconditionally(level, msg, *args)

    def log_unconditionally(self, level: int, msg: str, *args: Any) -> None:
        """Log at some level, whatever the device's level is."""
        from puretango.server.logs._where import where

        file, line = where()
        self.write(int(level), (msg % args) if args else msg, file, line)

    def debug(self, msg: str, *args: Any) -> None:
        """Log at level DEBUG."""
        self.log(DEBUG, msg, *args)

    def info(self, msg: str, *args: Any) -> None:
        """Log at level INFO."""
        self.log(INFO, msg, *args)

    def warning(self, msg: str, *args: Any) -> None:
        """Log at level WARN."""
        self.log(WARN, msg, *args)

    warn = warning

    def error(self, msg: str, *args: Any) -> None:
        """Log at level ERROR."""
        self.log(ERROR, msg, *args)

    def fatal(self, msg: str, *args: Any) -> None:
        """Log at level FATAL."""
        self.log(FATAL, msg, *args)


class LogStream:
    """Something to print to: a newline, or a flush, ends a message."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._left = ""

    def write(self, text: str) -> None:
        """Take some text."""
        self._left += text
        if "\n" in text:
            self.flush()

    def flush(self) -> None:
        """What has been written is a whole message."""
        text, self._left = self._left, ""
        if text:
            self._write(text.removesuffix("\n"))
