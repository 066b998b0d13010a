"""PyTango's lists of classes, as views of the current server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from puretango.server.base import _current as _context

if TYPE_CHECKING:
    from puretango.server.device._deviceclass import DeviceClass

__all__ = [
    "class_list",
    "constructed_class",
    "cpp_class_list",
    "get_class",
    "get_classes",
    "get_constructed_class",
    "get_constructed_classes",
    "get_cpp_class",
    "get_cpp_classes",
]


class _View(Sequence[Any]):
    """A list that belongs to whichever server the calling thread works for."""

    def __init__(self, items: Callable[[Any], Sequence[Any]]) -> None:
        self._of = items

    def _items(self) -> Sequence[Any]:
        server = _context.find_server()
        return () if server is None else self._of(server)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self._items()[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items())

    def __len__(self) -> int:
        return len(self._items())

    def __repr__(self) -> str:
        return repr(list(self))


class_list = _View(lambda server: server.classes)
"""``(DeviceClass, device class, name)`` of each class that the server was given."""

constructed_class = _View(lambda server: server.device_classes)
"""The DeviceClass objects of a server that has started."""

cpp_class_list: list[Any] = []
"""Always empty: there are no classes in C++."""


def get_classes() -> Sequence[Any]:
    """``(DeviceClass, device class, name)`` of each class of the current server."""
    return class_list


def get_class(name: str) -> Any | None:
    """``(DeviceClass, device class, name)`` of a class; None if there is no such class."""
    return next((info for info in class_list if info[2] == name), None)


def get_class_by_class(device_class: type[DeviceClass]) -> Any | None:
    """``(DeviceClass, device class, name)`` by its DeviceClass; None if there is no such class."""
    return next((info for info in class_list if info[0] is device_class), None)


def get_constructed_classes() -> Sequence[Any]:
    """The DeviceClass objects of the current server."""
    return constructed_class


def get_constructed_class(name: str) -> DeviceClass | None:
    """The DeviceClass object of that name; None if there is none."""
    return next((cls for cls in constructed_class if cls.get_name() == name), None)


def get_constructed_class_by_class(device_class: type[DeviceClass]) -> DeviceClass | None:
    """The DeviceClass object of exactly that class; None if there is none."""
    return next((cls for cls in constructed_class if type(cls) is device_class), None)


def get_cpp_classes() -> Sequence[Any]:
    """Always empty: there are no classes in C++."""
    return cpp_class_list


def get_cpp_class(name: str) -> None:
    """None: there are no classes in C++."""
    return
