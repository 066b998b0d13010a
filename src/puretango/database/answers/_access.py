"""The commands of the access control device: which users may access which devices, and from where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any, NoReturn

from puretango.database.answers._answers import Refusal
from puretango.errors import StoreError
from puretango.store import Store

__all__ = ["ACCESS_DEVICE", "ACCESS_SERVER", "access_answer"]

ACCESS_DEVICE = "sys/access_control/1"
"""The access control device: its name in every control system."""

ACCESS_SERVER = "TangoAccessControl/1"
"""Its server."""

EVERYBODY = "*"
READ, WRITE = "read", "write"
ALLOWED = "AllowedAccessCmd"
"""The class property that names the commands allowed to users with read access only."""

SERVICE = f"AccessControl/tango:{ACCESS_DEVICE}"
"""The value of the property ``Services`` that switches the access control on."""

Answer = Callable[[Store, Any], Any]
_ANSWERS: dict[str, Answer] = {}


def access_answer(store: Store, command: str, argin: Any = None) -> Any:
    """Call a command of the access control device on a store; DevFailed if it fails."""
    try:
        return _ANSWERS[command](store, argin)
    except StoreError as error:
        raise Refusal.make("AC_SQLError", str(error), f"AccessControl::{command}()") from error


def _answers(command: str) -> Callable[[Answer], Answer]:
    def declare(function: Answer) -> Answer:
        _ANSWERS[command] = function
        return function

    return declare


def _refuse(reason: str, text: str, origin: str) -> NoReturn:
    raise Refusal.make(reason, text, f"AccessControl::{origin}()")


def _require(argin: Sequence[str], least: int, origin: str) -> None:
    if len(argin) < least:
        _refuse("AC_IncorrectArguments", f"Needs at least {least} input arguments", origin)


def _fits(text: str, pattern: str) -> bool:
    """Case-insensitive, with ``*`` as the only wildcard."""
    literal = pattern.lower().replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(text.lower(), literal)


# rights -----------------------------------------------------------------------------------


@_answers("GetAccess")
def access(store: Store, argin: Sequence[str]) -> str:
    _require(argin, 3, "get_access")
    user, address, device = argin[:3]
    return _right(store, user, [address], device)


@_answers("GetAccessForMultiIP")
def access_from_several(store: Store, argin: Sequence[str]) -> str:
    _require(argin, 3, "get_access")
    user, device, *addresses = argin
    return _right(store, user, addresses, device)


def _right(store: Store, user: str, addresses: Iterable[str], device: str) -> str:
    """The user's right: the user's own rules take precedence over those for everybody."""
    rights = store.access
    with store.look():
        places = rights.addresses(user) or rights.addresses(EVERYBODY)
        if not any(_fits(address, place) for address in addresses for place in places):
            return READ
        for name in (user, EVERYBODY):
            rules = [right for pattern, right in rights.devices(name) if _fits(device, pattern)]
            if rules:
                # If several rules match, the strictest counts.
                return WRITE if all(right == WRITE for right in rules) else READ
    return READ


# allowed commands -------------------------------------------------------------------------


@_answers("GetAllowedCommands")
def allowed_commands(store: Store, argin: str) -> list[str]:
    device_class = _class_of(store, argin) if "/" in argin else argin
    return ["State", "Status", *sorted(store.class_properties.get((device_class,), ALLOWED))]


@_answers("GetAllowedCommandClassList")
def classes_with_allowed_commands(store: Store, argin: None = None) -> list[str]:
    return store.class_properties.names("*", ALLOWED, column="class")


@_answers("GetDeviceClass")
def device_class(store: Store, argin: str) -> str:
    return _class_of(store, argin)


def _class_of(store: Store, device: str) -> str:
    found = store.devices.named(device)
    if found is None:
        _refuse("AC_IncorrectArguments", f"Class not found for {device}", "get_device_class")
    return found.device_class


# users ------------------------------------------------------------------------------------


@_answers("GetUsers")
def users(store: Store, argin: None = None) -> list[str]:
    return store.access.users()


@_answers("GetAddressByUser")
def addresses(store: Store, argin: str) -> list[str]:
    return sorted(store.access.addresses(argin))


@_answers("GetDeviceByUser")
def devices(store: Store, argin: str) -> list[str]:
    rules = sorted(store.access.devices(argin), key=lambda rule: (rule[0].upper(), rule[1]))
    return [word for rule in rules for word in rule]


@_answers("AddAddressForUser")
def add_address(store: Store, argin: Sequence[str]) -> None:
    origin = "add_address_for_user"
    _require(argin, 2, origin)
    user, address = argin[:2]
    with store.change():
        if address in store.access.addresses(user):
            _exists(origin)
        store.access.add_address(user, address)


@_answers("AddDeviceForUser")
def add_device(store: Store, argin: Sequence[str]) -> None:
    origin = "add_device_for_user"
    _require(argin, 3, origin)
    user, device, right = argin[:3]
    with store.change():
        if (device, right) in store.access.devices(user):
            _exists(origin)
        store.access.add_device(user, device, right)


def _exists(origin: str) -> NoReturn:
    _refuse("AC_AlreadyExists", "This record already exists in database", origin)


@_answers("RemoveAddressForUser")
def remove_address(store: Store, argin: Sequence[str]) -> None:
    _require(argin, 2, "remove_address_for_user")
    store.access.remove_address(argin[0], argin[1])


@_answers("RemoveDeviceForUser")
def remove_device(store: Store, argin: Sequence[str]) -> None:
    _require(argin, 3, "remove_device_for_user")
    store.access.remove_device(argin[0], argin[1], argin[2])


@_answers("RemoveUser")
def remove_user(store: Store, argin: str) -> None:
    store.access.remove_user(argin)


@_answers("CloneUser")
def clone_user(store: Store, argin: Sequence[str]) -> None:
    _require(argin, 2, "clone_user")
    store.access.clone(argin[0], argin[1])


# the service ------------------------------------------------------------------------------


@_answers("RegisterService")
def register(store: Store, argin: None = None) -> None:
    with store.change():
        services = _other_services(store)
        store.object_properties.put(("CtrlSystem",), "Services", [*services, SERVICE])


@_answers("UnregisterService")
def unregister(store: Store, argin: None = None) -> None:
    with store.change():
        services = _other_services(store)
        if services:
            store.object_properties.put(("CtrlSystem",), "Services", services)
        else:
            store.object_properties.delete(("CtrlSystem",), "Services")


def _other_services(store: Store) -> list[str]:
    services = store.object_properties.get(("CtrlSystem",), "Services")
    return [each for each in services if each.lower() != SERVICE.lower()]
