"""The leak check itself: it sees each kind of thing, and lets go of what went in time."""

import asyncio
import os
import socket
import subprocess
import tempfile
import threading

from tests.leaks import Belongings, pending_tasks


def test_nothing_left() -> None:
    assert Belongings.now().leaks(0.0) == []


def test_thread_that_stays_is_seen_and_one_that_ends_is_not() -> None:
    before = Belongings.now()
    stop = threading.Event()
    threading.Thread(target=stop.wait, name="stays").start()
    assert before.leaks(0.05) == ["thread 'stays'"]
    threading.Timer(0.05, stop.set).start()
    assert before.leaks() == []


def test_socket_is_seen() -> None:
    before = Belongings.now()
    with socket.socket():
        assert before.leaks(0.0)[0].startswith("descriptor ")
    assert before.leaks(0.0) == []


def test_temporary_file_is_seen() -> None:
    before = Belongings.now()
    descriptor, name = tempfile.mkstemp()
    os.close(descriptor)
    assert before.leaks(0.0) == [f"temporary file {os.path.basename(name)}"]
    os.unlink(name)


def test_child_process_is_seen() -> None:
    before = Belongings.now()
    with subprocess.Popen(["sleep", "30"]) as child:
        assert f"child process {child.pid}" in before.left_over()
        child.kill()
    assert before.leaks() == []


def test_task_left_at_the_end_of_a_loop_is_seen() -> None:
    kept: list[asyncio.Task[None]] = []

    async def main() -> None:
        kept.append(asyncio.create_task(asyncio.Event().wait()))

    asyncio.run(main())
    assert ["wait" in text for text in pending_tasks()] == [True]
