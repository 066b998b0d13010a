"""The event subscribers that a configuration manager manages: puretango's, or C++ ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.archive.collecting import device_and_attribute, full_name
from puretango.client import DeviceProxy
from puretango.errors import DevFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Archivers", "set_up_events"]


class Archivers:
    """Proxies of event subscribers, by the names under which the ArchiverList property has them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._proxies: dict[str, Any] = {name: None for name in names if name}

    @property
    def names(self) -> list[str]:
        """Their names."""
        return list(self._proxies)

    def add(self, name: str) -> None:
        """One more; raises DevFailed if it cannot be reached."""
        proxy = DeviceProxy(name)
        proxy.ping()
        self._proxies[self._known(name) or name] = proxy

    def remove(self, name: str) -> None:
        """One less; raises DevFailed if it is not managed."""
        known = self._known(name)
        if known is None:
            raise wrong(f"archiver {name} is not managed", "ArchiverRemove")
        del self._proxies[known]

    def proxy(self, name: str) -> Any:
        """The proxy of one; raises DevFailed if it is not managed, or cannot be reached."""
        known = self._known(name)
        if known is None:
            raise wrong(f"archiver {name} is not managed", "archiver")
        if self._proxies[known] is None:
            self._proxies[known] = DeviceProxy(known)
        return self._proxies[known]

    def _known(self, name: str) -> str | None:
        wanted = _plain(name)
        return next((known for known in self._proxies if _plain(known) == wanted), None)

    def attributes(self) -> dict[str, list[str]]:
        """Per archiver the attributes that it is configured for; none for one that cannot be reached."""
        return {name: list(self.read(name, "AttributeList", []) or []) for name in self._proxies}

    def read(self, name: str, attribute: str, default: Any) -> Any:
        """An attribute of an archiver, the default if it cannot be reached."""
        try:
            value = self.proxy(name).read_attribute(attribute).value
        except DevFailed:
            return default
        return default if value is None else value

    def total(self, attribute: str, together: Callable[[list[Any]], Any] = sum) -> Any:
        """The values of an attribute of all archivers, combined."""
        found = [self.read(name, attribute, None) for name in self._proxies]
        known = [value for value in found if value is not None]
        return together(known) if known else 0

    def of(self, attribute: str, origin: str) -> tuple[Any, str, str]:
        """Proxy and name of the archiver of an attribute, and the attribute's name as that archiver spells it.

        Raises:
            DevFailed: No archiver has it.
        """
        wanted = full_name(attribute)
        for name, attributes in self.attributes().items():
            for known in attributes:
                if full_name(known) == wanted or _tail(known) == _tail(attribute.lower()):
                    return self.proxy(name), name, known
        raise wrong(f"attribute {attribute} is not archived", origin)


def _plain(name: str) -> str:
    """domain/family/member from any spelling of a device's name."""
    return "/".join(name.lower().partition("#")[0].rsplit("/", 3)[-3:])


def _tail(name: str) -> str:
    return "/".join(name.lower().partition("#")[0].rsplit("/", 4)[-4:])


def wrong(text: str, origin: str) -> DevFailed:
    """The error of a command that cannot be carried out."""
    return DevFailed.make("HDBPP_Error", text, f"HdbConfigurationManager::{origin}()")


def set_up_events(
    name: str, *, polling: int, absolute: float, relative: float, period: int, pushed: bool
) -> None:
    """Set up the archive event of an attribute, as AttributeAdd does.

    Args:
        name: The attribute.
        polling: Its polling period in ms; 0 leaves the polling as it is.
        absolute, relative: archive_abs_change and archive_rel_change; NaN leaves them as they are.
        period: archive_period in ms; 0 leaves it as it is.
        pushed: The device's code pushes the event: it need not be polled.

    Raises:
        DevFailed: The device refuses, or there would never be an event.
    """
    device, attribute = device_and_attribute(full_name(name))
    proxy: Any = DeviceProxy(device)
    config = proxy.get_attribute_config(attribute)
    criteria = config.events.arch_event
    changed = False
    for field, value in (("archive_abs_change", absolute), ("archive_rel_change", relative)):
        if value == value:
            setattr(criteria, field, f"{value:g}")
            changed = True
    if period > 0:
        criteria.archive_period = str(period)
        changed = True
    if changed:
        proxy.set_attribute_config([config])
    if pushed:
        return
    if polling > 0 and proxy.get_attribute_poll_period(attribute) != polling:
        proxy.poll_attribute(attribute, polling)
    if proxy.get_attribute_poll_period(attribute) <= 0:
        raise wrong(
            f"{name} is not polled and SetCodePushedEvent is false: no event would ever come",
            "AttributeAdd",
        )
