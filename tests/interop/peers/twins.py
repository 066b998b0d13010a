"""Twin servers of model.py: PyTango's and ours, of the same name, with the same devices, each in its own database.

What a PyTango client gets from the one it must get from the other.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, puretango, python, require_pytango

IMPLEMENTATIONS = ("tango", "puretango")
DEVICES = {"Model": ("m/model/1", "m/model/2"), "Slow": ("m/slow/1", "m/slow/2"), "Other": ("m/other/1",),
           "Consumer": ("m/log/1",), "Forward": ("m/forward/1",)}  # fmt: skip

_PRELUDE = """\
import time
host = "{0}"
full = lambda name: tango.DeviceProxy(f"tango://{{host}}/{{name}}")
database = tango.Database(*host.split(":"))
out, step = [], attempt
"""

_REGISTER = """
for name in devices:
    info = tango.DbDevInfo()
    info.name, info._class, info.server = name, cls, server
    database.add_device(info)
"""


def database_server(directory: Path) -> Peer:
    """`puretango db` in memory, in a process of its own."""
    port = free_port()
    command = puretango("db", "--host", "127.0.0.1", "--port", str(port), "--store", ":memory:")
    return Peer("twin-db", command, directory, port)


def model_server(
    whose: str, directory: Path, host: str, instance: str = "one", *words: str, **more: str
) -> Peer:
    """A server of model.py, made with "tango" or "puretango", registered in the database at `host`."""
    if whose == "tango":
        require_pytango()
    port = free_port()
    arguments = [whose, instance, *words, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    logs = directory / f"logs-{whose}-{port}"
    environment = {"TANGO_HOST": host, "TANGO_LOG_PATH": str(logs), **more}
    return Peer(
        f"{whose}-model", python("devices/model.py", *arguments), directory, port, environment
    )


def ask(client: PyTangoClient, host: str, *code: str, **arguments: Any) -> Any:
    """Run pieces of code with `full(name)`, a device's proxy; `database`; `out`; and `step`, which is `attempt`."""
    text = "".join(map(textwrap.dedent, (_PRELUDE.format(host), *code)))
    return _neutral(client.run(text, **arguments), host)


def _neutral(answer: Any, host: str) -> Any:
    if isinstance(answer, str):
        return answer.replace(host, "<address>")
    if isinstance(answer, (list, tuple)):
        return [_neutral(item, host) for item in answer]
    if isinstance(answer, dict):
        return {key: _neutral(item, host) for key, item in answer.items()}
    return answer


def register(client: PyTangoClient, host: str, instance: str, cls: str, *devices: str) -> None:
    """Add devices to the server model/INSTANCE in the database at `host`."""
    ask(client, host, _REGISTER, server=f"model/{instance}", cls=cls, devices=devices)


def compare(client: PyTangoClient, hosts: dict[str, str], *code: str, **arguments: Any) -> Any:
    """Both servers must give the same; gives what it was."""
    theirs, ours = (ask(client, hosts[whose], *code, **arguments) for whose in IMPLEMENTATIONS)
    for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        assert one == other, f"[{place}]: ours {one!r}, PyTango's {other!r}"
    return theirs


@pytest.fixture(scope="module")
def model_client() -> Iterator[PyTangoClient]:
    """A PyTango client of the module's own."""
    with PyTangoClient() as client:
        yield client


@pytest.fixture(scope="module")
def empty_hosts(peer_directory: Path, model_client: PyTangoClient) -> Iterator[dict[str, str]]:
    """A database for each implementation, with the devices of the server model/one."""
    found = {}
    with ExitStack() as stack:
        for whose in IMPLEMENTATIONS:
            database = stack.enter_context(database_server(peer_directory))
            found[whose] = f"127.0.0.1:{database.port}"
            for cls, names in DEVICES.items():
                register(model_client, found[whose], "one", cls, *names)
        yield found


@pytest.fixture(scope="module")
def models(peer_directory: Path, empty_hosts: dict[str, str]) -> Iterator[dict[str, str]]:
    """Both servers, running; gives their databases' addresses."""
    with ExitStack() as stack:
        for whose, host in empty_hosts.items():
            peer = stack.enter_context(model_server(whose, peer_directory, host))
            peer.wait_for("Ready to accept request")
        yield empty_hosts
