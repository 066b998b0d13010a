"""Servers in databases: ours in the C++ one, PyTango's and C++ ones in ours; restarts and sudden deaths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import ask_puretango, ask_pytango, neutral, our_database, puretango_rich
from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.fixtures import pytango_rich
from tests.interop.peers.plain import attempt
from tests.interop.peers.process import Peer
from tests.interop.test_matrix import check
from tests.waiting import until

DEVICE = "test/rich/1"
# What a database changes: names, properties, locking, memorized values, events; and a sample of the rest.
SAMPLE = (
    "device_basics", "device_info", "attribute_list", "attribute_configuration",
    "attribute_configuration_set", "attribute_DevDouble_spectrum", "attribute_DevString_image",
    "command_DevVarLongStringArray", "several_attributes", "errors_of_commands", "errors_of_attributes",
    "errors_of_names", "attribute_proxy", "locking", "polling", "polled_values", "admin_device", "dynamic_attributes",
    "black_box", "asynchronous_calls",
)  # fmt: skip


def register(client: PyTangoClient, tango_host: str, server: str, cls: str, *devices: str) -> None:
    """Add a server with its devices to a database, as an operator does."""
    host, _, port = tango_host.partition(":")
    client.run(
        """
        database = tango.Database(h, int(p))
        for name in devices:
            info = tango.DbDevInfo()
            info.name, info._class, info.server = name, c, s
            database.add_device(info)
        """,
        h=host, p=port, s=server, c=cls, devices=list(devices),
    )  # fmt: skip


pytestmark = pytest.mark.slow

Starter = Callable[[str, str], Peer]


@pytest.fixture(scope="module")
def databases(peer_directory: Path, cpp_database: cpp.CppDatabase) -> Iterator[dict[str, str]]:
    """Both databases, by whose they are."""
    with our_database(peer_directory) as ours:
        yield {"puretango": f"127.0.0.1:{ours.port}", "cpp": cpp_database.tango_host}


@pytest.fixture(scope="module")
def registered(
    peer_directory: Path, databases: dict[str, str], pytango_client: PyTangoClient
) -> Iterator[dict[tuple[str, str], str]]:
    """(whose server, whose database) -> the full name of a device of class Rich."""
    names: dict[tuple[str, str], str] = {}
    with ExitStack() as stack:
        for database, tango_host in databases.items():
            for implementation, start in (("puretango", puretango_rich), ("pytango", pytango_rich)):
                device = f"test/{implementation}/1"
                register(pytango_client, tango_host, f"rich/{implementation}", "Rich", device)
                peer = stack.enter_context(start(peer_directory, tango_host, implementation))
                peer.wait_for("Ready to accept request")
                names[implementation, database] = f"tango://{tango_host}/{device}"
        yield names


def _plain(answer: Any, implementation: str, tango_host: str, port: str = "") -> Any:
    return neutral(answer, tango_host, implementation)


@pytest.mark.parametrize("database", ["cpp", "puretango"])
@pytest.mark.parametrize("name", SAMPLE)
def test_pytango_client_to_our_server(
    name: str, database: str, registered: dict[tuple[str, str], str], pytango_client: PyTangoClient,
    databases: dict[str, str],
) -> None:  # fmt: skip
    expected = ask_pytango(pytango_client, name, registered["pytango", "cpp"])
    got = ask_pytango(pytango_client, name, registered["puretango", database])
    check(
        _plain(got, "puretango", databases[database]), _plain(expected, "pytango", databases["cpp"])
    )


@pytest.mark.parametrize("pair", [("pytango", "cpp"), ("pytango", "puretango"), ("puretango", "cpp"),
                                  ("puretango", "puretango")], ids="-".join)  # fmt: skip
@pytest.mark.parametrize("name", SAMPLE)
def test_our_client(
    name: str, pair: tuple[str, str], registered: dict[tuple[str, str], str], pytango_client: PyTangoClient,
    databases: dict[str, str],
) -> None:  # fmt: skip
    expected = ask_pytango(pytango_client, name, registered["pytango", "cpp"])
    got = ask_puretango(name, registered[pair])
    check(_plain(got, pair[0], databases[pair[1]]), _plain(expected, "pytango", databases["cpp"]))


@pytest.fixture
def client() -> Iterator[PyTangoClient]:
    """A PyTango client of this test's own."""
    with PyTangoClient() as one:
        yield one


def test_cpp_tangotest_in_our_database(peer_directory: Path, client: PyTangoClient) -> None:
    import puretango

    with our_database(peer_directory) as database:
        host = f"127.0.0.1:{database.port}"
        register(client, host, "TangoTest/test", "TangoTest", "sys/tg_test/1")
        with cpp.tango_test(peer_directory, host) as peer:
            peer.wait_for("Ready to accept request")
            name = f"tango://{host}/sys/tg_test/1"
            assert client.run("return tango.DeviceProxy(d).DevLong(7)", d=name) == 7
            proxy = puretango.DeviceProxy(name)
            assert proxy.DevLong(7) == 7
            assert proxy.import_info().exported
            proxy.put_property({"answer": ["42"]})
            assert client.run(
                "return list(tango.DeviceProxy(d).get_property('answer')['answer'])", d=name
            ) == ["42"]
        assert not puretango.Database(*host.split(":")).get_device_info("sys/tg_test/1").exported


