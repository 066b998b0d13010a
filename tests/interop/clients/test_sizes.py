"""Values that are not there, never written or INVALID: their sizes, as clients of every release see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import puretango
from tests.interop.clients.test_old_clients import CLIENT, DEV, Raw
from tests.interop.conftest import nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.devices.sizes import KINDS, SHAPES
from tests.interop.peers.process import Peer, free_port, python

DEVICE = "test/sizes/1"
NAMES = [
    f"{what}_{kind}_{shape}"
    for what in ("only", "both", "invalid")
    for kind in KINDS
    for shape in SHAPES
]
_ASK = """
def plain(name, data):
    value = data.value
    if name.startswith("only_"):
        data.w_value = None  # PyTango's client takes it from memory behind the value that was sent
    return (data.quality.name, str(value.tolist() if hasattr(value, "tolist") else value), data.dim_x, data.dim_y,
            str(data.w_value.tolist() if hasattr(data.w_value, "tolist") else data.w_value),
            data.w_dim_x, data.w_dim_y)
proxy = tango.DeviceProxy(d)
return [plain(name, proxy.read_attribute(name)) for name in names]
"""


def _asked(raw: Raw) -> list[Any]:
    ways: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("read_attributes", ()),
        ("read_attributes_2", (DEV,)),
        ("read_attributes_3", (DEV,)),
        ("read_attributes_4", (DEV, CLIENT)),
        ("read_attributes_5", (DEV, CLIENT)),
    )
    return [(name, way, raw(way, [name], *more)) for name in NAMES for way, more in ways]


def test_sizes_of_what_is_not_there(peer_directory: Path, pytango_client: PyTangoClient) -> None:
    raw_answers, seen = [], {}
    for whose in ("tango", "puretango"):
        port = free_port()
        words = (
            whose,
            "test",
            "-nodb",
            "-dlist",
            DEVICE,
            "-ORBendPoint",
            f"giop:tcp:127.0.0.1:{port}",
        )
        with Peer(
            f"{whose}-sizes", python("devices/sizes.py", *words), peer_directory, port
        ) as peer:
            peer.wait_for("Ready to accept request")
            raw = Raw(port, DEVICE)
            raw_answers.append(_asked(raw))
            raw.connection.close()
            device = nodb(port, DEVICE)
            seen["tango", whose] = pytango_client.run(_ASK, d=device, names=NAMES)
            seen["puretango", whose] = _run_here(device)
    wanted, ours = raw_answers
    assert [pair for pair in zip(wanted, ours, strict=True) if repr(pair[0]) != repr(pair[1])] == []
    expected = seen.pop(("tango", "tango"))
    for pairing, got in seen.items():
        wrong = [
            (name, one, other)
            for name, one, other in zip(NAMES, got, expected, strict=True)
            if repr(tuple(one)) != repr(tuple(other))
        ]
        assert wrong == [], pairing


def _run_here(device: str) -> list[Any]:
    space: dict[str, Any] = {"tango": puretango, "d": device, "names": NAMES}
    body = "".join(f"    {line}\n" for line in _ASK.strip().splitlines())
    exec(f"def ask():\n{body}\nfound = ask()", space)
    found: list[Any] = space["found"]
    return found
