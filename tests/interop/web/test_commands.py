"""`puretango web` and `puretango demo --web`, as they are typed: what they print, who gets in, how they end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from puretango.testing import TangoSystem
from tests.interop.peers.process import Peer, free_port, puretango
from tests.interop.web.browser import Tab
from tests.interop.web.waits import PUSH, live
from tests.unit.hub.devices import Pushing
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


@pytest.fixture(scope="module")
def tango_host() -> Iterator[str]:
    """A control system of one device."""
    with TangoSystem({Pushing: [PUSH]}, short_names=False) as running:
        yield running.tango_host


def command(tango_host: str, directory: Path, *options: str) -> Peer:
    """`puretango web` with these options."""
    port = free_port()
    words = puretango("web", "--port", str(port), "--state", str(directory / "state"), *options)
    return Peer("web", words, directory, port, {"TANGO_HOST": tango_host})


def end(peer: Peer) -> None:
    """Ctrl-C, after which nothing is complained of."""
    os.kill(peer.pid, signal.SIGINT)
    until(lambda: peer.ended)
    assert "Traceback" not in peer.output()


def test_the_pages_by_one_command(tango_host: str, tab: Tab, tmp_path: Path) -> None:
    with command(tango_host, tmp_path) as peer:
        peer.wait_for(f"Tango at {tango_host} on http://localhost:{peer.port}")
        tab.open(f"http://localhost:{peer.port}/d/{PUSH}")
        tab.until_value(f"{PUSH}/number", live)
        tab.fill("set number", "3", enter=True)
        tab.until_value(f"{PUSH}/number", lambda text: text.startswith("3"))
        assert tab.text(".role") == "expert"
        tab.open("about:blank")
        end(peer)
    assert (tmp_path / "state" / "journal.jsonl").read_text().count('"write"') == 1


def test_read_only_for_everybody(tango_host: str, tab: Tab, tmp_path: Path) -> None:
    with command(tango_host, tmp_path, "--read-only") as peer:
        peer.wait_for("Ctrl-C ends it")
        tab.open(f"http://localhost:{peer.port}/d/{PUSH}")
        tab.until_value(f"{PUSH}/number", live)
        assert tab.text(".role") == "viewer, read only"
        assert tab.js("document.querySelectorAll('.setter').length") == 0
        tab.open("about:blank")


def test_a_token_by_the_address(tango_host: str, tab: Tab, tmp_path: Path) -> None:
    tokens = ("--token", "operator:turn-the-wheel", "--token", "viewer:only-to-look")
    with command(tango_host, tmp_path, *tokens) as peer:
        peer.wait_for("token 1: operator")
        assert "turn-the-wheel" not in peer.output()
        tab.open(f"http://localhost:{peer.port}/d/{PUSH}#token=turn-the-wheel")
        tab.until_value(f"{PUSH}/number", live)
        assert tab.text(".role") == "operator"
        tab.open("about:blank")


def test_other_machines_want_a_token(tango_host: str, tmp_path: Path) -> None:
    done = subprocess.run(
        puretango("web", "--host", "0.0.0.0", "--port", str(free_port())),
        env={**os.environ, "TANGO_HOST": tango_host},
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "token" in done.stderr


def test_the_demo_ends_with_its_address(tab: Tab, tmp_path: Path) -> None:
    """What the demo has made is there to be looked at, until Ctrl-C."""
    directory = tmp_path / "demo"
    directory.mkdir()
    with Peer("demo", puretango("demo", "--web"), directory) as peer:
        peer.wait_for("Ctrl-C ends it", 150)
        address = re.findall(r"http://\S+/d/\S+", peer.output())[-1]
        tab.open(address)
        tab.until_value("sys/tg_test/1/double_scalar", live)
        tab.open("about:blank")
        end(peer)
