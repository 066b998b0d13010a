"""Typed proxies: the result of ``DeviceProxy("a/b/c")`` as a type checker and an editor see it.

At run time they are DeviceProxies and nothing else, so that nothing can differ.
"""

from __future__ import annotations

from collections.abc import Iterator

from puretango.authoring.package._texts import sentence
from puretango.authoring.stubs._types import Types, safe_name
from puretango.model import AttributeModel, ClassModel, CommandModel

__all__ = ["proxy_source"]


def proxy_source(model: ClassModel) -> str:
    """A module with the enumerations, ``<Class>Proxy`` and ``Async<Class>Proxy``."""
    name = safe_name(model.name)
    types = Types(name)
    attributes = [one for one in model.own_attributes() if one.name.isidentifier()]
    commands = [one for one in model.own_commands() if one.name.isidentifier()]
    sync = list(_sync(name, model, attributes, commands, types))
    twin = list(_twin(name, attributes, commands, types))
    return "\n".join([*_head(model, types), *_enumerations(types), *sync, *twin, ""])


def _head(model: ClassModel, types: Types) -> Iterator[str]:
    yield f'"""Typed proxies of the device class {model.name}, made by `puretango stubs`."""'
    yield ""
    yield "from __future__ import annotations"
    yield ""
    yield "from collections.abc import Awaitable, Sequence"
    if types.enumerations:
        yield "from enum import IntEnum"
    yield "from typing import TYPE_CHECKING, Any, Literal, cast, overload"
    yield ""
    if "numpy" in types.needs:
        yield "import numpy as np"
        yield "import numpy.typing as npt"
        yield ""
    names = ["DeviceAttribute", "DeviceProxy"] + (["DevState"] if "DevState" in types.needs else [])
    yield f"from puretango import {', '.join(sorted(names))}"
    yield "from puretango.asyncio import DeviceProxy as _make_async"
    yield ""


def _enumerations(types: Types) -> Iterator[str]:
    for one in types.enumerations.values():
        yield ""
        yield f"class {one.name}(IntEnum):"
        yield f'    """Values of the attribute: {sentence(", ".join(one.labels))}."""'
        yield ""
        yield from (f"    {name} = {number}" for name, number in one.members())
        yield ""


def _documented(text: str, indent: str) -> Iterator[str]:
    if text.strip():
        yield f'{indent}"""{sentence(text)}"""'


def _sync(
    name: str,
    model: ClassModel,
    attributes: list[AttributeModel],
    commands: list[CommandModel],
    types: Types,
) -> Iterator[str]:
    yield ""
    yield "if TYPE_CHECKING:"
    yield ""
    yield f"    class {name}Proxy(DeviceProxy):"
    yield f'        """{sentence(model.description) or f"A device of the class {model.name}"}"""'
    yield ""
    for one in attributes:
        kind = types.attribute(one)
        if one.access == "READ":
            yield "        @property"
            yield f"        def {one.name}(self) -> {kind}:"
            yield from _documented(one.description or one.name, "            ")
            yield ""
        else:
            yield f"        {one.name}: {kind}"
            yield from _documented(one.description, "        ")
    for command in commands:
        argument = types.argument(command.argin)
        given = "" if argument == "None" else f", argument: {argument}"
        yield f"        def {command.name}(self{given}) -> {types.result(command.argout)}:"
        yield from _documented(command.description or command.name, "            ")
        yield ""
    yield "else:"
    yield f"    {name}Proxy = DeviceProxy"
    yield ""


def _twin(
    name: str, attributes: list[AttributeModel], commands: list[CommandModel], types: Types
) -> Iterator[str]:
    yield ""
    yield f"class Async{name}Proxy:"
    yield '    """What ``await connect(name)`` gives: a DeviceProxy whose calls are awaited."""'
    yield ""
    yield "    if TYPE_CHECKING:"
    yield ""
    for one in attributes:
        if one.access == "WRITE":
            continue
        yield "        @property"
        yield f"        def {one.name}(self) -> Awaitable[{types.attribute(one)}]:"
        yield from _documented(one.description or one.name, "            ")
        yield ""
    for command in commands:
        argument = types.argument(command.argin)
        given = "" if argument == "None" else f", argument: {argument}"
        result = types.result(command.argout)
        yield f"        def {command.name}(self{given}) -> Awaitable[{result}]:"
        yield from _documented(command.description or command.name, "            ")
        yield ""
    yield from _writing([one for one in attributes if one.is_writable], types)
    yield "        def read_attribute(self, attr_name: str) -> Awaitable[DeviceAttribute]: ..."
    yield "        def __getattr__(self, name: str) -> Any: ..."
    yield ""
    yield ""
    yield f"async def connect(name: str) -> Async{name}Proxy:"
    yield f'    """A proxy of a {name} on the running loop; DevFailed if there is none."""'
    yield f'    return cast("Async{name}Proxy", await _make_async(name))'


def _writing(attributes: list[AttributeModel], types: Types) -> Iterator[str]:
    many = len(attributes) > 1
    for one in attributes:
        if many:
            yield "        @overload"
        yield (
            f'        def write_attribute(self, attr_name: Literal["{one.name}"], '
            f"value: {types.attribute(one)}) -> Awaitable[None]: ..."
        )
    if many:
        yield "        def write_attribute(self, attr_name: str, value: Any) -> Awaitable[None]: ..."
