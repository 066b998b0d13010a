"""Which addresses are this host's: those that it can speak from, whatever its name resolves to."""

from __future__ import annotations

import socket

import pytest

from puretango.client.proxy._admin import _is_this_host


def own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent
        return str(probe.getsockname()[0])


@pytest.fixture
def unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "elsewhere.invalid")


@pytest.mark.usefixtures("unknown_name")
def test_own_addresses_are_own() -> None:
    for address in (
        "127.0.0.1",
        "giop:tcp:127.0.0.1:4711",
        "giop:tcp:[::ffff:127.0.0.1]:4711",
        "localhost",
    ):
        assert _is_this_host(address)
    try:
        address = own_address()
    except OSError:
        pytest.skip("this host has no route")
    assert _is_this_host(f"giop:tcp:{address}:4711")
    assert _is_this_host("giop:unix:/tmp/some-socket")


@pytest.mark.usefixtures("unknown_name")
def test_others_are_not() -> None:
    for address in ("giop:tcp:203.0.113.7:4711", "203.0.113.7", "nowhere.invalid"):
        assert not _is_this_host(address)
