"""Our Starter in our database, with C++ TangoTest as the server that it keeps, told by a PyTango client."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import our_database, puretango
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, program
from tests.waiting import until

# A server notes in the database where it runs: the Starter must be that host's.
HERE = socket.gethostname().partition(".")[0]
# What C++ Starter 9.3.4 publishes.
COMMANDS = {
    "DevGetRunningServers": ("DevBoolean", "DevVarStringArray"),
    "DevGetStopServers": ("DevBoolean", "DevVarStringArray"),
    "DevReadLog": ("DevString", "DevString"),
    "DevStart": ("DevString", "DevVoid"),
    "DevStartAll": ("DevShort", "DevVoid"),
    "DevStop": ("DevString", "DevVoid"),
    "DevStopAll": ("DevShort", "DevVoid"),
    "HardKillServer": ("DevString", "DevVoid"),
    "Init": ("DevVoid", "DevVoid"),
    "NotifyDaemonState": ("DevVoid", "DevState"),
    "ResetStatistics": ("DevVoid", "DevVoid"),
    "State": ("DevVoid", "DevState"),
    "Status": ("DevVoid", "DevString"),
    "UpdateServersInfo": ("DevVoid", "DevVoid"),
}
ATTRIBUTES = [
    "HostState",
    "NotifdState",
    "RunningServers",
    "Servers",
    "State",
    "Status",
    "StoppedServers",
]

PREPARE = """
    host, port = tango_host.split(":")
    global db, starter
    db = tango.Database(host, int(port))
    for server, device, cls in (
        (f"Starter/{here}", f"tango/admin/{here}", "Starter"),
        ("TangoTest/kept", "sys/tg_test/kept", "TangoTest"),
    ):
        info = tango.DbDevInfo()
        info.name, info._class, info.server = device, cls, server
        db.add_device(info)
    # It has run there before.
    info = tango.DbDevExportInfo()
    info.name, info.ior, info.host = "dserver/TangoTest/kept", "IOR:00", here
    info.version, info.pid = "5", 0
    db.export_device(info)
    db.unexport_device("dserver/TangoTest/kept")
    db.put_device_property(f"tango/admin/{here}", {
        "StartDsPath": [path], "LogFileHome": [logs], "StartServersAtStartup": ["false"],
    })
"""


@pytest.mark.slow
def test_a_server_is_started_watched_and_stopped(peer_directory: Path, tmp_path: Path) -> None:
    path = str(Path(program("TangoTest")).parent)
    with our_database(peer_directory) as database, PyTangoClient() as client:
        tango_host = f"127.0.0.1:{database.port}"
        client.run(PREPARE, tango_host=tango_host, path=path, logs=str(tmp_path), here=HERE)
        command = puretango("serve", "Starter", HERE)
        with Peer(
            "starter", command, peer_directory, environment={"TANGO_HOST": tango_host}
        ) as peer:
            peer.wait_for("Ready to accept request")
            name = f"tango://{tango_host}/tango/admin/{HERE}"
            client.run("global starter; starter = tango.DeviceProxy(name)", name=name)

            def ask(expression: str) -> Any:
                return client.run(f"return {expression}")

            def state() -> str:
                (line,) = ask("list(starter.Servers)")
                return str(line.split("\t")[1])

            assert (
                ask(
                    "{c.cmd_name: (str(c.in_type), str(c.out_type)) for c in starter.command_list_query()}"
                )
                == COMMANDS
            )
            assert ask("sorted(starter.get_attribute_list())") == ATTRIBUTES
            assert ask("list(starter.Servers)") == ["TangoTest/kept\tFAULT\t0\t0\t0"]
            # Putting it under control tells the Starter, through the database.
            client.run(
                "info = tango.DbServerInfo(); info.name, info.host, info.mode, info.level = s, h, 1, 1\n"
                "db.put_server_info(info)",
                s="TangoTest/kept", h=HERE,
            )  # fmt: skip
            until(lambda: ask("list(starter.Servers)") == ["TangoTest/kept\tFAULT\t1\t1\t0"])
            until(lambda: ask("str(starter.state())") == "OFF")
            try:
                client.run("starter.DevStart('TangoTest/kept')")
                until(lambda: state() == "ON")
                assert ask("list(starter.RunningServers)") == ["TangoTest/kept"]
                until(lambda: ask("str(starter.state())") == "ON")
                assert "Ready to accept request" in ask("starter.DevReadLog('TangoTest/kept')")
                device = f"tango://{tango_host}/sys/tg_test/kept"
                assert client.run("return tango.DeviceProxy(d).DevLong(3)", d=device) == 3
                client.run("starter.DevStop('TangoTest/kept')")
                until(lambda: state() == "FAULT")
                client.run("starter.DevStartAll(1)")
                until(lambda: state() == "ON")
            finally:
                client.run("starter.HardKillServer('TangoTest/kept')")
            until(lambda: state() == "FAULT")
            assert ask("list(starter.DevGetStopServers(True))") == ["TangoTest/kept"]


SERVER = """
from tango.server import Device

class Talker(Device):
    pass

if __name__ == "__main__":
    Talker.run_server()
"""


@pytest.mark.slow
def test_cpp_starter_knows_a_server_that_runs_through_compat(
    peer_directory: Path, tmp_path: Path
) -> None:
    """`python -m puretango.compat X.py one` shows itself to the system as `python X.py one`."""
    script = tmp_path / "Talker.py"
    script.write_text(SERVER)
    with our_database(peer_directory) as database, PyTangoClient() as client:
        tango_host = f"127.0.0.1:{database.port}"
        environment = {"TANGO_HOST": tango_host}
        client.run(
            PREPARE.replace("TangoTest/kept", "Talker/one")
            .replace("sys/tg_test/kept", "test/talker/1")
            .replace('"TangoTest"', '"Talker"'),
            tango_host=tango_host, path=str(tmp_path), logs=str(tmp_path), here=HERE,
        )  # fmt: skip
        client.run(
            "info = tango.DbServerInfo(); info.name, info.host, info.mode, info.level = s, h, 1, 1\n"
            "db.put_server_info(info)",
            s="Talker/one", h=HERE,
        )  # fmt: skip
        port = free_port()
        command = [program("Starter"), HERE, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
        with Peer("cpp-starter", command, peer_directory, port, environment) as starter:
            starter.wait_for("Ready to accept request")

            def running() -> list[str]:
                asked = "return list(tango.DeviceProxy(n).DevGetRunningServers(True))"
                return list(client.run(asked, n=name))

            name = f"tango://{tango_host}/tango/admin/{HERE}"
            assert "Talker/one" not in running()
            words = [sys.executable, "-m", "puretango.compat", str(script), "one"]
            with Peer("talker", words, peer_directory, environment=environment) as server:
                server.wait_for("Ready to accept request")
                until(lambda: "Talker/one" in running())
            until(lambda: "Talker/one" not in running())
