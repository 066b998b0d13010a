"""Our client's requests with plans as without: the same results, the same errors, the same done in PyTango's server.

Random requests go to a device of a PyTango server three times: by plans, without any, and now one way and now
the other. Compared are the results with all their errors, the calls of the device's methods, and its black box.
"""

from __future__ import annotations

import asyncio
import inspect
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

import puretango
import puretango.asyncio
import puretango.futures
from puretango.client.session._plan import Plan
from tests.interop.conftest import nodb
from tests.interop.peers.plain import plain
from tests.interop.peers.process import Peer, free_port, python, require_pytango
from tests.seeds import seeds

Call = tuple[str, tuple[Any, ...]]
"""A method's name and its arguments."""

NAMES = ("a", "b", "alarmed", "text", "numbers", "written", "fails", "unset", "wild", "choice")
NAMES = (*NAMES, "State", "Status", "unknown")
OTHERS: tuple[Call, ...] = (
    ("write_attribute", ("b", 2.0)), ("write_attribute", ("b", -2.0)),
    ("write_attribute", ("b", 200.0)), ("write_attribute", ("b", "no number")),
    ("write_attribute", ("text", "new")), ("write_attribute", ("numbers", [3, 4])),
    ("write_attribute", ("written", 7)), ("write_attribute", ("choice", 1)),
    ("write_attribute", ("unknown", 1)), ("write_attribute", ("a", 1.0)),
    ("write_attributes", ([("b", 3.0), ("text", "more")],)),
    ("write_attributes", ([("b", -3.0), ("text", "most"), ("choice", 0)],)),
    ("write_attributes", ([("b", 3.0), ("unknown", 1)],)), ("write_attributes", ([],)),
    ("write_read_attribute", ("b", 4.0)), ("write_read_attribute", ("b", -4.0)),
    ("write_read_attribute", ("text", "both")), ("write_read_attribute", ("numbers", [1, 2, 3])),
    ("write_read_attributes", ([("b", 5.0)], ["a", "b"])),
    ("write_read_attributes", ([("b", -5.0), ("text", "x")], ["fails", "b", "unknown"])),
    ("command_inout", ("Add", 1.0)), ("command_inout", ("Add", 2.5)),
    ("command_inout", ("Add", "no number")), ("command_inout", ("Add",)),
    ("command_inout", ("Texts", ["x"])), ("command_inout", ("Texts", ["y", "z"])),
    ("command_inout", ("Fail",)), ("command_inout", ("Guarded",)), ("command_inout", ("Unknown",)),
    ("command_inout", ("Unknown", 1)), ("command_inout", ("State",)), ("command_inout", ("Init",)),
    ("state", ()), ("status", ()), ("name", ()), ("description", ()), ("adm_name", ()),
    ("get_attribute_config", (["a", "b"],)), ("get_attribute_config", ("unknown",)),
    ("get_attribute_list", ()), ("attribute_query", ("b",)), ("command_query", ("Add",)),
    ("command_query", ("Unknown",)), ("get_command_list", ()), ("command_list_query", ()),
    ("command_inout", ("Status",)), ("write_attribute", ("text", "22 °C")),
    ("write_attribute", ("text", "kΩ")), ("write_read_attribute", ("text", "é" * 7)),
    ("command_inout", ("Close", 1)), ("command_inout", ("Close", 0)),
    ("command_inout", ("Quality", 1)), ("command_inout", ("Quality", 0)),
)  # fmt: skip


@pytest.fixture(scope="module")
def device(peer_directory: Path) -> Iterator[str]:
    """The full name of the device of PyTango's server."""
    require_pytango()
    port = free_port()
    words = ["tango", "sync", "x", "-nodb", "-dlist", "e/e/e"]
    command = python("devices/effects.py", *words, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}")
    with Peer("effects", command, peer_directory, port, {"TANGO_HOST": "127.0.0.1:1"}) as peer:
        peer.wait_for("Ready to accept request")
        yield nodb(port, "e/e/e")


def _kinds(of: type[Plan]) -> list[type[Plan]]:
    return [of, *(each for kind in of.__subclasses__() for each in _kinds(kind))]


@contextmanager
def without_plans() -> Iterator[None]:
    """Every request takes the long way."""

    def none(self: Plan, value: Any) -> Any:
        raise LookupError("no plan")

    with pytest.MonkeyPatch.context() as patch:
        for kind in _kinds(Plan):
            patch.setattr(kind, "request", none)
        yield


