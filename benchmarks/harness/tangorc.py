"""Hides /etc/tangorc, which PyTango's telemetry reads again for every call.

That is so only where ``opentelemetry-api`` can be imported beside PyTango (see ``environment``): in the
peer's own environment, which has PyTango and numpy alone, the file costs nothing once TANGO_HOST is set. It
is hidden all the same, so that the groups that need bluesky beside PyTango (``plans``) are not slowed by it.
The file belongs to the machine, so it is hidden from this process and its children alone, in a mount
namespace of their own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FILE = Path("/etc/tangorc")
_MARK = "PURETANGO_BENCH_NAMESPACE"
_SCRIPT = """
mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work &&
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc &&
rm /etc/tangorc && exec "$@"
"""


def hide(arguments: list[str]) -> int | None:
    """Run the same command where the file is hidden and return its exit code.

    None if the command may go on here: there is no such file, or it cannot be hidden.
    """
    if not FILE.exists() or os.environ.get(_MARK) or not shutil.which("unshare"):
        return None
    probe = ["unshare", "-m", "sh", "-c", _SCRIPT, "sh"]
    if subprocess.run([*probe, "true"], capture_output=True, check=False).returncode:
        return None
    command = [*probe, sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, env={**os.environ, _MARK: "1"}, check=False).returncode
