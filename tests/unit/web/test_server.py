"""The server as a whole: it starts, serves, and stops without a trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from websockets.sync.client import connect

from puretango.testing import TangoSystem
from puretango.web import Settings, SettingsError, WebServer
from tests.conftest import _no_leaks  # noqa: F401 - this file's tests are held to it
from tests.unit.hub.devices import Pushing
from tests.unit.web.client import Client


def test_it_stops_without_a_trace(tmp_path: Path) -> None:
    """With a browser that still looks, a log consumer that devices know, and a database."""
    with TangoSystem({Pushing: ["lab/push/1"]}, short_names=False) as system:
        settings = Settings(tango_host=system.tango_host, state=tmp_path, port=0)
        with WebServer(settings) as server:
            client = Client(server.port)
            assert client.ask("device", name="lab/push/1")["class"] == "Pushing"
            client.order("logs/choose", devices=["lab/push/1"], level="DEBUG")
            origin = f"http://localhost:{server.port}"
            with connect(f"ws://localhost:{server.port}/ws", origin=origin) as socket:
                socket.send(json.dumps({"add": ["lab/push/1/number", "lab/push/1/counted"]}))
                while not isinstance(socket.recv(10), bytes):
                    pass
            device = system.get_device("lab/push/1")
            assert len(device.get_logging_target()) == 1
        assert list(device.get_logging_target()) == []


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    settings = Settings(tango_host="", state=tmp_path, port=0)
    with WebServer(settings) as first:
        with pytest.raises(SettingsError, match="cannot listen"):
            WebServer(Settings(tango_host="", state=tmp_path, port=first.port))


def test_without_a_database(tmp_path: Path) -> None:
    """Devices without one are shown all the same."""
    with WebServer(Settings(tango_host="", state=tmp_path, port=0)) as server:
        answer = Client(server.port).get("level", by="device")
        assert answer.status == 503
        assert "no database" in answer.body["error"]
