"""What the topmost room offers to the rooms below it.

PyTango's low-level classes have methods that start things which only the topmost room can make:
``Device.run_server`` runs a whole server, ``Server.util`` is a view of it. The room ``run`` offers
the makers when it is imported, which the door of the server does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_offers: dict[str, Callable[..., Any]] = {}


def offer(name: str, make: Callable[..., Any]) -> None:
    """Offer a maker to the rooms below."""
    _offers[name] = make


def offered(name: str) -> Callable[..., Any]:
    """The maker of that name."""
    return _offers[name]
