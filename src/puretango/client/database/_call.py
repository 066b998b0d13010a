"""How the database is asked: one command, its argument's type known, its answer unpacked."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.client.database._data import DbDatum
from puretango.client.green._green import green_core
from puretango.client.commands._typed import STRING, STRINGS, typed_command
from puretango.values import CmdArgType, GreenMode

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["VOID", "bound", "datum", "method", "orders", "question"]

VOID = CmdArgType.DevVoid

Result = Callable[[Any, tuple[Any, ...]], Any]


def datum(name: str | int) -> Result:
    """A DbDatum of the answer, named as said or as the argument at an index."""

    def result(answer: Any, args: tuple[Any, ...]) -> DbDatum:
        return DbDatum(args[name] if isinstance(name, int) else name, answer or ())

    return result


def method(
    name: str, params: str, core: Callable[..., Any], doc: str, defaults: dict[str, Any]
) -> Any:
    """A method of that name, whose arguments have these names."""
    core.__name__ = name
    core.__qualname__ = f"Database.{name}"
    core.__doc__ = doc
    signature = [
        inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("io", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        *(
            inspect.Parameter(
                param,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=defaults.get(param, inspect.Parameter.empty),
            )
            for param in params.split()
        ),
    ]
    core.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
    return green_core(default_mode=GreenMode.Synchronous)(core)


def question(
    name: str,
    command: str,
    params: str,
    doc: str,
    result: Result | None = None,
    **defaults: Any,
) -> Any:
    """A method that runs a command with its arguments as one string or several."""
    names = params.split()
    kind = STRING if len(names) == 1 else STRINGS if names else VOID

    async def core(self: Any, io: IO, *args: Any, **kwargs: Any) -> Any:
        given = bound(name, names, args, kwargs, defaults)
        argument: Any = given[0] if kind == STRING else list(given)
        answer = await typed_command(io, self._session, command, kind, argument)
        return answer if result is None else result(answer, given)

    return method(name, params, core, doc, defaults)


def orders(name: str, command: str, params: str, doc: str, as_list: bool = False) -> Any:
    """A method that runs a command and gives nothing."""
    names = params.split()
    kind = STRINGS if as_list or len(names) > 1 else STRING

    async def core(self: Any, io: IO, *args: Any, **kwargs: Any) -> None:
        given = bound(name, names, args, kwargs, {})
        argument: Any = given[0] if kind == STRING else list(given)
        if as_list:
            argument = list(given[0])
        await typed_command(io, self._session, command, kind, argument)

    return method(name, params, core, doc, {})


def bound(
    name: str,
    names: list[str],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    defaults: dict[str, Any],
) -> tuple[Any, ...]:
    """The arguments of a call in the order of their names; TypeError if they do not fit."""
    values = dict(zip(names, args, strict=False))
    if len(args) > len(names) or kwargs.keys() - names or values.keys() & kwargs.keys():
        raise TypeError(f"{name}({', '.join(names)}) called with {args!r} {kwargs!r}")
    values = {**defaults, **values, **kwargs}
    missing = [name for name in names if name not in values]
    if missing:
        raise TypeError(f"{name}() missing {', '.join(missing)}")
    return tuple(values[name] for name in names)
