"""A device locked by one PyTango client and used by another: our server beside PyTango's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.twins import IMPLEMENTATIONS, ask, database_server, model_server, register

_P = "p = full('m/model/1'); admin = full('dserver/model/one')\n"
LOCK = "global owned; owned = p; p.lock(seconds)"  # a proxy that goes gives its lock back
OTHERS_CALLS = (
    "p.write_attribute('plain', 2)", "p.write_read_attribute('plain', 3.0).value",
    "p.Drift(0)", "p.Say(['debug', 'allowed'])", "p.Written()", "p.State()", "p.Status()", "p.Init()", "str(p.state())",
    "p.read_attribute('plain').value", "p.set_attribute_config(p.get_attribute_config('plain'))", "p.lock()",
    "p.unlock()", "p.is_locked()", "p.is_locked_by_me()", "p.poll_attribute('plain', 1000)",
    "p.stop_poll_attribute('plain')", "p.set_logging_level(3)", "admin.DevRestart('m/model/1')",
    "p.put_property({'x': ['1']})", "admin.QueryDevice()",
)  # fmt: skip
LOSERS_CALLS = (
    "p.is_locked_by_me()", "p.read_attribute('plain').value", "p.State()", "p.Drift(0)", "p.Drift(0)",
    "p.write_attribute('plain', 2)",
)  # fmt: skip


@pytest.fixture(scope="module")
def owner() -> Iterator[PyTangoClient]:
    """The client that locks."""
    with PyTangoClient() as client:
        yield client


@pytest.fixture(scope="module")
def locked(peer_directory: Path, model_client: PyTangoClient) -> Iterator[dict[str, str]]:
    """Both servers; Say and Written are for everybody, in the words of the class property."""
    found = {}
    with ExitStack() as stack:
        for whose in IMPLEMENTATIONS:
            database = stack.enter_context(database_server(peer_directory))
            host = found[whose] = f"127.0.0.1:{database.port}"
            register(model_client, host, "one", "Model", "m/model/1")
            ask(
                model_client,
                host,
                "database.put_class_property('Model', {'AllowedAccessCmd': ['Say', 'wriTTen']})",
            )
            peer = stack.enter_context(model_server(whose, peer_directory, host))
            peer.wait_for("Ready to accept request")
        yield found


def answers(client: PyTangoClient, host: str, calls: tuple[str, ...]) -> Any:
    """The answer of each call."""
    code = "".join(f"out.append(({call!r}, step(lambda: plain({call}))))\n" for call in calls)
    return ask(client, host, _P, code, "return plain(out)")


@pytest.mark.slow
def test_what_others_may_do_and_who_loses_his_lock(
    locked: dict[str, str], owner: PyTangoClient, model_client: PyTangoClient
) -> None:
    """Reading, State and the commands of AllowedAccessCmd; and API_DeviceUnlocked after a forced unlock."""
    found: dict[str, Any] = {}
    for whose, host in locked.items():
        steps = found[whose] = []
        ask(owner, host, _P, LOCK, seconds=10)
        steps.append(answers(model_client, host, OTHERS_CALLS))
        ask(model_client, host, _P, "p.unlock(True)")
        steps.append(answers(owner, host, LOSERS_CALLS))
        steps.append(answers(model_client, host, ("p.Drift(0)",)))
        steps.append(answers(owner, host, ("p.Drift(0)", "p.is_locked()")))
    for ours, theirs in zip(found["puretango"], found["tango"], strict=True):
        for one, other in zip(ours, theirs, strict=True):
            assert one == other
    others = dict(found["tango"][0])
    assert others["p.Say(['debug', 'allowed'])"] == ["value", None]
    assert others["p.Drift(0)"][2][0][0] == "API_DeviceLocked"
    assert dict(found["tango"][1])["p.Drift(0)"][2][0][0] == "API_DeviceUnlocked"


@pytest.mark.slow
def test_a_dead_owner_s_lock_ends_with_its_validity(
    locked: dict[str, str], model_client: PyTangoClient
) -> None:
    for host in locked.values():
        with PyTangoClient() as dying:
            ask(dying, host, _P, LOCK, seconds=2)
            dying.kill()
            found = ask(
                model_client,
                host,
                _P,
                """
                first = step(p.Drift, 0)[0]
                until(lambda: step(p.Drift, 0)[0] == "value", step=0.1)
                return plain([first, step(p.Drift, 0)])
                """,
            )
        assert found == ["error", ["value", None]]
