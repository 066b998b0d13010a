"""Pipes in every direction: PyTango 9.5 and the C++ TangoTest as peers; with C++'s database and ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import neutral, nodb, our_database
from tests.interop.peers import cpp
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.operations.pipe_operations import OPERATIONS, configure
from tests.interop.peers.plain import attempt, plain
from tests.interop.peers.process import Peer, free_port, pytango9, python
from tests.interop.test_matrix import check
from tests.interop.test_registered import register

TEST_PIPE = "string_long_short_ro"
_RUN = """
from tests.interop.peers.operations import pipe_operations as asked
return attempt(asked.OPERATIONS[n], tango, d)
"""
_CONFIGURE = """
from tests.interop.peers.operations import pipe_operations as asked
return attempt(asked.configure, tango, d, p)
"""


def pipes_server(
    implementation: str, directory: Path, tango_host: str | None = None, instance: str = "test"
) -> Peer:
    """A server of the class Pipes, of PyTango 9.5 or ours."""
    port = free_port()
    arguments = [implementation, instance, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    if tango_host is None:
        arguments += ["-nodb", "-dlist", "test/pipes/1"]
    interpreter = pytango9() if implementation == "tango" else ""
    command = python("devices/pipes.py", *arguments, interpreter=interpreter)
    environment = {"TANGO_HOST": tango_host or "127.0.0.1:1"}
    return Peer(f"{implementation}-pipes", command, directory, port, environment)


@pytest.fixture(scope="module")
def old_client() -> Iterator[PyTangoClient]:
    """A client of PyTango 9.5."""
    with PyTangoClient(interpreter=pytango9()) as client:
        yield client


@pytest.fixture(scope="module")
def servers(peer_directory: Path) -> Iterator[dict[str, str]]:
    """Whose server -> the name of its device."""
    with ExitStack() as stack:
        names = {}
        for implementation in ("tango", "puretango"):
            peer = stack.enter_context(pipes_server(implementation, peer_directory))
            peer.wait_for("Ready to accept request")
            names[implementation] = nodb(peer.port, "test/pipes/1")
        yield names


def ask_old(client: PyTangoClient, name: str, device: str) -> Any:
    """An operation by PyTango 9.5's client, on a device put back to its start."""
    client.run("tango.DeviceProxy(d).Init()", d=device)
    return client.run(_RUN, n=name, d=device)


def ask_ours(name: str, device: str) -> Any:
    """The same by our client."""
    import puretango

    puretango.DeviceProxy(device).Init()
    return attempt(OPERATIONS[name], puretango, device)


@pytest.mark.leaks
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_both_clients_with_both_servers(
    name: str, servers: dict[str, str], old_client: PyTangoClient
) -> None:
    expected = ask_old(old_client, name, servers["tango"])
    assert expected[0] == "value", expected
    check(ask_ours(name, servers["tango"]), expected)
    check(ask_old(old_client, name, servers["puretango"]), expected)
    check(ask_ours(name, servers["puretango"]), expected)


def test_an_empty_blob_and_a_byte(servers: dict[str, str], old_client: PyTangoClient) -> None:
    """What PyTango 9.5 sends and reads wrongly, or not at all: an empty blob, a single DevUChar."""
    import puretango

    proxy = puretango.DeviceProxy(servers["puretango"])
    proxy.write_pipe("Kept", ("empty", {}))
    assert proxy.read_pipe("Kept") == ("empty", [])
    read = "return plain(tango.DeviceProxy(d).read_pipe('Kept'))"
    assert old_client.run(read, d=servers["puretango"]) == ["empty", []]
    byte = {"name": "b", "value": 7, "dtype": "DevUChar"}
    assert proxy.write_read_pipe("Kept", ("byte", [byte]))[1][0]["value"] == 7
    proxy = puretango.DeviceProxy(servers["tango"])
    assert proxy.write_read_pipe("Kept", ("both", {"a": 1}))[1][0]["value"] == 1


# -- TangoTest ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cpp_tango_test(peer_directory: Path) -> Iterator[Peer]:
    """A TangoTest of these tests' own."""
    with cpp.tango_test(peer_directory) as peer:
        peer.wait_for("Ready to accept request")
        yield peer


def tango_test_pipe(tango: Any, device: str) -> Any:
    """All that TangoTest's pipe has to say."""
    proxy = tango.DeviceProxy(device)
    got: list[Any] = []
    proxy.subscribe_event(TEST_PIPE, tango.EventType.PIPE_EVENT, got.append)
    return [
        plain(list(proxy.get_pipe_list())),
        [plain([i.name, i.label, i.description, i.disp_level, i.writable]) for i in proxy.get_pipe_config()],
        attempt(proxy.read_pipe, TEST_PIPE),
        attempt(proxy.write_pipe, TEST_PIPE, ("a", {"b": 1})),
        attempt(proxy.write_read_pipe, TEST_PIPE, ("a", {"b": 1})),
        attempt(proxy.read_pipe, "absent"),
        plain(got[0].pipe_value.extract()),
    ]  # fmt: skip


