"""The database server, with our own client."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango.client import ClientContext, Database, DeviceProxy
from puretango.database import DatabaseServer, command_faces
from puretango.errors import DevFailed, StoreError
from puretango.store import Store
from puretango.values import DevState
from tests.waiting import until


@pytest.fixture
def context() -> Iterator[ClientContext]:
    """A client of this test's own."""
    made = ClientContext()
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[DatabaseServer]:
    """A database server on a store in memory."""
    with DatabaseServer() as running:
        yield running


@pytest.fixture
def proxy(server: DatabaseServer, context: ClientContext) -> DeviceProxy:
    """The Database device."""
    return device(server, context)


def device(
    server: DatabaseServer, context: ClientContext, name: str = "sys/database/2"
) -> DeviceProxy:
    return DeviceProxy(f"tango://{server.tango_host}/{name}", context=context)


def test_the_device(proxy: DeviceProxy) -> None:
    assert proxy.state() == DevState.ON
    assert proxy.status() == "Device is OK"
    assert proxy.info().dev_class == "DataBase"
    assert proxy.info().server_id == "DataBaseds/2"
    assert proxy.adm_name().endswith("dserver/DataBaseds/2")
    assert proxy.ping() >= 0


def test_the_interface_is_that_of_the_cpp_server(proxy: DeviceProxy) -> None:
    found = {
        each.cmd_name: (
            each.in_type.name,
            each.out_type.name,
            each.in_type_desc,
            each.out_type_desc,
        )
        for each in proxy.command_list_query()
    }
    for name in ("State", "Status", "Init"):
        del found[name]
    assert found == {name: tuple(face) for name, face in command_faces().items()}


def test_attributes(proxy: DeviceProxy) -> None:
    assert [each.name for each in proxy.attribute_list_query()] == [
        "StoredProcedureRelease",
        "Timing_average",
        "Timing_minimum",
        "Timing_maximum",
        "Timing_calls",
        "Timing_index",
        "Timing_info",
        "State",
        "Status",
    ]
    assert proxy.StoredProcedureRelease == "release 1.13"


def test_timing(proxy: DeviceProxy) -> None:
    proxy.command_inout("ResetTimingValues")
    for _ in range(3):
        proxy.command_inout("DbGetServerList", "*")
    at = list(proxy.Timing_index).index("DbGetServerList")
    assert proxy.Timing_calls[at] == 3
    low, mean, high = (
        getattr(proxy, f"Timing_{name}")[at] for name in ("minimum", "average", "maximum")
    )
    assert 0 < low <= mean <= high < 1000
    assert any(line.startswith("DbGetServerList\t") for line in proxy.Timing_info)
    proxy.command_inout("ResetTimingValues")
    assert proxy.Timing_calls[at] == 0


def test_it_has_imported_itself(server: DatabaseServer, context: ClientContext) -> None:
    host, _, port = server.tango_host.partition(":")
    database = Database(host, int(port))
    info = database.get_device_info("sys/database/2")
    assert info.exported
    assert info.ds_full_name == "DataBaseds/2"
    assert database.get_device_info("dserver/databaseds/2").exported
    assert device(server, context, "dserver/databaseds/2").command_inout("QueryClass") == [
        "DataBase"
    ]


def test_an_error_has_the_cpp_servers_reason(proxy: DeviceProxy) -> None:
    with pytest.raises(DevFailed) as caught:
        proxy.command_inout("DbImportDevice", "no/such/device")
    first = caught.value.args[0]
    assert first.reason == "DB_DeviceNotDefined"
    assert first.desc == "device no/such/device not defined in the database !"
    assert [error.reason for error in caught.value.args[1:]] == ["API_CommandFailed"]


def test_the_history_depth_is_a_property(server: DatabaseServer, proxy: DeviceProxy) -> None:
    proxy.command_inout("DbPutDeviceProperty", ["sys/database/2", "1", "historyDepth", "1", "2"])
    proxy.command_inout("Init")
    for value in "abcd":
        proxy.command_inout("DbPutProperty", ["o", "1", "p", "1", value])
    assert len(server.store.object_properties.history("o", "p")) == 2


def test_any_number_in_one_process(context: ClientContext) -> None:
    with DatabaseServer() as one, DatabaseServer() as other:
        assert one.tango_host != other.tango_host
        device(one, context).command_inout("DbPutProperty", ["o", "1", "p", "1", "one"])
        assert device(other, context).command_inout("DbGetPropertyList", ["o", "*"]) == []


def test_it_starts_again_at_its_port() -> None:
    server = DatabaseServer().start()
    server.stop()
    port = int(server.tango_host.rpartition(":")[2])
    for _ in range(3):
        DatabaseServer(port=port).start().stop()


