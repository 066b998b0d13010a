"""The arguments of ``subscribe_event``, in all the orders that PyTango takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from puretango.errors import DevFailed
from puretango.tracing import warn_once
from puretango.values import EventSubMode, EventType, ExtractAs

__all__ = ["SubscribeArguments", "event_function", "parse_subscribe"]

_KEYWORDS = {
    "attr_name",
    "event_type",
    "queuesize",
    "sub_mode",
    "extract_as",
    "cb",
    "filters",
    "stateless",
    "green_mode",
    "coalesce",
    "keep",
}
_CALLABLE = "Parameter 'cb' must be callable object or an object with a 'push_event' method"


@dataclass(slots=True)
class SubscribeArguments:
    """What a subscription asks for."""

    attribute: str
    event_type: EventType
    callback: Callable[[Any], Any] | None
    queue_size: int | None
    sub_mode: EventSubMode
    extract_as: ExtractAs
    coalesce: bool
    keep_oldest: bool = False
    undecoded: bool = False
    """True if the callback decodes events itself, many at once: see UndecodedReceiver."""


def event_function(callback: Any) -> Callable[[Any], Any] | None:
    """The function that takes events: the callback itself or its ``push_event``."""
    if callable(callback):
        return callback  # type: ignore[no-any-return]  # whatever the user handed in
    function = getattr(callback, "push_event", None)
    return function if callable(function) else None


def _is_integer(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


class _Arguments:
    """Takes arguments by name, else in order as long as they fit."""

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args = list(args)
        self.kwargs = dict(kwargs)
        self.given = f"args={args!r}, kwargs={kwargs!r}"

    def take(
        self, name: str, fits: Callable[[Any], bool], text: str = "", default: Any = ...
    ) -> Any:
        if name in self.kwargs:
            value = self.kwargs.pop(name)
            if not fits(value):
                raise TypeError(f"Invalid type for parameter '{name}={value}': {text}")
            return value
        if self.args and fits(self.args[0]):
            return self.args.pop(0)
        if default is ...:
            if self.args:
                raise TypeError(
                    f"Invalid type for parameter '{name}': {text}. Received: {type(self.args[0])}"
                )
            raise IndexError(f"Expected parameter '{name}'. {self.given}")
        return default

    def finish(self) -> None:
        if self.args:
            raise TypeError(
                f"Invalid type for a parameter: {type(self.args[0])}. "
                "Parameter 'sub_mode' must be of type EventSubMode, "
                "'filters' a sequence of str, 'stateless' of type bool, "
                f"'extract_as' of type ExtractAs. {self.given}"
            )


def parse_subscribe(args: tuple[Any, ...], kwargs: dict[str, Any]) -> SubscribeArguments:
    """Read ``(attribute, event type, callback or queue size, [mode or filters], …)``."""
    unknown = set(kwargs) - _KEYWORDS
    if unknown:
        raise TypeError(f"Unexpected keyword argument(s): {', '.join(sorted(unknown))}")
    for one, other in (("cb", "queuesize"), ("sub_mode", "filters"), ("sub_mode", "stateless")):
        if one in kwargs and other in kwargs:
            raise TypeError(f"Parameters '{one}' and '{other}' cannot be used together")
    kwargs = {name: value for name, value in kwargs.items() if name != "green_mode"}
    coalesce = bool(kwargs.pop("coalesce", False))
    keep = kwargs.pop("keep", "newest")
    if keep not in ("newest", "oldest"):
        raise TypeError(f"Parameter 'keep' must be 'newest' or 'oldest', not {keep!r}")
    given = _Arguments(args, kwargs)
    interface = EventType.INTERFACE_CHANGE_EVENT
    if (args and isinstance(args[0], EventType)) or kwargs.get("event_type") == interface:
        return _parse_interface(given, coalesce)
    attribute = given.take("attr_name", lambda value: isinstance(value, str), "a str is wanted")
    event_type = given.take(
        "event_type", lambda value: isinstance(value, EventType), "an EventType is wanted"
    )
    callback, queue_size = _receiver(given)
    mode: EventSubMode | None = given.take(
        "sub_mode",
        lambda value: isinstance(value, EventSubMode),
        "Parameter 'sub_mode' must be of type EventSubMode",
        None,
    )
    filters = stateless = None
    if mode is None:
        filters = given.take(
            "filters", _is_sequence, "Parameter 'filters' must be sequence of str", None
        )
        stateless = given.take(
            "stateless",
            lambda value: isinstance(value, bool),
            "Parameter 'stateless' must be of type bool",
            None,
        )
    extract_as = given.take(
        "extract_as",
        lambda value: isinstance(value, ExtractAs),
        "Parameter 'extract_as' must be of type ExtractAs",
        ExtractAs.Numpy,
    )
    given.finish()
    if filters is not None or stateless is not None:
        _warn("'stateless' and 'filters' parameters are", "stateless_and_filters_parameters")
    if mode is None:
        mode = EventSubMode.Stateless if stateless else EventSubMode.SyncRead
    return SubscribeArguments(
        attribute, event_type, callback, queue_size, mode, extract_as, coalesce, keep == "oldest"
    )


def _receiver(given: _Arguments) -> tuple[Callable[[Any], Any] | None, int | None]:
    callback = given.take(
        "cb", lambda value: event_function(value) is not None, f"{_CALLABLE}", None
    )
    if callback is not None:
        return event_function(callback), None
    size = given.take("queuesize", _is_integer, "an integer is wanted", None)
    if size is None:
        raise TypeError(
            "Either parameter 'queuesize' must be an integer, or parameter 'cb' must be callable "
            f"object or an object with a 'push_event' method. {given.given}."
        )
    if size < 0:
        raise DevFailed.make(
            "API_InvalidArgs",
            "Event queue size must be positive",
            "EventConsumer::subscribe_event()",
        )
    return None, int(size)


def _parse_interface(given: _Arguments, coalesce: bool) -> SubscribeArguments:
    event_type = given.take(
        "event_type", lambda value: isinstance(value, EventType), "an EventType is wanted"
    )
    if event_type != EventType.INTERFACE_CHANGE_EVENT:
        raise TypeError("This method is only for Interface Change Events")
    callback = given.take("cb", lambda value: event_function(value) is not None, f"{_CALLABLE}.")
    mode = given.take("sub_mode", lambda value: isinstance(value, EventSubMode), "", None)
    if mode is None:
        stateless = given.take("stateless", lambda value: isinstance(value, bool), "", None)
        if stateless is not None:
            _warn("'stateless' parameter is", "stateless_parameter")
        mode = EventSubMode.Stateless if stateless else EventSubMode.SyncRead
    given.finish()
    return SubscribeArguments(
        "dummy", event_type, event_function(callback), None, mode, ExtractAs.Numpy, coalesce
    )


def _warn(what: str, key: str) -> None:
    warn_once(
        f"The {what} deprecated. The version for removal has not been decided, but the earliest "
        "is version 11.0.0. Please, update calls to use the 'sub_mode' parameter instead.",
        key=f"deprecated:tango.device_proxy:{key}",
        category=DeprecationWarning,
        stacklevel=4,
    )
