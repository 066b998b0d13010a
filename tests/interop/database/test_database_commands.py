"""The same commands in the same order into Tango's C++ database server and into ours: the same answers."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from puretango.database import DatabaseServer, answer, prepare
from puretango.errors import DevFailed
from puretango.store import Store
from tests.interop.conftest import our_database
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.cpp import CppDatabase
from tests.interop.peers.cpp import cpp_database as cpp_server
from tests.interop.peers.process import program

RECORDED = json.loads(
    (Path(__file__).parents[2] / "data" / "database" / "cpp-answers.json").read_text("utf-8")
)
STEPS = [(command, argument) for command, argument, _ in RECORDED]

CALL = """
    proxy = tango.DeviceProxy(f"tango://{host}/sys/database/2")
    answers = []
    for command, argument in steps:
        try:
            value = proxy.command_inout(command, argument)
            if isinstance(value, (list, tuple)) and len(value) == 2 and not isinstance(value[0], str):
                value = [[int(number) for number in value[0]], list(value[1])]
            elif value is not None and not isinstance(value, str):
                value = list(value)
            answers.append(value)
        except tango.DevFailed as error:
            first = error.args[0]
            answers.append({"reason": first.reason, "desc": first.desc, "origin": first.origin})
    return answers
"""

DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d+(st|nd|rd|th) [A-Z][a-z]+ \d{4} at [\d:]{8}")


# MariaDB keeps to the order of insertion where nothing else is asked.
UNORDERED = {
    ("DbGetDeviceDomainList", "diff*"),
    ("DbGetDeviceFamilyList", "diff*"),
    ("DbGetDeviceMemberList", "diff/dev*"),
    ("DbGetProperty", "*"),
    ("DbGetProperty", "*a"),
    ("DbGetDeviceProperty", "*"),
}


def agree(command: str, argument: Any, found: Any, recorded: Any) -> bool:
    pair = json.loads(DATE.sub("DATE", json.dumps([found, recorded])))
    if (command, argument if isinstance(argument, str) else argument[-1]) in UNORDERED:
        pair = [sorted(json.loads(json.dumps(each).lower())) for each in pair]
    return bool(pair[0] == pair[1])


def test_what_is_recorded_is_what_the_cpp_server_answers(
    tmp_path: Path, pytango_client: PyTangoClient
) -> None:
    """The unit tests hold our answers to the recorded ones; this holds the record to the server.

    A server of its own: MariaDB's order depends on what has been deleted before.
    """
    with cpp_server(tmp_path) as database:
        answers = pytango_client.run(CALL, host=database.tango_host, steps=STEPS)
    for (command, argument, recorded), found in zip(RECORDED, answers, strict=True):
        assert agree(command, argument, found, recorded), (command, argument, found)


def test_our_server_answers_a_pytango_client_the_same(
    peer_directory: Path, pytango_client: PyTangoClient
) -> None:
    with our_database(peer_directory) as database:
        answers = pytango_client.run(CALL, host=f"127.0.0.1:{database.port}", steps=STEPS)
    for (command, argument, recorded), found in zip(RECORDED, answers, strict=True):
        assert agree(command, argument, found, recorded), (command, argument, found)


def test_the_interface_is_the_same(
    peer_directory: Path, cpp_database: CppDatabase, pytango_client: PyTangoClient
) -> None:
    """Commands and attributes as a PyTango client sees them, in their order."""
    ask = """
        proxy = tango.DeviceProxy(f"tango://{host}/sys/database/2")
        return [
            [(c.cmd_name, str(c.in_type), str(c.out_type), c.in_type_desc, c.out_type_desc,
              str(c.disp_level)) for c in proxy.command_list_query()],
            [(a.name, a.data_type, str(a.data_format), str(a.writable), a.max_dim_x, a.label, a.unit,
              a.description) for a in proxy.attribute_list_query()],
        ]
    """
    with our_database(peer_directory) as database:
        ours = pytango_client.run(ask, host=f"127.0.0.1:{database.port}")
    theirs = pytango_client.run(ask, host=cpp_database.tango_host)
    assert sorted(ours[0]) == sorted(theirs[0])
    assert ours[1] == theirs[1]


def test_a_store_in_mariadb_gives_the_same_answers(cpp_database: CppDatabase) -> None:
    """A database of its own in the peer's MariaDB, with the tables that our store makes there."""
    sql = cpp_database.mariadb
    subprocess.run(
        [program("mariadb"), "--no-defaults", f"--socket={sql.socket}", "-uroot", "-e",
         "CREATE DATABASE ours; GRANT ALL ON ours.* TO tango@'127.0.0.1'"],
        check=True,
    )  # fmt: skip
    with Store(sql.url.rpartition("/")[0] + "/ours") as store:
        prepare(store)
        assert store.access.users() == ["*"]
        for command, argument, recorded in RECORDED:
            try:
                found = answer(store, command, argument)
            except DevFailed as error:
                first = error.args[0]
                found = {"reason": first.reason, "desc": first.desc, "origin": first.origin}
            assert agree(command, argument, found, recorded), (command, argument, found)
        with pytest.raises(ZeroDivisionError), store.change():
            store.object_properties.put(("whole",), "or", ["not at all"])
            raise ZeroDivisionError
        assert store.object_properties.get(("whole",), "or") == []


def test_two_servers_on_one_mariadb(
    cpp_database: CppDatabase, pytango_client: PyTangoClient
) -> None:
    """Ours beside the C++ one on the same tables: each sees at once what the other has written."""
    with DatabaseServer(cpp_database.mariadb.url) as ours:
        hosts = [cpp_database.tango_host, ours.tango_host]
        for writer, reader in (hosts, hosts[::-1]):
            found = pytango_client.run(
                """
                one, other = (tango.Database(*host.split(":")) for host in hosts)
                one.put_property("both", {"who": [hosts[0], "caf\xe9"]})
                return list(other.get_property("both", "who")["who"])
                """,
                hosts=[writer, reader],
            )
            assert found == [writer, "caf\xe9"]
