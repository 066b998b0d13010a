"""Tango commands as ophyd objects: to call, to trigger, to set and to read."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from ophyd import Kind, Signal
from ophyd.status import Status

from puretango.bluesky.attributes import AttributeFailed, split
from puretango.bluesky.statuses import ReasonedStatus
from puretango.errors import DevFailed
from puretango.idl import CmdArgType

from ._dispatcher import CONTROL_LAYER
from ._fakeclasses import register_fake
from ._fakes import FakeLink
from ._link import Link

_NONE = object()


class TangoCommand(Signal):
    """One command of a Tango device.

    Calling it runs the command and returns its result. In plans, ``trigger`` runs it with
    ``argument``, ``set(x)`` runs it with ``x``, and ``read`` gives the last result; each has a
    status that fails where the command fails.
    """

    _link_class: type[Link] = Link
    _is_fake = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls._is_fake:
            register_fake(cls, FakeCommand)

    def __init__(
        self,
        trl: str,
        *,
        name: str | None = None,
        parent: Any = None,
        kind: Any = Kind.omitted,
        attr_name: str = "",
        labels: Any = None,
        argument: Any = None,
        timeout: float | None = None,
        link: Link | None = None,
        info: Any = None,
        cl: Any = None,
    ) -> None:
        locator = split(trl)
        self.trl = locator.trl
        self.command = locator.member
        self.argument = argument
        self._timeout = timeout
        self._link = link or self._link_class(locator.device)
        self._info = info
        self._result: Any = _NONE
        super().__init__(
            name=self.command if name is None else name,
            parent=parent,
            kind=kind,
            attr_name=attr_name,
            labels=labels,
            cl=cl or CONTROL_LAYER,
            metadata={"connected": info is not None},
        )

    @property
    def info(self) -> Any:
        """The command's types and their descriptions."""
        if self._info is None:
            try:
                self._info = self._link.command(self.command)
            except DevFailed as failure:
                raise AttributeFailed.from_failure(self.trl, failure) from failure
            self._metadata["connected"] = True
        return self._info

    @property
    def connected(self) -> bool:
        """Whether the command is known; asking makes it connect."""
        if not self._metadata["connected"] and not self._destroyed:
            self._dispatcher.schedule_utility_task(lambda: self.info)
        return bool(self._metadata["connected"]) and not self._destroyed

    def wait_for_connection(self, timeout: float | None = 5.0) -> None:
        """Connect; TimeoutError if that does not succeed in time."""
        deadline = time.monotonic() + (timeout or 0.0)
        while True:
            try:
                _ = self.info
            except DevFailed as failure:
                if time.monotonic() >= deadline:
                    raise TimeoutError(f"{self.name}: cannot connect: {failure}") from failure
                time.sleep(0.1)
            else:
                return

    def __call__(self, argument: Any = None, *, timeout: float | None = None) -> Any:
        """Run the command and return its result; AttributeFailed names the command."""
        try:
            result = self._link.call(self.command, argument, timeout or self._timeout)
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self.trl, failure) from failure
        old, self._result = self._result, result
        self._readback = result
        self._metadata.update(connected=True, timestamp=time.time())
        self._run_subs(
            sub_type=self.SUB_VALUE,
            old_value=None if old is _NONE else old,
            value=result,
            timestamp=self._metadata["timestamp"],
        )
        return result

    def put(self, value: Any, *, timeout: float | None = None, **kwargs: Any) -> None:
        """Run the command with ``value`` as its argument."""
        self(value, timeout=timeout)

    def _set_and_wait(self, value: Any, timeout: float | None, **kwargs: Any) -> None:
        self(value, timeout=timeout)

    def trigger(self) -> Status:
        """Run the command with its preset argument."""
        status: Status = self.set(self.argument)
        return status

    def set(self, value: Any, **kwargs: Any) -> Status:
        """Run the command with ``value`` as its argument."""
        status: Status = super().set(value, **kwargs)
        status.__class__ = ReasonedStatus  # ophyd makes the status and takes no other class
        return status

    def check_value(self, value: Any) -> None:
        """Do nothing: the server checks the argument."""

    def get(self, **kwargs: Any) -> Any:
        """The last result; before the first call, None."""
        return None if self._result is _NONE else self._result

    @property
    def value(self) -> Any:
        """The last result."""
        return self.get()

    def read(self) -> dict[str, dict[str, Any]]:
        """The last result as a reading; for a command without one, whether it has run."""
        value: Any = self._result is not _NONE if self._gives_nothing else self.get()
        if value is None:
            value = self()
        return {self.name: {"value": _documentable(value), "timestamp": self.timestamp}}

    def describe(self) -> dict[str, dict[str, Any]]:
        """The DataKey of the last result."""
        value = next(iter(self.read().values()))["value"]
        array = np.asarray(value)
        scalar = not array.shape
        kinds = {"b": "boolean", "i": "integer", "u": "integer", "f": "number"}
        key = {
            "source": self.source_name,
            "dtype": kinds.get(array.dtype.kind, "string") if scalar else "array",
            "shape": list(array.shape),
            "dtype_numpy": array.dtype.str,
        }
        return {self.name: key}

    @property
    def source_name(self) -> str:
        """The command's full locator."""
        return self._link.source(self.command)

    @property
    def _gives_nothing(self) -> bool:
        return int(self.info.out_type) == int(CmdArgType.DevVoid)


def _documentable(value: Any) -> Any:
    # LONGSTRINGARRAY and DOUBLESTRINGARRAY are pairs of different arrays: as texts they fit into one.
    if hasattr(value, "name") and not isinstance(value, str):
        return value.name
    if isinstance(value, (list, tuple)):
        if len(value) == 2 and not all(isinstance(item, (str, bytes)) for item in value):
            return [str(item) for part in value for item in part]
        return list(value)
    return value


class FakeCommand(Signal):
    """The part of a fake command that a test uses."""

    _is_fake = True
    _link_class = FakeLink
    _link: FakeLink
    command: str

    def sim_set_result(self, run: Any) -> None:
        """Set the command's result: a value, or a function of its argument."""
        self._link.results[self.command.lower()] = run if callable(run) else lambda _: run


register_fake(TangoCommand, FakeCommand)
