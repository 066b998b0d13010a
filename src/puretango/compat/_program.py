"""Running a program by path, module, or command, as Python and the shell would."""

from __future__ import annotations

import os
import runpy
import shutil
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import NoReturn

from puretango.compat._children import heeds_python_path, reaches_children
from puretango.compat._finder import install

__all__ = ["run_program"]

USAGE = (
    "usage: python -m puretango.compat [--limits] SCRIPT | -m MODULE | -c CODE | COMMAND [ARG …]"
)


def _fail(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise SystemExit(2)


def run_program(arguments: list[str]) -> None:
    """Run ``SCRIPT``, ``-m MODULE``, ``-c CODE`` or a ``COMMAND`` of the PATH with its arguments.

    ``--limits`` before them: PyTango's limits hold too, here and in the processes that it starts.
    """
    install()
    if arguments[:1] == ["--limits"]:
        from puretango.server import LIMITS_VARIABLE

        os.environ[LIMITS_VARIABLE] = "1"
        arguments = arguments[1:]
    if not arguments:
        _fail(USAGE)
    program, *rest = arguments
    _leave_alone_for_pytest()
    if program in ("-m", "-c"):
        if not rest:
            _fail(USAGE)
        sys.argv = [program, *rest[1:]]
        sys.path[0] = str(Path.cwd()) if program == "-m" else ""
        if program == "-m":
            runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        else:
            exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
        return
    sys.argv = arguments
    path = Path(program)
    if path.is_file():
        if reaches_children() and heeds_python_path() and os.name == "posix":
            # As `python SCRIPT ARG …`, so that a Starter, and ps, recognise the server.
            os.execv(sys.executable, _interpreter() + arguments)
        _run_file(path)
        return
    found = entry_points(group="console_scripts", name=program)
    for entry in found:
        sys.argv[0] = shutil.which(program) or program
        sys.exit(entry.load()())
    installed = shutil.which(program)
    if installed is None:
        _fail(f"{program}: no script, and no command on the PATH")
    if _is_python(Path(installed)):
        _run_file(Path(installed))
    else:
        os.execv(installed, arguments)


def _interpreter() -> list[str]:
    """This Python with the options that it was started with, up to ``-m puretango.compat``."""
    options = sys.orig_argv[1:]
    end = next((n for n, each in enumerate(options) if each in ("-m", "-mpuretango.compat")), 0)
    return [sys.executable, *options[:end]]


def _leave_alone_for_pytest() -> None:
    """pytest warns that the package of a plugin is imported already; here it must be."""
    package = sys.modules["puretango"]
    package.__doc__ = (
        f"{package.__doc__}\n\nPYTEST_DONT_REWRITE: it is imported before pytest is.\n"
    )


def _run_file(path: Path) -> None:
    sys.path[0] = str(path.resolve().parent)
    runpy.run_path(str(path), run_name="__main__")


def _is_python(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(256)
    return first.startswith(b"#!") and b"python" in first
