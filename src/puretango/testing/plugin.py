"""The pytest fixtures; pytest finds them by itself if puretango is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from puretango.testing import TangoSystem

__all__ = ["device_context", "tango_system"]


@pytest.fixture
def device_context() -> Iterator[Callable[..., Any]]:
    """`device_context(Class, **arguments of DeviceTestContext)` starts a device and gives its proxy."""
    from puretango.testing import DeviceTestContext

    with ExitStack() as stack:

        def start(device: Any, **arguments: Any) -> Any:
            return stack.enter_context(DeviceTestContext(device, **arguments))

        yield start


@pytest.fixture
def tango_system() -> Iterator[Callable[..., TangoSystem]]:
    """`tango_system({Class: [names]}, **arguments of TangoSystem)` starts a whole control system."""
    from puretango.testing import TangoSystem

    with ExitStack() as stack:

        def start(*arguments: Any, **options: Any) -> TangoSystem:
            return stack.enter_context(TangoSystem(*arguments, **options))

        yield start
