"""``get_attribute_config`` as type checkers see it: one configuration for one name, a list for several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast, overload

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

    from puretango.client.green._green import AsyncioFace, FuturesFace
    from puretango.values import AttributeInfoEx, AttributeInfoList, GreenMode

__all__ = ["config_method"]


class _Call(Protocol):
    @overload  # a text is a sequence of texts too: the first that fits counts
    def __call__(self, names: str) -> AttributeInfoEx: ...  # type: ignore[overload-overlap]  # a text is also a sequence of texts: it comes first

    @overload
    def __call__(self, names: Sequence[str]) -> AttributeInfoList: ...

    @overload
    def __call__(self, names: Any, *, green_mode: GreenMode | None, **more: Any) -> Any: ...

    @overload
    def __call__(self, names: Any, *, wait: bool | None, **more: Any) -> Any: ...


class _AsyncioCall(Protocol):
    @overload
    def __call__(self, names: str) -> asyncio.Future[AttributeInfoEx]: ...  # type: ignore[overload-overlap]  # a text is also a sequence of texts: it comes first

    @overload
    def __call__(self, names: Sequence[str]) -> asyncio.Future[AttributeInfoList]: ...

    @overload
    def __call__(self, names: Any, *, green_mode: GreenMode | None, **more: Any) -> Any: ...


class _FuturesCall(Protocol):
    @overload
    def __call__(self, names: str) -> Future[AttributeInfoEx]: ...  # type: ignore[overload-overlap]  # a text is also a sequence of texts: it comes first

    @overload
    def __call__(self, names: Sequence[str]) -> Future[AttributeInfoList]: ...

    @overload
    def __call__(self, names: Any, *, green_mode: GreenMode | None, **more: Any) -> Any: ...


class _Method(Protocol):
    @overload
    def __get__(self, obj: None, owner: Any) -> Callable[..., Any]: ...

    @overload
    def __get__(self, obj: AsyncioFace, owner: Any) -> _AsyncioCall: ...

    @overload
    def __get__(self, obj: FuturesFace, owner: Any) -> _FuturesCall: ...

    @overload
    def __get__(self, obj: object, owner: Any) -> _Call: ...


def config_method(function: Callable[..., Any]) -> _Method:
    """The function, under that type."""
    return cast("_Method", function)
