"""The simulated IOCs, one of each kind per session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.equipment.iocs import Ioc, serve

pytest.importorskip("caproto")


@pytest.fixture(scope="session")
def busy_ioc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ioc]:
    """The busy record and its controller, under the prefix `test:`."""
    with serve("run_busy_ioc", "test:", tmp_path_factory.mktemp("busy")) as ioc:
        yield ioc


@pytest.fixture(scope="session")
def pilatus_ioc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ioc]:
    """A Pilatus under the prefix `sim:` whose disk is the directory `disk`."""
    directory = tmp_path_factory.mktemp("pilatus")
    disk = directory / "disk"
    (disk / "data").mkdir(parents=True)
    with serve("run_pilatus_ioc", "sim:", directory, root=disk) as ioc:
        yield ioc


@pytest.fixture
def new_pilatus_ioc(tmp_path: Path) -> Iterator[Ioc]:
    """A Pilatus that has not taken an image yet."""
    disk = tmp_path / "disk"
    (disk / "data").mkdir(parents=True)
    with serve("run_pilatus_ioc", "sim:", tmp_path, root=disk) as ioc:
        yield ioc
