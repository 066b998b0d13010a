"""The logging service of a server: loggers, targets, levels."""

from __future__ import annotations

import logging
import logging.handlers
import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from puretango.server._failure import throw

if TYPE_CHECKING:
    from puretango.server._deviceimpl import DeviceImpl
    from puretango.server._server import Server

LEVEL_NAMES = ("OFF", "FATAL", "ERROR", "WARN", "INFO", "DEBUG")
OFF, FATAL, ERROR, WARN, INFO, DEBUG = range(6)
DEFAULT_LEVEL = WARN
DEFAULT_FILE_SIZE = 20480
"""Kilobytes of a log file before it rolls: the property logging_rft."""


class Message:
    """One log message."""

    __slots__ = ("device", "file", "level", "line", "text", "thread", "when")

    def __init__(self, device: str, level: int, text: str, file: str, line: int) -> None:
        self.when = time.time()
        self.device = device
        self.level = level
        self.text = text
        self.file = file
        self.line = line
        self.thread = threading.get_ident()

    def stamp(self) -> str:
        """The time in words."""
        moment = datetime.fromtimestamp(self.when, UTC).astimezone()
        return moment.strftime("%Y-%m-%dT%H:%M:%S,%f%z")

    def layout(self) -> str:
        """The line for console and file."""
        level = LEVEL_NAMES[self.level]
        return f"{self.stamp()} {level} ({self.file}:{self.line}) {self.device} {self.text}"


class Target:
    """Somewhere that messages go."""

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, message: Message) -> None:
        """Take a message."""
        raise NotImplementedError

    def close(self) -> None:
        """No more messages come."""


class ConsoleTarget(Target):
    """Standard output, for all levels, as C++ servers do."""

    def __init__(self) -> None:
        super().__init__("console::cout")

    def write(self, message: Message) -> None:
        sys.stdout.write(message.layout() + "\n")
        sys.stdout.flush()


class FileTarget(Target):
    """A file that rolls when it is full."""

    def __init__(self, path: str, size: int) -> None:
        super().__init__(f"file::{path}")
        try:
            self._handler = logging.handlers.RotatingFileHandler(
                path, maxBytes=size * 1024, backupCount=1, encoding="utf-8", delay=False
            )
        except OSError as error:
            raise throw(
                "API_CannotOpenFile",
                f"failed to open file {path}: {error}",
                "Logging::add_logging_target",
            ) from error
        self._handler.setFormatter(logging.Formatter("%(message)s"))

    def write(self, message: Message) -> None:
        record = logging.LogRecord("", logging.INFO, "", 0, message.layout(), None, None)
        self._handler.emit(record)

    def close(self) -> None:
        self._handler.close()


class DeviceTarget(Target):
    """A log consumer: a device with a command Log.

    A thread sends, so that logging neither waits for the consumer nor blocks an event loop.
    """

    def __init__(self, server: Server, device: str) -> None:
        super().__init__(f"device::{device}")
        self._server = server
        self._device = device
        self._queue: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._send_all, name="puretango-log", daemon=True)
        self._thread.start()

    def write(self, message: Message) -> None:
        self._queue.put(message)

    def _send_all(self) -> None:
        send: Callable[[list[str]], None] | None = None
        while (message := self._queue.get()) is not None:
            try:
                if send is None:
                    send = self._server.log_consumer(self._device)
                send(self._fields(message))
            except Exception as error:
                sys.stderr.write(f"logging target {self.name}: {error}\n")

    @staticmethod
    def _fields(message: Message) -> list[str]:
        return [
            str(int(message.when * 1000)),
            LEVEL_NAMES[message.level],
            message.device,
            message.text,
            "",
            str(message.thread),
        ]

    def close(self) -> None:
        self._queue.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=2.0)


