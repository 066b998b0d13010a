"""Proxies that find their devices through a database, and what only those can do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import puretango as tango
import puretango.asyncio
from puretango import AttributeProxy, Database, DevFailed, DeviceProxy
from puretango.database import DatabaseServer
from puretango.server import Server
from tests.unit.client.conftest import Thing
from tests.waiting import until


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The TANGO_HOST of an empty database with one server declared."""
    with DatabaseServer(":memory:") as running:
        monkeypatch.setenv("TANGO_HOST", running.tango_host)
        info = tango.DbDevInfo()
        info.name, info.klass, info.server = "test/thing/1", "Thing", "Thing/test"
        Database().add_server("Thing/test", [info], with_dserver=True)
        yield running.tango_host


@pytest.fixture
def server(database: str) -> Iterator[Server]:
    """The server, registered there."""
    with Server("test", [Thing], server_name="Thing", database=database) as running:
        yield running


def test_names(server: Server, database: str) -> None:
    proxy = DeviceProxy("test/thing/1")
    assert (proxy.is_dbase_used(), proxy.get_from_env_var()) == (True, True)
    assert f"{proxy.get_db_host()}:{proxy.get_db_port()}" == database
    assert proxy.adm_name() == "dserver/Thing/test"
    assert proxy.import_info().exported
    assert proxy.read_attribute("number").value == 1.5
    full = DeviceProxy(f"tango://{database}/test/thing/1")
    assert not full.get_from_env_var()
    assert full.adm_name() == f"tango://{database}/dserver/Thing/test"
    with pytest.raises(DevFailed) as caught:
        DeviceProxy("no/such/device")
    assert [error.reason for error in caught.value.args] == [
        "DB_DeviceNotDefined",
        "API_CommandFailed",
        "API_DeviceNotDefined",
    ]


def test_aliases(server: Server) -> None:
    database = Database()
    database.put_device_alias("test/thing/1", "thing")
    proxy = DeviceProxy("thing")
    assert (proxy.dev_name(), proxy.alias()) == ("test/thing/1", "thing")
    database.put_attribute_alias("test/thing/1/number", "the_number")
    assert AttributeProxy("the_number").read().value == 1.5
    assert AttributeProxy("thing/number").read().value == 1.5
    unexported = tango.DbDevInfo()
    unexported.name, unexported._class, unexported.server = "test/thing/9", "Thing", "Thing/other"
    database.add_device(unexported)
    database.put_device_alias("test/thing/9", "away")
    assert DeviceProxy("away").alias() == "away"
    with pytest.raises(DevFailed, match="API_AliasNotDefined"):
        AttributeProxy("no_alias")


def test_properties(server: Server) -> None:
    proxy = DeviceProxy("test/thing/1")
    proxy.put_property({"a": [1, 2], "ü": "é"})
    assert proxy.get_property(["a", "ü", "none"]) == {"a": ["1", "2"], "ü": ["é"], "none": []}
    assert set(proxy.get_property_list("*")) == {"a", "ü"}
    proxy.delete_property("a")
    assert proxy.get_property("a") == {"a": []}
    attribute = AttributeProxy("test/thing/1/number")
    attribute.put_property({"note": "x"})
    assert attribute.get_property("note") == {"note": ["x"]}
    attribute.delete_property("note")
    assert attribute.get_property("note") == {"note": []}


async def test_asyncio(server: Server) -> None:
    proxy = await puretango.asyncio.DeviceProxy("test/thing/1")
    await proxy.put_property({"a": "1"})
    assert await proxy.get_property("a") == {"a": ["1"]}
    assert (await proxy.read_attribute("number")).value == 1.5


def test_not_running_then_running(database: str) -> None:
    proxy = DeviceProxy("test/thing/1")
    with pytest.raises(tango.ConnectionFailed, match="API_DeviceNotExported"):
        proxy.read_attribute("number")
    with Server("test", [Thing], server_name="Thing", database=database):
        assert proxy.read_attribute("number").value == 1.5
    with pytest.raises(DevFailed):
        proxy.read_attribute("number")
    with Server("test", [Thing], server_name="Thing", database=database):  # on another port
        assert proxy.read_attribute("number").value == 1.5


def test_locking(server: Server) -> None:
    proxy = DeviceProxy("test/thing/1")
    assert not proxy.is_locked()
    proxy.lock(2)
    assert (proxy.is_locked(), proxy.is_locked_by_me()) == (True, True)
    info = tango.LockerInfo()
    assert proxy.get_locker(info)
    lock = server.find_device("test/thing/1")._tango.locking.lock
    first = lock.last
    until(lambda: lock.last > first + 2)  # it would have ended if nobody renewed it
    assert proxy.is_locked()
    with pytest.raises(DevFailed, match="another lock validity"):
        proxy.lock(5)
    proxy.unlock()
    assert not proxy.is_locked()
    with pytest.raises(DevFailed, match="Lock validity can not be lower"):
        proxy.lock(1)


def test_several_database_servers(server: Server, database: str) -> None:
    host, _, port = database.partition(":")
    both = Database(f"127.0.0.1:1,{database}")
    assert both.is_multi_tango_host()
    assert both.get_device_exported("test/*")[0] == "test/thing/1"
    assert (both.get_db_host(), both.get_db_port()) == (host, port)


def test_server_data(server: Server, database: str) -> None:
    DeviceProxy("test/thing/1").put_property({"a": "1"})
    data = tango.DbServerData("Thing", "test")
    assert data.get_name() == "Thing/test"
    with DatabaseServer(":memory:") as other:
        assert not data.already_exist(other.tango_host)
        data.put_in_database(other.tango_host)
        assert data.already_exist(other.tango_host)
        copy = Database(*other.tango_host.split(":"))
        assert copy.get_device_property("test/thing/1", "a") == {"a": ["1"]}
        data.remove(other.tango_host)
        assert not list(copy.get_device_name("Thing/test", "Thing"))
