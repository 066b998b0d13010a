"""``puretango demo`` and ``puretango sim``: the demo, and simulated equipment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from puretango.cli._failure import USAGE, Failure

__all__ = ["register"]

sim = typer.Typer(
    name="sim",
    help="Simulated equipment on EPICS.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(demo)
    app.add_typer(sim)


def demo(
    tango_host: Annotated[
        str | None,
        typer.Option(
            "--tango-host",
            metavar="HOST:PORT",
            help="Run on an existing Tango system [default: one of its own, in this process].",
        ),
    ] = None,
    web: Annotated[
        bool, typer.Option("--web", help="Show the system in a browser afterwards, until Ctrl-C.")
    ] = False,
) -> None:
    """Run bluesky plans over real Tango devices, showing each step."""
    try:
        from puretango.cli.demo._demo import demo as run_demo
    except ImportError as error:
        raise Failure(
            f"the demo needs bluesky: {error} (pip install 'puretango[bluesky]')"
        ) from error
    if web:
        _needs_pages()
    code = run_demo(tango_host=tango_host, web=web)
    if code:
        raise typer.Exit(code)


def _needs_pages() -> None:
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        from puretango.cli.tools._web import needs_web

        raise needs_web(error) from error


@sim.command("busy-ioc")
def busy_ioc(
    prefix: Annotated[str, typer.Option(help="The prefix of its process variables.")] = "prj:",
) -> None:
    """Run the IOC of a busy controller until Ctrl-C."""
    try:
        from puretango.sim import run_busy_ioc
    except ImportError as error:
        raise _needs_epics(error) from error
    run_busy_ioc(prefix=prefix)


@sim.command("pilatus-ioc")
def pilatus_ioc(
    prefix: Annotated[str, typer.Option(help="The prefix of its process variables.")] = "Pilatus:",
    root: Annotated[
        Path | None,
        typer.Option(
            help="Where the detector's disk is here [default: paths as clients name them]."
        ),
    ] = None,
    size: Annotated[str, typer.Option(help="Width and height of an image.")] = "487x195",
) -> None:
    """Run the IOC of a Pilatus detector until Ctrl-C."""
    try:
        from puretango.sim import run_pilatus_ioc
    except ImportError as error:
        raise _needs_epics(error) from error
    width, cross, height = size.lower().partition("x")
    if not (cross and width.isdigit() and height.isdigit()):
        raise Failure(f"{size!r} is not a size like 487x195", USAGE)
    run_pilatus_ioc(prefix=prefix, root=root, size=(int(width), int(height)))


def _needs_epics(error: ImportError) -> Failure:
    return Failure(f"needs EPICS: {error} (pip install 'puretango[epics]')")
