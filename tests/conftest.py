"""For every test: no leak; and the peers that nobody here wrote, as fixtures."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.leaks import Belongings, pending_tasks, watch_tasks

# What an example takes says how busy the machine is.
settings.register_profile("puretango", deadline=None)
settings.load_profile("puretango")

pytest_plugins = ["tests.interop.peers.fixtures", "tests.interop.peers.twins"]


@pytest.fixture(scope="session", autouse=True)
def _private_temporary_directory(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """A directory of this process's own, so that what appears in it was left by one of its tests."""
    directory = tmp_path_factory.mktemp("temporary")
    before, environment = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = str(directory)
    os.environ["TMPDIR"] = str(directory)
    yield
    tempfile.tempdir = before
    if environment is None:
        os.environ.pop("TMPDIR", None)
    else:
        os.environ["TMPDIR"] = environment


@pytest.fixture(scope="session", autouse=True)
def _no_tango_host_of_the_machine() -> Iterator[None]:
    """No test reaches the user's own control system: TANGO_HOST names a port where nobody listens."""
    before = {name: os.environ.get(name) for name in ("TANGO_HOST", "SUPER_TANGO")}
    os.environ["TANGO_HOST"] = "127.0.0.1:1"
    os.environ.pop("SUPER_TANGO", None)
    yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture(autouse=True)
def _no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test ends with the threads, tasks, descriptors, children and files it began with."""
    watch_tasks()
    pending_tasks()
    before = Belongings.now()
    yield
    client = sys.modules.get("puretango.client")
    if client is not None:
        client.close_default_context()  # the one thing that a program keeps between calls
    if request.node.get_closest_marker("leaks") is not None:
        return
    found = before.leaks() + pending_tasks()
    if found:
        pytest.fail("left behind: " + "; ".join(found), pytrace=False)


@pytest.fixture
def patient_publishers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events wait longer for a subscriber that has announced itself: on a busy machine it takes its time.

    Not for ever: of one whose leaving and coming again were one to ZMQ, nothing is heard.
    """
    monkeypatch.setattr("puretango.net.pubsub._publisher.GRACE", 3.0)


@pytest.fixture
def project_root() -> Path:
    """The directory that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent
