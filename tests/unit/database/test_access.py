"""The commands of the access control device; the rules are those that the C++ one showed (9.3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from puretango.database import prepare
from puretango.database.answers._access import access_answer
from puretango.errors import DevFailed
from puretango.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    """A store as a new database server has it."""
    with Store() as opened:
        prepare(opened)
        opened.devices.add("TangoTest/test", "sys/tg_test/1", "TangoTest")
        yield opened


def access(store: Store, user: str, address: str, device: str) -> Any:
    return access_answer(store, "GetAccess", [user, address, device])


def test_at_first_everybody_may_do_everything(store: Store) -> None:
    assert access_answer(store, "GetUsers") == ["*"]
    assert access_answer(store, "GetDeviceByUser", "*") == ["*/*/*", "write"]
    assert access(store, "ann", "10.0.0.1", "sys/tg_test/1") == "write"


def test_own_rules_come_before_those_of_everybody(store: Store) -> None:
    access_answer(store, "AddAddressForUser", ["fred", "10.0.0.1"])
    access_answer(store, "AddDeviceForUser", ["fred", "sys/tg_test/1", "write"])
    assert access(store, "fred", "10.0.0.1", "sys/tg_test/1") == "write"
    assert access(store, "fred", "10.0.0.2", "sys/tg_test/1") == "read", "from elsewhere"
    assert access(store, "fred", "10.0.0.1", "a/b/c") == "write", "as everybody"
    access_answer(store, "RemoveDeviceForUser", ["*", "*/*/*", "write"])
    access_answer(store, "AddDeviceForUser", ["*", "*/*/*", "read"])
    assert access(store, "fred", "10.0.0.1", "sys/tg_test/1") == "write"
    assert access(store, "fred", "10.0.0.1", "a/b/c") == "read"
    assert access(store, "bob", "10.0.0.1", "a/b/c") == "read"
    access_answer(store, "RemoveDeviceForUser", ["*", "*/*/*", "read"])
    assert access(store, "bob", "10.0.0.1", "a/b/c") == "read", "no rule, no right"


def test_of_several_rules_the_strictest_counts(store: Store) -> None:
    for rule in (["gus", "sys/tg_test/*", "write"], ["gus", "sys/tg_test/1", "read"]):
        access_answer(store, "AddDeviceForUser", rule)
    assert access(store, "gus", "10.0.0.1", "SYS/tg_test/1") == "read"
    assert access(store, "gus", "10.0.0.1", "sys/tg_test/2") == "write"


def test_one_of_several_addresses_is_enough(store: Store) -> None:
    access_answer(store, "AddAddressForUser", ["ann", "10.0.*.*"])
    for addresses, right in (
        (["11.0.0.1"], "read"),
        (["11.0.0.1", "10.0.9.9"], "write"),
    ):
        argument = ["ann", "sys/tg_test/1", *addresses]
        assert access_answer(store, "GetAccessForMultiIP", argument) == right


def test_allowed_commands(store: Store) -> None:
    allowed = access_answer(store, "GetAllowedCommands", "DServer")
    assert allowed[:4] == ["State", "Status", "DevPollStatus", "EventConfirmSubscription"]
    assert access_answer(store, "GetAllowedCommands", "sys/tg_test/1") == ["State", "Status"]
    assert access_answer(store, "GetAllowedCommands", "dserver/databaseds/2") == allowed
    assert access_answer(store, "GetAllowedCommandClassList") == [
        "Database",
        "DServer",
        "Starter",
        "TangoAccessControl",
    ]
    assert access_answer(store, "GetDeviceClass", "sys/tg_test/1") == "TangoTest"


def test_users(store: Store) -> None:
    access_answer(store, "AddAddressForUser", ["ann", "10.0.0.1"])
    access_answer(store, "AddDeviceForUser", ["ann", "a/b/c", "read"])
    access_answer(store, "CloneUser", ["ann", "carl"])
    assert access_answer(store, "GetAddressByUser", "carl") == ["10.0.0.1"]
    assert access_answer(store, "GetDeviceByUser", "carl") == ["a/b/c", "read"]
    access_answer(store, "RemoveAddressForUser", ["ann", "10.0.0.1"])
    access_answer(store, "RemoveUser", "carl")
    assert access_answer(store, "GetUsers") == ["*", "ann"]


def test_the_service_is_registered_once(store: Store) -> None:
    store.object_properties.put(("CtrlSystem",), "Services", ["Other/x:a/b/c"])
    access_answer(store, "RegisterService")
    access_answer(store, "RegisterService")
    assert store.object_properties.get(("CtrlSystem",), "Services") == [
        "Other/x:a/b/c",
        "AccessControl/tango:sys/access_control/1",
    ]
    access_answer(store, "UnregisterService")
    assert store.object_properties.get(("CtrlSystem",), "Services") == ["Other/x:a/b/c"]


@pytest.mark.parametrize(
    ("command", "argument", "reason", "text"),
    [
        ("GetAccess", ["a", "b"], "AC_IncorrectArguments", "Needs at least 3 input arguments"),
        ("CloneUser", ["a"], "AC_IncorrectArguments", "Needs at least 2 input arguments"),
        ("AddAddressForUser", ["*", "*.*.*.*"], "AC_AlreadyExists", "This record already exists"),
        ("AddDeviceForUser", ["*", "*/*/*", "write"], "AC_AlreadyExists", "already exists"),
        ("GetDeviceClass", "no/such/device", "AC_IncorrectArguments", "Class not found for"),
    ],
)
def test_refusals(store: Store, command: str, argument: Any, reason: str, text: str) -> None:
    with pytest.raises(DevFailed) as caught:
        access_answer(store, command, argument)
    assert caught.value.args[0].reason == reason
    assert text in caught.value.args[0].desc
