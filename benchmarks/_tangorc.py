"""Hides /etc/tangorc, which PyTango reads again for every call.

With the file present each of PyTango's calls takes some 55 µs more: without it is the case that is
best for PyTango, and the fair one. The file belongs to the machine, so it is hidden from this
process and its children alone, in a mount namespace of their own.
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
