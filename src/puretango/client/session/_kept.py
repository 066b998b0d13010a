"""What a client remembers for a connection: plans of its requests, and types of attributes and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

if TYPE_CHECKING:
    from puretango.values import AttributeInfoEx, CmdArgType

__all__ = ["Few", "Kept", "Known"]

V = TypeVar("V")

_MOST: Final = 16_384
"""Things of one kind that are remembered: more attributes or commands than a device has."""


_MOST_QUESTIONS: Final = 64
"""Questions whose answers are remembered, which may be long."""


class Kept(dict[Any, V]):
    """A bounded memory: the oldest goes first."""

    __slots__ = ()
    most: ClassVar[int] = _MOST

    def __setitem__(self, key: Any, value: V) -> None:
        if len(self) >= self.most and key not in self:
            for old in list(self)[: max(1, self.most // 8)]:
                self.pop(old, None)
        super().__setitem__(key, value)


class Few(Kept[V]):
    """A bounded memory for answers that may be long."""

    __slots__ = ()
    most = _MOST_QUESTIONS


class Known:
    """What is known of a device over one connection; a new connection starts with an empty one.

    The plans are kept for the rooms that make them; this class uses none of them.
    """

    __slots__ = ("arguments", "commands", "infos", "questions", "reads", "writes")

    def __init__(self) -> None:
        self.reads: Kept[Any] = Kept()
        """Attribute → how it is read."""
        self.writes: Kept[Any] = Kept()
        """Attribute → how it is written."""
        self.commands: Kept[Any] = Kept()
        """Command, and whether it is given an argument → how it is run."""
        self.questions: Few[Any] = Few()
        """Operation with its arguments → how it is asked, with the last answer."""
        self.infos: Kept[AttributeInfoEx] = Kept()
        """Attribute in lower case → its configuration, for its type and format."""
        self.arguments: Kept[CmdArgType] = Kept()
        """Command in lower case → the type of its argument."""
