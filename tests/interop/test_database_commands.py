"""The same commands in the same order into Tango's C++ database server and into ours: the same answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

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


def test_what_is_recorded_is_what_the_cpp_server_answers(
    cpp_database: CppDatabase, pytango_client: PyTangoClient
) -> None:
    """The unit tests hold our answers to the recorded ones; this holds the record to the server."""
    answers = pytango_client.run(CALL, host=cpp_database.tango_host, steps=STEPS)
    for (command, argument, recorded), found in zip(RECORDED, answers, strict=True):
        assert json.loads(DATE.sub("DATE", json.dumps(found))) == recorded, (command, argument)
