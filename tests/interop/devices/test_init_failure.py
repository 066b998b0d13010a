"""Devices that fail, and servers that live: what a PyTango client sees of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango.server import Device, LogAttributeMixin, Server, attribute, command
from puretango.values import DevState, GreenMode
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.twins import ask, database_server, model_server, register


@pytest.fixture
def host(peer_directory: Path, model_client: PyTangoClient) -> Iterator[str]:
    """A database with our server model/one, not yet started, of two devices."""
    with database_server(peer_directory) as database:
        found = f"127.0.0.1:{database.port}"
        register(model_client, found, "one", "Model", "m/model/1", "m/model/2")
        yield found


@pytest.mark.parametrize(
    ("fail", "cause"), [("no sensor", "ValueError: no sensor"), ("twice", "no power")]
)
@pytest.mark.slow
def test_init_device_fails_at_the_start(
    fail: str, cause: str, host: str, peer_directory: Path, model_client: PyTangoClient
) -> None:
    """FAULT, the first cause first in Status; the other device is well; Init mends what is mended."""
    ask(
        model_client,
        host,
        "database.put_device_property('m/model/2', {'fail': [text]})",
        text=fail,
    )
    with model_server("puretango", peer_directory, host) as peer:
        peer.wait_for("Ready to accept request")
        found: Any = ask(
            model_client,
            host,
            """
            good, bad = full("m/model/1"), full("m/model/2")
            admin = full("dserver/model/one")
            out += [str(good.state()), str(bad.state()), bad.status().splitlines()[:2],
                    str(bad.read_attribute("State").value), bad.ping() > 0, sorted(admin.QueryDevice())]
            failed = step(bad.Init)
            out += [failed[0], failed[2][0][0], str(bad.state())]
            admin.DevRestart("m/model/2")
            out += [str(bad.state()), str(good.state())]
            bad.put_property({"fail": [""]})
            bad.Init()
            return plain([*out, str(bad.state()), bad.status()])
            """,
        )
    assert found[:3] == ["ON", "FAULT", ["The device is in FAULT state.", cause]]
    assert found[3:6] == ["FAULT", True, ["Model::m/model/1", "Model::m/model/2"]]
    reason = "Model_First" if fail == "twice" else "PyDs_PythonError"
    assert found[6:9] == ["error", reason, "FAULT"]
    assert found[9:] == ["FAULT", "ON", "ON", "The device is in ON state."]


@pytest.mark.slow
def test_a_memorized_value_that_the_device_refuses(
    host: str, peer_directory: Path, model_client: PyTangoClient
) -> None:
    """The same as PyTango's: ALARM, a line in Status, the error at each read; a write mends it."""
    answers = []
    for whose in ("tango", "puretango"):
        with model_server(whose, peer_directory, host) as peer:
            peer.wait_for("Ready to accept request")
            ask(model_client, host, "full('m/model/1').write_attribute('touchy', 3.0)")
        with model_server(whose, peer_directory, host, TOUCHY="yes") as peer:
            peer.wait_for("Ready to accept request")
            answers.append(
                ask(
                    model_client,
                    host,
                    """
                    m = full("m/model/1")
                    out += [str(m.state()), m.status(), step(lambda: m.read_attribute("touchy").value)]
                    return plain([*out, step(m.write_attribute, "touchy", 4.0), m.status()])
                    """,
                )
            )
    assert answers[1] == answers[0]
    assert answers[0][0] == "ALARM"


class Diary(LogAttributeMixin, Device):
    """The guidelines' attribute log."""

    def init_device(self) -> None:
        super().init_device()
        self.get_logger().set_level(4)

    @command
    def Note(self, text: str) -> None:
        self.info_stream(text)


def test_the_attribute_log_of_the_guidelines(pytango_client: PyTangoClient) -> None:
    with Server("log", [Diary], devices={"Diary": ["m/diary/1"]}) as server:
        lines = pytango_client.run(
            """
            d = tango.DeviceProxy(name)
            for text in ("first", "second"):
                d.Note(text)
            return plain(d.read_attribute("log").value)
            """,
            name=server.access("m/diary/1"),
        )
    assert [line.split(" ", 1)[1] for line in lines] == ["INFO first", "INFO second"]


class Echo(Device):
    """The root of a forwarded attribute, on the loop."""

    green_mode = GreenMode.Asyncio

    async def init_device(self) -> None:
        self.kept = 1.0
        self.set_state(DevState.ON)

    @attribute(dtype=float, max_value=10)
    async def level(self) -> float:
        return self.kept

    @level.write  # type: ignore[no-redef]  # read and written under one name, as PyTango's users write it
    async def level(self, value: float) -> None:
        self.kept = value


class Mirror(Device):
    """Forwards to another device on the same loop."""

    green_mode = GreenMode.Asyncio
    level = attribute(name="level", forwarded=True)


def test_a_forwarded_attribute_on_a_loop_with_its_root(pytango_client: PyTangoClient) -> None:
    """Looking for the root does not hold up the loop that is to answer."""
    devices = {"Echo": ["m/echo/1"], "Mirror": ["m/mirror/1"]}
    table: dict[str, Any] = {"m/mirror/1": {"level": {"__root_att": [""]}}}
    with Server("loop", [Echo, Mirror], devices=devices, attribute_properties=table) as server:
        root = server.access("m/echo/1").replace("#dbase", "/level#dbase")
        server.store.put_attribute_properties("m/mirror/1", "level", {"__root_att": [root]})
        server.restart_device(server.find_device("m/mirror/1"))
        answer = pytango_client.run(
            """
            d = tango.DeviceProxy(name)
            d.write_attribute("level", 4.0)
            return plain([attempt(d.write_attribute, "level", 11.0)[2][0][0],
                          d.read_attribute("level").value, str(d.state())])
            """,
            name=server.access("m/mirror/1"),
        )
    assert answer == ["API_WAttrOutsideLimit", 4.0, "UNKNOWN"]
