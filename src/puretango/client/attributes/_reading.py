"""Reading one attribute, by a plan from the second time on."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._attributes import read_attributes
from puretango.client.attributes._failures import check_read
from puretango.client.attributes._plans import ReadPlan
from puretango.client.green._green import quick, run_green
from puretango.client.green._planned import mode_of, submit
from puretango.client.session._trace import traced
from puretango.values import DeviceAttribute, ExtractAs, GreenMode

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["Reading"]

_NUMPY = ExtractAs.Numpy


def make_plan(session: Session, name: str) -> None:
    """Remember how an attribute is read, until the connection or the source changes."""
    if session.idl_version < 5 or not session.connected or traced:
        return  # each traced call has a request of its own
    session.known.reads[name] = ReadPlan(session, name)


class Reading:
    """``read_attribute`` of a DeviceProxy."""

    _session: Session

    async def _read_attribute(
        self, io: IO, attr_name: str, extract_as: ExtractAs = _NUMPY
    ) -> DeviceAttribute:
        """Read one attribute; its failure is raised."""
        session = self._session
        (attribute,) = await read_attributes(io, session, [attr_name], extract_as, one=True)
        if type(attr_name) is str and attr_name not in session.known.reads:
            make_plan(session, attr_name)
        return check_read(attribute, session)

    @quick(_read_attribute)
    def read_attribute(
        self,
        attr_name: str,
        extract_as: ExtractAs = _NUMPY,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        mode = mode_of(self, green_mode)

        def long_way(io: IO) -> Coroutine[Any, Any, DeviceAttribute]:
            return self._read_attribute(io, attr_name, extract_as)

        if extract_as is _NUMPY and not traced and type(attr_name) is str:
            plan = self._session.known.reads.get(attr_name)
            if plan is not None:
                return submit(self, plan, None, long_way, mode, wait, timeout)
        return run_green(self, long_way, (), {}, mode, wait, timeout)
