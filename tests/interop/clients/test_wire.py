"""tshark, which knows GIOP, reads what we send and finds nothing malformed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.conftest import nodb, puretango_rich
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.operations.operations import OPERATIONS
from tests.interop.peers.plain import attempt
from tests.interop.peers.process import Peer
from tests.interop.peers.tshark import capture

# Not here: commands with a struct for argument, which tshark 4.0 calls malformed between PyTango's own ends too.
CHOSEN = (
    "device_basics", "device_info", "attribute_configuration", "attribute_configuration_set",
    "several_attributes", "attribute_DevDouble_spectrum", "attribute_DevString_image", "attribute_encoded",
    "attribute_DevState", "command_DevVarULong64Array",
    "command_configuration", "errors_of_commands", "errors_of_attributes", "black_box",
)  # fmt: skip


@pytest.mark.slow
def test_our_server_as_tshark_sees_it(peer_directory: Path) -> None:
    with puretango_rich(peer_directory, instance="wire") as peer:
        peer.wait_for("Ready to accept request")
        assert peer.port is not None
        with (
            capture(peer_directory, peer.port) as packets,
            PyTangoClient(ORBclientTransportRule="* tcp") as client,
        ):
            for name in CHOSEN:
                client.run("attempt(OPERATIONS[n], tango, d)", n=name, d=nodb(peer.port))
    assert {"read_attributes_5", "write_attributes_4", "command_inout_4"} <= packets.operations
    assert len(packets.messages) > 100
    assert packets.malformed == []


@pytest.mark.slow
def test_our_client_as_tshark_sees_it(peer_directory: Path, pytango_server: Peer) -> None:
    import puretango

    assert pytango_server.port is not None
    with capture(peer_directory, pytango_server.port) as packets:
        for name in CHOSEN:
            attempt(OPERATIONS[name], puretango, nodb(pytango_server.port))
    assert {"read_attributes_5", "write_attributes_4", "command_inout_4"} <= packets.operations
    assert len(packets.messages) > 100
    assert packets.malformed == []
