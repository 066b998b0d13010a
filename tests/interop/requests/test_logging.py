"""The logging service: levels, targets, files and log consumers, between our servers and PyTango's."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer
from tests.interop.peers.twins import (
    IMPLEMENTATIONS,
    ask,
    compare,
    database_server,
    model_server,
    register,
)
from tests.waiting import until

pytestmark = pytest.mark.slow

Twins = dict[str, tuple[str, Peer]]
TARGETS = ("console::cout", "file::{0}/two-{1}.log")


@pytest.fixture(scope="module")
def loggers(peer_directory: Path, model_client: PyTangoClient) -> Iterator[Twins]:
    """m/model/1 has no logging properties, m/model/2 has all of them."""
    found = {}
    with ExitStack() as stack:
        for whose in IMPLEMENTATIONS:
            database = stack.enter_context(database_server(peer_directory))
            host = f"127.0.0.1:{database.port}"
            register(model_client, host, "one", "Model", "m/model/1", "m/model/2")
            ask(
                model_client,
                host,
                """
                database.put_device_property("m/model/2", {
                    "logging_level": ["INFO"], "logging_target": targets, "logging_rft": ["500"]})
                """,
                targets=[text.format(str(peer_directory).lower(), whose) for text in TARGETS],
            )
            peer = stack.enter_context(model_server(whose, peer_directory, host))
            peer.wait_for("Ready to accept request")
            found[whose] = (host, peer)
        yield found


def addresses(loggers: Twins) -> dict[str, str]:
    return {whose: host for whose, (host, _) in loggers.items()}


def test_levels_and_targets_at_the_start(model_client: PyTangoClient, loggers: Twins) -> None:
    """From properties; without any, a device in a database logs nothing, as Tango has it."""
    found = {
        whose: ask(
            model_client,
            host,
            """
            admin = full("dserver/model/one")
            names = ["m/model/1", "m/model/2", "dserver/model/one"]
            targets = [[t for t in admin.GetLoggingTarget(n) if "::" in t] for n in names]
            return plain([admin.GetLoggingLevel(names), targets])
            """,
        )
        for whose, (host, _) in loggers.items()
    }
    ours, theirs = (
        str(found[whose]).replace(f"two-{whose}.log", "") for whose in ("puretango", "tango")
    )
    assert ours == theirs
    assert found["tango"][0][0][3] == [0, 4, 3]


def console_lines(peer: Peer, wanted: str) -> list[str]:
    """The lines on the console with a text in them, without their time."""
    until(lambda: wanted in peer.output())
    lines = [line for line in peer.output().splitlines() if "m/model/" in line]
    return [re.sub(r"^\S+ ", "", line) for line in lines]


def test_console(model_client: PyTangoClient, loggers: Twins) -> None:
    """The same lines, up to the level, and one when an attribute enters alarm or leaves it."""
    found = {}
    for whose, (host, peer) in loggers.items():
        ask(
            model_client,
            host,
            """
            one, two = full("m/model/1"), full("m/model/2")
            one.Say(["warn", "nobody hears me"])
            for level in ("fatal", "error", "warn", "info", "debug"):
                two.Say([level, f"at {level} <&> \\"quoted\\""])
            for value in ("9", "9", "1", "1", "9"):
                two.Mark([value, "ATTR_VALID"])
                two.read_attribute("marked")
            two.Say(["info", "the last one"])
            """,
        )
        found[whose] = [
            re.sub(r"\([^)]*:\d+\)", "(file:line)", line)
            for line in console_lines(peer, "the last one")
        ]
    assert found["puretango"] == found["tango"]
    assert "ERROR (file:line) m/model/2 MAX ALARM for attribute marked" in found["tango"]


def file_target(directory: Path, whose: str) -> Path:
    return Path(str(directory).lower()) / f"two-{whose}.log"


def test_files_are_log4j_and_roll(
    model_client: PyTangoClient, loggers: Twins, peer_directory: Path
) -> None:
    heads = {}
    for whose, (host, _) in loggers.items():
        path = file_target(peer_directory, whose)
        text = path.read_text()
        heads[whose] = re.sub(r'(timestamp|thread)="\d+"', r'\1=""', text).splitlines()[:8]
        ask(model_client, host, "full('m/model/2').Say(['info', 'x' * 500, '1100'])")
        rolled = path.with_name(path.name + ".1")
        assert 450_000 < rolled.stat().st_size < 560_000
        assert path.stat().st_size < 450_000
    assert heads["puretango"] == heads["tango"]


def test_names_of_targets(model_client: PyTangoClient, loggers: Twins) -> None:
    found = compare(
        model_client,
        addresses(loggers),
        """
        admin, name = full("dserver/model/one"), "m/model/1"
        def targets():
            return [re.sub("/[^ ]*/logs-[^/]*", "LOGS", t) for t in admin.GetLoggingTarget(name) if "::" in t]
        import re
        for target in ("file::named.log", "CONSOLE::anything", "device", "device::m/no/consumer", "pigeon::x"):
            out.append((target, step(admin.AddLoggingTarget, [name, target]), targets()))
        for target in ("file::other.log", "file::named.log", "console", "pigeon::x", "device::*"):
            out.append((target, step(admin.RemoveLoggingTarget, [name, target]), targets()))
        return plain(out)
        """,
    )
    assert found[0][2] == ["file::LOGS/model/one/named.log"]


def test_stop_and_start(model_client: PyTangoClient, loggers: Twins) -> None:
    compare(
        model_client,
        addresses(loggers),
        """
        admin, names = full("dserver/model/one"), ["m/model/1", "m/model/2", "dserver/model/one"]
        admin.SetLoggingLevel([[5, 2], names[:2]])
        out.append(admin.GetLoggingLevel(names[:2]))
        admin.StopLogging()
        out.append(admin.GetLoggingLevel(names))
        admin.StartLogging()
        out.append(admin.GetLoggingLevel(names[:2]))
        admin.SetLoggingLevel([[0, 4], names[:2]])
        return plain(out)
        """,
    )


@pytest.mark.parametrize("verbosity", ["v1", "v4"])
def test_the_command_line(
    verbosity: str, peer_directory: Path, model_client: PyTangoClient, loggers: Twins
) -> None:
    """-v gives a level and the console, and goes before the properties."""
    found = {}
    for whose, (host, _) in loggers.items():
        register(model_client, host, verbosity, "Model", f"m/{verbosity}/1")
        with model_server(whose, peer_directory, host, verbosity, f"-{verbosity}") as peer:
            peer.wait_for("Ready to accept request")
            found[whose] = ask(
                model_client,
                host,
                """
                one, admin = full(f"m/{v}/1"), full(f"dserver/model/{v}")
                for level in ("info", "debug"):
                    one.Say([level, "said"])
                return plain([admin.GetLoggingLevel([f"m/{v}/1"]),
                              [t for t in admin.GetLoggingTarget(f"m/{v}/1") if "::" in t]])
                """,
                v=verbosity,
            )
            found[whose].append(peer.output().count(f"m/{verbosity}/1 said"))
    assert found["puretango"] == found["tango"]


@pytest.mark.parametrize(("sender", "consumer"), [("puretango", "tango"), ("tango", "puretango"),
                                                  ("puretango", "puretango")], ids=str)  # fmt: skip
def test_a_log_consumer_in_another_server(
    sender: str, consumer: str, peer_directory: Path, model_client: PyTangoClient
) -> None:
    """Log messages travel as six texts: milliseconds, level, device, text, nothing, thread."""
    with ExitStack() as stack:
        database = stack.enter_context(database_server(peer_directory))
        host = f"127.0.0.1:{database.port}"
        register(model_client, host, "logs", "Consumer", "m/log/1")
        register(model_client, host, "one", "Model", "m/model/1")
        for whose, instance in ((consumer, "logs"), (sender, "one")):
            peer = stack.enter_context(model_server(whose, peer_directory, host, instance))
            peer.wait_for("Ready to accept request")
        heard: Any = ask(
            model_client,
            host,
            """
            one, log, admin = full("m/model/1"), full("m/log/1"), full("dserver/model/one")
            admin.AddLoggingTarget(["m/model/1", "device::m/log/1"])
            out.append([t for t in admin.GetLoggingTarget("m/model/1") if "::" in t])
            admin.SetLoggingLevel([[4], ["m/model/1"]])
            for number, words in enumerate((["info", "first"], ["error", "second"])):
                one.Say(words)
                # Nothing keeps the order of what is sent without waiting.
                until(lambda: len(log.Heard()) >= 6 * (number + 1), step=0.1)
            one.Say(["debug", "not heard"])
            admin.RemoveLoggingTarget(["m/model/1", "device::*"])
            one.Say(["error", "too late"])
            admin.AddLoggingTarget(["m/model/1", "device::m/log/1"])
            one.Say(["error", "last"])
            until(lambda: len(log.Heard()) >= 18, step=0.1)
            return plain([*out, list(log.Heard())])
            """,
        )
    assert heard[0] == ["device::m/log/1"]
    first, second, last = heard[1][:6], heard[1][6:12], heard[1][12:]
    assert [text[1:5] for text in (first, second, last)] == [
        ["INFO", "m/model/1", "first", ""],
        ["ERROR", "m/model/1", "second", ""],
        ["ERROR", "m/model/1", "last", ""],
    ]
    assert abs(int(first[0]) / 1000 - time.time()) < 60
    assert re.fullmatch(r"@[0-9a-f]+ \[\d+\]", first[5])
