"""QuerySubDevice: which devices the devices of a server use, as PyTango's client sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.twins import IMPLEMENTATIONS, ask, database_server, model_server, register


@pytest.mark.slow
def test_devices_that_devices_use(peer_directory: Path, model_client: PyTangoClient) -> None:
    """The same lists; ours is in the database, where tools look, as soon as the server stops."""
    found = {}
    for whose in IMPLEMENTATIONS:
        with database_server(peer_directory) as database:
            host = f"127.0.0.1:{database.port}"
            register(model_client, host, "one", "Model", "m/model/1", "m/model/2")
            with model_server(whose, peer_directory, host) as peer:
                peer.wait_for("Ready to accept request")
                found[whose] = ask(
                    model_client,
                    host,
                    """
                    for user, used in (("m/model/1", "m/model/2"), ("m/model/1", "sys/database/2"),
                                       ("m/model/1", "m/model/2"), ("m/model/2", "m/model/1")):
                        full(user).Use(used)
                    return sorted(full("dserver/model/one").QuerySubDevice())
                    """,
                )
            if whose == "puretango":
                kept = ask(
                    model_client,
                    host,
                    "return plain(database.get_device_property('m/model/1', '__SubDevices'))",
                )
    assert found["puretango"] == found["tango"]
    assert kept == {"__SubDevices": ["m/model/2", "sys/database/2"]}
