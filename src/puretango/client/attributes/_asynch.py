"""Asynchronous reads and writes: start now, take the reply later or have a callback run with it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._attributes import read_attributes, several_names
from puretango.client.attributes._plans import pick_write
from puretango.client.attributes._types import write_values
from puretango.client.commands._asynch import callback_function, outcome_of
from puretango.client.green._green import green
from puretango.client.session._faults import Trouble
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._rights import check_writable
from puretango.errors import DevError, DevFailed, ErrSeverity, NamedDevFailedList
from puretango.values import (
    DeviceAttribute,
    ExtractAs,
    Printable,
    asyn_req_type,
    extracted_attribute,
)

if TYPE_CHECKING:
    from puretango.client.session._session import Session

__all__ = [
    "AsynchAttributes",
    "AttrReadEvent",
    "AttrWrittenEvent",
    "failure_of_one_write",
    "write_asynch_trouble",
]


class AttrReadEvent(Printable):
    """The reply of an asynchronous read."""

    __slots__ = ("argout", "attr_names", "device", "err", "errors")

    def __init__(
        self, device: Any, names: list[str], argout: list[Any], failure: DevFailed | None
    ) -> None:
        self.device = device
        self.attr_names = names
        self.argout = argout
        failed = [attribute.name for attribute in argout if attribute.has_failed]
        self.err = failure is not None or bool(failed)
        self.errors = tuple(failure.args) if failure is not None else ()
        if failed:
            desc = (
                f"Failed to read_attributes on device {device.dev_name()}, "
                f"attribute {', '.join(failed)}"
            )
            origin = "DeviceProxy::read_attributes_reply()"
            self.errors = (DevError("API_AttributeFailed", ErrSeverity.ERR, desc, origin),)


class AttrWrittenEvent(Printable):
    """The reply of an asynchronous write."""

    __slots__ = ("attr_names", "device", "err", "errors")

    def __init__(self, device: Any, names: list[str], failure: DevFailed | None) -> None:
        self.device = device
        self.attr_names = names
        self.err = failure is not None
        self.errors = NamedDevFailedList()
        if failure is not None:
            named = getattr(failure, "err_list", [])
            self.errors = NamedDevFailedList(*failure.args, err_list=named)


class AsynchAttributes:
    """Asynchronous reads and writes of a DeviceProxy."""

    _session: Session

    def pending_asynch_call(self, request: asyn_req_type) -> int:
        """How many asynchronous calls of this proxy are under way."""
        return self._session.context.pending.count(request, self)

    def _start_read(self, names: list[str], cb: Any, extract_as: ExtractAs) -> int | None:
        callback = callback_function(cb, "attr_read") if cb is not None else None
        if callback is None:
            extract_as = ExtractAs.Nothing  # the form is chosen when the reply is asked for

        def run() -> list[DeviceAttribute]:
            found: list[DeviceAttribute] = drive(
                read_attributes(BLOCKING, self._session, names, extract_as, one=False)
            )
            return found

        deliver = None
        if callback is not None:
            call = callback

            def deliver(future: Future[Any]) -> None:
                found, failure = outcome_of(future)
                call(AttrReadEvent(self, names, found or [], failure))

        number = self._session.context.pending.start(self, "read", run, deliver)
        return None if callback is not None else number

    def _start_write(self, pairs: list[tuple[Any, Any]], cb: Any, one: bool) -> int | None:
        session = self._session
        check_writable(session)
        values = drive(write_values(BLOCKING, session, pairs))
        names = [value.name for value in values]
        what = "write_attribute" if one else "write_attributes"
        trouble = write_asynch_trouble(what, names)

        def run() -> None:
            drive(session.request(BLOCKING, pick_write(values), trouble))

        callback = callback_function(cb, "attr_written") if cb is not None else None
        deliver = None
        if callback is not None:
            call = callback

            def deliver(future: Future[Any]) -> None:
                call(AttrWrittenEvent(self, names, outcome_of(future)[1]))

        number = session.context.pending.start(self, "write", run, deliver)
        return None if callback is not None else number

    def _reply(self, kind: str, id: int, poll_timeout: int | None, what: str) -> Any:
        session = self._session
        return session.context.pending.reply(
            id, kind, poll_timeout, session.device_name, f"DeviceProxy::{what}"
        )

    @green(update_signature_and_docstring=True)
    def read_attribute_asynch(
        self, attr_name: str, cb: Any = None, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> int | None:
        """Start to read one attribute."""
        return self._start_read([attr_name], cb, extract_as)

    @green(update_signature_and_docstring=True)
    def read_attributes_asynch(
        self, attr_names: Sequence[str], cb: Any = None, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> int | None:
        """Start to read several attributes."""
        return self._start_read(several_names(attr_names), cb, extract_as)

    @green(update_signature_and_docstring=True)
    def read_attribute_reply(
        self,
        id: int,
        poll_timeout: int | None = None,
        extract_as: ExtractAs = ExtractAs.Numpy,
    ) -> DeviceAttribute:
        """The attribute whose reading was started before."""
        attributes = self._reply("read", id, poll_timeout, "read_attributes_reply")
        found = extracted_attribute(attributes[0], extract_as)
        if found.has_failed:  # its errors already say what was tried
            raise DevFailed(*found.get_err_stack())
        return found

    @green(update_signature_and_docstring=True)
    def read_attributes_reply(
        self,
        id: int,
        poll_timeout: int | None = None,
        extract_as: ExtractAs = ExtractAs.Numpy,
    ) -> list[DeviceAttribute]:
        """The attributes whose reading was started before."""
        found = self._reply("read", id, poll_timeout, "read_attributes_reply")
        return [extracted_attribute(attribute, extract_as) for attribute in found]

    @green(update_signature_and_docstring=True)
    def write_attribute_asynch(self, attr: Any, value: Any, cb: Any = None) -> int | None:
        """Start to write one attribute."""
        return self._start_write([(attr, value)], cb, one=True)

    @green(update_signature_and_docstring=True)
    def write_attributes_asynch(
        self, attr_values: Sequence[tuple[Any, Any]], cb: Any = None
    ) -> int | None:
        """Start to write several attributes."""
        return self._start_write([(name, value) for name, value in attr_values], cb, one=False)

    @green(update_signature_and_docstring=True)
    def write_attribute_reply(self, id: int, poll_timeout: int | None = None) -> None:
        """Wait for a write started before; its failure is raised."""
        try:
            self._reply("write", id, poll_timeout, "write_attributes_reply")
        except NamedDevFailedList as failed:
            raise failure_of_one_write(failed, self._session) from failed.__cause__

    @green(update_signature_and_docstring=True)
    def write_attributes_reply(self, id: int, poll_timeout: int | None = None) -> None:
        """Wait for a write started before; its failure is raised."""
        try:
            self._reply("write", id, poll_timeout, "write_attributes_reply")
        except NamedDevFailedList as failed:
            what = "DeviceProxy::write_attributes_reply()"
            names = ", ".join(each.name for each in failed.err_list)
            desc = (
                f"Failed to execute {what} on device {self._session.device_name}, object(s) {names}"
            )
            raise NamedDevFailedList(
                DevError("API_AttributeFailed", ErrSeverity.ERR, desc, what),
                err_list=failed.err_list,
            ) from failed.__cause__


def write_asynch_trouble(what: str, names: Sequence[str]) -> Trouble:
    """The error to put on top of an asynchronous write's errors."""
    text = f"\nAttribute(s): {', '.join(names)}"
    return Trouble(what, "DeviceProxy::write_attr_except()", text)


def failure_of_one_write(failed: NamedDevFailedList, session: Session) -> DevFailed:
    """The failure of one attribute's write, its own errors first."""
    first = failed.err_list[0]
    desc = (
        f"Failed to execute write_attributes_asynch on device {session.device_name}\n"
        f"Attribute(s): {first.name}"
    )
    added = DevError(
        "API_AttributeFailed", ErrSeverity.ERR, desc, "DeviceProxy::write_attributes_reply()"
    )
    return DevFailed(*first.err_stack, added)
