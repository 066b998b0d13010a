"""bluesky-queueserver and blueapi run plans on devices of Tango, by the profiles in `examples`."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango.sim import Motor, TangoTest
from puretango.testing import TangoSystem
from tests.interop.peers.process import Peer, free_port, program
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
_ALL = {
    "allowed_plans": [None],
    "forbidden_plans": [":^_"],
    "allowed_devices": [None],
    "forbidden_devices": [":^_:?.*"],
    "allowed_functions": [None],
    "forbidden_functions": [":^_"],
}
_WHY = "pip install bluesky-queueserver blueapi; PURETANGO_SERVICES=the folder of their programs"


def services(name: str) -> str:
    """One of their programs; skips where it is not installed."""
    folder = Path(os.environ.get("PURETANGO_SERVICES", ROOT / ".services" / "bin"))
    if not (folder / name).exists():
        pytest.skip(_WHY)
    return str(folder / name)


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A Tango system with the devices of the profiles."""
    devices = {TangoTest: ["sys/tg_test/1"], Motor: ["sim/motor/1"]}
    with TangoSystem(devices, short_names=False) as system:
        yield {
            "TANGO_HOST": system.tango_host,
            "OPHYD_CONTROL_LAYER": "dummy",
            "PYTHONPATH": str(EXAMPLES),
            "TMPDIR": str(tmp_path),
            "HOME": str(tmp_path),
        }


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_queueserver(tmp_path: Path, environment: dict[str, str]) -> None:
    manager, qserver = services("start-re-manager"), services("qserver")
    redis_port, control, info = free_port(), free_port(), free_port()
    redis = [
        program("redis-server"),
        "--port",
        str(redis_port),
        "--save",
        "",
        "--dir",
        str(tmp_path),
    ]
    permissions = tmp_path / "permissions.yaml"
    permissions.write_text(json.dumps({"user_groups": {"root": _ALL, "primary": _ALL}}))
    command = [
        manager, "--startup-script", str(EXAMPLES / "queueserver_profile.py"),
        "--existing-plans-devices", str(tmp_path / "plans_and_devices.yaml"),
        "--update-existing-plans-devices", "ENVIRONMENT_OPEN",
        "--user-group-permissions", str(permissions),
        "--redis-addr", f"127.0.0.1:{redis_port}",
        "--zmq-control-addr", f"tcp://*:{control}", "--zmq-info-addr", f"tcp://*:{info}",
    ]  # fmt: skip

    def ask(*words: str) -> str:
        return subprocess.run(
            [qserver, "--zmq-control-addr", f"tcp://127.0.0.1:{control}", *words],
            env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=120,
        ).stdout  # fmt: skip

    with (
        Peer("redis", redis, tmp_path, redis_port),
        Peer("re-manager", command, tmp_path, environment=environment),
    ):
        until(lambda: "'manager_state': 'idle'" in ask("status"), 120.0)
        ask("environment", "open")
        until(lambda: "'worker_environment_exists': True" in ask("status"), 120.0)
        plan = {"name": "scan", "args": [["peak"], "axis", 0, 1, 3], "item_type": "plan"}
        added = ask("queue", "add", "plan", json.dumps(plan))
        assert "'success': True" in added, added
        ask("queue", "start")
        until(lambda: "exit_status" in ask("history", "get"), 120.0)
        history = ask("history", "get")
        assert "'exit_status': 'completed'" in history, history
        ask("environment", "close")
        until(lambda: "'worker_environment_exists': False" in ask("status"), 120.0)
        ask("manager", "stop")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_blueapi(tmp_path: Path, environment: dict[str, str]) -> None:
    blueapi, port = services("blueapi"), free_port()
    config = tmp_path / "config.yaml"
    sources = [
        {"kind": "planFunctions", "module": "blueapi_devices"},
        {"kind": "deviceManager", "module": "blueapi_devices"},
    ]
    settings = {"env": {"sources": sources}, "api": {"url": f"http://127.0.0.1:{port}/"}}
    config.write_text(json.dumps(settings))  # JSON is YAML

    def ask(method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def is_ready() -> bool:
        try:
            return bool(ask("GET", "/environment")["initialized"])
        except OSError:
            return False

    with Peer("blueapi", [blueapi, "-c", str(config), "serve"], tmp_path, environment=environment):
        until(is_ready, 120.0)
        assert {one["name"] for one in ask("GET", "/devices")["devices"]} >= {"source", "axis"}
        parameters = {"axis": "axis", "detectors": ["source"], "positions": [0, 0.5, 1]}
        task = {"name": "step", "params": parameters, "instrument_session": "cm12345-1"}
        number = ask("POST", "/tasks", task)["task_id"]
        ask("PUT", "/worker/task", {"task_id": number})
        done = until(
            lambda: (told := ask("GET", f"/tasks/{number}"))["is_complete"] and told, 120.0
        )
        assert not done["errors"], done
