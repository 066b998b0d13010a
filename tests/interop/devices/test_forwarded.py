"""Forwarded attributes, their roots in another server: ours beside PyTango's, asked by PyTango."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.twins import (
    IMPLEMENTATIONS,
    ask,
    compare,
    database_server,
    model_server,
    register,
)

pytestmark = pytest.mark.slow

ROOTS = {"root_plain": "m/model/1/plain", "root_dressed": "m/model/1/dressed", "root_row": "m/model/1/row",
         "root_marked": "m/model/1/marked"}  # fmt: skip
_SET_ROOTS = """
for device, roots in table.items():
    for name, root in roots.items():
        database.put_device_attribute_property(device, {name: {"__root_att": [root]}})
"""
_F = """
f, m = full("m/forward/2"), full("m/model/1")
"""


def put_roots(client: PyTangoClient, host: str, **table: dict[str, str]) -> None:
    """Name the roots: m_forward_2={"root_plain": "m/model/1/plain"}."""
    ask(client, host, _SET_ROOTS, table={k.replace("_", "/"): v for k, v in table.items()})


@pytest.fixture(scope="module")
def pairs(peer_directory: Path, model_client: PyTangoClient) -> Iterator[dict[str, str]]:
    """Each implementation's server of the roots, and its server that forwards to them."""
    found = {}
    with ExitStack() as stack:
        for whose in IMPLEMENTATIONS:
            database = stack.enter_context(database_server(peer_directory))
            host = found[whose] = f"127.0.0.1:{database.port}"
            register(model_client, host, "one", "Model", "m/model/1")
            register(model_client, host, "two", "Forward", "m/forward/2")
            register(model_client, host, "three", "Forward", "m/forward/3")
            wrong = {"root_plain": "m/model/1/nosuch", "root_row": "m/nosuch/1/row", "root_marked": "nonsense",
                     "root_dressed": "m/forward/3/root_plain"}  # fmt: skip
            put_roots(model_client, host, m_forward_2=ROOTS, m_forward_3=wrong)
            for instance in ("one", "two", "three"):
                peer = stack.enter_context(model_server(whose, peer_directory, host, instance))
                peer.wait_for("Ready to accept request")
        yield found


def test_reading_writing_and_configuration(
    model_client: PyTangoClient, pairs: dict[str, str]
) -> None:
    """Value, set value, quality, type and configuration are the root's; the label is its own."""
    compare(
        model_client,
        pairs,
        _F,
        """
        out += [str(f.state()), f.status(), sorted(f.get_attribute_list())]
        for name in roots:
            out.append(str(f.get_attribute_config(name)))
            out.append(step(f.write_attribute, name, [1.0, 2.0] if name == "root_row" else 2.5))
            one = f.read_attribute(name)
            out.append((name, plain(one.value), plain(one.w_value), str(one.name)))
        out.append(step(f.write_attribute, "root_dressed", 99.0))
        out.append(f.write_read_attribute("root_plain", 3.5).value)
        out.append([plain(one.value) for one in f.read_attributes(["root_plain", "root_marked", "no"])[:2]])
        m.Mark(["9", "ATTR_VALID"])
        out.append((str(f.read_attribute("root_marked").quality), str(f.state()), f.status()))
        m.Mark(["1", "ATTR_VALID"])
        return plain(out)
        """,
        roots=ROOTS,
    )


def test_configuration_goes_to_the_root_and_comes_from_it(
    model_client: PyTangoClient, pairs: dict[str, str]
) -> None:
    found = compare(
        model_client,
        pairs,
        _F,
        """
        info = f.get_attribute_config("root_plain")
        info.unit, info.alarms.max_alarm, info.label = "km", "50", "another"
        out.append(step(f.set_attribute_config, info))
        until(lambda: f.get_attribute_config("root_plain").unit == "km")
        out += [str(f.get_attribute_config("root_plain")), str(m.get_attribute_config("plain"))]
        info = m.get_attribute_config("plain")
        info.unit, info.label, info.alarms.max_alarm = "cm", "the root's", "Not specified"
        m.set_attribute_config(info)
        until(lambda: f.get_attribute_config("root_plain").unit == "cm")
        info = f.get_attribute_config("root_plain")
        out.append((info.unit, info.label, info.alarms.max_alarm))
        info.label = ""
        out.append((step(f.set_attribute_config, info), f.get_attribute_config("root_plain").label))
        return plain(out)
        """,
    )
    assert found[3] == ["cm", "another", "Not specified"]


def test_polling_is_the_root_s_business(model_client: PyTangoClient, pairs: dict[str, str]) -> None:
    compare(
        model_client,
        pairs,
        _F,
        "return plain([step(f.poll_attribute, 'root_plain', 500), f.is_attribute_polled('root_plain')])",
    )


def test_a_lock_locks_the_root_too(model_client: PyTangoClient, pairs: dict[str, str]) -> None:
    found = compare(
        model_client,
        pairs,
        _F,
        """
        f.lock()
        out += [f.is_locked(), m.is_locked(), m.is_locked_by_me(), step(f.write_attribute, "root_plain", 1.0)]
        f.unlock()
        return plain([*out, f.is_locked(), m.is_locked()])
        """,
    )
    assert found == [True, True, False, ["value", None], False, False]


