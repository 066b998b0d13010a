"""Topics: the names under which servers publish and clients subscribe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from puretango.errors import MarshalError
from puretango.values import EventType

KINDS: dict[EventType, str] = {
    EventType.CHANGE_EVENT: "change",
    EventType.PERIODIC_EVENT: "periodic",
    EventType.ARCHIVE_EVENT: "archive",
    EventType.USER_EVENT: "user_event",
    EventType.ATTR_CONF_EVENT: "attr_conf",
    EventType.DATA_READY_EVENT: "data_ready",
    EventType.INTERFACE_CHANGE_EVENT: "intr_change",
    EventType.PIPE_EVENT: "pipe",
    EventType.ALARM_EVENT: "alarm",
}
"""The kinds of events, and the names by which they travel."""

EVENT_NAMES = tuple(KINDS.values())
"""The events that a server knows, by the names that travel."""

VALUE_EVENTS = frozenset(("change", "periodic", "archive", "user_event", "alarm"))
"""The events whose payload is an attribute's value."""

_PREFIXED = frozenset(("change", "periodic", "archive", "user_event", "attr_conf"))
_PREFIX = "idl5_"
_NO_DATABASE = "#dbase=no"
_HEARTBEAT = ".heartbeat"


class Topic(NamedTuple):
    """The parts of a topic."""

    host: str
    """``host:port`` of the database, or of the server if there is no database."""
    device: str
    attribute: str
    """Attribute (or pipe); empty for events of the whole device."""
    event: str
    idl: int
    """The release of the payload: 5, or 4 for topics without the prefix."""
    database: bool = True

    @property
    def text(self) -> str:
        """The topic as it travels."""
        name = f"{self.device}/{self.attribute}" if self.attribute else self.device
        modifier = "" if self.database else _NO_DATABASE
        return f"{channel_prefix(self.host)}{name.lower()}{modifier}.{wire_event(self.event, self.idl)}"


def channel_prefix(host: str) -> str:
    """What topics start with: ``tango://host:port/``."""
    return f"tango://{host}/"


def wire_event(event: str, idl: int) -> str:
    """An event's name in topics: clients of IDL 5 and later get a prefix on some."""
    return _PREFIX + event if idl >= 5 and event in _PREFIXED else event


def parse_topic(text: str) -> Topic:
    """The parts of a received topic; MarshalError if it is not one."""
    if not text.startswith("tango://"):
        raise MarshalError(f"no topic: {text[:80]!r}")
    host, _, rest = text[8:].partition("/")
    name, dot, event = rest.rpartition(".")
    if not dot or not host:
        raise MarshalError(f"no topic: {text[:80]!r}")
    database = not name.endswith(_NO_DATABASE)
    if not database:
        name = name[: -len(_NO_DATABASE)]
    idl = 5 if event.startswith(_PREFIX) or event not in _PREFIXED else 4
    event = event.removeprefix(_PREFIX)
    parts = name.split("/", 3)
    if len(parts) < 3:
        raise MarshalError(f"no device in the topic {text[:80]!r}")
    attribute = parts[3] if len(parts) == 4 else ""
    return Topic(host, "/".join(parts[:3]), attribute, event, idl, database)


def heartbeat_base(host: str, admin_device: str) -> str:
    """The base of the heartbeat's topic, as a subscription's answer gives it."""
    return f"{channel_prefix(host)}{admin_device.lower()}"


def heartbeat_topic(base: str, database: bool = True) -> str:
    """The topic of a server's heartbeat."""
    return base + ("" if database else _NO_DATABASE) + _HEARTBEAT


def is_heartbeat(text: str) -> bool:
    """True for the topic of a heartbeat."""
    return text.endswith(_HEARTBEAT)


def alias_topics(text: str, hosts: Iterable[str]) -> list[str]:
    """The topic, then its variants with each other spelling of the database's ``host:port``.

    A server spells its TANGO_HOST its own way, and a client may know other spellings of the
    same database: it subscribes to all of them.
    """
    result = [text]
    if not text.startswith("tango://") or _NO_DATABASE in text:
        return result
    rest = text[8:].partition("/")[2]
    for host in hosts:
        alias = channel_prefix(host) + rest
        if alias not in result:
            result.append(alias)
    return result
