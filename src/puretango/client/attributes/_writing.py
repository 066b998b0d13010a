"""Writing one attribute, by a plan from the second time on."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._attributes import write_attributes
from puretango.client.attributes._plans import WritePlan
from puretango.client.green._green import quick, run_green
from puretango.client.green._planned import mode_of, submit
from puretango.client.session._trace import traced
from puretango.values import AccessControlType, AttributeInfo, GreenMode

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._plan import Plan
    from puretango.client.session._session import Session

__all__ = ["Writing"]

_READ_ONLY = AccessControlType.ACCESS_READ


def plan_of(session: Session, name: str) -> Plan | None:
    """The plan to write an attribute whose type is known; None if there is none."""
    plan = session.known.writes.get(name)
    if plan is None and session.idl_version >= 4 and session.connected:
        info = session.known.infos.get(name.lower())
        if info is not None:
            plan = session.known.writes[name] = WritePlan(session, name, info)
    return plan


class Writing:
    """``write_attribute`` of a DeviceProxy."""

    _session: Session

    async def _write_attribute(self, io: IO, attr: str | AttributeInfo, value: Any) -> None:
        """Write one attribute, named or described."""
        await write_attributes(io, self._session, [(attr, value)], "write_attribute")

    @quick(_write_attribute)
    def write_attribute(
        self,
        attr: str | AttributeInfo,
        value: Any,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        session = self._session
        mode = mode_of(self, green_mode)

        def long_way(io: IO) -> Coroutine[Any, Any, None]:
            return self._write_attribute(io, attr, value)

        if type(attr) is str and not traced and session.access is not _READ_ONLY:
            plan = plan_of(session, attr)
            if plan is not None:
                return submit(self, plan, value, long_way, mode, wait, timeout)
        return run_green(self, long_way, (), {}, mode, wait, timeout)