def test_wrong_roots_are_told_in_status(model_client: PyTangoClient, pairs: dict[str, str]) -> None:
    """Which root, and what is wrong with it; for clients such an attribute is not there."""
    code = """
        bad = full("m/forward/3")
        out += [str(bad.state()), bad.status(), sorted(bad.get_attribute_list())]
        for name in ("root_plain", "root_row", "root_marked"):
            out.append([one[0] for one in step(bad.read_attribute, name)[2]][:1])
            out.append([one[0] for one in step(bad.get_attribute_config, name)[2]][:1])
        return plain(out)
        """
    theirs, ours = (ask(model_client, pairs[whose], code) for whose in IMPLEMENTATIONS)
    # A root in its own device, too: both say so, but for the order of the attributes.
    assert sorted(ours[1].splitlines()) == sorted(theirs[1].splitlines())
    assert [ours[0], *ours[2:]] == [theirs[0], *theirs[2:]]
    assert ours[0] == "ALARM"
    for text in ("Attribute not found in root device", "Wrong root device", "Root device is local device",
                 "Wrong syntax in root attribute definition"):  # fmt: skip
        assert text in ours[1]


def test_events_of_the_root_are_passed_on(
    model_client: PyTangoClient, pairs: dict[str, str]
) -> None:
    found = ask(
        model_client,
        pairs["puretango"],
        _F,
        """
        got = []
        class Callback:
            def push_event(self, event):
                got.append((event.err, event.attr_name.rpartition("/")[2], plain(event.attr_value.value)
                            if not event.err else [e.reason for e in event.errors]))
        info = m.get_attribute_config("plain")
        info.events.ch_event.abs_change = "0.5"
        m.set_attribute_config(info)
        m.write_attribute("plain", 1.0)
        m.poll_attribute("plain", 50)
        until(lambda: step(m.attribute_history, "plain", 1)[0] == "value")
        one = f.subscribe_event("root_plain", tango.EventType.CHANGE_EVENT, Callback(), [], False)
        for value in (2.0, 3.0):
            m.write_attribute("plain", value)
            until(lambda: value in [x[2] for x in got])
        f.unsubscribe_event(one)
        m.stop_poll_attribute("plain")
        return plain(got)
        """,
    )
    assert [one[2] for one in found if not one[0]] == [1.0, 2.0, 3.0]
    assert {one[1] for one in found} == {"root_plain"}


def test_loops_end(peer_directory: Path, model_client: PyTangoClient) -> None:
    """Two devices that forward to each other say so, at once."""
    with ExitStack() as stack:
        database = stack.enter_context(database_server(peer_directory))
        host = f"127.0.0.1:{database.port}"
        for number, instance in ((2, "two"), (3, "three")):
            register(model_client, host, instance, "Forward", f"m/forward/{number}")
        put_roots(model_client, host, m_forward_2={"root_plain": "m/forward/3/root_plain"},
                  m_forward_3={"root_plain": "m/forward/2/root_plain"})  # fmt: skip
        for instance in ("two", "three"):
            peer = stack.enter_context(model_server("puretango", peer_directory, host, instance))
            peer.wait_for("Ready to accept request")
        for number in (2, 3):
            started = time.monotonic()
            found: Any = ask(
                model_client,
                host,
                "f = full(d); return plain([f.status(), step(f.read_attribute, 'root_plain')[0]])",
                d=f"m/forward/{number}",
            )
            assert "Loop found in root attributes configuration" in found[0]
            assert found[1] == "error"
            assert time.monotonic() - started < 20  # at once, and no timeout after the other


def test_a_root_that_comes_later_and_goes_away(
    peer_directory: Path, model_client: PyTangoClient
) -> None:
    wait = """
        f = full("m/forward/2")
        read = lambda: step(lambda: plain(f.read_attribute("root_plain").value))
        until(lambda: read()[0] == wanted, step=0.1)
        found = read()
        return plain([found, str(f.state()), f.status()])
        """
    with ExitStack() as stack:
        database = stack.enter_context(database_server(peer_directory))
        host = f"127.0.0.1:{database.port}"
        register(model_client, host, "one", "Model", "m/model/1")
        register(model_client, host, "two", "Forward", "m/forward/2")
        put_roots(model_client, host, m_forward_2={**ROOTS})
        stack.enter_context(model_server("puretango", peer_directory, host, "two")).wait_for(
            "Ready"
        )
        before = ask(model_client, host, wait, wanted="error")
        assert before[0][2][0][0] == "API_AttrNotFound"
        assert before[1] == "ALARM"
        assert "Forwarded attribute root_plain is not reachable!" in before[2]
        assert "Root device not started yet" in before[2]
        with model_server("puretango", peer_directory, host, "one") as root:
            root.wait_for("Ready to accept request")
            assert ask(model_client, host, wait, wanted="value") == [
                ["value", 0.0],
                "UNKNOWN",
                "The device is in UNKNOWN state.",
            ]
            root.kill()
            gone = ask(model_client, host, wait, wanted="error")
            assert "Reading root attribute plain on device" in str(gone[0])
            root.start()
            root.wait_for("Ready to accept request")
            assert ask(model_client, host, wait, wanted="value")[0] == ["value", 0.0]
