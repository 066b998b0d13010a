"""Every operation on a database: our client and PyTango's, our database and C++ DataBaseds on MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import neutral, our_database
from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.operations import database_operations
from tests.interop.peers.operations.database_operations import DATABASE_OPERATIONS
from tests.interop.peers.plain import attempt
from tests.interop.test_matrix import check

_CODE = "return attempt(database_operations.run, tango, n, h)"


@pytest.fixture(scope="module")
def our_host(peer_directory: Path) -> Iterator[str]:
    """The TANGO_HOST of our database."""
    with our_database(peer_directory) as peer:
        yield f"127.0.0.1:{peer.port}"


@pytest.fixture(scope="module")
def expected(pytango_client: PyTangoClient, cpp_database: cpp.CppDatabase) -> Any:
    """What PyTango's client gets from the C++ database."""
    known: dict[str, Any] = {}
    host = cpp_database.tango_host

    def answer(name: str) -> Any:
        if name not in known:
            known[name] = neutral(pytango_client.run(_CODE, n=name, h=host), host)
        return known[name]

    return answer


@pytest.mark.parametrize("name", DATABASE_OPERATIONS)
def test_our_client_to_cpp_database(
    name: str, cpp_database: cpp.CppDatabase, expected: Any
) -> None:
    import puretango

    wanted = expected(name)
    got = attempt(database_operations.run, puretango, name, cpp_database.tango_host)
    check(neutral(got, cpp_database.tango_host), wanted)


@pytest.mark.parametrize("name", DATABASE_OPERATIONS)
def test_pytango_client_to_our_database(
    name: str, our_host: str, pytango_client: PyTangoClient, expected: Any
) -> None:
    got = pytango_client.run(_CODE, n=name, h=our_host)
    check(neutral(got, our_host), expected(name))


@pytest.mark.parametrize("name", DATABASE_OPERATIONS)
def test_our_client_to_our_database(name: str, our_host: str, expected: Any) -> None:
    import puretango

    got = attempt(database_operations.run, puretango, name, our_host)
    check(neutral(got, our_host), expected(name))
