"""Where log messages go: the console, a file that rolls, a log consumer."""

from __future__ import annotations

import logging
import logging.handlers
import queue
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from puretango.server.base._failure import throw

if TYPE_CHECKING:
    from puretango.server.base._ports import Host

MOST_WAITING = 10_000
"""How many messages wait for a log consumer that is slow or away; further ones are lost."""
LEVEL_NAMES = ("OFF", "FATAL", "ERROR", "WARN", "INFO", "DEBUG")


class Message:
    """One log message."""

    __slots__ = ("device", "file", "level", "line", "native", "text", "thread", "when")

    def __init__(self, device: str, level: int, text: str, file: str, line: int) -> None:
        self.when = time.time()
        self.device = device
        self.level = level
        self.text = text
        self.file = file
        self.line = line
        self.thread = threading.get_ident()
        self.native = threading.get_native_id()

    def stamp(self) -> str:
        """The time in words."""
        moment = datetime.fromtimestamp(self.when, UTC).astimezone()
        return moment.strftime("%Y-%m-%dT%H:%M:%S,%f%z")

    def as_line(self) -> str:
        """The line for the console."""
        level = LEVEL_NAMES[self.level]
        return f"{self.stamp()} {level} ({self.file}:{self.line}) {self.device} {self.text}"

    def as_xml(self) -> str:
        """The log4j event for a file, as C++ servers write it and LogViewer reads it."""
        text = self.text.replace("]]>", "]]]]><![CDATA[>")
        return (
            f'<log4j:event logger={quoteattr(self.device)} timestamp="{self._milliseconds}" '
            f'level="{LEVEL_NAMES[self.level]}" thread="{self.thread}">\n'
            f"<log4j:message><![CDATA[{text}]]></log4j:message>\n"
            "<log4j:NDC><![CDATA[]]></log4j:NDC>\n"
            "</log4j:event>\n"
        )

    def as_fields(self) -> list[str]:
        """The six texts for a log consumer."""
        return [
            str(self._milliseconds),
            LEVEL_NAMES[self.level],
            self.device,
            self.text,
            "",
            f"@{self.thread:x} [{self.native}]",
        ]

    @property
    def _milliseconds(self) -> int:
        return int(self.when * 1000)


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
        sys.stdout.write(message.as_line() + "\n")
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
                f"Could not open logging file {path}",
                "Logging::add_logging_target",
            ) from error
        self._handler.setFormatter(logging.Formatter("%(message)s"))

    def write(self, message: Message) -> None:
        record = logging.LogRecord("", logging.INFO, "", 0, message.as_xml(), None, None)
        self._handler.emit(record)

    def close(self) -> None:
        self._handler.close()


class DeviceTarget(Target):
    """A log consumer: a device with a command Log.

    A thread sends, so that logging neither waits for the consumer nor blocks an event loop.
    """

    def __init__(self, server: Host, device: str) -> None:
        super().__init__(f"device::{device}")
        self._server = server
        self._device = device
        self._queue: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._lost = 0
        self._closing = False
        self._thread = threading.Thread(target=self._send_all, name="puretango-log", daemon=True)
        self._thread.start()

    def write(self, message: Message) -> None:
        if self._queue.qsize() < MOST_WAITING:
            self._queue.put(message)
        else:
            self._lost += 1

    def _send_all(self) -> None:
        send: Callable[[list[str]], None] | None = None
        while (message := self._queue.get()) is not None:
            try:
                if send is None:
                    send = self._server.log_consumer(self._device)
                send(message.as_fields())
            except Exception as error:
                lost, self._lost = self._lost, 0
                more = f" ({lost} messages found no place to wait)" if lost else ""
                sys.stderr.write(f"logging target {self.name}: {error}{more}\n")
                if self._closing:
                    return  # the messages that still wait would fail one by one

    def close(self) -> None:
        self._closing = True
        self._queue.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=2.0)
