"""`make conformance`: PyTango's own suite, and ophyd-async's Tango tests, run on puretango beside their baselines.

The suites come from their source distributions and are run unmodified, with the name `tango` served by puretango
(`python -m puretango.compat pytest …`). `run.py pytango test_server test_enums` runs some files of one suite;
`--peer` runs the same files on PyTango itself. `run.py ophyd-async-moved` runs ophyd-async's tests with their imports
moved to puretango, as `moved.py` says.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from moved import move_suite

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".conformance"
PASSING = ROOT / "tests" / "data" / "pytango-10.3.1-suite-passing.txt"
# The files in each of which at least 95 % of the cases must pass (those with Gevent in their names are a bonus).
JUDGED = (
    "test_server", "test_attributes", "test_commands", "test_properties", "test_enums", "test_utils",
    "test_multi_attr_prop", "test_log", "test_test_context", "test_subdevdiag", "test_pickling",
    "test_pprint", "test_event", "test_event_data", "test_attrconfeventdata",
)  # fmt: skip
WANTED = 0.95
_INI = "[pytest]\nasyncio_default_fixture_loop_scope = function\nasyncio_mode = {mode}\n"


@dataclass
class Suite:
    """A source distribution and the test files in it."""

    name: str
    version: str
    tests: Sequence[str]
    asyncio_mode: str
    options: Sequence[str] = ()
    compat: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    #: The package whose imports, and those of its tests, are moved to puretango; "" runs everything as it is.
    moves: str = ""

    @property
    def title(self) -> str:
        """The suite's name on the command line and in its files."""
        return f"{self.name}-moved" if self.moves else self.name

    def source(self) -> Path:
        """The unpacked distribution; downloaded once."""
        folder = WORK / f"{self.name.replace('-', '_')}-{self.version}"
        if not folder.is_dir():
            WORK.mkdir(exist_ok=True)
            print(
                f"== downloading the source distribution of {self.name} {self.version}", flush=True
            )
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                       "--no-binary", self.name, "-d", str(WORK), f"{self.name}=={self.version}"]  # fmt: skip
            subprocess.run(command, check=False, capture_output=True, timeout=900)
            archives = sorted(WORK.glob(f"{self.name.replace('-', '?')}-{self.version}.tar.gz"))
            if not archives:
                raise SystemExit(f"no source distribution of {self.name} {self.version} to be had")
            with tarfile.open(archives[0]) as archive:
                archive.extractall(WORK, filter="data")
            found = next(
                path
                for path in WORK.iterdir()
                if path.is_dir() and path.name.lower() == folder.name.lower()
            )
            if found != folder:
                found.rename(folder)
        return folder

    def copy(self) -> Path:
        """The tests alone, so that nothing else of the distribution is importable beside them."""
        target = WORK / f"{self.title}-tests"
        if self.moves:
            shutil.rmtree(target, ignore_errors=True)  # what is moved, and how, may have changed
            found = importlib.util.find_spec(self.moves)
            assert found is not None, f"{self.moves} is not installed"
            move_suite(self.source(), Path(str(found.origin)).parent, target)
            (target / "pytest.ini").write_text(_INI.format(mode=self.asyncio_mode))
        elif not target.is_dir():
            shutil.copytree(self.source() / "tests", target / "tests")
            (target / "pytest.ini").write_text(_INI.format(mode=self.asyncio_mode))
        return target


_OPHYD_ASYNC = ("-W", "ignore", "-m", "not motorsim and not adsim")
_TUTORIALS = "tests/system_tests/test_tutorials.py"
SUITES = {
    "pytango": Suite(
        "pytango",
        "10.3.1",
        ["tests/test_*.py"],
        "strict",
        ["--forked"],
        ["--limits"],  # some of its cases ask whether they are kept
        {"PYTANGO_TESTS_RUNNING": "True"},
    ),
    "ophyd-async": Suite(
        "ophyd-async",
        "0.21.3",
        ["tests/*/tango/**/test_*.py"],
        "auto",
        _OPHYD_ASYNC,
    ),
    "ophyd-async-moved": Suite(
        "ophyd-async",
        "0.21.3",
        ["tests/*/tango/**/test_*.py", _TUTORIALS],
        "auto",
        [*_OPHYD_ASYNC, *(f"--deselect={_TUTORIALS}::test_implementing_devices[ophyd_async.{other}]"
                          for other in ("sim", "epics.demo"))],
        moves="ophyd_async.tango",
    ),
}  # fmt: skip


@dataclass
class Outcome:
    """What became of the cases of one file."""

    file: str
    cases: dict[str, str]
    seconds: float
    text: str

    def count(self, *kinds: str) -> int:
        """How many ended so."""
        return sum(one in kinds for one in self.cases.values())


def run_file(suite: Suite, file: Path, folder: Path, peer: bool, extra: Sequence[str]) -> Outcome:
    """Run one test file in a process of its own."""
    stem = file.stem
    report = WORK / f"{suite.title}-{stem}.xml"
    report.unlink(missing_ok=True)
    plain = peer or bool(suite.moves)
    python = [sys.executable, *([] if plain else ["-m", "puretango.compat", *suite.compat])]
    runner = ["-m", "pytest"] if plain else ["pytest"]
    command = [*python, *runner, "-q", "-p", "no:cacheprovider", "-p", "no:puretango", "--tb=short",
               "--timeout=60",
               f"--junitxml={report}", *suite.options, *extra, str(file.relative_to(folder))]  # fmt: skip
    wanted = suite is SUITES["pytango"]
    source = {"PURETANGO_PYTANGO_SOURCE": str(suite.source())} if wanted else {}
    environment = {
        **os.environ, **suite.environment, **source,
        "TANGO_HOST": "127.0.0.1:1", "PATH": os.environ["PATH"] + os.pathsep + "/usr/lib/tango",
    }  # fmt: skip
    started = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=1500,
            check=False,
        )
        text = done.stdout + done.stderr
    except subprocess.TimeoutExpired as stuck:
        text = f"stuck after 1500 s\n{stuck.stdout!r}"
    (WORK / f"{suite.title}-{stem}.log").write_text(text)
    return Outcome(stem, read_report(report), time.monotonic() - started, text)


