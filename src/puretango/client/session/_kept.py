"""What a client remembers of a connection: plans of its requests, and types of what the device has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from puretango.client.session._plan import Plan
    from puretango.values import AttributeInfoEx, CmdArgType

__all__ = ["Kept", "Known"]

V = TypeVar("V")

_MOST: Final = 16_384
"""Things of one kind that are remembered: more attributes or commands than a device has."""


class Kept(dict[Any, V]):
    """A bounded memory: the oldest goes first."""

    def __setitem__(self, key: Any, value: V) -> None:
        if len(self) >= _MOST and key not in self:
            for _ in range(_MOST // 8):
                self.pop(next(iter(self)), None)
        super().__setitem__(key, value)


class Known:
    """What is known of a device over one connection; made afresh for the next one."""

    __slots__ = ("arguments", "commands", "infos", "questions", "reads", "writes")

    def __init__(self) -> None:
        self.reads: Kept[Plan] = Kept()
        """Attribute → how it is read."""
        self.writes: Kept[Plan] = Kept()
        """Attribute → how it is written."""
        self.commands: Kept[Plan] = Kept()
        """Command, and whether it is given an argument → how it is run."""
        self.questions: Kept[Plan] = Kept()
        """Operation with its arguments → how it is asked."""
        self.infos: Kept[AttributeInfoEx] = Kept()
        """Attribute in lower case → its configuration, for its type and format."""
        self.arguments: Kept[CmdArgType] = Kept()
        """Command in lower case → the type of its argument."""
