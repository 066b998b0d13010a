"""Classes that programs subclass with a ``__new__`` of their own."""

from __future__ import annotations

from typing import Any, Self

__all__ = ["Subclassed"]


class Subclassed:
    """A ``__new__`` that takes any arguments, as PyTango's classes do: programs pass theirs on to it."""

    __slots__ = ()

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self:
        """A new instance; what the arguments mean is for ``__init__``."""
        return super().__new__(cls)
