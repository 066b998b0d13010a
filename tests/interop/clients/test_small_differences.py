"""Many small things that PyTango does in its own way: ours print the same lines."""

from __future__ import annotations

import subprocess

import pytest

from tests.interop.peers.process import python, require_pytango


def lines_of(module: str) -> list[str]:
    done = subprocess.run(
        python("small_differences.py", module),
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line.startswith("* ")]


@pytest.mark.slow
def test_as_pytango() -> None:
    require_pytango()
    wanted, got = lines_of("tango"), lines_of("puretango")
    assert len(wanted) > 80
    assert got == wanted
