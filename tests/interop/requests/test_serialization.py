"""How many requests are in a device, a class, a server at once: our servers and PyTango's, asked by PyTango."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from puretango.server import Device, Server, attribute
from puretango.values import GreenMode
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.twins import (
    IMPLEMENTATIONS,
    ask,
    database_server,
    model_server,
    register,
)
from tests.waiting import eventually

pytestmark = pytest.mark.slow

TOGETHER = {
    "one device": ("m/slow/1", "m/slow/1", "m/slow/1"),
    "two devices of a class": ("m/slow/1", "m/slow/2"),
    "two classes": ("m/slow/1", "m/other/1"),
}
MOST = {
    "BY_DEVICE": [1, 2, 2],
    "BY_CLASS": [1, 1, 2],
    "BY_PROCESS": [1, 1, 1],
    "NO_SYNC": [3, 2, 2],
}
_AT_ONCE = """
for names in together:
    proxies = [full(name) for name in names]
    for proxy in proxies:
        proxy.set_timeout_millis(10000)
        proxy.ping()
    calls = [(proxy, proxy.command_inout_asynch("Work", 0.4)) for proxy in proxies]
    for proxy, call in calls:
        proxy.command_inout_reply(call, 0)
    out.append(full("m/slow/1").Most())
return plain(out)
"""


@pytest.mark.parametrize("whose", IMPLEMENTATIONS)
@pytest.mark.parametrize("model", MOST)
def test_requests_at_once(
    model: str,
    whose: str,
    peer_directory: Path,
    model_client: PyTangoClient,
    empty_hosts: dict[str, str],
) -> None:
    host = empty_hosts[whose]
    with model_server(whose, peer_directory, host, SERIAL=model) as peer:
        peer.wait_for("Ready to accept request")
        found = ask(model_client, host, _AT_ONCE, together=list(TOGETHER.values()))
        assert found == MOST[model]


@pytest.mark.parametrize("whose", IMPLEMENTATIONS)
def test_who_waits_too_long_is_told(
    whose: str, peer_directory: Path, model_client: PyTangoClient, empty_hosts: dict[str, str]
) -> None:
    """3.2 s for the monitor; the request inside goes on."""
    host = empty_hosts[whose]
    with model_server(whose, peer_directory, host) as peer:
        peer.wait_for("Ready to accept request")
        found = ask(
            model_client,
            host,
            """
            one, two = full("m/slow/1"), full("m/slow/1")
            for proxy in (one, two):
                proxy.set_timeout_millis(10000)
                proxy.ping()
            call = one.command_inout_asynch("Work", 4.0)
            until(lambda: "Work)" in two.black_box(2)[-1])
            started = time.monotonic()
            late = step(two.Work, 0.0)
            waited = time.monotonic() - started
            return plain([late, 3 < waited < 3.8, step(one.command_inout_reply, call, 0)])
            """,
        )
        assert found[0][2][0][0] == "API_CommandTimedOut"
        text = 'Thread .* is not able to acquire serialization monitor "m/slow/1",  it is currently held'
        assert re.match(text, found[0][2][0][2])
        assert found[1:] == [True, ["value", None]]


def test_nan_where_the_control_system_allows_it(
    peer_directory: Path, model_client: PyTangoClient
) -> None:
    """The free property WAttrNaNAllowed of CtrlSystem; not for an attribute with limits."""
    answers = {}
    for whose in IMPLEMENTATIONS:
        with ExitStack() as stack:
            database = stack.enter_context(database_server(peer_directory))
            host = f"127.0.0.1:{database.port}"
            register(model_client, host, "one", "Model", "m/model/1")
            ask(
                model_client,
                host,
                "database.put_property('CtrlSystem', {'WAttrNaNAllowed': ['true']})",
            )
            peer = stack.enter_context(model_server(whose, peer_directory, host))
            peer.wait_for("Ready to accept request")
            answers[whose] = ask(
                model_client,
                host,
                """
                m = full("m/model/1")
                for name in ("plain", "dressed"):
                    for value in (float("nan"), float("inf"), 1.0):
                        out.append((name, value, step(m.write_attribute, name, value)))
                out.append(m.read_attribute("plain").w_value)
                return plain(out)
                """,
            )
    assert answers["puretango"] == answers["tango"]
    assert answers["tango"][0] == ["plain", "nan", ["value", None]]


class Waiting(Device):
    """Reads wait until a hundred of them are inside."""

    green_mode = GreenMode.Asyncio
    inside = 0

    @attribute(dtype=float)
    async def late(self) -> float:
        Waiting.inside += 1
        await eventually(lambda: Waiting.inside >= 100)
        return 1.0


class Prompt(Device):
    """A synchronous device beside it."""

    @attribute(dtype=float)
    def now(self) -> float:
        return 2.0


def test_a_hundred_reads_wait_at_the_same_time(pytango_client: PyTangoClient) -> None:
    """Asyncio and synchronous devices in one server, asked by one PyTango proxy each."""
    devices = {"Waiting": ["m/waiting/1"], "Prompt": ["m/prompt/1"]}
    with Server("both", [Waiting, Prompt], devices=devices) as server:
        values, meanwhile = pytango_client.run(
            """
            late, prompt = tango.DeviceProxy(names[0]), tango.DeviceProxy(names[1])
            late.ping(), prompt.ping()
            calls = [late.read_attribute_asynch("late") for _ in range(100)]
            meanwhile = prompt.read_attribute("now").value
            values = [late.read_attribute_reply(call, 20000).value for call in calls]
            return plain([sum(values), meanwhile])
            """,
            names=[server.access(name) for name in ("m/waiting/1", "m/prompt/1")],
        )
    assert values == 100
    assert meanwhile == 2.0
