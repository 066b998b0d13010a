"""Rules over a database (M, The device; The database; The controlled access)."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator

from puretango.lint._finding import Found
from puretango.lint._registry import Checks
from puretango.lint.declared import is_secret, misfit
from puretango.lint.facility._facts import DeviceEntry, Facility
from puretango.model import ClassModel, Place

__all__ = ["checks", "polled_of", "user_devices"]

checks = Checks()

_NAME = re.compile(r"[A-Za-z0-9_.+:@-]+(?:/[A-Za-z0-9_.+:@-]+){2}\Z")
_OWN_DEVICES = ("sys/database/", "tango/admin/", "sys/access_control/", "sys/tg_test/")
_LIBRARYS = (
    "polled_attr polled_cmd non_auto_polled_attr non_auto_polled_cmd poll_ring_depth "
    "poll_old_factor cmd_min_poll_period attr_min_poll_period min_poll_period logging_level "
    "logging_target current_logging_level current_logging_target logging_rft description "
    "doc_url classname inheritedfrom programming language projecttitle svnlocation "
    "cvslocation cmd_poll_ring_depth attr_poll_ring_depth event_topic_prefix"
)
"""Properties that the library or the tools put there, lower case."""


def user_devices(facility: Facility) -> Iterator[DeviceEntry]:
    """The devices that are not the control system's own."""
    for device in facility.devices.values():
        if not device.name.lower().startswith(_OWN_DEVICES):
            yield device


def _at(name: str) -> Place:
    return Place(name)


@checks.check("TX001")
def names(facility: Facility) -> Iterator[Found]:
    """Three fields; aliases are unique, and no device's name."""
    for device in facility.devices.values():
        if not _NAME.match(device.name):
            yield Found(
                "TX001", f"device name {device.name!r} is not three plain fields", _at(device.name)
            )
    by_lower: dict[str, list[str]] = defaultdict(list)
    for alias, device_name in facility.aliases.items():
        by_lower[alias.lower()].append(alias)
        if alias.lower() in facility.devices:
            yield Found(
                "TX001", f"alias {alias} is the name of a device", _at(device_name or alias)
            )
    for same in by_lower.values():
        if len(same) > 1:
            yield Found("TX001", f"aliases {', '.join(same)} differ only in case", _at(same[0]))


@checks.check("TX002")
def supervised(facility: Facility) -> Iterator[Found]:
    """Servers are controlled by a Starter, with a level if others have one."""
    leveled = any(server.level > 0 for server in facility.servers.values())
    for server in facility.servers.values():
        own = server.name.lower().startswith(("databaseds", "starter/", "tangoaccesscontrol"))
        if own or not server.devices:
            continue
        if not server.controlled and not server.host:
            yield Found("TX002", f"server {server.name} is under no Starter", _at(server.name))
        elif leveled and server.level == 0:
            yield Found("TX002", f"server {server.name} has start-up level 0", _at(server.name))


@checks.check("TX003")
def exported(facility: Facility) -> Iterator[Found]:
    """Exported devices answer."""
    for device in facility.devices.values():
        if device.exported and not device.answers:
            yield Found("TX003", f"{device.name} is exported and does not answer", _at(device.name))


@checks.check("TX004", "TX005")
def leftovers(facility: Facility) -> Iterator[Found]:
    """Properties and polling of attributes that no longer exist."""
    for device in user_devices(facility):
        model = device.model
        if model is None:
            continue
        known = {one.name.lower() for one in model.attributes} | {"state", "status"}
        for attribute in device.attribute_properties:
            if attribute.lower() not in known:
                said = f"{device.name}: properties of {attribute}, which the device does not have"
                yield Found("TX004", said, _at(device.name), advice=_near(attribute, known))
        stored = polled_of(device)
        for attribute in stored:
            if attribute not in known:
                yield Found(
                    "TX004",
                    f"{device.name}: polls {attribute}, which it does not have",
                    _at(device.name),
                )
        running = {one.name.lower(): one.period for one in device.polling if not one.is_command}
        for attribute, period in stored.items():
            if attribute in known and attribute not in running:
                said = f"{device.name}: {attribute} is to be polled each {period:g} ms, and is not"
                yield Found("TX005", said, _at(device.name))
            elif attribute in running and period != running[attribute]:
                said = f"{device.name}: {attribute} is polled each {running[attribute]:g} ms, not {period:g}"
                yield Found("TX005", said, _at(device.name))


