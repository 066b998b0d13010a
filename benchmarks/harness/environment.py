"""The peer's own environment: PyTango and numpy, and nothing else.

PyTango patches itself for telemetry when ``opentelemetry-api`` can be imported beside it (bluesky brings
that), and then opens and reads files for each request: some five times slower in the client. A user of
PyTango alone does not have that, so the peer runs in an environment that this benchmark makes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PACKAGES = ("pytango==10.3.1", "numpy")
GIVEN = "PURETANGO_BENCH_PEER"
"""Names another Python with PyTango, for whoever has such an environment already."""
_HOME = Path(__file__).resolve().parents[2] / ".bench-peer"


def peer_python() -> str:
    """The Python executable of an environment with PyTango alone, made when first needed."""
    given = os.environ.get(GIVEN)
    if given:
        return given
    python = _HOME / "bin" / "python"
    if not (_HOME / ".complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(_HOME)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (_HOME / ".complete").touch()
    return str(python)


def is_plain(python: str) -> bool:
    """True if OpenTelemetry cannot be imported in that environment."""
    probe = "import importlib.util as u, sys; sys.exit(bool(u.find_spec('opentelemetry')))"
    return subprocess.run([python, "-c", probe], check=False).returncode == 0
