"""The simulated IOCs, new for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.equipment.iocs import Ioc, needs, serve


@pytest.fixture
def busy_ioc(tmp_path: Path) -> Iterator[Ioc]:
    """The busy record and its controller, under the prefix `test:`."""
    needs("caproto", "ophyd", "h5py")
    with serve("busy", "test:", tmp_path) as ioc:
        yield ioc


@pytest.fixture
def pilatus_ioc(tmp_path: Path) -> Iterator[Ioc]:
    """A Pilatus under the prefix `sim:` whose disk is the directory `disk`; it took no image yet."""
    needs("caproto", "ophyd", "h5py")
    disk = tmp_path / "disk"
    (disk / "data").mkdir(parents=True)
    with serve("pilatus", "sim:", tmp_path, root=disk) as ioc:
        yield ioc


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is in this directory starts IOCs, servers and plans, and waits for them."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
