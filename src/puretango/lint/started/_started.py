"""Classes imported, or started and provoked, in child processes with a time limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from puretango.lint._engine import source_files, told
from puretango.lint._finding import Finding, Found
from puretango.lint._registry import Checks
from puretango.lint._settings import Settings
from puretango.lint._subject import Subject, at
from puretango.lint.declared import declared_checks
from puretango.model import (
    ChildFailed,
    ClassModel,
    Place,
    SourceClass,
    SourceFile,
    child_answers,
    import_models,
    read_sources,
)

__all__ = ["lint_imported"]

_MARK = "puretango-provoked "
_OFFLINE = {"TANGO_HOST": "127.0.0.1:1"}
"""A class under test must not find the site's control system."""


def lint_imported(
    files: Iterable[str],
    modules: Iterable[str],
    settings: Settings,
    start: bool,
    imported: bool,
    timeout: float,
) -> list[Finding]:
    """Findings in files and modules that need importing or starting their classes.

    ``timeout`` is in seconds, for each import and for each class that is started.
    """
    found: list[Finding] = []
    sources = [path for path in source_files(files, settings) if path.suffix == ".py"]
    read, _ = read_sources(sources)
    for file in read:
        if not file.classes:
            continue
        if imported:
            found += _imported(file.path, file, settings, timeout)
        if start:
            found += _started(file.path, file, settings, timeout)
    for module in modules:
        found += _imported(module, None, settings, timeout)
        if start:
            found += _started(module, None, settings, timeout)
    return found


def _imported(
    target: str, file: SourceFile | None, settings: Settings, timeout: float
) -> list[Finding]:
    try:
        models = import_models(target, timeout)
    except ChildFailed as error:
        said = f"cannot be imported: {error}"
        return [Finding("TZ003", settings.severity_of("TZ003"), said, Place(target))]
    found: list[Finding] = []
    for model in models:
        source = _source_of(model, file)
        subject = Subject(model, settings, None)
        findings = told(declared_checks(), subject, settings, model, None, model.place)
        found += [one for one in findings if source is None or not _told_by_source(source, one)]
    return found


def _source_of(model: ClassModel, file: SourceFile | None) -> SourceClass | None:
    classes = file.classes if file is not None else []
    return next((one for one in classes if one.name == model.name), None)


def _told_by_source(source: SourceClass, one: Finding) -> bool:
    """True if the source gives the same finding without running."""
    member = one.subject.partition(".")[2]
    model = source.model
    known = {each.name for each in model.attributes} | {each.name for each in model.commands}
    known |= {each.name for each in model.device_properties}
    return not member or member in known


def _started(
    target: str, file: SourceFile | None, settings: Settings, timeout: float
) -> list[Finding]:
    count = max(1, len(file.classes)) if file is not None else 1
    answers, how = child_answers(
        ["-m", "puretango.compat", "-m", "puretango.lint.started._child", target],
        _MARK,
        timeout * count,
        _OFFLINE,
    )
    found: list[Finding] = []
    running = ""
    for one in answers:
        if "unloaded" in one:
            said = f"cannot be imported: {one['unloaded']}"
            return [Finding("TZ003", settings.severity_of("TZ003"), said, Place(target))]
        running = one.get("begins", running)
        if "ends" in one:
            running = ""
        elif "failed" in one:
            found += _tell(
                target,
                file,
                settings,
                one["failed"],
                "TZ005",
                f"cannot be provoked: {one['why']}",
                "",
            )
        elif "rule" in one:
            found += _tell(
                target, file, settings, one["cls"], one["rule"], one["message"], one["member"]
            )
    if how:
        said = f"cannot be provoked to the end: {how}"
        found += _tell(target, file, settings, running, "TZ005", said, "")
    return list(dict.fromkeys(found))


def _tell(
    target: str,
    file: SourceFile | None,
    settings: Settings,
    name: str,
    rule: str,
    message: str,
    member: str,
) -> Iterable[Finding]:
    """Yield a finding at its class or member, unless it is silenced there."""
    source = next((one for one in (file.classes if file else []) if one.name == name), None)
    model = source.model if source is not None else None
    place = at(source.node, source.file.path) if source is not None else Place(target)
    checks = Checks()

    @checks.check(rule)
    def said(_: Any) -> Any:
        yield Found(rule, f"{message} (started)", _member_place(model, member) or place, member)

    for one in told([checks], None, settings, model, file, place):
        yield one if one.subject else replace(one, subject=name)


def _member_place(model: ClassModel | None, member: str) -> Place | None:
    kind, _, name = member.partition(" ")
    if model is None or not name:
        return None
    if kind == "attribute":
        found = model.attribute(name)
    elif kind == "command":
        found = model.command(name)  # type: ignore[assignment]  # each kind of member is looked up in its own way
    else:
        found = model.device_property(name)  # type: ignore[assignment]  # each kind of member is looked up in its own way
    return found.place if found is not None else None
