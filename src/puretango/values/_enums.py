"""PyTango's enums that are not part of the interface's structs."""

from __future__ import annotations

from typing import ClassVar

from puretango.idl._enum import TangoEnum


class ExtractAs(TangoEnum):
    """In what form array values are given to the user."""

    Numpy = 0
    ByteArray = 1
    Bytes = 2
    Tuple = 3
    List = 4
    String = 5
    PyTango3 = 6
    Nothing = 7


class GreenMode(TangoEnum):
    """How a call waits: in the caller's thread, in a pool, or on a loop."""

    Synchronous = 0
    Futures = 1
    Gevent = 2
    Asyncio = 3


class EventType(TangoEnum):
    """The event types."""

    PIPE_EVENT: ClassVar[EventType]

    CHANGE_EVENT = 0
    PERIODIC_EVENT = 2
    ARCHIVE_EVENT = 3
    USER_EVENT = 4
    ATTR_CONF_EVENT = 5
    DATA_READY_EVENT = 6
    INTERFACE_CHANGE_EVENT = 7
    ALARM_EVENT = 9


def _pipe_event() -> EventType:
    """The type that PyTango dropped in its release 10.1.

    It is not a member: programs that iterate over all event types must not meet it.
    """
    made = int.__new__(EventType, 8)
    made._name_, made._value_ = "PIPE_EVENT", 8
    EventType._value2member_map_[8] = made
    return made


EventType.PIPE_EVENT = _pipe_event()


class EventSubMode(TangoEnum):
    """How a subscription starts, and what it does when it cannot."""

    Sync = 1
    SyncRead = 2
    Async = 3
    AsyncRead = 4
    Stateless = 5


class EventReason(TangoEnum):
    """Why an event's callback is called."""

    Unknown = 0
    SubFail = 1
    SubSuccess = 2
    Update = 3


class AttrMemorizedType(TangoEnum):
    """Whether an attribute's set value survives a restart."""

    NOT_KNOWN = 0
    NONE = 1
    MEMORIZED = 2
    MEMORIZED_WRITE_INIT = 3


class AttReqType(TangoEnum):
    """The kind of request that an is_allowed method is asked about."""

    READ_REQ = 0
    WRITE_REQ = 1


AttrReqType = AttReqType


class AttrSerialModel(TangoEnum):
    """What locks an attribute's value while it is sent."""

    ATTR_NO_SYNC = 0
    ATTR_BY_KERNEL = 1
    ATTR_BY_USER = 2


class SerialModel(TangoEnum):
    """What is serialised on a server: by device, by class, by process, or nothing."""

    BY_DEVICE = 0
    BY_CLASS = 1
    BY_PROCESS = 2
    NO_SYNC = 3


class AccessControlType(TangoEnum):
    """What the access control allows a client to do."""

    ACCESS_READ = 0
    ACCESS_WRITE = 1


class LogLevel(TangoEnum):
    """The levels of logging."""

    LOG_OFF = 0
    LOG_FATAL = 1
    LOG_ERROR = 2
    LOG_WARN = 3
    LOG_INFO = 4
    LOG_DEBUG = 5


class LogTarget(TangoEnum):
    """The kinds of logging targets."""

    LOG_CONSOLE = 0
    LOG_FILE = 1
    LOG_DEVICE = 2


class PollObjType(TangoEnum):
    """The kinds of things that are polled."""

    POLL_CMD = 0
    POLL_ATTR = 1
    EVENT_HEARTBEAT = 2
    STORE_SUBDEV = 3


class PollCmdCode(TangoEnum):
    """The commands to a polling thread."""

    POLL_ADD_OBJ = 0
    POLL_REM_OBJ = 1
    POLL_START = 2
    POLL_STOP = 3
    POLL_UPD_PERIOD = 4
    POLL_REM_DEV = 5
    POLL_EXIT = 6
    POLL_REM_EXT_TRIG_OBJ = 7
    POLL_ADD_HEARTBEAT = 8
    POLL_REM_HEARTBEAT = 9


class KeepAliveCmdCode(TangoEnum):
    """The commands to the keep-alive thread."""

    EXIT_TH = 0


class LockCmdCode(TangoEnum):
    """The commands to a locking thread."""

    LOCK_ADD_DEV = 0
    LOCK_REM_DEV = 1
    LOCK_UNLOCK_ALL_EXIT = 2
    LOCK_EXIT = 3


class MessBoxType(TangoEnum):
    """The kinds of message boxes."""

    STOP = 0
    INFO = 1


class alarm_flags(TangoEnum):  # PyTango's name
    """The kinds of alarms of an attribute."""

    min_level = 0
    max_level = 1
    rds = 2
    min_warn = 3
    max_warn = 4
    numFlags = 5  # PyTango's name


class asyn_req_type(TangoEnum):  # PyTango's name
    """Which asynchronous requests are meant."""

    POLLING = 0
    CALLBACK = 1
    ALL_ASYNCH = 2


class cb_sub_model(TangoEnum):  # PyTango's name
    """When asynchronous callbacks are called."""

    PUSH_CALLBACK = 0
    PULL_CALLBACK = 1
