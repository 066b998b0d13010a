"""What once made servers stop for ever, crash, or refuse a loop of another make is nowhere in the product."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GUESSES = {
    "other threads' frames": r"_current_frames|\.ident\b.*frame",
    "the text of a lock": r"repr\([^)]*(lock|monitor)[^)]*\)",
    "the make of a loop's transports": r"isinstance\([^)]*\b(Transport|BaseTransport|AbstractEventLoop)\b",
    "a call without a limit to the resolver": r"loop\.getaddrinfo|create_connection\(\s*[\w.]+,\s*host\b",
}


@pytest.mark.parametrize("guess", GUESSES)
def test_nowhere(guess: str, project_root: Path) -> None:
    sources = project_root / "src" / "puretango"
    found = [
        f"{path.relative_to(sources)}: {line.strip()}"
        for path in sources.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(GUESSES[guess], line)
    ]
    assert found == []
