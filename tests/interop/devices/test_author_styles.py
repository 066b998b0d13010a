"""Every style in which PyTango's authors write devices, seen by a PyTango client: PyTango's server beside ours."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import neutral, nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, python, require_pytango
from tests.interop.test_matrix import check

FILE = """\
author/x/DEVICE/Old: a/old/1
author/x/DEVICE/Base: a/base/1
author/x/DEVICE/Derived: a/derived/1, a/derived/2
author/x/DEVICE/Dynamic: a/dynamic/1
CLASS/Old->owner: us
CLASS/Derived->place: "second hall"
a/old/1->limit: 5
a/old/1->marks: x, y, "z z"
a/old/1/position->max_value: 20
a/derived/2->scale: 100
"""


def author_server(whose: str, directory: Path) -> Peer:
    """A server of author.py, made with "tango" or "puretango", with a file in place of a database."""
    port = free_port()
    file = directory / f"author-{whose}.db"
    file.write_text(FILE)
    arguments = [whose, "x", f"-file={file}", "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    environment = {"TANGO_HOST": "127.0.0.1:1"}
    return Peer(
        f"{whose}-author", python("devices/author.py", *arguments), directory, port, environment
    )


@pytest.fixture(scope="module")
def authors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Peer]]:
    """PyTango's server and ours."""
    require_pytango()
    with ExitStack() as stack:
        found = []
        for whose in ("tango", "puretango"):
            peer = stack.enter_context(author_server(whose, tmp_path_factory.mktemp(whose)))
            peer.wait_for("Ready to accept request")
            found.append(peer)
        yield found


CASES = {
    "low_level": """
        old = at("a/old/1")
        found = [old.info().dev_type, old.status(), old.state(), sorted(old.get_attribute_list()),
                 sorted(old.get_command_list()), list(old.Words())]
        found += [step(old.Double, 4), step(old.Locked), old.is_command_polled("Polled"),
                  old.get_command_poll_period("Polled"), old.get_attribute_poll_period("hidden")]
        old.read_attribute("hidden", wait=True)
        # Every turn of polling calls the hooks, which are told below.
        old.stop_poll_attribute("hidden")
        old.stop_poll_command("Polled")
        old.set_source(tango.DevSource.DEV)
        old.hidden
        for value in (3, 15, 25, -11):
            found.append(step(old.write_attribute, "position", value))
        found += [old.position, old.hidden, list(old.profile), step(old.write_attribute, "profile", [1])]
        picture = old.read_attribute("picture")
        found += [picture.value, picture.time.totime(), picture.quality, old.mode, type(old.mode).__name__]
        old.mode = "AUTO"
        found += [old.mode, old.read_attribute("mode").w_value, step(old.write_attribute, "mode", 3)]
        found += [config(old, name) for name in sorted(old.get_attribute_list())]
        found += [str(old.command_query(name)) for name in sorted(old.get_command_list())]
        old.command_inout("Init")
        return [*found, old.position, old.status()]
    """,
    "inheriting": """
        found = []
        for name in ("a/base/1", "a/derived/1", "a/derived/2"):
            device = at(name)
            found += [device.info().dev_class, device.state(), sorted(device.get_attribute_list()),
                      sorted(device.get_command_list()), device.value, device.kind, device.Tell(),
                      step(device.Add, 3), config(device, "value"), config(device, "kind")]
            device.value = 2.5
            found += [device.value, step(device.write_attribute, "value", 101)]
            found.append(step(lambda: device.twice))
        return found
    """,
    "dynamic": """
        device = at("a/dynamic/1")
        first = lambda: (sorted(device.get_attribute_list()), sorted(device.get_command_list()))
        found = [first(), device.status(), device.early, config(device, "early"), list(device.Heard())]
        device.early = 8
        found.append(device.read_attribute("early").value)
        for words, value in ((["number", "int", "scalar"], 3), (["text", "str", "scalar"], "abc"),
                             (["row", "float", "spectrum"], [1.0, 2.0]), (["old", "DevLong", "low"], 5)):
            device.Grow(words)
            name = words[0]
            found.append(step(device.write_attribute, name, value))
            found += [device.read_attribute(name).value, config(device, name), getattr(device, name)]
        found.append(step(device.write_attribute, "old", 10))
        device.Configure("number")
        found += [config(device, "number"), str(device.read_attribute("number").quality), first()]
        device.Grow(["Echo", "int", "command"])
        found += [device.Echo(3), device.command_inout("Echo", 4), str(device.command_query("Echo")), first()]
        device.Go(tango.DevState.OFF)
        found += [step(device.read_attribute, "old"), step(device.write_attribute, "text", "x")]
        found.append([(one.name, one.has_failed) for one in device.read_attributes(["early", "old", "row"])])
        device.Go(tango.DevState.ON)
        device.Grow(["number", "int", "scalar"])  # there already: replaced
        found.append(step(device.Grow, ["number", "str", "scalar"]))
        for name in ("number", "text", "row", "old"):
            device.Shrink([name, "attribute"])
            found += [step(device.read_attribute, name), step(device.get_attribute_config, name)]
        device.Shrink(["Echo", "command"])
        found += [step(device.command_inout, "Echo", 3), step(device.Shrink, ["number", "attribute"]),
                  step(device.Shrink, ["Echo", "command"]), first()]
        return [*found, device.early]
    """,
    "dynamic_while_another_client_is_connected": """
        one, other = at("a/dynamic/1"), at("a/dynamic/1")
        found = [other.early]
        for turn in range(3):
            one.Grow(["passing", "int", "scalar"])
            other.write_attribute("passing", turn)
            found += [other.read_attribute("passing").value, one.passing]
            asked = other.read_attribute_asynch("passing")
            found.append(other.read_attribute_reply(asked, 2000).value)
            one.Shrink(["passing", "attribute"])
            found.append(step(other.read_attribute, "passing"))
            found.append([one.has_failed for one in other.read_attributes(["early", "passing"])])
        return found
    """,
    "after_a_restart": """
        device = at("a/dynamic/1")
        admin = tango.DeviceProxy(device.adm_name())
        admin.DevRestart("a/dynamic/1")
        found = [device.early, list(device.Heard())]
        device.early = 9
        admin.RestartServer()
        # The answer comes before the restart, which sets the value back.
        until(lambda: step(lambda: device.early) == ("value", 7), step=0.1)
        return [*found, sorted(device.get_attribute_list()), device.early]
    """,
}

