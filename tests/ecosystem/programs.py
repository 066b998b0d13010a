"""The programs of the field that run on puretango unmodified: versions, their own suites, one act each."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PROGRAMS", "Program", "requirements"]


@dataclass(frozen=True)
class Program:
    """One program, pinned."""

    name: str
    version: str
    act: str | None = None
    """The file under ``acts`` whose output must be the same with PyTango and with puretango."""
    suite: tuple[str, ...] = ()
    """Its own tests: paths in its source distribution."""
    wants: tuple[str, ...] = ()
    """What its tests, or the act, need besides."""
    options: tuple[str, ...] = ()
    """Options for pytest."""
    inside: tuple[str, ...] = ()
    """Its own tests, where the installed package brings them along, each with options for pytest."""
    within: str = ""
    """The folder of its source distribution that its tests are run in."""
    in_system: bool = False
    """True if its tests want a control system: a database, and C++ TangoTest."""

    @property
    def requirement(self) -> str:
        """For pip."""
        return f"{self.name}=={self.version}"


_TREND = ("taurus_pyqtgraph==0.9.9", "PyQt5==5.15.11", "pyhdbpp==2.1.3", "psycopg[binary]>=3.1")

_NEXUS = tuple(
    f"{name}_test.py"
    for name in (
        *("TangoSource", "TgDevice", "TgMember", "TgGroup", "ProxyTools"),
        *("PyEvalTangoSourceH5PY", "TangoDataWriterH5PY", "TangoFieldTagWriterH5PY"),
    )
)

PROGRAMS = (
    Program("dsconfig", "1.9.1", "configuring/act_dsconfig", ("tests",)),
    Program("pytango-db", "0.9.0", "configuring/act_pytango_db", ("tests",)),
    Program("zingo", "1.1.0", "configuring/act_zingo", ("tests",), ("inline-snapshot",)),
    Program("tango-keystore", "1.0.0", None, ("tests",)),
    Program("facadedevice", "1.2.0", "serving/act_facadedevice"),
    Program(
        "fandango", "16.1.2", "serving/act_fandango", ("tests",), ("freezegun", "pytest-freezer")
    ),
    Program(
        "tangods-achtung",
        "0.16.0",
        "serving/act_achtung",
        ("test",),
        ("pytest-httpx==0.35.0", "pytest-httpserver"),  # the last one for pytest 8
        ("--forked",),
    ),
    Program("panic", "9.6.0", "serving/act_panic"),
    # Its files that speak Tango and need nothing but h5py; those with H5Cpp in their names want its own HDF5.
    Program(
        "nxswriter",
        "3.25",
        "asking/act_nxswriter",
        _NEXUS,
        ("h5py",),
        within="test",
        in_system=True,
    ),
    Program("itango", "0.3.0", "asking/act_itango", ("tests",), ("pexpect",)),
    # Its trend, with history through pyhdbpp, is tests/interop/archive/test_taurus.py.
    Program(
        "taurus",
        "5.4.1",
        "asking/act_taurus",
        # One case of the first makes PyTango's process end; the windows of the second do not outlive a fork.
        inside=("taurus/core/tango --forked", "taurus/qt"),
        in_system=True,
        wants=_TREND,
    ),
    Program(
        "sardana",
        "3.7.1",
        "serving/act_sardana",
        inside=("sardana/tango",),
        in_system=True,
        wants=("pexpect", "itango", "PyQt5"),
    ),
    Program("tangogql", "2.3.0", "asking/act_tangogql", (), ("uvloop", "websockets")),
    Program("tango-gateway", "1.3.0", "asking/act_tango_gateway", ("tests",)),
    Program("tango-simlib", "0.9.4", "serving/act_tango_simlib"),
    Program(
        "tango-milonga", "0.1.0", "asking/act_milonga", ("tests",), (), ("--ignore", "tests/ui")
    ),
    Program(
        "fastcs",
        "0.14.4",
        "serving/act_fastcs",
        ("tests/transports/tango",),
        ("aioca", "p4p", "pvi", "softioc"),
        ("-o", "addopts=", "-o", "filterwarnings="),
    ),
    Program("tango-checkup", "0.1.2", "asking/act_tango_checkup"),
    Program("tangods-graylogger", "1.0.0", "serving/act_graylogger", ("tests",)),
)
"""In the order in which they are run."""

TOOLS = (
    *(
        "pytango==10.3.1",
        "pytest==8.4.2",
        "pytest-asyncio",
        "pytest-cov",
        "pytest-forked",
        "pytest-qt",
    ),
    *("pytest-mock", "pytest-timeout"),
)


def requirements(programs: tuple[Program, ...] = PROGRAMS) -> list[str]:
    """What the environment of these programs holds, beside puretango."""
    wanted = [each for program in programs for each in (program.requirement, *program.wants)]
    return [*TOOLS, *wanted]