def polled_of(device: DeviceEntry, name: str = "polled_attr") -> dict[str, float]:
    """The stored polling: periods in milliseconds by lower-case names."""
    texts = device.properties.get(name, [])
    found = {}
    for index in range(0, len(texts) - 1, 2):
        try:
            found[texts[index].lower()] = float(texts[index + 1])
        except ValueError:
            continue
    return found


def _near(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name.lower(), sorted(known), 1, 0.7)
    return f"did you mean {near[0]}?" if near else ""


@checks.check("TX006")
def archived(facility: Facility) -> Iterator[Found]:
    """Attributes that are archived and polled have archive criteria."""
    wanted: set[str] = set()
    for device in facility.devices.values():
        if "eventsubscriber" in device.class_name.lower():
            for line in device.properties.get("AttributeList", []):
                name = line.split(";")[0].lower()
                wanted.add("/".join(name.split("/")[-4:]))
    for device in user_devices(facility):
        for attribute in polled_of(device):
            properties = device.attribute_properties.get(attribute, {})
            has = any(key.startswith("archive_") for key in properties)
            declared = device.model.attribute(attribute) if device.model else None
            has = has or bool(
                declared
                and (
                    declared.archive_abs_change
                    or declared.archive_rel_change
                    or declared.archive_period
                )
            )
            if f"{device.name.lower()}/{attribute}" in wanted and not has:
                said = (
                    f"{device.name}/{attribute} is archived and polled, and has no archive criteria"
                )
                yield Found("TX006", said, _at(device.name))


@checks.check("TX007")
def versions(facility: Facility) -> Iterator[Found]:
    """A class is served by one version of the library."""
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    for device in user_devices(facility):
        if device.library:
            seen[device.class_name].setdefault(device.library, device.server)
    for class_name, found in seen.items():
        if len(found) > 1:
            told = ", ".join(f"{server} ({version})" for version, server in sorted(found.items()))
            yield Found(
                "TX007",
                f"class {class_name} is served by several versions: {told}",
                _at(class_name),
            )


@checks.check("TX008")
def loops(facility: Facility) -> Iterator[Found]:
    """Devices do not read each other in a circle."""
    below = {
        device.name.lower(): {
            one.split()[-1].lower() for one in device.properties.get("__SubDevices", []) if one
        }
        for device in facility.devices.values()
    }
    told: set[frozenset[str]] = set()
    for start in below:
        path = _way_back(start, below)
        if path and frozenset(path) not in told:
            told.add(frozenset(path))
            yield Found(
                "TX008",
                f"devices read each other in a circle: {' → '.join([*path, start])}",
                _at(start),
            )


def _way_back(start: str, below: dict[str, set[str]]) -> list[str]:
    waiting = [[start]]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        for other in sorted(below.get(path[-1], ())):
            if other == start and len(path) > 1:
                return path
            if other not in seen and other != start:
                seen.add(other)
                waiting.append([*path, other])
    return []


@checks.check("TX009")
def access(facility: Facility) -> Iterator[Found]:
    """A database that others can reach controls who may write."""
    host = facility.host.rpartition(":")[0].lower()
    if not facility.access_control and host not in ("127.0.0.1", "localhost", "::1"):
        said = "the database can be reached from other hosts and there is no access control"
        yield Found("TX009", said, _at(facility.host))


_MANY = 30


@checks.check("TX010")
def crowded(facility: Facility) -> Iterator[Found]:
    """Many devices on one polling thread wait for each other."""
    for server in facility.servers.values():
        if len(server.devices) > _MANY and server.threads <= 1:
            said = f"server {server.name} has {len(server.devices)} devices and one polling thread"
            yield Found("TX010", said, _at(server.name), advice="polling_threads_pool_size")


