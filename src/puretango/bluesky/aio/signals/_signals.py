"""Single attributes and commands for ophyd-async."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ophyd_async.core import (
    DEFAULT_TIMEOUT,
    Command,
    SignalR,
    SignalRW,
    SignalW,
    TriggerableCommand,
)

from ._backend import TangoSignalBackend
from ._commands import TangoCommandBackend


class _Fresh(SignalR[Any]):
    """Reads the device whenever it is read, also while it is staged or watched.

    ophyd-async gives the last value heard then. That may be from before the last write, of a
    server that is gone since (events tell so after ten seconds only), or as old as the device's
    thresholds for events like it. ``cached=True`` is for whom that will do.
    """

    def _backend_or_cache(self, cached: bool | None = None) -> Any:
        return super()._backend_or_cache(bool(cached))


class TangoSignalR(_Fresh):
    """An attribute to read and watch."""


class TangoSignalRW(_Fresh, SignalRW[Any]):
    """An attribute to read, watch and write."""


_OWN: dict[type, type] = {SignalR: TangoSignalR, SignalRW: TangoSignalRW}


def read_afresh(signal: Any) -> None:
    """Make a plain signal, as ophyd-async makes them from annotations, one of these."""
    signal.__class__ = _OWN.get(type(signal), type(signal))


def plain_type(signal: Any) -> type:
    """The type of ophyd-async's that a signal had in its annotation."""
    return next((plain for plain, own in _OWN.items() if type(signal) is own), type(signal))


def _patient(timeout: float | None, options: dict[str, Any]) -> float | None:
    """A request's timeout begins when the server is there."""
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
    """An attribute to read and watch; ``options`` are those of TangoSignalBackend."""
    backend = TangoSignalBackend(datatype, read_trl, **options)
    return TangoSignalR(backend, timeout=_patient(timeout, options), name=name)


def tango_signal_rw(
    datatype: Any,
    read_trl: str,
    write_trl: str = "",
    timeout: float = DEFAULT_TIMEOUT,
    name: str = "",
    **options: Any,
) -> SignalRW[Any]:
    """An attribute to read, watch and write; ``write_trl`` names another one to write."""
    backend = TangoSignalBackend(datatype, read_trl, write_trl, **options)
    return TangoSignalRW(backend, timeout=_patient(timeout, options), name=name)


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
    write_trl: str, timeout: float = DEFAULT_TIMEOUT, name: str = ""
) -> TriggerableCommand:
    """A command without argument and result, to trigger."""
    return TriggerableCommand(TangoCommandBackend(None, write_trl), timeout=timeout, name=name)


def tango_command(
    call: Callable[..., Any] | None,
    trl: str,
    timeout: float | None = DEFAULT_TIMEOUT,
    name: str = "",
) -> Command[Any, Any]:
    """A command; ``call`` is a function with the signature that is expected of it, or None."""
    signature = None if call is None else inspect.signature(call, eval_str=True)
    return Command(TangoCommandBackend(signature, trl), timeout=timeout, name=name)


#: The same, by the name that it had before ophyd-async 0.19.
tango_signal_x = tango_triggerable_command
