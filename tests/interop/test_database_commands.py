"""The same commands in the same order into Tango's C++ database server and into ours: the same answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.interop.conftest import our_database
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.cpp import CppDatabase

RECORDED = json.loads(
    (Path(__file__).parents[1] / "data" / "database" / "cpp-answers.json").read_text("utf-8")
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
    ("DbGetProperty", "*"),
    ("DbGetProperty", "*a"),
    ("DbGetDeviceProperty", "*"),
}


def test_what_is_recorded_is_what_the_cpp_server_answers(
    cpp_database: CppDatabase, pytango_client: PyTangoClient
) -> None:
    """The unit tests hold our answers to the recorded ones; this holds the record to the server."""
    answers = pytango_client.run(CALL, host=cpp_database.tango_host, steps=STEPS)
    for (command, argument, recorded), found in zip(RECORDED, answers, strict=True):
        assert json.loads(DATE.sub("DATE", json.dumps(found))) == recorded, (command, argument)


def test_our_server_answers_a_pytango_client_the_same(
    peer_directory: Path, pytango_client: PyTangoClient
) -> None:
    with our_database(peer_directory) as database:
        answers = pytango_client.run(CALL, host=f"127.0.0.1:{database.port}", steps=STEPS)
    for (command, argument, recorded), found in zip(RECORDED, answers, strict=True):
        pair = json.loads(DATE.sub("DATE", json.dumps([found, recorded])))
        if (command, argument if isinstance(argument, str) else argument[-1]) in UNORDERED:
            pair = [sorted(json.loads(json.dumps(each).lower())) for each in pair]
        assert pair[0] == pair[1], (command, argument)


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
