"""Every event type, payload and error in all directions: without database, with ours, with the C++ one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.conftest import nodb
from tests.interop.events.directions import (
    CPP_PAIRS,
    CPP_REFERENCE,
    DATABASE_REFERENCE,
    PAIRS,
    REFERENCE,
    Answers,
    Pair,
    all_answers,
)
from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.operations.event_operations import EVENT_OPERATIONS
from tests.interop.peers.operations.polling_operations import WITH_DATABASE
from tests.interop.peers.operations.tangotest_events import TANGOTEST_OPERATIONS
from tests.interop.peers.process import Peer
from tests.interop.test_matrix import check

# The first test waits for all that is asked.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def answers(peer_directory: Path, cpp_database: cpp.CppDatabase) -> Iterator[dict[Pair, Answers]]:
    """What each client gets from each server, in and without each database."""
    with all_answers(peer_directory, cpp_database.tango_host) as found:
        yield found


@pytest.mark.parametrize("name", EVENT_OPERATIONS)
@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair != REFERENCE], ids=str)
def test_as_pytango(pair: Pair, name: str, answers: dict[Pair, Answers]) -> None:
    reference = DATABASE_REFERENCE if name in WITH_DATABASE else REFERENCE
    if pair.database != "none" or reference == REFERENCE:
        check(answers[pair][name], answers[reference][name])


@pytest.mark.parametrize("name", TANGOTEST_OPERATIONS)
@pytest.mark.parametrize("pair", [pair for pair in CPP_PAIRS if pair != CPP_REFERENCE], ids=str)
def test_cpp_server(pair: Pair, name: str, answers: dict[Pair, Answers]) -> None:
    answer = answers[pair][name]
    if "TRANSIENT_ConnectFailed" in str(answer):
        pytest.skip(
            "C++ TangoTest 9.3.4 died, as it now and then does when polling is taken from it"
        )
    check(answer, answers[CPP_REFERENCE][name])


def test_no_event_is_lost_between_our_server_and_pytango(
    pytango_client: PyTangoClient, puretango_server: Peer
) -> None:
    assert pytango_client.run(
        """
        proxy, collector = tango.DeviceProxy(d), event_operations.Collector()
        subscription = proxy.subscribe_event("DevLong_scalar", tango.EventType.CHANGE_EVENT, collector)
        collector.wait(1)
        event_operations.settled(tango, proxy)
        for number in range(500):
            proxy.Push(["change", "DevLong_scalar"])
        collector.wait(501)
        proxy.unsubscribe_event(subscription)
        return [len(collector.events), any(event.err for event in collector.events)]
        """,
        d=nodb(puretango_server.port),
    ) == [501, False]
