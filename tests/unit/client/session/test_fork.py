"""A process that forks: parent and child have connections of their own."""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import Any

import pytest

from puretango.client.green import _futures_executor


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_proxies_work_in_a_forked_child(pytango_server: Any) -> None:
    import puretango

    proxy = puretango.DeviceProxy(f"tango://127.0.0.1:{pytango_server.port}/test/rich/1#dbase=no")
    for _ in range(2):
        proxy.state()
    name = next(iter(proxy.get_attribute_list()))
    before = proxy.read_attribute(name).value
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    child = context.Process(target=_read, args=(proxy, name, results))
    child.start()
    pid, value = results.get(timeout=20)
    child.join(20)
    results.close()
    results.join_thread()
    assert child.exitcode == 0
    assert pid == child.pid
    assert type(value) is type(before)
    assert type(proxy.read_attribute(name).value) is type(before)


def _read(proxy: Any, name: str, results: Any) -> None:
    for _ in range(3):
        value = proxy.read_attribute(name).value
    results.put((os.getpid(), value))


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_futures_work_in_a_forked_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parent's pool has no threads there."""
    monkeypatch.setattr(_futures_executor._Pool, "pool", None)
    assert _futures_executor.FuturesExecutor().delegate(int).result(30) == 0
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = _futures_executor.FuturesExecutor().delegate(int).result(30)
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    _futures_executor.get_thread_pool_executor().shutdown()
