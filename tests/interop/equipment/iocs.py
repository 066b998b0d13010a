"""Simulated EPICS IOCs as processes of their own, and programs that talk to them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pytest

from puretango.sim import SimulatedIoc


@dataclass(frozen=True)
class Ioc:
    """A running IOC and a directory for its files and its clients'."""

    ioc: SimulatedIoc
    directory: Path

    @property
    def prefix(self) -> str:
        """Of its PVs."""
        return self.ioc.prefix

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs to reach it and no other."""
        # ophyd over caproto, or over pyepics where that is installed and asked for.
        layer = os.environ.get("PURETANGO_EPICS_LAYER", "caproto")
        return self.ioc.environment | {
            "TMPDIR": str(self.directory),
            "OPHYD_CONTROL_LAYER": layer,
        }

    def python(self, source: str, *, timeout: float = 110.0, **values: Any) -> Any:
        """Run a program that sees `values` by name; what it puts into `result` comes back."""
        return run_python(source, self.environment, timeout=timeout, **values)


def needs(*modules: str) -> None:
    """Skip the test where a module is not installed; none is imported into this process."""
    for module in modules:
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")


PROLOGUE = f"""
import json, os, sys
globals().update(json.loads(sys.argv[1]))
sys.path.append({str(Path(__file__).resolve().parents[3])!r})
from tests.waiting import eventually, never, until, when
result = None
"""
# Client threads of ophyd and caproto do not end by themselves.
EPILOGUE = """
print("RESULT" + json.dumps(result, default=lambda value: value.tolist()))
sys.stdout.flush(); os._exit(0)
"""


def run_python(
    source: str, environment: dict[str, str], *, timeout: float = 110.0, **values: Any
) -> Any:
    """Run `source` in a process of its own and return its `result`."""
    program = PROLOGUE + textwrap.dedent(source) + EPILOGUE
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, json.dumps(values)],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    if done.returncode or not lines:
        pytest.fail(
            f"the program failed:\n{done.stdout[-4000:]}\n{done.stderr[-6000:]}", pytrace=False
        )
    return json.loads(lines[-1].removeprefix("RESULT"))


@contextlib.contextmanager
def serve(
    kind: Literal["busy", "pilatus"], prefix: str, directory: Path, **options: Any
) -> Iterator[Ioc]:
    """Run a simulated IOC until the context ends."""
    with SimulatedIoc(kind, prefix, **options) as ioc:
        yield Ioc(ioc, directory)
