"""Requests in which a value changes are found by what stands around it; their effects are the same."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from puretango.cdr import CdrWriter
from puretango.client import ClientContext, DeviceProxy
from puretango.errors import DevFailed
from puretango.giop import RequestTemplate
from puretango.idl import OPERATIONS
from puretango.server import Device, Server, attribute, command
from puretango.server.base._peer import Client
from puretango.server.dispatch import _dispatch
from puretango.values import (
    AttrWriteType,
    CmdArgType,
    DevSource,
    DevState,
    GreenMode,
    LockerLanguage,
    encode_command_value,
)
from tests.seeds import seeds


def _device(on_loop: bool) -> type[Device]:
    """A device that notes what is written and run."""

    def own(method: Any) -> Any:
        if not on_loop:
            return method

        async def run(*arguments: Any) -> Any:
            return method(*arguments)

        run.__name__ = method.__name__
        return run

    def rw(name: str, **options: Any) -> dict[str, Any]:
        def read(self: Any) -> Any:
            return self.values[name]

        def write(self: Any, value: Any) -> None:
            self.values[name] = value
            self.told.append((name, np.asarray(value).tolist()))

        return {
            name: attribute(access=AttrWriteType.READ_WRITE, **options),
            f"read_{name}": own(read),
            f"write_{name}": own(write),
        }

    class Shapes(Device):
        if on_loop:
            green_mode = GreenMode.Asyncio

        locals().update(rw("double", dtype=float, max_value=1e6))
        locals().update(rw("flag", dtype=bool))
        locals().update(rw("small", dtype="uint8"))
        locals().update(rw("text", dtype=str))
        locals().update(rw("choice", dtype="DevEnum", enum_labels=["a", "b", "c"]))
        locals().update(rw("state_like", dtype="DevState"))
        locals().update(rw("numbers", dtype=(int,), max_dim_x=5))
        locals().update(rw("texts", dtype=(str,), max_dim_x=5))

        @own
        def init_device(self) -> None:
            self.told: list[Any] = []
            self.values: dict[str, Any] = {
                "double": 0.0, "flag": False, "small": 0, "text": "", "choice": 0,
                "state_like": DevState.ON, "numbers": [0], "texts": [""],
            }  # fmt: skip

        @command(dtype_in=float, dtype_out=float)
        @own
        def Twice(self, value: float) -> float:
            return 2 * value

        @command(dtype_in=str, dtype_out=str)
        @own
        def Echo(self, value: str) -> str:
            return value

        @command(dtype_in=(float,), dtype_out=(float,))
        @own
        def Spoil(self, values: Any) -> Any:
            total = values.copy()
            values *= 0
            return total

        @command(dtype_in="DevVarLongStringArray", dtype_out=str)
        @own
        def Pair(self, pair: Any) -> str:
            return str(([int(one) for one in pair[0]], list(pair[1])))

        @command(dtype_in="DevState", dtype_out=str)
        @own
        def Name(self, state: DevState) -> str:
            return str(state)

    return Shapes


CALLS: list[tuple[str, tuple[Any, ...]]] = [
    *[("write_attribute", ("double", value)) for value in (1.5, -2.0, 2e6, float("nan"), 0.0)],
    *[("write_attribute", ("flag", value)) for value in (True, False)],
    *[("write_attribute", ("small", value)) for value in (0, 255, 7)],
    *[("write_attribute", ("text", value)) for value in ("", "a", "abc", "abcd", "caf\xe9 au lait")],
    *[("write_attribute", ("choice", value)) for value in (0, 2, 1)],
    *[("write_attribute", ("state_like", value)) for value in (DevState.ON, DevState.FAULT)],
    *[("write_attribute", ("numbers", value)) for value in ([1], [2, 3], [4, 5], [1] * 5)],
    *[("write_attribute", ("texts", value)) for value in (["x"], ["y"], ["long", "er"], ["", "abc"])],
    *[("write_read_attribute", ("double", value)) for value in (3.0, 4.0, 2e6)],
    *[("command_inout", ("Twice", value)) for value in (1.0, 2.0, -3.5)],
    *[("command_inout", ("Echo", value)) for value in ("", "abc", "abcd", "a longer text")],
    *[("command_inout", ("Spoil", value)) for value in ([1.0, 2.0], [3.0, 4.0], [5.0])],
    *[("command_inout", ("Pair", value)) for value in (([1], ["a"]), ([2], ["b"]), ([3, 4], []))],
    *[("command_inout", ("Name", value)) for value in (DevState.ON, DevState.OFF)],
]  # fmt: skip


@pytest.fixture(params=["blocking", "asyncio"])
def pair(request: pytest.FixtureRequest) -> Iterator[list[tuple[DeviceProxy, Any]]]:
    """Two devices of two servers, of which the second has no plans."""
    cls = _device(request.param == "asyncio")
    made, contexts, servers = [], [], []
    for planned in (True, False):
        server = Server("test", [cls], devices={"Shapes": ["a/b/c"]})
        server.start()
        servers.append(server)
        if not planned:
            server.listener.handler = _without_plans(server.dispatcher.handle)
        context = ClientContext()
        contexts.append(context)
        proxy = DeviceProxy(server.access("a/b/c"), context=context)
        made.append((proxy, server.find_device("a/b/c")))
    yield made
    for context in contexts:
        context.close()
    for server in servers:
        server.stop()


def _without_plans(handle: Any) -> Any:
    def unplanned(invocation: Any, peer: Any) -> Any:
        made = _dispatch.make_plan
        _dispatch.make_plan = lambda *_: None
        try:
            return handle(invocation, peer)
        finally:
            _dispatch.make_plan = made

    return unplanned


def _plain(value: Any) -> Any:
    if hasattr(value, "w_value"):
        return _plain(value.value), _plain(value.w_value), str(value.quality)
    if isinstance(value, np.ndarray):
        return value.tolist()
    return repr(value)


def _answer(proxy: DeviceProxy, name: str, arguments: tuple[Any, ...]) -> Any:
    try:
        return _plain(getattr(proxy, name)(*arguments))
    except DevFailed as failure:
        return [(error.reason, error.desc) for error in failure.args]


@pytest.mark.parametrize("seed", seeds(3))
def test_random_values_do_the_same_with_and_without_plans(
    pair: list[tuple[DeviceProxy, Any]], seed: int
) -> None:
    chance = random.Random(seed)
    for name, arguments in chance.choices(CALLS, k=120):
        first, second = (_answer(proxy, name, arguments) for proxy, _ in pair)
        assert first == second, (name, arguments)
    (_, planned), (_, unplanned) = pair
    assert repr(planned.told) == repr(unplanned.told)
    boxes = [[line[1:4] for line in list(each._tango.black_box._entries)] for _, each in pair]
    assert boxes[0] == boxes[1]


def test_one_plan_serves_all_values() -> None:
    with Server("test", [_device(False)], devices={"Shapes": ["a/b/c"]}) as server:
        context = ClientContext()
        proxy = DeviceProxy(server.access("a/b/c"), context=context)
        cache = server.listener.cache
        proxy.Twice(0.5)
        proxy.write_attribute("double", 0.5)
        known = len(cache._known)
        for value in range(100):
            assert proxy.Twice(value) == 2 * value
            proxy.write_attribute("double", value)
        assert len(cache._known) == known
        context.close()


def test_requests_of_one_packet_find_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def noted(*arguments: Any) -> Any:
        made.append(arguments[2])
        return make_plan(*arguments)

    make_plan = _dispatch.make_plan
    monkeypatch.setattr(_dispatch, "make_plan", noted)
    with Server("test", [_device(False)], devices={"Shapes": ["a/b/c"]}) as server:
        template = RequestTemplate(b"a/b/c", "command_inout_4")
        messages = []
        for number in range(10):
            writer = CdrWriter(offset=template.body_offset)
            argument = encode_command_value(CmdArgType.DevDouble, number / 2)
            identity = (LockerLanguage.CPP, 7)
            encode = OPERATIONS["command_inout_4"].encode_args
            encode(writer, "Twice", argument, DevSource.DEV, identity)
            messages.append(b"".join(map(bytes, template.build(number, writer.buffers()))))
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as sock:
            sock.sendall(b"".join(messages))
            found = b""
            while found.count(b"GIOP") < 10:
                received = sock.recv(4096)
                assert received
                found += received
        assert [found.count(struct.pack("<d", number)) for number in (1.0, 9.0)] == [1, 1]
    assert made == ["command_inout_4"]


def test_a_lock_refuses_what_has_a_plan() -> None:
    with Server("test", [_device(False)], devices={"Shapes": ["a/b/c"]}) as server:
        context = ClientContext()
        proxy = DeviceProxy(server.access("a/b/c"), context=context)
        device = server.find_device("a/b/c")
        for value in range(3):
            proxy.write_attribute("double", value)
            proxy.Twice(value)
        device._tango.locking.lock_for(Client("192.0.2.1"), 60)
        with pytest.raises(DevFailed, match="API_DeviceLocked"):
            proxy.write_attribute("double", 4)
        with pytest.raises(DevFailed, match="API_DeviceLocked"):
            proxy.Twice(4)
        assert proxy.state() is not None
        device._tango.locking.unlock_for(Client("192.0.2.1"), False)
        proxy.write_attribute("double", 5)
        assert device.values["double"] == 5
        context.close()
