"""Sardana's elements for plans: motors, counters and measurement groups of a Pool."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

from ophyd import Kind

from puretango.bluesky.attributes import AttributeFacts
from puretango.bluesky.devices import TangoDevice
from puretango.bluesky.rules import FAILED_STATES, SWITCHES, AcquisitionFailed, user_limits
from puretango.bluesky.statuses import ProgressStatus
from puretango.errors import DevFailed

from ._motor import TangoMotor


class SardanaMotor(TangoMotor):
    """A motor or pseudo motor of a Sardana Pool: ``SardanaMotor("mot01")``."""

    @property
    def limits(self) -> tuple[float, float]:
        """The limits of the position attribute; if it has none, the motor's own limit switches."""
        low, high = super().limits
        if not low == high == 0 or not set(SWITCHES) <= set(self.attributes):
            return (low, high)
        signals = [self.attribute(name) for name in SWITCHES]
        self.refresh(signals)
        low, high, sign, offset = (signal.sample_now.value for signal in signals)
        # The switches are in dial units, the position in the user's.
        return user_limits(low, high, sign, offset)


class Acquiring(TangoDevice):
    """A device that counts for an integration time when it is triggered."""

    def __init__(
        self,
        prefix: str,
        *,
        integration_time: float = 1.0,
        timeout: float | None = None,
        period: float = 0.02,
        **kwargs: Any,
    ) -> None:
        self.integration_time = integration_time
        self._acquisition_timeout = timeout
        self._period = period
        self._status: ProgressStatus | None = None
        super().__init__(prefix, **kwargs)

    def fake_members(self) -> tuple[list[str], list[str]]:
        """A fake counts at once."""
        attributes, commands = super().fake_members()
        return ["IntegrationTime", *attributes], ["Start", "Stop", *commands]

    def _kind_of(self, fact: AttributeFacts) -> Kind:
        rest, chosen = self._chosen
        explicit = chosen.get(fact.name.lower(), rest)
        if explicit is not None:
            return explicit
        return Kind.config if fact.name.lower() == "integrationtime" else Kind.omitted

    def trigger(self) -> ProgressStatus:
        """Count for the integration time; the status fails if the acquisition does.

        An acquisition that is still running, as when the RunEngine repeats the trigger after a pause, is
        not begun again.
        """
        if self._status is not None and not self._status.done:
            return self._status
        self._connect()
        status = self._status = ProgressStatus(
            self,
            unit="s",
            timeout=self._acquisition_timeout,
            # Its thread would stop any acquisition that has begun meanwhile.
            call_stop_on_failure=False,
        )
        name = f"tango-acquire-{self.name}"
        threading.Thread(target=self._acquire, args=(status,), name=name, daemon=True).start()
        return status

    def _acquire(self, status: ProgressStatus) -> None:
        failure: Exception | None = None
        try:
            self._set_up()
            self._start()
            failure = self._follow(status)
        except Exception as exc:  # noqa: BLE001 - whatever it is, the status must say it
            failure = exc
        if status.done:
            self.stop()
        elif failure is None:
            status.set_finished()
        else:
            with contextlib.suppress(DevFailed):
                self.stop()
            status.set_exception(failure)

    def _set_up(self) -> None:
        self.attribute("IntegrationTime").put(self.integration_time)

    def _start(self) -> None:
        self.command("Start")()

    def _follow(self, status: ProgressStatus) -> Exception | None:
        while not status.done:
            state = self.attribute("State").get()
            if state in FAILED_STATES:
                text = self.attribute("Status").get()
                return AcquisitionFailed(f"{self.name} is in state {state}: {text}")
            if state != "MOVING":
                return None
            if status.wanted:
                whole = self.integration_time
                status.progress(min(status.elapsed_time, whole), whole)
            time.sleep(self._period)
        return None

    def stop(self, *, success: bool = False) -> None:
        """End an acquisition."""
        self.command("Stop")()


class SardanaCounter(Acquiring):
    """A counter channel of a Pool, counting by itself when it is triggered."""

    def fake_members(self) -> tuple[list[str], list[str]]:
        """A fake has a value."""
        attributes, commands = super().fake_members()
        return ["Value", *attributes], commands

    def _kind_of(self, fact: AttributeFacts) -> Kind:
        if fact.name.lower() == "value" and "value" not in self._chosen[1]:
            return Kind.hinted
        return super()._kind_of(fact)

    def _key(self, member: str) -> str:
        return self.name if member.lower() == "value" else super()._key(member)

    def _leave_out(self, fact: AttributeFacts) -> bool:
        # A channel has no value before its first acquisition.
        return fact.name.lower() != "value" and super()._leave_out(fact)
