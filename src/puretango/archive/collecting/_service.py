"""The archiver for programs without an event loop: it runs one in a thread."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from puretango.archive.collecting._archiver import Archiver

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from types import TracebackType

    from puretango.archive.collecting._entry import Entry, Settings
    from puretango.archive.sample import Storing

__all__ = ["ArchiveService"]

T = TypeVar("T")


class ArchiveService:
    """An archiver in a thread of its own, with its methods for callers of any thread.

    ::

        with open_store("file:/var/lib/archive") as store, ArchiveService(store) as service:
            service.add(["sys/tg_test/1/double_scalar"])
    """

    def __init__(self, store: Storing, **options: Any) -> None:
        """Start.

        Args:
            store: The store to write to; it stays the caller's, to close after this.
            options: As Archiver takes them.

        Raises:
            ArchiveError: The store cannot be read.
        """
        self._ready = threading.Event()
        self._failures: list[BaseException] = []
        self._store = store
        self._options = options
        self._thread = threading.Thread(target=self._run, name="archiver", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failures:
            self._thread.join()
            raise self._failures[0]

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 - handed to whoever started the thread
            self._failures.append(error)
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        async with Archiver(self._store, **self._options) as archiver:
            self.archiver = archiver
            self._ready.set()
            await self._end.wait()

    def close(self) -> None:
        """Store the waiting rows and end."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def __enter__(self) -> ArchiveService:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def look(self, at: Callable[[Archiver], T]) -> T:
        """The result of a function of the archiver, run on its loop, where nothing changes meanwhile."""

        async def looked() -> T:
            return at(self.archiver)

        return self._do(looked())

    def add(self, names: Sequence[str], settings: Settings | None = None) -> list[Entry]:
        """As Archiver.add."""
        return self._do(self.archiver.add(names, settings))

    def remove(self, name: str) -> None:
        """As Archiver.remove."""
        self._do(self.archiver.remove(name))

    def start(self, name: str) -> None:
        """As Archiver.start."""
        self._do(self.archiver.start(name))

    def stop(self, name: str, text: str = "on request") -> None:
        """As Archiver.stop."""
        self.look(lambda archiver: archiver.stop(name, text))

    def pause(self, name: str) -> None:
        """As Archiver.pause."""
        self.look(lambda archiver: archiver.pause(name))

    def set_settings(self, name: str, settings: Settings) -> None:
        """As Archiver.set_settings."""
        self._do(self.archiver.set_settings(name, settings))

    def set_context(self, context: str) -> None:
        """As Archiver.set_context."""
        self._do(self.archiver.set_context(context))

    @property
    def context(self) -> str:
        """The present context."""
        return self.archiver.context
