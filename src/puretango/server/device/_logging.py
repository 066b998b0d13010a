"""Logging by devices: five streams, levels, and where messages go."""

from __future__ import annotations

from typing import Any

from puretango.server.device._core import DeviceCore
from puretango.server.logs._service import DeviceLogger, LogStream
from puretango.server.logs._where import where

OFF, FATAL, ERROR, WARN, INFO, DEBUG = range(6)


class DeviceLogging(DeviceCore):
    """The part of a device that logs."""

    _tango_logger: DeviceLogger

    def _tango_prepare_logging(self) -> None:
        self._tango_logger = DeviceLogger(self._tango_server.logs, self)

    def init_logger(self) -> None:
        """Read levels and targets from the properties again."""
        self._tango_logger.configure()

    def get_logger(self) -> DeviceLogger:
        """The device's logger."""
        return self._tango_logger

    def start_logging(self) -> None:
        """Log again at the level that was set before stop_logging."""
        self._tango_logger.start()

    def stop_logging(self) -> None:
        """Log nothing until start_logging."""
        self._tango_logger.stop()

    def _tango_log(self, level: int, msg: str, args: tuple[Any, ...], source: Any) -> None:
        if level > self._tango_logger.level:
            return
        filename, line = where(source)
        self._tango_logger.write(level, (msg % args) if args else str(msg), filename, line)

    def debug_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level DEBUG; the arguments go into the message with ``%``."""
        self._tango_log(DEBUG, msg, args, source)

    def info_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level INFO."""
        self._tango_log(INFO, msg, args, source)

    def warn_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level WARN."""
        self._tango_log(WARN, msg, args, source)

    def error_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level ERROR."""
        self._tango_log(ERROR, msg, args, source)

    def fatal_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level FATAL."""
        self._tango_log(FATAL, msg, args, source)

    @property
    def log_debug(self) -> LogStream:
        """A stream to print to at level DEBUG."""
        return LogStream(self.debug_stream)

    @property
    def log_info(self) -> LogStream:
        """A stream to print to at level INFO."""
        return LogStream(self.info_stream)

    @property
    def log_warn(self) -> LogStream:
        """A stream to print to at level WARN."""
        return LogStream(self.warn_stream)

    @property
    def log_error(self) -> LogStream:
        """A stream to print to at level ERROR."""
        return LogStream(self.error_stream)

    @property
    def log_fatal(self) -> LogStream:
        """A stream to print to at level FATAL."""
        return LogStream(self.fatal_stream)
