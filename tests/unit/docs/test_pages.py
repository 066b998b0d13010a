"""The documentation is run: README's server and client, every page's code, every command of the table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.peers.process import Peer, free_port

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(page for page in (ROOT / "docs").glob("*.md") if "```python" in page.read_text())


def blocks(page: Path) -> list[str]:
    """The Python of a page, block by block."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def test_readme_server_and_client(tmp_path: Path) -> None:
    server, client = blocks(ROOT / "README.md")
    assert 'if __name__ == "__main__":' in server
    port = free_port()
    (tmp_path / "power_supply.py").write_text(server)
    (tmp_path / "client.py").write_text(client.replace("45678", str(port)))
    command = [sys.executable, "power_supply.py", "test", "-nodb", "-dlist", "lab/supply/1",
               "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]  # fmt: skip
    with Peer("readme", command, tmp_path, port) as peer:
        peer.wait_for("Ready to accept request")
        done = subprocess.run(
            [sys.executable, "client.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.stderr == ""
    assert done.stdout == "6.0 UNKNOWN ATTR_VALID\nAPI_WAttrOutsideLimit\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_of_the_page_runs(page: Path, tmp_path: Path) -> None:
    script = tmp_path / "page.py"
    script.write_text("\n\n".join(blocks(page)))
    environment = {**os.environ, "MPLBACKEND": "Agg", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "default", str(script)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_pytest_example_of_the_testing_page(tmp_path: Path) -> None:
    first, *_, example = blocks(ROOT / "docs" / "testing.md")
    (tmp_path / "test_valve.py").write_text(first + "\n\n" + example)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_valve.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_every_command_of_the_table_is_there() -> None:
    table = re.findall(
        r"^\| `puretango (\w+)`", (ROOT / "docs" / "cli.md").read_text(), re.MULTILINE
    )
    command = Path(sys.executable).with_name("puretango")
    done = subprocess.run(
        [command, "--help"], capture_output=True, text=True, timeout=30, check=True
    )
    assert [name for name in table if not re.search(rf"\b{name}\b", done.stdout)] == []


def test_links_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []
