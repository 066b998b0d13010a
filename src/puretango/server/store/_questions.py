"""The contents of DbGetDataForServerCache, asked for piece by piece.

Databases written in Python (PyTango's, pytango-db) do not have that command, nor do those whose
stored procedure is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from puretango.errors import DevFailed

__all__ = ["Questions", "unless_missing"]

Texts = list[str]

ABSENT = frozenset({"API_CommandNotFound", "PyDs_PythonError"})
"""What a database says of a command that it does not have, or that raises NotImplementedError."""


def unless_missing(question: Callable[[], Any], default: Any) -> Any:
    """The answer of the database, or the default if it does not have the command."""
    try:
        return question()
    except DevFailed as failure:
        if failure.errors[0].reason not in ABSENT:
            raise
        return default


class Questions:
    """One server's configuration in a database, by its simple commands."""

    def __init__(self, client: Any, server_id: str) -> None:
        self._client = client
        self._server_id = server_id

    def _ask(self, command: str, argument: Any) -> Any:
        return self._client.command_inout(command, argument)

    def admin_is_exported(self, admin: str) -> bool | None:
        """Whether the admin device is exported; None if the server is not defined."""
        try:
            return bool(self._client.import_device(admin).exported)
        except DevFailed as failure:
            if failure.errors[0].reason != "DB_DeviceNotDefined":
                raise
            return None

    def devices(self, class_name: str) -> Texts:
        """The server's devices of a class."""
        return [
            name for name in self._ask("DbGetDeviceList", [self._server_id, class_name]) if name
        ]

    def class_properties(self, name: str) -> dict[str, Texts]:
        """All properties of a class, by lower-case name."""
        names = _real(unless_missing(lambda: self._ask("DbGetClassPropertyList", name), ()))
        return _lower(self._client.get_class_property(name, names)) if names else {}

    def class_attributes(self, name: str) -> dict[str, dict[str, Texts]]:
        """The properties of a class's attributes, by lower-case names."""
        ask = "DbGetClassAttributeList"
        names = _real(unless_missing(lambda: self._ask(ask, [name, "*"]), ()))
        if not names:
            return {}
        table = self._client.get_class_attribute_property(name, names)
        return {attribute.lower(): _lower(own) for attribute, own in table.items()}


def _real(names: Sequence[str]) -> Texts:
    return [name for name in names if name.strip()]


def _lower(properties: Mapping[str, Any]) -> dict[str, Texts]:
    return {name.lower(): list(texts) for name, texts in properties.items()}
