"""Green modes: in which style a call gives its result.

Synchronous calls run in the caller's thread. Futures calls run in a thread pool and give a
``concurrent.futures.Future``. Asyncio calls run natively on the event loop and give an
``asyncio.Future``. Gevent calls run in gevent's own thread pool.

The client's operations are coroutines over an *io* object (see ``_io``), written once: a
synchronous call drives the coroutine to its end over blocking connections, an asyncio call
makes a task of it over asyncio ones.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Coroutine
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypedDict,
    TypeVar,
    cast,
    overload,
)

from puretango.client.green._executor import (
    AbstractExecutor,
    get_synchronous_executor,
)
from puretango.client.session._io import BLOCKING, IO, AsyncioIO, drive
from puretango.client.session._spans import spanned
from puretango.client.session._trace import traced
from puretango.values import GreenMode

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = [
    "AsyncioFace",
    "FuturesFace",
    "Mode",
    "blocking_core",
    "forwarding",
    "get_executor",
    "get_green_mode",
    "get_object_executor",
    "get_object_green_mode",
    "gives",
    "green",
    "green_callback",
    "green_core",
    "quick",
    "quick_blocking",
    "run_green",
    "set_green_mode",
    "switch_existing_global_executors_to_thread",
]


def _mode_from_environment() -> GreenMode:
    text = os.environ.get("PYTANGO_GREEN_MODE", "").capitalize()
    return GreenMode[text] if text in GreenMode.__members__ else GreenMode.Synchronous


_default_mode: list[GreenMode] = [_mode_from_environment()]


def set_green_mode(green_mode: GreenMode | None = None) -> None:
    """Set the green mode of proxies that do not say theirs."""
    get_executor(green_mode)
    _default_mode[0] = GreenMode.Synchronous if green_mode is None else green_mode


def get_green_mode() -> GreenMode:
    """The green mode of proxies that do not say theirs."""
    return _default_mode[0]


def get_executor(green_mode: GreenMode | None = None) -> AbstractExecutor:
    """The executor of a green mode, in this thread."""
    mode = get_green_mode() if green_mode is None else green_mode
    if mode == GreenMode.Synchronous:
        return get_synchronous_executor()
    if mode == GreenMode.Futures:
        from puretango.client.green import _futures_executor

        return _futures_executor.get_global_executor()
    if mode == GreenMode.Asyncio:
        from puretango.client.green import _asyncio_executor

        return _asyncio_executor.get_global_executor()
    if mode == GreenMode.Gevent:
        from puretango.client.green import _gevent_executor

        return _gevent_executor.get_global_executor()
    raise TypeError("Not a valid green mode")


def get_object_green_mode(obj: Any) -> GreenMode:
    """The green mode of an object that may say its own."""
    own = getattr(type(obj), "get_green_mode", None)
    mode: GreenMode = own(obj) if own is not None else get_green_mode()
    return mode


def get_object_executor(obj: Any, green_mode: GreenMode | None = None) -> AbstractExecutor:
    """The executor of an object in a green mode: its own if it has one."""
    mode = get_object_green_mode(obj) if green_mode is None else green_mode
    own = getattr(obj, "_executors", None)
    executor: AbstractExecutor | None = own.get(mode) if own else None
    return get_executor(mode) if executor is None else executor


def run_green(
    obj: Any,
    core: Callable[..., Coroutine[Any, Any, Any]],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    green_mode: GreenMode | None,
    wait: bool | None,
    timeout: float | None,
) -> Any:
    """Run a coroutine function ``core(io, …)`` in a green mode."""
    mode = get_object_green_mode(obj) if green_mode is None else green_mode
    if traced:
        core = spanned(core)
    if mode == GreenMode.Synchronous:
        if wait is False or timeout:
            raise ValueError("Not supported in synchronous mode")
        return drive(core(BLOCKING, *args, **kwargs))
    executor = get_object_executor(obj, mode)
    if mode == GreenMode.Asyncio:
        loop = _loop_of(executor)
        if loop is None:  # another thread than the loop's: the call is synchronous
            return drive(core(BLOCKING, *args, **kwargs))
        accessor: Any = loop.create_task(core(AsyncioIO(loop), *args, **kwargs))
        return executor.access(accessor, timeout=timeout) if wait else accessor
    return executor.run(_driven, (core, args, kwargs), None, wait, timeout)


def _driven(
    core: Callable[..., Coroutine[Any, Any, Any]], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    return drive(core(BLOCKING, *args, **kwargs))


def _loop_of(executor: Any) -> Any:
    """The loop on which an asyncio call of this thread runs, or None in a foreign thread."""
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return executor.loop if executor.in_executor_context() else None


_GREEN_PARAMETERS = (
    inspect.Parameter("green_mode", inspect.Parameter.KEYWORD_ONLY, default=None),
    inspect.Parameter("wait", inspect.Parameter.KEYWORD_ONLY, default=None),
    inspect.Parameter("timeout", inspect.Parameter.KEYWORD_ONLY, default=None),
)


def _green_signature(fn: Callable[..., Any], skip: int) -> inspect.Signature:
    signature = inspect.signature(fn)
    parameters = list(signature.parameters.values())
    if skip:
        del parameters[skip]
    tail = []
    if parameters and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD:
        tail.append(parameters.pop())
    names = {parameter.name for parameter in parameters}
    parameters += [parameter for parameter in _GREEN_PARAMETERS if parameter.name not in names]
    return signature.replace(parameters=parameters + tail)


P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
Core = Callable[Concatenate[Any, IO, P], Coroutine[Any, Any, R]]
"""What a method does, whatever the green mode: ``async def name(self, io, …)``."""
Method = Callable[..., Any]


class AsyncioFace:
    """Marks, for type checkers, a proxy whose calls give an ``asyncio.Future``."""


class FuturesFace:
    """Marks, for type checkers, a proxy whose calls give a ``concurrent.futures.Future``."""


class GreenCall(Protocol[P, R_co]):
    """A call as type checkers see it; if it has a green mode of its own they cannot know the result's type."""

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...

    @overload
    def __call__(self, *args: Any, green_mode: GreenMode | None, **kwargs: Any) -> Any: ...

    @overload
    def __call__(self, *args: Any, wait: bool | None, **kwargs: Any) -> Any: ...

    @overload
    def __call__(self, *args: Any, timeout: float | None, **kwargs: Any) -> Any: ...


