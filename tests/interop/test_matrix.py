"""The whole list of operations, of every type and format with edge values, in every direction.

Each operation is a function that runs on either implementation; what PyTango's client gets from PyTango's
server is what every other pair must get.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.interop.conftest import Answers, ask_puretango, ask_pytango, neutral, nodb
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.operations.operations import OPERATIONS
from tests.interop.peers.process import Peer


def check(got: Any, expected: Any) -> None:
    """Equal; and where not, the message names the first place."""
    assert differences(got, expected) == []


def differences(got: Any, expected: Any, path: str = "") -> list[str]:
    """Where two plain answers differ."""
    if (
        isinstance(got, (list, tuple))
        and isinstance(expected, (list, tuple))
        and len(got) == len(expected)
    ):
        return [text for number, (one, other) in enumerate(zip(got, expected, strict=True))
                for text in differences(one, other, f"{path}[{number}]")]  # fmt: skip
    if isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys():
        return [
            text for key in got for text in differences(got[key], expected[key], f"{path}[{key!r}]")
        ]
    same = got == expected and type(got) is type(expected)
    return (
        [] if same else [f"{path}: got {str(got)[:400]!r}, PyTango gives {str(expected)[:400]!r}"]
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_pytango_client_to_our_server(
    name: str, pytango_client: PyTangoClient, puretango_server: Peer, reference: Answers
) -> None:
    got = ask_pytango(pytango_client, name, nodb(puretango_server.port))
    check(neutral(got, f"127.0.0.1:{puretango_server.port}"), reference(name, ""))


@pytest.mark.parametrize("name", OPERATIONS)
def test_our_client_to_pytango_server(name: str, pytango_server: Peer, reference: Answers) -> None:
    got = ask_puretango(name, nodb(pytango_server.port))
    check(neutral(got, f"127.0.0.1:{pytango_server.port}"), reference(name, ""))


@pytest.mark.parametrize("name", OPERATIONS)
def test_our_client_to_our_server(name: str, puretango_server: Peer, reference: Answers) -> None:
    got = ask_puretango(name, nodb(puretango_server.port))
    check(neutral(got, f"127.0.0.1:{puretango_server.port}"), reference(name, ""))
