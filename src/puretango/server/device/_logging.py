"""Logging by devices: five streams, levels, and where messages go."""

from __future__ import annotations

from typing import Any

from puretango.server.device._core import DeviceCore
from puretango.server.logs._service import DeviceLogger, LogStream
from puretango.server.logs._where import where

OFF, FATAL, ERROR, WARN, INFO, DEBUG = range(6)


class DeviceLogging(DeviceCore):
    """The part of a device that logs."""

    def init_logger(self) -> None:
        """Read levels and targets from the properties again."""
        self._tango.logger.configure()

    def get_logger(self) -> DeviceLogger:
        """The device's logger."""
        return self._tango.logger

    def start_logging(self) -> None:
        """Log again at the level that was set before stop_logging."""
        self._tango.logger.start()

    def stop_logging(self) -> None:
        """Log nothing until start_logging."""
        self._tango.logger.stop()

    def debug_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level DEBUG; the arguments go into the message with ``%``."""
        _log(self._tango.logger, DEBUG, msg, args, source)

    def info_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level INFO."""
        _log(self._tango.logger, INFO, msg, args, source)

    def warn_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level WARN."""
        _log(self._tango.logger, WARN, msg, args, source)

    def error_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level ERROR."""
        _log(self._tango.logger, ERROR, msg, args, source)

    def fatal_stream(self, msg: str, *args: Any, source: Any = None) -> None:
        """Log at level FATAL."""
        _log(self._tango.logger, FATAL, msg, args, source)

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


def _log(logger: DeviceLogger, level: int, msg: str, args: tuple[Any, ...], source: Any) -> None:
    if level > logger.level:
        return
    filename, line = where(source)
    logger.write(level, (msg % args) if args else str(msg), filename, line)
