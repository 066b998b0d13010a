"""How a client tells of failures and takes odd arguments: part of the operations that every pair answers alike."""

from __future__ import annotations

from typing import Any

from tests.interop.peers.operations.registry import operation
from tests.interop.peers.plain import attempt, stack

TOO_MUCH = 1e9
"""Outside the limits of the attribute ``limited``."""


def _stacks(replies: Any) -> Any:
    return [
        [reply.obj_name(), reply.has_failed(), [error[0::2][:2] for error in _errors(reply)]]
        for reply in replies
    ]


def _errors(reply: Any) -> Any:
    class Holder(Exception):
        pass

    return stack(Holder(*reply.get_err_stack()))


@operation
def replies_that_failed(tango: Any, name: str) -> Any:
    """Asynchronous reads and writes: which errors stand on each other, and of which class."""
    proxy = tango.DeviceProxy(name)

    def read(*names: str) -> Any:
        return proxy.read_attribute_reply(proxy.read_attribute_asynch(*names), 3000)

    def write(value: Any) -> Any:
        return proxy.write_attribute_reply(proxy.write_attribute_asynch("limited", value), 3000)

    several = proxy.read_attributes_reply(
        proxy.read_attributes_asynch(["failing", "limited"]), 3000
    )
    return [
        attempt(read, "failing"),
        attempt(read, "no_such_attribute"),
        attempt(write, TOO_MUCH),
        [_stacks_of(each) for each in several],
    ]


def _stacks_of(attribute: Any) -> Any:
    return attribute.has_failed, [error.desc for error in attribute.get_err_stack()]


@operation
def write_read_that_failed(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    found = proxy.write_read_attributes([("limited", 1.0)], ["failing", "limited"])
    return [
        attempt(proxy.write_read_attributes, [("limited", TOO_MUCH)], ["limited"]),
        attempt(proxy.write_read_attribute, "limited", TOO_MUCH),
        [_stacks_of(each) for each in found],
    ]


@operation
def group_that_failed(tango: Any, name: str) -> Any:
    group = tango.Group("all")
    group.add(name)
    return [
        _stacks(group.write_attribute("limited", TOO_MUCH)),
        _stacks(group.read_attribute("failing")),
        _stacks(group.command_inout("NoSuchCommand")),
        _stacks(group.read_attributes(["failing", "limited"])),
    ]


@operation
def cancelled_calls(tango: Any, name: str) -> Any:
    """A cancelled call's reply can still be had, once."""
    proxy = tango.DeviceProxy(name)
    number = proxy.command_inout_asynch("State")
    proxy.cancel_asynch_request(number)
    proxy.cancel_asynch_request(number)
    first = str(proxy.command_inout_reply(number, 3000))
    again = attempt(proxy.command_inout_reply, number, 100)
    return [first, again[:2], attempt(proxy.cancel_asynch_request, 123456)[:2]]


@operation
def arguments_of_a_command_that_has_none(tango: Any, name: str) -> Any:
    """Refused by each way, also when the command has been called before."""
    proxy, group = tango.DeviceProxy(name), tango.Group("group")
    group.add(name)
    found = []
    for value in (1, -1, "text", [], 0, 1.5, (), {}):
        found += [
            attempt(proxy.command_inout, "Status", value),
            attempt(proxy.Status, value),
            attempt(proxy.command_inout_asynch, "Status", value),
            attempt(group.command_inout, "Status", value),
            attempt(lambda: str(proxy.command_inout("Status", None))),
        ]
    return found


@operation
def callbacks_that_raise(tango: Any, name: str) -> Any:
    """Asking for replies runs every callback, whatever one of them raises."""
    import time

    proxy, got = tango.DeviceProxy(name), []

    class Callback:
        def cmd_ended(self, event: Any) -> None:
            got.append(event.cmd_name)
            raise ValueError("the user's own mistake")

    callback = Callback()
    for command in ("State", "Status", "State"):
        proxy.command_inout_asynch(command, callback)
    time.sleep(0.3)
    outcome = attempt(proxy.get_asynch_replies, 1000)
    return [outcome, sorted(got)]


@operation
def names_as_bytes(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name.encode())
    return [
        proxy.dev_name(),
        proxy.read_attribute(b"limited").name,
        str(proxy.command_inout(b"State")),
    ]


@operation
def malformed_tango_host(tango: Any, name: str) -> Any:
    import os

    before, found = os.environ.get("TANGO_HOST"), []
    try:
        for text in ("nocolon", "host:", "host:abc", ":10", "host:1,host2", "a:1:2", ""):
            os.environ["TANGO_HOST"] = text
            found.append([text, attempt(tango.Database)])
    finally:
        os.environ["TANGO_HOST"] = before or "127.0.0.1:1"
    return found
