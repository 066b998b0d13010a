"""`puretango lint`: what the guidelines ask of a device class, checked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from puretango.cli._failure import USAGE, Failure

if TYPE_CHECKING:
    from puretango.lint import Finding, Settings

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(lint)


_Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE|FOLDER|MODULE…", help="Sources, .xmi files, folders, importable modules."
    ),
]
_Rules = Annotated[list[str] | None, typer.Option(help="Rules or their beginnings: TN, TA004.")]


def lint(
    paths: _Paths = None,
    live: Annotated[
        list[str] | None, typer.Option(metavar="DEVICE", help="A running device, read only.")
    ] = None,
    sample: Annotated[
        float, typer.Option(metavar="SECONDS", help="With --live: look at it for so long.")
    ] = 0.0,
    database: Annotated[
        bool, typer.Option("--database", help="The control system's database.")
    ] = False,
    start: Annotated[
        bool,
        typer.Option("--start", help="Start each class in a process of its own and provoke it."),
    ] = False,
    imported: Annotated[
        bool, typer.Option("--import", help="Import the files too, for what only running tells.")
    ] = False,
    profile: Annotated[str | None, typer.Option(help="guidelines, pytango or modern.")] = None,
    select: _Rules = None,
    ignore: _Rules = None,
    output: Annotated[
        str, typer.Option("--output-format", help="text, json, sarif or github.")
    ] = "text",
    fix: Annotated[bool, typer.Option("--fix", help="Mend what no client will notice.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Mend what changes the interface too.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings end with code 1 too.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="End with code 0 always.")] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="RULE", help="Show a rule in full.")
    ] = None,
    checklist: Annotated[
        bool, typer.Option("--checklist", help="What only people can judge.")
    ] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count the findings by rule.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="For each import, start or device.")
    ] = 20.0,
) -> None:
    """Check device classes, running devices or a database against the guidelines.

    Exit codes: 0 nothing that matters, 1 errors (with --strict warnings too), 2 wrong usage.
    """
    from puretango import lint as room

    if explain is not None:
        _explain(explain)
        return
    if output not in room.FORMATS:
        raise Failure(f"--output-format is one of {', '.join(room.FORMATS)}", USAGE)
    settings = _settings(paths or [], profile, select or [], ignore or [])
    if checklist:
        sys.stdout.write(room.checklist_text(settings.answers))
        return
    if not (paths or live or database):
        raise Failure("what shall be looked at? Give files, --live DEVICE or --database", USAGE)
    if (fix or unsafe_fixes) and not paths:
        raise Failure("only files can be mended", USAGE)
    files, modules = _sorted_out(paths or [])

    def look() -> Sequence[Finding]:
        return room.lint_paths(files, settings).sorted()

    findings = list(look())
    if fix or unsafe_fixes:
        left, mended = room.fix_files(look, unsafe_fixes)
        findings = list(left)
        _tell_mended(mended, output)
    if modules or imported or start:
        findings += room.lint_imported(files, modules, settings, start, imported, timeout)
    for device in live or []:
        findings += room.lint_device(device, settings, sample, timeout)
    if database:
        findings += room.lint_database(settings, timeout)
    findings = sorted(dict.fromkeys(findings), key=lambda one: one.key)
    if statistics:
        sys.stdout.write(room.statistics(findings))
    else:
        sys.stdout.write(room.render(findings, output))
    raise typer.Exit(0 if exit_zero else room.exit_code(findings, strict))


def _explain(rule: str) -> None:
    from puretango.lint import all_rules, rule_page

    found = all_rules().get(rule.upper())
    if found is None:
        raise Failure(f"{rule}: no such rule", USAGE)
    sys.stdout.write(rule_page(found))


def _settings(
    paths: list[str], profile: str | None, select: list[str], ignore: list[str]
) -> Settings:
    from puretango.lint import BadSettings, read_settings

    def split(texts: list[str]) -> list[str]:
        return [one.strip() for text in texts for one in text.split(",") if one.strip()]

    try:
        first = Path(paths[0]) if paths and Path(paths[0]).exists() else Path.cwd()
        return read_settings(first).with_options(profile, split(select), split(ignore))
    except BadSettings as error:
        raise Failure(str(error), USAGE) from None


def _sorted_out(paths: list[str]) -> tuple[list[str], list[str]]:
    """The paths sorted into files and folders, and modules that can be imported by name."""
    files: list[str] = []
    modules: list[str] = []
    for path in paths:
        if Path(path).exists():
            files.append(path)
        elif path.replace(".", "").replace("_", "").isalnum() and not path.endswith(
            (".py", ".xmi")
        ):
            modules.append(path)
        else:
            raise Failure(f"{path}: no such file", USAGE)
    return files, modules


def _tell_mended(mended: Sequence[Finding], output: str) -> None:
    stream = sys.stdout if output == "text" else sys.stderr
    for one in mended:
        if one.fix is not None and one.fix.clients:
            stream.write(f"{one.place}: {one.rule} mended; for clients: {one.fix.clients}\n")
    if mended:
        stream.write(f"Mended {len(mended)}.\n")
