"""``puretango db``: a control system's database server."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from puretango.cli._output import say

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["default_store", "register", "wait_for_the_end"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(db)


def default_store() -> Path:
    """The user's own store."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "puretango" / "tango.db"


def db(
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for every network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The TCP port; 0 for any that is free.")] = 10000,
    store: Annotated[
        str | None,
        typer.Option(
            help="A file, :memory:, or mysql://USER:PASSWORD@HOST/tango for MariaDB with Tango's "
            "schema [default: ~/.local/share/puretango/tango.db].",
        ),
    ] = None,
) -> None:
    """Run a database server until Ctrl-C."""
    from puretango.database import DatabaseServer

    if store is None:
        default_store().parent.mkdir(parents=True, exist_ok=True)
        store = str(default_store())
    with DatabaseServer(store, host=host, port=port) as server:
        say(f"database ready: TANGO_HOST={server.tango_host} store={server.store.description}")
        wait_for_the_end()


def wait_for_the_end(enough: threading.Event | None = None) -> None:
    """Return at Ctrl-C, SIGTERM or SIGHUP, or when ``enough`` is set."""
    ended = enough or threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signals = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP"):
        signals.append(signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in signals}
    try:
        ended.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
