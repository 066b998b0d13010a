"""What is MariaDB's own: the address, the schema that is there or is made, a lost connection."""

from __future__ import annotations

import socket

import pytest

from puretango.errors import StoreError
from puretango.store import Store
from puretango.store.engines import _mariadb


def test_no_server_is_one_clear_line_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        Store("mysql://tango:secret@127.0.0.1:1/tango")
    assert str(caught.value).startswith("store mysql://tango:***@127.0.0.1:1/tango: ")
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_hangs_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_mariadb, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(StoreError, match="timed out"):
            Store(f"mysql://tango:secret@127.0.0.1:{port}/tango")


def test_a_bad_address() -> None:
    with pytest.raises(StoreError, match="not a database address") as caught:
        Store("mysql://tango:secret@host:port:port/tango")
    assert "secret" not in str(caught.value)


def test_wrong_password(mariadb_url: str) -> None:
    with pytest.raises(StoreError, match="Access denied"):
        Store(mariadb_url.replace("tangopw", "wrong"))


def test_no_such_database(mariadb_url: str) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        Store(mariadb_url.replace("/tango", "/nowhere"))


def test_the_environment_of_the_cpp_server_completes_the_address(
    mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYSQL_USER", "tango")
    monkeypatch.setenv("MYSQL_PASSWORD", "tangopw")
    monkeypatch.setenv("MYSQL_HOST", mariadb_url.rpartition("@")[2].partition("/")[0])
    with Store("mysql://") as store:
        assert store.count("devices") >= 0


def test_a_connection_that_mariadb_closed_is_opened_anew(mariadb_url: str) -> None:
    with Store(mariadb_url) as store:
        for use in (
            lambda: store.device_properties.put(("a/b/c",), "p", ["1"]),
            lambda: store.device_properties.get(("a/b/c",), "p"),
            lambda: store.select("SELECT 1"),
        ):
            use()
            _, rows = store.select("SELECT CONNECTION_ID()")
            with Store(mariadb_url) as killer, killer.change() as session:
                session.execute(f"KILL {rows[0][0]}", ())
            use()


@pytest.mark.parametrize("text", ["caf\xe9 \xfc", "\xc3\xa9"])
def test_texts_are_stored_as_texts(mariadb_url: str, text: str) -> None:
    name = f"of{len(text)}"
    with Store(mariadb_url) as store:
        store.object_properties.put(("texts",), name, [text])
        assert store.object_properties.get(("texts",), name) == [text]
        with store.look() as session:
            sql = "SELECT CHAR_LENGTH(value) FROM property WHERE name = %s"
            assert session.query(sql, (name,)) == [(len(text),)]
