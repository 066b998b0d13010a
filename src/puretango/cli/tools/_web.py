"""``puretango web``: the pages for a browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from puretango.cli._db import user_folder
from puretango.cli._failure import USAGE, Failure

if TYPE_CHECKING:
    from puretango.web import Role, Settings

__all__ = ["needs_web", "register", "state_folder"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(web)


def needs_web(error: ImportError) -> Failure:
    """The message if the extra is not installed."""
    return Failure(f"the pages need more: {error} (pip install 'puretango[web]')")


def state_folder() -> Path:
    """The folder of this user's journal and lists."""
    return user_folder("XDG_STATE_HOME", "state") / "web"


def web(
    host: Annotated[
        str, typer.Option(help="Where to listen; other machines need a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks one.")] = 8000,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Nobody may change anything.")
    ] = False,
    token: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[ROLE:]TEXT",
            help="A secret text and what it allows: viewer, operator or expert [default: expert]; "
            "may be repeated. Also from PURETANGO_WEB_TOKENS, separated by commas.",
        ),
    ] = None,
    user_header: Annotated[
        str, typer.Option(help="The header in which a reverse proxy names the user.")
    ] = "",
    role_header: Annotated[
        str, typer.Option(help="The header in which a reverse proxy names the user's groups.")
    ] = "",
    group: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE:GROUP", help="A group of the reverse proxy's, and its role."),
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Where the reverse proxy is [default: this host]."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Another name under which browsers reach this server."),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Where the archive is whose history is shown: file:DIRECTORY or postgresql://… "
            "[default: $PURETANGO_ARCHIVE, else ~/.local/share/puretango/archive if it is there].",
        ),
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="The folder of the journal, watch lists and log lists.")
    ] = None,
) -> None:
    """Show the control system in a browser: Jive, ATKPanel, Astor and LogViewer on one page."""
    try:
        from puretango.web import Settings, SettingsError, WebServer
    except ImportError as error:
        raise needs_web(error) from error
    try:
        settings = Settings(
            tango_host=_tango_host(),
            state=state or state_folder(),
            host=host,
            port=port,
            read_only=read_only,
            tokens=_tokens(token or []),
            user_header=user_header,
            role_header=role_header,
            groups={name: role for role, name in map(_role_and_text, group or [])},
            proxies=tuple(proxy) if proxy else ("127.0.0.1", "::1"),
            hosts=tuple(allow_host or ()),
            archive=_archive(archive),
        )
        server = WebServer(settings)
    except SettingsError as error:
        raise Failure(str(error), USAGE) from error
    except ImportError as error:
        raise needs_web(error) from error
    typer.echo(f"Tango at {settings.tango_host or 'no database'} on {server.address}")
    _tell_entrances(settings, server.address)
    server.run()


def _archive(given: str | None) -> str:
    """The archive's address; the user's own archive only if it exists."""
    from puretango.cli.tools._archive import store_or_default

    address = store_or_default(given)
    asked = given or os.environ.get("PURETANGO_ARCHIVE")
    return address if asked or Path(address.removeprefix("file:")).is_dir() else ""


def _tell_entrances(settings: Settings, address: str) -> None:
    for number, role in enumerate(settings.tokens.values(), 1):
        typer.echo(f"  token {number}: {role.name.lower()}, {address}/#token=…")
    typer.echo("Ctrl-C ends it.")


def _tango_host() -> str:
    from puretango.client import tango_host
    from puretango.errors import DevFailed

    try:
        return ",".join(str(host) for host in tango_host())
    except DevFailed:
        return ""


def _tokens(given: list[str]) -> dict[str, Role]:
    from puretango.web import SettingsError

    texts = [*given, *filter(None, os.environ.get("PURETANGO_WEB_TOKENS", "").split(","))]
    found = {}
    for text in texts:
        role, secret = _role_and_text(text if ":" in text else f"expert:{text}")
        if len(secret) < 8:
            raise SettingsError("a token has eight characters at least")
        found[secret] = role
    return found


def _role_and_text(text: str) -> tuple[Role, str]:
    from puretango.web import Role, SettingsError

    name, colon, rest = text.partition(":")
    if not colon or not rest:
        raise SettingsError(f"{text!r} is not of the form ROLE:TEXT")
    return Role.named(name), rest