PRELUDE = """
def config(device, name):
    info = device.get_attribute_config(name)
    return [info.label, info.unit, info.format, info.description, info.min_value, info.max_value,
            info.alarms.min_alarm, int(info.data_type), str(info.data_format), str(info.writable), info.max_dim_x,
            info.max_dim_y, list(info.enum_labels), str(info.disp_level), str(info.memorized)]
step = lambda call, *arguments: attempt(call, *arguments)
"""


def ask(client: PyTangoClient, peer: Peer, code: str) -> Any:
    """Run code with `at(name)`, `config` and `step` in PyTango's process."""
    at = f"at = lambda name: tango.DeviceProxy('tango://127.0.0.1:{peer.port}/' + name + '#dbase=no')\n"
    body = f"def body():\n{code}\nreturn plain(body())"  # nothing of PyTango's own comes over
    return neutral(client.run(PRELUDE + at + body), f"127.0.0.1:{peer.port}")


@pytest.mark.parametrize("name", CASES)
def test_same_answers(name: str, authors: list[Peer], pytango_client: PyTangoClient) -> None:
    theirs, ours = (ask(pytango_client, peer, CASES[name]) for peer in authors)
    check(ours, theirs)


def test_signals_reach_the_device(authors: list[Peer], pytango_client: PyTangoClient) -> None:
    for peer in authors:
        device = nodb(peer.port, "a/dynamic/1")
        pid = pytango_client.run("return tango.DeviceProxy(d).Pid()", d=device)
        os.kill(pid, signal.SIGUSR1)
        pytango_client.run(
            "until(lambda: wanted in tango.DeviceProxy(d).Heard())",
            d=device,
            wanted=f"signal {int(signal.SIGUSR1)}",
        )
