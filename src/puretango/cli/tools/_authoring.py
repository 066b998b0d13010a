"""``puretango docs``, ``new``, ``stubs`` and ``xmi``: tools for authors of device classes."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from puretango.cli._failure import FAILED, USAGE, Failure
from puretango.cli._output import complain, print_json, say

if TYPE_CHECKING:
    from puretango.authoring.package import Template
    from puretango.model import ClassModel

__all__ = ["register"]

TargetArgument = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="A source (file.py, file.py:Class), a module (package.module:Class), a Pogo file "
        "(file.xmi), or a running device (a/b/c).",
    ),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write there, and not here.")
]
KINDS = ("proxy", "ophyd", "ophyd-async")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(docs)
    app.command()(new)
    app.command()(stubs)
    app.command()(xmi)


def _model(target: str) -> ClassModel:
    from puretango.authoring import BadTarget, find_model

    try:
        return find_model(target)
    except BadTarget as error:
        raise Failure(str(error), USAGE) from error


def _put(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    complain(f"wrote {out}")


# ── docs ──


def docs(
    target: TargetArgument,
    out: OutOption = None,
    html: Annotated[bool, typer.Option("--html", help="One HTML file, not Markdown.")] = False,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="Fail if that file is out of date."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The class as JSON, for programs.")
    ] = False,
) -> None:
    """The page of a device class: properties, attributes, commands, states, first start."""
    from puretango.authoring import html_of, markdown_of, page_of
    from puretango.model import model_to_plain

    model = _model(target)
    if as_json:
        print_json(model_to_plain(model))
        return
    suffix = (check or out or Path()).suffix
    page = page_of(model)
    text = html_of(page) if html or suffix in (".html", ".htm") else markdown_of(page)
    if check is None:
        _put(text, out)
    elif not check.exists() or check.read_text("utf-8") != text:
        raise Failure(f"{check} is out of date: puretango docs {target} --out {check}", FAILED)


# ── new ──


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The class, as PowerSupply.")],
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE.xmi", help="Begin with a Pogo file.")
    ] = None,
    like: Annotated[
        str | None, typer.Option("--like", metavar="DEVICE", help="Begin with a running device.")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            metavar="KIND",
            help="Begin with power-supply, motor, valve, gauge or detector.",
        ),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--in", metavar="DIR", help="Where to [default: its own name].")
    ] = None,
    author: Annotated[str, typer.Option(help="Whoever it is by.")] = "",
    email: Annotated[str, typer.Option(help="Their address.")] = "",
    description: Annotated[str, typer.Option(help="What the class is, in a sentence.")] = "",
) -> None:
    """A package for a new device class: device, driver, simulator, tests, page, CI."""
    from puretango.authoring.package import (
        Author,
        ExistsAlready,
        is_class_name,
        package_name,
        project_files,
        write_files,
    )

    if not is_class_name(name):
        raise Failure(f"{name!r} is not a name for a class: CamelCase, letters and digits", USAGE)
    if sum(one is not None for one in (source, like, template)) > 1:
        raise Failure("--from, --like and --template are three ways to begin: take one", USAGE)
    asks = sys.stdin.isatty() and source is None and like is None
    nobody = Author()
    begun = _begin(name, source, like, template or (_asked_kind() if asks else None))
    if asks:
        description = description or _asked("What is it, in a sentence?", begun.model.description)
        author = author or _asked("Who is it by?", nobody.name)
        email = email or _asked("At which address?", nobody.email)
    said = description or begun.model.description or f"The device class {name}."
    begun = replace(begun, model=replace(begun.model, name=name, description=said))
    by = Author(author or nobody.name, email or nobody.email)
    target = folder or Path(package_name(name))
    try:
        written = write_files(target, project_files(begun, by))
    except ExistsAlready as error:
        raise Failure(str(error), FAILED) from error
    for path in written:
        say(str(path))
    complain(f"next: cd {target}; pip install -e '.[dev]'; pytest")


def _begin(name: str, source: Path | None, like: str | None, kind: str | None) -> Template:
    from puretango.authoring.package import TEMPLATES, plain_template
    from puretango.model import ClassModel

    if kind is not None:
        if kind not in TEMPLATES:
            raise Failure(f"no template {kind!r}: there are {', '.join(TEMPLATES)}", USAGE)
        return TEMPLATES[kind]
    if source is not None or like is not None:
        return plain_template(_model(str(source) if source is not None else str(like)))
    return plain_template(ClassModel(name=name))


def _asked_kind() -> str | None:
    from puretango.authoring.package import TEMPLATES

    said = _asked(f"Like which equipment ({', '.join(TEMPLATES)}, or none)?", "none")
    return None if said in ("", "none") else said


def _asked(question: str, default: str) -> str:
    return str(typer.prompt(question, default=default, err=True)).strip()


# ── stubs ──


def stubs(
    target: TargetArgument,
    out: OutOption = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help=f"{', '.join(KINDS)}.")
    ] = "proxy",
) -> None:
    """Typed access to a class, for type checkers and editors: proxies, or devices for plans."""
    from puretango.authoring.stubs import ophyd_async_source, ophyd_source, proxy_source

    makers = dict(zip(KINDS, (proxy_source, ophyd_source, ophyd_async_source), strict=True))
    if kind not in makers:
        raise Failure(f"no kind {kind!r}: there are {', '.join(KINDS)}", USAGE)
    _put(makers[kind](_model(target)), out)


# ── xmi ──


def xmi(
    target: TargetArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="PATH", help="The Pogo file to write, or the folder for Python."
        ),
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(
            "--check",
            metavar="TARGET",
            help="Compare a Pogo file with a class; fail if they differ.",
        ),
    ] = None,
) -> None:
    """Pogo's files: Python from them (what stands in protected regions is kept), or them from a class."""
    path = Path(target)
    if check is not None:
        _compare(path, check)
    elif path.suffix == ".xmi":
        _generate(path, out)
    else:
        _write_xmi(target, out)


def _compare(path: Path, target: str) -> None:
    from puretango.authoring import BadTarget
    from puretango.authoring.pogo import differences

    try:
        found = differences(path, target)
    except BadTarget as error:
        raise Failure(str(error), USAGE) from error
    for one in found:
        say(str(one))
    if found:
        raise Failure(f"{path} and {target} differ in {len(found)} places", FAILED)


def _generate(path: Path, out: Path | None) -> None:
    from puretango.authoring import BadTarget
    from puretango.authoring.pogo import LostRegions, generate

    folder = out or Path()
    old = {one.name: one.read_text("utf-8") for one in folder.glob("*.py")} if out else {}
    try:
        modules = generate(path, old)
    except BadTarget as error:
        raise Failure(str(error), USAGE) from error
    except (LostRegions, ValueError) as error:
        raise Failure(f"nothing was written: {error}", FAILED) from error
    for name, text in modules.items():
        _put(text, folder / name if out is not None else None)


def _write_xmi(target: str, out: Path | None) -> None:
    from puretango.authoring import BadTarget
    from puretango.authoring.pogo import to_xmi

    try:
        data = to_xmi(target, out if out is not None and out.exists() else None)
    except BadTarget as error:
        raise Failure(str(error), USAGE) from error
    if out is None:
        sys.stdout.write(data.decode("utf-8"))
        return
    out.write_bytes(data)
    complain(f"wrote {out}")