if TYPE_CHECKING:

    class GreenMethod(Generic[P, R_co]):
        """A method as type checkers see it: its result depends on the proxy's face."""

        @overload
        def __get__(self, obj: None, owner: Any) -> Callable[..., Any]: ...

        @overload
        def __get__(self, obj: AsyncioFace, owner: Any) -> GreenCall[P, asyncio.Future[R_co]]: ...

        @overload
        def __get__(self, obj: FuturesFace, owner: Any) -> GreenCall[P, Future[R_co]]: ...

        @overload
        def __get__(self, obj: object, owner: Any) -> GreenCall[P, R_co]: ...

        def __get__(self, obj: Any, owner: Any) -> Any: ...

    class BlockingMethod(Generic[P, R_co]):
        """A method that blocks unless a call says otherwise."""

        @overload
        def __get__(self, obj: None, owner: Any) -> Callable[..., Any]: ...

        @overload
        def __get__(self, obj: object, owner: Any) -> GreenCall[P, R_co]: ...

        def __get__(self, obj: Any, owner: Any) -> Any: ...


def green_core(core: Core[P, R]) -> GreenMethod[P, R]:
    """Make a method of a coroutine method ``async def name(self, io, …)``.

    The method takes ``green_mode``, ``wait`` and ``timeout`` besides its own arguments.
    """
    return cast("GreenMethod[P, R]", _method(core, None))


def blocking_core(core: Core[P, R]) -> BlockingMethod[P, R]:
    """Make a method, which blocks whatever the object's green mode, of a coroutine method."""
    return cast("BlockingMethod[P, R]", _method(core, GreenMode.Synchronous))


