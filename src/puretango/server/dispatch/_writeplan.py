"""Writing one attribute of a blocking device, and reading after it, without the general way's steps.

The values change with each request, so a plan cannot be found by a request's bytes: it is kept by
what is written and read, and runs as long as the device wears the same stamp.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.access._writer import Writer, make_writer
from puretango.server.access._writing import Setting
from puretango.server.base._failure import to_dev_failed
from puretango.server.base._hooks import HOOKS
from puretango.server.base._peer import Client, trace_of
from puretango.server.dispatch._readplan import make_reading
from puretango.server.dispatch._reply import NO_EXCEPTION, user_exception

if TYPE_CHECKING:
    from puretango.net import Answer
    from puretango.server.base._stamp import Stamp
    from puretango.server.device._deviceimpl import DeviceImpl

_WRITE, _WRITE_READ = "write_attributes_4", "write_read_attributes_5"
_time_ns = time.time_ns
_VOID = NO_EXCEPTION, b""
MOST_WRITERS = 1024
"""Prepared writes of one device; the oldest goes for a new one."""


class WritePlan:
    """The write of one attribute, and what is read after it."""

    __slots__ = ("detail", "read", "stamp", "write")

    def __init__(
        self, stamp: Stamp, write: Writer | None, read: Callable[[], Any] | None, detail: Any
    ) -> None:
        self.stamp = stamp
        self.write = write
        self.read = read
        self.detail = detail


def write_at_once(
    device: DeviceImpl, client: Client, operation: str, arguments: tuple[Any, ...]
) -> Answer | None:
    """The answer to a request that writes one attribute; None sends it the general way."""
    if operation not in (_WRITE, _WRITE_READ):
        return None
    values, ident = arguments[0], arguments[-1]
    if len(values) != 1 or trace_of(ident) is not None or device._tango_spans is not None:
        return None
    (value,) = values
    names = tuple(arguments[1]) if operation == _WRITE_READ else None
    plan = _plan(device, value.name, names)
    if plan.write is None or HOOKS[2] in vars(device):
        return None
    client.identity = ident
    setting = Setting(value.name, value.value, value.w_dim.dim_x, value.w_dim.dim_y)
    return _run(device, client, operation, plan, setting)


def _plan(device: DeviceImpl, name: str, names: tuple[str, ...] | None) -> WritePlan:
    plans: dict[Any, WritePlan] = device._tango_write_plans
    plan = plans.get((name, names))
    stamp = device._tango_stamp
    if plan is None or plan.stamp is not stamp:
        if len(plans) >= MOST_WRITERS:
            plans.pop(next(iter(plans)), None)
        write = make_writer(device, device._tango_attributes.find(name))
        read = None if names is None else make_reading(device, names)
        if names is not None and read is None:
            write = None
        detail = [name] if names is None else f"{name}/{', '.join(names)}"
        plan = plans[name, names] = WritePlan(stamp, write, read, detail)
    return plan


def _run(
    device: DeviceImpl, client: Client, operation: str, plan: WritePlan, setting: Setting
) -> Answer:
    monitor, visits = device._tango_monitor, device._tango_server.subdevices.visits
    try:
        monitor.acquire()
    except DevFailed as error:
        return user_exception(error)
    before = visits.enter(device, client)
    try:
        device._tango_black_box.add((_time_ns() * 1e-9, operation, plan.detail, None, client))
        if device._tango_lock is not None:
            device._tango_check_lock(operation, client)
        assert plan.write is not None
        plan.write(setting)
        if plan.read is None:
            return _VOID
        answer: Answer = plan.read()
        return answer
    except BaseException as error:  # a thread that serves requests is never interrupted
        return user_exception(to_dev_failed(error))
    finally:
        visits.leave(before)
        monitor.release()
