"""PyTango's classes for threads: here any thread can use the library."""

from __future__ import annotations

import ctypes
import threading
from concurrent.futures import ThreadPoolExecutor

__all__ = [
    "EnsureOmniThread",
    "PyTangoThread",
    "PyTangoThreadPoolExecutor",
    "is_omni_thread",
    "raise_asynch_exception",
]


def raise_asynch_exception(thread_id: int, exception: type[BaseException]) -> int:
    """Raise an exception in another thread; returns how many threads have that id, 0 or 1."""
    raised = ctypes.pythonapi.PyThreadState_SetAsyncExc
    return int(raised(ctypes.c_ulong(thread_id), ctypes.py_object(exception)))


class _Threads(threading.local):
    """The threads that PyTango would let use its library: here all can."""

    ensured = 0


_threads = _Threads()


class EnsureOmniThread:
    """Kept for PyTango's programs: any thread can use this library."""

    def __enter__(self) -> EnsureOmniThread:
        _threads.ensured += 1
        return self

    def __exit__(self, *_exc: object) -> None:
        _threads.ensured -= 1


def is_omni_thread() -> bool:
    """True if it is in PyTango: in the main thread, and in threads made for its library."""
    thread = threading.current_thread()
    known = thread is threading.main_thread() or isinstance(thread, PyTangoThread)
    return known or _threads.ensured > 0


class PyTangoThread(threading.Thread):
    """A thread; any thread can use this library."""


class PyTangoThreadPoolExecutor(ThreadPoolExecutor):
    """A thread pool; any thread can use this library."""
