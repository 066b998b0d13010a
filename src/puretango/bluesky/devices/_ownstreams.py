"""Streams of their own for attributes that may fail while the others' events go on."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from bluesky.utils import Msg as _Msg

from puretango.bluesky.attributes import AttributeFailed

__all__ = ["own_streams"]

Msg: Any = _Msg


def own_streams(plan: Any, *devices: Any) -> Generator[Any, Any, Any]:
    """The plan, where each event of ``devices`` is followed by one for each of their attributes
    whose policy is ``OnFailure.OWN_STREAM``, in a stream with the name of its signal.

    Such an attribute is not part of its device's events; one that cannot be read gives no event
    there, and the plan goes on. Classic devices and ophyd-async's may be mixed::

        RE(own_streams(count([device], 10), device))
    """
    plan, answer = iter(plan), None
    read: list[Any] = []
    failure: BaseException | None = None
    while True:
        try:
            message = plan.send(answer) if failure is None else plan.throw(failure)
        except StopIteration as end:
            return end.value
        failure = None
        try:
            answer = yield message
        except GeneratorExit:
            plan.close()
            raise
        except Exception as raised:  # noqa: BLE001 - the plan's own to handle
            failure = raised
            continue
        if message.command == "create":
            read = []
        elif message.command == "read":
            read.append(message.obj)
        elif message.command == "save":
            for device in devices:
                if any(one is device for one in read):
                    for signal in device.own_stream_signals:
                        yield from _event_of(signal, message.run)


def _event_of(signal: Any, run: Any) -> Generator[Any, Any, None]:
    yield Msg("create", None, name=signal.name, run=run)
    try:
        yield Msg("read", signal, run=run)
    except AttributeFailed:
        yield Msg("drop", None, run=run)
    else:
        yield Msg("save", None, run=run)
