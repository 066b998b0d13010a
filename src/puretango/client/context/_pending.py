"""Asynchronous calls that are under way, and their replies."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from puretango.errors import AsynCall, AsynReplyNotArrived, DevError, ErrSeverity
from puretango.values import asyn_req_type, cb_sub_model

__all__ = ["PendingCall", "PendingCalls"]

LOG = logging.getLogger("puretango.client")

_MOST_CANCELLED = 1000
"""Cancelled calls whose replies can still be asked for; of more than that the oldest is forgotten."""


@dataclass(slots=True, eq=False)
class PendingCall:
    """One asynchronous call: who made it, and the future of its reply."""

    number: int
    proxy: Any
    kind: str
    future: Future[Any] = field(default_factory=Future)
    callback: Callable[[Any], None] | None = None
    cancelled: bool = False
    thread: threading.Thread | None = None


class PendingCalls:
    """The asynchronous calls of a client.

    Each runs in a thread of its own while it waits for its reply; a call with a callback
    delivers it from there (push model) or when the client asks for replies (pull model).
    """

    def __init__(self) -> None:
        self.model = cb_sub_model.PULL_CALLBACK
        self._numbers = itertools.count(1)
        self._calls: dict[int, PendingCall] = {}
        self._changed = threading.Condition()

    def start(
        self,
        proxy: Any,
        kind: str,
        run: Callable[[], Any],
        callback: Callable[[Any], None] | None = None,
        forget: bool = False,
    ) -> int:
        """Start a call; give its number."""
        call = PendingCall(next(self._numbers), proxy, kind, callback=callback)
        push = callback is not None and self.model == cb_sub_model.PUSH_CALLBACK
        if not forget:
            with self._changed:
                self._calls[call.number] = call
        call.thread = threading.Thread(
            target=self._run, args=(call, run, push), name="puretango-asynch", daemon=True
        )
        try:
            call.thread.start()
        except RuntimeError:  # no thread could be started: nothing must wait for its reply
            self._take(call.number)
            raise
        return call.number

    def _run(self, call: PendingCall, run: Callable[[], Any], push: bool) -> None:
        try:
            call.future.set_result(run())
        except BaseException as exc:  # noqa: BLE001  # delivered with the reply
            call.future.set_exception(exc)
        with self._changed:
            if push:  # unless a pulling thread has just taken it, or it has been cancelled
                push = self._take(call.number) is not None
            self._changed.notify_all()
        if push:
            self._tell(call)

    @staticmethod
    def _tell(call: PendingCall) -> None:
        """Run a call's callback; its failure is logged and keeps no other callback from running."""
        try:
            if call.callback is not None:
                call.callback(call.future)
        except (
            Exception
        ):  # the callback's own error must not reach the caller that asks for replies
            LOG.exception("the callback of an asynchronous call failed")

    def reply(self, number: int, kind: str, timeout_ms: int | None, device: str, what: str) -> Any:
        """The result of a call; waits as long as said (0 for ever, None not at all)."""
        with self._changed:
            call = self._calls.get(number)
        if call is None:
            raise _no_such_call(number)
        if call.kind != kind:
            raise AsynCall(
                DevError(
                    "API_BadAsynReqType",
                    ErrSeverity.ERR,
                    f"Incompatible request type for asynchronous request with id = {number}",
                    what,
                )
            )
        if not call.future.done():
            if timeout_ms is not None:
                seconds = timeout_ms / 1000 if timeout_ms else None
                with self._changed:
                    self._changed.wait_for(call.future.done, seconds)
            if not call.future.done():
                raise AsynReplyNotArrived(
                    DevError(
                        "API_AsynReplyNotArrived",
                        ErrSeverity.ERR,
                        f"Device {device}: Reply for asynchronous call (id = {number}) "
                        "is not yet arrived",
                        what,
                    )
                )
        self._forget(number)
        return call.future.result()

    def _take(self, number: int) -> PendingCall | None:
        with self._changed:
            return self._calls.pop(number, None)

    def _forget(self, number: int) -> bool:
        """Forget a call that is done; False if another thread, or a callback, has taken it."""
        call = self._take(number)
        thread = call.thread if call is not None else None
        if thread is not None and thread is not threading.current_thread():
            thread.join(1)
        return call is not None

    def cancel(self, number: int) -> None:
        """Stop waiting for one call; its reply may still be asked for, as in Tango."""
        with self._changed:
            call = self._calls.get(number)
            if call is None:
                raise _no_such_call(number)
            self._cancel(call)

    def cancel_all(self, proxy: Any = None) -> None:
        """Stop waiting for the polled calls of a proxy, or of all."""
        with self._changed:
            for call in list(self._calls.values()):
                if call.callback is None and proxy in (None, call.proxy):
                    self._cancel(call)

    def _cancel(self, call: PendingCall) -> None:
        call.cancelled = True
        if call.callback is not None:
            del self._calls[call.number]
            return
        cancelled = [each for each in self._calls.values() if each.cancelled]
        if len(cancelled) > _MOST_CANCELLED:
            del self._calls[cancelled[0].number]

    def count(self, kind: asyn_req_type, proxy: Any = None) -> int:
        """How many calls are under way, of a proxy or of all."""
        with self._changed:
            calls = [
                call
                for call in self._calls.values()
                if (proxy is None or call.proxy is proxy) and not call.cancelled
            ]
        if kind == asyn_req_type.POLLING:
            return sum(call.callback is None for call in calls)
        if kind == asyn_req_type.CALLBACK:
            return sum(call.callback is not None for call in calls)
        return len(calls)

    def deliver(self, timeout_ms: int | None = None, proxy: Any = None) -> None:
        """Run the callbacks of the replies that are there (pull model).

        With a timeout, wait for all of them, at most that many milliseconds (0 for ever).
        """
        deadline = None
        if timeout_ms:
            deadline = time.monotonic() + timeout_ms / 1000
        while True:
            with self._changed:
                mine = [
                    call
                    for call in self._calls.values()
                    if call.callback is not None and (proxy is None or call.proxy is proxy)
                ]
                done = [call for call in mine if call.future.done()]
                if not done and mine and timeout_ms is not None:
                    left = None if deadline is None else deadline - time.monotonic()
                    if left is not None and left <= 0:
                        raise _not_all_arrived()
                    self._changed.wait(left)
                    continue
            for call in done:
                if self._forget(call.number):
                    self._tell(call)
            if len(done) == len(mine) or timeout_ms is None:
                return

    def close(self) -> None:
        """Forget every call."""
        with self._changed:
            self._calls.clear()


def _no_such_call(number: int) -> AsynCall:
    return AsynCall(
        DevError(
            "API_BadAsynPollId",
            ErrSeverity.ERR,
            f"Failed to find a asynchronous polling request with id = {number}",
            "AsynReq::get_request()",
        )
    )


def _not_all_arrived() -> AsynReplyNotArrived:
    return AsynReplyNotArrived(
        DevError(
            "API_AsynReplyNotArrived",
            ErrSeverity.ERR,
            "Still some reply(ies) for asynchronous callback call(s) to be received",
            "ApiUtil::get_asynch_replies",
        )
    )