@checks.check("TP004", "TP005", "TP006", "TP009")
def properties(facility: Facility) -> Iterator[Found]:
    """Stored properties are of the types that the class declares."""
    librarys = set(_LIBRARYS.split())
    for device in user_devices(facility):
        model = facility.model_of(device)
        own = {name.lower() for name in facility.class_properties.get(device.class_name, {})}
        place = _at(device.name)
        for name, values in device.properties.items():
            if is_secret(name) and any(values):
                yield Found("TP009", f"{device.name}: {name} is stored in clear", place)
        if model is None or not (model.device_properties or model.class_properties):
            continue
        known = {one.name.lower(): one for one in model.device_properties}
        for name, values in device.properties.items():
            lowered = name.lower()
            declared = known.get(lowered)
            if declared is None:
                if (
                    lowered not in librarys | own
                    and not name.startswith("__")
                    and model.origin != "import"
                ):
                    said = f"{device.name}: property {name} is unknown to class {device.class_name}"
                    yield Found("TP005", said, place, advice=_near(name, set(known)))
            elif "data_type" not in declared.unknown:
                bad = misfit(declared.data_type, values)
                if bad:
                    yield Found("TP006", f"{device.name}: {name}: {bad}", place)
        stored = {name.lower() for name in device.properties} | own
        for declared in model.device_properties:
            if declared.mandatory and declared.name.lower() not in stored:
                said = f"{device.name}: mandatory property {declared.name} has no value"
                yield Found("TP004", said, place)


@checks.check("TP010")
def class_wide(facility: Facility) -> Iterator[Found]:
    """A property with the same value for all devices belongs to the class."""
    by_class: dict[str, list[DeviceEntry]] = defaultdict(list)
    for device in user_devices(facility):
        by_class[device.class_name].append(device)
    librarys = set(_LIBRARYS.split())
    for class_name, devices in by_class.items():
        if len(devices) < 3:
            continue
        for name in devices[0].properties:
            if name.lower() in librarys or name.startswith("__"):
                continue
            values = {tuple(one.properties.get(name, ())) for one in devices}
            if len(values) == 1:
                said = f"property {name} is the same on all {len(devices)} devices of {class_name}"
                yield Found("TP010", said, _at(class_name))


@checks.check("TC401")
def polled_commands(facility: Facility) -> Iterator[Found]:
    """Only commands without argument are polled."""
    for device in user_devices(facility):
        model = facility.model_of(device)
        for name in polled_of(device, "polled_cmd"):
            command = model.command(name) if model is not None else None
            if command is not None and command.argin.data_type != "DevVoid":
                said = f"{device.name}: command {name} is polled and takes an argument"
                yield Found("TC401", said, _at(device.name))


_PAIRS = (("min_value", "max_value"), ("min_alarm", "max_alarm"), ("min_warning", "max_warning"))


@checks.check("TA010", "TA013", "TA028")
def attribute_configuration(facility: Facility) -> Iterator[Found]:
    """Limits and criteria that are stored are numbers in order."""
    for device in user_devices(facility):
        for attribute, stored in device.attribute_properties.items():
            first = {key: values[0] if values else "" for key, values in stored.items()}
            where = f"{device.name}/{attribute}"
            for low, high in _PAIRS:
                pair = [_number(first.get(key, "")) for key in (low, high)]
                if pair[0] is not None and pair[1] is not None and pair[0] >= pair[1]:
                    said = f"{where}: {low} {pair[0]:g} is not below {high} {pair[1]:g}"
                    yield Found("TA010", said, _at(device.name))
            if ("delta_val" in first) != ("delta_t" in first):
                yield Found(
                    "TA013", f"{where}: delta_val and delta_t go together", _at(device.name)
                )
            for key in ("abs_change", "rel_change", "archive_abs_change", "archive_rel_change"):
                texts = [part for text in stored.get(key, []) for part in text.split(",")]
                if texts and any(_number(part) in (None, 0.0) for part in texts):
                    said = f"{where}: {key} {','.join(texts)!r} is not a positive number"
                    yield Found("TA028", said, _at(device.name))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@checks.check("TI009")
def singletons(facility: Facility) -> Iterator[Found]:
    """One device of a class that can only have one, in each server."""
    for server in facility.servers.values():
        by_class: dict[str, list[str]] = defaultdict(list)
        for name in server.devices:
            by_class[facility.devices[name.lower()].class_name].append(name)
        for class_name, names_of in by_class.items():
            model: ClassModel | None = facility.models.get(class_name)
            only = model is not None and re.search(
                r"(?i)only one (?:instance|device)|singleton", model.description
            )
            if only and len(names_of) > 1:
                said = f"server {server.name} has {len(names_of)} devices of {class_name}, which can only have one"
                yield Found("TI009", said, _at(server.name))
