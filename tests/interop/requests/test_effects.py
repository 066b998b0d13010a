"""What requests do besides answering: the same with plans as without, and as PyTango's.

Random requests are sent to three servers of one device: PyTango's, ours, and ours without plans.
Compared are answers, the calls of the device's methods in their order, with the client that each
served, and the lines of the black box.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import puretango
from tests.interop.conftest import nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, python
from tests.seeds import seeds

SERVERS = ("tango", "puretango", "unplanned")
NAMES = [
    "a", "b", "alarmed", "text", "numbers", "written", "fails", "unset", "wild", "choice", "State",
    "Status", "unknown",
]  # fmt: skip
COMMANDS = (
    "d.Add(1.0)", "d.Add(2.5)", "d.Texts(['x'])", "d.Texts(['y', 'z'])", "d.Fail()", "d.Guarded()",
    "d.State()", "d.Status()", "d.state()", "d.status()", "d.ping() and 0", "d.name()",
    "d.command_inout('Unknown')", "d.Init()", "d.get_attribute_config('b').max_value",
    "d.command_query('Add').in_type", "len(d.info().dev_class)",
)  # fmt: skip
WRITES = (
    "d.write_attribute('b', 2.0)", "d.write_attribute('b', -2.0)", "d.write_attribute('b', 200.0)",
    "d.write_attribute('alarmed', 20.0)", "d.write_attribute('alarmed', 1.0)",
    "d.write_attribute('text', 'new')", "d.write_attribute('numbers', [3, 4])",
    "d.write_attribute('written', 7)", "d.write_attribute('choice', 1)",
    "d.write_attributes([('b', 3.0), ('text', 'more')])",
    "d.write_attributes([('b', -3.0), ('text', 'most'), ('choice', 0)])",
    "d.write_read_attribute('b', 4.0)", "d.write_read_attribute('b', -4.0)",
    "d.write_read_attributes([('b', 5.0)], ['a', 'b'])",
)  # fmt: skip
CHANGES = ("d.Close(1)", "d.Close(0)", "d.Quality(1)", "d.Quality(0)", "d.Quality(2)")
REPLACEMENTS = (
    "read_a", "read_b", "write_b", "is_a_allowed", "Add", "Guarded", "is_Guarded_allowed",
    "always_executed_hook", "read_attr_hardware", "write_attr_hardware", "dev_state", "dev_status",
)  # fmt: skip

_RUN = """
import os, re
d = tango.DeviceProxy(name)
pid = str(os.getpid())

def value(x):
    if type(x).__name__ == "DeviceAttribute":
        errors = [e.reason for e in x.get_err_stack()] if x.has_failed else None
        return (x.name, plain(x.value) if errors is None else None, plain(x.w_value) if errors is None else None,
                str(x.quality), errors)
    if isinstance(x, (list, tuple)):
        return [value(one) for one in x]
    return x

def lines():
    texts = d.black_box(8)
    return [re.sub(r"^\\S+ \\S+ : ", "", t).replace(pid, "PID") for t in texts]

out = []
for call in calls:
    answer = attempt(lambda: plain(value(eval(call, {"d": d, "tango": tango}))))
    out.append((call, answer))
    if call == "noted":
        out[-1] = (call, [text.replace(pid, "PID") for text in d.Noted()], lines())
return plain(out)
"""


@pytest.fixture(scope="module", params=["sync", "asyncio"])
def devices(request: pytest.FixtureRequest, peer_directory: Path) -> Iterator[dict[str, str]]:
    """The full name of the device of each server."""
    found = {}
    with ExitStack() as stack:
        for whose in SERVERS:
            port = free_port()
            words = [whose, request.param, "x", "-nodb", "-dlist", "e/e/e"]
            command = python(
                "devices/effects.py", *words, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"
            )
            peer = Peer("effects", command, peer_directory, port, {"TANGO_HOST": "127.0.0.1:1"})
            stack.enter_context(peer).wait_for("Ready to accept request")
            found[whose] = nodb(port, "e/e/e")
        yield found


def _some_calls(chance: random.Random) -> list[str]:
    """Requests, each once or several times, so that plans are made and used."""
    calls: list[str] = []
    for _ in range(60):
        kind = chance.random()
        if kind < 0.4:
            names = chance.sample(NAMES, chance.choice((1, 1, 2, 4)))
            call = f"d.read_attributes({names})"
            if len(names) == 1 and chance.random() < 0.5:
                call = f"d.read_attribute({names[0]!r})"
        elif kind < 0.6:
            call = chance.choice(WRITES)
        elif kind < 0.9:
            call = chance.choice(COMMANDS)
        else:
            call = chance.choice(CHANGES)
        calls += [call] * chance.choice((1, 1, 2, 3))
        if chance.random() < 0.2:
            calls.append("noted")
    return [*calls, "noted"]


def _compare(client: PyTangoClient, devices: dict[str, str], calls: list[str]) -> None:
    told = {whose: client.run(_RUN, name=name, calls=calls) for whose, name in devices.items()}
    for whose in SERVERS[1:]:
        for number, (theirs, ours) in enumerate(zip(told["tango"], told[whose], strict=True)):
            before = calls[max(0, number - 12) : number + 1]
            for own, peer in zip(ours, theirs, strict=True):
                assert own == peer, (whose, before)


@pytest.mark.parametrize("seed", seeds(6))
@pytest.mark.slow
def test_random_requests(devices: dict[str, str], pytango_client: PyTangoClient, seed: int) -> None:
    chance = random.Random(seed)
    _compare(
        pytango_client, devices, ["d.Init()", "d.Close(0)", "d.Quality(0)", *_some_calls(chance)]
    )


def test_a_device_with_methods_of_its_own(
    devices: dict[str, str], pytango_client: PyTangoClient
) -> None:
    """Which of them are called in place of the class's: hooks and commands, not those of attributes."""
    chance = random.Random(7)
    calls = _some_calls(chance)
    for name in REPLACEMENTS:
        calls += [f"d.Replace({name!r})", *_some_calls(chance)[:40], "noted"]
    _compare(pytango_client, devices, calls)


