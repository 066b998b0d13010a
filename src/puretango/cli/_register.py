"""``puretango add`` and ``puretango remove``: device servers in the control system's database."""

from __future__ import annotations

from typing import Annotated

import typer

from puretango.cli._failure import USAGE, Failure

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(add)
    app.command()(remove)


def add(
    server: Annotated[str, typer.Argument(help="The server: program/instance.")],
    device_class: Annotated[str, typer.Argument(metavar="CLASS", help="The devices' class.")],
    devices: Annotated[
        list[str], typer.Argument(metavar="DEVICE...", help="domain/family/member of each.")
    ],
) -> None:
    """Define devices of a server in the database, so that the server can be run."""
    from puretango.client import Database, DbDevInfo

    if server.count("/") != 1:
        raise Failure(f"{server!r} is not a server: it is named program/instance", USAGE)
    for name in devices:
        if name.count("/") != 2:
            raise Failure(f"{name!r} is not a device: it is named domain/family/member", USAGE)
    database = Database()
    for name in devices:
        database.add_device(DbDevInfo(name, device_class, server))


def remove(
    name: Annotated[str, typer.Argument(help="A device (a/b/c) or a server (program/instance).")],
) -> None:
    """Forget a device, or a server with its devices, and their properties."""
    from puretango.client import Database

    database = Database()
    if name.count("/") == 1:
        database.delete_server(name)
    elif name.count("/") == 2:
        # An unknown device is not an error to the database, but here it is the user's mistake.
        database.get_device_info(name)
        database.delete_device(name)
    else:
        raise Failure(f"{name!r} is neither a device nor a server", USAGE)
