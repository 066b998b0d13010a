"""One request to the interface: its user and fields; and the table of possible requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from puretango.web._settings import Role
from puretango.web.access._identity import Identity

__all__ = ["BadRequest", "Call", "Handler", "Rule", "get", "post"]


class BadRequest(Exception):
    """The request cannot be understood, or is not allowed; ``status`` is HTTP's."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Call:
    """A request; its fields come from the query of a GET or the JSON object of a POST."""

    identity: Identity
    fields: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        """A text; BadRequest if it is missing."""
        value = self.fields.get(name, default)
        if value is None:
            raise BadRequest(f"{name} is missing")
        if not isinstance(value, str) or "\0" in value:
            raise BadRequest(f"{name} is not a text")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts; BadRequest if it is something else."""
        value = self.fields.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BadRequest(f"{name} is not a list of texts")
        return value

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number; BadRequest if it is something else."""
        value = self.fields.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise BadRequest(f"{name} is not a number") from None

    def flag(self, name: str) -> bool:
        """True if it is there and not false."""
        return self.fields.get(name) not in (None, False, "", "0", "false")

    def objects(self, name: str) -> list[dict[str, Any]]:
        """A list of objects; BadRequest if it is something else."""
        value = self.fields.get(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise BadRequest(f"{name} is not a list of objects")
        return value

    def require(self, role: Role, what: str) -> None:
        """BadRequest (403) unless the user has at least this role."""
        if self.identity.role < role:
            raise BadRequest(f"{what} is for the role {role.name.lower()}", 403)


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Rule:
    """A path of the interface, its method, and the least role that may use it."""

    method: str
    path: str
    role: Role
    handler: Handler


def get(path: str, handler: Handler) -> Rule:
    """A request that only reads: for every known user."""
    return Rule("GET", path, Role.VIEWER, handler)


def post(path: str, role: Role, handler: Handler) -> Rule:
    """A request that changes something."""
    return Rule("POST", path, role, handler)
