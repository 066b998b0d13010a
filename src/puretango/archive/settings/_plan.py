"""From a file to changes: attributes are found, compared with an archiver, reported, and applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from puretango.archive.collecting import Settings, full_name
from puretango.archive.devices import line_of, settings_of_line
from puretango.client import Database, DeviceProxy
from puretango.errors import DevFailed

if TYPE_CHECKING:
    from puretango.archive.settings._rules import Configuration, Rule

__all__ = ["Change", "Found", "apply_to", "found_attributes", "plan", "settings_of_device"]


@dataclass(frozen=True, slots=True)
class Found:
    """The attributes that a configuration means in a control system.

    Attributes:
        attributes: Settings by full name.
        problems: Devices and attributes that could not be looked up, and why.
    """

    attributes: dict[str, Settings]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do: ``add``, ``change`` or ``remove`` an attribute."""

    what: str
    name: str
    old: Settings | None
    new: Settings | None

    def __str__(self) -> str:
        sign = {"add": "+", "change": "~", "remove": "-"}[self.what]
        told = self.new or self.old or Settings()
        text = line_of(self.name, told)
        if self.what == "change" and self.old is not None:
            return f"{sign} {text} (was {line_of('', self.old).lstrip(';')})"
        return f"{sign} {text}"


def found_attributes(configuration: Configuration) -> Found:
    """Look up the devices and attributes that a configuration's patterns mean.

    Names without a pattern need neither a database nor a running device.
    """
    attributes: dict[str, Settings] = {}
    problems: list[str] = []
    devices: list[str] | None = None
    for rule in configuration.rules:
        if not rule.is_pattern:
            attributes[full_name(rule.pattern)] = rule.settings
            continue
        names = [rule.device]
        if any(letter in rule.device for letter in "*?["):
            if devices is None:
                devices, told = _devices()
                problems += told
            names = [n for n in devices if fnmatchcase(n.lower(), rule.device.lower())]
            if not names:
                problems.append(f"{rule.pattern}: no device of the database fits")
        for name in names:
            _add_device(rule, name, attributes, problems)
    return Found(attributes, tuple(problems))


def _devices() -> tuple[list[str], list[str]]:
    try:
        found: Any = Database().get_device_exported("*")
    except DevFailed as failed:
        return [], [f"the database cannot be asked for devices: {failed.args[0].desc}"]
    return [str(name) for name in found], []


def _add_device(
    rule: Rule, device: str, attributes: dict[str, Settings], problems: list[str]
) -> None:
    try:
        proxy: Any = DeviceProxy(device)
        names = proxy.get_attribute_list()
    except DevFailed as failed:
        problems.append(f"{device}: {failed.args[0].desc.strip()}")
        return
    plain, hash_, option = device.partition("#")
    for name in names:
        if rule.takes(name):
            attributes[full_name(f"{plain}/{name}{hash_}{option}")] = rule.settings


def plan(wanted: dict[str, Settings], now: dict[str, Settings]) -> list[Change]:
    """The changes that turn the settings `now` into `wanted`, sorted by name."""
    changes = []
    for name in sorted({*wanted, *now}):
        old, new = now.get(name), wanted.get(name)
        if old == new:
            continue
        what = "add" if old is None else "remove" if new is None else "change"
        changes.append(Change(what, name, old, new))
    return changes


def settings_of_device(device: Any) -> dict[str, Settings]:
    """The settings of an event subscriber, puretango's or a C++ one, by full name.

    Raises:
        DevFailed: It cannot be reached.
    """
    names: Sequence[str] = device.read_attribute("AttributeList").value or ()
    strategies: Sequence[str] = device.read_attribute("AttributeStrategyList").value or ()
    ttls: Sequence[int] | None = device.read_attribute("AttributeTTLList").value
    ttl_of = dict(zip(names, () if ttls is None else ttls))
    contexts = [told.partition(":")[0] for told in device.read_attribute("ContextsList").value]
    found = {}
    lines = _property_lines(device)
    for name, strategy in zip(names, strategies):
        full = full_name(name)
        line = f"{name};strategy={strategy};ttl={ttl_of.get(name, 0)}"
        for extra in lines.get(full, ()):
            line += f";{extra}"
        found[full] = settings_of_line(line, Settings(), contexts)[1]
    return found


def _property_lines(device: Any) -> dict[str, list[str]]:
    """puretango's own fields (poll, rate, period), which only the AttributeList property has."""
    try:
        lines = device.get_property("AttributeList")["AttributeList"]
    except DevFailed:
        return {}
    found = {}
    for line in lines:
        name, *fields = line.split(";")
        own = [f for f in fields if f.split("=")[0].strip() in {"poll", "rate", "period"}]
        found[full_name(name)] = own
    return found


def apply_to(device: Any, changes: Iterable[Change]) -> list[str]:
    """Carry out a plan through an event subscriber's commands.

    Returns:
        The changes that failed, and why; the others were made.
    """
    failed = []
    for change in changes:
        try:
            if change.what in {"change", "remove"}:
                device.command_inout("AttributeRemove", change.name)
            if change.new is not None:
                strategy = "|".join(change.new.strategy)
                device.command_inout("AttributeAdd", [line_of(change.name, change.new), strategy])
        except DevFailed as error:
            failed.append(f"{change}: {error.args[0].desc.strip()}")
    return failed
