"""How the database is asked: one command, its argument's type known, its answer unpacked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from puretango.client.commands._typed import STRING, STRINGS, VOID, typed_command
from puretango.client.database.calls._data import DbDatum

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["DatabaseCalls", "text_of", "texts_of"]

T = TypeVar("T")


def text_of(answer: Any) -> str:
    """An answer that is one text; TypeError for another."""
    if not isinstance(answer, str):
        raise TypeError(f"a text is wanted, not {answer!r}")
    return answer


def texts_of(answer: Any) -> list[str]:
    """An answer that is a list of texts, or none; TypeError for another."""
    texts = list(answer) if answer is not None and not isinstance(answer, str) else answer
    if texts is None:
        return []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"texts are wanted, not {answer!r}")
    return texts


class DatabaseCalls:
    """Commands of a database whose arguments are one text or several."""

    _session: Session

    async def _ask_for(
        self, io: IO, then: Callable[[Any], T] | None, command: str, *args: str
    ) -> T | None:
        """Run a command; return what ``then`` makes of its answer."""
        kind = STRING if len(args) == 1 else STRINGS if args else VOID
        argument: Any = args[0] if kind == STRING else list(args)
        answer: T = await typed_command(io, self._session, command, kind, argument, then)
        return answer

    async def _order(self, io: IO, command: str, *args: str) -> None:
        """Run a command without a result."""
        await self._ask_for(io, None, command, *args)

    async def _text(self, io: IO, command: str, *args: str) -> str:
        """The text that a command gives."""
        text = await self._ask_for(io, text_of, command, *args)
        assert text is not None
        return text

    async def _texts(self, io: IO, command: str, *args: str) -> list[str]:
        """The texts that a command gives."""
        return await self._ask_for(io, texts_of, command, *args) or []

    async def _datum(self, io: IO, name: str, command: str, *args: str) -> DbDatum:
        """The texts that a command gives, under a name."""
        return DbDatum(name, await self._texts(io, command, *args))
