"""``puretango db``: a control system's database server."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from puretango.cli._failure import USAGE, Failure
from puretango.cli._output import complain, say

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["at_the_end", "default_store", "register", "user_folder"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(db)


def user_folder(variable: str = "XDG_DATA_HOME", otherwise: str = "share") -> Path:
    """Puretango's folder of this user: below the one that the variable names, else below ``~/.local``."""
    base = os.environ.get(variable) or str(Path.home() / ".local" / otherwise)
    return Path(base) / "puretango"


def default_store() -> Path:
    """The user's own store."""
    return user_folder() / "tango.db"


def db(
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for every network.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The TCP port; 0 for any that is free.")
    ] = 10000,
    store: Annotated[
        str | None,
        typer.Option(
            envvar="PURETANGO_STORE",
            help="A file, :memory:, or mysql://USER@HOST/tango for MariaDB with Tango's schema "
            "(the password in MYSQL_PASSWORD) [default: ~/.local/share/puretango/tango.db].",
        ),
    ] = None,
    store_file: Annotated[
        Path | None,
        typer.Option(help="A file whose first line is the store: its password shows nowhere."),
    ] = None,
    access_control: Annotated[
        bool,
        typer.Option("--access-control", help="Serve the device sys/access_control/1 too."),
    ] = False,
    max_connections: Annotated[
        int,
        typer.Option(
            min=1, envvar="PURETANGO_MAX_CONNECTIONS", help="Clients at once; more are refused."
        ),
    ] = 5000,
) -> None:
    """Run a database server until Ctrl-C."""
    from puretango.database import DatabaseServer
    from puretango.net import allow_descriptors

    allow_descriptors(max_connections + 512)
    if store_file is not None:
        store = _first_line(store_file)
    elif _shows_password(store):
        complain(
            "the password in --store is seen by every user of this machine who lists processes: "
            "MYSQL_PASSWORD, PURETANGO_STORE or --store-file keep it"
        )
    if store == "":
        raise Failure("--store is empty: a file, :memory: or mysql://… is wanted", USAGE)
    if store is None:
        default_store().parent.mkdir(parents=True, exist_ok=True)
        store = str(default_store())
    server = DatabaseServer(
        store,
        host=host,
        port=port,
        access_control=access_control,
        max_connections=max_connections,
    )
    with server, at_the_end(server.kill):
        say(f"database ready: TANGO_HOST={server.tango_host} store={server.store.description}")
        server.wait()


def _first_line(file: Path) -> str:
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeError) as error:
        raise Failure(f"{file}: {error}", USAGE) from error
    return lines[0].strip() if lines else ""


def _shows_password(store: str | None) -> bool:
    """True if the command line contains a password, which `ps` would show."""
    if store is None or os.environ.get("PURETANGO_STORE") == store:
        return False
    return re.match(r"\w+(\+\w+)?://[^/@]*:[^/@]+@", store) is not None


@contextmanager
def at_the_end(end: Callable[[], None]) -> Iterator[None]:
    """Within the block, Ctrl-C, SIGTERM, SIGQUIT and SIGHUP call ``end`` instead of ending the process."""

    def handle(number: int, frame: FrameType | None) -> None:
        end()

    names = ("SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP")
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, handle) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
