"""The trace context travels: from a program through our devices and PyTango's, and back, in one trace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from puretango.asyncio import DeviceProxy as AsyncioProxy
from puretango.client import DeviceProxy, Trace, part_of
from puretango.server import Device, Server, attribute, command
from puretango.telemetry import get_trace_context
from puretango.values import GreenMode
from tests.interop.conftest import nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, python, require_pytango

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


class Relay(Device):
    """Tells its trace, and what another device tells."""

    @command(dtype_in=str, dtype_out=str)
    def Ask(self, other: str) -> str:
        if not other:
            return get_trace_context()["traceparent"]
        return str(DeviceProxy(other).command_inout("Ask", ""))

    @attribute(dtype=str)
    def parent(self) -> str:
        return get_trace_context()["traceparent"]


class LoopRelay(Device):
    """The same, with coroutines."""

    green_mode = GreenMode.Asyncio

    @command(dtype_in=str, dtype_out=str)
    async def Ask(self, other: str) -> str:
        if not other:
            return get_trace_context()["traceparent"]
        proxy = await AsyncioProxy(other)
        return str(await proxy.command_inout("Ask", ""))

    @attribute(dtype=str)
    async def parent(self) -> str:
        return get_trace_context()["traceparent"]


@pytest.fixture
def server() -> Iterator[Server]:
    """Both kinds of relay."""
    devices = {"Relay": ["t/relay/1"], "LoopRelay": ["t/loop/1"]}
    with Server("traces", [Relay, LoopRelay], devices=devices) as found:
        yield found


@pytest.fixture(scope="module")
def pytango_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """A PyTango server of a relay with telemetry on, which nothing collects."""
    require_pytango()
    directory: Path = tmp_path_factory.mktemp("traces")
    port = free_port()
    file = directory / "relay.db"
    file.write_text("relay/x/DEVICE/Relay: t/relay/9\nt/relay/9->telemetry_enable: true\n"
                    "t/relay/9->telemetry_topics: all\n")  # fmt: skip
    arguments = ["x", f"-file={file}", "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    environment = {"TANGO_HOST": "127.0.0.1:1", "TANGO_TELEMETRY_ENABLE": "on"}
    with Peer(
        "relay", python("devices/relay.py", *arguments), directory, port, environment
    ) as peer:
        peer.wait_for("Ready to accept request")
        yield peer


@pytest.mark.parametrize("name", ["t/relay/1", "t/loop/1"])
def test_through_our_devices(server: Server, name: str) -> None:
    proxy = DeviceProxy(server.access(name))
    for _ in range(3):  # by the quick ways too
        assert proxy.command_inout("Ask", "") == ""
        assert proxy.parent == ""
        with part_of(Trace(PARENT, "vendor=1")):
            assert proxy.command_inout("Ask", "") == PARENT
            assert proxy.read_attribute("parent").value == PARENT
            for other in ("t/relay/1", "t/loop/1"):
                if other != name:
                    assert proxy.command_inout("Ask", server.access(other)) == PARENT


def test_from_our_client_through_pytango_s_device(server: Server, pytango_relay: Peer) -> None:
    proxy = DeviceProxy(nodb(pytango_relay.port, "t/relay/9"))
    with part_of(Trace(PARENT)):
        assert proxy.command_inout("Ask", "").split("-")[1] == TRACE
        assert proxy.command_inout("Ask", server.access("t/relay/1")).split("-")[1] == TRACE
        ours = DeviceProxy(server.access("t/relay/1"))
        there = nodb(pytango_relay.port, "t/relay/9")
        assert ours.command_inout("Ask", there).split("-")[1] == TRACE


def test_from_pytango_s_client_through_our_devices(server: Server) -> None:
    with PyTangoClient(TANGO_TELEMETRY_ENABLE="on") as client:
        for name, other in (("t/relay/1", "t/loop/1"), ("t/loop/1", "t/relay/1")):
            first, second = client.run(
                """
                from tango._tango import _telemetry
                device = tango.DeviceProxy(name)
                return device.Ask(""), device.Ask(other)
                """,
                name=server.access(name),
                other=server.access(other),
            )
            for parent in (first, second):
                version, trace, span, _flags = parent.split("-")
                assert (version, len(trace), len(span)) == ("00", 32, 16)


def test_opentelemetry_s_current_span_is_the_parent(server: Server) -> None:
    trace = pytest.importorskip("opentelemetry.trace")
    proxy = DeviceProxy(server.access("t/relay/1"))
    span = trace.NonRecordingSpan(
        trace.SpanContext(int(TRACE, 16), 0xF067AA0BA902B7, is_remote=False,
                          trace_flags=trace.TraceFlags(1))
    )  # fmt: skip
    from puretango.client.session._trace import traced

    traced.append("as TANGO_TELEMETRY_ENABLE=on does")
    try:
        with trace.use_span(span):
            assert proxy.command_inout("Ask", "") == PARENT
        assert proxy.command_inout("Ask", "") == ""
    finally:
        traced.pop()
