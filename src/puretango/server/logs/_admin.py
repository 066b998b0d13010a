"""PyTango's Logging and Level: the admin device's logging commands, called from within the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.server.base import _current as _context
from puretango.server.base._failure import throw
from puretango.server.logs._target import LEVEL_NAMES

if TYPE_CHECKING:
    from puretango.server.logs._service import DeviceLogger

_STEP = 100


def _admin() -> Any:
    server = _context.find_server()
    if server is None or server.admin is None:
        raise throw("API_UtilSingletonNotCreated", "There is no device server", "Logging")
    return server.admin


class Logging:
    """Logging of all devices of the current server."""

    @staticmethod
    def get_core_logger() -> DeviceLogger:
        """The logger of the admin device."""
        logger: DeviceLogger = _admin().get_logger()
        return logger

    @staticmethod
    def add_logging_target(targets: Sequence[str]) -> None:
        """``[device, "kind::name", …]``: send the messages of devices there too."""
        _admin().add_logging_target(list(targets))

    @staticmethod
    def remove_logging_target(targets: Sequence[str]) -> None:
        """``[device, "kind::name", …]``: stop sending the messages of devices there."""
        _admin().remove_logging_target(list(targets))

    @staticmethod
    def start_logging() -> None:
        """Log again at the levels before stop_logging."""
        _admin().start_logging()

    @staticmethod
    def stop_logging() -> None:
        """Log nothing until start_logging."""
        _admin().stop_logging()


class Level:
    """Names of log4tango's levels: OFF 100 to DEBUG 600."""

    @staticmethod
    def get_name(level: int) -> str:
        """The name of a level, ``UNKNOWN`` if there is no such level."""
        place = int(level) // _STEP - 1
        return LEVEL_NAMES[place] if 0 <= place < len(LEVEL_NAMES) else "UNKNOWN"

    @staticmethod
    def get_value(name: str) -> int:
        """The number of a level's name: one step lower than get_name's, as in Tango."""
        if name in LEVEL_NAMES:
            return LEVEL_NAMES.index(name) * _STEP
        try:
            return int(name)
        except ValueError:
            raise ValueError(f"unknown level name: '{name}'") from None