def test_status_tells_of_the_state_that_is_read_with_it(
    devices: dict[str, str], pytango_client: PyTangoClient
) -> None:
    """In whatever order they are asked for: State is read first."""
    read = "d.read_attributes(['Status', 'b', 'State'])"
    calls = ["d.Init()", "d.write_attribute('alarmed', 20.0)", read, read, "d.Init()", read]
    _compare(pytango_client, devices, calls)


WAITING = (
    "d.read_attribute('a')", "d.read_attributes(['a', 'State'])", "d.read_attribute('unknown')",
    "d.write_attribute('b', 2.0)", "d.write_read_attribute('b', 2.0)", "d.Add(1.0)", "d.State()",
    "d.state()", "d.status()", "d.ping()", "d.info()", "d.get_attribute_config('a')",
    "d.set_attribute_config(d.get_attribute_config('a'))", "d.command_query('Add')",
    "d.command_history('Add', 1)", "d.attribute_history('a', 1)",
)  # fmt: skip

_WAIT = """
import re, threading, time
d, other, busy = (tango.DeviceProxy(name) for _ in range(3))
for one in (d, busy):
    one.set_timeout_millis(20000)
for _ in range(3):
    attempt(eval, call, {"d": d})
d.Noted()
waiting = threading.Thread(target=busy.Wait, args=(seconds,))
waiting.start()
def begun():
    text = "".join(other.black_box(8)[::-1])
    return text.rfind("Wait)") > text.rfind("Noted)")
until(begun)
answer = []
asking = threading.Thread(target=lambda: answer.append(attempt(lambda: eval(call, {"d": d}) and 0)))
asking.start()
time.sleep(0.3)
told = lambda: [re.sub(r"^\\S+ \\S+ : | requested.*", "", text) for text in other.black_box(6)]
during = [text for text in told() if "blackbox" not in text]
waiting.join(), asking.join()
after = [text for text in told() if "blackbox" not in text]
texts = re.sub(r"[Tt]hread \\d+", "thread", str(answer))
return plain([during[:2], after[:2], texts, list(d.Noted())])
"""


@pytest.mark.slow
@pytest.mark.parametrize("devices", ["sync"], indirect=True)
@pytest.mark.parametrize("call", WAITING)
def test_a_request_that_waits(
    devices: dict[str, str], pytango_client: PyTangoClient, call: str
) -> None:
    """Its line in the black box comes before it is in the device, or after, as in PyTango."""
    told = [
        pytango_client.run(_WAIT, name=devices[whose], call=call, seconds=0.6) for whose in SERVERS
    ]
    assert told[1] == told[0]
    assert told[2] == told[0]


@pytest.mark.slow
@pytest.mark.parametrize("devices", ["sync"], indirect=True)
@pytest.mark.parametrize("call", [WAITING[place] for place in (0, 2, 3, 5, 7, 8)])
def test_a_request_that_waits_in_vain(
    devices: dict[str, str], pytango_client: PyTangoClient, call: str
) -> None:
    told = [
        pytango_client.run(_WAIT, name=devices[whose], call=call, seconds=3.7)
        for whose in SERVERS[:2]
    ]
    assert told[1] == told[0]


@pytest.mark.parametrize("devices", ["sync"], indirect=True)
@pytest.mark.parametrize("whose", SERVERS)
def test_each_request_knows_its_client(
    devices: dict[str, str], pytango_client: PyTangoClient, whose: str
) -> None:
    """Two processes of clients, one of PyTango and one of ours, that keep each other waiting."""
    wrong: list[str] = []

    def ours() -> None:
        proxy = puretango.DeviceProxy(devices[whose])
        for _ in range(15):
            proxy.write_attribute("who", os.getpid())
            found = (proxy.read_attribute("who").value, proxy.Who())
            if found != (os.getpid(), os.getpid()):
                wrong.append(f"{found} is not {os.getpid()}")

    threads = [threading.Thread(target=ours) for _ in range(2)]
    for thread in threads:
        thread.start()
    theirs = pytango_client.run(
        """
        import os
        d = tango.DeviceProxy(name)
        for _ in range(15):
            d.write_attribute("who", os.getpid())
            found = (d.read_attribute("who").value, d.Who())
            if found != (os.getpid(), os.getpid()):
                return f"{found} is not {os.getpid()}"
        """,
        name=devices[whose],
    )
    for thread in threads:
        thread.join()
    assert not wrong
    assert theirs is None
