"""A hub and a device for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from puretango.hub import Hub
from puretango.testing import DeviceTestContext
from tests.unit.hub.devices import Pushing


@pytest.fixture
def pushing(patient_publishers: None) -> Iterator[str]:
    """The full name of a device Pushing of a server without database, but for its modifier."""
    context = DeviceTestContext(Pushing, device_name="lab/push/1")
    with context:
        yield str(context.get_device_access().partition("#")[0])


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    """A hub that lets go at once and polls quickly."""
    async with Hub(poll_period=0.05, linger=0.0, watch_interval=0.1) as running:
        yield running