@pytest.mark.parametrize(
    "starter", [puretango_rich, pytango_rich], ids=["our server", "PyTango server"]
)
def test_both_clients_survive_a_restart_and_a_kill(
    starter: Starter, peer_directory: Path, client: PyTangoClient
) -> None:
    import puretango

    with our_database(peer_directory) as database:
        host = f"127.0.0.1:{database.port}"
        register(client, host, "rich/again", "Rich", "test/again/1")
        name = f"tango://{host}/test/again/1"
        with starter(peer_directory, host, "again") as peer:  # type: ignore[call-arg]  # a starter with an instance's name
            peer.wait_for("Ready to accept request")
            proxy = puretango.DeviceProxy(name)
            assert proxy.expert == 42
            client.run("global p; p = tango.DeviceProxy(d); assert p.expert == 42", d=name)
            peer.kill()
            with pytest.raises(puretango.DevFailed):
                proxy.read_attribute("expert")
            with pytest.raises(Exception, match=r"API_|Failed"):
                client.run("p.read_attribute('expert')")
            peer.start()
            read = lambda: attempt(lambda: proxy.read_attribute("expert").value)  # noqa: E731
            until(lambda: read() == ("value", 42), step=0.1)
            client.run(
                "until(lambda: attempt(lambda: p.read_attribute('expert').value) == ('value', 42))"
            )


def test_memorized_value_comes_back_from_either_database(
    peer_directory: Path, databases: dict[str, str], client: PyTangoClient
) -> None:
    import puretango

    for host in databases.values():
        register(client, host, "rich/memory", "Rich", "test/memory/1")
        name = f"tango://{host}/test/memory/1"
        for value in (3.5, 4.5):
            with puretango_rich(peer_directory, host, "memory") as peer:
                peer.wait_for("Ready to accept request")
                proxy = puretango.DeviceProxy(name)
                if value > 4:
                    assert proxy.kept == 3.5
                proxy.kept = value
        stored = client.run(
            "h, p = a.split(':'); return list(tango.Database(h, int(p)).get_device_attribute_property("
            "'test/memory/1', ['kept'])['kept']['__value'])",
            a=host,
        )
        assert [float(text) for text in stored] == [4.5]


def test_properties_reach_the_device_from_either_database(
    peer_directory: Path, databases: dict[str, str], client: PyTangoClient
) -> None:
    import puretango

    for whose, host in databases.items():
        # What a server gets at its start from the C++ database on MariaDB is not what was put, outside ASCII.
        title = "caf\xe9" if whose == "puretango" else "cafe"
        register(client, host, "rich/props", "Rich", "test/props/1")
        puretango.Database(*host.split(":")).put_device_property(
            "test/props/1", {"gain": 2.5, "title": title, "points": [7, 8]}
        )
        with puretango_rich(peer_directory, host, "props") as peer:
            peer.wait_for("Ready to accept request")
            assert puretango.DeviceProxy(f"tango://{host}/test/props/1").Properties() == [
                "2.5",
                repr(title),
                "[7, 8]",
            ]


def test_database_killed_and_started_again_keeps_everything(
    peer_directory: Path, client: PyTangoClient
) -> None:
    import puretango

    peer = our_database(peer_directory)
    port = peer.port
    assert port is not None
    with peer:
        database = puretango.Database("127.0.0.1", port)
        database.put_property("kept", {"one": ["1"]})
        peer.kill()
        peer.start()
        assert list(puretango.Database("127.0.0.1", port).get_property("kept", "one")["one"]) == [
            "1"
        ]
        host = f"127.0.0.1:{port}"
        assert client.run(
            "h, p = a.split(':'); return list(tango.Database(h, int(p)).get_property('kept', 'one')['one'])",
            a=host,
        ) == ["1"]


def test_tango_admin_on_our_database(peer_directory: Path) -> None:
    with our_database(peer_directory) as database:
        host = f"127.0.0.1:{database.port}"
        cpp.tango_admin(host, "--ping-database", "5")
        cpp.tango_admin(host, "--add-server", "Some/one", "SomeClass", "some/dev/1")
        cpp.tango_admin(host, "--check-device", "some/dev/1")
        cpp.tango_admin(host, "--add-property", "some/dev/1", "speed", "3")
        assert "Some/one" in cpp.tango_admin(host, "--server-list") or "Some" in cpp.tango_admin(
            host, "--server-list"
        )
        cpp.tango_admin(host, "--delete-server", "Some/one", "--with-properties")
