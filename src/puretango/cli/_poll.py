"""``puretango poll``: the polling of attributes and commands."""

from __future__ import annotations

from typing import Annotated

import typer

from puretango.cli._client import NAME_HELP, proxy, split_name

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(poll)


def poll(
    names: Annotated[list[str], typer.Argument(metavar="DEVICE/ATTRIBUTE...", help=NAME_HELP)],
    period: Annotated[int, typer.Option(min=1, metavar="MS", help="The period.")] = 1000,
    stop: Annotated[bool, typer.Option("--stop", help="Stop polling them.")] = False,
) -> None:
    """Have a server poll attributes, which most events need; it is kept in the database."""
    for name in names:
        device, attribute = split_name(name)
        if stop:
            proxy(device).stop_poll_attribute(attribute)
        else:
            proxy(device).poll_attribute(attribute, period)
