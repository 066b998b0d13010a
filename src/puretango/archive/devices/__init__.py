"""HDB++'s device classes over the archiver."""

from puretango.archive.devices._configuration import line_of, settings_of_line, store_address
from puretango.archive.devices._manager import HdbConfigurationManager
from puretango.archive.devices._server import archive_server, introduce
from puretango.archive.devices._subscriber import HdbEventSubscriber

__all__ = [
    "HdbConfigurationManager",
    "HdbEventSubscriber",
    "archive_server",
    "introduce",
    "line_of",
    "settings_of_line",
    "store_address",
]
