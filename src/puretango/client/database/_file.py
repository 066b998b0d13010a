"""The database's commands, answered from a property file."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from puretango.client.names._caseless import CaselessDict
from puretango.client.names._propertyfile import PropertyFile
from puretango.errors import DevFailed

__all__ = ["FileDatabase"]

Answer = list[str]


class FileDatabase:
    """Answers the commands about properties and lists as a database device would."""

    def __init__(self, path: str | Path) -> None:
        self.file = PropertyFile(path)
        self._commands: dict[str, Callable[[Any], Any]] = {
            "DbInfo": self._info,
            "DbGetDeviceList": self._device_list,
            "DbGetDevicePropertyList": self._property_list,
        }
        for kind, name in (("device", "Device"), ("class", "Class"), ("free", "")):
            self._commands[f"DbGet{name}Property"] = self._getter(kind)
            self._commands[f"DbPut{name}Property"] = self._putter(kind)
            self._commands[f"DbDelete{name}Property"] = self._deleter(kind)
        for kind, name in (("device", "Device"), ("class", "Class")):
            self._commands[f"DbGet{name}AttributeProperty2"] = self._attribute_getter(kind)
            self._commands[f"DbPut{name}AttributeProperty2"] = self._attribute_putter(kind)
            self._commands[f"DbDelete{name}AttributeProperty"] = self._attribute_deleter(kind)

    def answer(self, command: str, argument: Any) -> Any:
        """The answer to a command."""
        function = self._commands.get(command)
        if function is None:
            raise DevFailed.make(
                "API_NotSupportedFeature",
                f"The command {command} is not available in a file database",
                "FileDatabase",
            )
        return function(argument)

    def _info(self, _argument: Any) -> Answer:
        return [f"TANGO Database {self.file.path}"]

    def _device_list(self, argument: Sequence[str]) -> Answer:
        server, class_name = argument
        return list(self.file.servers.get(server, CaselessDict()).get(class_name, ()))

    def _property_list(self, argument: Sequence[str]) -> Answer:
        owner, wildcard = argument
        names = self.file.properties["device"].get(owner, CaselessDict())
        return [name for name in names if fnmatch.fnmatch(name, wildcard.lower())]

    # ------------------------------------------------------------------ properties

    def _getter(self, kind: str) -> Callable[[Sequence[str]], Answer]:
        def get(argument: Sequence[str]) -> Answer:
            owner, *names = argument
            known = self.file.properties[kind].get(owner, CaselessDict())
            answer = [owner, str(len(names))]
            for name in names:
                values = known.get(name, ())
                answer += [name, str(len(values)), *(values or [" "])]
            return answer

        return get

    def _putter(self, kind: str) -> Callable[[Sequence[str]], None]:
        def put(argument: Sequence[str]) -> None:
            owner, count, *rest = argument
            with self.file.changing():
                table = self.file.properties[kind].setdefault(owner, CaselessDict())
                _put(table, int(count), iter(rest))

        return put

    def _deleter(self, kind: str) -> Callable[[Sequence[str]], None]:
        def delete(argument: Sequence[str]) -> None:
            owner, *names = argument
            with self.file.changing():
                table = self.file.properties[kind].get(owner, CaselessDict())
                for name in names:
                    table.pop(name)

        return delete

    # -------------------------------------------------------- attribute properties

    def _attribute_getter(self, kind: str) -> Callable[[Sequence[str]], Answer]:
        def get(argument: Sequence[str]) -> Answer:
            owner, *attributes = argument
            known = self.file.attributes[kind].get(owner, CaselessDict())
            answer = [owner, str(len(attributes))]
            for attribute in attributes:
                properties = known.get(attribute, CaselessDict())
                answer += [attribute, str(len(properties))]
                for name, values in properties.items():
                    answer += [name, str(len(values)), *(values or [" "])]
            return answer

        return get

    def _attribute_putter(self, kind: str) -> Callable[[Sequence[str]], None]:
        def put(argument: Sequence[str]) -> None:
            owner, count, *rest = argument
            items = iter(rest)
            with self.file.changing():
                table = self.file.attributes[kind].setdefault(owner, CaselessDict())
                for _ in range(int(count)):
                    properties = table.setdefault(next(items), CaselessDict())
                    _put(properties, int(next(items)), items)

        return put

    def _attribute_deleter(self, kind: str) -> Callable[[Sequence[str]], None]:
        def delete(argument: Sequence[str]) -> None:
            owner, attribute, *names = argument
            with self.file.changing():
                known = self.file.attributes[kind].get(owner, CaselessDict())
                properties = known.get(attribute, CaselessDict())
                for name in names:
                    properties.pop(name)

        return delete


def _put(table: CaselessDict, count: int, items: Any) -> None:
    for _ in range(count):
        name = next(items)
        table[name] = [next(items) for _ in range(int(next(items)))]
