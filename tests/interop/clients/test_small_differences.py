"""Many small things that PyTango does in its own way: ours print the same lines."""

from __future__ import annotations

import subprocess

import pytest

from tests.interop.peers.process import python, require_pytango


def lines_of(module: str, program: str = "small_differences.py") -> list[str]:
    done = subprocess.run(
        python(program, module),
        stdout=subprocess.PIPE,
        text=True,
        timeout=100,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line.startswith("* ")]


@pytest.mark.slow
def test_as_pytango() -> None:
    require_pytango()
    wanted, got = lines_of("tango"), lines_of("puretango")
    assert len(wanted) > 80
    assert got == wanted


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_interfaces_memorized_values_and_debug_levels_as_pytango() -> None:
    require_pytango()
    wanted, got = (lines_of(module, "more_differences.py") for module in ("tango", "puretango"))
    assert len(wanted) > 40
    assert got == wanted
