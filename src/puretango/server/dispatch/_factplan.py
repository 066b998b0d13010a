"""Plans for questions about what a device is: ping, names, info, configurations.

The first answer is kept, and given again until the device's stamp changes. Nothing of the author's
runs, and nothing is waited for: such a question is answered at once, on a loop too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.server.access._reading import ALL_NAMES
from puretango.server.base._peer import client_at
from puretango.server.device._deviceimpl import DeviceImpl
from puretango.server.dispatch._reply import NO_EXCEPTION

if TYPE_CHECKING:
    from puretango.net import Answer, Peer
    from puretango.server.base._stamp import Stamp

Plan = Callable[["Peer"], Any]

_PLAIN = frozenset({"ping", "_get_name", "_get_description", "_get_adm_name"})
_INFOS = frozenset({"info", "info_3", "info_6"})
_CONFIGS = frozenset(
    {
        "get_attribute_config",
        "get_attribute_config_2",
        "get_attribute_config_3",
        "get_attribute_config_5",
    }
)
_FACTS = _PLAIN | _INFOS | _CONFIGS
_time_ns = time.time_ns


def is_fact(device: DeviceImpl, operation: str, arguments: tuple[Any, ...]) -> bool:
    """True if the answer can only change when the device's stamp does."""
    if operation not in _FACTS:
        return False
    if operation in _INFOS:
        return type(device).get_version_info is DeviceImpl.get_version_info
    return operation in _PLAIN or _are_own(device, arguments[0])


def _are_own(device: DeviceImpl, names: list[str]) -> bool:
    """True if all that is asked for is there, and the device's own."""
    attributes = device._tango_attributes
    if len(names) == 1 and names[0].lower() in ALL_NAMES:
        return not attributes.has_forwarded
    found = [attributes.find(name) for name in names]
    return all(one is not None and not one.forwarded for one in found)


def make_fact_plan(device: DeviceImpl, operation: str, stamp: Stamp, given: Answer) -> Plan | None:
    """The plan that gives this answer, which was made while the device wore that stamp."""
    status, body = given
    if status != NO_EXCEPTION:
        return None
    answer = (status, body if isinstance(body, bytes) else b"".join(body))
    add = device._tango_black_box.add
    cls = device._tango_device_class
    about_class = _about(cls) if operation in _INFOS else None

    def plan(peer: Peer) -> Any:
        if device._tango_stamp is not stamp:
            return None
        if about_class is not None and _about(cls) != about_class:
            return None
        add((_time_ns() * 1e-9, operation, None, None, client_at(peer)))
        return answer

    return plan


def _about(cls: Any) -> tuple[str, str]:
    """What authors may change of a class at any time."""
    return cls.get_type(), cls.get_doc_url()
