"""Errors as one line and an exit code."""

from __future__ import annotations

import pytest

from puretango.cli._failure import FAILED, UNREACHABLE, Failure, explained
from puretango.errors import ConnectionFailed, DevError, DevFailed, ErrSeverity, StoreError


def error(reason: str, desc: str) -> DevError:
    return DevError(reason, ErrSeverity.ERR, desc, "origin")


def test_no_database() -> None:
    failed = ConnectionFailed(
        error("API_CorbaException", "TRANSIENT CORBA system exception: TRANSIENT_ConnectFailed"),
        error(
            "API_CantConnectToDatabase",
            "Failed to connect to database on host 127.0.0.1 with port 10000",
        ),
    )
    assert explained(failed) == (
        (
            "no database at 127.0.0.1:10000: nobody listens there "
            "(puretango db starts one; --tango-host or TANGO_HOST names another)"
        ),
        UNREACHABLE,
    )


@pytest.mark.parametrize(
    ("host", "port", "text"),
    [
        ("no-such-host.invalid", 10000, "there is no host no-such-host.invalid"),
        ("127.0.0.1", 99999, "a port is a number from 1 to 65535"),
    ],
)
def test_an_address_that_cannot_be(host: str, port: int, text: str) -> None:
    failed = ConnectionFailed(
        error("API_CorbaException", "TRANSIENT CORBA system exception: TRANSIENT_ConnectFailed"),
        error(
            "API_CantConnectToDatabase",
            f"Failed to connect to database on host {host} with port {port}",
        ),
    )
    assert explained(failed)[0].startswith(f"no database at {host}:{port}: {text} (")


def test_a_device_whose_server_does_not_run() -> None:
    failed = ConnectionFailed(
        error("API_CorbaException", "TRANSIENT CORBA system exception: TRANSIENT_ConnectFailed"),
        error("API_ServerNotRunning", "The connection request was delayed. Device a/b/c"),
    )
    text, code = explained(failed)
    assert code == UNREACHABLE
    assert text == "The connection request was delayed. Device a/b/c: nobody listens there"


def test_the_first_cause_of_a_device_is_told() -> None:
    failed = DevFailed(
        error("API_AttrNotFound", "nothing\nis  not found"),
        error("API_AttributeFailed", "Failed to read"),
    )
    assert explained(failed) == (
        "nothing is not found (API_AttrNotFound; what there is: puretango ls DEVICE)",
        FAILED,
    )


def test_others() -> None:
    assert explained(StoreError("store x: locked")) == ("store x: locked", FAILED)
    assert explained(Failure("wrong", 2)) == ("wrong", 2)
    assert explained(OSError("address in use")) == ("address in use", FAILED)
    assert explained(ValueError()) == ("ValueError", FAILED)
    assert explained(DevFailed())[1] == FAILED