def test_our_tango_test_has_the_pipe_of_the_cpp_one(cpp_tango_test: Peer) -> None:
    import puretango
    from puretango.server import Server
    from puretango.sim import TangoTest

    expected = tango_test_pipe(puretango, nodb(cpp_tango_test.port, "sys/tg_test/1"))
    assert [each["name"] for each in expected[2][1][1]] == ["FirstDE", "SecondDE", "ThirdDE"]
    devices = {"TangoTest": ["sys/tg_test/1"]}
    with Server("pipes", [TangoTest], server_name="TangoTest", devices=devices) as server:
        check(tango_test_pipe(puretango, server.access("sys/tg_test/1")), expected)


# -- configuration in the database -------------------------------------------------------------------


@pytest.fixture(scope="module")
def databases(peer_directory: Path, cpp_database: cpp.CppDatabase) -> Iterator[dict[str, str]]:
    """Both databases, by whose they are."""
    with our_database(peer_directory) as ours:
        yield {"puretango": f"127.0.0.1:{ours.port}", "cpp": cpp_database.tango_host}


@pytest.fixture(scope="module")
def registered(
    peer_directory: Path, databases: dict[str, str], old_client: PyTangoClient
) -> Iterator[dict[tuple[str, str], str]]:
    """(whose server, whose database) -> the name of a device, in whose class the database describes pipes."""
    import puretango

    names: dict[tuple[str, str], str] = {}
    with ExitStack() as stack:
        for database, tango_host in databases.items():
            host, port = tango_host.split(":")
            store = puretango.Database(host, port)
            texts = {"label": ["Of the class"], "description": ["Said by the class"]}
            store.put_class_pipe_property("Pipes", {"Kept": texts, "Nested": texts})
            for implementation in ("tango", "puretango"):
                device = f"test/pipes-{implementation}/1"
                register(old_client, tango_host, f"pipes/{implementation}", "Pipes", device)
                store.put_device_pipe_property(device, {"Gated": {"label": ["Of the device"]}})
                peer = pipes_server(implementation, peer_directory, tango_host, implementation)
                stack.enter_context(peer).wait_for("Ready to accept request")
                names[implementation, database] = f"tango://{tango_host}/{device}"
        yield names


@pytest.mark.parametrize("database", ["cpp", "puretango"])
@pytest.mark.parametrize("pipe", ["Nested", "Kept", "Gated"])
def test_configuration_and_its_places(
    database: str, pipe: str, registered: dict[tuple[str, str], str], old_client: PyTangoClient
) -> None:
    import puretango

    shown = "return [[i.label, i.description] for i in tango.DeviceProxy(d).get_pipe_config()]"
    peer, ours = registered["tango", database], registered["puretango", database]
    check(old_client.run(shown, d=ours), old_client.run(shown, d=peer))
    expected = old_client.run(_CONFIGURE, d=peer, p=pipe)
    assert expected[0] == "value", expected
    check(attempt(configure, puretango, peer, pipe), expected)
    check(old_client.run(_CONFIGURE, d=ours, p=pipe), expected)
    check(attempt(configure, puretango, ours, pipe), expected)


def database_calls(tango: Any, host: str, port: str) -> Any:
    """Every call of a Database about pipes."""
    database = tango.Database(host, port)
    owner, cls = "test/pipes/calls", "PipeCalls"
    found: list[Any] = []
    for name, kind in ((owner, "device"), (cls, "class")):
        put = getattr(database, f"put_{kind}_pipe_property")
        get = getattr(database, f"get_{kind}_pipe_property")
        put(name, {"One": {"label": ["a"], "many": ["1", "2"]}, "Two": {"label": ["b"]}})
        found.append(
            {
                k: {n: list(v) for n, v in p.items()}
                for k, p in get(name, ["One", "Two", "Three"]).items()
            }
        )
        getattr(database, f"delete_{kind}_pipe_property")(name, {"One": ["label"]})
        found.append({k: {n: list(v) for n, v in p.items()} for k, p in get(name, "One").items()})
        history = getattr(database, f"get_{kind}_pipe_property_history")(name, "One", "label")
        found.append(
            [[{h.get_name(), h.get_attribute_name()}, h.is_deleted()] for h in history[-2:]]
        )
    names: Any = tango.StdStringVector()
    database.get_device_pipe_list(owner, names)
    return [
        *found,
        list(names),
        list(database.get_class_pipe_list(cls, "*")),
        list(database.get_class_pipe_list(cls, "O*")),
    ]


@pytest.mark.parametrize("database", ["cpp", "puretango"])
def test_calls_of_the_database(
    database: str, databases: dict[str, str], old_client: PyTangoClient
) -> None:
    import inspect

    import puretango

    host, port = databases[database].split(":")
    expected = old_client.run(
        f"from typing import Any\n{inspect.getsource(database_calls)}\nreturn database_calls(tango, h, p)",
        h=host,
        p=port,
    )
    check(neutral(database_calls(puretango, host, port)), neutral(expected))
