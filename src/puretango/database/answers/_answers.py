"""The commands by name: plain functions of a store and an argument."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from puretango.errors import DevFailed, ErrSeverity
from puretango.store import Store

__all__ = [
    "ANSWERS",
    "Answer",
    "Refusal",
    "answers",
    "column_number",
    "number",
    "refuse",
    "require",
]

Answer = Callable[[Store, Any], Any]

ANSWERS: dict[str, Answer] = {}
"""Command name → the function that answers it."""

INCORRECT_ARGUMENTS = "DB_IncorrectArguments"
INCORRECT_DEVICE_NAME = "DB_IncorrectDeviceName"
INCORRECT_SERVER_NAME = "DB_IncorrectServerName"
DEVICE_NOT_DEFINED = "DB_DeviceNotDefined"
ALIAS_NOT_DEFINED = "DB_AliasNotDefined"
SQL_ERROR = "DB_SQLError"


def answers(command: str) -> Callable[[Answer], Answer]:
    """Declare a function as the answer to a command."""

    def declare(function: Answer) -> Answer:
        ANSWERS[command] = function
        return function

    return declare


class Refusal(DevFailed):
    """A failure of a command whose error stack is complete.

    A Python device's failures get one more error, that the command could not be executed; those
    of Tango's C++ database server do not, and clients compare the whole stack.
    """

    def add(
        self, reason: str, desc: str, origin: str = "", severity: ErrSeverity = ErrSeverity.ERR
    ) -> DevFailed:
        """Do nothing: the stack is complete."""
        return self


def refuse(reason: str, text: str, origin: str) -> NoReturn:
    """Fail as Tango's own database server does; ``origin`` without its ``DataBase::``."""
    raise Refusal.make(reason, text, f"DataBase::{origin}()")


def require(argin: Sequence[str], least: int, text: str, origin: str) -> None:
    """Fail unless the argument has at least so many elements."""
    if len(argin) < least:
        refuse(INCORRECT_ARGUMENTS, text, origin)


def number(text: str, origin: str) -> int:
    """A count within an argument."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        refuse(INCORRECT_ARGUMENTS, f"{text!r} is not a number of elements", origin)
    return value


def column_number(text: str, otherwise: int, origin: str) -> int:
    """A number for a column of 32 bits; ``otherwise`` if the text is not a number, DB_SQLError if it is too large."""
    try:
        value = int(text)
    except ValueError:
        return otherwise
    if not -(2**31) <= value < 2**31:
        refuse(SQL_ERROR, f"Out of range value: {text[:40]}", origin)
    return value


class Words:
    """The elements of an argument, taken one after another."""

    def __init__(self, argin: Sequence[str], origin: str) -> None:
        self._words = argin
        self._next = 0
        self._origin = origin

    def word(self) -> str:
        """The next element."""
        return self.words(1)[0]

    def number(self) -> int:
        """The next element, a count."""
        return number(self.word(), self._origin)

    def words(self, count: int) -> list[str]:
        """The next elements."""
        if self._next + count > len(self._words):
            refuse(
                INCORRECT_ARGUMENTS,
                f"incorrect no. of input arguments, {len(self._words)} is too few for the "
                "numbers of elements among them",
                self._origin,
            )
        start, self._next = self._next, self._next + count
        return list(self._words[start : self._next])
