"""Plans for state() and status(), CORBA's own attributes of a device."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.errors import IMP_LIMIT, DevFailed
from puretango.idl import OPERATIONS
from puretango.server.base._calling import drive
from puretango.server.base._hooks import HOOKS
from puretango.server.base._peer import client_at
from puretango.server.dispatch._reply import NO_EXCEPTION, body_of

if TYPE_CHECKING:
    from puretango.net import Peer
    from puretango.server.device._deviceimpl import DeviceImpl

Plan = Callable[["Peer"], Any]
BUSY = 10
"""The minor code of IMP_LIMIT by which C++ devices say that they are busy."""
NOT_ACQUIRED = "Not able to acquire device monitor"
"""The status of a device that has been busy for too long."""
_time_ns = time.time_ns


def make_state_plan(device: DeviceImpl, operation: str) -> Plan:
    """The plan for _get_state or _get_status of a blocking device."""
    stamp = device._tango_stamp
    monitor, visits = device._tango_monitor, device._tango_server.subdevices.visits
    note = device._tango_black_box.add
    hooked, own = HOOKS[0] in device._tango_own_hooks, vars(device)
    is_state = operation == "_get_state"
    codec = OPERATIONS[operation]

    def ask() -> Any:
        try:
            if hooked or HOOKS[0] in own:
                device.always_executed_hook()
            core = device._tango_current_state() if is_state else device._tango_current_status()
            return drive(core)
        except Exception as error:  # clients get no exception of these operations
            device.warn_stream("%s: %s", "State" if is_state else "Status", error)
            return device._tango_state_value if is_state else device._tango_status_text

    def answer(found: Any) -> Any:
        writer = CdrWriter()
        codec.encode_result(writer, found)
        return NO_EXCEPTION, body_of(writer)

    def plan(peer: Peer) -> Any:
        if device._tango_stamp is not stamp:
            return None
        try:
            monitor.acquire()
        except DevFailed as error:
            if is_state:
                raise IMP_LIMIT(error.args[0].desc, minor=BUSY) from error
            return answer(NOT_ACQUIRED)
        client = client_at(peer)
        before = visits.enter(device, client)
        try:
            note((_time_ns() * 1e-9, operation, None, None, client))
            found = ask()
        finally:
            visits.leave(before)
            monitor.release()
        return answer(found)

    return plan
