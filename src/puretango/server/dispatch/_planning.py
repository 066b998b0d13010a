"""Which operations have plans, and how each is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.server.dispatch._plan import Plan, Task, plan_of
from puretango.server.dispatch._questions import FACTS, fact_task, state_task
from puretango.server.dispatch._reads import read_task
from puretango.server.dispatch._runs import command_task
from puretango.server.dispatch._writes import write_task

if TYPE_CHECKING:
    from puretango.giop import Invocation
    from puretango.server.device._deviceimpl import DeviceImpl

Maker = Callable[["DeviceImpl", "Invocation", str, tuple[Any, ...]], "Task | None"]
_MAKERS: dict[str, Maker] = {
    **dict.fromkeys(FACTS, fact_task),
    "_get_state": state_task,
    "_get_status": state_task,
    "read_attributes_5": read_task,
    "write_attributes_4": write_task,
    "write_read_attributes_5": write_task,
    "command_inout_4": command_task,
}


def make_plan(
    device: DeviceImpl, request: Invocation, operation: str, arguments: tuple[Any, ...]
) -> Plan | None:
    """The plan for requests like this one, and the place of a value that changes; None if there is no plan."""
    make = _MAKERS.get(operation)
    task = None if make is None else make(device, request, operation, arguments)
    if task is None:
        return None
    request.span = task.span
    return plan_of(device, task)
