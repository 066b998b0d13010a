"""Logging by devices: five streams, levels, and where messages go."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from puretango.server.logs._service import DeviceLogger, LogStream

if TYPE_CHECKING:
    from puretango.server.device._deviceimpl import DeviceImpl

OFF, FATAL, ERROR, WARN, INFO, DEBUG = range(6)
_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class DeviceLogging:
    """The part of a device that logs."""

    _tango_logger: DeviceLogger

    def _tango_prepare_logging(self: DeviceImpl) -> None:  # type: ignore[misc]
        self._tango_logger = DeviceLogger(self._tango_server.logs, self)

    def init_logger(self: DeviceImpl) -> None:  # type: ignore[misc]
        """Read levels and targets from the properties again."""
        self._tango_logger.configure()

    def get_logger(self: DeviceImpl) -> DeviceLogger:  # type: ignore[misc]
        """The device's logger."""
        return self._tango_logger

    def start_logging(self: DeviceImpl) -> None:  # type: ignore[misc]
        """Log again at the level that was set before stop_logging."""
        self._tango_logger.start()

    def stop_logging(self: DeviceImpl) -> None:  # type: ignore[misc]
        """Log nothing until start_logging."""
        self._tango_logger.stop()

    def _tango_log(  # type: ignore[misc]
        self: DeviceImpl, level: int, msg: str, args: tuple[Any, ...], source: Any
    ) -> None:
        if level > self._tango_logger.level:
            return
        filename, line = where(source)
        self._tango_logger.write(level, (msg % args) if args else str(msg), filename, line)

    def debug_stream(self: DeviceImpl, msg: str, *args: Any, source: Any = None) -> None:  # type: ignore[misc]
        """Log at level DEBUG; the arguments go into the message with ``%``."""
        self._tango_log(DEBUG, msg, args, source)

    def info_stream(self: DeviceImpl, msg: str, *args: Any, source: Any = None) -> None:  # type: ignore[misc]
        """Log at level INFO."""
        self._tango_log(INFO, msg, args, source)

    def warn_stream(self: DeviceImpl, msg: str, *args: Any, source: Any = None) -> None:  # type: ignore[misc]
        """Log at level WARN."""
        self._tango_log(WARN, msg, args, source)

    def error_stream(self: DeviceImpl, msg: str, *args: Any, source: Any = None) -> None:  # type: ignore[misc]
        """Log at level ERROR."""
        self._tango_log(ERROR, msg, args, source)

    def fatal_stream(self: DeviceImpl, msg: str, *args: Any, source: Any = None) -> None:  # type: ignore[misc]
        """Log at level FATAL."""
        self._tango_log(FATAL, msg, args, source)

    @property
    def log_debug(self: DeviceImpl) -> LogStream:  # type: ignore[misc]
        """A stream to print to at level DEBUG."""
        return LogStream(self.debug_stream)

    @property
    def log_info(self: DeviceImpl) -> LogStream:  # type: ignore[misc]
        """A stream to print to at level INFO."""
        return LogStream(self.info_stream)

    @property
    def log_warn(self: DeviceImpl) -> LogStream:  # type: ignore[misc]
        """A stream to print to at level WARN."""
        return LogStream(self.warn_stream)

    @property
    def log_error(self: DeviceImpl) -> LogStream:  # type: ignore[misc]
        """A stream to print to at level ERROR."""
        return LogStream(self.error_stream)

    @property
    def log_fatal(self: DeviceImpl) -> LogStream:  # type: ignore[misc]
        """A stream to print to at level FATAL."""
        return LogStream(self.fatal_stream)


def where(source: Any = None) -> tuple[str, int]:
    """File and line of a message: of the author's code, or of a function."""
    if source is not None:
        while hasattr(source, "__wrapped__"):
            source = source.__wrapped__
        code = getattr(getattr(source, "__func__", source), "__code__", None)
        if code is not None:
            return os.path.basename(code.co_filename), code.co_firstlineno
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_LIBRARY):
        frame = frame.f_back
    if frame is None:
        return "(unknown)", 0
    return os.path.basename(frame.f_code.co_filename), frame.f_lineno
