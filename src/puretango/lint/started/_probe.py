"""Probe: a class under test with its life-cycle methods watched."""

from __future__ import annotations

import inspect
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from puretango.errors import Except

__all__ = ["NO_DATABASE", "Watch", "probe"]

NO_DATABASE = "the database does not answer"
"""A text in the error that reading the properties is made to raise."""


@dataclass
class Watch:
    """Observations of a class's own methods."""

    devices: list[Any] = field(default_factory=list)
    init_error: BaseException | None = None
    init_seconds: float = 0.0
    inits: int = 0
    hook_error: BaseException | None = None
    hook_seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Messages logged as errors, by the device or by a driver's logger."""
    reads_properties: bool = False
    """True once an author's own code has read the properties."""
    no_properties: bool = False
    """True while reading properties from an author's own code is made to fail."""
    properties_failed: bool = False
    loud: list[str] = field(default_factory=list)
    """Messages at INFO or above, with the request that was running."""
    doing: str = ""


def probe(cls: type, watch: Watch) -> type:
    """A subclass of the same name that notes its calls in the watch."""
    members: dict[str, Any] = {"__doc__": cls.__doc__, "__module__": cls.__module__}
    members["init_device"] = _watched_init(cls, watch)
    for name in ("always_executed_hook", "read_attr_hardware"):
        own = getattr(cls, name, None)
        if own is not None and not getattr(own, "__module__", "").startswith("puretango."):
            members[name] = _watched_hook(cls, name, watch)
    members["info_stream"] = _watched_log(cls, "info_stream", watch)
    for name in ("error_stream", "fatal_stream"):
        members[name] = _watched_error(cls, name, watch)
    members["get_device_properties"] = _watched_properties(cls, watch)
    return type(cls)(cls.__name__, (cls,), members)


def _watched_init(cls: type, watch: Watch) -> Any:
    own: Any = cls.init_device  # type: ignore[attr-defined]  # every device class has one

    def begun(self: Any) -> float:
        watch.inits += 1
        if self not in watch.devices:
            watch.devices.append(self)
        return time.monotonic()

    if inspect.iscoroutinefunction(own):

        async def init_async(self: Any) -> None:
            started = begun(self)
            try:
                await own(self)
            except BaseException as error:
                watch.init_error = error
                raise
            finally:
                watch.init_seconds = max(watch.init_seconds, time.monotonic() - started)

        return init_async

    def init_device(self: Any) -> None:
        started = begun(self)
        try:
            own(self)
        except BaseException as error:
            watch.init_error = error
            raise
        finally:
            watch.init_seconds = max(watch.init_seconds, time.monotonic() - started)

    return init_device


def _watched_hook(cls: type, name: str, watch: Watch) -> Any:
    own: Any = getattr(cls, name)
    if inspect.iscoroutinefunction(own):
        return own

    def hook(self: Any, *arguments: Any) -> Any:
        started = time.monotonic()
        try:
            return own(self, *arguments)
        except BaseException as error:
            watch.hook_error = error
            raise
        finally:
            if name == "always_executed_hook":
                watch.hook_seconds.append(time.monotonic() - started)

    return hook


def _watched_error(cls: type, name: str, watch: Watch) -> Any:
    own: Any = getattr(cls, name)

    def log(self: Any, text: Any, *arguments: Any, **keywords: Any) -> Any:
        watch.errors.append(str(text))
        return own(self, text, *arguments, **keywords)

    return log


def _watched_properties(cls: type, watch: Watch) -> Any:
    own: Any = cls.get_device_properties  # type: ignore[attr-defined]  # every device class has it

    def get_device_properties(self: Any, *arguments: Any) -> Any:
        asker = sys._getframe(1).f_globals.get("__name__", "")
        if asker.startswith("puretango."):
            return own(self, *arguments)
        watch.reads_properties = True
        if watch.no_properties:
            watch.properties_failed = True
            Except.throw_exception("DB_SQLError", NO_DATABASE, "Database::get_device_property")
        return own(self, *arguments)

    return get_device_properties


def _watched_log(cls: type, name: str, watch: Watch) -> Any:
    own: Any = getattr(cls, name)

    def log(self: Any, text: Any, *arguments: Any, **keywords: Any) -> Any:
        if watch.doing:
            watch.loud.append(watch.doing)
        return own(self, text, *arguments, **keywords)

    return log