def test_it_can_be_started_again(context: ClientContext, tmp_path: Path) -> None:
    server = DatabaseServer(tmp_path / "tango.db")
    with server:
        device(server, context).command_inout("DbPutProperty", ["o", "1", "p", "1", "kept"])
        with Store(tmp_path / "tango.db") as store:
            found = store.devices.find("sys/database/2")
            assert found is not None
            assert found.exported == 1
    with Store(tmp_path / "tango.db") as store:
        found = store.devices.find("sys/database/2")
        assert found is not None
        assert found.exported == 0
    with server:
        answer = device(server, context).command_inout("DbGetProperty", ["o", "p"])
        assert answer == ["o", "1", "p", "1", "kept"]
    with pytest.raises(RuntimeError, match="not started"):
        server.store.count("devices")


def test_an_open_store_stays_open() -> None:
    with Store() as store:
        with DatabaseServer(store) as server:
            assert server.store is store
        assert store.devices.find("sys/database/2") is not None


def test_a_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            OSError, match=rf"cannot listen at 127\.0\.0\.1:{port}: address already"
        ):
            DatabaseServer(port=port).start()


def test_a_store_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes\n" * 1000)
    with pytest.raises(StoreError, match="not a puretango store"):
        DatabaseServer(tmp_path / "notes.txt").start()


def test_access_control(context: ClientContext) -> None:
    with DatabaseServer(access_control=True) as server:
        access = device(server, context, "sys/access_control/1")
        assert access.command_inout("GetUsers") == ["*"]
        assert access.command_inout("GetAccess", ["ann", "10.0.0.1", "a/b/c"]) == "write"
        access.command_inout("RegisterService")
        cache = device(server, context).command_inout(
            "DbGetDataForServerCache", ["DataBaseds/2", "host%%10"]
        )
        assert cache[-8] == "sys/access_control/1"
        assert cache[-7].startswith("IOR:")


def test_many_clients_at_once(server: DatabaseServer) -> None:
    errors: list[BaseException] = []

    def work(number: int) -> None:
        context = ClientContext()
        try:
            proxy = device(server, context)
            for value in range(20):
                owner, text = f"o{number}", str(value)
                proxy.command_inout("DbPutProperty", [owner, "1", "p", "1", text])
                assert proxy.command_inout("DbGetProperty", [owner, "p"])[-1] == text
        except BaseException as error:
            errors.append(error)
        finally:
            context.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def start_process(store: Path, port: int = 0) -> tuple[subprocess.Popen[str], str]:
    """``puretango db`` in a process of its own, and its TANGO_HOST."""
    process = subprocess.Popen(
        [sys.executable, "-m", "puretango.cli", "db", "--port", str(port), "--store", str(store)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("database ready: TANGO_HOST="), line
    return process, line.split("TANGO_HOST=")[1].split()[0]


def test_kill_9_in_the_middle_of_puts_loses_nothing_acknowledged(tmp_path: Path) -> None:
    store = tmp_path / "tango.db"
    process, tango_host = start_process(store)
    acknowledged: dict[int, int] = {}
    contexts = [ClientContext() for _ in range(3)]

    def put(which: int) -> None:
        proxy: Any = DeviceProxy(f"tango://{tango_host}/sys/database/2", context=contexts[which])
        for number in range(100_000):
            words = [f"a/b/{which}", "2", "number", "1", str(number), "same", "1", str(number)]
            try:
                proxy.command_inout("DbPutDeviceProperty", words)
            except DevFailed:
                return
            acknowledged[which] = number

    threads = [threading.Thread(target=put, args=(which,)) for which in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: len(acknowledged) == 3 and min(acknowledged.values()) > 5)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    for thread in threads:
        thread.join(60)
    for context in contexts:
        context.close()
    with Store(store) as opened:
        for which, number in acknowledged.items():
            kept = opened.device_properties.get((f"a/b/{which}",), "number")
            assert int(kept[0]) >= number
            assert kept == opened.device_properties.get((f"a/b/{which}",), "same")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_process_ends_at_a_signal(tmp_path: Path, number: int) -> None:
    process, _ = start_process(tmp_path / "tango.db")
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    with Store(tmp_path / "tango.db") as store:
        found = store.devices.find("sys/database/2")
        assert found is not None
        assert found.exported == 0


def test_the_process_tells_a_port_in_use_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "puretango.cli", "db", "--port", port, "--store", ":memory:"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == (
        f"puretango: cannot listen at 127.0.0.1:{port}: address already in use\n"
    )


def test_a_starter_that_cannot_be_noticed_keeps_nothing_from_the_others(
    server: DatabaseServer,
) -> None:
    notices = server._notices
    assert notices is not None
    for host in ("caf\N{EURO SIGN}", "h"):  # the first one's name is none that can be sent
        device = f"tango/admin/{host}"
        server.store.devices.add(f"Starter/{host}", device, "Starter")
        server.store.devices.export(device, "IOR:00", host, 1, "5")
        notices.tell(host)
    until(notices._hosts.empty)
    assert notices._thread is not None
    assert notices._thread.is_alive()