@contextmanager
def counted(asked: list[type]) -> Iterator[None]:
    """The plans that are asked for a request."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in _kinds(Plan):
            if "request" in vars(kind):
                patch.setattr(kind, "request", _counting(kind.request, asked))
        yield


def _counting(request: Callable[..., Any], asked: list[type]) -> Callable[..., Any]:
    def counting(self: Plan, value: Any) -> Any:
        asked.append(type(self))
        return request(self, value)

    return counting


def some_calls(chance: random.Random, count: int) -> list[Call]:
    """Requests, each once or several times, so that plans are made and used."""
    calls: list[Call] = []
    for _ in range(count):
        call: Call
        if chance.random() < 0.4:
            names = chance.sample(NAMES, chance.choice((1, 1, 2, 4)))
            call = ("read_attributes", (names,))
            if len(names) == 1 and chance.random() < 0.7:
                call = ("read_attribute", (names[0],))
        else:
            call = chance.choice(OTHERS)
        calls += [call] * chance.choice((1, 1, 2, 3))
    return calls


def errors_of(failed: BaseException) -> Any:
    """All that an error says."""
    told = [
        (error.reason, _timeless(error.desc), _timeless(error.origin), str(error.severity))
        if isinstance(error, puretango.DevError)
        else _timeless(str(error))
        for error in failed.args
    ]
    named = [
        (each.name, each.idx_in_call, [(one.reason, _timeless(one.desc)) for one in each.err_stack])
        for each in getattr(failed, "err_list", [])
    ]
    return type(failed).__name__, told, named


def _timeless(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x", text)


def told(value: Any) -> Any:
    """What a result says, without times."""
    if isinstance(value, puretango.DeviceAttribute):
        stack = puretango.DevFailed(*value.get_err_stack())
        shape = (value.dim_x, value.dim_y, value.w_dim_x, value.w_dim_y, str(value.data_format))
        known = (value.name, str(value.quality), str(value.type), value.has_failed, shape)
        return known, plain(value.value), plain(value.w_value), errors_of(stack)
    if isinstance(value, (list, tuple)):
        return [told(each) for each in value]
    return plain(value)


async def answer(proxy: Any, call: Call) -> Any:
    """What a call gives in the proxy's own mode: a result or an error."""
    method, arguments = call
    try:
        found = getattr(proxy, method)(*arguments)
        if inspect.isawaitable(found):
            found = await found
        elif hasattr(found, "add_done_callback"):
            found = await asyncio.wrap_future(found)
    except Exception as failed:  # compared
        return errors_of(failed)
    return told(found)


PLANNED, UNPLANNED, MIXED = "planned", "unplanned", "mixed"


async def opened(mode: str, name: str) -> Any:
    """A proxy of a mode."""
    if mode == "asyncio":
        return await puretango.asyncio.DeviceProxy(name)
    if mode == "futures":
        return await asyncio.wrap_future(puretango.futures.DeviceProxy(name, wait=False))
    return puretango.DeviceProxy(name)


async def effects(mode: str, name: str, calls: list[Call], way: str, seed: int) -> list[Any]:
    """The results of calls, and what they did in the device: its methods called, its black box."""
    chance = random.Random(seed)
    watching = puretango.DeviceProxy(name)
    watching.command_inout("Init")
    start = {"b": 1.0, "alarmed": 1.0, "text": "", "numbers": [1], "choice": 0, "written": 0}
    for attribute, value in start.items():
        watching.write_attribute(attribute, value)
    for command, argument in (("Close", 0), ("Quality", 0), ("Noted", None)):
        watching.command_inout(command, argument)
    proxy = await opened(mode, name)
    found: list[Any] = []
    for call in calls:
        bare = way == UNPLANNED or (way == MIXED and chance.random() < 0.5)
        with without_plans() if bare else nullcontext():
            result = await answer(proxy, call)
        box = [re.sub(r"^\S+ \S+ : ", "", line) for line in watching.black_box(4)]
        found.append((call, result, box[1:], list(watching.command_inout("Noted"))))
    return found


@pytest.mark.slow
@pytest.mark.leaks("the pool of futures is the program's")
@pytest.mark.parametrize("mode", ["sync", "asyncio", "futures"])
@pytest.mark.parametrize("seed", seeds(3))
def test_random_requests(device: str, mode: str, seed: int) -> None:
    calls = some_calls(random.Random(seed), 70)
    asked: list[type] = []
    with counted(asked):
        expected = asyncio.run(effects(mode, device, calls, PLANNED, seed))
    assert len({kind.__name__ for kind in asked}) >= 4, asked  # the plans were used
    for way in (UNPLANNED, MIXED):
        found = asyncio.run(effects(mode, device, calls, way, seed))
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            assert one == other, (way, calls[max(0, number - 8) : number + 1])
