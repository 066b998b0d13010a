"""Events pushed by a device's author."""

from __future__ import annotations

from typing import Any

from puretango.server.base._failure import throw, to_dev_failed
from puretango.server.device.parts._part import Part
from puretango.values import AttrQuality, CmdArgType

_NO_DIMS = "Note, that dim_x and dim_y arguments are no longer supported."


class EventsPart(Part):
    """Sending of events that the author pushes."""

    def are_wanted(self, name: str, event: str) -> bool:
        """True if anybody subscribes to those events of an attribute."""
        return self.tango.server.has_subscriber(self.device, name, (event,))

    def send(self, name: str, event: str, payload: Any) -> None:
        """Send an event of an attribute or pipe with what it carries."""
        self.tango.server.publisher.push_payload(self.device, name, event, payload)

    def send_configuration(self, attribute: Any) -> None:
        """Tell that an attribute has a new configuration."""
        self.tango.server.publisher.push_configuration(self.device, attribute)

    def push(
        self, attr_name: str, event: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Send what push_change_event and the like were called with."""
        attribute = self.tango.attributes.get(attr_name)
        error = kwargs.pop("except", None) if kwargs else None
        if args and isinstance(args[0], BaseException):
            error, args = args[0], args[1:]
        if error is not None:
            self.tango.server.publisher.push_error(
                self.device, attribute, event, to_dev_failed(error)
            )
            return
        if kwargs:
            args = _merge(args, kwargs)
        _check(attribute, args)
        standard = attribute.lower_name in ("state", "status")
        if not args and not standard:
            raise throw(
                "PyDs_InvalidCall",
                f"Cannot push event for attribute {attribute.name} without data. "
                "Pushing event without data parameter is only allowed for State and Status "
                "attributes.",
                "DeviceImpl::push_event",
            )
        self.tango.server.publisher.push_value(self.device, attribute, event, args)


def _merge(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    if "dim_x" in kwargs or "dim_y" in kwargs:
        raise TypeError("dim_x and dim_y arguments are no longer supported")
    rest = [kwargs.pop(n) for n in ("str_data", "data", "time_stamp", "quality") if n in kwargs]
    if kwargs:
        raise TypeError(f"unexpected keyword arguments: {', '.join(kwargs)}")
    return (*args, *rest)


def _check(attribute: Any, args: tuple[Any, ...]) -> None:
    if len(args) < 2:
        return
    if len(args) > 4:
        raise TypeError(f"Too many arguments. {_NO_DIMS}")
    last = args[-1]
    if isinstance(last, AttrQuality) or not isinstance(last, (int, float)):
        return
    encoded = attribute.data_type == CmdArgType.DevEncoded and len(args) == 2
    wanted = (
        "For DevEncoded attribute it must one of str, bytes, bytearray. "
        if encoded or len(args) == 2
        else "It must be of type AttrQuality. "
    )
    raise TypeError(
        f"Last argument, {last}, has the incorrect type: {type(last)}. {wanted}{_NO_DIMS}"
    )
