"""The line in which the connections of a crowd stand."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from puretango.giop import Invocation, RequestTemplate
from puretango.net import Answer, ClientConnection, Listener, Peer, WorkerPool
from puretango.net.serving._line import HANDS, Line
from tests.waiting import LIMIT, Gate, until


class Standing:
    """A connection that stands at the end again until it has been served often enough."""

    def __init__(self, line: Line, name: str, times: int, then: Callable[[str], None]) -> None:
        self.line, self.name, self.times, self.then = line, name, times, then

    def run(self) -> None:
        self.then(self.name)
        self.times -= 1
        if self.times:
            self.line.join(self)

    def dismiss(self) -> None:
        raise AssertionError("nobody dismisses it")


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    made = WorkerPool()
    yield made
    assert made.stop(LIMIT) == 0


def test_each_in_its_turn(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("puretango.net.serving._line.HANDS", 1)
    line, gate, order = Line(pool), Gate(), list[str]()
    line.join(Standing(line, "first", 1, lambda _: gate.hold()))
    gate.reached()
    for name in "abc":
        line.join(Standing(line, name, 3, order.append))
    gate.open()
    until(lambda: len(order) == 9)
    assert order == list("abc" * 3)


def test_hundreds_take_few_threads(pool: WorkerPool) -> None:
    line, served = Line(pool), Counter[str]()
    threads: set[int] = set()

    def serve(name: str) -> None:
        threads.add(threading.get_ident())
        served[name] += 1

    for number in range(300):
        line.join(Standing(line, str(number), 5, serve))
    until(lambda: served.total() == 1500)
    assert set(served.values()) == {5}
    assert len(pool._workers) <= HANDS


def test_threads_that_are_held_up_are_replaced(pool: WorkerPool) -> None:
    line, gate, served = Line(pool), Gate(), threading.Event()
    for number in range(2 * HANDS):
        line.join(Standing(line, str(number), 1, lambda _: gate.hold()))
    line.join(Standing(line, "quick", 1, lambda _: served.set()))
    gate.reached(HANDS)
    assert not served.is_set()
    until(lambda: line.look() and gate.inside == 2 * HANDS)
    until(lambda: line.look() and served.is_set())
    gate.open()
    until(lambda: not line.look() and not line._hands)


def test_without_a_thread_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = WorkerPool(limit=0)
    line, served = Line(pool), threading.Event()
    line.join(Standing(line, "patient", 1, lambda _: served.set()))
    assert line.look()
    assert not line._hands
    pool.limit = 1
    assert line.look()
    assert served.wait(LIMIT)
    assert pool.stop(LIMIT) == 0


def test_it_is_left_when_all_ends() -> None:
    line = Line(WorkerPool(limit=0))
    waiting = [Standing(line, name, 1, lambda _: None) for name in "ab"]
    for each in waiting:
        line.join(each)
    assert line.leave() == waiting
    assert not line.look()


def test_a_slow_request_of_a_crowd_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """More of them than the line has threads: the others are answered meanwhile."""
    monkeypatch.setattr("puretango.net.serving._listener._CROWD", 2)
    gate = Gate()

    def handle(invocation: Invocation, _peer: Peer) -> Answer:
        if invocation.operation == "slow":
            gate.hold()
        return 0, b"y"

    slow, quick = (RequestTemplate(b"k", name).prepare(b"x") for name in ("slow", "quick"))
    with Listener("127.0.0.1", 0, handle) as listener:
        clients = [ClientConnection("127.0.0.1", listener.port) for _ in range(3 * HANDS)]
        waiting, others = clients[: 2 * HANDS], clients[2 * HANDS :]
        over = threading.Event()

        def ask(client: ClientConnection) -> None:
            while not over.is_set():
                client.call(quick)

        asking = [threading.Thread(target=ask, args=(client,)) for client in others]
        for thread in asking:
            thread.start()
        until(lambda: listener.crowded)
        held = [threading.Thread(target=client.call, args=(slow,)) for client in waiting]
        for thread in held:
            thread.start()
        gate.reached(len(waiting))
        over.set()
        for thread in asking:
            thread.join(LIMIT)
        assert all(bytes(client.call(quick).body) == b"y" for client in others)
        gate.open()
        for thread in held:
            thread.join(LIMIT)
        for client in clients:
            client.close()
        until(lambda: listener.connections == 0)


def test_a_crowd_that_has_gone_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is left has a thread again."""
    monkeypatch.setattr("puretango.net.serving._listener._CROWD", 4)
    monkeypatch.setattr("puretango.net.serving._listener._REVIEW", 0.0)
    monkeypatch.setattr("puretango.net.serving._served.PATIENCE", 0.05)
    request = RequestTemplate(b"k", "op").prepare(b"x")
    with Listener("127.0.0.1", 0, lambda *_: (0, b"y")) as listener:
        clients = [ClientConnection("127.0.0.1", listener.port) for _ in range(8)]
        threads = [
            threading.Thread(target=lambda client=client: [client.call(request) for _ in range(50)])
            for client in clients
        ]
        for thread in threads:
            thread.start()
        until(lambda: listener.crowded)
        for thread in threads:
            thread.join(LIMIT)
        last, *gone = clients
        for client in gone:
            client.close()
        until(lambda: listener.connections == 1)
        until(lambda: last.call(request) and not listener.crowded)
        last.close()
