"""How a device server's program ends on a signal: PyTango's and ours alike, in the new style and the old."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.interop.peers.process import free_port, python, require_pytango


@pytest.mark.parametrize("implementation", ["tango", "puretango"])
@pytest.mark.parametrize(
    ("style", "signals", "expected"),
    [
        ("high", ["SIGUSR1", "SIGTERM"], ["signal SIGUSR1", "signal SIGTERM", "deleted"]),
        ("high", ["SIGHUP", "SIGUSR1", "SIGTERM"], ["signal SIGUSR1", "signal SIGTERM", "deleted"]),
        ("high", ["SIGINT"], ["deleted"]),
        ("high", ["SIGQUIT"], ["deleted"]),
        ("low", ["SIGQUIT"], ["deleted"]),
        ("low", ["SIGTERM"], ["deleted"]),
        ("low", ["SIGINT"], ["deleted"]),
    ],
)
@pytest.mark.slow
def test_signals(implementation: str, style: str, signals: list[str], expected: list[str]) -> None:
    require_pytango()
    command = python(
        "devices/ending.py", implementation, style, "test", "-nodb", "-dlist", "test/ending/1",
        "-ORBendPoint", f"giop:tcp:127.0.0.1:{free_port()}",
    )  # fmt: skip
    environment = {**os.environ, "TANGO_HOST": "127.0.0.1:1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "Ready to accept request"
            lines = []
            for name in signals:
                process.send_signal(signal.Signals[name])
                if name != "SIGHUP":  # of which nothing is heard
                    lines.append(process.stdout.readline().strip())
            # Not communicate(): what came together with the last line is in the stream's buffer already.
            rest = process.stdout.read()
            process.wait()
        finally:
            process.kill()
    # PyTango may or may not come to what follows server_run.
    ignored = {"", "Exited", "after server_run"}
    said = [line for line in (*lines, *rest.splitlines()) if line not in ignored]
    if implementation == "tango":
        # It sometimes ends before it has said all.
        assert said == expected[: len(said)]
    else:
        assert said == expected
        assert process.returncode == 0
