"""The server of a test: short device names mean its devices while the test runs."""

from __future__ import annotations

from urllib.parse import urlparse, urlunparse

from puretango.client.context._context import add_name_resolver, remove_name_resolver

__all__ = [
    "InvalidTangoHostTrlError",
    "clear_test_host",
    "full_device_name",
    "set_test_host",
    "test_host",
]


class InvalidTangoHostTrlError(ValueError):
    """The server of a test is not named as ``tango://host:port[#dbase=no]``."""


class _Current:
    trl: str | None = None


def test_host() -> str | None:
    """The server of the test that is running, if any."""
    return _Current.trl


def set_test_host(trl: str | None) -> None:
    """Let short device names mean devices of ``tango://host:port[#dbase=no]``."""
    clear_test_host()
    _Current.trl = trl
    if trl is not None:
        add_name_resolver(full_device_name)


def clear_test_host() -> None:
    """Let short device names mean devices of the control system again."""
    if _Current.trl is not None:
        remove_name_resolver(full_device_name)
    _Current.trl = None


def full_device_name(name: str) -> str:
    """The full name, on the test's server, of a device or attribute with a short one."""
    trl = _Current.trl
    if trl is None or urlparse(name).scheme:
        return name
    _check(trl)
    scheme, netloc, _, _, _, fragment = urlparse(trl)
    return urlunparse((scheme, netloc, name, "", "", fragment))


def _check(trl: str) -> None:
    parsed = urlparse(trl)
    try:
        port = parsed.port
    except ValueError:
        port = None
    wrong = (
        ("scheme must be tango", parsed.scheme != "tango"),
        ("hostname is missing", not parsed.hostname),
        ("port is missing or zero", not port),
        ("path must be empty", parsed.path not in ("", "/") or bool(parsed.path)),
        ("params and query must be empty", bool(parsed.params or parsed.query)),
        ("fragment must be dbase=yes or dbase=no", parsed.fragment not in _FRAGMENTS),
    )
    for reason, is_wrong in wrong:
        if is_wrong:
            raise InvalidTangoHostTrlError(f"TRL {trl!r}: {reason}")


_FRAGMENTS = ("", "dbase=yes", "dbase=no")
