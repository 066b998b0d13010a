"""`puretango docs`, `new`, `stubs` and `xmi`: what a class model is written to."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from puretango.cli._failure import FAILED, USAGE, Failure

if TYPE_CHECKING:
    from puretango.model import ClassModel

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(docs)
    app.command()(new)
    app.command()(stubs)
    app.command()(xmi)


_Target = Annotated[
    str,
    typer.Argument(metavar="FILE.py|FILE.xmi|MODULE[:CLASS]|DEVICE", help="Where the class is."),
]
_Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; code 1 if what is there is out of date.")
]


def _models(target: str) -> Sequence[ClassModel]:
    from puretango.authoring import CannotLoad, load_models

    try:
        return load_models(target)
    except CannotLoad as error:
        raise Failure(str(error)) from None


def docs(
    target: _Target,
    folder: Annotated[Path, typer.Option("-o", "--output", help="Folder of the pages.")] = Path(
        "docs"
    ),
    check: _Check = False,
) -> None:
    """Write a class's page: CLASS.md and one self-contained CLASS.html."""
    from puretango.authoring import check_docs, write_docs

    models = _models(target)
    if check:
        told = check_docs(models, folder)
        for line in told:
            typer.echo(line)
        if told:
            raise typer.Exit(FAILED)
        return
    for path in write_docs(models, folder):
        typer.echo(str(path))


def new(
    name: Annotated[str | None, typer.Argument(help="The class's name: PowerSupply.")] = None,
    template: Annotated[
        str | None, typer.Option(help="power-supply, motor, valve, gauge or detector.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE.xmi", help="A Pogo file.")
    ] = None,
    like: Annotated[
        str | None, typer.Option(metavar="DEVICE", help="A running device with this interface.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="For the licence.")] = None,
    contact: Annotated[
        str | None, typer.Option(help="Whom to ask, such as ada at example.org.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="[default: the name, in small letters]")
    ] = None,
) -> None:
    """Make a package: device, driver, simulator, tests, docs, CI. Nothing is overwritten."""
    from puretango.authoring import TEMPLATES, AlreadyThere, Order, write_package

    if sum(one is not None for one in (template, source, like)) > 1:
        raise Failure("give one of --template, --from and --like", USAGE)
    name = _answer(name, "Name of the class", None, "the name of the class")
    if not (name.isidentifier() and name[0].isupper() and "_" not in name):
        raise Failure(f"{name!r} is no class name: each word with a capital, no more", USAGE)
    if source is None and like is None:
        kinds = ", ".join(TEMPLATES)
        template = _answer(template, f"Template ({kinds})", "power-supply", "--template")
        if template not in TEMPLATES:
            raise Failure(f"--template is one of {kinds}", USAGE)
        model = TEMPLATES[template]
    else:
        model = _models(str(source) if source is not None else str(like))[0]
    author = _answer(author, "Author", "nobody", "--author")
    contact = _answer(contact, "Contact", "nobody at example.org", "--contact")
    place = folder or Path(_kebab(name))
    try:
        written = write_package(Order(name, model, author, contact), place)
    except AlreadyThere as error:
        raise Failure(str(error)) from None
    for path in written:
        typer.echo(str(path))


def _kebab(name: str) -> str:
    return "".join(f"-{one.lower()}" if one.isupper() else one for one in name).lstrip("-")


def _answer(given: str | None, question: str, default: str | None, what: str) -> str:
    """What was given; else what a person answers; else the default."""
    if given is not None:
        return given
    if sys.stdin.isatty():
        return str(typer.prompt(question, default=default))
    if default is None:
        raise Failure(f"give {what}", USAGE)
    return default


def stubs(
    target: _Target,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file; [default: the terminal]")
    ] = None,
    bluesky: Annotated[
        bool, typer.Option("--bluesky/--no-bluesky", help="With devices for ophyd and ophyd-async.")
    ] = True,
    check: _Check = False,
) -> None:
    """Write typed proxies of a class, for programs and their type checkers."""
    from puretango.authoring import stubs_of

    models = _models(target)
    if len(models) != 1:
        names = ", ".join(one.name for one in models)
        raise Failure(f"{target} has several classes ({names}): name one, as MODULE:CLASS", USAGE)
    text = stubs_of(models[0], bluesky)
    if output is None:
        sys.stdout.write(text)
    elif check:
        if not output.is_file() or output.read_text(encoding="utf-8") != text:
            typer.echo(f"{output}: is out of date")
            raise typer.Exit(FAILED)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(str(output))


def xmi(
    target: _Target,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file; [default: the terminal]")
    ] = None,
    update: Annotated[
        Path | None,
        typer.Option(metavar="FILE.xmi", help="Bring this file into line; all else in it stays."),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(metavar="FILE.xmi", help="Compare with this file; code 1 if they differ."),
    ] = None,
) -> None:
    """Write a class as a Pogo file, or compare it with one."""
    from puretango.authoring import differences_from_xmi
    from puretango.model import BadXml, read_xmi, write_xmi

    models = _models(target)
    try:
        if check is not None:
            told = [str(one) for model in models for one in differences_from_xmi(model, check)]
            for line in told:
                typer.echo(line)
            if told:
                raise typer.Exit(FAILED)
            return
        base = read_xmi(update) if update is not None else None
    except (BadXml, OSError) as error:
        raise Failure(f"{check or update}: {error}") from None
    if len(models) != 1:
        raise Failure(f"{target} has {len(models)} classes: name one", USAGE)
    data = write_xmi(models[0], base)
    place = output or update
    if place is None:
        sys.stdout.write(data.decode())
    else:
        place.write_bytes(data)
        typer.echo(str(place))
