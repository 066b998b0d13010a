"""Many threads on one connection, with timeouts and restarts of the server in between."""

from __future__ import annotations

import random
import struct
import threading
import time
from collections import Counter

import pytest

from puretango.errors import SystemException
from puretango.giop import V1_0, V1_2, Invocation, RequestTemplate
from puretango.net import Answer, ConnectionPool, Listener, Peer
from tests.waiting import until


def handle(invocation: Invocation, _peer: Peer) -> Answer:
    if invocation.operation == "echo":
        return 0, bytes(invocation.body)
    if invocation.operation == "quick":
        invocation.plan = lambda _peer, _data: None  # it never fits: the handler is asked each time
        return 0, b"quick"
    time.sleep(struct.unpack("<d", invocation.body)[0])
    return 0, b"slept"


class Caller(threading.Thread):
    """Calls whatever it likes until the end."""

    def __init__(self, number: int, pool: ConnectionPool, port: int, end: threading.Event) -> None:
        super().__init__()
        self.random = random.Random(number)
        self.pool, self.port, self.end = pool, port, end
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self.end.is_set():
            try:
                wrong = self.call()
                self.seen["answers"] += 1
                if wrong:
                    self.wrong.append(wrong)
            except SystemException as error:
                self.seen[error.kind] += 1

    def call(self) -> str:
        connection = self.pool.connection("127.0.0.1", self.port)
        kind = self.random.random()
        if kind < 0.5:
            body = connection.call(RequestTemplate(b"k", "quick").prepare(), 2.0).body
            return "" if body == b"quick" else "quick"
        if kind < 0.8:
            sent = self.random.randbytes(5) * self.random.choice([1, 100, 20_000])
            template = RequestTemplate(b"k", "echo", self.random.choice([V1_0, V1_2]))
            body = connection.invoke(template, [sent], 5.0).body
            return "" if body == sent else "echo"
        seconds = struct.pack("<d", self.random.random() * 0.03)
        timeout = self.random.choice([0.005, 0.02, 2.0])
        body = connection.invoke(RequestTemplate(b"k", "sleep"), [seconds], timeout).body
        return "" if body == b"slept" else "sleep"


@pytest.mark.parametrize("restarts", [0, 3])
def test_everything_at_once(restarts: int) -> None:
    listener = Listener("127.0.0.1", 0, handle).start()
    with ConnectionPool() as pool:
        end = threading.Event()
        callers = [Caller(number, pool, listener.port, end) for number in range(8)]
        for caller in callers:
            caller.start()
        for turn in range(restarts + 1):
            answered = sum(caller.seen["answers"] for caller in callers)
            until(lambda: sum(caller.seen["answers"] for caller in callers) > answered + 200)  # noqa: B023
            if turn < restarts:
                listener.stop(grace=0.1)
                listener = Listener("127.0.0.1", listener.port, handle).start()
        end.set()
        for caller in callers:
            caller.join(30)
            assert not caller.is_alive()
    listener.stop()
    assert [caller.wrong for caller in callers] == [[]] * 8
    seen: Counter[str] = sum((caller.seen for caller in callers), Counter())
    assert set(seen) <= {"answers", "TRANSIENT", "COMM_FAILURE"}
    if not restarts:
        assert seen["COMM_FAILURE"] == 0
