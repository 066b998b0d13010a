"""``puretango docs``, ``new``, ``stubs`` and ``xmi`` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from puretango.cli._failure import Failure
from puretango.cli._main import app

DATA = Path(__file__).parents[3] / "data" / "xmi"


def run(*words: str, given: str | None = None) -> str:
    done = CliRunner().invoke(app, list(words), input=given, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def motor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new package, and the user in its folder."""
    run("new", "Motor", "--template", "motor", "--in", str(tmp_path / "motor"))
    monkeypatch.chdir(tmp_path / "motor")
    return Path("src/tangods_motor/device.py")


def test_docs(motor: Path, tmp_path: Path) -> None:
    text = run("docs", str(motor))
    assert text.startswith("# Motor")
    run("docs", str(motor), "--out", "page.md")
    run("docs", str(motor), "--check", "page.md")
    run("docs", str(motor), "--out", "page.html")
    assert Path("page.html").read_text("utf-8").startswith("<!doctype html>")
    run("docs", str(motor), "--check", "page.html")
    assert json.loads(run("docs", str(motor), "--json"))["name"] == "Motor"
    motor.write_text(motor.read_text().replace("Velocity of the next moves.", "How fast."))
    with pytest.raises(Failure, match=r"page\.md is out of date: puretango docs"):
        run("docs", str(motor), "--check", "page.md")


def test_new_refuses_what_it_cannot_do(motor: Path, tmp_path: Path) -> None:
    for words, cause in (
        (("Motor", "--in", "."), "nothing was written"),
        (("bad_name",), "not a name for a class"),
        (("Pump", "--template", "toaster"), "there are power-supply, motor"),
        (("Pump", "--template", "motor", "--from", "x.xmi"), "take one"),
        (("Pump", "--from", "missing.xmi"), r"missing\.xmi"),
    ):
        with pytest.raises(Failure, match=cause):
            run("new", *words)


def test_stubs(motor: Path) -> None:
    assert "class MotorProxy(DeviceProxy):" in run("stubs", str(motor))
    assert "Component(TangoSignal" in run("stubs", str(motor), "--kind", "ophyd")
    assert "SignalRW[float]" in run("stubs", str(motor), "--kind", "ophyd-async")
    with pytest.raises(Failure, match="there are proxy, ophyd, ophyd-async"):
        run("stubs", str(motor), "--kind", "java")


def test_xmi(motor: Path) -> None:
    run("xmi", str(motor), "--out", "Motor.xmi")
    run("xmi", "Motor.xmi", "--check", str(motor))
    run("xmi", "Motor.xmi", "--out", "generated")
    assert "PROTECTED REGION ID(Motor.init_device)" in Path("generated/Motor.py").read_text()
    run("xmi", "Motor.xmi", "--out", "generated")  # over itself
    motor.write_text(motor.read_text().replace('unit="mm/s"', 'unit="m/s"'))
    with pytest.raises(Failure, match="differ in 1 places"):
        run("xmi", "Motor.xmi", "--check", str(motor))
    with pytest.raises(Failure, match="No such file"):
        run("xmi", str(DATA.parent / "xmi" / "missing.xmi"), "--check", str(motor))
