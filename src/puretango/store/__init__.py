"""SQL for the control-system database: SQLite by default, MariaDB with Tango's own schema."""

from ._devices import DeviceRecord, Devices
from ._events import EventRecord
from ._names import plain_device_name, split_device_name
from ._properties import HISTORY_DEPTH, HistoryRecord, Properties
from ._schema import SCHEMA_VERSION
from ._servers import ServerRecord
from ._store import Store

__all__ = [
    "HISTORY_DEPTH",
    "SCHEMA_VERSION",
    "DeviceRecord",
    "Devices",
    "EventRecord",
    "HistoryRecord",
    "Properties",
    "ServerRecord",
    "Store",
    "plain_device_name",
    "split_device_name",
]
