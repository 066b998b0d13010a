"""TANGO_HOST and the tangorc files."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango import DevFailed
from puretango.client import environment_variable, tango_host
from puretango.client.names import _environment


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A home and a system file of the test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    system = tmp_path / "etc-tangorc"
    monkeypatch.setattr(_environment, "SYSTEM_FILE", system)
    monkeypatch.delenv("TANGO_HOST", raising=False)
    return tmp_path / ".tangorc", system


def test_order(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    home, system = files
    assert environment_variable("TANGO_HOST") is None
    system.write_text("# a comment\n tango_host = sys:3 # here\n")
    assert str(tango_host()[0]) == "sys:3"
    home.write_text('TANGO_HOST="home:2"\n')
    assert str(tango_host()[0]) == "home:2"
    monkeypatch.setenv("TANGO_HOST", "a:1,b:2")
    assert [str(place) for place in tango_host()] == ["a:1", "b:2"]


@pytest.mark.parametrize("text", ["", "host", "host:", ":1", "a:1,b"])
def test_wrong(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TANGO_HOST", text)
    with pytest.raises(DevFailed, match="API_TangoHostNotSet"):
        tango_host()
