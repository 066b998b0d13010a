"""All commands of the admin device: what ours answers is what PyTango's answers, right calls and wrong ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import neutral, our_database, puretango_rich
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.fixtures import pytango_rich
from tests.interop.peers.operations.admin_operations import DEVICE, LOG_FILE, OTHER, RUNS
from tests.interop.peers.process import Peer
from tests.interop.test_matrix import check
from tests.interop.test_registered import register
from tests.waiting import until

ADMIN = "dserver/rich/admin"
THIRD = "test/admin/3"
"""Never locked: who has lost a lock is told so again and again."""
ASK = "return admin_operations.admin_run(tango, d, n)"


@pytest.fixture(scope="module")
def admin_client() -> Iterator[PyTangoClient]:
    """A PyTango client of this module's own: it dies with the servers that it has locked."""
    with PyTangoClient() as client:
        yield client


@pytest.fixture(scope="module")
def twins(
    peer_directory: Path, admin_client: PyTangoClient
) -> Iterator[dict[str, tuple[str, Peer]]]:
    """A PyTango server and ours, of the same name, each registered in a database of its own."""
    found = {}
    with ExitStack() as stack:
        for whose, start in (("PyTango", pytango_rich), ("ours", puretango_rich)):
            database = stack.enter_context(our_database(peer_directory))
            host = f"127.0.0.1:{database.port}"
            register(admin_client, host, "rich/admin", "Rich", DEVICE, OTHER, THIRD)
            peer = stack.enter_context(start(peer_directory, host, "admin"))
            peer.wait_for("Ready to accept request")
            found[whose] = (host, peer)
        yield found
    Path(LOG_FILE).unlink(missing_ok=True)


def comparable(answer: Any) -> Any:
    """Without what must differ: addresses, and the target that sends logs by telemetry."""
    if isinstance(answer, str):
        answer = re.sub(r"giop:(unix|tcp):[^ ]*|localhost", "<client>", answer)
        return re.sub(r"tcp://[0-9.]*:[0-9]*", "<endpoint>", answer)
    if isinstance(answer, (list, tuple)):
        return [comparable(item) for item in answer if item != "telemetry_logs_appender"]
    return answer


@pytest.mark.slow
def test_the_runs_are_of_all_commands(
    twins: dict[str, tuple[str, Peer]], admin_client: PyTangoClient
) -> None:
    described = {
        whose: admin_client.run(
            "return [[c.cmd_name, str(c.in_type), str(c.out_type), c.in_type_desc, c.out_type_desc,"
            " str(c.disp_level)] for c in tango.DeviceProxy(d).command_list_query()]",
            d=f"tango://{host}/{ADMIN}",
        )
        for whose, (host, _) in twins.items()
    }
    assert sorted(described["ours"]) == sorted(described["PyTango"])
    assert {one[0] for one in described["PyTango"]} == set(RUNS)
    assert len(RUNS) == 51


@pytest.mark.parametrize("command", [name for name, run in RUNS.items() if run])
def test_same_answers(
    command: str, twins: dict[str, tuple[str, Peer]], admin_client: PyTangoClient
) -> None:
    answers = {
        whose: comparable(
            neutral(admin_client.run(ASK, d=f"tango://{host}/{ADMIN}", n=command), host)
        )
        for whose, (host, _) in twins.items()
    }
    check(answers["ours"], answers["PyTango"])


def test_query_event_system(
    twins: dict[str, tuple[str, Peer]], admin_client: PyTangoClient
) -> None:
    """The same members in the same places; their values are the server's own."""
    shapes = {
        whose: admin_client.run(
            """
            import json
            admin = tango.DeviceProxy(d)
            admin.EnableEventSystemPerfMon(True)
            shape = lambda v: {k: shape(x) for k, x in v.items()} if isinstance(v, dict) else None
            found = shape(json.loads(admin.QueryEventSystem()))
            admin.EnableEventSystemPerfMon(False)
            return found
            """,
            d=f"tango://{host}/{ADMIN}",
        )
        for whose, (host, _) in twins.items()
    }
    assert shapes["ours"]["server"].keys() == shapes["PyTango"]["server"].keys()


@pytest.mark.parametrize("whose", ["PyTango", "ours"])
def test_restart_keeps_the_proxies(
    whose: str, twins: dict[str, tuple[str, Peer]], admin_client: PyTangoClient
) -> None:
    host, _ = twins[whose]
    found = admin_client.run(
        """
        admin, one = tango.DeviceProxy(a), tango.DeviceProxy(d)
        found = []
        for restart in (lambda: admin.DevRestart(one.dev_name()), admin.RestartServer):
            one.write_attribute("limited", 7.5)
            before = one.read_attribute("limited").value
            restart()
            read = lambda: attempt(lambda: one.read_attribute("limited").value)
            until(lambda: (now := read())[0] == "value" and now[1] != before, step=0.1)
            after = one.read_attribute("limited").value
            found.append((before, after, str(one.state())))
        return found
        """,
        a=f"tango://{host}/{ADMIN}",
        d=f"tango://{host}/{THIRD}",
    )
    assert found == [(7.5, 1.0, "ON"), (7.5, 1.0, "ON")]


@pytest.mark.parametrize("whose", ["PyTango", "ours"])
def test_kill_ends_the_server(
    whose: str, twins: dict[str, tuple[str, Peer]], admin_client: PyTangoClient
) -> None:
    host, peer = twins[whose]
    answer = admin_client.run(
        "return attempt(tango.DeviceProxy(d).Kill)", d=f"tango://{host}/{ADMIN}"
    )
    assert answer == ("value", None)
    until(lambda: peer.ended)
