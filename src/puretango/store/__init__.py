"""SQL for the control-system database: SQLite by default, MariaDB with Tango's own schema."""

from puretango.store.sections._devices import DeviceRecord, Devices
from puretango.store.sections._events import EventRecord
from puretango.store.sections._properties import HISTORY_DEPTH, HistoryRecord, Properties
from puretango.store.sections._servers import ServerRecord

from ._names import plain_device_name, split_device_name
from ._schema import SCHEMA_VERSION
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
