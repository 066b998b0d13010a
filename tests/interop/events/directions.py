"""All operations on events, by each client on each server: run once, side by side, told as plain values.

The operations mostly wait, so the servers are asked at the same time; each is asked by one client after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import puretango
from tests.interop.conftest import neutral, nodb, our_database, puretango_rich
from tests.interop.peers import cpp
from tests.interop.peers.client import HangsError, PyTangoClient
from tests.interop.peers.fixtures import pytango_rich
from tests.interop.peers.operations.event_operations import EVENT_OPERATIONS
from tests.interop.peers.operations.tangotest_events import TANGOTEST_OPERATIONS
from tests.interop.peers.plain import attempt
from tests.interop.peers.process import Peer

DATABASES = ("none", "puretango", "C++")
CLIENTS = ("PyTango", "puretango")
CPP = "C++"


class Pair(NamedTuple):
    """A client, a server, and the database that both know."""

    client: str
    server: str
    database: str

    def __str__(self) -> str:
        where = "no database" if self.database == "none" else f"{self.database} database"
        return f"{self.client} client - {self.server} server - {where}"


REFERENCE = Pair("PyTango", "PyTango", "none")
DATABASE_REFERENCE = Pair("PyTango", "PyTango", CPP)
PAIRS = [Pair(client, server, database) for database in DATABASES for server in ("puretango", "PyTango")
         for client in CLIENTS]  # fmt: skip
# Debian's TangoTest dies of set_attribute_config without a database.
CPP_REFERENCE = Pair("PyTango", CPP, CPP)
CPP_PAIRS = [Pair(client, CPP, database) for database in DATABASES[1:] for client in CLIENTS]

_CODE = """
tango.DeviceProxy(d).Init()
return attempt(event_operations.EVENT_OPERATIONS[n], tango, d)
"""
_CPP_CODE = """
from tests.interop.peers.operations import tangotest_events
return attempt(tangotest_events.TANGOTEST_OPERATIONS[n], tango, d)
"""

Answers = dict[str, Any]


def _ask_pytango(code: str, device: str, names: list[str]) -> Answers:
    answers: Answers = {}
    while left := [name for name in names if name not in answers]:
        with PyTangoClient() as client:
            for name in left:
                try:
                    answers[name] = client.run(code, n=name, d=device)
                except HangsError as error:  # fails this test; the others have another client
                    answers[name] = ("error", "HangsError", str(error))
                    break
    return answers


def _ask_puretango(
    device: str, names: list[str], operations: dict[str, Any], init: bool
) -> Answers:
    answers = {}
    for name in names:
        if init:
            puretango.DeviceProxy(device).Init()
        answers[name] = attempt(operations[name], puretango, device)
    return answers


def _ask(server: str, device: str, *addresses: str) -> dict[str, Answers]:
    """What each client gets from one server."""
    is_cpp = server == CPP
    operations = TANGOTEST_OPERATIONS if is_cpp else EVENT_OPERATIONS
    names = list(operations)
    found = {
        "PyTango": _ask_pytango(_CPP_CODE if is_cpp else _CODE, device, names),
        "puretango": _ask_puretango(device, names, operations, init=not is_cpp),
    }
    return {
        who: {name: neutral(answer, *addresses) for name, answer in answers.items()}
        for who, answers in found.items()
    }


def register(tango_host: str, server: str, cls: str, device: str) -> None:
    """Add a server with its device to a database."""
    host, _, port = tango_host.partition(":")
    info = puretango.DbDevInfo()
    info.name, info._class, info.server = device, cls, server
    puretango.Database(host, int(port)).add_device(info)


class _Served(NamedTuple):
    """How a server is started, and what it is called in a database."""

    start: Callable[[Path, str | None, str], Peer]
    cls: str
    executable: str
    device: str


_SERVERS = {
    "puretango": _Served(puretango_rich, "Rich", "rich", "test/rich/2"),
    "PyTango": _Served(pytango_rich, "Rich", "rich", "test/peer/2"),
    CPP: _Served(cpp.tango_test, "TangoTest", "TangoTest", "sys/tg_test/1"),
}


@contextmanager
def all_answers(directory: Path, cpp_host: str) -> Iterator[dict[Pair, Answers]]:
    """pair -> operation -> answer."""
    with ExitStack() as stack:
        ours = stack.enter_context(our_database(directory))
        hosts = {"none": None, "puretango": f"127.0.0.1:{ours.port}", "C++": cpp_host}
        asked: dict[tuple[str, str], Future[dict[str, Answers]]] = {}
        pool = stack.enter_context(ThreadPoolExecutor(len(hosts) * len(_SERVERS)))
        for database, host in hosts.items():
            for server, served in _SERVERS.items():
                if host is None and server == CPP:
                    continue
                device, instance = served.device, "test"
                if host is None:
                    device = device.replace("peer", "rich")  # the name that both are started with
                else:
                    instance = f"events{list(_SERVERS).index(server)}"
                    register(host, f"{served.executable}/{instance}", served.cls, device)
                peer = stack.enter_context(served.start(directory, host, instance))
                peer.wait_for("Ready to accept request")
                address = f"127.0.0.1:{peer.port}" if host is None else host
                full = nodb(peer.port, device) if host is None else f"tango://{host}/{device}"
                asked[server, database] = pool.submit(
                    _ask, server, full, address, device, f"dserver/{served.executable}/{instance}"
                )
        yield {
            Pair(client, server, database): answers
            for (server, database), future in asked.items()
            for client, answers in future.result().items()
        }
