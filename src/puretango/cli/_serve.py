"""``puretango serve``: any device class as a device server."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from puretango.cli._failure import USAGE, Failure
from puretango.cli._output import say
from puretango.errors import DevFailed

if TYPE_CHECKING:
    from puretango.server import Server

__all__ = ["find_class", "register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        context_settings={
            "ignore_unknown_options": True,
            "allow_extra_args": True,
            "allow_interspersed_args": False,
        }
    )(serve)


def find_class(name: str) -> Any:
    """The device class ``module:Class``, ``file.py:Class`` or a shipped one."""
    module_name, colon, class_name = name.rpartition(":")
    if not colon:
        return _shipped(name)
    if module_name.endswith(".py"):
        path = Path(module_name)
        if not path.is_file():
            raise Failure(f"no file {module_name}", USAGE)
        sys.path.insert(0, str(path.resolve().parent))
        module_name = path.stem
    elif "" not in sys.path:
        sys.path.insert(0, "")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise Failure(f"cannot import {module_name}: {error}", USAGE) from error
    try:
        return getattr(module, class_name)
    except AttributeError:
        raise Failure(f"{module_name} has no class {class_name}", USAGE) from None


def _shipped(name: str) -> Any:
    from puretango.sim import SHIPPED_CLASSES, load_class

    spelled = {each.lower(): each for each in SHIPPED_CLASSES}.get(name.lower())
    if spelled is None:
        raise Failure(
            f"no shipped class {name!r} (there are {', '.join(sorted(SHIPPED_CLASSES))}); "
            "another is given as module:Class",
            USAGE,
        )
    try:
        return load_class(spelled)
    except ImportError as error:
        raise Failure(
            f"{spelled} needs more than is installed: {error} "
            "(pip install 'puretango[bluesky,epics]')"
        ) from error


def serve(
    context: typer.Context,
    device_class: Annotated[
        str, typer.Argument(metavar="CLASS", help="module:Class, file.py:Class or a shipped name.")
    ],
    instance: Annotated[str, typer.Argument(metavar="INSTANCE", help="The instance's name.")],
) -> None:
    """Run a device server until Ctrl-C.

    Further options are Tango's own: -nodb, -dlist a/b/c,…, -ORBendPoint giop:tcp:HOST:PORT,
    -file=F, -vN. Unless -nodb is given the server must be in the database: puretango add.
    """
    found = find_class(device_class)
    from puretango.server import Util, run

    if getattr(found, "_api", 0) < 2:
        raise Failure(f"{device_class} is not a device class: it must be made from Device", USAGE)
    try:
        run(
            (found,),
            args=[found.__name__, instance, *context.args],
            post_init_callback=lambda: _say_where(Util.instance().server),
            raises=True,
        )
    except SystemExit as end:
        if isinstance(end.code, str):
            raise Failure(end.code, USAGE) from None
        raise
    except DevFailed as error:
        if error.errors and error.errors[0].reason == "API_ServerNotFound":
            server = f"{found.__name__}/{instance}"
            raise Failure(
                f"the server {server} is not defined in the database "
                f"(define it: puretango add {server} {found.__name__} DEVICE...)"
            ) from error
        raise


def _say_where(server: Server) -> None:
    """Print the devices' addresses: without a database clients cannot find them otherwise."""
    if server.store.is_database:
        return
    for device in server.devices:
        name = device.get_name()
        if name != server.admin_name:
            say(f"serving {server.access(name)}")