def quick(core: Core[P, R]) -> Callable[[Method], GreenMethod[P, R]]:
    """Decorator: a method with a short way of its own; it has the arguments and results of its core."""

    def decorate(function: Method) -> GreenMethod[P, R]:
        function.__signature__ = _green_signature(core, 1)  # type: ignore[attr-defined]  # functions may have attributes
        function.__doc__ = core.__doc__
        return cast("GreenMethod[P, R]", function)

    return decorate


def quick_blocking(core: Core[P, R]) -> Callable[[Method], BlockingMethod[P, R]]:
    """Decorator: such a method that blocks unless a call says otherwise."""
    return cast("Callable[[Method], BlockingMethod[P, R]]", quick(core))


def gives(result: type[R]) -> Callable[[Callable[Concatenate[Any, P], Any]], GreenMethod[P, R]]:
    """For type checkers: the result of a method of any green mode whose own type does not show it."""
    return cast("Callable[[Callable[Concatenate[Any, P], Any]], GreenMethod[P, R]]", _same)


def forwarding(
    function: Callable[Concatenate[Any, P], R],
) -> GreenMethod[P, R]:
    """For type checkers: a method that passes its green mode on to one that it calls."""
    return cast("GreenMethod[P, R]", function)


class Mode(TypedDict, total=False):
    """How a call is made: in which green mode, whether it is waited for, and how long."""

    green_mode: GreenMode | None
    wait: bool | None
    timeout: float | None


def _same(function: Method) -> Method:
    return function


def _method(core: Callable[..., Any], default_mode: GreenMode | None) -> Method:
    @functools.wraps(core)
    def method(
        self: Any,
        /,
        *args: Any,
        green_mode: GreenMode | None = default_mode,
        wait: bool | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Any:
        bound = functools.partial(core, self)
        return run_green(self, bound, args, kwargs, green_mode, wait, timeout)

    method.__signature__ = _green_signature(core, 1)  # type: ignore[attr-defined]  # functions may have attributes
    method.core = core  # type: ignore[attr-defined]  # functions may have attributes
    del method.__wrapped__  # the coroutine's own signature is not the method's
    return method


Plain = Callable[Concatenate[Any, P], R]
"""A method that knows nothing of green modes."""


@overload
def green(fn: Plain[P, R]) -> GreenMethod[P, R]: ...


@overload
def green(
    fn: None = None,
    consume_green_mode: bool = True,
    update_signature_and_docstring: bool = False,
) -> Callable[[Plain[P, R]], GreenMethod[P, R]]: ...


def green(
    fn: Method | None = None,
    consume_green_mode: bool = True,
    update_signature_and_docstring: bool = False,
) -> Any:
    """Let a plain function be called in every green mode (PyTango's decorator)."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def greener(obj: Any, /, *args: Any, **kwargs: Any) -> Any:
            wait = kwargs.pop("wait", None)
            timeout = kwargs.pop("timeout", None)
            mode = (
                kwargs.pop("green_mode", None) if consume_green_mode else kwargs.get("green_mode")
            )
            executor = get_object_executor(obj, mode)
            return executor.run(function, (obj, *args), kwargs, wait=wait, timeout=timeout)

        if update_signature_and_docstring:
            greener.__signature__ = _green_signature(function, 0)  # type: ignore[attr-defined]  # functions may have attributes
        return greener

    return decorate if fn is None else decorate(fn)


def green_callback(
    fn: Callable[..., Any], obj: Any = None, green_mode: GreenMode | None = None
) -> Callable[..., Any]:
    """The callback, to be run where the object's green mode wants it."""
    executor = get_object_executor(obj, green_mode)

    @functools.wraps(fn, updated=())
    def greener(*args: Any, **kwargs: Any) -> Any:
        return executor.submit(fn, *args, **kwargs)

    return greener


def switch_existing_global_executors_to_thread() -> None:
    """Make this thread the one that the global executors belong to."""
    from puretango.client.green import _asyncio_executor, _futures_executor, _gevent_executor

    for module in (_asyncio_executor, _futures_executor, _gevent_executor):
        module._switch_global_executor_to_thread()
