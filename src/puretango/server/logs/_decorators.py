"""Decorators that log the entry and exit of a device's methods."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from puretango.server.declaration._typehint import is_coroutine_function

LONGEST = 25


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 5] + "[...]"


class LogIt:
    """Logs at level DEBUG: ``@LogIt(show_args=True, show_kwargs=True, show_ret=True)``."""

    level = "debug"

    def __init__(
        self, show_args: bool = False, show_kwargs: bool = False, show_ret: bool = False
    ) -> None:
        self._show_args = show_args
        self._show_kwargs = show_kwargs
        self._show_ret = show_ret

    def is_enabled(self, obj: Any) -> bool:
        """True if the device logs at this level."""
        return bool(getattr(obj.get_logger(), f"is_{self.level}_enabled")())

    def get_log_func(self, obj: Any) -> Callable[..., None]:
        """The device's stream of this level."""
        return getattr(obj, f"{self.level}_stream")  # type: ignore[no-any-return]  # found by its name

    def _enter(self, function: Any, args: Any, kwargs: Any) -> tuple[Callable[..., None], str]:
        device = args[0]
        log = self.get_log_func(device)
        name = f"{type(device).__name__}.{function.__name__}"
        shown = []
        if self._show_args:
            shown.append(", ".join(map(_short, args[1:])))
        if self._show_kwargs:
            shown.append(", ".join(f"{key}={_short(value)}" for key, value in kwargs.items()))
        log(f"-> {name}({', '.join(shown)})", source=function)
        return log, name

    def _leave(self, function: Any, log: Callable[..., None], name: str, result: Any) -> None:
        shown = f"{_short(result)} " if self._show_ret else ""
        log(f"{shown}<- {name}()", source=function)

    def __call__(self, function: Any) -> Any:
        """Decorate a method."""
        if is_coroutine_function(function):

            @functools.wraps(function)
            async def wait_and_log(*args: Any, **kwargs: Any) -> Any:
                if not self.is_enabled(args[0]):
                    return await function(*args, **kwargs)
                log, name = self._enter(function, args, kwargs)
                try:
                    result = await function(*args, **kwargs)
                except BaseException:
                    log(f"<- {name}() raised exception!", source=function)
                    raise
                self._leave(function, log, name, result)
                return result

            return wait_and_log

        @functools.wraps(function)
        def call_and_log(*args: Any, **kwargs: Any) -> Any:
            if not self.is_enabled(args[0]):
                return function(*args, **kwargs)
            log, name = self._enter(function, args, kwargs)
            try:
                result = function(*args, **kwargs)
            except BaseException:
                log(f"<- {name}() raised exception!", source=function)
                raise
            self._leave(function, log, name, result)
            return result

        return call_and_log


class DebugIt(LogIt):
    """Logs at level DEBUG."""


class InfoIt(LogIt):
    """Logs at level INFO."""

    level = "info"


class WarnIt(LogIt):
    """Logs at level WARN."""

    level = "warn"


class ErrorIt(LogIt):
    """Logs at level ERROR."""

    level = "error"


class FatalIt(LogIt):
    """Logs at level FATAL."""

    level = "fatal"
