"""One turn of polling: read, keep the records, send the events."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from puretango.cdr import Any as CdrAny
from puretango.server.access._reading import read_inside
from puretango.server.access._record import Watched, record_of
from puretango.server.access._ring import Polled, Record
from puretango.server.attribute._wire import failed_value
from puretango.server.base._blackbox import POLLING
from puretango.server.base._failure import AUTHORS_ERRORS, errors_of
from puretango.server.base._visit import READS, Visit, visiting
from puretango.server.command._running import execute
from puretango.server.polling._plan import PollPlan, make_poll_plan, reading_visit
from puretango.values import CmdArgType, DevSource, encode_command_value

if TYPE_CHECKING:
    from puretango.server.polling._ports import PolledOwner, PollingHost

LOG = logging.getLogger("puretango.server")


class PollingRun:
    """Polls objects of a device and keeps their values."""

    def __init__(self, server: PollingHost) -> None:
        self._server = server

    def turn(
        self, device: PolledOwner, objects: list[Polled], plan: PollPlan | None
    ) -> PollPlan | None:
        """Poll objects of a synchronous device; returns the plan for the next turn, if there is one."""
        if plan is None or not plan.fits(objects):
            plan = make_poll_plan(device, objects)
        if plan is None:
            self.poll(device, objects)
        else:
            self._follow(device, plan)
        return plan

    def _follow(self, device: PolledOwner, plan: PollPlan) -> None:
        started, began = time.time(), time.monotonic()
        records: list[tuple[Watched, Record]]
        try:
            records = plan.read()
        except BaseException as error:  # a polling thread is never cancelled from outside
            errors = errors_of(error)
            records = [
                (one, Record(started, failed_value(5, one.polled.name, errors), errors))
                for one in plan.watched
            ]
        duration = (time.monotonic() - began) / len(records)
        for one, record in records:
            one.polled.duration = duration
            one.polled.add(record)
        self._server.publisher.detector.detect_all(device, records)
        if plan.commands:
            self.poll(device, plan.commands)

    def poll(self, device: PolledOwner, objects: list[Polled]) -> None:
        """Poll objects of a synchronous device, or of an asyncio one from another thread."""
        device._tango.run(self.poll_core(device, objects))

    async def poll_core(self, device: PolledOwner, objects: list[Polled]) -> None:
        """Poll objects of one device."""
        attributes = [polled for polled in objects if polled.kind == "attribute"]
        if attributes:
            await self._poll_attributes(device, attributes)
        for polled in objects:
            if polled.kind == "command":
                await self._poll_command(device, polled)

    async def _poll_attributes(self, device: PolledOwner, objects: list[Polled]) -> None:
        started, began = time.time(), time.monotonic()
        names = [polled.name for polled in objects]
        values: list[Any]
        try:
            visit = reading_visit(device, names)
            values = await visiting(device, visit, None, read_inside, device, names, 5)
        except AUTHORS_ERRORS as error:
            errors = errors_of(error)
            values = [failed_value(5, name, errors) for name in names]
        duration = time.monotonic() - began
        for polled, value in zip(objects, values, strict=True):
            polled.duration = duration / len(objects)
            polled.add(record_of(value, started))
            try:
                self._server.publisher.detect(device, polled.name, value)
            except Exception:
                LOG.exception("events of %s/%s", device._tango.name, polled.name)

    async def _poll_command(self, device: PolledOwner, polled: Polled) -> None:
        started, began = time.time(), time.monotonic()
        command = device._tango.commands.find(polled.name)
        if command is None:
            return
        name = command.lower_name
        visit = Visit(device, READS, "command_inout", name, DevSource.DEV, asker=POLLING)
        try:
            result = await visiting(device, visit, None, execute, device, command)
        except AUTHORS_ERRORS as error:
            polled.add(Record(started, None, errors_of(error)))
        else:
            polled.add(Record(started, result))
        polled.duration = time.monotonic() - began

    @staticmethod
    def command_result(name: str, value: Any) -> CdrAny:
        """The result of the command State or Status from the attribute's value."""
        data = value.value[1]
        item = data if not hasattr(data, "__len__") or isinstance(data, str) else data[0]
        kind = CmdArgType.DevState if name == "state" else CmdArgType.DevString
        return encode_command_value(kind, item)