class LogService:
    """The targets of one server's loggers, shared where they are the same."""

    def __init__(self, server: Server, verbose: int | None = None) -> None:
        self._server = server
        self.verbose = verbose
        self._lock = threading.Lock()
        self._targets: dict[str, tuple[Target, int]] = {}

    @property
    def command_line_level(self) -> int | None:
        """The level that -v asks for."""
        if self.verbose is None:
            return None
        return {0: OFF, 1: INFO, 2: INFO, 3: DEBUG, 4: DEBUG}.get(self.verbose, DEBUG)

    def take(self, kind: str, where: str, device: DeviceImpl) -> Target:
        """The target ``kind::where``; each take wants a give_back."""
        kind = kind.lower()
        name = self._full_name(kind, where, device)
        with self._lock:
            known = self._targets.get(name)
            if known is not None:
                self._targets[name] = (known[0], known[1] + 1)
                return known[0]
        target = self._make(kind, name.partition("::")[2], device)
        with self._lock:
            self._targets[name] = (target, 1)
        return target

    def _full_name(self, kind: str, where: str, device: DeviceImpl) -> str:
        if kind == "console":
            return "console::cout"
        if kind == "file":
            path = where or os.path.join(self.directory(device), self._file_name(device))
            return f"file::{os.path.abspath(path)}"
        if kind == "device":
            return f"device::{where.lower()}"
        raise throw(
            "API_MethodArgument",
            f"Invalid logging target type specified ({kind})",
            "Logging::add_logging_target",
        )

    def _file_name(self, device: DeviceImpl) -> str:
        return device._tango_lower_name.replace("/", "_") + ".log"

    def directory(self, device: DeviceImpl) -> str:
        """Where log files are: the property logging_path, or a directory of the server's."""
        texts = self._server.store.own_property(device, "logging_path")
        base = texts[0] if texts else os.path.join(tempfile.gettempdir(), "tango")
        path = os.path.join(base, *self._server.server_id.split("/"))
        os.makedirs(path, exist_ok=True)
        return path

    def _make(self, kind: str, where: str, device: DeviceImpl) -> Target:
        if kind == "console":
            return ConsoleTarget()
        if kind == "file":
            size = self._server.store.number(device, "logging_rft", DEFAULT_FILE_SIZE)
            return FileTarget(where, max(500, min(size, 1_000_000)))
        return DeviceTarget(self._server, where)

    def give_back(self, target: Target) -> None:
        """One logger less uses the target."""
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

    def __init__(self, service: LogService, device: DeviceImpl) -> None:
        self._service = service
        self._device = device
        self.level = DEFAULT_LEVEL
        self._wanted = DEFAULT_LEVEL
        self._targets: list[Target] = []
        self.configure()

    def configure(self) -> None:
        """Level and targets from the command line and the properties."""
        store = self._device._tango_server.store
        level = self._service.command_line_level
        if level is None:
            texts = store.own_property(self._device, "logging_level")
            name = texts[0].upper() if texts else ""
            level = LEVEL_NAMES.index(name) if name in LEVEL_NAMES else DEFAULT_LEVEL
        self.set_level(level)
        wanted = store.own_property(self._device, "logging_target") or ["console::cout"]
        for target in list(self._targets):
            self._drop(target)
        for each in wanted:
            kind, _, where = each.partition("::")
            try:
                self.add_target(kind, where)
            except Exception as error:
                sys.stderr.write(f"{self._device._tango_name}: logging target {each}: {error}\n")

    # -- targets -----------------------------------------------------------------------------------

    def add_target(self, kind: str, where: str) -> None:
        """Send messages there too."""
        target = self._service.take(kind, where, self._device)
        if target in self._targets:
            self._service.give_back(target)
        else:
            self._targets = [*self._targets, target]

    def remove_target(self, kind: str, where: str) -> None:
        """Send messages there no more; ``*`` stands for all of a kind."""
        kind = kind.lower()
        for target in list(self._targets):
            own_kind, _, own_where = target.name.partition("::")
            if own_kind != kind:
                continue
            if where in ("*", "") or own_where.lower() == where.lower() or kind == "console":
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
        return self._device._tango_lower_name

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

    # -- messages ----------------------------------------------------------------------------------

    def write(self, level: int, text: str, file: str, line: int) -> None:
        """Send a message to all targets."""
        message = Message(self._device._tango_lower_name, level, text, file, line)
        keep = getattr(self._device, "note_message", None)
        if keep is not None:
            keep(message)
        for target in self._targets:
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
        from puretango.server._devicelogging import where

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
