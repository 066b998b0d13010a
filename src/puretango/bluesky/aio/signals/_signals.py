"""Single attributes and commands for ophyd-async."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from ophyd_async.core import (
    DEFAULT_TIMEOUT,
    Command,
    Signal,
    SignalR,
    SignalRW,
    SignalW,
    TriggerableCommand,
)

from ._backend import TangoSignalBackend
from ._commands import TangoCommandBackend

S = TypeVar("S", bound=Signal[Any])


def read_afresh(signal: Any) -> None:
    """Have a signal read the device whenever it is read, also while it is staged or watched.

    Otherwise ophyd-async gives the last value received. That may be from before the last write, of a
    server that has died since (events report that only after ten seconds), or as old as the device's
    event thresholds allow. ``cached=True`` is for callers who accept that.
    """
    plain = getattr(type(signal), "_backend_or_cache", None)
    if plain is not None:
        # Not a subclass: ophyd-async's settings recognise a SignalRW by its exact type.
        object.__setattr__(
            signal, "_backend_or_cache", lambda cached=None: plain(signal, bool(cached))
        )


def fresh(signal: S) -> S:
    """The signal, made to read the device whenever it is read."""
    read_afresh(signal)
    return signal


def connect_known(child: Any, finished: asyncio.Task[None]) -> bool:
    """Connect a signal whose attribute's facts are known, without the two tasks that ``connect`` needs.

    ``finished`` is a task that has ended well. False if that is not possible, or fails.
    """
    if not isinstance(child, Signal):
        return False
    connector = child._connector
    backend: Any = connector._init_backend
    if not isinstance(backend, TangoSignalBackend) or not backend.connect_known():
        return False
    child._mock, connector.backend, child._connect_task = None, backend, finished
    return True


def _patient(timeout: float | None, options: dict[str, Any]) -> float | None:
    """A timeout that leaves a request its time once the server answers."""
    link = options.get("link")
    patience = options.get("patience", 0.0) if link is None else link.patience
    return None if timeout is None else timeout + patience


def tango_signal_r(
    datatype: Any,
    read_trl: str,
    timeout: float = DEFAULT_TIMEOUT,
    name: str = "",
    **options: Any,
) -> SignalR[Any]:
    """An attribute to read and monitor; ``options`` are those of TangoSignalBackend."""
    backend = TangoSignalBackend(datatype, read_trl, **options)
    return fresh(SignalR(backend, timeout=_patient(timeout, options), name=name))


def tango_signal_rw(
    datatype: Any,
    read_trl: str,
    write_trl: str = "",
    timeout: float = DEFAULT_TIMEOUT,
    name: str = "",
    **options: Any,
) -> SignalRW[Any]:
    """An attribute to read, monitor and write; ``write_trl`` names another one to write."""
    backend = TangoSignalBackend(datatype, read_trl, write_trl, **options)
    return fresh(SignalRW(backend, timeout=_patient(timeout, options), name=name))


def tango_signal_w(
    datatype: Any,
    write_trl: str,
    timeout: float = DEFAULT_TIMEOUT,
    name: str = "",
    **options: Any,
) -> SignalW[Any]:
    """An attribute to write only."""
    backend = TangoSignalBackend(datatype, write_trl, write_trl, **options)
    return SignalW(backend, timeout=_patient(timeout, options), name=name)


def tango_triggerable_command(
    trl: str,
    device_proxy: Any = None,
    *,
    timeout: float | None = DEFAULT_TIMEOUT,
    name: str = "",
) -> TriggerableCommand:
    """A command without argument and result, to trigger."""
    backend = TangoCommandBackend(None, trl, device_proxy)
    return TriggerableCommand(backend, timeout=timeout, name=name)


def tango_command(
    call_spec: Callable[..., Any] | None,
    trl: str,
    device_proxy: Any = None,
    *,
    timeout: float | None = DEFAULT_TIMEOUT,
    name: str = "",
) -> Command[Any, Any]:
    """A command; ``call_spec`` is a function with the signature that is expected of it, or None."""
    signature = None if call_spec is None else inspect.signature(call_spec, eval_str=True)
    backend = TangoCommandBackend(signature, trl, device_proxy)
    return Command(backend, timeout=timeout, name=name)


def tango_signal_x(
    write_trl: str, timeout: float = DEFAULT_TIMEOUT, name: str = ""
) -> TriggerableCommand:
    """The name that ``tango_triggerable_command`` had before ophyd-async 0.19."""
    return tango_triggerable_command(write_trl, timeout=timeout, name=name)
