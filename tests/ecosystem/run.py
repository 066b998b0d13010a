"""`make ecosystem`: programs written for PyTango, run unmodified on PyTango and on puretango, and compared.

An environment of its own (`.ecosystem`) has PyTango, puretango and the programs side by side. Each program's *act*
does one meaningful thing against a fresh `puretango db`; its output must be the same with both libraries. A program's
own suite, where its source distribution or its package has one, must pass with puretango wherever it passes with
PyTango. `run.py zingo panic` runs some; `--acts` or `--suites` one of the two kinds.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from programs import PROGRAMS, Program, requirements

ROOT = Path(__file__).resolve().parents[2]
ACTS = Path(__file__).with_name("acts")
ENVIRONMENT = Path(os.environ.get("PURETANGO_ECOSYSTEM", ROOT / ".ecosystem"))
PYTHON = ENVIRONMENT / "bin" / "python"
SOURCES = ENVIRONMENT / "sources"
LIBRARIES: dict[str, Sequence[str]] = {
    "PyTango": (str(PYTHON),),
    "puretango": (str(PYTHON), "-m", "puretango.compat"),
}
SECONDS = 240.0


def install(programs: Sequence[Program]) -> None:
    """Make the environment, or add to it what is missing."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-e", str(ROOT), *requirements(tuple(programs))], check=True)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """A fresh control system's HOST:PORT."""
    command = [str(PYTHON), "-m", "puretango", "db", "--port", "0", "--store", ":memory:"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder
    ) as server:
        assert server.stdout is not None
        found = re.search(r"TANGO_HOST=(\S+)", server.stdout.readline())
        assert found is not None, "the database did not start"
        try:
            yield found[1]
        finally:
            server.terminate()


def surroundings(tango_host: str) -> dict[str, str]:
    """The programs' environment variables: nothing of the machine's own control system."""
    # Debian puts C++ TangoTest, which itango's tests start, where no PATH looks.
    path = os.pathsep.join((str(ENVIRONMENT / "bin"), os.environ["PATH"], "/usr/lib/tango"))
    own = {"TANGO_HOST": tango_host, "PATH": path, "QT_QPA_PLATFORM": "offscreen"}
    return {**os.environ, **own, "PYTHONUNBUFFERED": "1", "COLUMNS": "120"}


def play(program: Program, library: str) -> tuple[bool, str]:
    """Run a program's act with one library: whether it went through, and what it said."""
    act = ACTS / f"{program.act}.py"
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as tango_host:
        try:
            done = subprocess.run(
                [*LIBRARIES[library], str(act)],
                cwd=folder,
                env={**surroundings(tango_host), "PYTHONPATH": str(ACTS)},  # what they share
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as stuck:
            return False, f"stuck after {SECONDS:g} s: {stuck.stdout!r}"
    return done.returncode == 0, done.stdout if done.returncode == 0 else done.stdout + done.stderr


def compare_acts(program: Program) -> tuple[bool, str]:
    """A program's act with both libraries: the verdict in words."""
    said = {}
    for library in LIBRARIES:
        good, said[library] = play(program, library)
        if not good:
            return False, f"fails with {library}:\n{said[library][-2500:]}"
    if said["PyTango"] != said["puretango"]:
        lines = (text.splitlines() for text in said.values())
        return False, "differs:\n" + "\n".join(difflib.unified_diff(*lines, *said, lineterm=""))
    return True, f"the same {len(said['PyTango'].splitlines())} lines"


def source(program: Program) -> Path:
    """The unpacked source distribution; downloaded once."""
    stem = f"{program.name.replace('-', '_')}-{program.version}"
    SOURCES.mkdir(parents=True, exist_ok=True)
    found = [each for each in SOURCES.glob(f"{stem}*") if each.is_dir()]
    if found:
        return found[0]
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        program.name,
    ]
    subprocess.run([*pip, "-d", str(SOURCES), program.requirement], check=True, timeout=600)
    with tarfile.open(next(SOURCES.glob(f"{stem}*.tar.gz"))) as archive:
        archive.extractall(SOURCES, filter="data")
    return next(each for each in SOURCES.glob(f"{stem}*") if each.is_dir())