_KINDS = {"failure": "failed", "error": "error", "skipped": "skipped"}


def read_report(report: Path) -> dict[str, str]:
    """Case -> passed, failed, error, skipped."""
    cases: dict[str, str] = {}
    if not report.exists():
        return cases
    for case in ET.parse(report).iter("testcase"):
        _, _, rest = case.get("classname", "").rpartition("test_")
        classes = rest.partition(".")[2]
        name = "::".join(part for part in (*classes.split("."), case.get("name", "")) if part)
        kinds = {child.tag for child in case}
        cases[name] = (
            "failed"
            if "failure" in kinds
            else "error"
            if "error" in kinds
            else "skipped"
            if "skipped" in kinds
            else "passed"
        )
    return cases


def main() -> int:
    """Run, print a line per file, write the names of what failed; 1 if any judged file is below 95 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", nargs="?", choices=[*SUITES, "all"], default="all")
    parser.add_argument("files", nargs="*", help="test files without .py")
    parser.add_argument("-k", dest="expression", help="passed on to pytest")
    parser.add_argument("--peer", action="store_true", help="run on PyTango itself")
    parser.add_argument("--free", action="store_true", help="do not keep PyTango's own limits")
    parser.add_argument("--unpack", action="store_true", help="only download what is to be run")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    extra = ["-k", options.expression] if options.expression else []
    if options.free:
        SUITES["pytango"].compat = ()
    baseline: dict[str, set[str]] = {}
    for line in PASSING.read_text().splitlines():
        file, _, case = line.partition("::")
        baseline.setdefault(file, set()).add(case)
    good = True
    for suite in SUITES.values():
        if options.peer and suite.moves:
            continue
        if options.suite not in {suite.title, "all"}:
            continue
        folder = suite.copy()
        if options.unpack:
            continue
        files = [
            file
            for file in sorted(file for pattern in suite.tests for file in folder.glob(pattern))
            if not options.files or file.stem in options.files
        ]
        run = partial(run_file, suite, folder=folder, peer=options.peer, extra=extra)
        with ThreadPoolExecutor(options.jobs) as pool:
            outcomes = list(pool.map(run, files))
        good &= report_suite(
            suite, outcomes, baseline if suite.name == "pytango" else {}, bool(extra)
        )
    return 0 if good else 1


def report_suite(
    suite: Suite, outcomes: list[Outcome], baseline: dict[str, set[str]], chosen: bool
) -> bool:
    """Print the table of a suite; False if a judged file falls short."""
    print(f"\n{suite.title} {suite.version}\n{'file':38}{'passed':>8}{'failed':>8}{'skipped':>8}"
          f"{'of baseline':>14}{'':>8}{'Gevent':>10}{'seconds':>9}")  # fmt: skip
    good = True
    failures: dict[str, list[str]] = {}
    below: list[str] = []
    total: Counter[str] = Counter()
    for one in outcomes:
        known = baseline.get(one.file, set())
        plain = {case for case in known if "Gevent" not in case}
        held = sum(one.cases.get(case) == "passed" for case in plain)
        gevent = sum(one.cases.get(case) == "passed" for case in known - plain)
        share = held / len(plain) if plain else 1.0
        short = bool(plain) and share < WANTED and one.file in JUDGED
        if one.file in JUDGED:
            total.update(judged_held=held, judged=len(plain))
            if short:
                below.append(f"{one.file} {held}/{len(plain)}")
        print(f"{one.file:38}{one.count('passed'):8}{one.count('failed', 'error'):8}{one.count('skipped'):8}"
              f"{f'{held}/{len(plain)}':>14}{share:8.1%}{f'{gevent}/{len(known - plain)}':>10}{one.seconds:9.1f}"
              f"{'  < 95 %' if short else ''}", flush=True)  # fmt: skip
        wrong = [case for case in sorted(plain) if one.cases.get(case) != "passed"] if known else [
            case for case, what in one.cases.items() if what in {"failed", "error"}]  # fmt: skip
        if wrong:
            failures[one.file] = wrong
        total.update(held=held, known=len(plain), passed=one.count("passed"), failed=one.count("failed", "error"),
                     skipped=one.count("skipped"))  # fmt: skip
    print(f"{'all':38}{total['passed']:8}{total['failed']:8}{total['skipped']:8}"
          f"{total['held']:>9}/{total['known']}")  # fmt: skip
    if total["judged"] and not chosen:
        share = total["judged_held"] / total["judged"]
        good = not below
        print(f"judged files: {total['judged_held']}/{total['judged']}, {share:.1%}; "
              f"below {WANTED:.0%}: {', '.join(below) or 'none'}")  # fmt: skip
    for file, names in failures.items():
        shown = names if len(names) <= 20 else [*names[:20], f"… and {len(names) - 20} more"]
        print(f"  {file}: not passed", *shown, sep="\n    ")
    WORK.mkdir(exist_ok=True)
    (WORK / f"{suite.title}-failures.json").write_text(json.dumps(failures, indent=1))
    print(
        f"logs and the names of what failed: {WORK.name}/{suite.title}-*.log, {WORK.name}/{suite.title}-failures.json"
    )
    return good


if __name__ == "__main__":
    raise SystemExit(main())
