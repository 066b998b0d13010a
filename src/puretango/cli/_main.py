"""The command line: its commands, and what happens when one fails."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from puretango.cli import _client, _db, _poll, _prop, _read, _register, _serve, _sim, _watch
from puretango.cli._failure import FAILED, INTERRUPTED, UNREACHABLE, USAGE, explained
from puretango.cli._output import complain
from puretango.cli.tools import _archive, _authoring, _lint, _logs, _web
from puretango.errors import PuretangoError

__all__ = ["app", "main"]

EXIT_CODES = (
    f"Exit codes: 0 done, {FAILED} failed, {USAGE} wrong command line, "
    f"{UNREACHABLE} database or device out of reach, {INTERRUPTED} Ctrl-C."
)

app = typer.Typer(
    name="puretango",
    help="The Tango control system in pure Python: databases, device servers and clients.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"puretango {version('puretango')}")
        raise typer.Exit


@app.callback()
def common(
    tango_host: Annotated[
        str | None,
        typer.Option(
            "--tango-host",
            metavar="HOST:PORT",
            help="The control system's database [default: $TANGO_HOST].",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """The Tango control system in pure Python: databases, device servers and clients."""
    if tango_host is not None:
        os.environ["TANGO_HOST"] = tango_host


_client.register(app)
_read.register(app)
_poll.register(app)
_watch.register(app)
_prop.register(app)
_register.register(app)
_db.register(app)
_serve.register(app)
_sim.register(app)
_lint.register(app)
_authoring.register(app)
_web.register(app)
_logs.register(app)
_archive.register(app)


def main() -> None:
    """The console script: never a traceback, always an exit code."""
    try:
        code = app(standalone_mode=False)
    except PuretangoError as error:
        code = _fail(error)
    except typer.Abort:
        code = INTERRUPTED
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:
        code = _fail(error)
    except Exception as error:  # noqa: BLE001 - whatever happens, the user gets one line
        code = _surprised(error)
    sys.exit(code or 0)


def _surprised(error: Exception) -> int:
    show = getattr(error, "show", None)
    if show is not None:
        # A usage error of the command line's own.
        show()
        return int(getattr(error, "exit_code", USAGE))
    if os.environ.get("PURETANGO_DEBUG"):
        raise error
    text = explained(error)[0]
    sys.stderr.write(
        f"puretango: internal error: {type(error).__name__}: {text} "
        "(PURETANGO_DEBUG=1 shows where)\n"
    )
    return FAILED


def _fail(error: BaseException) -> int:
    text, code = explained(error)
    complain(text)
    return code