@contextmanager
def control_system(folder: Path) -> Iterator[str]:
    """A fresh control system with C++ TangoTest, as the suites of taurus, Sardana and nxswriter want one."""
    with database(folder) as tango_host:
        environment = surroundings(tango_host)
        subprocess.run([str(PYTHON), "-c", _REGISTER], env=environment, check=True)
        with subprocess.Popen(
            ["TangoTest", "test"], env=environment, stdout=subprocess.DEVNULL, cwd=folder
        ) as server:
            try:
                yield tango_host
            finally:
                server.terminate()


_REGISTER = """
import puretango as tango
device = tango.DbDevInfo()
device.name, device.server, device._class = "sys/tg_test/1", "TangoTest/test", "TangoTest"
tango.Database().add_device(device)
"""


@contextmanager
def no_control_system(_folder: Path) -> Iterator[str]:
    """Nobody listens there."""
    yield "127.0.0.1:1"


def passing(program: Program, library: str) -> tuple[set[str], int]:
    """The cases of a program's own suite that pass with one library; and how many there are."""
    # Without one of their own, pytest would take this project's settings: warnings are errors there.
    (ENVIRONMENT / "pytest.ini").write_text("[pytest]\n")
    found: set[str] = set()
    count = 0
    parts = []
    if program.suite:
        parts.append((source(program) / program.within, program.suite))
    for part in program.inside:  # a process for each: one that ends takes no other along
        path, *options = part.split()
        (tests,) = ENVIRONMENT.glob(f"lib/python*/site-packages/{path}")
        parts.append((ENVIRONMENT, (*options, str(tests))))
    for folder, targets in parts:
        passed, run = _passing(program, library, folder, targets)
        found |= passed
        count += run
    return found, count


def _passing(
    program: Program, library: str, folder: Path, targets: Sequence[str]
) -> tuple[set[str], int]:
    surrounding = control_system if program.in_system else no_control_system
    with (
        tempfile.TemporaryDirectory() as scratch,
        surrounding(Path(scratch)) as tango_host,
    ):
        report = Path(scratch, "report.xml")
        runner = ["-m", "pytest"] if library == "PyTango" else ["pytest"]
        command = [
            *LIBRARIES[library], *runner, "-q", "-p", "no:cacheprovider", "-p", "no:puretango",
            "--timeout=120", f"--junitxml={report}", *program.options, *targets,
        ]  # fmt: skip
        try:
            subprocess.run(
                command,
                cwd=folder,
                env=surroundings(tango_host),
                capture_output=True,
                timeout=900,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return set(), 0
        if not report.exists():
            return set(), 0
        cases = list(ET.parse(report).iter("testcase"))
        passed = {f"{case.get('classname')}::{case.get('name')}" for case in cases if not len(case)}
        return passed, len(cases)


def compare_suites(program: Program) -> tuple[bool, str]:
    """A program's suite with both libraries: the verdict in words."""
    theirs, count = passing(program, "PyTango")
    ours, _ = passing(program, "puretango")
    lost = sorted(theirs - ours)
    verdict = f"{len(ours)} pass, {len(theirs)} with PyTango, of {count}"
    # Where PyTango itself passes few, something is wrong with the environment: no verdict at all.
    return len(theirs) * 2 > count > 0 and not lost, "\n".join(
        [verdict, *(f"  lost: {case}" for case in lost)]
    )


def main() -> int:
    """Run, print a line per program; 1 if any of them does otherwise than with PyTango."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*", choices=[*(each.name for each in PROGRAMS), []])
    parser.add_argument("--acts", action="store_true")
    parser.add_argument("--suites", action="store_true")
    parser.add_argument("--no-install", action="store_true", help="take the environment as it is")
    parser.add_argument("--only-install", action="store_true", help="run nothing")
    options = parser.parse_args()
    programs = [each for each in PROGRAMS if not options.programs or each.name in options.programs]
    if not options.no_install:
        install(programs)
    if options.only_install:
        return 0
    good = True
    for program in programs:
        for kind, compare, there, skipped in (
            ("act", compare_acts, program.act, options.suites),
            ("suite", compare_suites, program.suite or program.inside, options.acts),
        ):
            if not there or skipped:
                continue
            started = time.monotonic()
            passed, verdict = compare(program)
            good = good and passed
            word = "ok" if passed else "NOT OK"
            print(
                f"{program.requirement:26} {kind:6} {word:7} {time.monotonic() - started:5.0f} s  {verdict}",
                flush=True,
            )
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
