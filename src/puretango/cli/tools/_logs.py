"""``puretango logs``: what devices log, as it comes."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from puretango.cli._client import Json
from puretango.cli._failure import USAGE, Failure
from puretango.cli._output import ReaderGone, print_json, say

if TYPE_CHECKING:
    from puretango.web import LogMessage

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(logs)


def logs(
    devices: Annotated[
        list[str],
        typer.Argument(
            metavar="DEVICE...", help="domain/family/member or alias; tango://… and …#dbase=no too."
        ),
    ],
    level: Annotated[
        str, typer.Option(help="FATAL, ERROR, WARN, INFO or DEBUG: this and graver ones.")
    ] = "INFO",
    contains: Annotated[str, typer.Option(help="Only messages with this text.")] = "",
    as_json: Json = False,
    count: Annotated[
        int | None, typer.Option(min=1, help="End after so many messages [default: never].")
    ] = None,
) -> None:
    """Print what devices log as it comes, until Ctrl-C; their levels are put back then."""
    from puretango.web import LEVELS

    if level.upper() not in LEVELS[1:]:
        raise Failure(f"{level!r} is not a level ({', '.join(LEVELS[1:])})", USAGE)
    asyncio.run(_follow(devices, LEVELS.index(level.upper()), contains, as_json, count))


async def _follow(
    devices: list[str], level: int, contains: str, as_json: bool, count: int | None
) -> None:
    from puretango.client import get_device_proxy, tango_host
    from puretango.errors import DevFailed
    from puretango.values import GreenMode
    from puretango.web import LogRoom

    try:
        host = str(tango_host()[0])
    except DevFailed:
        host = ""
    room = LogRoom(lambda name: get_device_proxy(name, green_mode=GreenMode.Asyncio), host)
    arrived: asyncio.Queue[LogMessage] = asyncio.Queue(10_000)

    def take(message: LogMessage) -> None:
        if contains in message.text and not arrived.full():
            arrived.put_nowait(message)

    room.listen(take)
    try:
        for device in devices:
            await room.choose(device, level)
        while count is None or count > 0:
            message = await arrived.get()
            if as_json:
                print_json(message._asdict(), one_line=True)
            else:
                say(_line(message))
            count = None if count is None else count - 1
    except ReaderGone:
        return
    finally:
        await room.close()


def _line(message: LogMessage) -> str:
    when = datetime.fromtimestamp(message.time).isoformat(" ", "milliseconds")
    return f"{when}  {message.level:<5}  {message.device}  {message.text}"
