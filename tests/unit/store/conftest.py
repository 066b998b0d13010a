"""The same tests over every kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from puretango.store import Store


@pytest.fixture(params=["memory", "file", "mariadb"], scope="session")
def kind(request: pytest.FixtureRequest) -> str:
    """Where the store is to be: memory, file, or the address of a MariaDB."""
    if request.param == "mariadb":
        # Of the session, like the peer itself: what it starts is nobody's leak.
        return str(request.getfixturevalue("mariadb_url"))
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    where = {"memory": ":memory:", "file": str(tmp_path / "tango.db")}.get(kind, kind)
    with Store(where) as opened:
        if where == kind:
            empty(opened)
        yield opened


FAMILIES = ["", "_class", "_device", "_attribute_class", "_attribute_device"]
FAMILIES += ["_pipe_class", "_pipe_device"]
TABLES = ["device", "event", "server", "attribute_alias"]
TABLES += [f"property{family}{past}" for family in FAMILIES for past in ("", "_hist")]


def empty(store: Store) -> None:
    """Delete every row but those that Tango's schema begins with."""
    with store.change() as session:
        for name in TABLES:
            session.execute(f"DELETE FROM {name}", ())
        session.execute("DELETE FROM access_device WHERE user <> '*'", ())
        session.execute("DELETE FROM access_address WHERE user <> '*'", ())
